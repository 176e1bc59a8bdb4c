"""What does not go the usual way in the judges' act: a sheet on paper, one reopened, a decision confirmed by its own author."""

import hashlib
from decimal import Decimal

from rich.markup import escape

from makmal.demo.caller import Voice
from makmal.demo.cast import Cast
from makmal.demo.narrator import Narrator


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
