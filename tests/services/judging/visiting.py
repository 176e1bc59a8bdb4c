"""Judging's pages as somebody with a role looks at them, in the service alone."""

from typing import Any

from msgspec.structs import replace

from shared.events.registration import InnovationRecord, InnovationSubmitted
from shared.events.screening import DossierItem, Nominated
from shared.facts import record_digest
from tests.browsing import Browser
from tests.golden.examples import example
from tests.services.judging.competition import CRITERIA, EDITION, HOME, nominated
from tests.services.judging.course import Course
from tests.world import World

HERE = f"/e/{EDITION}"


async def readable(world: World, *entries: str) -> list[Nominated]:
    """The nominations of entries whose innovations stand in the log, to be read."""
    found = []
    for entry in entries:
        innovation = f"innovation-of-{entry.rpartition('.')[2]}"
        record = replace(example(InnovationRecord), name=f"Kartu {innovation[-1].upper()}")
        submitted = replace(example(InnovationSubmitted), edition=EDITION, institution=HOME[entry], record=record)
        await world.record(f"innovation/{innovation}", submitted, edition=EDITION)
        item = DossierItem(innovation=innovation, revision=1, digest=record_digest(record))
        found.append(replace(nominated(entry, HOME[entry]), dossier=(item,)))
    return found


async def visitor(course: Course, who: str = "", language: str = "en") -> Browser:
    """Nobody in particular, unless `who` (as in `Course.token`) is signed in."""
    browser = Browser(course.client, await course.token(who) if who else "")
    browser.cookies["__Host-bahasa"] = language
    return browser


def typed(*points: Any, **more: str) -> dict[str, str]:
    """The fields of a sheet with these points, in the order of CRITERIA."""
    return {**{f"score-{c}": str(p) for c, p in zip(CRITERIA, points, strict=False)}, **more}
