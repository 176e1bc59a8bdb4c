"""Jurors, and what concerns them while they judge."""

from services.notification.known import CATEGORY
from services.notification.people import holders
from services.notification.recipients import told
from services.notification.recipients.told import Addressees
from shared.eventlog import Recorded
from shared.events.judging import (
    ConflictProposed,
    DecisionConfirmed,
    DecisionReopened,
    EntryExcluded,
    JurorAppointed,
    JurorReplaced,
    ScoresheetReopened,
)
from shared.runner import Hand


async def juror(cause: Recorded, event: JurorAppointed, hand: Hand) -> Addressees:
    """The juror."""
    return {event.juror: {**await told.edition_facts(told.edition_of(cause), hand), "university": event.university}}


async def replaced_juror(cause: Recorded, event: JurorReplaced, hand: Hand) -> Addressees:
    """The juror whose place another takes; the successor is told of his appointment."""
    return {event.juror: {**await told.edition_facts(told.edition_of(cause), hand), "reason": event.reason}}


async def chairs_of_tie(cause: Recorded, event: ConflictProposed, hand: Hand) -> Addressees:
    """The chairs of the jury. Whom the tie is said of stands in Makmal, not in the letter."""
    edition = told.edition_of(cause)
    names = await told.institution_names(edition, [event.institution], hand)
    facts = {**await told.edition_facts(edition, hand), "institution": names[event.institution], "note": event.note}
    return dict.fromkeys(await hand.read(lambda connection: holders(connection, edition, "chair")), facts)


async def jurors_of_excluded(cause: Recorded, event: EntryExcluded, hand: Hand) -> Addressees:
    """The jurors of the entry's panel. Its PICs hear of the cause: a nomination revoked, an innovation disqualified."""
    judged = await hand.state(CATEGORY(told.id_of(cause)))
    facts = {**await told.category(cause, hand), "entry": judged.names.get(event.entry, event.entry), "reason": event.reason}
    return dict.fromkeys(judged.panels.get(event.entry, ()), facts)


async def juror_of_reopened(cause: Recorded, event: ScoresheetReopened, hand: Hand) -> Addressees:
    """The juror whose sheet it is."""
    edition, category, _ = event.entry.split(".", 2)
    judged = await hand.state(CATEGORY(f"{edition}.{category}"))
    facts = await told.edition_facts(edition, hand, category)
    return {event.juror: {**facts, "entry": judged.names.get(event.entry, event.entry), "reason": event.reason}}


async def committee_of_decision(cause: Recorded, event: DecisionConfirmed, hand: Hand) -> Addressees:
    """The committee, which announces it."""
    edition = told.edition_of(cause)
    committee = await hand.read(lambda connection: holders(connection, edition, "committee"))
    return dict.fromkeys(committee, await told.category(cause, hand))


async def committee_and_chairs(cause: Recorded, event: DecisionReopened, hand: Hand) -> Addressees:
    """The committee and the chairs of the jury."""
    edition = told.edition_of(cause)
    people = await hand.read(lambda connection: holders(connection, edition, "committee", "chair"))
    facts = {**await told.category(cause, hand), "reason": event.reason}
    return dict.fromkeys(people, facts)
