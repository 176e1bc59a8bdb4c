"""Who may act, said before anything is decided: his role in the edition, and that it is not of an institution of his own."""

from typing import Annotated

from fastapi import Path

from services.screening.roster_projection import screeners
from services.screening.rulebook import rules_of
from services.screening.standing import submitted
from shared.facts import EDITION, INNOVATION, InnovationFacts
from shared.parts import Parts
from shared.rulebook import Rulebook
from shared.web.asking import Asking

Name = Annotated[str, Path(min_length=1, max_length=100)]


async def on_the_desk(asked: Asking, innovation: str, *roles: str) -> tuple[InnovationFacts, Rulebook]:
    """The innovation and its edition's rules, if the caller holds one of the roles there and it is not of his own institution."""
    facts, rules = await of_the_edition(asked.parts, innovation)
    asked.principal.must_hold(facts.edition, *roles)
    asked.principal.must_not_concern(facts.edition, facts.institution)
    return facts, rules


async def of_the_edition(parts: Parts, innovation: str) -> tuple[InnovationFacts, Rulebook]:
    """The innovation and its edition's rules. Raises Unknown."""
    facts, _ = await parts.desk.state(INNOVATION(innovation))
    submitted(facts)
    edition, _ = await parts.desk.state(EDITION(facts.edition))
    return facts, rules_of(edition)


async def roster(parts: Parts, edition: str) -> list[str]:
    """The screeners of the edition, as far as they are counted by now."""
    return await parts.database.read(lambda connection: screeners(connection, edition))


async def counted(parts: Parts) -> None:
    """Wait until everything recorded by now is counted, for what a person decides on is read from there."""
    await parts.runner.reached(await parts.event_log.position())
