"""What judging does when screening has confirmed a shortlist: it locks the rules and admits the entries, in one append."""

from services.judging.category import CATEGORY, AdmitEntry, LockRubric
from shared.deciding import Act
from shared.eventlog import Recorded
from shared.events.screening import ShortlistConfirmed
from shared.facts import EDITION, SHORTLIST
from shared.runner import Hand, Reaction


async def prepare(cause: Recorded, hand: Hand) -> None:
    event = cause.event
    assert isinstance(event, ShortlistConfirmed)
    id = cause.subject.partition("/")[2]
    edition = id.partition(".")[0]
    category, shortlist = CATEGORY(id), SHORTLIST(id)
    await hand.carry_out(
        Act(category, LockRubric(event.category), EDITION(edition)),
        *(Act(category, AdmitEntry(entry), shortlist) for entry in event.entries),
    )


PREPARE = Reaction("prepare", [ShortlistConfirmed], prepare)
