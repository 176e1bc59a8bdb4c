"""Deadlines that draw near: those who are behind, and at last the committee."""

from services.notification.deadlines import open_sheets
from services.notification.duties import owing
from services.notification.people import holders
from services.notification.recipients import told
from services.notification.recipients.told import Addressees, Facts
from shared.eventlog import Recorded
from shared.events.notification import DeadlineNear
from shared.runner import Hand


async def offices_that_owe(cause: Recorded, event: DeadlineNear, hand: Hand) -> Addressees:
    """Before registration closes: heads and operators of the institutions that still owe an innovation."""
    if event.what != "registration":
        return {}
    facts = await _deadline(event, hand)
    behind = await told.behind(event.edition, hand)
    return {person: {**facts, "institutions": institutions} for person, institutions in behind.items()}


async def committee_of_registration(cause: Recorded, event: DeadlineNear, hand: Hand) -> Addressees:
    """At the last reminder: the committee, with the institutions that still owe."""
    if event.what != "registration" or not event.last:
        return {}
    codes = await hand.read(lambda connection: owing(connection, event.edition))
    names = await told.institution_names(event.edition, codes, hand)
    if not names:
        return {}
    facts = {
        **await _deadline(event, hand),
        "institutions": "\n".join(names[code] for code in codes),
        "number": str(len(codes)),
    }
    return dict.fromkeys(await _committee(event, hand), facts)


async def jurors_with_open_sheets(cause: Recorded, event: DeadlineNear, hand: Hand) -> Addressees:
    """Before judging closes: jurors who have not submitted all their sheets."""
    if event.what != "judging":
        return {}
    facts = await _deadline(event, hand)
    open = await hand.read(open_sheets(event.edition))
    return {row.juror: {**facts, "sheets": str(row.n)} for row in open}


async def committee_of_judging(cause: Recorded, event: DeadlineNear, hand: Hand) -> Addressees:
    """At the last reminder: the committee, with how many sheets are open; what stands in them nobody learns."""
    if event.what != "judging" or not event.last:
        return {}
    open = await hand.read(open_sheets(event.edition))
    if not open:
        return {}
    counts = {"sheets": str(sum(row.n for row in open)), "jurors": str(len(open))}
    facts = {**await _deadline(event, hand), **counts}
    return dict.fromkeys(await _committee(event, hand), facts)


async def _committee(event: DeadlineNear, hand: Hand) -> list[str]:
    return await hand.read(lambda connection: holders(connection, event.edition, "committee"))


async def _deadline(event: DeadlineNear, hand: Hand) -> Facts:
    return {**await told.edition_facts(event.edition, hand), "closes": await told.local(event.edition, event.closes, hand)}
