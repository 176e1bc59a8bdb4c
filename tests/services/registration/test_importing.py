"""A file with many rows that is taken in: it is on record once, whoever sends it again."""

from services.registration.importing import IMPORT, AcceptImport
from shared.events.registration import ImportAccepted
from tests.specification import specification

given = specification(IMPORT)
accepted = ImportAccepted(kind="innovations", sha256="a" * 64, rows=3)


def test_a_sound_file_is_put_on_record_before_its_rows() -> None:
    given().when(AcceptImport("innovations", "a" * 64, 3)).then(accepted)


def test_the_same_file_again_is_on_record_already() -> None:
    given(accepted).when(AcceptImport("innovations", "a" * 64, 3)).then()
