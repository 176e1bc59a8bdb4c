"""What does not go the usual way in the judges' act: a sheet on paper, one reopened, an entry taken out after jurors have scored it,
a decision confirmed by its own author, and objections to a result, one of which has it corrected."""

import hashlib
from decimal import Decimal
from typing import Any

from rich.markup import escape

from makmal.demo.caller import Voice, until
from makmal.demo.cast import Cast
from makmal.demo.narrator import Narrator
from makmal.demo.screening_act import Nominee


async def on_paper(cast: Cast, juror: Voice, entry: str, scores: dict[str, Decimal]) -> None:
    """The committee types the juror's paper; he confirms it."""
    path = f"/judging/v1/entries/{entry}"
    scan = hashlib.sha256(f"pindaian demo {entry}".encode()).hexdigest()
    given = [{"criterion": id, "score": str(score), "comment": "Catatan juri (demo)"} for id, score in scores.items()]
    await cast.committee.post(
        f"{path}/paper-sheets", {"on_behalf_of": {"person": juror.person, "scan_digest": scan}, "scores": given}
    )
    await juror.post(f"{path}/scoresheet/confirmation")


async def reopened(cast: Cast, juror: Voice, entry: str) -> None:
    """The chair, who sees no scores, lets a juror look at a submitted sheet again."""
    path = f"/judging/v1/entries/{entry}/scoresheet"
    await cast.chair.post(f"{path}/reopening", {"juror": juror.person, "reason": "Juri ingin memeriksa ulang (demo)"})
    await juror.post(f"{path}/submission")


async def own_decision(narrator: Narrator, cast: Cast, path: str) -> None:
    """The chair tries to confirm what he has decided himself; told with the other exceptions, which are on record by then."""
    status, sentence = await cast.chair.refused(f"{path}/decision/confirmation")
    narrator.tell(
        "One sheet came on paper and counts by its juror's confirmation, one was reopened by the chair with a reason. "
        f"The chair confirms his own decision and is [red]refused ({status})[/red]: {escape(sentence)}"
    )


async def excluded(narrator: Narrator, cast: Cast, edition: str, nominee: Nominee) -> None:
    """The committee revokes a nomination although all jurors have scored the entry by now."""
    shortlist, category = (
        f"/screening/v1/editions/{edition}/shortlists/{nominee.category}",
        f"/judging/v1/editions/{edition}/categories",
    )
    reason = "Naskah demo ternyata disalin dari daerah lain"
    await cast.committee.post(f"{shortlist}/revocations", {"entrant": nominee.entrant, "reason": reason})
    shown: dict[str, Any] = {}

    async def out() -> bool:
        entries = (await cast.auditor.get(f"{category}/{nominee.category}"))["entries"]
        shown.update(next(entry for entry in entries if entry["entry"] == nominee.entry))
        return shown["excluded"] is not None

    await until(out, f"the exclusion of {nominee.entry}")
    narrator.tell(
        f"A nomination is revoked after jurors have scored it, {escape(nominee.name)}: its {shown['submitted']} sheets stay on record, "
        "count for nothing, and the others are ranked without it"
    )


async def objected(narrator: Narrator, cast: Cast, base: str, category: str, juror: Voice) -> None:
    """Two institutions object to a result. One shows that a juror has a tie to the winner: the result is decided anew."""
    path = f"{base}/categories/{category}"
    ranking = (await cast.chair.get(f"{path}/ranking", at_least=cast.chair.position))["standings"]
    winner, others = ranking[0], [s for s in ranking[1:] if s["institution"] != ranking[0]["institution"]]
    upheld, rejected = [await _object(cast, others[0]), await _object(cast, others[-1])]
    ruling = {"upheld": False, "reason": "Nilai demo sudah dihitung sesuai rubrik"}
    await cast.second_committee.post(f"{path}/objections/{rejected}/ruling", ruling)
    ruling = {"upheld": True, "reason": "Seorang juri demo terikat dengan instansi pemenang"}
    await cast.second_committee.post(f"{path}/objections/{upheld}/ruling", ruling)
    tie = {"institution": winner["institution"], "relation": "mentor", "note": "Membimbing tim pemenang (demo)"}
    await juror.post(f"{base}/jurors/{juror.person}/conflicts", tie)
    await cast.chair.post(f"{path}/decision")
    await cast.committee.post(f"{path}/decision/confirmation")
    await cast.second_committee.post(f"{path}/announcement")
    results = (await cast.auditor.get(f"{base}/results", at_least=cast.auditor.position))["categories"]
    now = next(result for result in results if result["category"] == category)
    before, after = now["earlier"][0]["winners"][0], now["winners"][0]
    narrator.tell(
        f"Two heads object to the result of {escape(now['name']['id'])}: one in vain; the other is right, a juror mentors the winner. "
        f"His sheet is void and the result is corrected (best score {before['score']}, now {after['score']}); the first one stays visible"
    )


async def _object(cast: Cast, standing: dict[str, Any]) -> str:
    head = await cast.head_of(standing["institution"])
    filed = await head.post(f"/judging/v1/entries/{standing['entry']}/objections", {"grounds": "Keberatan demo atas hasil"})
    return str(filed["objection"])
