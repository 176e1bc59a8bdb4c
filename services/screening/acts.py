"""The acts of screening: each command with the aggregates that its rules need, in the order in which the decider takes them."""

from collections.abc import Iterable
from typing import Any

from services.screening.assessment import ASSESSMENT, AssessEligibility, Disqualify, RecordDeskScore
from services.screening.portfolio import PORTFOLIO, FollowAssessment
from services.screening.shortlist import SHORTLIST, ConfirmShortlist, NominateInnovation, NominateInstitution, RevokeNomination
from shared import facts
from shared.decider import Aggregate
from shared.deciding import Act, Desk
from shared.facts import EDITION, ENROLMENT, INNOVATION, InnovationFacts
from shared.rulebook import Rulebook


def assess(command: AssessEligibility, innovation: InnovationFacts, rules: Rulebook) -> tuple[Act, Act]:
    """The assessment, and the portfolio that follows it."""
    id = command.innovation
    return Act(ASSESSMENT(id), command, *_around(id, innovation, rules)), _follow(id, innovation)


def score(command: RecordDeskScore, innovation: InnovationFacts, rules: Rulebook) -> Act:
    return Act(ASSESSMENT(command.innovation), command, *_around(command.innovation, innovation, rules))


def disqualify(command: Disqualify, innovation: InnovationFacts) -> tuple[Act, Act]:
    """The disqualification, and the portfolio that follows it."""
    id = command.innovation
    return Act(ASSESSMENT(id), command, EDITION(innovation.edition)), _follow(id, innovation)


def nominate_innovation(edition: str, command: NominateInnovation, institution: str) -> Act:
    id = command.innovation
    enrolment = ENROLMENT(f"{edition}.{institution}")
    return Act(SHORTLIST(f"{edition}.{command.category}"), command, EDITION(edition), enrolment, ASSESSMENT(id), INNOVATION(id))


async def nominate_institution(desk: Desk, edition: str, command: NominateInstitution) -> Act:
    """Reads the portfolio, to name its innovations; the decider checks that they are still exactly these."""
    own = f"{edition}.{command.institution}"
    return Act(
        SHORTLIST(f"{edition}.{command.category}"),
        command,
        EDITION(edition),
        ENROLMENT(own),
        *await _portfolio(desk, own),
    )


def revoke(edition: str, command: RevokeNomination) -> Act:
    return Act(SHORTLIST(f"{edition}.{command.category}"), command)


async def confirm(desk: Desk, edition: str, command: ConfirmShortlist) -> Act:
    """Reads who is nominated and their portfolios; the decider checks that they are still exactly these."""
    shortlist = SHORTLIST(f"{edition}.{command.category}")
    state, _ = await desk.state(shortlist)
    around: list[Aggregate[Any]] = []
    for nominated in state.nominated.values():
        if nominated.kind == "institution":
            around += await _portfolio(desk, f"{edition}.{nominated.institution}")
        else:
            around += _pairs([nominated.entrant])
    return Act(shortlist, command, EDITION(edition), *around)


def _around(id: str, innovation: InnovationFacts, rules: Rulebook) -> list[Aggregate[Any]]:
    edition = innovation.edition
    shortlists = [facts.SHORTLIST(f"{edition}.{category.id}") for category in rules.categories]
    return [EDITION(edition), INNOVATION(id), ENROLMENT(f"{edition}.{innovation.institution}"), *shortlists]


def _follow(id: str, innovation: InnovationFacts) -> Act:
    return Act(PORTFOLIO(f"{innovation.edition}.{innovation.institution}"), FollowAssessment(id), ASSESSMENT(id))


async def _portfolio(desk: Desk, own: str) -> list[Aggregate[Any]]:
    portfolio = PORTFOLIO(own)
    state, _ = await desk.state(portfolio)
    return [portfolio, *_pairs(sorted(state.admitted))]


def _pairs(innovations: Iterable[str]) -> list[Aggregate[Any]]:
    return [aggregate for id in innovations for aggregate in (ASSESSMENT(id), INNOVATION(id))]
