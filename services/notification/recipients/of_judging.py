"""Jurors and results."""

from services.notification.known import CATEGORY
from services.notification.recipients import told
from services.notification.recipients.told import Addressees
from shared.eventlog import Recorded
from shared.events.judging import JurorAppointed, Placed, ResultsAnnounced
from shared.runner import Hand


async def juror(cause: Recorded, event: JurorAppointed, hand: Hand) -> Addressees:
    return {event.juror: {**await told.edition_facts(told.edition_of(cause), hand), "university": event.university}}


async def pics_of_winners(cause: Recorded, event: ResultsAnnounced, hand: Hand) -> Addressees:
    edition = told.edition_of(cause)
    judged = await hand.state(CATEGORY(told.id_of(cause)))
    facts = await told.edition_facts(edition, hand, told.id_of(cause).removeprefix(f"{edition}."))
    won: dict[str, list[Placed]] = {}
    for placed in event.winners:
        for pic in await told.pics_of(judged.dossiers.get(placed.entry, ()), hand):
            won.setdefault(pic, []).append(placed)
    return {pic: {**facts, "results": told.table_of(places)} for pic, places in won.items()}


async def jurors_of_category(cause: Recorded, event: ResultsAnnounced, hand: Hand) -> Addressees:
    edition = told.edition_of(cause)
    judged = await hand.state(CATEGORY(told.id_of(cause)))
    category = told.id_of(cause).removeprefix(f"{edition}.")
    facts = {**await told.edition_facts(edition, hand, category), "results": told.table_of(event.winners)}
    return dict.fromkeys(judged.jurors, facts)
