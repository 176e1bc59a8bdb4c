"""Receipts, persons in charge, deadlines."""

from services.notification.known import INNOVATION
from services.notification.people import mandates
from services.notification.recipients import told
from services.notification.recipients.told import Addressees, Facts
from shared.eventlog import Recorded
from shared.events.registration import (
    DeadlineExtended,
    DraftsOutstanding,
    EditionCancelled,
    InnovationEndorsed,
    InnovationReclassified,
    InnovationSubmitted,
    LateSubmissionPermitted,
    ObligationWaived,
    PicAccepted,
    PicAppointed,
    PicReplaced,
    RegistrationReopened,
    SubmissionConfirmed,
)
from shared.runner import Hand


async def pic_or_who_submitted(cause: Recorded, event: InnovationSubmitted, hand: Hand) -> Addressees:
    """The PIC, else the person who submitted it. With an API client and no PIC there is nobody to write to yet."""
    innovation = await hand.state(INNOVATION(told.id_of(cause)))
    person = innovation.pic or told.person_of(cause.envelope.actor)
    receipt = {**await told.about(innovation, hand), **told.record(cause)}
    return {person: receipt} if person else {}


async def new_pic(cause: Recorded, event: PicAppointed | PicReplaced, hand: Hand) -> Addressees:
    """The person who is in charge from now on."""
    return {event.person: await told.about(await hand.state(INNOVATION(told.id_of(cause))), hand)}


async def former_pic(cause: Recorded, event: PicReplaced, hand: Hand) -> Addressees:
    """The person who was in charge."""
    about = await told.about(await hand.state(INNOVATION(told.id_of(cause))), hand)
    return {event.previous: {**about, "reason": event.reason}} if event.previous != event.person else {}


async def who_is_to_confirm(cause: Recorded, event: InnovationSubmitted, hand: Hand) -> Addressees:
    """The person on whose behalf it was entered: he confirms it."""
    if not event.recorded_by:
        return {}
    return {event.accountable: await told.about(await hand.state(INNOVATION(told.id_of(cause))), hand)}


async def who_entered_it_and_offices(cause: Recorded, event: SubmissionConfirmed, hand: Hand) -> Addressees:
    """The person who entered it on another's behalf, and the heads and operators of its institution, without him who confirmed."""
    innovation = await hand.state(INNOVATION(told.id_of(cause)))
    offices = await told.offices_of(innovation.edition, [innovation.institution], hand)
    people = {told.person_of(innovation.recorded_by), *offices} - {"", event.person}
    return dict.fromkeys(sorted(people), await told.about(innovation, hand))


async def offices_of_accepted(cause: Recorded, event: PicAccepted, hand: Hand) -> Addressees:
    """Heads and operators of its institution, without the PIC himself."""
    innovation = await hand.state(INNOVATION(told.id_of(cause)))
    offices = await told.offices_of(innovation.edition, [innovation.institution], hand)
    return dict.fromkeys([person for person in offices if person != event.person], await told.about(innovation, hand))


async def answerable_for_endorsed(cause: Recorded, event: InnovationEndorsed, hand: Hand) -> Addressees:
    """PIC, heads and operators, without the head who endorsed it."""
    innovation = await hand.state(INNOVATION(told.id_of(cause)))
    people = await told.answerable_for(innovation, hand)
    about = await told.about(innovation, hand)
    return dict.fromkeys([person for person in people if person != told.bare(event.endorsed_by)], about)


async def answerable_for_reclassified(cause: Recorded, event: InnovationReclassified, hand: Hand) -> Addressees:
    """PIC, heads and operators: it competes as another type."""
    innovation = await hand.state(INNOVATION(event.innovation))
    changed = {"previous": event.previous, "type": event.record.type, "reason": event.reason}
    facts = {**await told.about(innovation, hand), **changed}
    return dict.fromkeys(await told.answerable_for(innovation, hand), facts)


async def offices_behind(cause: Recorded, event: DeadlineExtended | RegistrationReopened, hand: Hand) -> Addressees:
    """Heads and operators of the institutions that still owe an innovation. The others have done their duty and read the page."""
    edition = told.id_of(cause)
    behind = await told.behind(edition, hand)
    closes = await told.local(edition, event.closes, hand)
    facts = {**await told.edition_facts(edition, hand), "closes": closes, "reason": event.reason}
    return {person: {**facts, "institutions": institutions} for person, institutions in behind.items()}


async def offices_with_drafts(cause: Recorded, event: DraftsOutstanding, hand: Hand) -> Addressees:
    """Heads and operators of that institution."""
    facts = {"drafts": str(event.drafts), "closes": await told.local(event.edition, event.closes, hand)}
    return await _offices(cause, event.institution, facts, hand)


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
