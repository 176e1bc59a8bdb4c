"""The projections of all services, rebuilt from the first event: compared with the live tables, or put in their place."""

from collections.abc import AsyncIterator

from msgspec import Struct

from makmal.house import House
from makmal.service_databases import Made, made_of, opened, with_databases
from makmal.whereabouts import Whereabouts, of_house
from shared.database import Database
from shared.eventlog import EventLog
from shared.eventlog.connection import connect
from shared.runner import rebuilding
from shared.runner.rebuilding import Difference


class Compared(Struct, frozen=True):
    service: str
    rows: int
    """Live rows, all of which were compared."""
    position: int
    """Up to which the service has counted."""
    differences: tuple[Difference, ...]


class Opened(Struct, frozen=True):
    """A service's tables, the service running or not."""

    service: str
    made: Made
    database: Database
    event_log: EventLog


async def each_of(where: Whereabouts, broker_url: str, service: str | None = None) -> AsyncIterator[Opened]:
    """The named service, or all that have ever run. Raises Refused, Unknown."""
    event_log = EventLog(connect(broker_url), where.keys, "audit")
    try:
        for name in with_databases(where, service):
            with opened(where, name) as database:
                yield Opened(name, made_of(where, name), database, event_log)
    finally:
        await event_log.client.aclose()


async def compare(where: Whereabouts, broker_url: str, service: str | None = None) -> list[Compared]:
    """Live tables beside a rebuild up to the same position, row for row."""
    compared = []
    async for each in each_of(where, broker_url, service):
        made = each.made
        checked = await rebuilding.rebuild_equal(each.database, made.projections, made.listens, each.event_log)
        compared.append(Compared(each.service, checked.rows, checked.position, checked.differences))
    return compared


async def differences_of_services(house: House) -> list[str]:
    """One line for every row of any service that is not what the log says."""
    with house.broker_url() as url:
        compared = await compare(of_house(house), url)
    return [
        f"{each.service}: {difference.table} {difference.key} is {difference.live}, the log says {difference.rebuilt}"
        for each in compared
        for difference in each.differences
    ]
