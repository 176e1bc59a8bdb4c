"""What is wrong with an act, as a finding: that the rules refuse it, or lead elsewhere."""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from makmal.verify.findings import Finding, found
from shared.eventlog.envelope import Envelope
from shared.refusals import Refused


def refused_by(position: int, envelope: Envelope, refused: Refused) -> Finding:
    finding = found("refused", position, type=envelope.type, subject=envelope.subject, why=refused.en)
    other = found("refused", position, type=envelope.type, subject=envelope.subject, why=refused.id)
    return Finding(position, "refused", finding.en, other.id)


def other_than(stands: Sequence[tuple[int, Envelope, Any]], run: Sequence[Any], decided: Sequence[Any]) -> Finding:
    """The first event of the act that is other than the rules lead to."""
    same = 0
    while same < min(len(run), len(decided)) and run[same] == decided[same]:
        same += 1
    position, envelope, _ = stands[min(same, len(run) - 1)]
    if not decided:
        return found("nothing", position, type=envelope.type, subject=envelope.subject)
    if same >= len(run):  # what else follows from the act is missing
        return found("lacking", position, type=envelope.type, missing=type(decided[same]).__name__)
    one, right = run[same], decided[same] if same < len(decided) else None
    if right is None or type(one) is not type(right):
        return found("differs", position, type=envelope.type, what=type(right).__name__ if right else "-")
    told = ", ".join(_differences(one, right))
    return found("differs", position, type=envelope.type, what=told)


def _differences(stands: Any, right: Any, name: str = "") -> Iterator[str]:
    """Each field that differs, down to the first entry of a list that does."""
    if type(stands) is type(right) and isinstance(stands, Struct):
        for field in stands.__struct_fields__:
            yield from _differences(getattr(stands, field), getattr(right, field), f"{name}.{field}" if name else field)
    elif isinstance(stands, tuple) and isinstance(right, tuple) and stands != right:
        same = 0
        while same < min(len(stands), len(right)) and stands[same] == right[same]:
            same += 1
        if same < min(len(stands), len(right)):
            yield from _differences(stands[same], right[same], f"{name}[{same}]")
        else:
            yield f"{name} of {len(stands)}, not of {len(right)}"
    elif stands != right:
        yield f"{name} {_short(stands)}, not {_short(right)}"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
