"""Evidence that a draft has ready: checked as it is put there, and attached when the draft becomes an innovation."""

from collections.abc import Sequence
from uuid import UUID

from services.registration.evidence import must_be_sound
from services.registration.evidence_api import EvidenceBody, attach_evidence, claim_in, no_such_upload
from services.registration.evidence_uploads import has_uploaded, uploaded
from shared.parts import Parts
from shared.refusals import Invalid
from shared.rulebook import Rulebook
from shared.security import Principal
from shared.web.asking import Asking

Claims = Sequence[EvidenceBody]


async def must_be_ready(parts: Parts, principal: Principal, claims: Claims, standing: Claims, rulebook: Rulebook) -> None:
    """Each indicator at most once, as the catalogue has it, and each file uploaded: by who puts it there, or it stood there before.

    Raises Invalid, and Refused in an edition without catalogue.
    """
    if len({claim.indicator for claim in claims}) < len(claims):
        raise Invalid(
            "an indicator has one claim; leave one of them", "satu indikator hanya satu data dukung; pilih salah satu"
        )
    known = {claim.sha256 for claim in standing}
    for body in claims:
        claim = await claim_in(parts, body, body.indicator)
        if claim is None or (
            body.sha256 not in known and not await parts.database.read(has_uploaded(body.sha256, principal.id))
        ):
            raise no_such_upload(body.sha256)
        must_be_sound(claim, rulebook, parts.event_log.now())


async def attach_all(asked: Asking, innovation: UUID, claims: Claims) -> None:
    """Under keys that follow from the request's own, so that a repeated request goes on where it was broken off."""
    at = asked.parts.event_log.now().isoformat(timespec="seconds")
    for claim in claims:
        # Whoever put the file into the draft has shown that he has it; who submits the draft takes it over with it.
        await asked.parts.database.write(uploaded(claim.sha256, asked.principal.id, at))
        await attach_evidence(innovation, claim, asked.part(f"evidence/{claim.indicator}"))
