"""The acts of screening: each command with the aggregates that its rules need, in the order in which the decider takes them."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.screening.assessment import ASSESSMENT
from services.screening.assignments import ASSIGNMENTS, AssignScreeners, CallAnother, RecuseScreener
from services.screening.contested import CONTESTED, FollowDisqualification
from services.screening.disqualification import ConfirmObjection, DecideObjection
from services.screening.nomination import NominateInnovation, NominateInstitution
from services.screening.portfolio import PORTFOLIO, FollowAssessment
from services.screening.scoring import RecordDeskScore
from services.screening.shortlist import SHORTLIST, RevokeNomination
from services.screening.verification import VERIFICATION, VerifyEvidence
from shared import facts
from shared.decider import Aggregate
from shared.deciding import Act, Desk
from shared.facts import ACCOUNT, EDITION, ENROLMENT, INNOVATION, InnovationFacts
from shared.rulebook import Rulebook


def assign(edition: str, command: AssignScreeners, screeners: Iterable[str]) -> Act:
    return Act(ASSIGNMENTS(edition), command, EDITION(edition), *map(ACCOUNT, screeners))


def recuse(edition: str, command: RecuseScreener, screeners: Iterable[str]) -> Act:
    return Act(ASSIGNMENTS(edition), command, EDITION(edition), *map(ACCOUNT, screeners))


def assess(id: str, command: Any, innovation: InnovationFacts, rules: Rulebook) -> tuple[Act, Act]:
    """The assessment, and the portfolio that follows it. The command may be a function of the time."""
    return Act(ASSESSMENT(id), command, *_around(id, innovation, rules)), _portfolio_follows(id, innovation)


def request_revision(id: str, command: Any, innovation: InnovationFacts, rules: Rulebook) -> Act:
    """The command is a function of the time."""
    return Act(ASSESSMENT(id), command, *_around(id, innovation, rules))


def score(command: RecordDeskScore, innovation: InnovationFacts, rules: Rulebook, screeners: Iterable[str]) -> tuple[Act, Act]:
    """The score, and one more screener where it lies far from the others."""
    id, edition = command.innovation, innovation.edition
    another = Act(ASSIGNMENTS(edition), CallAnother(id), EDITION(edition), ASSESSMENT(id), *map(ACCOUNT, screeners))
    return Act(ASSESSMENT(id), command, *_around(id, innovation, rules)), another


def verify(command: VerifyEvidence, innovation: InnovationFacts, rules: Rulebook) -> Act:
    id, edition = command.innovation, innovation.edition
    around: list[Aggregate[Any]] = [EDITION(edition), INNOVATION(id), facts.EVIDENCE(id), ASSIGNMENTS(edition)]
    return Act(VERIFICATION(id), command, *around, *_shortlists(edition, rules))


def disqualify(id: str, command: Any, innovation: InnovationFacts) -> tuple[Act, ...]:
    """The disqualification, and what follows it. The command is a function of the time."""
    return Act(ASSESSMENT(id), command, EDITION(innovation.edition)), *_all_follow(id, innovation)


def file_objection(id: str, command: Any, innovation: InnovationFacts) -> tuple[Act, ...]:
    """The command is a function of the time."""
    return Act(ASSESSMENT(id), command), *_all_follow(id, innovation)


def confirm_objection(command: ConfirmObjection) -> Act:
    return Act(ASSESSMENT(command.innovation), command)


def decide_objection(command: DecideObjection, innovation: InnovationFacts) -> tuple[Act, ...]:
    return Act(ASSESSMENT(command.innovation), command), *_all_follow(command.innovation, innovation)


def nominate_innovation(edition: str, command: NominateInnovation, institution: str) -> Act:
    id = command.entrant
    around: list[Aggregate[Any]] = [ENROLMENT(f"{edition}.{institution}"), ASSIGNMENTS(edition), *_members([id])]
    return Act(SHORTLIST(f"{edition}.{command.category}"), command, EDITION(edition), *around)


async def nominate_institution(desk: Desk, edition: str, command: NominateInstitution) -> Act:
    """Reads the portfolio, to name its innovations; the decider checks that they are still exactly these."""
    own = f"{edition}.{command.entrant}"
    around: list[Aggregate[Any]] = [ENROLMENT(own), ASSIGNMENTS(edition), *await _portfolio(desk, own)]
    return Act(SHORTLIST(f"{edition}.{command.category}"), command, EDITION(edition), *around)


def revoke(edition: str, command: RevokeNomination) -> Act:
    return Act(SHORTLIST(f"{edition}.{command.category}"), command)


async def confirm(desk: Desk, edition: str, category: str, command: Any) -> Act:
    """Reads who is nominated and their portfolios; the decider checks that they are still exactly these. The command is a
    function of the time."""
    shortlist = SHORTLIST(f"{edition}.{category}")
    state, _ = await desk.state(shortlist)
    around: list[Aggregate[Any]] = []
    for nominated in state.nominated.values():
        if nominated.kind == "institution":
            around += await _portfolio(desk, f"{edition}.{nominated.institution}")
        else:
            around += _members([nominated.entrant])
    return Act(shortlist, command, EDITION(edition), CONTESTED(edition), *around)


def _around(id: str, innovation: InnovationFacts, rules: Rulebook) -> list[Aggregate[Any]]:
    edition = innovation.edition
    enrolment = ENROLMENT(f"{edition}.{innovation.institution}")
    return [EDITION(edition), INNOVATION(id), enrolment, ASSIGNMENTS(edition), *_shortlists(edition, rules)]


def _shortlists(edition: str, rules: Rulebook) -> list[Aggregate[Any]]:
    return [facts.SHORTLIST(f"{edition}.{category.id}") for category in rules.categories]


def _portfolio_follows(id: str, innovation: InnovationFacts) -> Act:
    return Act(PORTFOLIO(f"{innovation.edition}.{innovation.institution}"), FollowAssessment(id), ASSESSMENT(id))


def _all_follow(id: str, innovation: InnovationFacts) -> tuple[Act, Act]:
    """The portfolio, and what is contested in the edition."""
    edition = innovation.edition
    others = ASSESSMENT(id), EDITION(edition), INNOVATION(id), ENROLMENT(f"{edition}.{innovation.institution}")
    return _portfolio_follows(id, innovation), Act(CONTESTED(edition), FollowDisqualification(id), *others)


async def _portfolio(desk: Desk, own: str) -> list[Aggregate[Any]]:
    portfolio = PORTFOLIO(own)
    state, _ = await desk.state(portfolio)
    return [portfolio, *_members(sorted(state.admitted))]


def _members(innovations: Iterable[str]) -> Sequence[Aggregate[Any]]:
    """The four states of each, in the order of `dossier.Member`."""
    of = ASSESSMENT, INNOVATION, facts.EVIDENCE, VERIFICATION
    return [aggregate(id) for id in innovations for aggregate in of]
