"""Receipts, persons in charge, deadlines."""

from services.notification.known import INNOVATION
from services.notification.people import mandates
from services.notification.recipients import told
from services.notification.recipients.told import Addressees, Facts
from shared.eventlog import Recorded
from shared.events.registration import (
    DeadlineExtended,
    EditionCancelled,
    InnovationSubmitted,
    LateSubmissionPermitted,
    ObligationWaived,
    PicAppointed,
    PicReplaced,
    RegistrationReopened,
)
from shared.runner import Hand


async def pic_or_who_submitted(cause: Recorded, event: InnovationSubmitted, hand: Hand) -> Addressees:
    """The PIC, else the person who submitted it. With an API client and no PIC there is nobody to write to yet."""
    innovation = await hand.state(INNOVATION(told.id_of(cause)))
    person = innovation.pic or told.person_of(cause.envelope.actor)
    receipt = {**await told.about(innovation, hand), "position": str(cause.position)}
    return {person: receipt} if person else {}


async def new_pic(cause: Recorded, event: PicAppointed | PicReplaced, hand: Hand) -> Addressees:
    """The person who is in charge from now on."""
    return {event.person: await told.about(await hand.state(INNOVATION(told.id_of(cause))), hand)}


async def former_pic(cause: Recorded, event: PicReplaced, hand: Hand) -> Addressees:
    """The person who was in charge."""
    about = await told.about(await hand.state(INNOVATION(told.id_of(cause))), hand)
    return {event.previous: {**about, "reason": event.reason}} if event.previous != event.person else {}


async def offices_behind(cause: Recorded, event: DeadlineExtended | RegistrationReopened, hand: Hand) -> Addressees:
    """Heads and operators of the institutions that still owe an innovation. The others have done their duty and read the page."""
    edition = told.id_of(cause)
    behind = await told.behind(edition, hand)
    closes = await told.local(edition, event.closes, hand)
    facts = {**await told.edition_facts(edition, hand), "closes": closes, "reason": event.reason}
    return {person: {**facts, "institutions": institutions} for person, institutions in behind.items()}


async def offices_permitted(cause: Recorded, event: LateSubmissionPermitted, hand: Hand) -> Addressees:
    """Heads and operators of that institution."""
    edition = told.edition_of(cause)
    facts = {"until": await told.local(edition, event.until, hand), "reason": event.reason}
    return await _offices(cause, event.institution, facts, hand)


async def offices_released(cause: Recorded, event: ObligationWaived, hand: Hand) -> Addressees:
    """Heads and operators of that institution."""
    return await _offices(cause, event.institution, {"reason": event.reason}, hand)


async def everybody(cause: Recorded, event: EditionCancelled, hand: Hand) -> Addressees:
    """Everybody who holds a role in the edition or is in charge of an innovation."""
    edition = told.id_of(cause)
    facts = {
        **await told.edition_facts(edition, hand),
        "reason": event.reason,
        "effective": event.effective.isoformat(),
    }
    rows = await hand.read(lambda connection: mandates(connection, edition))
    return dict.fromkeys([row.person for row in rows], facts)


async def _offices(cause: Recorded, institution: str, facts: Facts, hand: Hand) -> Addressees:
    edition = told.edition_of(cause)
    names = await told.institution_names(edition, [institution], hand)
    letter = {**await told.edition_facts(edition, hand), "institution": names[institution], **facts}
    return dict.fromkeys(await told.offices_of(edition, [institution], hand), letter)
