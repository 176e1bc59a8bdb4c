"""Who is written to because of what: one table.

The facts of a letter stand in the log, so nothing personal goes into them; names of innovations, institutions and categories are
public.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from services.notification.recipients.of_circulars import addressed, committee_of_circular, unacknowledged, who_signed
from services.notification.recipients.of_deadlines import (
    committee_of_judging,
    committee_of_registration,
    jurors_with_open_sheets,
    offices_that_owe,
)
from services.notification.recipients.of_judging import (
    chairs_of_tie,
    committee_and_chairs,
    committee_of_decision,
    juror,
    juror_of_reopened,
    jurors_of_excluded,
    replaced_juror,
)
from services.notification.recipients.of_registration import (
    answerable_for_endorsed,
    answerable_for_reclassified,
    everybody,
    former_pic,
    new_pic,
    offices_behind,
    offices_of_accepted,
    offices_permitted,
    offices_released,
    offices_with_drafts,
    pic_or_who_submitted,
    who_entered_it_and_offices,
    who_is_to_confirm,
)
from services.notification.recipients.of_results import (
    all_of_category,
    answerable_for_proposed,
    answerable_for_result_objection,
    committee_and_chairs_of_objection,
    jurors_of_category,
    pics_of_awarded,
    pics_of_other_nominees,
    pics_of_winners,
)
from services.notification.recipients.of_screening import (
    answerable_for_disqualified,
    answerable_for_objection,
    answerable_for_returned,
    committee_of_objection,
    pics_of_nominees,
    pics_of_revoked,
)
from services.notification.recipients.told import Addressees
from shared.eventlog import Recorded
from shared.events import Event
from shared.events.judging import (
    AwardConferred,
    ConflictProposed,
    DecisionConfirmed,
    DecisionReopened,
    EntryExcluded,
    JurorAppointed,
    JurorReplaced,
    NationalAwardProposed,
    ResultCorrected,
    ResultObjectionFiled,
    ResultObjectionRejected,
    ResultObjectionUpheld,
    ResultsAnnounced,
    ScoresheetReopened,
)
from shared.events.notification import CircularAcknowledged, CircularChased, CircularIssued, DeadlineNear
from shared.events.registration import (
    DeadlineExtended,
    DraftsOutstanding,
    EditionCancelled,
    InnovationEndorsed,
    InnovationReclassified,
    InnovationSubmitted,
    LateSubmissionPermitted,
    ObligationWaived,
    PicAccepted,
    PicAppointed,
    PicReplaced,
    RegistrationReopened,
    SubmissionConfirmed,
)
from shared.events.screening import (
    InnovationDisqualified,
    NominationRevoked,
    ObjectionFiled,
    ObjectionRejected,
    ObjectionUpheld,
    RevisionRequested,
    ShortlistConfirmed,
)
from shared.runner import Hand

Who = Callable[[Recorded, Any, Hand], Awaitable[Addressees]]


@dataclass(frozen=True)
class Line:
    """Each template stands in one line."""

    events: tuple[type[Event], ...]
    template: str
    who: Who


AUDIENCE: tuple[Line, ...] = (
    # registration
    Line((InnovationSubmitted,), "submission_received", pic_or_who_submitted),
    Line((PicAppointed, PicReplaced), "pic_appointed", new_pic),
    Line((PicReplaced,), "pic_relieved", former_pic),
    Line((PicAccepted,), "pic_accepted", offices_of_accepted),
    Line((InnovationSubmitted,), "submission_to_confirm", who_is_to_confirm),
    Line((SubmissionConfirmed,), "submission_confirmed", who_entered_it_and_offices),
    Line((InnovationEndorsed,), "innovation_endorsed", answerable_for_endorsed),
    Line((InnovationReclassified,), "innovation_reclassified", answerable_for_reclassified),
    Line((DeadlineExtended,), "deadline_extended", offices_behind),
    Line((RegistrationReopened,), "registration_reopened", offices_behind),
    Line((DraftsOutstanding,), "drafts_outstanding", offices_with_drafts),
    Line((LateSubmissionPermitted,), "late_permitted", offices_permitted),
    Line((ObligationWaived,), "obligation_waived", offices_released),
    Line((EditionCancelled,), "edition_cancelled", everybody),
    Line((DeadlineNear,), "registration_near", offices_that_owe),
    Line((DeadlineNear,), "registration_behind", committee_of_registration),
    # circulars
    Line((CircularIssued,), "circular_issued", addressed),
    Line((CircularAcknowledged,), "acknowledgement_to_confirm", who_signed),
    Line((CircularChased,), "circular_chased", unacknowledged),
    Line((CircularChased,), "circular_unacknowledged", committee_of_circular),
    # screening
    Line((RevisionRequested,), "revision_requested", answerable_for_returned),
    Line((InnovationDisqualified,), "innovation_disqualified", answerable_for_disqualified),
    Line((ObjectionFiled,), "objection_filed", committee_of_objection),
    Line((ObjectionUpheld,), "objection_upheld", answerable_for_objection),
    Line((ObjectionRejected,), "objection_rejected", answerable_for_objection),
    Line((ShortlistConfirmed,), "nominated", pics_of_nominees),
    Line((NominationRevoked,), "nomination_revoked", pics_of_revoked),
    # judging
    Line((JurorAppointed,), "juror_appointed", juror),
    Line((JurorReplaced,), "juror_replaced", replaced_juror),
    Line((ConflictProposed,), "conflict_proposed", chairs_of_tie),
    Line((EntryExcluded,), "entry_excluded", jurors_of_excluded),
    Line((ScoresheetReopened,), "sheet_reopened", juror_of_reopened),
    Line((DeadlineNear,), "judging_near", jurors_with_open_sheets),
    Line((DeadlineNear,), "judging_behind", committee_of_judging),
    Line((DecisionConfirmed,), "decision_confirmed", committee_of_decision),
    Line((DecisionReopened,), "decision_reopened", committee_and_chairs),
    # results
    Line((ResultsAnnounced,), "results_winner", pics_of_winners),
    Line((ResultsAnnounced,), "results_nominee", pics_of_other_nominees),
    Line((ResultsAnnounced,), "results_juror", jurors_of_category),
    Line((ResultObjectionFiled,), "result_objection_filed", committee_and_chairs_of_objection),
    Line((ResultObjectionUpheld,), "result_objection_upheld", answerable_for_result_objection),
    Line((ResultObjectionRejected,), "result_objection_rejected", answerable_for_result_objection),
    Line((ResultCorrected,), "results_corrected", all_of_category),
    Line((AwardConferred,), "award_conferred", pics_of_awarded),
    Line((NationalAwardProposed,), "national_award_proposed", answerable_for_proposed),
)
"""Events, letter (`letters/<template>.<language>.txt`), to whom."""
