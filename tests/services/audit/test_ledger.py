import os
import stat
from pathlib import Path

import pytest

from services.audit.ledger import Inconsistent, Ledger, LedgerHeld, public_directory
from shared.transparency.checkpoint import Checkpoint, open_checkpoint
from shared.transparency.entries import EntryStore
from shared.transparency.files import write_durably
from shared.transparency.merkle import leaf_hash, root
from shared.transparency.note import Signer, Verifier
from shared.transparency.tiles import TileStore

ORIGIN = "makmal/test"


def entries(start: int, end: int) -> list[bytes]:
    return [f"event {number} {'x' * (number % 7)}".encode() for number in range(start, end)]


def published(directory: Path) -> Checkpoint:
    public = public_directory(directory)
    vkey = (public / "vkey").read_text().strip()
    return open_checkpoint((public / "checkpoint").read_bytes(), ORIGIN, [Verifier.parse(vkey)])


def test_what_was_signed_is_the_root_over_all_entries(tmp_path: Path) -> None:
    with Ledger(tmp_path, ORIGIN) as ledger:
        ledger.extend(entries(0, 300))
        ledger.sign()
        ledger.extend(entries(300, 301))
        ledger.sign()
    assert published(tmp_path) == Checkpoint(ORIGIN, 301, root(map(leaf_hash, entries(0, 301))))


def test_key_and_entries_are_open_to_the_owner_alone(tmp_path: Path) -> None:
    with Ledger(tmp_path, ORIGIN) as ledger:
        ledger.extend(entries(0, 3))
        ledger.sign()
    private = [tmp_path / "notary", *(tmp_path / "notary").rglob("*")]
    assert any(file.name == "key" for file in private)
    opened = [file for file in private if stat.S_IMODE(file.stat().st_mode) & 0o077 and file.name != "lock"]
    assert opened == []
    assert stat.S_IMODE((tmp_path / "notary").stat().st_mode) == 0o700


def test_it_goes_on_from_its_last_checkpoint_after_a_crash_between_any_two_steps(tmp_path: Path) -> None:
    with Ledger(tmp_path, ORIGIN) as ledger:
        ledger.extend(entries(0, 5))
        ledger.sign()
        ledger.entries.append(5, entries(5, 9))  # crash: entries kept, no tiles, nothing signed
    with Ledger(tmp_path, ORIGIN) as ledger:
        assert ledger.size == 5
        ledger.extend(entries(5, 12))  # crash: all kept, nothing signed
    with Ledger(tmp_path, ORIGIN) as ledger:
        assert ledger.size == 5
        ledger.extend(entries(5, 14))
        ledger.sign()
    assert published(tmp_path).size == 14


def test_a_checkpoint_that_was_signed_but_not_published_is_published_at_the_next_start(tmp_path: Path) -> None:
    with Ledger(tmp_path, ORIGIN) as ledger:
        ledger.extend(entries(0, 5))
        ledger.sign()
        older = (public_directory(tmp_path) / "checkpoint").read_bytes()
        ledger.extend(entries(5, 7))
        ledger.sign()
    write_durably(public_directory(tmp_path) / "checkpoint", older)
    with Ledger(tmp_path, ORIGIN) as ledger:
        assert ledger.size == 7
    assert published(tmp_path).size == 7


def test_a_private_record_put_back_does_not_let_it_sign_history_anew(tmp_path: Path) -> None:
    with Ledger(tmp_path, ORIGIN) as ledger:
        ledger.extend(entries(0, 5))
        ledger.sign()
        older = (tmp_path / "notary" / "checkpoint").read_bytes()
        ledger.extend(entries(5, 7))
        ledger.sign()
    write_durably(tmp_path / "notary" / "checkpoint", older, private=True)
    with Ledger(tmp_path, ORIGIN) as ledger:
        assert ledger.size == 7


def test_other_events_than_were_kept_before_a_crash_are_refused(tmp_path: Path) -> None:
    with Ledger(tmp_path, ORIGIN) as ledger:
        ledger.extend(entries(0, 5))
        ledger.sign()
        ledger.extend(entries(5, 9))
    with Ledger(tmp_path, ORIGIN) as ledger, pytest.raises(Inconsistent, match="not those that were kept"):
        ledger.extend([b"another", *entries(6, 9)])


def test_it_signs_nothing_over_changed_tiles(tmp_path: Path) -> None:
    with Ledger(tmp_path, ORIGIN) as ledger:
        ledger.extend(entries(0, 5))
        ledger.sign()
        tile = public_directory(tmp_path) / "tile" / "0" / "000.p" / "5"
        tile.write_bytes(leaf_hash(b"another") + tile.read_bytes()[32:])
        with pytest.raises(Inconsistent):
            ledger.extend(entries(5, 6))
            ledger.sign()
    with pytest.raises(Inconsistent, match="tiles are not those of the checkpoint"):
        Ledger(tmp_path, ORIGIN)


def test_it_opens_no_ledger_whose_tiles_were_all_replaced_by_consistent_others(tmp_path: Path) -> None:
    with Ledger(tmp_path, ORIGIN) as ledger:
        ledger.extend(entries(0, 5))
        ledger.sign()
    for file in (public_directory(tmp_path) / "tile").rglob("*"):
        if file.is_file():
            file.unlink()
    TileStore(public_directory(tmp_path)).append(0, [leaf_hash(b"other")] * 5)
    with pytest.raises(Inconsistent):
        Ledger(tmp_path, ORIGIN)


def test_an_entry_that_was_changed_on_disk_is_noticed(tmp_path: Path) -> None:
    with Ledger(tmp_path, ORIGIN) as ledger:
        ledger.extend(entries(0, 2))
        ledger.sign()
    bundle = tmp_path / "notary" / "entries" / "tile" / "entries" / "000.p" / "2"
    bundle.write_bytes(bundle.read_bytes().replace(b"event 1", b"event 7"))
    assert EntryStore(tmp_path / "notary" / "entries").entries(1, 2) == [b"event 7 x"]
    with pytest.raises(Inconsistent, match="position 2 is not the one that was signed"):
        Ledger(tmp_path, ORIGIN)


def test_a_lost_key_is_not_quietly_replaced(tmp_path: Path) -> None:
    with Ledger(tmp_path, ORIGIN) as ledger:
        ledger.extend(entries(0, 2))
        ledger.sign()
    (tmp_path / "notary" / "key").unlink()
    with pytest.raises(Inconsistent, match="put it back"):
        Ledger(tmp_path, ORIGIN)


def test_a_checkpoint_of_another_key_is_not_taken_for_its_own(tmp_path: Path) -> None:
    with Ledger(tmp_path, ORIGIN) as ledger:
        ledger.extend(entries(0, 2))
        checkpoint = ledger.sign()
    forged = checkpoint.sign(Signer(ORIGIN, os.urandom(32)))
    write_durably(tmp_path / "notary" / "checkpoint", forged, private=True)
    with pytest.raises(Inconsistent, match="not what this notary has signed"):
        Ledger(tmp_path, ORIGIN)


def test_a_ledger_has_one_notary_at_a_time(tmp_path: Path) -> None:
    with Ledger(tmp_path, ORIGIN), pytest.raises(LedgerHeld):
        Ledger(tmp_path, ORIGIN)
    Ledger(tmp_path, ORIGIN).close()


def test_it_signs_nothing_with_a_key_that_others_can_read(tmp_path: Path) -> None:
    Ledger(tmp_path, ORIGIN).close()
    (tmp_path / "notary" / "key").chmod(0o640)
    with pytest.raises(Inconsistent, match=r"others may read it \(mode 0640\)"):
        Ledger(tmp_path, ORIGIN)
    (tmp_path / "notary" / "key").chmod(0o600)
    Ledger(tmp_path, ORIGIN).close()
