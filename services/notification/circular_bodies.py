"""What requests about circulars say and what they are answered, as JSON."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from services.notification.strict import Strict
from shared.web.stored_files import DIGEST

Sha256 = Annotated[str, Field(pattern=DIGEST, description="SHA-256, hex", examples=["ab" * 32])]
Code = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9._-]+$", examples=["opd-01"])]


class CircularFile(Strict):
    """The signed document, uploaded before, by its digest."""

    digest: Sha256
    name: Annotated[str, Field(min_length=1, max_length=200, examples=["SE-02-2023.pdf"])]


class CircularBody(Strict):
    """To `institutions`, and to all enrolled institutions of `kinds`. `days`: within which each acknowledges it; 0: need not."""

    number: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\r\n]*[^\s]$", examples=["02/500.10.30.4/I/2023"])]
    dated: Annotated[date, Field(examples=["2023-01-31"])]
    title: Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\r\n]+$", examples=["Lomba Inovasi Daerah 2023"])]
    text: Annotated[
        str, Field(min_length=1, max_length=4000, examples=["Setiap perangkat daerah mendaftarkan sedikitnya satu inovasi."])
    ]
    kinds: Annotated[list[str], Field(max_length=50, examples=[["opd"]])] = []
    institutions: Annotated[list[Code], Field(max_length=1000, examples=[[]])] = []
    file: CircularFile | None = None
    days: Annotated[int, Field(ge=0, le=90, examples=[7])] = 7


class CircularIssuedNow(Strict):
    id: str
    number: str
    institutions: list[str]
    acknowledge_by: datetime | None


class OnBehalf(Strict):
    """Whose signature stands on the paper, and the scan of it."""

    person: Annotated[str, Field(min_length=1, max_length=64, examples=["0f" * 16])]
    scan_digest: Sha256


class AcknowledgementBody(Strict):
    institution: Code
    on_behalf_of: OnBehalf | None = None


class ConfirmationBody(Strict):
    institution: Code


class Acknowledged(Strict):
    id: str
    institution: str


class CircularShown(Strict):
    id: str
    position: int
    number: str
    dated: date
    title: str
    text: str
    file: str
    """SHA-256 of the signed document, for those who may read the circular at `/v1/circulars/{id}/file`; empty: there is none."""
    file_name: str
    issued: datetime
    acknowledge_by: datetime | None
    rounds: int
    """Reminders so far."""


class CircularListed(CircularShown):
    addressed: int
    acknowledged: int


class Addressee(Strict):
    institution: str
    acknowledged: datetime | None
    position: int | None
    on_paper: bool
    """The committee entered the acknowledgement from paper."""
    confirmed: datetime | None
    """When the person whose signature stands on the paper has said that it is so."""


class CircularInFull(CircularShown):
    addressees: list[Addressee]
    """For a head or operator, his own institutions only."""


class FileTaken(Strict):
    sha256: str
    media_type: str
    size: int
