"""Records facts of the other services, as they would, and reads the letters that follow."""

import uuid

from shared.eventlog import Recorded
from shared.events.identity import RoleGranted
from shared.events.notification import MessageQueued
from shared.events.registration import (
    EditionOpened,
    InnovationSubmitted,
    InstitutionEnrolled,
    ObligationSet,
    PicAppointed,
    RulebookPublished,
)
from shared.rulebook import Rulebook
from tests.services.notification.competition import RULEBOOK, record_named
from tests.world import World, eventually

EDITION = {"edition:id": "Lomba", "edition:en": "Competition"}
CATEGORY = {"category:id": "Inovasi digital terbaik", "category:en": "Best digital innovation"}


class Registrar:
    """Records facts of the other services, as they would."""

    def __init__(self, world: World):
        self.world = world

    async def open(self) -> None:
        await self.open_under(RULEBOOK)

    async def open_under(self, rules: Rulebook, edition: str = "test") -> None:
        """An edition with three institutions, each of which owes an innovation."""
        digest = rules.digest()
        opened = EditionOpened(name=rules.name, authority="x", rehearsal=False, rules_version=1, rulebook=digest)
        published = RulebookPublished(digest=digest, rulebook=rules)
        await self.world.record(f"edition/{edition}", opened, published, edition=edition)
        for code, name in (("opd-01", "Dinas Satu"), ("opd-02", "Dinas Dua"), ("opd-03", "Dinas Tiga")):
            enrolled = InstitutionEnrolled(institution=code, kind="opd", name=name)
            owes = ObligationSet(institution=code, innovations=1, pic=True)
            await self.world.record(f"enrolment/{edition}.{code}", enrolled, owes, edition=edition)

    async def submit(self, name: str, institution: str = "opd-01", pic: str = "", actor: str = "person/typist") -> Recorded:
        id = str(uuid.uuid4())
        submitted = InnovationSubmitted(edition="test", institution=institution, record=record_named(name))
        appointed = [PicAppointed(institution=institution, person=pic)] if pic else []
        return (await self.world.record(f"innovation/{id}", submitted, *appointed, actor=actor))[0]

    async def grant(self, person: str, role: str, *institutions: str) -> None:
        granted = RoleGranted(person=person, role=role, edition="test", institutions=institutions)
        await self.world.record(f"account/{person}", granted)

    async def letters(self, template: str, number: int) -> list[MessageQueued]:
        """Once so many of a kind are queued; and no more than these."""

        async def found() -> list[Recorded]:
            queued = [e for e in await self.world.all_events() if isinstance(e.event, MessageQueued)]
            mine = [e for e in queued if e.event.template == template]  # type: ignore[attr-defined]
            return mine if len(mine) >= number else []

        recorded = await eventually(found, timeout=10)
        assert len(recorded) == number
        assert {e.envelope.edition for e in recorded} == {"test"}
        return [e.event for e in recorded]

    async def messages(self, template: str, number: int = 1) -> dict[str, MessageQueued]:
        """The same by person."""
        return {event.to: event for event in await self.letters(template, number)}


def innovation_of(recorded: Recorded) -> str:
    return recorded.subject.partition("/")[2]
