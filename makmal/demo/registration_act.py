"""First act: an edition opens, institutions register innovations until the deadline, and a little after it."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from rich.markup import escape

from makmal.demo.caller import all_of, until
from makmal.demo.cast import Cast
from makmal.demo.evidence_act import show_evidence
from makmal.demo.innovations import DemoInnovation, demo_innovations
from makmal.demo.narrator import Narrator
from services.registration.edition_folder import Edition
from services.registration.roster import Institution
from shared.rulebook import Rulebook

LAST_SECONDS = 2.0
"""How long before the deadline the extension comes, and by how much it extends."""


@dataclass
class Submitted:
    innovation: str
    institution: str
    record: Any
    pic: str

    @property
    def key(self) -> str:
        """A name that does not depend on identifiers."""
        return f"{self.institution}/{self.record.name}"


@dataclass
class Registration:
    submitted: list[Submitted] = field(default_factory=list)
    obligations_met: int = 0
    obligations_owed: int = 0
    missed: list[str] = field(default_factory=list)


def mapped(rulebook: Rulebook, innovations: int) -> Rulebook:
    """The rulebook with its calendar mapped onto seconds from now: the more innovations, the longer registration is open."""
    now = datetime.now(UTC)
    calendar = msgspec.structs.replace(
        rulebook.calendar,
        registration_opens=now - timedelta(seconds=1),
        registration_closes=now + timedelta(seconds=2.5 + innovations / 45),
        judging_closes=now + timedelta(hours=1),
    )
    return msgspec.structs.replace(rulebook, calendar=calendar)


async def play(narrator: Narrator, cast: Cast, edition: Edition, seed: int, count: int) -> Registration:
    rulebook = mapped(edition.rulebook, count)
    id = rulebook.edition
    base = f"/registration/v1/editions/{id}"
    innovations = demo_innovations(seed, rulebook, edition.roster, count)
    await cast.committee.post("/registration/v1/editions", {"rulebook": msgspec.to_builtins(rulebook)})
    with narrator.watching("institutions enrol", len(edition.roster)) as moved:

        async def enrol(institution: Institution) -> None:
            body = {f: getattr(institution, f) for f in ("code", "kind", "name", "abbreviation", "parent")}
            await cast.committee.post(f"{base}/institutions", body)
            moved()

        await all_of(map(enrol, edition.roster))
    kinds = Counter(institution.kind for institution in edition.roster)
    told = ", ".join(f"{n} {kind}" for kind, n in kinds.items())
    narrator.tell(
        f"[bold]{escape(rulebook.name.id)}[/bold] is open: {len(rulebook.categories)} categories, rulebook {rulebook.digest()[:12]}…, "
        f"{len(edition.roster)} institutions ({told})"
    )

    owing = [i for i in edition.roster if any(o.kind == i.kind for o in rulebook.obligations)]
    owing_last = owing[:-4:-1] if len(owing) > 3 else []
    late, never = (owing_last[0] if owing_last else None), owing_last[1:]
    in_time = [i for i in innovations if i.institution not in {x.code for x in owing_last}]
    pics = await _pics(cast, {i.institution for i in innovations})
    registration = Registration()

    async def submit(innovation: DemoInnovation) -> Submitted:
        body = {
            "institution": innovation.institution,
            "record": msgspec.to_builtins(innovation.record),
            "pic": pics[innovation.institution],
        }
        receipt = await cast.portal.post(f"{base}/innovations", body)
        return Submitted(receipt["innovation"], innovation.institution, innovation.record, pics[innovation.institution])

    deadline = rulebook.calendar.registration_closes
    with narrator.watching("innovations are submitted", len(in_time)) as moved:

        async def watched(innovation: DemoInnovation) -> Submitted:
            done = await submit(innovation)
            moved()
            return done

        bulk = asyncio.create_task(all_of(map(watched, in_time)))
        while not bulk.done():
            await asyncio.wait({bulk}, timeout=0.2)
            if not bulk.done() and _left(deadline) < 2 * LAST_SECONDS:
                deadline = await _extend(cast, base, deadline, 6.0, "jaringan di pulau-pulau hinterland terputus")
        registration.submitted = await bulk
    handed_over = await _hand_over(cast, registration.submitted[:2])
    shown = await show_evidence(cast, rulebook, [one.innovation for one in registration.submitted[:3]])
    evidence = f"; {shown} show a claim's decree by its SHA-256, and a screener reads the same bytes" if shown else ""
    narrator.tell(
        f"{len(in_time)} innovations are submitted through the API, each with a person in charge; {handed_over} of these hand over"
        f"{evidence}"
    )

    if late is not None:
        await asyncio.sleep(max(0.0, _left(deadline) - LAST_SECONDS))
        deadline = await _extend(cast, base, deadline, LAST_SECONDS, "gangguan jaringan di pulau-pulau hinterland")
        narrator.tell(
            f"The deadline is extended by {LAST_SECONDS:.0f} s, with the reason on record; {escape(late.name)} still makes it"
        )
        registration.submitted += await all_of(submit(i) for i in innovations if i.institution == late.code)
    await asyncio.sleep(max(0.0, _left(deadline)) + 0.05)
    too_late = next((i for i in innovations if i.institution in {x.code for x in never}), innovations[0])
    body = {
        "institution": too_late.institution,
        "record": {**msgspec.to_builtins(too_late.record), "name": "[Demo] Terlambat"},
        "pic": pics[too_late.institution],
    }
    status, sentence = await cast.portal.refused(f"{base}/innovations", body)
    narrator.tell(f"A submission after the close is [red]refused ({status})[/red]: {escape(sentence)}")

    await _closed(cast, base)
    told = await _obligations(cast, base, registration)
    waived = await _waive(cast, base, never[0]) if never else ""
    narrator.tell(f"Registration is closed by the calendar. {told}{waived}")
    return registration


def _left(deadline: datetime) -> float:
    return (deadline - datetime.now(UTC)).total_seconds()


async def _pics(cast: Cast, institutions: set[str]) -> dict[str, str]:
    """A person in charge for each institution, in the vault."""

    async def one(institution: str) -> str:
        body = {"name": f"PIC Demo {institution}", "email": f"pic-{institution}@demo.invalid"}
        return str((await cast.committee.post("/identity/v1/persons", body))["person"])

    codes = sorted(institutions)
    return dict(zip(codes, await all_of(map(one, codes)), strict=True))


async def _extend(cast: Cast, base: str, deadline: datetime, seconds: float, reason: str) -> datetime:
    closes = max(deadline, datetime.now(UTC)) + timedelta(seconds=seconds)
    await cast.committee.post(f"{base}/registration/extension", {"closes": closes.isoformat(), "reason": reason})
    return closes


async def _hand_over(cast: Cast, submitted: list[Submitted]) -> int:
    """The persons in charge of these innovations are replaced, with the reason; how many."""
    for one in submitted:
        body = {"name": f"PIC Demo Pengganti {one.institution}", "email": f"pic-pengganti-{one.institution}@demo.invalid"}
        successor = (await cast.committee.post("/identity/v1/persons", body))["person"]
        change = {"person": successor, "reason": "pindah tugas"}
        await cast.portal.post(f"/registration/v1/innovations/{one.innovation}/pic", change)
        one.pic = successor
    return len(submitted)


async def _closed(cast: Cast, base: str) -> None:
    """The calendar closes registration by itself, soon after the deadline."""

    async def closed() -> bool:
        shown = await cast.committee.get(base)
        return bool(shown["registration"]["state"] == "closed" and shown["registration"]["closed"])

    await until(closed, "the close of registration by the calendar", 60)


async def _waive(cast: Cast, base: str, institution: Institution) -> str:
    """The committee releases it from its duty, with reason and decree; the ledger says so."""
    decree = {"number": "[Demo] SK 12", "dated": datetime.now(UTC).date().isoformat()}
    body = {"reason": "baru dibentuk setelah pendaftaran dibuka", "decree": decree}
    done = await cast.committee.post(f"{base}/institutions/{institution.code}/waiver", body)
    owed = await cast.committee.get(f"{base}/obligations", limit=500, at_least=done["position"])
    waived = next(one for one in owed if one["institution"] == institution.code)
    return f". The committee waives the duty of {escape(waived['name'])} by decree {escape(decree['number'])}"


async def _obligations(cast: Cast, base: str, registration: Registration) -> str:
    """Who has met his duty, counted and told."""
    owed = await cast.committee.get(f"{base}/obligations", limit=500)
    registration.obligations_owed = len(owed)
    registration.missed = [o["name"] for o in owed if not o["met"]]
    registration.obligations_met = len(owed) - len(registration.missed)
    missing = f"; without an innovation: {escape(', '.join(registration.missed))}" if registration.missed else ""
    return f"{registration.obligations_met} of {len(owed)} met their duty{missing}"
