"""How one innovation stands on the Makmal team's desk, and what is told whoever asks for something that this excludes."""

from datetime import datetime

from msgspec import Struct

from shared.events.registration import InnovationRecord
from shared.events.screening import (
    DeskScoreRecorded,
    EligibilityAssessed,
    InnovationDisqualified,
    ObjectionConfirmed,
    ObjectionFiled,
    ObjectionRejected,
    ObjectionUpheld,
    RevisionRequested,
)
from shared.facts import InnovationFacts, ShortlistFacts
from shared.refusals import Invalid, Refused, Unknown
from shared.rulebook import Rulebook

LONGEST_NOTE = 4_000
"""Characters of a note or an explanation."""


class Unassessed(Struct, frozen=True):
    returned: RevisionRequested | None = None
    """Returned to its institution, and not assessed since."""


class Assessed(Struct, frozen=True):
    """What the three situations after an assessment have in common. `scores`: screener → his score."""

    assessed: EligibilityAssessed
    scores: dict[str, DeskScoreRecorded] = {}
    returned: RevisionRequested | None = None
    """Returned to its institution, and not assessed since."""

    @property
    def innovation(self) -> str:
        return self.assessed.innovation


class Ineligible(Assessed, frozen=True):
    pass


class Eligible(Assessed, frozen=True):
    upheld: ObjectionUpheld | None = None
    """How it came back in, where it was disqualified since it was assessed."""


class Disqualified(Assessed, frozen=True, kw_only=True):
    disqualification: InnovationDisqualified
    objection: ObjectionFiled | None = None
    confirmed: ObjectionConfirmed | None = None
    """By the person for whom it was typed from paper."""
    rejected: ObjectionRejected | None = None


Known = Ineligible | Eligible | Disqualified
State = Unassessed | Known


def submitted(innovation: InnovationFacts) -> InnovationRecord:
    """Raises Unknown."""
    if innovation.record is None:
        raise Unknown(
            "there is no such innovation; take its ID from the worklist",
            "inovasi tersebut tidak ada; ambil ID-nya dari daftar kerja",
        )
    return innovation.record


def must_not_be_withdrawn(innovation: InnovationFacts) -> None:
    if innovation.withdrawn:
        raise Refused(
            "its institution has withdrawn this innovation; nothing is left to screen",
            "instansinya telah menarik inovasi ini; tidak ada lagi yang perlu diseleksi",
        )


def must_be_endorsed(innovation: InnovationFacts, rules: Rulebook) -> None:
    """Where the edition asks for it, only what the head of its institution has endorsed is screened."""
    if rules.endorsement and not innovation.endorsed:
        raise Refused(
            "the head of its institution has not endorsed this innovation as it stands; it is screened once he has",
            "kepala instansinya belum mengesahkan inovasi ini sebagaimana adanya; seleksi dilakukan setelah disahkan",
        )


def must_not_be_disqualified(state: State) -> None:
    if isinstance(state, Disqualified):
        raise Refused(
            f"this innovation is disqualified ({state.disqualification.reason}); only an objection that is upheld brings it back",
            f"inovasi ini telah didiskualifikasi ({state.disqualification.reason}); "
            "hanya keberatan yang dikabulkan yang mengembalikannya",
        )


def must_not_be_nominated(innovation: str, shortlists: tuple[ShortlistFacts, ...]) -> None:
    """Raises Refused where it stands in a nominated dossier."""
    for shortlist in shortlists:
        for nominated in shortlist.nominated:
            if any(item.innovation == innovation for item in nominated.dossier):
                raise Refused(
                    f"it stands in the nominated entry {nominated.entry}: the committee revokes the nomination first, "
                    "or disqualifies the innovation",
                    f"inovasi ini termasuk dalam nominasi {nominated.entry}: komite membatalkan nominasinya lebih dahulu, "
                    "atau mendiskualifikasi inovasinya",
                )


def short(text: str) -> str:
    """The text without surrounding space. Raises Invalid for one that is too long."""
    text = text.strip()
    if len(text) > LONGEST_NOTE:
        raise Invalid(
            f"a note has at most {LONGEST_NOTE:,} characters, not {len(text):,}",
            f"catatan paling panjang {LONGEST_NOTE:,} karakter, bukan {len(text):,}".replace(",", "."),
        )
    return text


def moment(at: datetime) -> str:
    return at.isoformat(" ", "minutes")
