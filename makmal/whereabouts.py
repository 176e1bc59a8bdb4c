"""Where a command finds the log and the services' databases: in a data directory, or where the environment says."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from makmal.house import House
from shared.eventlog import SERVICES, Keys
from shared.eventlog.acl import OPERATOR
from shared.refusals import Refused, Unknown

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data", help="Data directory of this Makmal; its broker is started if none runs. Without it the environment counts."
    ),
]
DEFAULT = Path("data")


class Whereabouts(Struct, frozen=True):
    log: str
    databases: Mapping[str, str]
    """Service -> URL of its database; empty if the environment names none."""
    audit: Path | None
    """The audit service's directory, if it is here."""
    house: Path | None
    """The data directory, if it is in one."""

    @property
    def keys(self) -> Keys:
        return Keys(self.log)

    def database(self, service: str) -> str:
        """Raises Refused if nobody said where, Unknown if the service has never run."""
        url = self.databases.get(service, "")
        if not url:
            raise Refused(
                f"Nothing says where the database of {service} is: give --data, or set MAKMAL_DATABASE_URL.",
                f"Letak basis data {service} tidak diketahui: berikan --data, atau isi MAKMAL_DATABASE_URL.",
            )
        if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
            raise Unknown(
                f"{service} has no database yet: it has never run here.",
                f"{service} belum memiliki basis data: layanan ini belum pernah berjalan di sini.",
            )
        return url

    @contextmanager
    def broker_url(self) -> Iterator[str]:
        """How the operator (or whom the environment names) reaches the broker."""
        if self.house is None:
            yield os.environ["MAKMAL_BROKER_URL"]
            return
        with House(self.house).broker_url(OPERATOR) as url:
            yield url


def whereabouts(data: Path | None) -> Whereabouts:
    """Of the given data directory, else of the environment, else of `data/`. Refused if nothing is there."""
    if data is None and os.environ.get("MAKMAL_BROKER_URL"):
        return _from_environment()
    directory = data or DEFAULT
    if not (directory / "house.json").is_file():
        raise Refused(
            f"There is no Makmal in {directory}: name its directory with --data, or set MAKMAL_BROKER_URL and MAKMAL_LOG.",
            f"Tidak ada Makmal di {directory}: sebutkan direktorinya dengan --data, atau isi MAKMAL_BROKER_URL dan MAKMAL_LOG.",
        )
    return of_house(House(directory))


def of_house(house: House) -> Whereabouts:
    urls = {service: house.environment(service, broker_url="", public_url="")["MAKMAL_DATABASE_URL"] for service in SERVICES}
    return Whereabouts(house.secrets.log, urls, house.data / "audit", house.data)


def _from_environment() -> Whereabouts:
    log = os.environ.get("MAKMAL_LOG", "")
    if not log:
        raise Refused(
            "MAKMAL_BROKER_URL is set, but MAKMAL_LOG is not: name the log.",
            "MAKMAL_BROKER_URL sudah diisi, tetapi MAKMAL_LOG belum: sebutkan nama log.",
        )
    database = os.environ.get("MAKMAL_DATABASE_URL", "")
    urls = {service: database.replace("{service}", service) for service in SERVICES} if "{service}" in database else {}
    if database and not urls:
        urls = {os.environ.get("MAKMAL_SERVICE", ""): database}
    audit = os.environ.get("MAKMAL_DATA", "") if os.environ.get("MAKMAL_SERVICE") == "audit" else ""
    return Whereabouts(log, urls, Path(audit) if audit else None, None)
