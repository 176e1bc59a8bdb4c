"""JSON endpoints: circulars and announcements, and their acknowledgement by institutions."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.notification import circulars, people
from services.notification.circular import CIRCULAR, AcknowledgeCircular, IssueCircular, Issued, circular_id
from shared.deciding import Act
from shared.events.notification import CircularIssued
from shared.facts import EDITION, ENROLMENT
from shared.parts import Parts
from shared.refusals import Invalid, Unknown
from shared.security import Principal
from shared.web.asking import Asked, PartsHere, SignedIn, reached
from shared.web.paging import Cursor, Limit, page

router = APIRouter(tags=["circulars"])

SEES_ALL = ("committee", "auditor", "screener")
SEES_OWN = ("head", "operator")

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256, hex", examples=["ab" * 32])]
Code = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9._-]+$", examples=["opd-01"])]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CircularFile(Strict):
    """The signed document, by its digest."""

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


class CircularInFull(CircularShown):
    addressees: list[Addressee]
    """For a head or operator, his own institutions only."""


@router.post("/editions/{edition}/circulars", status_code=201)
async def issue_circular(edition: str, body: CircularBody, asked: Asked) -> CircularIssuedNow:
    """Issue a circular, or an announcement (`days` 0). It goes to heads, operators and PICs of the institutions. Committee."""
    asked.principal.must_hold(edition, "committee")
    rulebook = (await asked.parts.desk.state(EDITION(edition)))[0].rulebook
    if rulebook is not None and (strange := sorted(set(body.kinds) - {kind.id for kind in rulebook.kinds})):
        known = ", ".join(kind.id for kind in rulebook.kinds)
        raise Invalid(
            f"this edition knows no kind of institution {', '.join(strange)}; it has {known}",
            f"gelaran ini tidak mengenal jenis instansi {', '.join(strange)}; yang ada {known}",
        )
    of_kinds = await asked.parts.database.read(lambda connection: people.enrolled(connection, edition, body.kinds))
    addressed = tuple(dict.fromkeys((*body.institutions, *of_kinds)))
    id = circular_id(edition, body.number)
    await asked.carry_out(
        Act(
            CIRCULAR(id),
            lambda at: IssueCircular(
                edition,
                body.number,
                body.dated,
                body.title,
                body.text,
                addressed,
                at,
                body.file.digest if body.file else "",
                body.file.name if body.file else "",
                body.days,
            ),
            EDITION(edition),
            *(ENROLMENT(f"{edition}.{institution}") for institution in addressed),
        ),
        edition=edition,
    )
    issued = await _issued(asked.parts, id)
    return CircularIssuedNow(
        id=id, number=issued.number, institutions=list(issued.institutions), acknowledge_by=issued.acknowledge_by
    )


@router.post("/circulars/{id}/acknowledgement", status_code=201)
async def acknowledge_circular(id: str, body: AcknowledgementBody, asked: Asked) -> Acknowledged:
    """Acknowledge a circular for an institution. Its head or operator; the committee on behalf of one of them, from paper."""
    of = (await _issued(asked.parts, id)).edition
    paper = body.on_behalf_of
    if paper is None:
        asked.principal.must_hold(of, *SEES_OWN, institution=body.institution)
        command = AcknowledgeCircular(body.institution, asked.principal.person)
    else:
        asked.principal.must_hold(of, "committee")
        command = AcknowledgeCircular(body.institution, paper.person, asked.principal.person, paper.scan_digest)
    await asked.carry_out(Act(CIRCULAR(id), command, EDITION(of)), edition=of)
    return Acknowledged(id=id, institution=body.institution)


@router.get("/editions/{edition}/circulars", dependencies=[Depends(reached)])
async def list_circulars(
    edition: str,
    request: Request,
    response: Response,
    parts: PartsHere,
    principal: SignedIn,
    after: Cursor = 0,
    limit: Limit = 100,
) -> list[CircularListed]:
    """In the order of their issue. Heads and operators see what is addressed to their institutions."""
    seen = _sees(principal, edition)
    rows = page(
        request,
        response,
        await parts.database.read(circulars.circulars(edition, seen, after, limit + 1)),
        limit,
        lambda row: row["position"],
    )
    return [CircularListed(**_shown(row), addressed=row["addressed"], acknowledged=row["acknowledged"] or 0) for row in rows]


@router.get("/circulars/{id}", dependencies=[Depends(reached)])
async def one_circular(id: str, parts: PartsHere, principal: SignedIn) -> CircularInFull:
    """With who has acknowledged it and who has not."""
    row, _ = await parts.database.read(circulars.circular(id, ()))
    if row is None:
        raise _no_such_circular()
    seen = _sees(principal, row["edition"])
    row, addressees = await parts.database.read(circulars.circular(id, seen))
    if seen is not None and not addressees:
        raise _no_such_circular()
    shown = [
        Addressee(institution=one["institution"], acknowledged=one["at"] or None, position=one["position"] or None)
        for one in addressees
    ]
    return CircularInFull(**_shown(row), addressees=shown)


async def _issued(parts: Parts, id: str) -> CircularIssued:
    """As it was issued; nothing changes that."""
    state, _ = await parts.desk.state(CIRCULAR(id))
    if not isinstance(state, Issued):
        raise _no_such_circular()
    return state.circular


def _sees(principal: Principal, edition: str) -> tuple[str, ...] | None:
    """Whose circulars he may see: None for all."""
    if any(principal.holds(role, edition) for role in SEES_ALL):
        return None
    principal.must_hold(edition, *SEES_ALL, *SEES_OWN)
    return tuple(
        institution
        for grant in principal.grants
        if grant.edition == edition and grant.role in SEES_OWN
        for institution in grant.institutions
    )


def _shown(row: Any) -> dict[str, Any]:
    return {name: row[name] for name in CircularShown.model_fields} | {"acknowledge_by": row["acknowledge_by"] or None}


def _no_such_circular() -> Unknown:
    return Unknown(
        "there is no such circular; see the list of circulars", "surat edaran ini tidak ada; lihat daftar surat edaran"
    )
