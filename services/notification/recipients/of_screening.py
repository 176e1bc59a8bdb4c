"""What screening finds of an innovation, and who is nominated."""

from services.notification.known import INNOVATION
from services.notification.recipients import told
from services.notification.recipients.told import Addressees
from shared.eventlog import Recorded
from shared.events.screening import InnovationDisqualified, Nominated
from shared.facts import EDITION
from shared.rulebook import Text
from shared.runner import Hand


async def pics_of_nominee(cause: Recorded, event: Nominated, hand: Hand) -> Addressees:
    edition = told.edition_of(cause)
    facts = {**await told.edition_facts(edition, hand, event.category), "entry": event.name}
    pics = await told.pics_of([item.innovation for item in event.dossier], hand)
    return dict.fromkeys(pics, facts)


async def pic_of_disqualified(cause: Recorded, event: InnovationDisqualified, hand: Hand) -> Addressees:
    innovation = await hand.state(INNOVATION(event.innovation))
    if not innovation.pic:
        return {}
    rulebook = (await hand.state(EDITION(innovation.edition))).rulebook
    reasons = {reason.code: reason.name for reason in rulebook.reasons} if rulebook else {}
    reason = reasons.get(event.reason, Text(event.reason, event.reason))
    why = {"reason:id": reason.id, "reason:en": reason.en, "explanation": event.explanation}
    return {innovation.pic: {**await told.about(innovation, hand), **why}}
