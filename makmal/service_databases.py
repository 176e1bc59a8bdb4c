"""The services' databases and projections, for commands that look into them without running a service."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from makmal.whereabouts import Whereabouts
from shared.database import Database
from shared.eventlog import SERVICES
from shared.refusals import Refused, Unknown
from shared.runner import Projection
from shared.settings import Settings


class Made(Struct, frozen=True):
    """What a service is made of, as far as its projections go."""

    listens: tuple[str, ...]
    projections: tuple[Projection, ...]


def chosen(service: str | None) -> tuple[str, ...]:
    """One service, or all. Raises Unknown."""
    if service is None:
        return SERVICES
    if service not in SERVICES:
        raise Unknown(
            f"There is no service {service}; there are {', '.join(SERVICES)}.",
            f"Tidak ada layanan {service}; yang ada: {', '.join(SERVICES)}.",
        )
    return (service,)


def made_of(where: Whereabouts, service: str) -> Made:
    """From the service's own composition root; nothing is started."""
    settings = Settings(
        log=where.log,
        broker_url="redis://unused.invalid",
        database_url="sqlite://",
        data=Path("unused"),
        public_url="",
        smtp_url="",
        identity_url="",
        vault_secret="",
    )
    state = importlib.import_module(f"services.{service}.app").create_app(settings).state
    return Made(state.listens, state.projections)


@contextmanager
def opened(where: Whereabouts, service: str) -> Iterator[Database]:
    """The live database. Raises Refused, Unknown."""
    database = Database(where.database(service))
    try:
        yield database
    finally:
        database.close()


def with_databases(where: Whereabouts, service: str | None) -> Iterator[str]:
    """The chosen services that have a database; raises if a named one has none."""
    for name in chosen(service):
        try:
            where.database(name)
        except Refused:
            if service is not None:
                raise
            continue
        yield name
