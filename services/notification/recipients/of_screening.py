"""What screening asks, finds and decides of an innovation, and who is nominated."""

from services.notification.known import INNOVATION, NOMINEES
from services.notification.people import holders
from services.notification.recipients import told
from services.notification.recipients.told import Addressees, Facts
from shared.eventlog import Recorded
from shared.events.screening import (
    InnovationDisqualified,
    NominationRevoked,
    ObjectionFiled,
    ObjectionRejected,
    ObjectionUpheld,
    RevisionRequested,
    ShortlistConfirmed,
)
from shared.facts import EDITION
from shared.rulebook import Text
from shared.runner import Hand


async def answerable_for_returned(cause: Recorded, event: RevisionRequested, hand: Hand) -> Addressees:
    """PIC, heads and operators: they may revise it until the deadline."""
    edition = (await hand.state(INNOVATION(event.innovation))).edition
    facts = {"what": event.what, "deadline": await told.local(edition, event.deadline, hand)}
    return await _answerable(event.innovation, facts, hand)


async def answerable_for_disqualified(cause: Recorded, event: InnovationDisqualified, hand: Hand) -> Addressees:
    """PIC, heads and operators: the institution may object for a while."""
    edition = (await hand.state(INNOVATION(event.innovation))).edition
    rulebook = (await hand.state(EDITION(edition))).rulebook
    reasons = {reason.code: reason.name for reason in rulebook.reasons} if rulebook else {}
    reason = reasons.get(event.reason, Text(event.reason, event.reason))
    until = event.objections_until
    facts = {
        "reason:id": reason.id,
        "reason:en": reason.en,
        "explanation": event.explanation,
        "objections_until": await told.local(edition, until, hand) if until else "",
    }
    return await _answerable(event.innovation, facts, hand)


async def committee_of_objection(cause: Recorded, event: ObjectionFiled, hand: Hand) -> Addressees:
    """The committee, without him who filed it, if he sits on it."""
    innovation = await hand.state(INNOVATION(event.innovation))
    facts = {**await told.about(innovation, hand), "grounds": event.grounds}
    committee = await hand.read(lambda connection: holders(connection, innovation.edition, "committee"))
    return dict.fromkeys([person for person in committee if person != told.bare(event.filed_by)], facts)


async def answerable_for_objection(cause: Recorded, event: ObjectionUpheld | ObjectionRejected, hand: Hand) -> Addressees:
    """PIC, heads and operators."""
    return await _answerable(event.innovation, {"explanation": event.explanation}, hand)


async def pics_of_nominees(cause: Recorded, event: ShortlistConfirmed, hand: Hand) -> Addressees:
    """Not before the shortlist is confirmed. The PICs of all innovations in the nominees' dossiers; one letter names all his."""
    edition = told.edition_of(cause)
    nominees = await hand.state(NOMINEES(told.id_of(cause)))
    facts = {**await told.edition_facts(edition, hand, event.category), **told.record(cause)}
    of: dict[str, list[str]] = {}
    for entry in event.entries:
        nominated = nominees.nominated.get(entry)
        if nominated is not None:
            for pic in await told.pics_of([item.innovation for item in nominated.dossier], hand):
                of.setdefault(pic, []).append(nominated.name)
    return {pic: {**facts, "entry": ", ".join(names)} for pic, names in of.items()}


async def pics_of_revoked(cause: Recorded, event: NominationRevoked, hand: Hand) -> Addressees:
    """Who was told of the nomination is told that it is revoked; before the shortlist was confirmed, nobody was."""
    nominees = await hand.state(NOMINEES(told.id_of(cause)))
    nominated = nominees.nominated.get(event.entry)
    if nominated is None or event.entry not in nominees.confirmed:
        return {}
    facts = {**await told.category(cause, hand), "entry": nominated.name, "reason": event.reason}
    pics = await told.pics_of([item.innovation for item in nominated.dossier], hand)
    return dict.fromkeys(pics, facts)


async def _answerable(id: str, facts: Facts, hand: Hand) -> Addressees:
    innovation = await hand.state(INNOVATION(id))
    letter = {**await told.about(innovation, hand), **facts}
    return dict.fromkeys(await told.answerable_for(innovation, hand), letter)
