"""The explanation of an announced place, out of the log, cut to what its reader may see of single jurors' scores."""

from typing import Any

from msgspec.structs import replace

from services.judging import docket
from services.judging.category import CATEGORY
from services.judging.explaining import Line, explain
from services.judging.explaining_sources import Course
from services.judging.naming import category_id, home_of
from services.judging.seats import judged_by
from shared.eventlog import Wanted
from shared.parts import Parts
from shared.refusals import Forbidden, Refused
from shared.rulebook import Publish
from shared.security import Principal

KEPT = 200
"""Explanations kept, each of one announced result: it does not change any more."""


async def explanation(parts: Parts, edition: str, entry: str, publish: Publish, principal: Principal | None) -> Line:
    """Raises Refused before the announcement, Forbidden where the edition does not publish this entry's score, Unknown."""
    category = category_id(*home_of(entry))
    state, version = await parts.desk.state(CATEGORY(category))
    listed = docket.listed(state)
    if listed.published is None:
        raise Refused(
            "a place is explained once the result of its category is announced",
            "penjelasan peringkat tersedia setelah hasil kategorinya diumumkan",
        )
    whole = sees_all(principal, edition, listed, entry, publish)
    if not (whole or told_of(listed, entry, publish)):
        raise Forbidden(
            "this edition does not publish the score of this entry; its institution sees its own",
            "gelaran ini tidak mengumumkan nilai peserta ini; instansinya dapat melihat nilainya sendiri",
        )
    kept: dict[tuple[str, int], Line] = parts.own.setdefault("explanations", {})
    if (entry, version) not in kept:
        if len(kept) >= KEPT:
            kept.clear()
        kept[entry, version] = await _explained(parts, edition, category, state, entry)
    line = kept[entry, version]
    return line if whole else for_everybody(line, publish)


def told_of(listed: docket.Docket, entry: str, publish: Publish) -> bool:
    """Whether everybody is told the score of the entry."""
    won = {winner.entry for winner in listed.published.winners} if listed.published else set()
    return publish.scores == "nominees" or (publish.scores == "winners" and entry in won)


def sees_all(principal: Principal | None, edition: str, listed: docket.Docket, entry: str, publish: Publish) -> bool:
    """Whether he may see what each juror gave: those who oversee, the institution about its own, everybody where all is public."""
    if publish.events:
        return True
    if principal is None:
        return False
    if any(principal.holds(role, edition) for role in ("chair", "committee", "auditor")):
        return True
    own = {i for g in principal.grants if g.edition == edition and g.role in ("head", "operator") for i in g.institutions}
    return publish.own_scores and entry in listed.entries and listed.entries[entry].institution in own


def for_everybody(line: Line, publish: Publish) -> Line:
    """Without what single jurors gave, without sheets that do not count (whose reasons name jurors), and without the score of
    the entry behind it where only winners' scores are public."""
    kept = []
    for part in line.parts:
        if part.about == "left out" or (part.about == "next" and publish.scores != "nominees"):
            continue
        kept.append(replace(part, parts=()) if part.about == "jurors" else for_everybody(part, publish))
    return replace(line, parts=tuple(kept))


async def _explained(parts: Parts, edition: str, category: str, state: docket.State, entry: str) -> Line:
    """From the histories of the category, of all its sheets and of their jurors, in the order of the log."""
    aggregates: list[Any] = [CATEGORY(category), *judged_by(edition, state)]
    loaded = await parts.event_log.load([Wanted(each.fold.service, each.subject) for each in aggregates])
    course = Course()
    events = [recorded for history in loaded.histories for recorded in history.events]
    for recorded in sorted(events, key=lambda one: one.position):
        course.take(recorded.position, recorded.subject, recorded.event)
    return explain(course.cases[category], entry)
