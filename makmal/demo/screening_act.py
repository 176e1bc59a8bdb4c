"""Second act: the Makmal team screens every innovation and names the nominees."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from rich.markup import escape

from makmal.demo import evidence_act
from makmal.demo.caller import all_of
from makmal.demo.cast import Cast
from makmal.demo.narrator import Narrator
from makmal.demo.registration_act import Submitted
from makmal.demo.truth import Truth
from shared.rulebook import Rulebook


@dataclass
class Nominee:
    entry: str
    category: str
    entrant: str
    institution: str
    name: str
    key: str
    """A name that does not depend on identifiers."""


async def play(narrator: Narrator, cast: Cast, rulebook: Rulebook, submitted: list[Submitted], truth: Truth) -> list[Nominee]:
    ordered = sorted(submitted, key=lambda one: one.key)
    ineligible = {one.innovation for one in ordered[7 :: max(20, len(ordered) // 8)]}
    await _assign(cast, rulebook.edition)
    returned = next(one for one in ordered if one.innovation not in ineligible)
    await _return(cast, returned)
    thirds = await _screen(narrator, cast, rulebook, ordered, ineligible, truth)
    claims, points = await evidence_act.verify(cast, rulebook.edition)
    verified = (
        f", {claims} claims are verified against their documents, one of them for less than it claims ({points} points)"
        if claims
        else ""
    )
    narrator.tell(
        f"{len(cast.screeners)} screeners share {len(ordered)} innovations evenly, {rulebook.screeners_per_innovation} to each, "
        f"scoring independently; {thirds} far apart go to one more, one is returned and revised after the close, "
        f"{len(ineligible)} are ineligible{verified}"
    )
    out, back = [one for one in reversed(ordered) if one.innovation not in ineligible][:2]
    reason = rulebook.reasons[-1]
    for one, upheld in ((out, False), (back, True)):
        await _disqualify(cast, one, reason.code, upheld)
    narrator.tell(
        f"Two are disqualified ({escape(reason.name.id)}) and their heads object; another of the committee upholds one objection: "
        f"{escape(back.record.name)} is back in"
    )
    keys = {one.innovation: one.key for one in submitted}
    nominees = [n for category in rulebook.categories for n in await _shortlist(cast, rulebook.edition, category, keys)]
    narrator.tell(
        f"{len(nominees)} nominees stand on {len(rulebook.categories)} shortlists, nominated by one and confirmed by another"
    )
    return nominees


async def _assign(cast: Cast, edition: str) -> None:
    while (await cast.committee.post(f"/screening/v1/editions/{edition}/assignments"))["assigned"]:
        pass  # at most 500 at a time


async def _return(cast: Cast, one: Submitted) -> None:
    """The committee asks for more, and the institution adds it in time."""
    deadline = datetime.now(UTC) + timedelta(minutes=10)
    request = {"what": "Jelaskan manfaat demo dengan angka.", "deadline": deadline.isoformat()}
    await cast.committee.post(f"/screening/v1/innovations/{one.innovation}/revision", request)
    one.record = msgspec.structs.replace(one.record, benefit=f"{one.record.benefit} Waktu tunggu demo turun 40 menit.")
    record = msgspec.to_builtins(one.record)
    await cast.portal.put(f"/registration/v1/innovations/{one.innovation}", {"record": record})


async def _screen(
    narrator: Narrator, cast: Cast, rulebook: Rulebook, ordered: list[Submitted], ineligible: set[str], truth: Truth
) -> int:
    """Each innovation is assessed by the first of its screeners and scored by all; how many needed one more."""
    panels = await _panels(cast, rulebook.edition)
    voices = {screener.person: screener for screener in cast.screeners}

    async def score(one: Submitted, seat: int) -> None:
        # By seat, not by person: who sits where follows from identifiers, and a seed repeats the same scores.
        points = truth.desk_score(one.key, f"penilai-{seat}")
        path = f"/screening/v1/innovations/{one.innovation}/desk-score"
        await voices[panels[one.innovation][seat]].post(path, {"score": str(points)})

    with narrator.watching("the Makmal team screens", len(ordered)) as moved:

        async def screen(one: Submitted) -> None:
            bad = one.innovation in ineligible
            criteria = {c.code: not (bad and c == rulebook.eligibility[0]) for c in rulebook.eligibility}
            reasons = [rulebook.reasons[0].code] if bad else []
            first = voices[panels[one.innovation][0]]
            path = f"/screening/v1/innovations/{one.innovation}/eligibility"
            await first.post(path, {"criteria": criteria, "reasons": reasons})
            if not bad:
                for seat in range(len(panels[one.innovation])):
                    await score(one, seat)
            moved()

        await all_of(screen(one) for one in ordered)

    before, panels = panels, await _panels(cast, rulebook.edition)
    called = [one for one in ordered if len(panels[one.innovation]) > len(before[one.innovation])]
    await all_of(score(one, len(panels[one.innovation]) - 1) for one in called)
    return len(called)


async def _panels(cast: Cast, edition: str) -> dict[str, list[str]]:
    """Innovation → its screeners."""
    panels: dict[str, list[str]] = {}
    for screener in cast.screeners:
        async for item in screener.pages(f"/screening/v1/editions/{edition}/worklist", "items", mine="true"):
            panels[item["innovation"]] = item["screeners"]
    return panels


async def _disqualify(cast: Cast, one: Submitted, reason: str, upheld: bool) -> None:
    path = f"/screening/v1/innovations/{one.innovation}"
    explanation = "Data dukung demo tidak dapat dibuktikan saat verifikasi lapangan."
    await cast.committee.post(f"{path}/disqualification", {"reason": reason, "explanation": explanation})
    head = await cast.head_of(one.institution)
    await head.post(f"{path}/objection", {"grounds": "Data dukung demo sudah dilengkapi."})
    why = "Kelengkapan demo diterima." if upheld else "Kelengkapan demo tidak mengubah temuan."
    await cast.second_committee.post(f"{path}/objection/decision", {"upheld": upheld, "explanation": why})


async def _shortlist(cast: Cast, edition: str, category: Any, keys: dict[str, str]) -> list[Nominee]:
    """Nominate the best by desk score, as many as the category has nominees, and confirm."""
    path = f"/screening/v1/editions/{edition}/shortlists/{category.id}"
    candidates = (await cast.committee.get(path, at_least=cast.committee.position))["candidates"]
    eligible = [c for c in candidates if c["rank"] is not None]
    best = sorted(eligible, key=lambda c: (c["rank"], keys.get(c["entrant"], c["entrant"])))[: category.nominees]
    for c in best:
        reason = "Pilihan tim demo di antara calon bernilai sama." if c["tied_at_edge"] else ""
        await cast.committee.post(f"{path}/nominations", {"entrant": c["entrant"], "reason": reason})
    await cast.second_committee.post(f"{path}/confirmation")
    return [
        Nominee(c["entry"], category.id, c["entrant"], c["institution"], c["name"], keys.get(c["entrant"], c["entrant"]))
        for c in best
    ]
