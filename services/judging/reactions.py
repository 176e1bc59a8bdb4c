"""What judging does on screening's word: it prepares confirmed shortlists, and takes out, or back in, what screening decides later.

All of an edition are handled in the order of the log, so that what is disqualified just after a confirmation finds its entry.
"""

from services.judging.category import CATEGORY, AdmitEntry, LockRubric
from services.judging.exclusion import ExcludeEntry, ReinstateInnovation, StrikeInnovation
from services.judging.naming import category_id, home_of
from shared.deciding import Act
from shared.eventlog import Recorded
from shared.events.screening import InnovationDisqualified, NominationRevoked, ObjectionUpheld, ShortlistConfirmed
from shared.facts import EDITION, SHORTLIST
from shared.runner import Hand, Reaction


async def prepare(cause: Recorded, hand: Hand) -> None:
    """Lock the rules and admit the entries, in one append. What was revoked meanwhile is not admitted."""
    event = cause.event
    assert isinstance(event, ShortlistConfirmed)
    id = cause.subject.partition("/")[2]
    edition = id.partition(".")[0]
    category, shortlist = CATEGORY(id), SHORTLIST(id)
    standing = {nominated.entry for nominated in (await hand.state(shortlist)).nominated}
    await hand.carry_out(
        Act(category, LockRubric(event.category), EDITION(edition)),
        *(Act(category, AdmitEntry(entry), shortlist) for entry in event.entries if entry in standing),
    )


async def exclude(cause: Recorded, hand: Hand) -> None:
    event = cause.event
    assert isinstance(event, NominationRevoked | InnovationDisqualified | ObjectionUpheld)
    if isinstance(event, NominationRevoked):
        id = category_id(*home_of(event.entry))
        await hand.carry_out(Act(CATEGORY(id), ExcludeEntry(event.entry, event.reason), SHORTLIST(id)))
        return
    edition = cause.envelope.edition or ""
    rulebook = (await hand.state(EDITION(edition))).rulebook
    if rulebook is None:
        return
    command: StrikeInnovation | ReinstateInnovation = ReinstateInnovation(event.innovation, event.explanation)
    if isinstance(event, InnovationDisqualified):
        reason = next((r.name.id for r in rulebook.reasons if r.code == event.reason), event.reason)
        command = StrikeInnovation(event.innovation, f"{reason}: {event.explanation}")
    await hand.carry_out(*(Act(CATEGORY(category_id(edition, category.id)), command) for category in rulebook.categories))


def _edition(recorded: Recorded) -> str:
    return f"edition/{recorded.envelope.edition}"


REACTIONS = [
    Reaction("prepare", [ShortlistConfirmed], prepare, subject=_edition),
    Reaction("exclude", [NominationRevoked, InnovationDisqualified, ObjectionUpheld], exclude, subject=_edition),
]
