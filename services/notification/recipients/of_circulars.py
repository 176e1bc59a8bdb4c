"""Circulars, and who has not acknowledged them."""

from services.notification.circular import CIRCULAR, Issued
from services.notification.people import holders
from services.notification.recipients import told
from services.notification.recipients.told import Addressees
from shared.eventlog import Recorded
from shared.events.notification import CircularAcknowledged, CircularChased, CircularIssued
from shared.runner import Hand


async def addressed(cause: Recorded, event: CircularIssued, hand: Hand) -> Addressees:
    """Heads, operators and PICs of the institutions that the circular goes to."""
    return await told.of_circular(event, event.institutions, hand)


async def unacknowledged(cause: Recorded, event: CircularChased, hand: Hand) -> Addressees:
    """Heads, operators and PICs of the institutions that have not acknowledged it."""
    circular = await hand.state(CIRCULAR(told.id_of(cause)))
    return await told.of_circular(circular.circular, event.institutions, hand) if isinstance(circular, Issued) else {}


async def who_signed(cause: Recorded, event: CircularAcknowledged, hand: Hand) -> Addressees:
    """The person whose signature stands on the paper that the committee entered: he confirms it."""
    circular = await hand.state(CIRCULAR(told.id_of(cause)))
    if not event.recorded_by or not isinstance(circular, Issued):
        return {}
    edition = circular.circular.edition
    names = await told.institution_names(edition, [event.institution], hand)
    facts = {
        **await told.edition_facts(edition, hand),
        "number": circular.circular.number,
        "title": circular.circular.title,
        "institution": names[event.institution],
    }
    return {event.person: facts}


async def committee_of_circular(cause: Recorded, event: CircularChased, hand: Hand) -> Addressees:
    """The committee, from the second reminder on."""
    circular = await hand.state(CIRCULAR(told.id_of(cause)))
    if event.round < 2 or not isinstance(circular, Issued):
        return {}
    edition = circular.circular.edition
    names = await told.institution_names(edition, event.institutions, hand)
    facts = {
        **await told.edition_facts(edition, hand),
        "number": circular.circular.number,
        "title": circular.circular.title,
        "round": str(event.round),
        "institutions": "\n".join(names[code] for code in event.institutions),
    }
    return dict.fromkeys(await hand.read(lambda connection: holders(connection, edition, "committee")), facts)
