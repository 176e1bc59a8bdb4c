"""Hash tiles against C2SP `tlog-tiles`, and what happens to them when the writer dies or history changes."""

import os
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.transparency import merkle
from shared.transparency.merkle import leaf_hash, verify_consistency, verify_inclusion
from shared.transparency.tilefiles import Tile, TileConflict, TileDamaged, TileMissing, hash_tiles_of
from shared.transparency.tiles import TileStore

LEAVES = [leaf_hash(number.to_bytes(4, "big")) for number in range(70_000)]
FORGED = leaf_hash(b"what never happened")


def files_below(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(0, 1234), "tile/0/x001/234"),
        (Tile(0, 0), "tile/0/000"),
        (Tile(1, 999), "tile/1/999"),
        (Tile(1, 1000), "tile/1/x001/000"),
        (Tile(63, 5, 1), "tile/63/005.p/1"),
        (Tile("entries", 1234, 255), "tile/entries/x001/234.p/255"),
    ],
)
def test_tiles_lie_where_the_specification_says(tile: Tile, path: str) -> None:
    assert tile.path == path


@pytest.mark.parametrize("tile", [Tile(-1, 0), Tile(64, 0), Tile(0, -1), Tile(0, 0, 0), Tile(0, 0, 257)])
def test_a_tile_that_cannot_be_has_no_path(tile: Tile) -> None:
    with pytest.raises(ValueError, match="there is no"):
        _ = tile.path


def test_a_tree_of_70000_leaves_has_the_tiles_of_the_specifications_example() -> None:
    widths = Counter((tile.kind, tile.width) for tile in hash_tiles_of(70_000))
    assert widths == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}
    assert [tile.path for tile in hash_tiles_of(256)] == ["tile/0/000", "tile/1/000.p/1"]
    assert list(hash_tiles_of(0)) == []


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiles of 70,000 leaves, appended in two goes. To be read only."""
    root = tmp_path_factory.mktemp("large")
    TileStore(root).append(0, LEAVES[:65_500])
    TileStore(root).append(65_500, LEAVES[65_500:])
    return root


def test_exactly_the_tiles_of_the_tree_are_on_disk_with_the_defined_hashes(large: Path) -> None:
    expected = {}
    for tile in hash_tiles_of(70_000):
        assert tile.kind != "entries"
        span = 256**tile.kind
        first = tile.index * 256
        expected[tile.path] = b"".join(
            merkle.root(LEAVES[at * span : (at + 1) * span]) for at in range(first, first + tile.width)
        )
    left_over = {"tile/1/000.p/255", "tile/1/001.p/17"} - expected.keys()
    found = files_below(large)
    assert {path: found[path] for path in found if path not in left_over} == expected


def test_leaf_hashes_come_back_from_the_tiles(large: Path) -> None:
    store = TileStore(large)
    assert store.leaf_hashes(0, 70_000) == LEAVES
    for start, end in ((0, 0), (5, 5), (0, 1), (255, 257), (256, 512), (1000, 3000), (69_990, 70_000), (69_700, 69_900)):
        assert store.leaf_hashes(start, end) == LEAVES[start:end]


@given(st.integers(1, 70_000), st.data())
@settings(deadline=None, max_examples=60)
def test_any_root_and_proof_is_computed_from_the_tiles(large: Path, size: int, data: st.DataObject) -> None:
    store = TileStore(large)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    root = merkle.root(LEAVES[:size])
    assert store.root(size) == root
    verify_inclusion(index, size, LEAVES[index], store.inclusion_proof(index, size), root)
    verify_consistency(old, size, merkle.root(LEAVES[:old]), root, store.consistency_proof(old, size))
    store.check(size, root)
    with pytest.raises(TileConflict, match="do not add up"):
        store.check(size, sha256(root).digest())


def test_the_tree_of_no_leaves_needs_no_tiles(tmp_path: Path) -> None:
    store = TileStore(tmp_path)
    store.append(0, [])
    assert (store.root(0), store.leaf_hashes(0, 0)) == (merkle.EMPTY_ROOT, [])
    assert files_below(tmp_path) == {}


@given(st.lists(st.integers(0, 300), max_size=6), st.integers(0, 1))
@settings(deadline=None, max_examples=25)
def test_however_leaves_are_appended_the_tiles_of_the_final_tree_are_there(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int], repeats: int
) -> None:
    root = tmp_path_factory.mktemp("steps")
    store = TileStore(root)
    size = 0
    for step in steps:
        for _ in range(1 + repeats):
            store.append(size, LEAVES[size : size + step])
        size += step
        found = files_below(root)
        assert {tile.path for tile in hash_tiles_of(size)} <= found.keys()
        assert store.root(size) == merkle.root(LEAVES[:size])


def test_partial_tiles_stay_until_the_full_one_is_there(tmp_path: Path) -> None:
    store = TileStore(tmp_path)
    store.append(0, LEAVES[:3])
    store.append(3, LEAVES[3:10])
    assert files_below(tmp_path).keys() == {"tile/0/000.p/3", "tile/0/000.p/10"}
    assert store.root(3) == merkle.root(LEAVES[:3])
    store.append(10, LEAVES[10:300])
    assert files_below(tmp_path).keys() == {"tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"}
    assert not (tmp_path / "tile/0/000.p").exists()
    assert store.root(3) == merkle.root(LEAVES[:3])


def test_tiles_are_never_written_twice(tmp_path: Path) -> None:
    store = TileStore(tmp_path)
    store.append(0, LEAVES[:600])
    before = {path: (tmp_path / path).stat().st_ino for path in files_below(tmp_path)}
    store.append(0, LEAVES[:600])
    store.append(256, LEAVES[256:600])
    store.append(0, LEAVES[:256])
    assert before.items() <= {path: (tmp_path / path).stat().st_ino for path in files_below(tmp_path)}.items()


@pytest.mark.parametrize("start", [0, 40, 256])
@pytest.mark.parametrize("changed", [300, 511, 512, 599])
def test_a_leaf_that_differs_from_a_kept_one_is_refused_and_nothing_written(tmp_path: Path, start: int, changed: int) -> None:
    store = TileStore(tmp_path)
    store.append(0, LEAVES[:600])
    before = files_below(tmp_path)
    for end in (600, 610, 1200):
        other = [*LEAVES[start:changed], FORGED, *LEAVES[changed + 1 : end]]
        with pytest.raises(TileConflict, match="holds something else"):
            store.append(start, other)
    assert files_below(tmp_path) == before


def test_a_shorter_history_than_the_kept_one_is_refused_where_it_differs(tmp_path: Path) -> None:
    store = TileStore(tmp_path)
    store.append(0, LEAVES[:300])
    for start, leaves in ((0, [FORGED]), (0, [*LEAVES[:9], FORGED]), (256, [FORGED]), (256, [*LEAVES[256:270], FORGED])):
        with pytest.raises(TileConflict, match="holds something else"):
            store.append(start, leaves)
    store.append(0, LEAVES[:10])
    store.append(256, LEAVES[256:270])
    assert store.root(300) == merkle.root(LEAVES[:300])


def test_leaves_cannot_be_appended_beyond_a_hole(tmp_path: Path) -> None:
    store = TileStore(tmp_path)
    store.append(0, LEAVES[:300])
    before = files_below(tmp_path)
    for start in (301, 511, 600):
        with pytest.raises(TileMissing):
            store.append(start, LEAVES[start : start + 300])
    assert files_below(tmp_path) == before
    with pytest.raises(TileMissing, match=r"tile/0/001\.p/45"):
        store.leaf_hashes(0, 301)


@pytest.mark.parametrize("wrong", [b"short", bytearray(32)])
def test_what_is_no_hash_is_not_kept(tmp_path: Path, wrong: bytes) -> None:
    with pytest.raises(ValueError, match="hashes of 32 bytes"):
        TileStore(tmp_path).append(0, [*LEAVES[:3], wrong])
    with pytest.raises(ValueError, match="counted from 0"):
        TileStore(tmp_path).append(-1, LEAVES[:3])
    assert files_below(tmp_path) == {}


@pytest.mark.parametrize("cut", [b"", LEAVES[0], b"".join(LEAVES[:256])[:-1], b"".join(LEAVES[:257])])
def test_a_tile_of_another_length_is_damaged(tmp_path: Path, cut: bytes) -> None:
    store = TileStore(tmp_path)
    store.append(0, LEAVES[:300])
    (tmp_path / "tile/0/000").write_bytes(cut)
    with pytest.raises(TileDamaged, match="tile/0/000 has"):
        store.leaf_hashes(0, 1)
    with pytest.raises(TileConflict):
        store.append(0, LEAVES[:300])


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("call", ["replace", "fsync", "unlink"])
def test_a_writer_killed_at_any_step_finishes_when_it_starts_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def grow(root: Path) -> None:
        TileStore(root).append(0, LEAVES[:200])
        TileStore(root).append(200, LEAVES[200:700])

    grow(tmp_path / "whole")
    expected = files_below(tmp_path / "whole")
    module = os if call == "fsync" else Path
    original: Callable[..., object] = getattr(module, call)
    steps = 0
    for step in range(1, 100):
        remaining = [step]

        def dying(*args: object, remaining: list[int] = remaining, **kwargs: object) -> object:
            remaining[0] -= 1
            if remaining[0] == 0:
                raise Killed
            return original(*args, **kwargs)

        root = tmp_path / f"{call}-{step}"
        with monkeypatch.context() as patch:
            patch.setattr(module, call, dying)
            try:
                grow(root)
            except Killed:
                steps += 1
            else:
                break
        grow(root)
        found = files_below(root)
        assert {path: found[path] for path in expected} == expected
        assert not [path for path in found if Path(path).name.startswith(".")]
    assert steps >= {"replace": 5, "fsync": 15, "unlink": 1}[call]


def test_a_half_written_file_of_a_killed_writer_is_in_nobodys_way(tmp_path: Path) -> None:
    store = TileStore(tmp_path)
    store.append(0, LEAVES[:10])
    (tmp_path / "tile/0/000.p/.12.0123456789ab").write_bytes(b"half")
    store.append(10, LEAVES[10:12])
    assert store.leaf_hashes(0, 11) == LEAVES[:11]
    store.append(12, LEAVES[12:300])
    assert files_below(tmp_path).keys() == {"tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"}
