"""What the Makmal team has verified of an innovation's evidence. Decider.

The participant claims a parameter of an indicator with a document; a screener reads it and says which parameter it shows. He
names the claim by its digest, so that nobody verifies what he has not read, and a claim that is replaced later is unverified
again. What stands in a nominated dossier stays as it is: jurors read it with what was verified by then.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from services.screening.eligibility import must_be_assigned
from services.screening.panel import Assignments
from services.screening.rulebook import rules_of
from services.screening.standing import must_not_be_nominated, must_not_be_withdrawn, short, submitted
from shared.decider import Decider
from shared.events import Event
from shared.events.screening import EvidenceVerified
from shared.facts import EditionFacts, EvidenceFacts, InnovationFacts, ShortlistFacts, claim_digest
from shared.refusals import Invalid, Refused, Unknown


class VerifyEvidence(Struct, frozen=True):
    innovation: str
    indicator: int
    claim: str
    """The digest of the claim that was read."""
    parameter: int
    """What its document shows; 0: nothing of it."""
    note: str
    screener: str


class Verification(Struct, frozen=True):
    found: dict[int, EvidenceVerified] = {}
    """The last finding for each indicator."""


def decide(
    state: Verification,
    command: VerifyEvidence,
    edition: EditionFacts,
    innovation: InnovationFacts,
    evidence: EvidenceFacts,
    assignments: Assignments,
    *shortlists: ShortlistFacts,
) -> Sequence[Event]:
    """Others: the edition, the innovation, its evidence, the assignments, and the shortlist of each category."""
    rules_of(edition)
    submitted(innovation)
    note = short(command.note)
    verified = EvidenceVerified(
        innovation=command.innovation,
        indicator=command.indicator,
        claim=command.claim,
        parameter=command.parameter,
        note=note,
        screener=command.screener,
    )
    if state.found.get(command.indicator) == verified:
        return []
    must_be_assigned(assignments, command.innovation, command.screener)
    must_not_be_withdrawn(innovation)
    must_not_be_nominated(command.innovation, shortlists)
    claim = evidence.claims.get(command.indicator)
    if claim is None:
        raise Unknown(
            f"this innovation claims nothing for indicator {command.indicator}; its list of evidence shows what it claims",
            f"inovasi ini tidak mengklaim indikator {command.indicator}; daftar data dukungnya menunjukkan yang diklaim",
        )
    if claim_digest(claim) != command.claim:
        raise Refused(
            f"the evidence for indicator {command.indicator} is another by now; read it as it stands, then verify it",
            f"data dukung indikator {command.indicator} sudah berganti; baca yang berlaku kini, lalu verifikasi",
        )
    if not 0 <= command.parameter <= claim.parameter:
        raise Invalid(
            f"parameter {claim.parameter} is claimed; verify it, a lower one, or 0 where the document shows none of it",
            f"yang diklaim parameter {claim.parameter}; verifikasi itu, yang lebih rendah, atau 0 bila dokumen tidak membuktikan",
        )
    if command.parameter < claim.parameter and not note:
        raise Invalid(
            "less than what is claimed is verified; say in the note what the document does not show",
            "yang diverifikasi lebih rendah dari klaim; jelaskan dalam catatan apa yang tidak terbukti",
        )
    return [verified]


def evolve(state: Verification, event: Event) -> Verification:
    match event:
        case EvidenceVerified():
            return Verification({**state.found, event.indicator: event})
    raise ValueError(f"{event!r} cannot follow {state!r}")


def command_of(events: Sequence[Event], by: str, at: datetime) -> VerifyEvidence:
    match events:
        case [EvidenceVerified() as e]:
            return VerifyEvidence(e.innovation, e.indicator, e.claim, e.parameter, e.note, e.screener)
    raise ValueError(f"no command of a verification leads to {events!r}")


VERIFICATION: Decider[Verification] = Decider("screening", "verification", Verification(), evolve, decide, command_of)
"""`verification/<innovation>`"""
