"""Rules on record hold for ever: a log that was written before a rulebook had some of its fields is proven by what it was written with."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from makmal.bundle.verify import Judging
from makmal.verify.proving import Proof
from services.registration.amendment import AmendRulebook, MergeCategories
from services.registration.edition import EDITION as EDITIONS
from services.registration.edition import OpenEdition
from shared.deciding import Act
from shared.events.registration import RulebookPublished
from shared.rulebook import Rulebook, digest_of
from tests.makmal.verify.small_edition import FIRST, RULEBOOK, person, played
from tests.makmal.verify.story import EDITION, Story

OLDER = Path(__file__).with_name("older_rulebook.json").read_bytes()
"""The rulebook of the small edition, as it was written when rules had no anchors and published no events, among others."""
ITS_DIGEST = "f6b1d4e2bfa29c6c114069b0c2be22187000f616062f3f13d491fe8322c93e30"
TODAYS = {"anchors", "events", "catalogue", "result_objection_days", "unit_meets_parent", "endorsement"}


def older(value: Any) -> Any:
    """Without the fields that came since."""
    if isinstance(value, dict):
        return {name: older(each) for name, each in value.items() if name not in TODAYS}
    return [older(each) for each in value] if isinstance(value, list) else value


def named(rulebook: dict[str, Any]) -> str:
    """By the specification, without any of the house's code: what `verify.py` does as well."""
    canonical = json.dumps(rulebook, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(canonical.encode()).hexdigest()


def written_long_ago(story: Story, change: Callable[[dict[str, Any]], object] = lambda data: None) -> Story:
    """The same history, with every rulebook and rubric as an earlier version of the system wrote them."""
    names: dict[str, str] = {}
    for _, _, raw in story.entries:
        if "rulebook" in (data := json.loads(raw)["data"]) and "digest" in data:
            names[data["digest"]] = named(older(data["rulebook"]))
    for at, (service, position, raw) in enumerate(story.entries):
        envelope = json.loads(raw)
        data, kind = envelope["data"], envelope["type"]
        if kind in ("RulebookPublished", "RulebookAmended"):
            data.update(rulebook=older(data["rulebook"]), digest=names[data["digest"]])
            change(data)
        elif kind == "EditionOpened":
            data["rulebook"] = names[data["rulebook"]]
        elif kind == "RubricLocked":
            data.update(rubric=older(data["rubric"]), rulebook=names[data["rulebook"]])
        else:
            continue
        story.entries[at] = service, position, json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
    return story


def flaws(story: Story) -> list[str]:
    """What `verify.py` says of the rules and the results."""
    judging = Judging()
    return [en for _, _, raw in story.entries for _, en in judging.take(json.loads(raw))]


def kinds(proof: Proof) -> list[str]:
    return [finding.kind for finding in proof.verdict.findings]


def test_an_older_rulebook_is_read_and_keeps_its_name() -> None:
    read = msgspec.json.decode(OLDER, type=Rulebook)
    assert read == RULEBOOK
    assert digest_of(OLDER) == named(json.loads(OLDER)) == ITS_DIGEST
    assert read.digest() != ITS_DIGEST  # written today it has more fields: nobody may compute it anew


def test_a_log_of_older_rules_is_proven() -> None:
    story = written_long_ago(played())
    published = story.event(RulebookPublished)
    assert msgspec.json.decode(published.envelope.data)["digest"] == ITS_DIGEST
    assert msgspec.json.decode(published.envelope.data)["rulebook"] == json.loads(OLDER)
    assert story.proved().proven
    assert flaws(story) == []


def test_rules_that_were_published_long_ago_are_locked_today() -> None:
    """The system was renewed between the opening of the edition and its judging."""
    story = played()
    until = next(at for at, (_, _, raw) in enumerate(story.entries) if b'"RubricLocked"' in raw)
    today = dict(enumerate(story.entries[until:], until))
    written_long_ago(story)
    old = named(json.loads(OLDER)).encode()
    for at, (service, position, raw) in today.items():
        story.entries[at] = service, position, raw.replace(RULEBOOK.digest().encode(), old)
    assert b"anchors" in story.entries[until][2] and b"anchors" not in b"".join(raw for _, _, raw in story.entries[:until])
    assert story.proved().proven
    assert flaws(story) == []


def test_amended_and_merged_rules_keep_their_names_as_well() -> None:
    story = played("opening")
    amended = msgspec.structs.replace(RULEBOOK, quorum=3)
    story.does(person(FIRST), Act(EDITIONS(EDITION), AmendRulebook(amended, "Juri kurang", story.now)))
    twice = (*amended.categories, msgspec.structs.replace(amended.categories[0], id="lain"))
    more = msgspec.structs.replace(amended, categories=twice)
    story.does(person(FIRST), Act(EDITIONS(EDITION), AmendRulebook(more, "Kategori baru", story.now)))
    merge = MergeCategories("lain", amended.categories[0].id, "Terlalu sedikit", story.now)
    story.does(person(FIRST), Act(EDITIONS(EDITION), merge))
    assert sum(b'"RulebookAmended"' in raw for _, _, raw in story.entries) == 3
    assert written_long_ago(story).proved().proven
    assert flaws(story) == []


def test_rules_under_a_name_that_is_not_theirs_are_found() -> None:
    def forge(data: dict[str, Any]) -> None:
        data["rulebook"]["quorum"] = 3

    story = written_long_ago(played("opening"), forge)
    position = story.event(RulebookPublished).position
    proof = story.proved()
    [finding] = proof.verdict.findings
    assert (finding.position, finding.kind) == (position, "rulebook") and ITS_DIGEST in finding.en and ITS_DIGEST in finding.id
    assert proof.found_by("bytes") == [finding]
    assert flaws(story) == ["the rules are not those that their digest names"]


def test_opening_an_edition_again_after_fields_have_come_changes_nothing() -> None:
    story = played("house")
    story.does(person(FIRST), Act(EDITIONS(EDITION), OpenEdition(msgspec.json.decode(OLDER, type=Rulebook), ITS_DIGEST)))
    end = story.end
    story.does(person(FIRST), Act(EDITIONS(EDITION), OpenEdition(RULEBOOK)))
    assert story.end == end


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
        max_leaves=12,
    )
)
def test_anybody_can_compute_the_name_with_a_json_library(value: Any) -> None:
    said = {"rules": value}
    assert digest_of(json.dumps(said, indent=1).encode()) == named(said)
