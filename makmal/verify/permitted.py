"""Every event type that can begin an act, and who may record it. A test holds that none of the catalogue is missing."""

from makmal.verify import permits as one
from makmal.verify import permits_judging as judge
from makmal.verify.deed import Deed, Permit, Refusal

FOLLOWS: dict[str, tuple[str, ...]] = {
    "ObligationSet": ("InstitutionEnrolled",),
    "NameTaken": ("InnovationSubmitted", "InnovationRevised"),
    "NameFreed": ("InnovationRevised", "InnovationWithdrawn"),
    "PortfolioAdmitted": ("EligibilityAssessed", "ObjectionUpheld"),
    "PortfolioRemoved": ("EligibilityAssessed", "InnovationDisqualified"),
    "DisqualificationPending": ("InnovationDisqualified", "ObjectionFiled"),
    "DisqualificationSettled": ("ObjectionUpheld", "ObjectionRejected"),
}
"""What never begins an append -> which events it stands behind."""

_PREPARE, _EXCLUDE = "reaction/judging.prepare", "reaction/judging.exclude"


def _prepared(deed: Deed) -> Refusal | None:
    return deed.answers(_PREPARE, "ShortlistConfirmed")


def _excluded(deed: Deed) -> Refusal | None:
    return deed.answers(_EXCLUDE, "NominationRevoked")


def _struck(deed: Deed) -> Refusal | None:
    return deed.answers(_EXCLUDE, "InnovationDisqualified")


def _reinstated(deed: Deed) -> Refusal | None:
    return deed.answers(_EXCLUDE, "ObjectionUpheld")


def _committee_or_chair(deed: Deed) -> Refusal | None:
    return deed.by("committee", "chair")


_by_mail, _by_almanac = one.machine("worker/notification.mail"), one.machine("calendar/notification")
_by_notary = one.machine("service/audit")

PERMITS: dict[str, Permit] = {
    # registration
    **dict.fromkeys(("EditionOpened", "RulebookAmended", "DeadlineExtended", "RegistrationReopened"), one.committee),
    **dict.fromkeys(("EditionCancelled", "EditionConcluded"), one.committee),
    "RegistrationClosed": one.closed,
    **dict.fromkeys(("InstitutionRegistered", "InstitutionEnrolled"), one.committee),
    "InstitutionRenamed": one.renamed,
    **dict.fromkeys(("InstitutionMerged", "ObligationCarriedOver", "EnrolmentCarriedOver"), one.merged),
    **dict.fromkeys(("LateSubmissionPermitted", "ObligationWaived", "InnovationReclassified"), one.committee_apart),
    "InnovationSubmitted": one.submitted,
    **dict.fromkeys(("InnovationRevised", "InnovationWithdrawn", "PicAppointed", "PicReplaced"), one.entered),
    **dict.fromkeys(("EvidenceAttached", "EvidenceReplaced"), one.evidence),
    "InnovationEndorsed": one.endorsed,
    **dict.fromkeys(("SubmissionConfirmed", "PicAccepted"), one.himself("person")),
    "ImportAccepted": one.imported,
    "DraftsOutstanding": one.machine("calendar/registration"),
    # screening
    "ScreenerAssigned": one.assigned,
    "ScreenerRecused": one.recused,
    **dict.fromkeys(("EligibilityAssessed", "DeskScoreRecorded", "EvidenceVerified"), one.screened),
    "RevisionRequested": one.returned,
    "InnovationDisqualified": one.disqualified,
    "ObjectionFiled": one.objected,
    "ObjectionConfirmed": one.himself("person"),
    **dict.fromkeys(("ObjectionUpheld", "ObjectionRejected"), one.decided),
    "Nominated": one.nominated,
    "ShortlistConfirmed": one.confirmed,
    "NominationRevoked": one.revoked,
    # judging
    **dict.fromkeys(("RubricLocked", "EntryAdmitted"), _prepared),
    "EntryExcluded": _excluded,
    "InnovationStruck": _struck,
    "InnovationReinstated": _reinstated,
    "JurorAppointed": one.committee,
    "JurorReplaced": judge.replaced,
    "ConflictDeclared": judge.tied,
    "ConflictProposed": judge.tie_proposed,
    "ConflictDismissed": judge.tie_dismissed,
    **dict.fromkeys(("TiesStated", "JurorRecused"), judge.juror_himself),
    "PanelAssigned": judge.panel,
    **dict.fromkeys(("JudgingOpened", "JudgingClosed"), _committee_or_chair),
    **dict.fromkeys(("ScoresheetOpened", "ScoreRecorded", "ScoresheetSubmitted", "ScoresheetConfirmed"), judge.on_own_sheet),
    "ScoresheetReopened": judge.sheet_reopened,
    "ScoresheetVoided": judge.sheet_voided,
    "TieResolved": judge.apart_from_category("chair"),
    "WinnersDecided": judge.apart_from_category("chair", said="decided_by"),
    "DecisionConfirmed": judge.apart_from_category("committee", "chair", said="confirmed_by"),
    "DecisionReopened": judge.reopened,
    **dict.fromkeys(("ResultsAnnounced", "ResultCorrected"), judge.apart_from_category("committee", said="announced_by")),
    "DisclosureProposed": judge.apart_from_category("committee", said="proposed_by"),
    "SealedScoresDisclosed": judge.apart_from_category("chair", said="approved_by"),
    "ResultObjectionFiled": judge.objected_to_result,
    "ResultObjectionConfirmed": lambda deed: deed.by("head", "operator"),
    **dict.fromkeys(
        ("ResultObjectionUpheld", "ResultObjectionRejected"), judge.apart_from_category("committee", said="ruled_by")
    ),
    **dict.fromkeys(("AwardConferred", "NationalAwardProposed"), judge.of_entry("committee")),
    # notification
    **dict.fromkeys(("CircularIssued", "MessageRequeued"), one.committee),
    "CircularAcknowledged": one.acknowledged,
    "AcknowledgementConfirmed": one.himself("person"),
    **dict.fromkeys(("CircularChased", "DeadlineNear", "ReminderSkipped"), _by_almanac),
    **dict.fromkeys(("MessageQueued", "MessageSkipped"), one.queued),
    **dict.fromkeys(("MessageSent", "MessageUncertain", "MessageBounced", "MessageAbandoned"), _by_mail),
    # identity
    "AccountInvited": one.invited,
    **dict.fromkeys(("AccountActivated", "PasswordChanged"), one.himself("person")),
    **dict.fromkeys(("RoleGranted", "RoleRevoked", "PasswordResetOffered", "PersonErased"), one.administrator),
    "SessionEnded": one.himself_or_administrator,
    **dict.fromkeys(("ClientRegistered", "ClientSecretRotated", "FormerSecretEnded", "ClientRevoked"), one.administrator),
    "SigningKeyRotated": one.rotated,
    # audit
    **dict.fromkeys(("NotaryKeyRotated", "InconsistencyFound"), _by_notary),
}
