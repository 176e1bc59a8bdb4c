"""What was nominated is what was submitted, as it was written: both verifiers hold dossiers against the records in the log."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from msgspec import convert
from msgspec import json as encoding

from makmal.bundle.verify import Judging
from shared.events.judging import EntryAdmitted
from shared.events.registration import InnovationRecord
from shared.events.screening import Nominated
from shared.facts import record_digest
from tests.makmal.verify.small_edition import played
from tests.makmal.verify.story import Story

OTHER = "0" * 64


def flaws(story: Story) -> dict[int, list[str]]:
    """What `verify.py` says, by position."""
    judging, told = Judging(), dict[int, list[str]]()
    for _, position, raw in story.entries:
        if said := [en for _, en in judging.take(json.loads(raw))]:
            told[position] = said
    return told


def rewritten(story: Story, position: int, change: Callable[[dict[str, Any]], object]) -> None:
    service, _, raw = story.entries[position - 1]
    envelope = json.loads(raw)
    change(envelope["data"])
    story.entries[position - 1] = service, position, encoding.encode(envelope)


def test_every_dossier_names_records_by_what_was_written() -> None:
    story = played()
    records = [data["record"] for _, _, raw in story.entries if "record" in (data := json.loads(raw)["data"])]
    digests = {record_digest(convert(record, InnovationRecord)) for record in records}
    named = {item["digest"] for _, _, raw in story.entries for item in json.loads(raw)["data"].get("dossier", ())}
    assert named and named <= digests
    assert flaws(story) == {}
    assert story.proved().proven


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (Nominated, "its dossier is not of the innovations on record"),
        (EntryAdmitted, "its dossier is not the one that was nominated"),
    ],
)
def test_a_dossier_of_something_else_is_found_by_both(kind: type[Any], says: str) -> None:
    story = played()
    position = story.event(kind).position
    rewritten(story, position, lambda data: data["dossier"][0].update(digest=OTHER))
    assert flaws(story)[position] == [says]
    assert story.proved().verdict.found_at == position


def test_a_record_that_was_rewritten_after_it_was_nominated_is_found_by_both() -> None:
    """One word of it, so small that no rule minds."""
    story = played()
    nominated = story.event(Nominated)
    [item, *_] = encoding.decode(nominated.envelope.data, type=Nominated).dossier
    subject = f"innovation/{item.innovation}".encode()
    submitted = next(at for _, at, raw in story.entries if subject in raw and b'"InnovationSubmitted"' in raw)
    rewritten(story, submitted, lambda data: data["record"].update(purpose="Lain sama sekali"))
    assert flaws(story)[nominated.position] == ["its dossier is not of the innovations on record"]
    assert nominated.position in {finding.position for finding in story.proved().verdict.findings}
