"""Who answers for an innovation, its PIC (penanggung jawab): appointed, accepted by himself, handed over.

Rules of the innovation's decider.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from services.registration import edition_state, enrolment
from services.registration.edition_state import given_reason, published
from services.registration.innovation_state import Submitted, may_enter
from shared.events import Event
from shared.events.registration import PicAccepted, PicAppointed, PicReplaced
from shared.facts import ShortlistFacts
from shared.refusals import Forbidden


class NamePic(Struct, frozen=True):
    """Appoints the PIC where there is none; else replaces him, which needs a reason."""

    person: str
    at: datetime
    reason: str = ""


class AcceptPic(Struct, frozen=True):
    """By the person himself."""

    person: str


Command = NamePic | AcceptPic


def decide(
    state: Submitted,
    command: Command,
    registration: edition_state.State,
    enrolled: enrolment.State,
    shortlists: Sequence[ShortlistFacts] = (),
) -> Sequence[Event]:
    match command:
        case AcceptPic(person):
            if person != state.pic:
                raise Forbidden(
                    "somebody else is named as PIC of this innovation; only he accepts it",
                    "penanggung jawab inovasi ini adalah orang lain; hanya dia yang dapat menerimanya",
                )
            if state.pic_accepted:
                return []
            published(registration)
            return [PicAccepted(institution=state.institution, person=person)]
        case NamePic(person, at, reason):
            if person == state.pic:
                return []
            if not state.pic:
                # A first PIC meets an obligation, and obligations are settled when registration closes.
                may_enter(registration, enrolled, at, shortlists)
                return [PicAppointed(institution=state.institution, person=person)]
            # Allowed after the close as well: people move, and somebody must answer for the innovation.
            published(registration)
            because = given_reason(reason)
            return [PicReplaced(institution=state.institution, previous=state.pic, person=person, reason=because)]
