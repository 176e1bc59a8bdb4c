"""Second act: the Makmal team screens every innovation and names the nominees."""

from dataclasses import dataclass
from typing import Any

from rich.markup import escape

from makmal.demo.caller import Voice, all_of
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
    await _assess(narrator, cast, rulebook, ordered, ineligible, truth)
    disqualified = next(one for one in reversed(ordered) if one.innovation not in ineligible)
    reason = rulebook.reasons[-1]
    await cast.committee.post(
        f"/screening/v1/innovations/{disqualified.innovation}/disqualification",
        {"reason": reason.code, "explanation": "Data dukung demo tidak dapat dibuktikan saat verifikasi lapangan."},
    )
    narrator.tell(
        f"{len(cast.screeners)} screeners assessed {len(ordered)} innovations: {len(ineligible)} are ineligible, with reason codes"
    )

    keys = {one.innovation: one.key for one in submitted}
    nominees = [n for category in rulebook.categories for n in await _shortlist(cast, rulebook.edition, category, keys)]
    narrator.tell(
        f"One is disqualified ({escape(reason.name.id)}); {len(nominees)} nominees stand on {len(rulebook.categories)} confirmed shortlists"
    )
    return nominees


async def _assess(
    narrator: Narrator, cast: Cast, rulebook: Rulebook, ordered: list[Submitted], ineligible: set[str], truth: Truth
) -> None:
    with narrator.watching("the Makmal team screens", len(ordered)) as moved:

        async def assess(number: int, one: Submitted) -> None:
            screener: Voice = cast.screeners[number % len(cast.screeners)]
            path = f"/screening/v1/innovations/{one.innovation}"
            bad = one.innovation in ineligible
            criteria = {c.code: not (bad and c == rulebook.eligibility[0]) for c in rulebook.eligibility}
            reasons = [rulebook.reasons[0].code] if bad else []
            await screener.post(f"{path}/eligibility", {"criteria": criteria, "reasons": reasons})
            if not bad:
                score = truth.desk_score(one.key, f"penilai-{number % len(cast.screeners)}")
                await screener.post(f"{path}/desk-score", {"score": str(score)})
            moved()

        await all_of(assess(number, one) for number, one in enumerate(ordered))


async def _shortlist(cast: Cast, edition: str, category: Any, keys: dict[str, str]) -> list[Nominee]:
    """Nominate the best by desk score, as many as the category has nominees, and confirm."""
    path = f"/screening/v1/editions/{edition}/shortlists/{category.id}"
    candidates = (await cast.committee.get(path, at_least=cast.committee.position))["candidates"]
    eligible = [c for c in candidates if c["rank"] is not None]
    best = sorted(eligible, key=lambda c: (c["rank"], keys.get(c["entrant"], c["entrant"])))[: category.nominees]
    await all_of(cast.committee.post(f"{path}/nominations", {"entrant": c["entrant"]}) for c in best)
    await cast.second_committee.post(f"{path}/confirmation")
    return [
        Nominee(c["entry"], category.id, c["entrant"], c["institution"], c["name"], keys.get(c["entrant"], c["entrant"]))
        for c in best
    ]
