"""Entry bundles against C2SP `tlog-tiles`."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.transparency.entries import MAX_ENTRY_SIZE, EntryStore, decode_entries, encode_entries
from shared.transparency.tilefiles import TileConflict, TileDamaged, TileMissing

ENTRIES = [f"entry {number}".encode() * (number % 7) for number in range(1000)]


def test_a_bundle_holds_each_entry_after_its_length() -> None:
    assert encode_entries([b"abc", b"", b"x" * 258]) == b"\x00\x03abc\x00\x00\x01\x02" + b"x" * 258


@given(st.lists(st.binary(max_size=600), max_size=256))
def test_every_bundle_is_read_back_as_it_was_written(entries: list[bytes]) -> None:
    assert decode_entries(encode_entries(entries)) == entries


def test_the_longest_entry_has_65535_bytes() -> None:
    assert decode_entries(encode_entries([b"x" * MAX_ENTRY_SIZE])) == [b"x" * MAX_ENTRY_SIZE]
    with pytest.raises(ValueError, match="65535 bytes, not 65536"):
        encode_entries([b"x" * (MAX_ENTRY_SIZE + 1)])


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x01", b"\x00\x03ab", b"\x00\x03abc\x00", b"\x00\x03abc\x00\x01", b"\xff\xff"])
def test_a_bundle_that_ends_within_an_entry_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="in the middle"):
        decode_entries(data)


def test_entries_are_kept_in_bundles_and_come_back(tmp_path: Path) -> None:
    store = EntryStore(tmp_path / "private")
    store.append(0, ENTRIES[:100])
    store.append(100, ENTRIES[100:101])
    store.append(101, [])
    store.append(101, ENTRIES[101:700])
    store.append(101, ENTRIES[101:700])
    for start, end in ((0, 0), (0, 700), (255, 257), (300, 301), (512, 700)):
        assert store.entries(start, end) == ENTRIES[start:end]
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {f"private/tile/entries/{name}" for name in ("000", "001", "002.p/188")}
    assert (tmp_path / "private/tile/entries/001").read_bytes() == encode_entries(ENTRIES[256:512])


def test_bundles_are_open_to_their_owner_alone(tmp_path: Path) -> None:
    EntryStore(tmp_path / "private").append(0, ENTRIES[:300])
    for path in tmp_path.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_an_entry_that_differs_from_a_kept_one_is_refused_and_nothing_written(tmp_path: Path) -> None:
    store = EntryStore(tmp_path)
    store.append(0, ENTRIES[:300])
    for changed in (0, 200, 255, 256, 299):
        with pytest.raises(TileConflict, match="holds something else"):
            store.append(0, [*ENTRIES[:changed], b"what never happened", *ENTRIES[changed + 1 : 600]])
    assert store.entries(0, 300) == ENTRIES[:300]
    with pytest.raises(TileMissing):
        store.entries(0, 301)


def test_entries_cannot_be_appended_beyond_a_hole(tmp_path: Path) -> None:
    store = EntryStore(tmp_path)
    store.append(0, ENTRIES[:300])
    with pytest.raises(TileMissing):
        store.append(301, ENTRIES[301:310])
    with pytest.raises(ValueError, match="counted from 0"):
        store.append(-1, ENTRIES[:1])


@pytest.mark.parametrize(
    "bundle", [encode_entries(ENTRIES[:255]), encode_entries(ENTRIES[:257]), encode_entries(ENTRIES[:256])[:-1]]
)
def test_a_bundle_without_exactly_its_entries_is_damaged(tmp_path: Path, bundle: bytes) -> None:
    store = EntryStore(tmp_path)
    store.append(0, ENTRIES[:300])
    (tmp_path / "tile/entries/000").write_bytes(bundle)
    with pytest.raises(TileDamaged, match="tile/entries/000"):
        store.entries(0, 1)
