from collections import Counter, defaultdict
from pathlib import Path

import msgspec
import pytest

from makmal.demo.innovations import LABEL, DemoInnovation, demo_innovations
from services.registration.edition_folder import Edition, read_edition
from shared.events.registration import InnovationRecord

ROOT = Path(__file__).parents[3]
FOLDERS = {"batam-2023": ROOT / "editions/batam-2023", "riau-olah": ROOT / "tests/editions/riau-olah"}


@pytest.fixture(params=FOLDERS)
def edition(request: pytest.FixtureRequest) -> Edition:
    return read_edition(FOLDERS[request.param])


def made_for(edition: Edition, seed: int = 2023) -> list[DemoInnovation]:
    return demo_innovations(seed, edition.rulebook, edition.roster, 320)


def test_there_are_as_many_as_asked_for(edition: Edition) -> None:
    assert len(made_for(edition)) == 320


def test_every_institution_meets_its_obligation(edition: Edition) -> None:
    submitted = Counter(innovation.institution for innovation in made_for(edition))
    for obligation in edition.rulebook.obligations:
        for institution in edition.roster:
            if institution.kind == obligation.kind:
                assert submitted[institution.code] >= obligation.innovations


def test_obligations_are_met_before_the_count_is_looked_at() -> None:
    batam = read_edition(FOLDERS["batam-2023"])
    few = demo_innovations(1, batam.rulebook, batam.roster, 3)
    assert sorted(innovation.institution for innovation in few) == sorted(i.code for i in batam.roster if i.kind == "opd")


def test_every_category_has_candidates_for_all_its_nominations(edition: Edition) -> None:
    kind_of = {institution.code: institution.kind for institution in edition.roster}
    innovations = made_for(edition)
    for category in edition.rulebook.categories:
        candidates = [
            innovation
            for innovation in innovations
            if kind_of[innovation.institution] in category.kinds
            and all(getattr(innovation.record, field) == value for field, value in category.where.items())
        ]
        if category.entrant == "institution":
            assert len({innovation.institution for innovation in candidates}) >= category.nominees
        else:
            assert len(candidates) >= category.nominees


def test_every_record_has_the_fields_of_the_reporting_form(edition: Edition) -> None:
    for innovation in made_for(edition):
        record = innovation.record
        assert msgspec.json.decode(msgspec.json.encode(record), type=InnovationRecord) == record
        assert 300 <= len(record.design.split()) <= 600
        assert record.trial_date <= record.implementation_date < edition.rulebook.calendar.registration_opens.date()
        assert record.main_affair not in record.other_affairs
        assert all((record.main_affair, record.purpose, record.benefit, record.result))
        assert not set("<>{}|") & set(record.design + record.purpose + record.benefit + record.result + record.name)


def test_every_name_is_labelled_and_unique_in_its_institution(edition: Edition) -> None:
    innovations = made_for(edition)
    assert all(innovation.record.name.startswith(f"{LABEL} ") for innovation in innovations)
    assert len({(i.institution, i.record.name.casefold()) for i in innovations}) == len(innovations)


def test_the_same_seed_gives_the_same_innovations_and_another_seed_others(edition: Edition) -> None:
    assert made_for(edition, 5) == made_for(edition, 5)
    assert made_for(edition, 5) != made_for(edition, 6)


@pytest.mark.parametrize("seed", [1, 2, 2023])
def test_no_two_designs_share_more_than_half_of_their_five_word_shingles(edition: Edition, seed: int) -> None:
    assert greatest_overlap([innovation.record.design for innovation in made_for(edition, seed)]) <= 0.5


def test_overlap_is_measured_against_the_shorter_design() -> None:
    assert greatest_overlap(["a b c d e f", "z y x w v u", "a b c d e f g h i j"]) == 1
    assert greatest_overlap(["a b c d e f", "a b c d e z"]) == 0.5
    assert greatest_overlap(["a b c d e f", "z y x w v u"]) == 0


def greatest_overlap(designs: list[str]) -> float:
    """max |A∩B| / min(|A|, |B|) over all pairs of designs, A and B being their sets of five-word shingles."""
    sizes: list[int] = []
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    shared: Counter[tuple[int, int]] = Counter()
    for at, design in enumerate(designs):
        words = design.lower().split()
        shingles = {tuple(words[start : start + 5]) for start in range(len(words) - 4)}
        sizes.append(len(shingles))
        for shingle in shingles:
            shared.update((other, at) for other in holders[shingle])
            holders[shingle].append(at)
    return max((common / min(sizes[a], sizes[b]) for (a, b), common in shared.items()), default=0)
