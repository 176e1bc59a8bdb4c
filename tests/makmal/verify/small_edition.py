"""The course of a small edition in named steps: three agencies, one innovation each, two categories, three jurors."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

from services.identity.account import ACCOUNT, ActivateAccount, AppointFirstAdministrator, InviteAccount
from services.identity.roles import GrantRole
from services.judging import docket
from services.judging.category import CATEGORY, AdmitEntry, AssignPanel, CloseJudging, LockRubric, OpenJudging
from services.judging.juror import JUROR, AppointJuror, DeclareConflict, bar
from services.judging.scoresheet import SCORESHEET, OpenScoresheet, RecordScore, SubmitScoresheet
from services.judging.seats import judged_by
from services.judging.verdict import AnnounceResults, ConfirmDecision, DecideWinners
from services.notification.message import MESSAGE, QueueMessage, RecordSent
from services.registration.edition import EDITION as EDITIONS
from services.registration.edition import OpenEdition
from services.registration.edition_calendar import CloseRegistration
from services.registration.enrolment import ENROLMENT, EnrolInstitution
from services.registration.innovation import INNOVATION, SubmitInnovation
from services.registration.institution import INSTITUTION, RegisterInstitution
from services.registration.names import NAMES, TakeName
from services.screening import acts
from services.screening.assignments import AssignScreeners, Work
from services.screening.eligibility import AssessEligibility
from services.screening.nomination import NominateInnovation, NominateInstitution
from services.screening.scoring import RecordDeskScore
from services.screening.shortlist import ConfirmShortlist
from shared import facts
from shared.deciding import Act
from shared.events.judging import ScoresheetSubmitted
from shared.events.registration import InnovationRecord
from shared.events.screening import ShortlistConfirmed
from shared.rulebook import Calendar, Category, Criterion, InstitutionKind, Reason, Rubric, Rulebook, Text
from tests.makmal.verify.story import EDITION, Story, at_once

ADMIN, FIRST, SECOND, CHAIR = "0" * 32, "1" * 32, "2" * 32, "3" * 32
"""The administrator, two of the committee, the chair."""
SCREENERS = ("4" * 32, "5" * 32)
JURORS = ("a" * 32, "b" * 32, "c" * 32)
"""The last of them works for opd-03."""
HEADS = {"opd-01": "6" * 32, "opd-02": "7" * 32, "opd-03": "8" * 32}
INNOVATIONS = {code: f"0190a1b2-c3d4-8e5f-8a6b-00000000000{code[-1]}" for code in HEADS}
ENTRIES = {code: f"{EDITION}.digital.{id}" for code, id in INNOVATIONS.items()}
DIGITAL, AGENCIES = f"{EDITION}.digital", f"{EDITION}.opd"
CRITERIA = ("novelty", "benefit")
POINTS = {"opd-01": (80, 70), "opd-02": (90, 85), "opd-03": (60, 75)}
"""What the first juror gives; the second gives one less, the third two less."""


def text(name: str) -> Text:
    return Text(name, name)


def _rubric(id: str) -> Rubric:
    weights = zip(CRITERIA, (60, 40), strict=True)
    return Rubric(id, tuple(Criterion(id=name, name=text(name), weight=Decimal(weight)) for name, weight in weights))


RULEBOOK = Rulebook(
    edition=EDITION,
    name=text("Lomba Contoh"),
    authority="Kota Contoh",
    calendar=Calendar(
        registration_opens=datetime(2023, 2, 1, tzinfo=UTC),
        registration_closes=datetime(2023, 3, 31, tzinfo=UTC),
        judging_closes=datetime(2023, 5, 31, tzinfo=UTC),
    ),
    kinds=(InstitutionKind("opd", text("OPD")),),
    categories=(
        Category(
            id="digital",
            name=text("Digital"),
            entrant="innovation",
            kinds=("opd",),
            where={"type": "digital"},
            nominees=3,
            places=2,
            rubric="digital",
        ),
        Category(id="opd", name=text("OPD"), entrant="institution", kinds=("opd",), nominees=3, places=1, rubric="opd"),
    ),
    rubrics=(_rubric("digital"), _rubric("opd")),
    ladder=("novelty", "benefit", "pairwise", "vote"),
    quorum=2,
    reasons=(Reason("incomplete", text("incomplete")),),
    eligibility=(Reason("renewal", text("renewal")), Reason("benefit", text("benefit"))),
    minimum_words=3,
)


def record(name: str) -> InnovationRecord:
    return InnovationRecord(
        name=name,
        stage="penerapan",
        initiator="ASN",
        type="digital",
        form="pelayanan publik",
        theme="non tematik",
        main_affair="kesehatan",
        trial_date=date(2022, 1, 1),
        implementation_date=date(2022, 6, 1),
        design="Rancangan contoh yang cukup panjang.",
        purpose="Tujuan contoh.",
        benefit="Manfaat contoh.",
        result="Hasil contoh.",
    )


def person(id: str) -> str:
    return f"person/{id}"


def grant(story: Story, whom: str, role: str, *institutions: str, employer: str = "") -> None:
    command = GrantRole(
        person=whom,
        role=role,
        edition=EDITION,
        institutions=institutions,
        decree="SK 1",
        decree_date=date(2023, 1, 2),
        employer=employer,
        by=person(ADMIN),
    )
    story.does(person(ADMIN), Act(ACCOUNT(whom), command, ACCOUNT(ADMIN)))


def house(story: Story) -> None:
    story.does("service/identity", Act(ACCOUNT(ADMIN), AppointFirstAdministrator(ADMIN)), edition=None)
    roles = {FIRST: "committee", SECOND: "committee", CHAIR: "chair", **dict.fromkeys(SCREENERS, "screener")}
    for whom in (*roles, *JURORS, *HEADS.values()):
        story.does(person(ADMIN), Act(ACCOUNT(whom), InviteAccount(whom, person(ADMIN)), ACCOUNT(ADMIN)), edition=None)
        story.does(person(whom), Act(ACCOUNT(whom), ActivateAccount(whom)), edition=None)
    for whom, role in roles.items():
        grant(story, whom, role)
    for juror in JURORS:
        grant(story, juror, "juror", employer="opd-03" if juror == JURORS[2] else "")
    for code, head in HEADS.items():
        grant(story, head, "head", code)


def opening(story: Story) -> None:
    story.does(person(FIRST), Act(EDITIONS(EDITION), OpenEdition(RULEBOOK)))


def enrolment(story: Story) -> None:
    for code in HEADS:
        told = (code, "opd", f"Dinas {code}")
        enrolling = Act(ENROLMENT(f"{EDITION}.{code}"), EnrolInstitution(*told), EDITIONS(EDITION))
        story.does(person(FIRST), enrolling, Act(INSTITUTION(code), RegisterInstitution(*told)))


def submission(story: Story) -> None:
    for code in HEADS:
        submit(story, code)


def submit(story: Story, code: str) -> None:
    id, about = INNOVATIONS[code], record(f"Inovasi {code}")
    around = EDITIONS(EDITION), ENROLMENT(f"{EDITION}.{code}")
    entering = Act(INNOVATION.new(id), lambda at: SubmitInnovation(EDITION, code, about, at), *around)
    story.does(person(HEADS[code]), entering, Act(NAMES(f"{EDITION}.{code}"), TakeName(about.name, id)))


def closing(story: Story) -> None:
    story.does(person(FIRST), Act(EDITIONS(EDITION), CloseRegistration))


def screening(story: Story) -> None:
    works = tuple(Work(id, code) for code, id in INNOVATIONS.items())
    story.does(person(FIRST), acts.assign(EDITION, AssignScreeners(works), SCREENERS))
    criteria = {"renewal": True, "benefit": True}
    for place, id in enumerate(INNOVATIONS.values()):
        known = story.stands(facts.INNOVATION(id))
        screener = SCREENERS[0]
        command = AssessEligibility(id, screener, criteria, (), "", story.now)
        story.does(person(screener), *acts.assess(id, command, known, RULEBOOK))
        for screener in SCREENERS:
            scoring = RecordDeskScore(id, screener, Decimal(80 - place))
            story.does(person(screener), *acts.score(scoring, known, RULEBOOK, SCREENERS))


def nomination(story: Story) -> None:
    for code, id in INNOVATIONS.items():
        story.does(person(FIRST), acts.nominate_innovation(EDITION, NominateInnovation("digital", id, FIRST), code))
        naming = acts.nominate_institution(story, EDITION, NominateInstitution("opd", code, FIRST))  # type: ignore[arg-type]
        story.does(person(FIRST), at_once(naming))


def confirmation(story: Story) -> None:
    for category in ("digital", "opd"):
        command = ConfirmShortlist(category, SECOND, story.now)
        story.does(person(SECOND), at_once(acts.confirm(story, EDITION, category, command)))  # type: ignore[arg-type]
        prepare(story, category)


def prepare(story: Story, category: str) -> None:
    """What judging's reaction does."""
    cause = story.event(ShortlistConfirmed)
    id = f"{EDITION}.{category}"
    event = cause.event
    assert isinstance(event, ShortlistConfirmed)
    admitting = [Act(CATEGORY(id), AdmitEntry(entry), facts.SHORTLIST(id)) for entry in event.entries]
    locking = Act(CATEGORY(id), LockRubric(category), facts.EDITION(EDITION))
    story.does("reaction/judging.prepare", locking, *admitting, cause=cause)


def jurors(story: Story) -> None:
    """The third has a tie to opd-03 on record before there is a panel."""
    for juror in JURORS:
        command = AppointJuror(juror, "Universitas Contoh", person(FIRST))
        story.does(person(FIRST), Act(JUROR(f"{EDITION}.{juror}"), command, facts.EDITION(EDITION)))
    tie = DeclareConflict("opd-03", "employer")
    story.does(person(JURORS[2]), Act(JUROR(f"{EDITION}.{JURORS[2]}"), tie, facts.ENROLMENT(f"{EDITION}.opd-03")))


def panels(story: Story) -> None:
    for id in (DIGITAL, AGENCIES):
        state = story.stands(CATEGORY(id))
        seating = []
        for entry, admitted in docket.listed(state).entries.items():
            free = tuple(j for j in JURORS if bar(story.stands(JUROR(f"{EDITION}.{j}")), admitted) is None)
            seating.append(Act(CATEGORY(id), AssignPanel(entry, free), *(JUROR(f"{EDITION}.{j}") for j in free)))
        story.does(person(FIRST), *seating)
        story.does(person(FIRST), Act(CATEGORY(id), OpenJudging(), facts.SHORTLIST(id)))


def scoring(story: Story) -> None:
    for id in (DIGITAL, AGENCIES):
        state = story.stands(CATEGORY(id))
        for entry, panel in docket.listed(state).panels.items():
            for juror in panel:
                score(story, entry, juror)


def score(story: Story, entry: str, juror: str) -> None:
    sheet = SCORESHEET(f"{entry}.{juror}")
    around = CATEGORY(".".join(entry.split(".")[:2])), JUROR(f"{EDITION}.{juror}")
    code = story.stands(around[0]).docket.entries[entry].institution  # type: ignore[union-attr]
    points = [Decimal(each - JURORS.index(juror)) for each in POINTS[code]]
    story.does(person(juror), Act(sheet, OpenScoresheet(entry, juror), *around))
    given = [RecordScore(name, each) for name, each in zip(CRITERIA, points, strict=True)]
    story.does(person(juror), *(Act(sheet, each, *around) for each in given))
    story.does(person(juror), Act(sheet, SubmitScoresheet(), *around))


def close_of_judging(story: Story) -> None:
    for id in (DIGITAL, AGENCIES):
        story.does(person(CHAIR), Act(CATEGORY(id), CloseJudging()))


def decision(story: Story) -> None:
    for id in (DIGITAL, AGENCIES):
        seats = judged_by(EDITION, story.stands(CATEGORY(id)))
        story.does(person(CHAIR), Act(CATEGORY(id), DecideWinners(person(CHAIR)), *seats))


def second_look(story: Story) -> None:
    for id in (DIGITAL, AGENCIES):
        story.does(person(FIRST), Act(CATEGORY(id), ConfirmDecision(person(FIRST))))


def announcement(story: Story) -> None:
    for id in (DIGITAL, AGENCIES):
        telling = Act(CATEGORY(id), lambda at: AnnounceResults(person(SECOND), at), facts.EDITION(EDITION))
        story.does(person(SECOND), telling)


def letters(story: Story) -> None:
    """One letter about a submitted sheet, and that it went out."""
    cause = story.event(ScoresheetSubmitted)
    message, caused = MESSAGE("m1"), cause.envelope.time

    def letter(at: datetime) -> QueueMessage:
        return QueueMessage(JURORS[0], "sheet_received", cause.subject, cause.position, caused, at, {})

    story.does("reaction/notification.sheet-received", Act(message, letter), cause=cause)
    story.does("worker/notification.mail", Act(message, RecordSent(1, "<m1@contoh>")))


STEPS: dict[str, Callable[[Story], None]] = {
    "house": house,
    "opening": opening,
    "enrolment": enrolment,
    "submission": submission,
    "closing": closing,
    "screening": screening,
    "nomination": nomination,
    "confirmation": confirmation,
    "jurors": jurors,
    "panels": panels,
    "scoring": scoring,
    "close of judging": close_of_judging,
    "decision": decision,
    "second look": second_look,
    "announcement": announcement,
    "letters": letters,
}


def played(until: str = "letters", *, without: str = "") -> Story:
    """The edition up to and with this step."""
    story = Story()
    for name, step in STEPS.items():
        if name != without:
            step(story)
        if name == until:
            break
    return story
