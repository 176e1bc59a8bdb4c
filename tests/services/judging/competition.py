"""A small competition to judge: its rulebook, its nominees, its jurors, as the events that record them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from services.judging import docket, juror, sheet
from services.judging.category import LockRubric, decide
from shared.events.judging import (
    EntryAdmitted,
    JudgingClosed,
    JudgingOpened,
    JurorAppointed,
    PanelAssigned,
    RubricLocked,
    ScoreRecorded,
    ScoresheetOpened,
    ScoresheetSubmitted,
)
from shared.events.screening import DossierItem, Nominated, ShortlistConfirmed
from shared.facts import EditionFacts, ShortlistFacts
from shared.rulebook import Calendar, Category, Criterion, InstitutionKind, Rubric, Rulebook, Text

EDITION = "kota-2023"
CRITERIA = ("novelty", "benefit", "replication", "authority", "presentation")
WHEN = datetime(2023, 2, 1, tzinfo=UTC)
ANA, BUDI, CITRA, DEWI = "a" * 32, "b" * 32, "c" * 32, "d" * 32
"""Jurors."""
OFFICIAL, CHAIR, SECOND = "person/" + "1" * 32, "person/" + "2" * 32, "person/" + "3" * 32
"""A member of the committee, the chair of the jury, another member of the committee."""


def text(name: str) -> Text:
    return Text(name, name)


def rubric(id: str, *weights: int, portfolio: int = 0) -> Rubric:
    scored = [Criterion(id=c, name=text(c), weight=Decimal(w)) for c, w in zip(CRITERIA, weights, strict=True)]
    count = Criterion(id="portfolio", name=text("portfolio"), weight=Decimal(portfolio), computed="count", full_at=5)
    return Rubric(id, (*scored, *([count] if portfolio else [])))


RULEBOOK = Rulebook(
    edition=EDITION,
    name=text("Lomba Inovasi"),
    authority="Kota",
    calendar=Calendar(registration_opens=WHEN, registration_closes=WHEN),
    kinds=(InstitutionKind("opd", text("OPD")),),
    categories=(
        Category(
            id="digital", name=text("Digital"), entrant="innovation", kinds=("opd",), nominees=9, places=1, rubric="digital"
        ),
        Category(id="opd", name=text("OPD"), entrant="institution", kinds=("opd",), nominees=9, places=3, rubric="opd"),
    ),
    rubrics=(rubric("digital", 30, 25, 20, 15, 10), rubric("opd", 24, 20, 16, 12, 8, portfolio=20)),
    ladder=("novelty", "benefit", "pairwise", "vote"),
    quorum=2,
    eligibility=(),
)


def entry(entrant: str, category: str = "digital") -> str:
    return f"{EDITION}.{category}.{entrant}"


X, Y, Z = entry("x"), entry("y"), entry("z")
HOME = {X: "opd-01", Y: "opd-02", Z: "opd-03"}
"""Entry -> its institution."""


def dossier(innovations: int = 1) -> tuple[DossierItem, ...]:
    return tuple(DossierItem(innovation=f"i{n}", revision=1, digest="0" * 64) for n in range(innovations))


def nominated(entry: str, institution: str, innovations: int = 1) -> Nominated:
    category, entrant = entry.split(".", 2)[1:]
    return Nominated(
        category=category,
        entry=entry,
        entrant=entrant,
        kind="innovation" if category == "digital" else "institution",
        institution=institution,
        name=f"Entry {entrant.upper()}",
        dossier=dossier(innovations),
        desk_score=Decimal(70),
    )


def confirmed(*nominees: Nominated) -> ShortlistConfirmed:
    return ShortlistConfirmed(category=nominees[0].category, entries=tuple(n.entry for n in nominees))


def shortlist(*entries: str, confirmed: bool = True) -> ShortlistFacts:
    return ShortlistFacts(tuple(nominated(e, HOME[e]) for e in entries), confirmed)


OPEN_EDITION = EditionFacts(RULEBOOK, digest=RULEBOOK.digest())


def locked(category: str = "digital") -> RubricLocked:
    event = decide(docket.Unlocked(), LockRubric(category), OPEN_EDITION)[0]
    assert isinstance(event, RubricLocked)
    return event


def admitted(entry: str) -> EntryAdmitted:
    n = nominated(entry, HOME[entry])
    return EntryAdmitted(entry=n.entry, institution=n.institution, name=n.name, dossier=n.dossier)


def panel(entry: str, *jurors: str) -> PanelAssigned:
    return PanelAssigned(entry=entry, jurors=jurors)


def opened(*entries: str) -> JudgingOpened:
    return JudgingOpened(entries=entries)


def prepared(*entries: str, jurors: tuple[str, ...] = (ANA, BUDI)) -> list[docket.Event]:
    """A category whose entries are admitted, with the same panel for each."""
    return [locked(), *(admitted(e) for e in entries), *(panel(e, *jurors) for e in entries)]


def judged(*entries: str, jurors: tuple[str, ...] = (ANA, BUDI)) -> list[docket.Event]:
    return [*prepared(*entries, jurors=jurors), opened(*entries)]


def closed(*entries: str, jurors: tuple[str, ...] = (ANA, BUDI)) -> list[docket.Event]:
    return [*judged(*entries, jurors=jurors), JudgingClosed()]


def folded(evolve: Any, initial: Any, *events: Any) -> Any:
    for event in events:
        initial = evolve(initial, event)
    return initial


def category_of(events: list[docket.Event]) -> docket.State:
    state: docket.State = folded(docket.evolve, docket.Unlocked(), *events)
    return state


def juror_of(person: str, *events: juror.Event) -> juror.State:
    appointed = JurorAppointed(juror=person, university="Universitas Contoh")
    state: juror.State = folded(juror.evolve, juror.Unappointed(), appointed, *events)
    return state


def sheet_of(entry: str, person: str, *points: int | str, submitted: bool = True) -> sheet.State:
    """The state of a sheet with these points, in the order of CRITERIA."""
    scores = [ScoreRecorded(criterion=c, score=Decimal(p)) for c, p in zip(CRITERIA, points, strict=False)]
    end = [ScoresheetSubmitted(entry=entry, juror=person)] if submitted else []
    opening = ScoresheetOpened(entry=entry, juror=person)
    state: sheet.State = folded(sheet.evolve, sheet.Unopened(), opening, *scores, *end)
    return state
