"""A small made-up edition for the screening tests: two categories of innovations, one of institutions, two nominees each."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from services.screening.assessment import ASSESSMENT
from services.screening.portfolio import Portfolio
from services.screening.standing import State
from services.screening.verification import Verification
from shared.events import Event
from shared.events.registration import InnovationRecord
from shared.events.screening import (
    DeskScoreRecorded,
    DossierItem,
    EligibilityAssessed,
    InnovationDisqualified,
    Nominated,
    NominationRevoked,
    RevisionRequested,
    ShortlistConfirmed,
)
from shared.facts import EditionFacts, EnrolmentFacts, EvidenceFacts, InnovationFacts, record_digest
from shared.rulebook import Calendar, Category, Criterion, InstitutionKind, Reason, Rubric, Rulebook, Text
from tests.specification import NOON


def text(word: str) -> Text:
    return Text(f"{word} (id)", word)


RULES = Rulebook(
    edition="test",
    name=text("Test edition"),
    authority="Demo",
    calendar=Calendar(
        registration_opens=datetime(2023, 2, 1, tzinfo=UTC), registration_closes=datetime(2023, 3, 1, tzinfo=UTC)
    ),
    kinds=(InstitutionKind("opd", text("agency")), InstitutionKind("ward", text("ward"))),
    categories=(
        Category(id="opd", name=text("Best agency"), entrant="institution", kinds=("opd",), nominees=2, places=1, rubric="r"),
        Category(
            id="digital",
            name=text("Best digital"),
            entrant="innovation",
            kinds=("opd", "ward"),
            where={"type": "digital"},
            nominees=2,
            places=1,
            rubric="r",
        ),
    ),
    rubrics=(Rubric("r", (Criterion(id="novelty", name=text("Novelty"), weight=Decimal(100)),)),),
    quorum=1,
    reasons=(Reason("incomplete", text("incomplete")), Reason("untrue", text("untrue"))),
    eligibility=(Reason("renewal", text("renewal")), Reason("benefit", text("benefit"))),
)

OPEN = EditionFacts(RULES, RULES.calendar.registration_closes, False)
CLOSED = replace(OPEN, closed=True)
AGENCY = EnrolmentFacts("opd", "Demo Agency")
WARD = EnrolmentFacts("ward", "Demo Ward")


def record(name: str = "Demo Queue", type: str = "digital") -> InnovationRecord:
    return InnovationRecord(
        name=name,
        stage="penerapan",
        initiator="ASN",
        type="digital" if type == "digital" else "non digital",
        form="pelayanan publik",
        theme="non tematik",
        main_affair="kesehatan",
        trial_date=date(2022, 1, 1),
        implementation_date=date(2022, 6, 1),
        design="Demo design.",
        purpose="Demo purpose.",
        benefit="Demo benefit.",
        result="Demo result.",
    )


QUEUE = InnovationFacts("test", "opd-01", record(), 1)
"""A digital innovation of opd-01."""
GARDEN = InnovationFacts("test", "opd-01", record("Demo Garden", "non digital"), 1)


def assessed(innovation: str = "queue", eligible: bool = True, revision: int = 1) -> EligibilityAssessed:
    return EligibilityAssessed(
        innovation=innovation,
        institution="opd-01",
        criteria={"renewal": True, "benefit": eligible},
        eligible=eligible,
        revision=revision,
        screener="sri",
    )


def scored(score: str, screener: str = "sri", innovation: str = "queue", revision: int = 1) -> DeskScoreRecorded:
    return DeskScoreRecorded(innovation=innovation, screener=screener, score=Decimal(score), revision=revision)


def returned(revision: int = 1, days: int = 2, screener: str = "") -> RevisionRequested:
    deadline = NOON + timedelta(days=days)
    what = "Say since when it runs."
    return RevisionRequested(innovation="queue", what=what, deadline=deadline, revision=revision, screener=screener)


def item(innovation: str, facts: InnovationFacts) -> DossierItem:
    assert facts.record is not None
    return DossierItem(innovation=innovation, revision=facts.revision, digest=record_digest(facts.record))


def digital_entry(score: str = "80.00") -> Nominated:
    return Nominated(
        category="digital",
        entry="test.digital.queue",
        entrant="queue",
        kind="innovation",
        institution="opd-01",
        name="Demo Queue",
        dossier=(item("queue", QUEUE),),
        desk_score=Decimal(score),
        nominated_by="ani",
    )


def agency_entry(score: str = "80.00", *items: DossierItem) -> Nominated:
    return Nominated(
        category="opd",
        entry="test.opd.opd-01",
        entrant="opd-01",
        kind="institution",
        institution="opd-01",
        name="Demo Agency",
        dossier=items or (item("queue", QUEUE),),
        desk_score=Decimal(score),
        nominated_by="ani",
    )


def after(*events: Event) -> State:
    state = ASSESSMENT.initial
    for event in events:
        state = ASSESSMENT.evolve(state, event)
    return state


def bare(*states: Any) -> tuple[Any, ...]:
    """The states of members that show no evidence: assessment and record of each, as deciders are given them."""
    none = EvidenceFacts(), Verification()
    return tuple(part for state in states for part in ((state, *none) if isinstance(state, InnovationFacts) else (state,)))


OUT = InnovationDisqualified(
    innovation="queue",
    reason="untrue",
    explanation="The letter is forged.",
    disqualified_by="ani",
    objections_until=NOON + timedelta(days=3),
)
QUEUE_80 = after(assessed(), scored("80"))
GARDEN_75 = after(assessed("garden"), scored("75", innovation="garden"))
BOTH = Portfolio(frozenset({"queue", "garden"}))
REVOKED = NominationRevoked(category="digital", entry="test.digital.queue", entrant="queue", reason="It was revised.")


def another(entrant: str) -> Nominated:
    return replace(digital_entry(), entrant=entrant, entry=f"test.digital.{entrant}")


CONFIRMED = ShortlistConfirmed(category="digital", entries=("test.digital.queue",), confirmed_by="wati")
