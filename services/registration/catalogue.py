"""Catalogues of maturity indicators (Indeks Inovasi Daerah), versioned data in `editions/catalogues/`: they change every year.

An edition names one (`catalogue = "iid-2023"`); its rulebook carries the indicators, so that nothing depends on the file later.
"""

import tomllib
from decimal import Decimal
from pathlib import Path

import msgspec

from services.registration.edition_faults import one_of
from services.registration.rulebook_check import catalogue_faults
from shared.refusals import Unknown
from shared.rulebook import Catalogue, Indicator

FOLDER = Path(__file__).parents[2] / "editions" / "catalogues"


def known_catalogues(folder: Path = FOLDER) -> list[str]:
    return sorted(file.stem for file in folder.glob("*.toml"))


def read_catalogue(id: str, folder: Path = FOLDER) -> Catalogue:
    """Raises Unknown, also if what stands in the file is no catalogue."""
    known = known_catalogues(folder)
    if id not in known:
        raise Unknown(
            f"there is no catalogue {id}; write {one_of(known, 'or')}", f"tidak ada katalog {id}; tulis {one_of(known, 'atau')}"
        )
    try:
        document = tomllib.loads((folder / f"{id}.toml").read_text("utf-8"), parse_float=Decimal)
        indicators = msgspec.convert(document["indicator"], tuple[Indicator, ...])
        catalogue = Catalogue(id, msgspec.convert(document["year"], int), indicators)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, msgspec.ValidationError) as error:
        raise Unknown(
            f"catalogue {id} cannot be read: {error}; put the original file in its place",
            f"katalog {id} tidak dapat dibaca: {error}; kembalikan berkas aslinya",
        ) from error
    if faults := list(catalogue_faults(catalogue)):
        raise Unknown("; ".join(en for en, _ in faults), "; ".join(id for _, id in faults))
    return catalogue
