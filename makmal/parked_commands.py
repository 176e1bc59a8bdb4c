"""`makmal parked …`: reactions that failed too often and hold their subject back until somebody decides."""

from typing import Annotated

import msgspec
import typer

from makmal.service_databases import opened, with_databases
from makmal.whereabouts import DataOption, whereabouts
from shared.refusals import Unknown
from shared.runner import parked as rows

parked = typer.Typer(help="Reactions that wait for a decision.", no_args_is_help=True, add_completion=False)

Service = Annotated[str, typer.Option(help="The service whose reaction it is.")]
Row = Annotated[int, typer.Argument(help="The number that `makmal parked list` shows.")]


class Parked(msgspec.Struct, frozen=True):
    service: str
    id: int
    reaction: str
    subject: str
    position: int
    tries: int
    error: str


@parked.command("list")
def list_command(
    service: Annotated[str | None, typer.Option(help="One service; all, if none is named.")] = None,
    json: Annotated[bool, typer.Option("--json")] = False,
    data: DataOption = None,
) -> None:
    """List parked reactions with the event they answer and the error."""
    where = whereabouts(data)
    found: list[Parked] = []
    for name in with_databases(where, service):
        with opened(where, name) as database:
            listed = database.read_now(rows.listed)
        found += [Parked(name, r.id, r.reaction, r.subject, r.position, r.tries, r.error) for r in listed]
    if json:
        print(msgspec.json.encode(found).decode())
        return
    for row in found:
        print(
            f"{row.service} {row.id}: {row.reaction} at position {row.position} of {row.subject}, {row.tries} tries: {row.error}"
        )
    if not found:
        print("Nothing is parked.")


@parked.command()
def retry(row: Row, service: Service, data: DataOption = None) -> None:
    """Give a parked reaction all its tries again."""
    where = whereabouts(data)
    with opened(where, service) as database:
        if not database.write_now(lambda c: rows.retry(c, row)):
            raise _no_such(service, row)
    print(f"{service} {row} is tried again.")


@parked.command()
def discard(row: Row, service: Service, data: DataOption = None) -> None:
    """Give up a parked reaction; later ones of its subject go on."""
    where = whereabouts(data)
    with opened(where, service) as database:
        if not database.write_now(lambda c: rows.discard(c, row)):
            raise _no_such(service, row)
    print(f"{service} {row} is discarded; what follows for its subject goes on.")


def _no_such(service: str, row: int) -> Unknown:
    return Unknown(
        f"No reaction {row} is parked in {service}; `makmal parked list` shows those that are.",
        f"Tidak ada reaksi {row} yang diparkir di {service}; lihat `makmal parked list`.",
    )
