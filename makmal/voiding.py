"""Filling a gap in the log: an operator puts on record, at the missing position itself, that nothing stands there."""

from datetime import UTC, datetime
from pathlib import Path

from redis import Redis

from shared.eventlog import SERVICES, Draft, Keys
from shared.eventlog.envelope import new_id
from shared.events.audit import PositionVoided
from shared.refusals import Invalid, Refused

_SCRIPT = (Path(__file__).parent / "void.lua").read_bytes()


def void(client: Redis, keys: Keys, position: int, reason: str) -> None:
    """Append PositionVoided at the position, as the operator. Refused where an event stands or the log has not come yet."""
    if not reason.strip():
        raise Invalid("Say why the position is void: give a reason.", "Sebutkan mengapa posisi itu kosong: berikan alasan.")
    seconds, microseconds = client.time()
    event = Draft(
        event=PositionVoided(position=position, reason=reason.strip()),
        subject=f"position/{position}",
        version=1,
        time=datetime.fromtimestamp(seconds + microseconds // 1000 / 1000, UTC),
        actor="operator",
        request=new_id(),
    )
    audit = keys.stream("audit")
    others = [keys.stream(service) for service in SERVICES if service != "audit"]
    names = [keys.position, audit, f"{audit}:rebuilt", keys.index("audit", f"position/{position}"), *others]
    answer = client.eval(_SCRIPT, len(names), *names, str(position), event.encode())  # type: ignore[arg-type]
    if answer == b"ahead":
        raise Refused(
            f"The log has not come to position {position}: nothing is missing there.",
            f"Log belum sampai pada posisi {position}: tidak ada yang hilang di sana.",
        )
    if answer == b"taken":
        raise Refused(
            f"An event stands at position {position}: only a position where nothing stands can be voided.",
            f"Ada peristiwa pada posisi {position}: hanya posisi yang kosong yang dapat dinyatakan kosong.",
        )
