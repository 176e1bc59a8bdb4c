"""Who is written to because of what: the table at the end says it. A function gives, for each person, what his letter tells.

The facts of a letter stand in the log, so nothing personal goes into them; names of innovations, institutions and categories are
public. `<name>:id` and `<name>:en` are the wordings in the two languages.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.notification.known import CATEGORY, INNOVATION, Answerable
from services.notification.projections import behind
from shared.eventlog import Recorded
from shared.events import Event
from shared.events.judging import JurorAppointed, Placed, ResultsAnnounced
from shared.events.registration import DeadlineExtended, InnovationSubmitted, PicAppointed, PicReplaced
from shared.events.screening import InnovationDisqualified, Nominated
from shared.facts import EDITION, ENROLMENT
from shared.rulebook import Text
from shared.runner import Hand

Facts = dict[str, str]
Addressees = dict[str, Facts]
"""Person → facts of his letter."""

Who = Callable[[Recorded, Any, Hand], Awaitable[Addressees]]


@dataclass(frozen=True)
class Line:
    """Each template stands in one line."""

    events: tuple[type[Event], ...]
    template: str
    who: Who


# -- who


async def pic_or_who_submitted(cause: Recorded, event: InnovationSubmitted, hand: Hand) -> Addressees:
    """The receipt. An innovation submitted by an API client without a PIC has nobody to write to yet."""
    innovation = await hand.state(INNOVATION(_id(cause)))
    person = innovation.pic or _person(cause.envelope.actor)
    receipt = {**await _about(innovation, hand), "position": str(cause.position)}
    return {person: receipt} if person else {}


async def new_pic(cause: Recorded, event: PicAppointed | PicReplaced, hand: Hand) -> Addressees:
    return {event.person: await _about(await hand.state(INNOVATION(_id(cause))), hand)}


async def former_pic(cause: Recorded, event: PicReplaced, hand: Hand) -> Addressees:
    about = await _about(await hand.state(INNOVATION(_id(cause))), hand)
    return {event.previous: {**about, "reason": event.reason}} if event.previous != event.person else {}


async def offices_behind(cause: Recorded, event: DeadlineExtended, hand: Hand) -> Addressees:
    """Heads and operators of the institutions that still owe an innovation. The others have done their duty and read the page."""
    edition = _id(cause)
    rows = await hand.read(lambda connection: behind(connection, edition))
    owing: dict[str, list[str]] = {}
    for person, institution in rows:
        owing.setdefault(person, []).append(institution)
    names = await _institutions(edition, {institution for _, institution in rows}, hand)
    rulebook = (await hand.state(EDITION(edition))).rulebook
    local = rulebook.calendar.registration_closes.tzinfo if rulebook else None  # the hour as people there read it
    closes = event.closes.astimezone(local).isoformat() if local else event.closes.isoformat()
    facts = {**await _edition(edition, hand), "closes": closes, "reason": event.reason}
    return {
        person: {**facts, "institutions": ", ".join(names[code] for code in institutions)}
        for person, institutions in owing.items()
    }


async def pics_of_nominee(cause: Recorded, event: Nominated, hand: Hand) -> Addressees:
    edition = _edition_of(cause)
    facts = {**await _edition(edition, hand, event.category), "entry": event.name}
    pics = await _pics([item.innovation for item in event.dossier], hand)
    return dict.fromkeys(pics, facts)


async def juror(cause: Recorded, event: JurorAppointed, hand: Hand) -> Addressees:
    return {event.juror: {**await _edition(_edition_of(cause), hand), "university": event.university}}


async def pic_of_disqualified(cause: Recorded, event: InnovationDisqualified, hand: Hand) -> Addressees:
    innovation = await hand.state(INNOVATION(event.innovation))
    if not innovation.pic:
        return {}
    rulebook = (await hand.state(EDITION(innovation.edition))).rulebook
    reasons = {reason.code: reason.name for reason in rulebook.reasons} if rulebook else {}
    reason = reasons.get(event.reason, Text(event.reason, event.reason))
    why = {"reason:id": reason.id, "reason:en": reason.en, "explanation": event.explanation}
    return {innovation.pic: {**await _about(innovation, hand), **why}}


async def pics_of_winners(cause: Recorded, event: ResultsAnnounced, hand: Hand) -> Addressees:
    edition = _edition_of(cause)
    judged = await hand.state(CATEGORY(_id(cause)))
    facts = await _edition(edition, hand, _id(cause).removeprefix(f"{edition}."))
    won: dict[str, list[Placed]] = {}
    for placed in event.winners:
        for pic in await _pics(judged.dossiers.get(placed.entry, ()), hand):
            won.setdefault(pic, []).append(placed)
    return {pic: {**facts, "results": _table(places)} for pic, places in won.items()}


async def jurors_of_category(cause: Recorded, event: ResultsAnnounced, hand: Hand) -> Addressees:
    edition = _edition_of(cause)
    judged = await hand.state(CATEGORY(_id(cause)))
    category = _id(cause).removeprefix(f"{edition}.")
    facts = {**await _edition(edition, hand, category), "results": _table(event.winners)}
    return dict.fromkeys(judged.jurors, facts)


# -- what the letters tell


async def _about(innovation: Answerable, hand: Hand) -> Facts:
    names = await _institutions(innovation.edition, [innovation.institution], hand)
    facts = {"innovation": innovation.name, "institution": names[innovation.institution]}
    return {**await _edition(innovation.edition, hand), **facts}


async def _edition(edition: str, hand: Hand, category: str = "") -> Facts:
    rulebook = (await hand.state(EDITION(edition))).rulebook
    name = rulebook.name if rulebook else Text(edition, edition)
    facts = {"edition:id": name.id, "edition:en": name.en}
    if category:
        known = rulebook.category(category) if rulebook else None
        title = known.name if known else Text(category, category)
        facts |= {"category:id": title.id, "category:en": title.en}
    return facts


async def _institutions(edition: str, codes: Iterable[str], hand: Hand) -> dict[str, str]:
    """Code → name in the edition; the code itself where it is not enrolled."""
    distinct = sorted(set(codes))
    enrolled = await asyncio.gather(*(hand.state(ENROLMENT(f"{edition}.{code}")) for code in distinct))
    return {code: facts.name or code for code, facts in zip(distinct, enrolled, strict=True)}


async def _pics(innovations: Sequence[str], hand: Hand) -> list[str]:
    found = await asyncio.gather(*(hand.state(INNOVATION(id)) for id in innovations))
    return list(dict.fromkeys(innovation.pic for innovation in found if innovation.pic))


def _table(places: Iterable[Placed]) -> str:
    return "\n".join(f"{placed.place}. {placed.name} ({placed.score})" for placed in places)


def _id(cause: Recorded) -> str:
    return cause.subject.partition("/")[2]


def _edition_of(cause: Recorded) -> str:
    """Subjects of screening and judging begin with the edition."""
    return cause.envelope.edition or _id(cause).partition(".")[0]


def _person(actor: str) -> str:
    kind, _, id = actor.partition("/")
    return id if kind == "person" else ""


AUDIENCE: tuple[Line, ...] = (
    Line((InnovationSubmitted,), "submission_received", pic_or_who_submitted),
    Line((PicAppointed, PicReplaced), "pic_appointed", new_pic),
    Line((PicReplaced,), "pic_relieved", former_pic),
    Line((DeadlineExtended,), "deadline_extended", offices_behind),
    Line((Nominated,), "nominated", pics_of_nominee),
    Line((JurorAppointed,), "juror_appointed", juror),
    Line((InnovationDisqualified,), "innovation_disqualified", pic_of_disqualified),
    Line((ResultsAnnounced,), "results_winner", pics_of_winners),
    Line((ResultsAnnounced,), "results_juror", jurors_of_category),
)
"""Events, letter (`letters/<template>.<language>.txt`), to whom."""
