"""Who is written to because of what: one table.

The facts of a letter stand in the log, so nothing personal goes into them; names of innovations, institutions and categories are
public.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from services.notification.recipients.of_circulars import addressed, committee_of_circular, unacknowledged
from services.notification.recipients.of_deadlines import (
    committee_of_judging,
    committee_of_registration,
    jurors_with_open_sheets,
    offices_that_owe,
)
from services.notification.recipients.of_judging import juror, jurors_of_category, pics_of_winners
from services.notification.recipients.of_registration import former_pic, new_pic, offices_behind, pic_or_who_submitted
from services.notification.recipients.of_screening import pic_of_disqualified, pics_of_nominee
from services.notification.recipients.told import Addressees
from shared.eventlog import Recorded
from shared.events import Event
from shared.events.judging import JurorAppointed, ResultsAnnounced
from shared.events.notification import CircularChased, CircularIssued, DeadlineNear
from shared.events.registration import DeadlineExtended, InnovationSubmitted, PicAppointed, PicReplaced
from shared.events.screening import InnovationDisqualified, Nominated
from shared.runner import Hand

Who = Callable[[Recorded, Any, Hand], Awaitable[Addressees]]


@dataclass(frozen=True)
class Line:
    """Each template stands in one line."""

    events: tuple[type[Event], ...]
    template: str
    who: Who


AUDIENCE: tuple[Line, ...] = (
    Line((InnovationSubmitted,), "submission_received", pic_or_who_submitted),
    Line((PicAppointed, PicReplaced), "pic_appointed", new_pic),
    Line((PicReplaced,), "pic_relieved", former_pic),
    Line((DeadlineExtended,), "deadline_extended", offices_behind),
    Line((Nominated,), "nominated", pics_of_nominee),
    Line((JurorAppointed,), "juror_appointed", juror),
    Line((InnovationDisqualified,), "innovation_disqualified", pic_of_disqualified),
    Line((ResultsAnnounced,), "results_winner", pics_of_winners),
    Line((ResultsAnnounced,), "results_juror", jurors_of_category),
    Line((CircularIssued,), "circular_issued", addressed),
    Line((CircularChased,), "circular_chased", unacknowledged),
    Line((CircularChased,), "circular_unacknowledged", committee_of_circular),
    Line((DeadlineNear,), "registration_near", offices_that_owe),
    Line((DeadlineNear,), "registration_behind", committee_of_registration),
    Line((DeadlineNear,), "judging_near", jurors_with_open_sheets),
    Line((DeadlineNear,), "judging_behind", committee_of_judging),
)
"""Events, letter (`letters/<template>.<language>.txt`), to whom."""
