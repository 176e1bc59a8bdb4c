"""Results, objections to them, awards."""

from collections.abc import Mapping, Sequence

from services.notification.known import CATEGORY, INNOVATION, Judged
from services.notification.people import holders
from services.notification.recipients import told
from services.notification.recipients.told import Addressees
from shared.eventlog import Recorded
from shared.events.judging import (
    AwardConferred,
    NationalAwardProposed,
    Placed,
    ResultCorrected,
    ResultObjectionFiled,
    ResultObjectionRejected,
    ResultObjectionUpheld,
    ResultsAnnounced,
)
from shared.runner import Hand


async def pics_of_winners(cause: Recorded, event: ResultsAnnounced, hand: Hand) -> Addressees:
    """PICs of the winners; one letter names all that one person has won."""
    judged = await hand.state(CATEGORY(told.id_of(cause)))
    facts = {**await told.category(cause, hand), **told.record(cause)}
    scores = await told.scores_are_public(told.edition_of(cause), hand)
    won: dict[str, list[Placed]] = {}
    for placed in event.winners:
        for pic in await told.pics_of(judged.dossiers.get(placed.entry, ()), hand):
            won.setdefault(pic, []).append(placed)
    return {pic: {**facts, "results": told.table_of(places, scores)} for pic, places in won.items()}


async def pics_of_other_nominees(cause: Recorded, event: ResultsAnnounced, hand: Hand) -> Addressees:
    """PICs of entries that were judged and did not win. Who has a winner as well gets that letter."""
    judged = await hand.state(CATEGORY(told.id_of(cause)))
    winners = {placed.entry for placed in event.winners}
    others = [entry for entry in judged.dossiers if entry not in winners and entry not in judged.excluded]
    won = set(await told.pics_of([id for entry in winners for id in judged.dossiers.get(entry, ())], hand))
    until = event.objections_until
    edition = told.edition_of(cause)
    facts = {
        **await told.category(cause, hand),
        **told.record(cause),
        "results": told.table_of(event.winners, await told.scores_are_public(edition, hand)),
        "objections_until": await told.local(edition, until, hand) if until else "",
    }
    taking_part = await _by_pic(judged, others, hand)
    return {pic: {**facts, "entries": ", ".join(names)} for pic, names in taking_part.items() if pic not in won}


async def jurors_of_category(cause: Recorded, event: ResultsAnnounced, hand: Hand) -> Addressees:
    """Jurors of the category."""
    judged = await hand.state(CATEGORY(told.id_of(cause)))
    results = told.table_of(event.winners, await told.scores_are_public(told.edition_of(cause), hand))
    facts = {**await told.category(cause, hand), **told.record(cause), "results": results}
    return dict.fromkeys(judged.jurors, facts)


async def all_of_category(cause: Recorded, event: ResultCorrected, hand: Hand) -> Addressees:
    """PICs of every entry, and the jurors: whoever was told the former result."""
    judged = await hand.state(CATEGORY(told.id_of(cause)))
    edition = told.edition_of(cause)
    facts = {
        **await told.category(cause, hand),
        **told.record(cause),
        "results": told.table_of(event.winners, await told.scores_are_public(edition, hand)),
        "reason": event.reason,
        "objections_until": await told.local(edition, event.objections_until, hand),
    }
    pics = await told.pics_of([id for dossier in judged.dossiers.values() for id in dossier], hand)
    return dict.fromkeys([*pics, *judged.jurors], facts)


async def committee_and_chairs_of_objection(cause: Recorded, event: ResultObjectionFiled, hand: Hand) -> Addressees:
    """The committee and the chairs of the jury."""
    edition = told.edition_of(cause)
    judged = await hand.state(CATEGORY(told.id_of(cause)))
    names = await told.institution_names(edition, [event.institution], hand)
    facts = {
        **await told.category(cause, hand),
        "entry": judged.names.get(event.entry, event.entry),
        "institution": names[event.institution],
        "grounds": event.grounds,
    }
    return dict.fromkeys(await hand.read(lambda connection: holders(connection, edition, "committee", "chair")), facts)


async def answerable_for_result_objection(
    cause: Recorded, event: ResultObjectionUpheld | ResultObjectionRejected, hand: Hand
) -> Addressees:
    """PICs of the entry, heads and operators of the institution that objected."""
    judged = await hand.state(CATEGORY(told.id_of(cause)))
    filed = judged.objections.get(event.objection)
    if filed is None:
        return {}
    facts = {
        **await told.category(cause, hand),
        "entry": judged.names.get(filed.entry, filed.entry),
        "reason": event.reason,
    }
    pics = await told.pics_of(judged.dossiers.get(filed.entry, ()), hand)
    offices = await told.offices_of(told.edition_of(cause), [filed.institution], hand)
    return dict.fromkeys([*pics, *offices], facts)


async def pics_of_awarded(cause: Recorded, event: AwardConferred, hand: Hand) -> Addressees:
    """PICs of the entry, heads and operators of its institution."""
    judged = await hand.state(CATEGORY(told.id_of(cause)))
    facts = {
        **await told.category(cause, hand),
        "entry": judged.names.get(event.entry, event.entry),
        "place": str(event.place),
        "decree": event.decree,
        "decree_date": event.decree_date.isoformat(),
    }
    institution = judged.institutions.get(event.entry)
    offices = await told.offices_of(told.edition_of(cause), [institution] if institution else [], hand)
    pics = await told.pics_of(judged.dossiers.get(event.entry, ()), hand)
    return dict.fromkeys([*pics, *offices], facts)


async def answerable_for_proposed(cause: Recorded, event: NationalAwardProposed, hand: Hand) -> Addressees:
    """PIC, heads and operators."""
    innovation = await hand.state(INNOVATION(event.innovation))
    return dict.fromkeys(await told.answerable_for(innovation, hand), await told.about(innovation, hand))


async def _by_pic(judged: Judged, entries: Sequence[str], hand: Hand) -> Mapping[str, list[str]]:
    """PIC → names of his entries among these."""
    of: dict[str, list[str]] = {}
    for entry in entries:
        for pic in await told.pics_of(judged.dossiers[entry], hand):
            of.setdefault(pic, []).append(judged.names[entry])
    return of
