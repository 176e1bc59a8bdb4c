"""JSON endpoint of what jurors read: each innovation exactly as it was admitted, taken from the log by its digest."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from fastapi import APIRouter

from services.judging import docket, juror
from services.judging.bodies import EntryId
from services.judging.category import CATEGORY
from services.judging.juror import JUROR
from services.judging.naming import category_id, home_of, juror_id
from services.judging.outcomes import ClaimShown, DossierDone, RecordShown
from shared.eventlog import EventLog, History, Recorded, Wanted
from shared.events.registration import InnovationReclassified, InnovationRecord, InnovationRevised, InnovationSubmitted
from shared.events.screening import DossierItem
from shared.facts import EVIDENCE, INNOVATION, VERIFICATION, record_digest
from shared.maturity import Shown, as_it_stands, digest_of
from shared.refusals import Forbidden, Refused
from shared.web.asking import PartsHere, SignedIn

router = APIRouter(tags=["dossier"])


@router.get("/entries/{entry}/dossier")
async def show_dossier(entry: EntryId, parts: PartsHere, principal: SignedIn) -> DossierDone:
    """The entry's innovations as they were admitted, whatever was revised since, with the evidence that they claim and what of it
    is verified; registration serves the files. Jurors of its panel, chair, committee, auditor."""
    edition, category = home_of(entry)
    principal.must_hold(edition, "juror", "chair", "committee", "auditor")
    state, _ = await parts.desk.state(CATEGORY(category_id(edition, category)))
    admitted = docket.admitted(state, entry)
    if not any(principal.holds(role, edition) for role in ("chair", "committee", "auditor")):
        by, _ = await parts.desk.state(JUROR(juror_id(edition, principal.person)))
        if principal.person not in docket.listed(state).panels.get(entry, ()) or juror.bar(by, admitted):
            raise Forbidden(
                f"{admitted.name} is not yours to judge; its dossier is for its panel",
                f"{admitted.name} bukan bagian Anda; dokumennya untuk panelnya",
            )
    return DossierDone(
        entry=entry,
        name=admitted.name,
        institution=admitted.institution,
        innovations=await as_admitted(parts.event_log, admitted.dossier),
    )


_READ = (INNOVATION, EVIDENCE, VERIFICATION)


async def as_admitted(log: EventLog, dossier: Sequence[DossierItem]) -> list[RecordShown]:
    """The records with the items' digests, out of the innovations' own histories. Refused where the log holds none."""
    wanted = [Wanted(fold.service, fold(item.innovation).subject) for item in dossier for fold in _READ]
    histories = (await log.load(wanted)).histories if wanted else ()
    each = len(_READ)
    return [_as_admitted(item, histories[n * each : (n + 1) * each]) for n, item in enumerate(dossier)]


def _as_admitted(item: DossierItem, histories: Sequence[History]) -> RecordShown:
    records: list[tuple[int, InnovationRecord]] = []
    """By revision: a reclassification by the committee is none."""
    for recorded in histories[0].events:
        match recorded.event:
            case InnovationSubmitted(record=record) | InnovationRevised(record=record):
                records.append((records[-1][0] + 1 if records else 1, record))
            case InnovationReclassified(record=record):
                records.append((records[-1][0], record))
    found = next(((revision, record) for revision, record in records if record_digest(record) == item.digest), None)
    if found is None:
        raise Refused(
            f"the log holds no revision of {item.innovation} with the digest that was admitted; tell the auditor",
            f"log tidak memuat revisi {item.innovation} dengan sidik yang diterima; beri tahu auditor",
        )
    plain: dict[str, Any] = msgspec.to_builtins(found[1])
    return RecordShown(
        innovation=item.innovation,
        revision=found[0],
        digest=item.digest,
        record=plain,
        revised_since=records[-1][0] - found[0],
        maturity=item.maturity,
        evidence=[ClaimShown.of(one) for one in _shown_as_admitted(item, [*histories[1].events, *histories[2].events])],
    )


def _shown_as_admitted(item: DossierItem, history: Iterable[Recorded]) -> tuple[Shown, ...]:
    """The evidence with the item's digest, out of what was claimed and verified in the order of the log."""
    claims, found = EVIDENCE.initial, VERIFICATION.initial
    shown: tuple[Shown, ...] = ()
    for recorded in sorted(history, key=lambda one: one.position):
        if digest_of(shown) == item.evidence:
            break
        claims, found = EVIDENCE.evolve(claims, recorded.event), VERIFICATION.evolve(found, recorded.event)
        shown = as_it_stands(claims.claims, found.found)
    if digest_of(shown) != item.evidence:
        raise Refused(
            f"the log holds no evidence of {item.innovation} with the digest that was admitted; tell the auditor",
            f"log tidak memuat data dukung {item.innovation} dengan sidik yang diterima; beri tahu auditor",
        )
    return shown
