"""Which other states each command was decided on, found in the log: what the services' endpoints and reactions name in their acts.

One line for each command; a test holds that none is missing, and the logs of whole editions that none is wrong.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from makmal.verify import needs_screening as screening
from makmal.verify.book import Book, States
from services.audit import on_record
from services.identity import account, client, roles, signing_keys
from services.identity.erasure import ErasePerson
from services.identity.retention import RETENTION
from services.judging import category as judging
from services.judging import disclosure, exclusion, objections, verdict
from services.judging import juror as jurors
from services.judging import national as awards
from services.judging import scoresheet as sheets
from services.judging.category import CATEGORY
from services.judging.docket import Unlocked
from services.judging.juror import JUROR
from services.judging.naming import category_id, home_of
from services.notification import circular, deadline, message
from services.registration import (
    amendment,
    edition,
    edition_calendar,
    enrolment,
    evidence,
    importing,
    institution,
    names,
    outstanding,
)
from services.registration import innovation as innovations
from services.registration.edition import EDITION
from services.registration.enrolment import ENROLMENT
from services.registration.institution import INSTITUTION
from services.screening import assignments, contested, portfolio, shortlist
from services.screening.disqualification import ConfirmObjection, DecideObjection, Disqualify, FileObjection
from services.screening.eligibility import AssessEligibility, RequestRevision
from services.screening.nomination import NominateInnovation, NominateInstitution
from services.screening.scoring import RecordDeskScore
from services.screening.verification import VerifyEvidence
from shared import facts

Need = Callable[[Book, str, Any, str], States]
"""Of the book, the aggregate's ID, the command and the actor."""


def _none(book: Book, id: str, command: Any, actor: str) -> States:
    return ()


def _edition(id: str) -> str:
    """Of `<edition>.<anything>`."""
    return id.partition(".")[0]


# registration


def _enrolment(book: Book, id: str, command: Any, actor: str) -> States:
    return (book.of(EDITION, _edition(id)),)


def _late(book: Book, id: str, command: enrolment.PermitLateSubmission, actor: str) -> States:
    return *_enrolment(book, id, command, actor), *_shortlists(book, _edition(id))


def _merged(book: Book, id: str, command: enrolment.TakeOver | enrolment.CarryOver, actor: str) -> States:
    other = command.previous if isinstance(command, enrolment.TakeOver) else command.into
    return book.of(EDITION, _edition(id)), book.of(ENROLMENT, f"{_edition(id)}.{other}")


def _submitted(book: Book, id: str, command: innovations.SubmitInnovation, actor: str) -> States:
    return book.of(EDITION, command.edition), book.of(ENROLMENT, f"{command.edition}.{command.institution}")


def _entered(book: Book, id: str, command: Any, actor: str) -> States:
    known = book.of(facts.INNOVATION, id)
    around = book.of(EDITION, known.edition), book.of(ENROLMENT, f"{known.edition}.{known.institution}")
    return *around, book.of(facts.RETURNED, id), *_shortlists(book, known.edition)


def _evidence(book: Book, id: str, command: Any, actor: str) -> States:
    return book.of(facts.INNOVATION, id), *_entered(book, id, command, actor)


def _shortlists(book: Book, edition: str) -> list[facts.ShortlistFacts]:
    rulebook = book.of(facts.EDITION, edition).rulebook
    return [book.of(facts.SHORTLIST, f"{edition}.{each.id}") for each in rulebook.categories] if rulebook else []


# judging


def _of_edition(book: Book, id: str, command: Any, actor: str) -> States:
    return (book.of(facts.EDITION, _edition(id)),)


def _of_shortlist(book: Book, id: str, command: Any, actor: str) -> States:
    return (book.of(facts.SHORTLIST, id),)


def _panel(book: Book, id: str, command: judging.AssignPanel, actor: str) -> States:
    return tuple(book.of(JUROR, f"{_edition(id)}.{person}") for person in command.jurors)


def _by_the_sheets(book: Book, id: str, command: Any, actor: str) -> States:
    state = book.of(CATEGORY, id)
    return () if isinstance(state, Unlocked) else book.sheets(_edition(id), state)


def _tie(book: Book, id: str, command: jurors.DeclareConflict | jurors.ProposeConflict, actor: str) -> States:
    return (book.of(facts.ENROLMENT, f"{_edition(id)}.{command.institution}"),)


def _recused(book: Book, id: str, command: jurors.RecuseJuror, actor: str) -> States:
    return (book.of(CATEGORY, category_id(*home_of(command.entry))),)


@lru_cache(maxsize=10_000)
def _around(id: str) -> tuple[str, str]:
    """The category and the juror of a scoresheet, by their IDs."""
    entry, _, person = id.rpartition(".")
    name, _, rest = entry.partition(".")
    return f"{name}.{rest.partition('.')[0]}", f"{name}.{person}"


def _sheet(book: Book, id: str, command: Any, actor: str) -> States:
    category, juror = _around(id)
    return book.of(CATEGORY, category), book.of(JUROR, juror)


def _award(book: Book, id: str, command: awards.ProposeForNationalAward, actor: str) -> States:
    return book.of(CATEGORY, category_id(*home_of(command.entry))), book.of(facts.INNOVATION, command.innovation)


# notification and identity


def _reminder(book: Book, id: str, command: deadline.Remind, actor: str) -> States:
    return (book.of(facts.EDITION, command.edition),)


def _issued(book: Book, id: str, command: circular.IssueCircular, actor: str) -> States:
    addressed = (book.of(facts.ENROLMENT, f"{command.edition}.{code}") for code in command.institutions)
    return book.of(facts.EDITION, command.edition), *addressed


def _circular(book: Book, id: str, command: Any, actor: str) -> States:
    state = book.of(circular.CIRCULAR, id)
    return (book.of(facts.EDITION, state.circular.edition if isinstance(state, circular.Issued) else ""),)


def _asking(book: Book, id: str, command: Any, actor: str) -> States:
    return (book.of(account.ACCOUNT, actor.partition("/")[2]),)


def _erased(book: Book, id: str, command: ErasePerson, actor: str) -> States:
    return *_asking(book, id, command, actor), *(book.of(RETENTION, name) for name in command.editions)


NEEDS: dict[type[Any], Need] = {
    **dict.fromkeys((edition.OpenEdition, edition.CancelEdition, edition.ConcludeEdition), _none),
    **dict.fromkeys((amendment.AmendRulebook, amendment.MergeCategories), _none),
    **dict.fromkeys((edition_calendar.CloseRegistration, edition_calendar.CloseByCalendar), _none),
    **dict.fromkeys((edition_calendar.ExtendDeadline, edition_calendar.ReopenRegistration), _none),
    **dict.fromkeys((institution.RegisterInstitution, institution.RenameInstitution), _none),
    institution.MergeInstitution: lambda book, id, command, actor: (book.of(INSTITUTION, command.into),),
    **dict.fromkeys((enrolment.EnrolInstitution, enrolment.WaiveObligation, outstanding.ReportDrafts), _enrolment),
    enrolment.PermitLateSubmission: _late,
    **dict.fromkeys((enrolment.TakeOver, enrolment.CarryOver), _merged),
    innovations.SubmitInnovation: _submitted,
    **dict.fromkeys((innovations.ReviseInnovation, innovations.WithdrawInnovation), _entered),
    **dict.fromkeys((innovations.NamePic, innovations.AcceptPic), _entered),
    **dict.fromkeys((innovations.EndorseInnovation, innovations.ConfirmSubmission), _entered),
    innovations.ReclassifyInnovation: _entered,
    **dict.fromkeys((names.TakeName, names.FreeName, importing.AcceptImport), _none),
    **dict.fromkeys((evidence.AttachEvidence, evidence.ReplaceEvidence), _evidence),
    **dict.fromkeys((assignments.AssignScreeners, assignments.RecuseScreener, assignments.CallAnother), screening.assigned),
    AssessEligibility: screening.assessed,
    RequestRevision: screening.returned,
    RecordDeskScore: screening.scored,
    VerifyEvidence: screening.verified,
    Disqualify: screening.disqualified,
    **dict.fromkeys((FileObjection, ConfirmObjection, DecideObjection), _none),
    portfolio.FollowAssessment: screening.portfolio_followed,
    contested.FollowDisqualification: screening.contest_followed,
    NominateInnovation: screening.nominated_innovation,
    NominateInstitution: screening.nominated_institution,
    shortlist.RevokeNomination: _none,
    shortlist.ConfirmShortlist: screening.confirmed,
    judging.LockRubric: _of_edition,
    **dict.fromkeys((judging.AdmitEntry, judging.OpenJudging, exclusion.ExcludeEntry), _of_shortlist),
    judging.AssignPanel: _panel,
    judging.CloseJudging: _none,
    **dict.fromkeys((exclusion.StrikeInnovation, exclusion.ReinstateInnovation), _none),
    **dict.fromkeys((verdict.ResolveTie, verdict.DecideWinners), _by_the_sheets),
    **dict.fromkeys((verdict.ConfirmDecision, verdict.ReopenDecision), _none),
    verdict.AnnounceResults: _of_edition,
    **dict.fromkeys((objections.FileObjection, objections.ConfirmObjection), _none),
    **dict.fromkeys((objections.RuleOnObjection, objections.ConferAward), _none),
    **dict.fromkeys((disclosure.ProposeDisclosure, disclosure.Disclose), _none),
    jurors.AppointJuror: _of_edition,
    **dict.fromkeys((jurors.ReplaceJuror, jurors.DismissConflict, jurors.StateTies), _none),
    **dict.fromkeys((jurors.DeclareConflict, jurors.ProposeConflict), _tie),
    jurors.RecuseJuror: _recused,
    **dict.fromkeys((sheets.OpenScoresheet, sheets.RecordScore, sheets.SubmitScoresheet, sheets.EnterPaperSheet), _sheet),
    **dict.fromkeys((sheets.ConfirmScoresheet, sheets.ReopenScoresheet, sheets.VoidScoresheet), _sheet),
    awards.ProposeForNationalAward: _award,
    deadline.Remind: _reminder,
    circular.IssueCircular: _issued,
    **dict.fromkeys((circular.AcknowledgeCircular, circular.ConfirmAcknowledgement, circular.ChaseCircular), _circular),
    **dict.fromkeys((message.QueueMessage, message.ResendMessage, message.RecordSent, message.RecordUncertain), _none),
    **dict.fromkeys((message.RecordBounced, message.RecordAbandoned), _none),
    **dict.fromkeys((account.ActivateAccount, account.AppointFirstAdministrator, account.ChangePassword), _none),
    **dict.fromkeys((account.InviteAccount, account.OfferReset, account.EndSessions), _asking),
    **dict.fromkeys((roles.GrantRole, roles.RevokeRole), _asking),
    ErasePerson: _erased,
    **dict.fromkeys((client.RegisterClient, client.RotateClientSecret, client.EndFormerSecret, client.RevokeClient), _none),
    **dict.fromkeys((signing_keys.RotateSigningKey, on_record.RecordKey, on_record.RecordInconsistency), _none),
}


def reopened_for_voided(book: Book, id: str, juror: str) -> States:
    """Of `ReopenForVoided`, which a juror's conflict or replacement brings with it: he, and his sheets in the category."""
    state = book.of(CATEGORY, id)
    seats = () if isinstance(state, Unlocked) else state.docket.seats
    own = sorted(entry for entry, person in seats if person == juror)
    return book.of(JUROR, f"{_edition(id)}.{juror}"), *(book.of(sheets.SCORESHEET, f"{entry}.{juror}") for entry in own)
