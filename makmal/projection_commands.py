"""`makmal projections …`: how far the services' tables have come, whether they are what the log says, and rebuilding them."""

import asyncio
import sys
from functools import partial
from typing import Annotated

import msgspec
import typer
from sqlalchemy import Connection, func, select

from makmal.rebuilding import compare, each_of
from makmal.service_databases import Made
from makmal.whereabouts import DataOption, whereabouts
from shared.database import table
from shared.runner import rebuilding
from shared.runner.tables import Checkpoint

projections = typer.Typer(help="The tables that pages and queries read.", no_args_is_help=True, add_completion=False)

Service = Annotated[str | None, typer.Argument(help="One service; all, if none is named.")]
AsJson = Annotated[bool, typer.Option("--json")]


class Standing(msgspec.Struct, frozen=True):
    service: str
    projection: str
    position: int
    behind: int
    """Positions of the log that it has not counted yet."""
    rows: dict[str, int]


@projections.command()
def status(service: Service = None, json: AsJson = False, data: DataOption = None) -> None:
    """How far each projection has come, and how many rows it has."""

    async def work(url: str) -> list[Standing]:
        standings: list[Standing] = []
        async for each in each_of(where, url, service):
            end = await each.event_log.position()
            standings += each.database.read_now(partial(_standings, service=each.service, made=each.made, end=end))
        return standings

    where = whereabouts(data)
    with where.broker_url() as url:
        standings = asyncio.run(work(url))
    if json:
        print(msgspec.json.encode(standings).decode())
        return
    for standing in standings:
        rows = ", ".join(f"{number:,} in {name}" for name, number in standing.rows.items())
        print(f"{standing.service:<13} {standing.projection:<32} {standing.position:>9,}  {standing.behind:>7,} behind  {rows}")


def _standings(connection: Connection, service: str, made: Made, end: int) -> list[Standing]:
    checkpoints = table(Checkpoint)
    rows = connection.execute(select(checkpoints.c.consumer, checkpoints.c.position))
    found: dict[str, int] = {row.consumer: row.position for row in rows}
    return [
        Standing(
            service,
            each.consumer,
            found[each.consumer],
            max(0, end - found[each.consumer]),
            {str(m.__tablename__): connection.scalar(select(func.count()).select_from(table(m))) or 0 for m in each.tables},
        )
        for each in made.projections
        if each.consumer in found
    ]


@projections.command()
def rebuild(service: Service = None, data: DataOption = None) -> None:
    """Rebuild the tables from the first event and put them in the place of the live ones; the service may run meanwhile."""

    async def work(url: str) -> None:
        async for each in each_of(where, url, service):
            made = each.made
            rows = await rebuilding.rebuild(each.database, made.projections, made.listens, each.event_log)
            print(f"{each.service}: {rows:,} rows rebuilt")

    where = whereabouts(data)
    with where.broker_url() as url:
        asyncio.run(work(url))


@projections.command()
def check(service: Service = None, json: AsJson = False, data: DataOption = None) -> None:
    """Compare the live tables row for row with a rebuild from the first event. Exit code 1 if they differ."""
    where = whereabouts(data)
    with where.broker_url() as url:
        compared = asyncio.run(compare(where, url, service))
    if json:
        print(msgspec.json.encode(compared, enc_hook=str).decode())
    else:
        for each in compared:
            differences = f"{len(each.differences):,} rows differ" if each.differences else "equal"
            print(f"{each.service:<13} {each.rows:>9,} rows at position {each.position:,}: {differences}")
            for difference in each.differences[:5]:
                print(f"  {difference.table} {difference.key}: live {difference.live}, rebuilt {difference.rebuilt}")
    sys.exit(1 if any(each.differences for each in compared) else 0)
