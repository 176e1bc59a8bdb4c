"""No false alarm: whatever people try, in whatever order, what the deciders let through is proven. Refused attempts leave no trace."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest

from services.judging import docket, voiding
from services.judging.category import CATEGORY, AssignPanel, CloseJudging, OpenJudging
from services.judging.juror import JUROR, DeclareConflict, RecuseJuror, bar
from services.judging.scoresheet import (
    SCORESHEET,
    OpenScoresheet,
    RecordScore,
    ReopenScoresheet,
    SubmitScoresheet,
    VoidScoresheet,
)
from services.judging.seats import judged_by
from services.judging.verdict import AnnounceResults, ConfirmDecision, DecideWinners, ReopenDecision
from services.registration.edition import EDITION as EDITIONS
from services.registration.edition_calendar import ExtendDeadline
from services.registration.enrolment import ENROLMENT
from services.registration.innovation import INNOVATION, NamePic, ReviseInnovation, SubmitInnovation, WithdrawInnovation
from services.registration.names import NAMES, FreeName, TakeName
from services.screening import acts
from services.screening.assignments import AssignScreeners, RecuseScreener, Work
from services.screening.disqualification import DecideObjection, Disqualify, FileObjection
from services.screening.eligibility import AssessEligibility, RequestRevision
from services.screening.nomination import NominateInnovation, NominateInstitution
from services.screening.scoring import RecordDeskScore
from services.screening.shortlist import ConfirmShortlist, RevokeNomination
from shared import facts
from shared.deciding import Act
from shared.eventlog import parse
from shared.events.screening import ShortlistConfirmed
from shared.refusals import Refused
from tests.makmal.verify import small_edition as small
from tests.makmal.verify.small_edition import (
    AGENCIES,
    CHAIR,
    CRITERIA,
    DIGITAL,
    FIRST,
    HEADS,
    JURORS,
    RULEBOOK,
    SCREENERS,
    SECOND,
    person,
    record,
)
from tests.makmal.verify.story import EDITION, Story, at_once

SEEDS = range(20)
FAR = range(40)


class Crowd:
    """Many people who try things, most of them at a wrong moment."""

    def __init__(self, seed: int):
        self.chance = Random(seed)
        self.story = small.played("enrolment")
        self.ids = {f"0190a1b2-c3d4-8e5f-8a6b-{nth:06d}{code[-2:]:0>6}": code for nth in range(2) for code in HEADS}

    def tries(self, times: int, *attempts: Callable[[], None]) -> None:
        for _ in range(times):
            with suppress(Refused):
                self.chance.choice(attempts)()

    # -- registration

    def some(self) -> tuple[str, str]:
        return self.chance.choice(sorted(self.ids.items()))

    def around(self, code: str) -> tuple[object, ...]:
        return EDITIONS(EDITION), ENROLMENT(f"{EDITION}.{code}")

    def name(self) -> str:
        return f"Inovasi {self.chance.randint(1, 9)}"

    def submits(self) -> None:
        (id, code), about = self.some(), record(self.name())
        entering = Act(INNOVATION(id), lambda at: SubmitInnovation(EDITION, code, about, at), *self.around(code))  # type: ignore[arg-type]
        self.story.does(person(HEADS[code]), entering, Act(NAMES(f"{EDITION}.{code}"), TakeName(about.name, id, first=True)))

    def revises(self) -> None:
        (id, code), about = self.some(), record(self.name())
        others = (*self.around(code), facts.RETURNED(id))
        revising = Act(INNOVATION(id), lambda at: ReviseInnovation(about, at), *others)  # type: ignore[arg-type]
        self.story.does(person(HEADS[code]), revising, Act(NAMES(f"{EDITION}.{code}"), TakeName(about.name, id)))

    def withdraws(self) -> None:
        id, code = self.some()
        leaving = Act(INNOVATION(id), lambda at: WithdrawInnovation("Belum siap", at), *self.around(code))  # type: ignore[arg-type]
        self.story.does(person(HEADS[code]), leaving, Act(NAMES(f"{EDITION}.{code}"), FreeName(id)))

    def names_a_pic(self) -> None:
        (id, code), who = self.some(), self.chance.choice(JURORS)
        naming = Act(INNOVATION(id), lambda at: NamePic(who, at, "Pindah tugas"), *self.around(code))  # type: ignore[arg-type]
        self.story.does(person(HEADS[code]), naming)

    def extends(self) -> None:
        closes = RULEBOOK.calendar.registration_closes + timedelta(days=self.chance.randint(1, 20))
        self.story.does(person(FIRST), Act(EDITIONS(EDITION), lambda at: ExtendDeadline(closes, "Permintaan instansi", at)))

    # -- screening

    def known(self) -> tuple[str, facts.InnovationFacts]:
        id, _ = self.some()
        return id, self.story.stands(facts.INNOVATION(id))

    def assigns(self) -> None:
        works = tuple(Work(id, code) for id, code in self.ids.items() if self.story.stands(facts.INNOVATION(id)).record)
        self.story.does(person(FIRST), acts.assign(EDITION, AssignScreeners(works), SCREENERS))

    def recuses_a_screener(self) -> None:
        id, screener = self.some()[0], self.chance.choice(SCREENERS)
        self.story.does(person(screener), acts.recuse(EDITION, RecuseScreener(id, screener, "Kenal timnya"), SCREENERS))

    def assesses(self) -> None:
        (id, known), screener = self.known(), self.chance.choice(SCREENERS)
        criteria = {"renewal": True, "benefit": self.chance.random() < 0.85}
        made = acts.assess(id, lambda at: AssessEligibility(id, screener, criteria, (), "", at), known, RULEBOOK)
        self.story.does(person(screener), *made)

    def scores_at_the_desk(self) -> None:
        (id, known), screener = self.known(), self.chance.choice(SCREENERS)
        command = RecordDeskScore(id, screener, Decimal(self.chance.randint(60, 100)))
        self.story.does(person(screener), *acts.score(command, known, RULEBOOK, SCREENERS))

    def returns(self) -> None:
        id, known = self.known()
        until = self.story.now + timedelta(days=1)
        asking = acts.request_revision(id, lambda at: RequestRevision(id, "Lengkapi hasil", until, "", at), known, RULEBOOK)
        self.story.does(person(FIRST), asking)

    def disqualifies(self) -> None:
        id, known = self.known()
        made = acts.disqualify(id, lambda at: Disqualify(id, "incomplete", "Data tidak benar", FIRST, at), known)
        self.story.does(person(FIRST), *made)

    def objects(self) -> None:
        id, known = self.known()
        head = HEADS[self.ids[id]]
        made = acts.file_objection(id, lambda at: FileObjection(id, "Bukti terlampir", head, at), known)
        self.story.does(person(head), *made)

    def rules_on_an_objection(self) -> None:
        id, known = self.known()
        command = DecideObjection(id, self.chance.random() < 0.5, "Telah diperiksa", SECOND)
        self.story.does(person(SECOND), *acts.decide_objection(command, known))

    def nominates(self) -> None:
        id, code = self.some()
        if self.chance.random() < 0.5:
            act = acts.nominate_innovation(EDITION, NominateInnovation("digital", id, FIRST), code)
        else:
            naming = NominateInstitution("opd", code, FIRST)
            act = at_once(acts.nominate_institution(self.story, EDITION, naming))  # type: ignore[arg-type]
        self.story.does(person(FIRST), act)

    def revokes(self) -> None:
        entrant, _ = self.some()
        self.story.does(person(FIRST), acts.revoke(EDITION, RevokeNomination("digital", entrant, "Salah entri")))

    def confirms_a_shortlist(self) -> None:
        category = self.chance.choice(("digital", "opd"))
        command = ConfirmShortlist(category, SECOND, self.story.now + timedelta(seconds=1), "Jadwal penjurian mendesak")
        made = self.story.does(person(SECOND), at_once(acts.confirm(self.story, EDITION, category, command)))  # type: ignore[arg-type]
        if made and isinstance(made[0].event, ShortlistConfirmed):
            small.prepare(self.story, category)

    # -- judging

    def category(self) -> tuple[str, docket.State]:
        id = self.chance.choice((DIGITAL, AGENCIES))
        return id, self.story.stands(CATEGORY(id))

    def seats(self) -> None:
        id, state = self.category()
        seating = []
        for entry, admitted in docket.listed(state).entries.items():
            free = tuple(j for j in JURORS if bar(self.story.stands(JUROR(f"{EDITION}.{j}")), admitted) is None)
            seating.append(Act(CATEGORY(id), AssignPanel(entry, free), *(JUROR(f"{EDITION}.{j}") for j in free)))
        self.story.does(person(FIRST), *seating)

    def opens_judging(self) -> None:
        id, _ = self.category()
        self.story.does(person(CHAIR), Act(CATEGORY(id), OpenJudging(), facts.SHORTLIST(id)))

    def on_a_sheet(self, *commands: object, by: str = "") -> None:
        id, state = self.category()
        seats = sorted(docket.listed(state).seats)
        if not seats:
            return
        entry, juror = self.chance.choice(seats)
        made = commands or (OpenScoresheet(entry, juror),)
        sheet, around = SCORESHEET(f"{entry}.{juror}"), (CATEGORY(id), JUROR(f"{EDITION}.{juror}"))
        self.story.does(by or person(juror), *(Act(sheet, command, *around) for command in made))

    def opens_a_sheet(self) -> None:
        self.on_a_sheet()

    def scores(self) -> None:
        points = [Decimal(self.chance.randint(5_000, 10_000)) / 100 for _ in CRITERIA]
        self.on_a_sheet(*(RecordScore(name, each) for name, each in zip(CRITERIA, points, strict=True)))

    def hands_in(self) -> None:
        self.on_a_sheet(SubmitScoresheet())

    def reopens_a_sheet(self) -> None:
        self.on_a_sheet(ReopenScoresheet("Salah ketik", person(CHAIR)), by=person(CHAIR))

    def steps_back(self) -> None:
        id, state = self.category()
        entry, juror = self.chance.choice(sorted(docket.listed(state).entries)), self.chance.choice(JURORS)
        of, judging = JUROR(f"{EDITION}.{juror}"), CATEGORY(id)
        voids = Act(SCORESHEET(f"{entry}.{juror}"), VoidScoresheet(), judging, of)
        self.story.does(person(juror), Act(of, RecuseJuror(entry, "Pernah membimbing"), judging), voids)

    def declares_a_tie(self) -> None:
        juror, code = self.chance.choice(JURORS), self.chance.choice(list(HEADS))
        seated = asyncio.run(voiding.seats_of(self.story, EDITION, juror, lambda entry: entry.institution == code))  # type: ignore[arg-type]
        tie = DeclareConflict(code, "kin")
        declaring = Act(JUROR(f"{EDITION}.{juror}"), tie, facts.ENROLMENT(f"{EDITION}.{code}"))
        reason = f"juror {juror} has a conflict of interest with {code} (kin)"
        self.story.does(person(juror), declaring, *voiding.acts(EDITION, juror, person(juror), reason, seated))

    def closes_judging(self) -> None:
        self.story.does(person(CHAIR), Act(CATEGORY(self.category()[0]), CloseJudging()))

    def decides(self) -> None:
        id, state = self.category()
        self.story.does(person(CHAIR), Act(CATEGORY(id), DecideWinners(person(CHAIR)), *judged_by(EDITION, state)))

    def looks_again(self) -> None:
        self.story.does(person(FIRST), Act(CATEGORY(self.category()[0]), ConfirmDecision(person(FIRST))))

    def reopens(self) -> None:
        reopening = ReopenDecision("Perlu diperiksa ulang", person(CHAIR))
        self.story.does(person(CHAIR), Act(CATEGORY(self.category()[0]), reopening))

    def announces(self) -> None:
        telling = Act(CATEGORY(self.category()[0]), lambda at: AnnounceResults(person(SECOND), at), facts.EDITION(EDITION))
        self.story.does(person(SECOND), telling)


def lived_through(seed: int) -> Story:
    """Phase by phase, so that it comes to winners at all; within each of them anything is tried."""
    crowd = Crowd(seed)
    entering = (crowd.submits, crowd.submits, crowd.submits, crowd.revises, crowd.names_a_pic)
    crowd.tries(60, *entering, *entering, crowd.withdraws, crowd.extends)
    small.closing(crowd.story)
    if crowd.chance.random() < 0.6:
        crowd.tries(1, crowd.assigns)
    desk = (crowd.assesses, crowd.scores_at_the_desk, crowd.scores_at_the_desk)
    seldom = (crowd.recuses_a_screener, crowd.returns, crowd.revises, crowd.disqualifies, crowd.submits)
    crowd.tries(150, *desk * 6, *seldom, crowd.objects, crowd.rules_on_an_objection)
    crowd.tries(60, *desk, crowd.objects, crowd.rules_on_an_objection, *[crowd.nominates] * 6, crowd.revokes)
    crowd.tries(16, crowd.confirms_a_shortlist, crowd.nominates, crowd.revokes, crowd.disqualifies)
    small.jurors(crowd.story)
    crowd.tries(16, crowd.seats, crowd.opens_judging)
    sheet = (crowd.opens_a_sheet, crowd.opens_a_sheet, crowd.scores, crowd.scores, crowd.hands_in)
    crowd.tries(300, *sheet * 5, crowd.reopens_a_sheet, crowd.seats, crowd.opens_judging)
    crowd.tries(80, *sheet * 5, crowd.declares_a_tie, crowd.steps_back)
    verdict = (crowd.closes_judging, crowd.decides, crowd.looks_again, crowd.announces)
    crowd.tries(80, *verdict * 5, crowd.reopens, crowd.declares_a_tie)
    return crowd.story


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_deciders_let_through_is_proven(seed: int) -> None:
    story = lived_through(seed)
    proof = story.proved()
    assert [finding.en for finding in proof.verdict.findings] == []
    assert proof.proven and all(result.holds for result in proof.results)


def test_they_go_as_far_as_a_corrected_result() -> None:
    types = {parse(*entry).type for seed in FAR for entry in lived_through(seed).entries}
    assert {"ResultsAnnounced", "ResultCorrected", "ScoresheetVoided", "NominationRevoked", "ObjectionUpheld"} <= types
