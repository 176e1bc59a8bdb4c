"""What letters tell: facts by name, public ones only, because they stand in the log.

`<name>:id` and `<name>:en` are the wordings in the two languages.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime

from services.notification.duties import owing
from services.notification.known import INNOVATION, Answerable
from services.notification.people import offices, offices_and_pics
from services.notification.rows import id_of as id_of
from shared.eventlog import Recorded
from shared.events.judging import Placed
from shared.events.notification import CircularIssued
from shared.facts import EDITION, ENROLMENT
from shared.rulebook import Text
from shared.runner import Hand

Facts = dict[str, str]
Addressees = dict[str, Facts]
"""Person → facts of his letter."""


async def of_circular(circular: CircularIssued, institutions: Sequence[str], hand: Hand) -> Addressees:
    edition = circular.edition
    rows = await hand.read(lambda connection: offices_and_pics(connection, edition, institutions))
    facts = {
        **await edition_facts(edition, hand),
        "number": circular.number,
        "dated": circular.dated.isoformat(),
        "title": circular.title,
        "text": circular.text,
        "file": circular.file,
        "acknowledge_by": await local(edition, circular.acknowledge_by, hand) if circular.acknowledge_by else "",
    }
    concerned = await named(edition, rows, hand)
    return {person: {**facts, "institutions": names} for person, names in concerned.items()}


async def local(edition: str, at: datetime, hand: Hand) -> str:
    """The hour as people there read it."""
    rulebook = (await hand.state(EDITION(edition))).rulebook
    zone = rulebook.calendar.registration_closes.tzinfo if rulebook else None
    return at.astimezone(zone).isoformat() if zone else at.isoformat()


def record(cause: Recorded) -> Facts:
    """Where the cause stands in the log: its receipt has that number."""
    return {"position": str(cause.position)}


async def about(innovation: Answerable, hand: Hand) -> Facts:
    names = await institution_names(innovation.edition, [innovation.institution], hand)
    facts = {"innovation": innovation.name, "institution": names[innovation.institution]}
    return {**await edition_facts(innovation.edition, hand), **facts}


async def edition_facts(edition: str, hand: Hand, category: str = "") -> Facts:
    rulebook = (await hand.state(EDITION(edition))).rulebook
    name = rulebook.name if rulebook else Text(edition, edition)
    facts = {"edition:id": name.id, "edition:en": name.en}
    if category:
        known = rulebook.category(category) if rulebook else None
        title = known.name if known else Text(category, category)
        facts |= {"category:id": title.id, "category:en": title.en}
    return facts


async def institution_names(edition: str, codes: Iterable[str], hand: Hand) -> dict[str, str]:
    """Code → name in the edition; the code itself where it is not enrolled."""
    distinct = sorted(set(codes))
    enrolled = await asyncio.gather(*(hand.state(ENROLMENT(f"{edition}.{code}")) for code in distinct))
    return {code: facts.name or code for code, facts in zip(distinct, enrolled, strict=True)}


async def behind(edition: str, hand: Hand) -> dict[str, str]:
    """Heads and operators of the institutions that still owe an innovation → those institutions."""
    rows = await hand.read(lambda connection: offices(connection, edition, owing(connection, edition)))
    return await named(edition, rows, hand)


async def named(edition: str, rows: Iterable[tuple[str, str]], hand: Hand) -> dict[str, str]:
    """Person → the names of his institutions, from (person, institution)."""
    of: dict[str, list[str]] = {}
    for person, institution in rows:
        of.setdefault(person, []).append(institution)
    names = await institution_names(edition, {institution for codes in of.values() for institution in codes}, hand)
    return {person: ", ".join(names[code] for code in codes) for person, codes in of.items()}


async def pics_of(innovations: Sequence[str], hand: Hand) -> list[str]:
    found = await asyncio.gather(*(hand.state(INNOVATION(id)) for id in innovations))
    return list(dict.fromkeys(innovation.pic for innovation in found if innovation.pic))


async def offices_of(edition: str, institutions: Sequence[str], hand: Hand) -> list[str]:
    """Heads and operators of the institutions."""
    rows = await hand.read(lambda connection: offices(connection, edition, institutions))
    return list(dict.fromkeys(person for person, _ in rows))


async def answerable_for(innovation: Answerable, hand: Hand) -> list[str]:
    """Its PIC, and the heads and operators of its institution."""
    people = await offices_of(innovation.edition, [innovation.institution], hand)
    return list(dict.fromkeys([*filter(None, [innovation.pic]), *people]))


async def category(cause: Recorded, hand: Hand) -> Facts:
    """Of a cause whose subject is `<kind>/<edition>.<category>`."""
    edition = edition_of(cause)
    return await edition_facts(edition, hand, id_of(cause).removeprefix(f"{edition}."))


async def scores_are_public(edition: str, hand: Hand) -> bool:
    """Whether the edition tells the winners' scores."""
    rulebook = (await hand.state(EDITION(edition))).rulebook
    return rulebook is not None and rulebook.publish.scores != "none"


def table_of(places: Iterable[Placed], scores: bool) -> str:
    return "\n".join(f"{p.place}. {p.name} ({p.score})" if scores else f"{p.place}. {p.name}" for p in places)


def edition_of(cause: Recorded) -> str:
    """Subjects of screening and judging begin with the edition."""
    return cause.envelope.edition or id_of(cause).partition(".")[0]


def bare(actor: str) -> str:
    """The person's ID, where it is written with or without `person/`."""
    return actor.removeprefix("person/")


def person_of(actor: str) -> str:
    kind, _, id = actor.partition("/")
    return id if kind == "person" else ""
