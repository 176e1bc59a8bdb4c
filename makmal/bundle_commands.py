"""`makmal audit export` and `restore`: a log as a copy that proves itself, and back again."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from makmal.whereabouts import DEFAULT, DataOption, Whereabouts, of_house, whereabouts
from shared.refusals import Refused

if TYPE_CHECKING:
    from makmal.bundle.restoring import Source


def export_command(
    directory: Annotated[Path, typer.Argument(help="A new or empty directory, or an earlier bundle of the same log.")],
    json: Annotated[bool, typer.Option("--json")] = False,
    data: DataOption = None,
) -> None:
    """Write what the notary has signed as a bundle that proves itself with Python alone: `python3 DIR/verify.py`."""
    from makmal.bundle.export import export

    exported = export(_notary(whereabouts(data)), directory)
    if json:
        print(msgspec.json.encode(exported).decode())
        return
    print(f"{exported.size:,} events of {exported.origin} and {exported.checkpoints + 1:,} checkpoints are in {directory}.")
    print(f"Anybody checks them with Python alone: python3 {directory / 'verify.py'} --key '{exported.vkey}'")


def restore_command(
    directory: Annotated[Path | None, typer.Argument(help="The bundle; left out: what the notary here keeps.")] = None,
    put_back: Annotated[
        bool, typer.Option("--mend", help="Into a broker that has lost entries; the services may be running.")
    ] = False,
    json: Annotated[bool, typer.Option("--json")] = False,
    data: DataOption = None,
) -> None:
    """Write a log from its bundle into an empty broker, or put back what streams have lost. What stands is never overwritten."""
    from makmal.bundle.restorer import must_be_empty, restorer
    from makmal.bundle.restoring import mend

    where, source = _restored_from(directory, data)
    with where.broker_url() as url:
        if not put_back:
            must_be_empty(url, where.keys)
        with restorer(url, where.keys) as client:
            mended = mend(client, where.keys, source)
    if json:
        print(msgspec.json.encode(mended).decode())
        return
    streams = ", ".join(f"{number:,} in {service}" for service, number in sorted(mended.events.items()) if number)
    print(f"The broker has everything up to position {mended.size:,}. Entries put back: {streams or 'none were missing'}.")


def _notary(where: Whereabouts) -> Path:
    if where.audit is None:
        raise Refused(
            "The notary's directory is not here: give --data, or run this where the audit service runs.",
            "Direktori notaris tidak ada di sini: berikan --data, atau jalankan di tempat layanan audit berjalan.",
        )
    return where.audit


def _restored_from(directory: Path | None, data: Path | None) -> "tuple[Whereabouts, Source]":
    """Where the log goes, and what it is taken from, which is proven first."""
    from makmal.bundle.proven import must_be_proven, must_not_contradict
    from makmal.bundle.reading import Bundle
    from makmal.bundle.signed import Signed

    if directory is None:
        where = whereabouts(data)
        return where, Signed(_notary(where))
    bundle = Bundle(directory)
    must_be_proven(bundle)
    where = _restored_to(bundle.log, data)
    if where.audit is not None:
        must_not_contradict(bundle, where.audit)
    return where, bundle


def _restored_to(log: str, data: Path | None) -> Whereabouts:
    """The named data directory, made if it is not there; or the broker that the environment names."""
    from makmal.house import House

    target = data or DEFAULT
    if data is None and os.environ.get("MAKMAL_BROKER_URL"):
        where = whereabouts(None)
    elif (target / "house.json").is_file():
        where = whereabouts(target)
    else:
        where = of_house(House(target, log))
    if where.log != log:
        raise Refused(
            f"This is the log {where.log}, the bundle holds {log}: name another data directory.",
            f"Ini log {where.log}, sedangkan salinan berisi {log}: sebutkan direktori data lain.",
        )
    return where
