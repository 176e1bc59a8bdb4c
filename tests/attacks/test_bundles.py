"""The bundle's own `verify.py` finds what is changed in a bundle as well, and so do the scores themselves, whoever has signed them."""

import argparse
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from makmal.bundle import verify
from makmal.bundle.export import export
from makmal.bundle.signed import hash_tiles
from services.audit.ledger import Ledger, origin_of
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.entries import decode_entries, encode_entries
from shared.transparency.merkle import leaf_hash, root
from shared.transparency.note import Signer
from tests.attacks.ground import other_byte
from tests.makmal.bundle.conftest import LOG, Noted

SIZE = 242


@pytest.fixture(scope="module")
def noted(tmp_path_factory: pytest.TempPathFactory) -> Noted:
    return Noted(tmp_path_factory.mktemp("noted") / "audit")


@pytest.fixture
def bundle(noted: Noted, tmp_path: Path) -> Path:
    export(noted.audit, tmp_path / "bundle")
    return tmp_path / "bundle"


def findings(bundle: Path, **options: list[object]) -> list[tuple[int, str]]:
    """Event and English sentence of all that `verify.py` finds; what stops it is the last."""
    asked = argparse.Namespace(**{"key": [], "checkpoint": [], "receipt": [], **options})
    found = []
    try:
        for number, _, en in verify.check(bundle, asked, verify.Judging()):
            found.append((number, en))
    except verify.Wrong as wrong:
        found.append((0, wrong.args[1]))
    except (OSError, ValueError, LookupError) as error:
        found.append((0, str(error)))
    return found


def entries_file(bundle: Path) -> Path:
    return bundle / "tile" / "entries" / "000.p" / str(SIZE)


def rewrite(bundle: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    file = entries_file(bundle)
    file.write_bytes(encode_entries(change(decode_entries(file.read_bytes()))))


def sign_anew(bundle: Path, noted: Noted) -> None:
    """As organiser and notary together would: all hashes, and a checkpoint with the true key."""
    raws = decode_entries(entries_file(bundle).read_bytes())
    leaves = [leaf_hash(raw) for raw in raws]
    for tile, data in hash_tiles(leaves):
        (bundle / tile.path).write_bytes(data)
    signer = Signer.parse((noted.audit / "notary" / "key").read_text().strip())
    (bundle / "checkpoint").write_bytes(Checkpoint(signer.name, len(raws), root(leaves)).sign(signer))


def test_nothing_is_found_where_nobody_was(bundle: Path, noted: Noted) -> None:
    assert findings(bundle, key=[noted.vkey]) == []


@pytest.mark.parametrize("seed", range(8))
def test_a_changed_byte_is_found_at_its_event(bundle: Path, seed: int) -> None:
    random = Random(seed)
    at = random.randrange(SIZE)
    rewrite(bundle, lambda raws: [other_byte(random, raw) if n == at else raw for n, raw in enumerate(raws)])
    assert findings(bundle)[0] == (at + 1, "this is not what the notary has signed")


@pytest.mark.parametrize("seed", range(4))
def test_swapped_dropped_and_added_events_are_found(bundle: Path, seed: int) -> None:
    random = Random(seed)
    one, other = sorted(random.sample(range(SIZE), 2))
    before = entries_file(bundle).read_bytes()
    rewrite(bundle, lambda raws: [*raws[:one], raws[other], *raws[one + 1 : other], raws[one], *raws[other + 1 :]])
    assert findings(bundle)[0][0] == one + 1
    entries_file(bundle).write_bytes(before)
    rewrite(bundle, lambda raws: raws[:one] + raws[one + 1 :])
    assert "does not hold exactly 242" in findings(bundle)[0][1]
    entries_file(bundle).write_bytes(before)
    rewrite(bundle, lambda raws: [*raws, raws[other]])
    assert "does not hold exactly 242" in findings(bundle)[0][1]


@pytest.mark.parametrize("seed", range(3))
def test_a_changed_tile_accuses_no_event(bundle: Path, seed: int) -> None:
    file = bundle / "tile" / "0" / "000.p" / str(SIZE)
    file.write_bytes(other_byte(Random(seed), file.read_bytes()))
    assert findings(bundle) == [(0, f"tile/0/000.p/{SIZE} is not of this log")]


@pytest.mark.parametrize("seed", range(3))
def test_a_checkpoint_is_the_notarys_or_none(bundle: Path, noted: Noted, seed: int) -> None:
    random = Random(seed)
    note = noted.notes[-1]
    other = Signer.generate(noted.vkey.partition("+")[0])
    forged = Checkpoint(other.name, SIZE, random.randbytes(32)).sign(other)
    for changed in (note[: random.randrange(len(note))], other_byte(random, note), forged):
        (bundle / "checkpoint").write_bytes(changed)
        assert findings(bundle), changed


def test_a_replayed_checkpoint_shows_no_more_than_it_covers(bundle: Path, noted: Noted, tmp_path: Path) -> None:
    """With the log of that time it is genuine: only somebody who has seen a later one can tell."""
    earlier = tmp_path / "earlier"
    shutil.copytree(noted.audit, earlier)
    shutil.rmtree(earlier / "notary" / "entries")
    shutil.rmtree(earlier / "public" / "tile")
    for place in ("notary", "public"):
        (earlier / place / "checkpoint").unlink()
    with Ledger(earlier, origin_of(LOG)) as ledger:
        ledger.extend([raw for _, _, raw in noted.log[:120]])
        ledger.sign()
    export(earlier, tmp_path / "old")
    assert findings(tmp_path / "old") == []
    kept = tmp_path / "kept"
    kept.write_bytes(noted.notes[-1])
    assert findings(tmp_path / "old", checkpoint=[kept]) == [(0, f"this log does not continue {kept}")]


@pytest.mark.parametrize("seed", range(4))
def test_a_score_that_is_changed_with_all_hashes_is_found_by_a_kept_checkpoint_and_by_the_ranking(
    bundle: Path, noted: Noted, tmp_path: Path, seed: int
) -> None:
    random = Random(seed)
    scores = [n for n, (_, _, raw) in enumerate(noted.log) if b'"type":"ScoreRecorded"' in raw]
    at = random.choice(scores)
    old = json.loads(noted.log[at][2])["data"]["score"].encode()
    rewrite(
        bundle,
        lambda raws: [r.replace(b'"score":"%b"' % old, b'"score":"99.00"') if n == at else r for n, r in enumerate(raws)],
    )
    sign_anew(bundle, noted)
    kept = tmp_path / "kept"
    kept.write_bytes(noted.notes[-1])
    found = findings(bundle, checkpoint=[kept])
    assert (0, f"this log does not continue {kept}") in found
    by_ranking = [en for number, en in found if number]
    assert by_ranking == [] or by_ranking == ["its ranking does not follow from the jurors' scores"]
