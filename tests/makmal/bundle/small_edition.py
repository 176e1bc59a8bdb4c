"""A small edition, judged from locked rubrics to announced winners, as it would stand in a log: in memory, and made in a moment."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Literal

from services.judging.docket import Docket
from services.judging.scoring.ranking import Ranking, Sheet, rank
from services.judging.tally import decision, portfolios, rules_of
from shared.eventlog import Draft
from shared.events import Event
from shared.events.audit import NotaryKeyRotated
from shared.events.judging import (
    ConflictDeclared,
    DecisionConfirmed,
    EntryAdmitted,
    EntryExcluded,
    JudgingClosed,
    JudgingOpened,
    JurorAppointed,
    JurorRecused,
    PanelAssigned,
    ResultsAnnounced,
    RubricLocked,
    ScoreRecorded,
    ScoresheetConfirmed,
    ScoresheetOpened,
    ScoresheetReopened,
    ScoresheetSubmitted,
    TieResolved,
)
from shared.events.registration import EditionOpened, InstitutionRegistered, RulebookPublished
from shared.events.screening import DossierItem
from shared.rulebook import Calendar, Category, Criterion, InstitutionKind, Rubric, Rulebook, Text

EDITION = "kecil"
JURORS = ("j1", "j2", "j3")
CATEGORIES: tuple[tuple[str, int, Literal["share", "ladder"]], ...] = (
    ("lengkap", 3, "ladder"),
    ("bersama", 2, "share"),
    ("bolong", 2, "ladder"),  # the last: a conflict of interest bars a juror in every category
)
CRITERIA = ("kebaharuan", "kemanfaatan", "replikasi")
Entry = tuple[str, int, bytes]


def rulebook() -> Rulebook:
    def criterion(id: str, weight: int) -> Criterion:
        return Criterion(id=id, name=Text(id, id), weight=Decimal(weight))

    portfolio = Criterion(id="portofolio", name=Text("x", "x"), weight=Decimal(20), computed="count", full_at=3)
    scored = tuple(map(criterion, CRITERIA, (40, 25, 15)))
    kinds = (InstitutionKind("opd", Text("OPD", "agency")),)
    return Rulebook(
        edition=EDITION,
        name=Text("Lomba kecil", "Small competition"),
        authority="Kota Rekaan",
        calendar=Calendar(
            registration_opens=datetime(2023, 1, 1, tzinfo=UTC), registration_closes=datetime(2023, 2, 1, tzinfo=UTC)
        ),
        kinds=kinds,
        categories=tuple(
            Category(
                id=id,
                name=Text(id, id),
                entrant="institution",
                kinds=("opd",),
                nominees=4,
                places=places,
                ties=ties,
                rubric="r",
            )
            for id, places, ties in CATEGORIES
        ),
        rubrics=(Rubric("r", (*scored, portfolio)),),
        ladder=("kebaharuan", "pairwise", "vote"),
        quorum=1,
        eligibility=(),
    )


class Writing:
    """A log being written: each act's events get one request, positions and versions as the append script would give them."""

    def __init__(self, random: Random) -> None:
        self.entries: list[Entry] = []
        self._versions: Counter[tuple[str, str]] = Counter()
        self._random = random
        self._time = datetime.now(UTC).replace(microsecond=0)
        self._last: str | None = None

    def act(self, subject: str, *events: Event, actor: str = "person/panitia", because: bool = False) -> None:
        """`because`: of the last event that was written."""
        request = f"{self._random.getrandbits(128):032x}"
        cause = self._last if because else None
        for event in events:
            self._time += timedelta(milliseconds=self._random.randrange(1, 50))
            key = event.owner(), subject
            self._versions[key] += 1
            draft = Draft(
                event=event,
                subject=subject,
                version=self._versions[key],
                time=self._time,
                actor=actor,
                request=request,
                edition=EDITION,
                causation=cause,
            )
            raw = draft.encode()
            self.entries.append((event.owner(), len(self.entries) + 1, raw))
            self._last = raw.partition(b'"id":"')[2].partition(b'"')[0].decode()


def small_edition(seed: int = 1, vkey: str = "") -> list[Entry]:
    """Some 200 events. One category has a complete panel and a tie that only a vote breaks, one an incomplete panel and an excluded
    entry, one shares its places."""
    random = Random(seed)
    book, log = rulebook(), Writing(random)
    if vkey:
        log.act("notary", NotaryKeyRotated(vkey=vkey), actor="service/audit")
    opened = EditionOpened(name=book.name, authority=book.authority, rehearsal=False, rules_version=1, rulebook=book.digest())
    log.act(f"edition/{EDITION}", opened, RulebookPublished(digest=book.digest(), rulebook=book))
    for n in range(1, 5):
        log.act(f"institution/opd-{n}", InstitutionRegistered(code=f"opd-{n}", kind="opd", name=f"Dinas Rekaan {n}"))
    for juror in JURORS:
        log.act(f"juror/{EDITION}.{juror}", JurorAppointed(juror=juror, university="Universitas Rekaan"))
    for category in book.categories:
        _judge(log, random, book, category)
    return log.entries


def _judge(log: Writing, random: Random, book: Rulebook, category: Category) -> None:
    subject = f"category/{EDITION}.{category.id}"
    locked = RubricLocked(
        rulebook=book.digest(),
        category=category,
        rubric=book.rubric("r"),
        aggregation=book.aggregation,
        ladder=book.ladder,
        quorum=book.quorum,
    )
    admitted = [_admitted(random, category.id, n) for n in range(1, 5)]
    log.act(subject, locked, *admitted)
    for entry in admitted:
        log.act(subject, PanelAssigned(entry=entry.entry, jurors=JURORS), because=True)
    log.act(subject, JudgingOpened(entries=tuple(entry.entry for entry in admitted)))
    barred: set[tuple[str, str]] = set()
    if category.id == "bolong":
        recused = JurorRecused(juror="j1", entry=admitted[0].entry, reason="kerabat")
        log.act(f"juror/{EDITION}.j1", recused, actor="person/j1")
        barred.add((admitted[0].entry, "j1"))
    sheets = [
        sheet
        for entry in admitted
        for juror in JURORS
        if (entry.entry, juror) not in barred
        for sheet in _sheet(log, random, category.id, entry.entry, juror)
    ]
    competing = {entry.entry: entry for entry in admitted}
    if category.id == "bolong":
        tie = ConflictDeclared(juror="j2", institution=admitted[1].institution, relation="kin")
        log.act(f"juror/{EDITION}.j2", tie, actor="person/j2")
        sheets = [sheet for sheet in sheets if (sheet.entry, sheet.juror) != (admitted[1].entry, "j2")]
        out = EntryExcluded(entry=admitted[3].entry, reason="dokumen palsu", cause="NominationRevoked")
        log.act(subject, out, actor="reaction/judging.exclude")
        del competing[admitted[3].entry]
    log.act(subject, JudgingClosed())
    docket = Docket(locked, competing)
    votes: list[tuple[str, ...]] = []
    while ties := _ranking(docket, sheets, votes).open_ties:
        votes.append(ties[0].entries)
        log.act(subject, TieResolved(order=votes[-1], note="3 suara"), actor="person/ketua")
    decided = decision(docket, _ranking(docket, sheets, votes), "person/ketua")
    log.act(subject, decided, actor="person/ketua")
    log.act(subject, DecisionConfirmed(confirmed_by="person/sekretaris"), actor="person/sekretaris")
    announced = ResultsAnnounced(winners=decided.winners, announced_by="person/sekretaris")
    log.act(subject, announced, actor="person/sekretaris")


def _admitted(random: Random, category: str, n: int) -> EntryAdmitted:
    dossier = tuple(
        DossierItem(innovation=f"i-{category}-{n}-{k}", revision=1, digest="0" * 64) for k in range(random.randrange(1, 4))
    )
    return EntryAdmitted(
        entry=f"{EDITION}.{category}.opd-{n}", institution=f"opd-{n}", name=f"Dinas Rekaan {n}", dossier=dossier
    )


def _sheet(log: Writing, random: Random, category: str, entry: str, juror: str) -> Iterator[Sheet]:
    """A juror's sheet: some are typed from paper, some reopened once."""
    subject, me = f"scoresheet/{entry}.{juror}", f"person/{juror}"
    points = {c: Decimal(random.choice(("70.00", "80.00", "85.50"))) for c in CRITERIA}
    scores = [ScoreRecorded(criterion=c, score=p) for c, p in points.items()]
    typed = juror == "j3" and entry.endswith("opd-2")
    log.act(subject, ScoresheetOpened(entry=entry, juror=juror), *scores, actor=me)
    if typed:
        paper = ScoresheetSubmitted(entry=entry, juror=juror, recorded_by="person/panitia", scan_digest="f" * 64)
        log.act(subject, paper)
        log.act(subject, ScoresheetConfirmed(entry=entry, juror=juror, scan_digest="f" * 64), actor=me)
    else:
        log.act(subject, ScoresheetSubmitted(entry=entry, juror=juror), actor=me)
    if juror == "j1" and entry.endswith("opd-3"):
        reopened = ScoresheetReopened(entry=entry, juror=juror, reason="salah tulis", reopened_by="person/ketua")
        log.act(subject, reopened, actor="person/ketua")
        points["replikasi"] = Decimal("91.00")
        log.act(subject, ScoreRecorded(criterion="replikasi", score=points["replikasi"]), actor=me)
        log.act(subject, ScoresheetSubmitted(entry=entry, juror=juror), actor=me)
    yield Sheet(entry, juror, points)


def _ranking(docket: Docket, sheets: list[Sheet], votes: Sequence[tuple[str, ...]]) -> Ranking:
    return rank(rules_of(docket), portfolios(docket), sheets, votes)
