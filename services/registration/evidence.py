"""What an innovation claims to be, by the indicators of the rulebook's catalogue, and the document behind each claim. Decider.

Whoever claims shows it: an indicator has one claim, of one parameter, with one document. A claim or document that is replaced is
as new: a verification refers to the digest of the claim that it has seen (`claim_digest` in `shared.facts`).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from services.registration import edition_state, enrolment
from services.registration.innovation_state import may_revise, stays_as_nominated
from shared.decider import Decider
from shared.events import Event
from shared.events.registration import EvidenceAttached, EvidenceReplaced
from shared.facts import InnovationFacts, ReturnFacts, ShortlistFacts
from shared.refusals import Invalid, Refused, Unknown
from shared.rulebook import Rulebook

EASTERNMOST = timedelta(hours=9)
"""WIT, the first of Indonesia's time zones in which a day begins."""


class Claim(Struct, frozen=True, kw_only=True):
    """Of one indicator: the parameter that is claimed, the letter that shows it, and its file."""

    indicator: int
    parameter: int
    letter_number: str
    letter_date: date
    subject: str
    sha256: str
    media_type: str
    size: int


class AttachEvidence(Struct, frozen=True):
    innovation: str
    claim: Claim
    at: datetime


class ReplaceEvidence(Struct, frozen=True):
    innovation: str
    claim: Claim
    at: datetime


Command = AttachEvidence | ReplaceEvidence


class Evidence(Struct, frozen=True):
    claims: dict[int, Claim] = {}
    """By the indicator's number."""


State = Evidence


def decide(
    state: State,
    command: Command,
    innovation: InnovationFacts,
    registration: edition_state.State,
    enrolled: enrolment.State,
    returned: ReturnFacts,
    *shortlists: ShortlistFacts,
) -> Sequence[Event]:
    """Others: the innovation, its edition, the enrolment of its institution, and whether screening has returned it; by a late
    permission, and where registration was reopened, also the shortlists of the edition's categories."""
    claim = command.claim
    standing = state.claims.get(claim.indicator)
    if standing == claim:
        return []
    if innovation.record is None:
        raise Unknown("no such innovation was submitted; submit it first", "inovasi ini belum diajukan; ajukan dahulu")
    if innovation.withdrawn:
        raise Refused(
            "this innovation was withdrawn; submit it anew, then attach its evidence",
            "inovasi ini sudah ditarik; ajukan kembali, lalu lampirkan data dukungnya",
        )
    must_be_sound(claim, may_revise(registration, enrolled, returned, command.at, shortlists), command.at)
    stays_as_nominated(registration, innovation.institution, innovation.record, shortlists)
    told: dict[str, Any] = {"innovation": command.innovation, "institution": innovation.institution, **asdict(claim)}
    match command:
        case AttachEvidence() if standing is None:
            return [EvidenceAttached(**told)]
        case AttachEvidence():
            raise Refused(
                f"indicator {claim.indicator} has its evidence already; replace that one instead",
                f"indikator {claim.indicator} sudah memiliki data dukung; ganti yang ada",
            )
        case ReplaceEvidence() if standing is None:
            raise Refused(
                f"indicator {claim.indicator} has no evidence yet; attach it first",
                f"indikator {claim.indicator} belum memiliki data dukung; lampirkan dahulu",
            )
        case ReplaceEvidence():
            return [EvidenceReplaced(**told, previous=standing.sha256)]


def must_be_sound(claim: Claim, rulebook: Rulebook, at: datetime) -> None:
    """By the rulebook's catalogue. Raises Invalid, and Refused where there is none."""
    catalogue = rulebook.catalogue
    if catalogue is None:
        raise Refused(
            "this edition has no catalogue of indicators, so it takes no evidence; the innovation stands without",
            "gelaran ini tidak memiliki katalog indikator sehingga tidak menerima data dukung; inovasi tetap berlaku tanpanya",
        )
    indicator = catalogue.indicator(claim.indicator)
    if indicator is None:
        raise Invalid(
            f"catalogue {catalogue.id} has no indicator {claim.indicator}; write 1 to {len(catalogue.indicators)}",
            f"katalog {catalogue.id} tidak memiliki indikator {claim.indicator}; tulis 1 sampai {len(catalogue.indicators)}",
        )
    if not 1 <= claim.parameter <= len(indicator.parameters):
        raise Invalid(
            f"indicator {claim.indicator} has the parameters 1 to {len(indicator.parameters)}, not {claim.parameter}",
            f"indikator {claim.indicator} memiliki parameter 1 sampai {len(indicator.parameters)}, bukan {claim.parameter}",
        )
    for field, en, id in (("letter_number", "number", "nomor"), ("subject", "subject", "perihal")):
        if not getattr(claim, field).strip():
            raise Invalid(f"write the {en} of the letter that shows it", f"tulis {id} surat yang membuktikannya")
    if claim.letter_date > (at + EASTERNMOST).date():
        raise Invalid(
            f"the letter is dated {claim.letter_date}, which is to come; write the date that stands on it",
            f"surat bertanggal {claim.letter_date}, yang belum tiba; tulis tanggal yang tertera",
        )


def evolve(state: State, event: Event) -> State:
    match event:
        case EvidenceAttached(indicator=number) if number not in state.claims:
            return Evidence({**state.claims, number: claim_of(event)})
        case EvidenceReplaced(indicator=number, previous=previous) if number in state.claims and (
            state.claims[number].sha256 == previous
        ):
            return Evidence({**state.claims, number: claim_of(event)})
    raise ValueError(f"{event!r} cannot follow {state!r}")


def claim_of(event: EvidenceAttached | EvidenceReplaced) -> Claim:
    return Claim(**{field: getattr(event, field) for field in Claim.__struct_fields__})


def command_of(events: Sequence[Any], by: str, at: datetime) -> Command:
    match events:
        case [EvidenceAttached(innovation=innovation) as attached]:
            return AttachEvidence(innovation, claim_of(attached), at)
        case [EvidenceReplaced(innovation=innovation) as replaced]:
            return ReplaceEvidence(innovation, claim_of(replaced), at)
    raise ValueError(f"no command to evidence leads to {events!r}")


EVIDENCE: Decider[State] = Decider("registration", "evidence", Evidence(), evolve, decide, command_of)
"""`evidence/<innovation>`"""
