"""The dossier of an entry: the innovations that jurors will read, fixed by revision and digest, and the desk score they give it."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from services.screening import desk_score, standing
from services.screening.panel import Assignments
from services.screening.portfolio import Portfolio
from services.screening.verification import Verification
from shared.events.screening import DossierItem, Nominated
from shared.facts import EvidenceFacts, InnovationFacts
from shared.maturity import Shown, as_it_stands, digest_of, points, verified_in
from shared.refusals import Refused
from shared.rulebook import Catalogue

Member = tuple[standing.State, InnovationFacts, EvidenceFacts, Verification]
"""One innovation: its assessment, its record, its evidence, and what of that is verified. Deciders are given them in this order."""
EACH = 4
"""So many states a member has among a decider's others."""


def admitted(members: Sequence[Member]) -> list[tuple[standing.Eligible, InnovationFacts, tuple[Shown, ...]]]:
    """Those that are eligible, not disqualified and not withdrawn, by ID, with what they show."""
    found = [
        (known, facts, as_it_stands(evidence.claims, verification.found))
        for known, facts, evidence, verification in members
        if isinstance(known, standing.Eligible) and not facts.withdrawn
    ]
    return sorted(found, key=lambda member: member[0].innovation)


def items_of(members: Sequence[Member], catalogue: Catalogue | None) -> tuple[DossierItem, ...]:
    """The dossier as things stand."""
    return tuple(
        DossierItem(
            innovation=known.innovation,
            revision=facts.revision,
            digest=facts.digest,
            evidence=digest_of(shown),
            maturity=points(verified_in(shown), catalogue),
        )
        for known, facts, shown in admitted(members)
    )


def score_of(members: Sequence[Member], assignments: Assignments) -> Fraction:
    """The mean of the innovations' desk scores, exact. Raises Refused while a score that is due is missing, or an innovation was
    returned or revised since it was assessed, or none is admitted."""
    found = admitted(members)
    if not found:
        raise Refused(
            "no admitted innovation: an entry needs one that is eligible, not disqualified and not withdrawn",
            "tidak ada inovasi yang lolos: nominasi memerlukan inovasi yang layak, tidak didiskualifikasi dan tidak ditarik",
        )
    if returned := _names([facts for known, facts, _ in found if known.returned is not None]):
        raise Refused(
            f"returned for revision: {returned}; assess it anew before the nomination",
            f"dikembalikan untuk direvisi: {returned}; nilai kembali sebelum dinominasikan",
        )
    if stale := _names([facts for known, facts, _ in found if known.assessed.revision != facts.revision]):
        raise Refused(
            f"revised since it was assessed: {stale}; assess it anew before the nomination",
            f"direvisi sesudah dinilai kelayakannya: {stale}; nilai kembali sebelum dinominasikan",
        )
    if unscored := _names([facts for known, facts, _ in found if not assignments.complete(known.innovation, known.scores)]):
        raise Refused(
            f"not scored yet: {unscored}; every innovation of an entry has all its desk scores before the nomination",
            f"belum diberi nilai: {unscored}; setiap inovasi diberi semua nilai mejanya sebelum dinominasikan",
        )
    means = [
        desk_score.mean([recorded.score for recorded in assignments.counting(known.innovation, known.scores).values()])
        for known, _, _ in found
    ]
    whole = desk_score.mean_of_all(means)
    if whole is None:
        raise AssertionError("every innovation has its scores by now")
    return whole


def _names(innovations: Sequence[InnovationFacts]) -> str:
    return ", ".join(facts.record.name for facts in innovations if facts.record is not None)


def members_of(portfolio: Portfolio, others: Sequence[Any]) -> list[Member]:
    """The members among a decider's others, each with its four states. Raises Refused unless they are exactly the portfolio's,
    which happens when it changed after the caller had read it."""
    members: list[Member] = [
        (known, facts, evidence, verification)
        for known, facts, evidence, verification in zip(*(others[place::EACH] for place in range(EACH)), strict=False)
        if isinstance(known, standing.Known) and isinstance(facts, InnovationFacts)
    ]
    named = [known.innovation for known, *_ in members if isinstance(known, standing.Known)]
    if len(others) != EACH * len(portfolio.admitted) or len(set(named)) != len(named) or portfolio.admitted != set(named):
        raise Refused(
            "the entrants' innovations have changed meanwhile; look at the candidates again, then repeat it",
            "inovasi peserta berubah sementara itu; lihat kembali daftar calon, lalu ulangi",
        )
    return members


def as_they_stand(nominated: Sequence[Nominated], others: Sequence[Any]) -> list[tuple[Nominated, list[Member]]]:
    """The members of each nominated entry, read from the confirmation's others. Raises Refused where these are not exactly them."""
    left = list(others)
    found = []
    for entry in nominated:
        whole = Portfolio(frozenset({entry.entrant}))
        if entry.kind == "institution":
            whole = left.pop(0) if left and isinstance(left[0], Portfolio) else Portfolio()
        count = EACH * len(whole.admitted)
        found.append((entry, members_of(whole, left[:count])))
        left = left[count:]
    members_of(Portfolio(), left)
    return found
