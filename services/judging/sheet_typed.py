"""The scores that a juror typed on a page, as they are: some criteria with a score, some without."""

from decimal import Decimal, InvalidOperation

from msgspec import Struct

from services.judging.bodies import ScoreBody
from shared.refusals import Invalid, Refused
from shared.rulebook import Criterion, Rubric
from shared.web.pages import Form

SCORE, COMMENT = "score-", "comment-"


class Typed(Struct, frozen=True):
    scores: tuple[ScoreBody, ...]
    unscored: tuple[Criterion, ...]
    commented: tuple[Criterion, ...]
    """Those of them with a comment: it is recorded with its score."""


def read(form: Form, rubric: Rubric, hint: str) -> Typed:
    """Raises Invalid, naming the criterion; `hint` then stands at its field."""
    scores, unscored, commented = [], [], []
    for criterion in rubric.scored:
        typed, comment = form[SCORE + criterion.id].replace(",", "."), form[COMMENT + criterion.id]
        if not typed:
            unscored.append(criterion)
            commented += [criterion] if comment else []
            continue
        try:
            score = Decimal(typed)
            sound = score.is_finite() and 0 <= score <= 100
        except InvalidOperation:
            sound = False
        if not sound:
            form.faults[SCORE + criterion.id] = hint
            raise Invalid(
                f"{criterion.name.en}: {typed} is no score; give a number from 0 to 100",
                f"{criterion.name.id}: {typed} bukan nilai; beri angka dari 0 sampai 100",
            )
        scores.append(ScoreBody(criterion=criterion.id, score=score, comment=comment.replace("\r\n", "\n")))
    return Typed(tuple(scores), tuple(unscored), tuple(commented))


def lacks_score(criterion: Criterion) -> Invalid:
    name = criterion.name
    return Invalid(f"{name.en}: give a score from 0 to 100", f"{name.id}: beri nilai dari 0 sampai 100")


def changed_elsewhere() -> Refused:
    return Refused(
        "this sheet was changed in another window meanwhile. What you typed stands here; load the page again, compare, and save",
        "lembar ini sudah diubah di jendela lain. Isian Anda tetap ada di sini; muat ulang halaman, bandingkan, lalu simpan",
    )
