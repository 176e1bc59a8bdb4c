"""What the edition's rulebook knows, or the refusal that says what it knows."""

from collections.abc import Iterable, Sequence

from shared.facts import EditionFacts
from shared.refusals import Invalid, Unknown
from shared.rulebook import Category, Reason, Rulebook


def rules_of(edition: EditionFacts) -> Rulebook:
    """Raises Unknown before the edition is opened."""
    if edition.rulebook is None:
        raise Unknown("there is no such edition; open it first", "gelaran tersebut tidak ada; buka gelarannya lebih dahulu")
    return edition.rulebook


def category_of(edition: EditionFacts, id: str) -> Category:
    """Raises Unknown."""
    rules = rules_of(edition)
    category = rules.category(id)
    if category is None:
        known = ", ".join(c.id for c in rules.categories)
        raise Unknown(f"there is no category {id}; there are {known}", f"kategori {id} tidak ada; yang ada: {known}")
    return category


def must_know_criteria(criteria: dict[str, bool], listed: Sequence[Reason]) -> None:
    """Raises Invalid unless exactly the listed criteria are answered."""
    _must_know(criteria, listed, "criterion of eligibility", "kriteria kelayakan")
    if missing := [criterion.code for criterion in listed if criterion.code not in criteria]:
        raise Invalid(
            f"not answered: {', '.join(missing)}; every criterion of eligibility is answered with yes or no",
            f"belum dijawab: {', '.join(missing)}; setiap kriteria kelayakan dijawab ya atau tidak",
        )


def must_know_reasons(reasons: Iterable[str], listed: Sequence[Reason]) -> None:
    """Raises Invalid for a reason code that is not listed."""
    _must_know(reasons, listed, "reason", "alasan")


def _must_know(codes: Iterable[str], listed: Sequence[Reason], en: str, id: str) -> None:
    known = [entry.code for entry in listed]
    if strange := [code for code in codes if code not in known]:
        raise Invalid(
            f"the rulebook has no {en} {', '.join(strange)}; it has {', '.join(known)}",
            f"buku aturan tidak memuat {id} {', '.join(strange)}; yang ada: {', '.join(known)}",
        )
