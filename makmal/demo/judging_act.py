"""Third act: independent jurors score, a service is killed among it, and winners are decided and announced."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from rich.markup import escape

from makmal.demo import judging_exceptions
from makmal.demo.caller import Answered, Voice, all_of, until
from makmal.demo.cast import Cast
from makmal.demo.narrator import Narrator
from makmal.demo.screening_act import Nominee
from makmal.demo.stage import Stage
from makmal.demo.truth import Truth, tied_with
from shared.rulebook import Category, Rulebook

UNIVERSITIES = ("Universitas Demo Batam", "Politeknik Demo Batam", "Universitas Demo Kepri", "Institut Demo Bintan")

Scores = dict[tuple[str, int], dict[str, Decimal]]
"""(entry, number of the juror) → criterion → score."""


@dataclass
class Plan:
    """What is planted, chosen by names so that a seed repeats it."""

    nominees: list[Nominee]
    scores: Scores
    conflicted: Nominee
    recused: Nominee
    tie: tuple[Nominee, Nominee] | None
    excluded: Nominee | None
    """The best of a category by the jurors' scores, so that its exclusion changes who wins."""
    CONFLICTED, RECUSED, LATE = 2, 4, 5
    """Numbers of the jurors concerned."""

    def jobs(self, seed: int, jurors: int) -> list[tuple[Nominee, int]]:
        """Every sheet to fill, in an order of the seed; the sheets of which the story tells something else are left out."""
        found = [(nominee, number) for nominee in self.nominees for number in range(jurors)]
        barred = {(n.entry, self.CONFLICTED) for n in self.nominees if n.institution == self.conflicted.institution}
        barred |= {(self.recused.entry, self.RECUSED), (self.conflicted.entry, self.LATE)}
        found = [(nominee, number) for nominee, number in found if (nominee.entry, number) not in barred]
        found.sort(key=lambda job: (job[0].category, job[0].key, job[1]))
        Random(seed).shuffle(found)
        return found


@dataclass
class Judging:
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Category → its announced results, as the API shows them."""


def plan(rulebook: Rulebook, nominees: list[Nominee], jurors: int, truth: Truth) -> Plan:
    rubrics = {c.id: rulebook.rubric(c.rubric).scored for c in rulebook.categories}
    scores: Scores = {
        (n.entry, number): truth.scores(n.key, f"juri-{number}", rubrics[n.category])
        for n in nominees
        for number in range(jurors)
    }
    by_category: dict[str, list[Nominee]] = defaultdict(list)
    for nominee in nominees:
        by_category[nominee.category].append(nominee)
    tie = _tie(rulebook, by_category, scores, jurors)
    tied_category = tie[0].category if tie else ""
    apart = {n.institution for n in by_category.get(tied_category, [])}
    others = [n for n in nominees if n.category != tied_category and n.institution not in apart]
    others = sorted(others or nominees, key=lambda n: n.entry if n.key == n.entrant else n.key)
    conflicted = others[0]
    recused = next((n for n in others if n.category != conflicted.category), others[-1])
    untouched = [n for n in others if n.category not in (tied_category, conflicted.category, recused.category)] or others
    left = [n for n in untouched if n not in (conflicted, recused) and len(by_category[n.category]) > 3]

    def given(nominee: Nominee) -> Decimal:
        return sum((score for number in range(jurors) for score in scores[nominee.entry, number].values()), Decimal())

    excluded = max(left, key=lambda n: (given(n), n.key), default=None)
    return Plan(nominees, scores, conflicted, recused, tie, excluded)


def _tie(
    rulebook: Rulebook, by_category: dict[str, list[Nominee]], scores: Scores, jurors: int
) -> tuple[Nominee, Nominee] | None:
    """Give the second-best of a category the same total as its best, from every juror, by other scores."""
    for category in reversed(rulebook.categories):
        criteria = rulebook.rubric(category.rubric).scored
        counted = len(criteria) < len(rulebook.rubric(category.rubric).criteria)
        entries = by_category[category.id]
        breaks = rulebook.ladder[:1] == (criteria[0].id,)
        if category.ties != "ladder" or counted or len(entries) < 2 or len(criteria) < 2 or not breaks:
            continue

        def total(nominee: Nominee, criteria: Any = criteria) -> Decimal:
            sheets = [scores[nominee.entry, number] for number in range(jurors)]
            return sum((sheet[c.id] * c.weight for sheet in sheets for c in criteria), Decimal())

        best, second = sorted(entries, key=lambda n: (-total(n), n.key))[:2]
        equal = [tied_with(scores[best.entry, number], criteria) for number in range(jurors)]
        if None not in equal:
            scores.update({(second.entry, number): given for number, given in enumerate(equal) if given is not None})
            return best, second
    return None


async def play(
    narrator: Narrator, cast: Cast, stage: Stage, rulebook: Rulebook, nominees: list[Nominee], truth: Truth, seed: int
) -> Judging:
    edition = rulebook.edition
    base = f"/judging/v1/editions/{edition}"
    what = plan(rulebook, nominees, len(cast.jurors), truth)
    judging = Judging()

    for number, juror in enumerate(cast.jurors):
        body: dict[str, Any] = {"person": juror.person, "university": UNIVERSITIES[number % len(UNIVERSITIES)]}
        await cast.committee.post(f"{base}/jurors", body)
    conflicted = cast.jurors[what.CONFLICTED]
    declaration: dict[str, Any] = {
        "institution": what.conflicted.institution,
        "relation": "employer",
        "note": "Penasihat tetap (demo)",
    }
    await conflicted.post(f"{base}/jurors/{conflicted.person}/conflicts", declaration)
    for category in rulebook.categories:
        await _open(cast, base, category, sum(n.category == category.id for n in nominees))
    status, sentence = await conflicted.refused(f"/judging/v1/entries/{what.conflicted.entry}/scoresheet")
    narrator.tell(
        f"Judging opens on exactly the {len(nominees)} admitted entries; of {len(cast.jurors)} jurors one opens his own employer's entry "
        f"and is [red]refused ({status})[/red]: {escape(sentence)}"
    )

    handed_in = await _score(narrator, cast, stage, what, seed)
    if what.excluded is not None:
        await judging_exceptions.excluded(narrator, cast, edition, what.excluded)
    late, entry = cast.jurors[what.LATE], what.conflicted.entry
    await late.post(f"/judging/v1/entries/{entry}/scoresheet")
    for category in rulebook.categories:
        await cast.chair.post(f"{base}/categories/{category.id}/closing")
    criterion = rulebook.rubric(_category(rulebook, what.conflicted.category).rubric).scored[0]
    body = {"scores": [{"criterion": criterion.id, "score": "99"}]}
    status, sentence = await late.refused(f"/judging/v1/entries/{entry}/scores", body)
    narrator.tell(f"{handed_in}. A score just after the close is [red]refused ({status})[/red]: {escape(sentence)}")

    for category in rulebook.categories:
        await _decide(cast, base, category)
        if category is rulebook.categories[0]:
            await judging_exceptions.own_decision(narrator, cast, f"{base}/categories/{category.id}")
        await _announce(cast, base, category)
    contested = next(c for c in rulebook.categories if what.tie is None or c.id != what.tie[0].category)
    await judging_exceptions.objected(narrator, cast, base, contested.id, cast.jurors[what.LATE])
    judging.results = {
        c["category"]: c for c in (await cast.auditor.get(f"{base}/results", at_least=cast.chair.position))["categories"]
    }
    _tell_tie(narrator, rulebook, what, judging)
    return judging


async def _open(cast: Cast, base: str, category: Category, entries: int) -> None:
    """Wait until the reaction has admitted the confirmed entries; then assign the panels and open."""
    path = f"{base}/categories/{category.id}"

    async def admitted() -> bool:
        shown: list[Any] = await cast.committee.get(f"{base}/categories", at_least=cast.committee.position)
        return any(c["category"] == category.id and c["entries"] == entries for c in shown)

    await until(admitted, f"the admission of {entries} entries to {category.id}")
    await cast.committee.post(f"{path}/panels")
    await cast.chair.post(f"{path}/opening")


async def _score(narrator: Narrator, cast: Cast, stage: Stage, what: Plan, seed: int) -> str:
    """Every sheet is filled, with what goes wrong on the way; what was handed in."""
    jobs = what.jobs(seed, len(cast.jurors))
    done = 0
    events: dict[int, asyncio.Task[None]] = {}
    with narrator.watching("jurors score", len(jobs)) as moved:

        async def fill(nominee: Nominee, number: int) -> None:
            nonlocal done
            juror, scores = cast.jurors[number], what.scores[nominee.entry, number]
            if (nominee, number) == jobs[0]:
                await judging_exceptions.on_paper(cast, juror, nominee.entry, scores)
            else:
                await _fill(juror, nominee.entry, scores)
            moved()
            done += 1
            if done == len(jobs) * 2 // 5:
                events[0] = asyncio.create_task(_kill(narrator, stage, done))
            elif done == len(jobs) * 3 // 5:
                events[1] = asyncio.create_task(_recuse(narrator, cast, what))

        await all_of(fill(*job) for job in jobs)
        await asyncio.gather(*events.values())
    nominee, number = jobs[-1]
    await judging_exceptions.reopened(cast, cast.jurors[number], nominee.entry)
    return f"{len(jobs)} scoresheets are handed in with {sum(len(what.scores[n.entry, j]) for n, j in jobs):,} scores"


async def _fill(juror: Voice, entry: str, scores: dict[str, Decimal]) -> None:
    path = f"/judging/v1/entries/{entry}"
    await juror.post(f"{path}/scoresheet")
    given = [{"criterion": id, "score": str(score), "comment": "Catatan juri (demo)"} for id, score in scores.items()]
    await juror.post(f"{path}/scores", {"scores": given})
    await juror.post(f"{path}/scoresheet/submission")


async def _kill(narrator: Narrator, stage: Stage, done: int) -> None:
    before = stage.restarts("judging")
    pid = stage.kill("judging")
    begun = narrator.seconds

    async def back() -> bool:
        return stage.restarts("judging") > before and stage.ready("judging")

    await until(back, "the return of judging")
    narrator.tell(
        f"[yellow]SIGKILL[/yellow] to judging (process {pid}) after {done} scoresheets; back by itself in "
        f"{narrator.seconds - begun:.1f} s; the gateway repeats what was open by its Idempotency-Key, nothing is lost or doubled"
    )


async def _recuse(narrator: Narrator, cast: Cast, what: Plan) -> None:
    juror, entry = cast.jurors[what.RECUSED], what.recused.entry
    await juror.post(f"/judging/v1/entries/{entry}/scoresheet")
    await juror.post(f"/judging/v1/entries/{entry}/recusal", {"reason": "Pernah membimbing tim inovasi ini (demo)"})
    narrator.tell("A juror recuses himself from an entry mid-way; that panel is incomplete now, so the severity model applies")


async def _decide(cast: Cast, base: str, category: Category) -> None:
    path = f"{base}/categories/{category.id}"
    for _ in range(20):
        try:
            await cast.chair.post(f"{path}/decision")
            break
        except Answered as answered:
            if answered.status != 409:
                raise
            ties = (await cast.chair.get(f"{path}/ranking", at_least=cast.chair.position))["open_ties"]
            if not ties:
                raise
            vote: dict[str, Any] = {"order": ties[0]["entries"], "note": "Suara terbanyak dewan juri (demo)"}
            await cast.chair.post(f"{path}/tie-votes", vote)


async def _announce(cast: Cast, base: str, category: Category) -> None:
    """Four eyes: what the chair decided one member of the committee confirms and another announces."""
    path = f"{base}/categories/{category.id}"
    await cast.committee.post(f"{path}/decision/confirmation")
    await cast.second_committee.post(f"{path}/announcement")


def _category(rulebook: Rulebook, id: str) -> Category:
    return next(c for c in rulebook.categories if c.id == id)


def _tell_tie(narrator: Narrator, rulebook: Rulebook, what: Plan, judging: Judging) -> None:
    if what.tie is None:
        return
    category = _category(rulebook, what.tie[0].category)
    placed = [p for p in judging.results[category.id]["winners"] if p["resolved_by"]]
    if placed:
        resolved_by = placed[0]["resolved_by"]
        rung = next((c.name.id for c in rulebook.rubric(category.rubric).criteria if c.id == resolved_by), resolved_by)
        narrator.tell(f"A tie at {placed[0]['score']} in {escape(category.name.id)} is resolved by the ladder: {rung}")
