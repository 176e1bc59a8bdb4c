"""Catalogues of maturity indicators: versioned data that an edition names and its rulebook carries."""

import shutil
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from services.registration.catalogue import FOLDER, known_catalogues, read_catalogue
from services.registration.edition_faults import FaultyEdition
from services.registration.edition_folder import read_edition
from services.registration.rulebook_check import LARGEST_RULEBOOK, faults_in
from shared.refusals import Unknown

ROOT = Path(__file__).parents[3]
HIGHEST = 111
"""Points of an innovation that claims the third parameter of every indicator (DOMAIN)."""


@pytest.mark.parametrize("id", ["iid-2023", "iid-2026"])
def test_a_catalogue_has_twenty_indicators_worth_111_points(id: str) -> None:
    catalogue = read_catalogue(id)
    assert (catalogue.id, catalogue.year, len(catalogue.indicators)) == (id, int(id[-4:]), 20)
    assert sum(3 * indicator.weight for indicator in catalogue.indicators) == HIGHEST


def test_the_rulebook_carries_the_catalogue_that_the_edition_names() -> None:
    rulebook = read_edition(ROOT / "editions" / "batam-2023").rulebook
    assert rulebook.catalogue == read_catalogue("iid-2023")
    assert len(msgspec.json.encode(rulebook)) < LARGEST_RULEBOOK
    assert faults_in(rulebook) == ()


def test_a_catalogue_that_is_not_there_is_a_fault_of_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "edition"
    shutil.copytree(ROOT / "editions" / "batam-2023", folder)
    text = (folder / "edition.toml").read_text().replace('catalogue = "iid-2023"', 'catalogue = "iid-1999"')
    (folder / "edition.toml").write_text(text)
    with pytest.raises(FaultyEdition) as faulty:
        read_edition(folder)
    (fault,) = faulty.value.faults
    assert text.splitlines()[fault.line - 1].startswith("catalogue")
    assert fault.en == "catalogue: there is no catalogue iid-1999; write iid-2023 or iid-2026"


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ('weight = "3"', 'weight = "0"', "write a weight above 0"),
        ("number = 2", "number = 22", "number the indicators 1, 2, 3 and so on"),
        ('"Perkada atau Perda"', "", "write 3 parameters"),
        ("year = 2023", "year =", "cannot be read"),
        ("year = 2023", "", "cannot be read"),
        ("mandatory = true", 'mandatory = "ja"', "cannot be read"),
    ],
)
def test_a_catalogue_that_was_spoilt_is_not_read(tmp_path: Path, written: str, instead: str, told: str) -> None:
    spoilt = (FOLDER / "iid-2023.toml").read_text().replace(written, instead, 1)
    (tmp_path / "iid-2023.toml").write_text(spoilt)
    assert known_catalogues(tmp_path) == ["iid-2023"]
    with pytest.raises(Unknown, match=told) as refused:
        read_catalogue("iid-2023", tmp_path)
    assert refused.value.id != refused.value.en


def test_a_rulebook_that_came_with_a_faulty_catalogue_is_refused() -> None:
    rulebook = read_edition(ROOT / "editions" / "batam-2023").rulebook
    assert rulebook.catalogue is not None
    first, *others = rulebook.catalogue.indicators
    worthless = (msgspec.structs.replace(first, weight=Decimal(-1)), *others)
    catalogue = msgspec.structs.replace(rulebook.catalogue, indicators=worthless)
    ((en, id),) = faults_in(msgspec.structs.replace(rulebook, catalogue=catalogue))
    assert (en, id) == ("iid-2023, indicator 1: write a weight above 0", "iid-2023, indikator 1: tulis bobot di atas 0")
