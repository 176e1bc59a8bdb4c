"""A screening office for each test."""

from collections.abc import AsyncIterator

import pytest

from services.screening.app import create_app
from shared.events.registration import EditionOpened, InnovationSubmitted, InstitutionEnrolled, RulebookPublished
from shared.security import Grant
from tests.services.screening.competition import RULES
from tests.services.screening.office import SUBMITTED, Office
from tests.world import World


@pytest.fixture
async def office(world: World) -> AsyncIterator[Office]:
    opened = EditionOpened(name=RULES.name, authority="Demo", rehearsal=False, rules_version=1, rulebook=RULES.digest())
    await world.record("edition/test", opened, RulebookPublished(digest=RULES.digest(), rulebook=RULES))
    for code, kind in (("opd-01", "opd"), ("opd-02", "opd"), ("ward-01", "ward")):
        enrolled = InstitutionEnrolled(institution=code, kind=kind, name=f"Demo {code}")
        await world.record(f"enrolment/test.{code}", enrolled)
    for id, (institution, submitted) in SUBMITTED.items():
        event = InnovationSubmitted(edition="test", institution=institution, record=submitted)
        await world.record(f"innovation/{id}", event)
    tokens = {
        "sri": await world.token("person/sri", Grant("screener", "test")),
        "budi": await world.token("person/budi", Grant("screener", "test"), Grant("head", "test", ("opd-01",))),
        "committee": await world.token("person/committee", Grant("committee", "test")),
        "second": await world.token("person/second", Grant("committee", "test")),
        "head": await world.token("person/head", Grant("head", "test", ("opd-01",))),
        "juror": await world.token("person/juror", Grant("juror", "test")),
        "elsewhere": await world.token("person/elsewhere", Grant("screener", "another"), Grant("committee", "another")),
    }
    async with world.running(create_app(world.settings("screening"))) as client:
        yield Office(world, client, tokens)
