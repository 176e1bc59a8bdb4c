"""`verify.py` is one file of Python's standard library, and comes to the same results as the services, from the specifications."""

import ast
import sys
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from makmal.bundle import verify
from services.judging.scoring.ranking import Rules, Sheet, rank
from shared.rulebook import Category, Text
from shared.transparency import merkle
from shared.transparency.tilefiles import Tile
from tests.services.judging.scoring.panels import CRITERIA, LADDER, panels, rubric

SOURCE = Path(verify.__file__).read_text()


# -- what it is


def test_it_imports_the_standard_library_alone() -> None:
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(SOURCE))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or "."]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported and imported <= sys.stdlib_module_names


def test_it_is_read_in_an_evening() -> None:
    assert len(SOURCE.splitlines()) < 535


def test_python_3_9_can_read_it() -> None:
    tree = ast.parse(SOURCE, feature_version=(3, 9))
    newer = (ast.Match,) if sys.version_info >= (3, 10) else ()
    assert not [node for node in ast.walk(tree) if isinstance(node, newer)]
    # `X | None` is only known to 3.9 where it is not evaluated: in annotations.
    assert "from __future__ import annotations" in SOURCE
    assigned = [node.value for node in tree.body if isinstance(node, ast.Assign)]
    assert not [n for value in assigned for n in ast.walk(value) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.BitOr)]


# -- signatures

RFC_8032 = [  # section 7.1, tests 1 to 3
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_the_signatures_printed_in_rfc_8032_are_good(key: str, message: str, signature: str) -> None:
    assert verify.is_signed(bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature))
    assert not verify.is_signed(bytes.fromhex(key), bytes.fromhex(message) + b"!", bytes.fromhex(signature))


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=99), st.integers(0, 64 * 8 - 1))
def test_a_signature_is_good_exactly_as_it_was_made(seed: bytes, message: bytes, bit: int) -> None:
    secret = Ed25519PrivateKey.from_private_bytes(seed)
    key, signature = secret.public_key().public_bytes_raw(), secret.sign(message)
    assert verify.is_signed(key, message, signature)
    flipped = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")
    assert not verify.is_signed(key, message, flipped)


def test_what_is_no_signature_is_none() -> None:
    key, _, signature = (bytes.fromhex(part) for part in RFC_8032[0])
    beyond = signature[:32] + (int.from_bytes(signature[32:], "little") + verify.ORDER).to_bytes(32, "little")
    for other in (b"", signature[:63], signature + b"\0", beyond):
        assert not verify.is_signed(key, b"", other)
    assert not verify.is_signed((2).to_bytes(32, "little"), b"", signature), "2 is the y of no point"
    assert not verify.is_signed(verify.P.to_bytes(32, "little"), b"", signature), "y is not below the prime"


# -- the tree


@given(st.integers(1, 600), st.data())
@settings(max_examples=40, deadline=None)
def test_roots_and_proofs_are_those_of_the_notary(size: int, data: st.DataObject) -> None:
    leaves = [merkle.leaf_hash(str(n).encode()) for n in range(size)]
    smaller, index = data.draw(st.integers(0, size)), data.draw(st.integers(0, size - 1))
    assert verify.roots(leaves, [smaller, size]) == {n: merkle.root(leaves[:n]) for n in {0, smaller, size}}
    proof = merkle.inclusion_proof(leaves, index)
    assert verify.root_by_proof(index, size, leaves[index], proof) == merkle.root(leaves)
    for wrong in (proof[1:], [*proof, leaves[0]]):
        if wrong != proof:
            with pytest.raises(ValueError, match="length"):
                verify.root_by_proof(index, size, leaves[index], wrong)


@given(st.sampled_from(["entries", 0, 3]), st.integers(0, 10**10), st.integers(1, 256))
def test_tiles_lie_where_the_notary_puts_them(kind: Any, index: int, width: int) -> None:
    assert verify.tile_path(kind, index, width) == Tile(kind, index, width).path


# -- the winners


def plain(value: Any) -> Any:
    """As it stands in an event."""
    return msgspec.json.decode(msgspec.json.encode(value))


def locked(places: int, ties: str, weights: tuple[int, ...], shrinkage: str) -> tuple[Rules, dict[str, Any]]:
    """The same rules for the service and for verify.py."""
    rules = Rules(rubric=rubric(*weights, portfolio=20), ladder=LADDER, places=places, ties=ties)  # type: ignore[arg-type]
    rules = msgspec.structs.replace(rules, aggregation=msgspec.structs.replace(rules.aggregation, shrinkage=shrinkage))
    category = Category(
        id="c", name=Text("c", "c"), entrant="innovation", kinds=(), nominees=9, places=places, ties=rules.ties, rubric="r"
    )
    data = {"category": category, "rubric": rules.rubric, "aggregation": rules.aggregation, "ladder": LADDER, "quorum": 1}
    return rules, plain(data)


@given(
    panels(),
    st.integers(1, 3),
    st.sampled_from(["ladder", "share"]),
    st.sampled_from(["4/9", "0", "3"]),
    st.randoms(use_true_random=False),
)
@settings(max_examples=150, deadline=None)
def test_the_ranking_is_that_of_the_judging_service(
    panel: tuple[dict[str, Any], list[Sheet]], places: int, ties: str, shrinkage: str, chance: Any
) -> None:
    entries, sheets = panel
    rules, data = locked(places, ties, (40, 25, 15), shrinkage)
    votes: list[tuple[str, ...]] = []
    try:
        ranking = rank(rules, entries, sheets, votes)
        while ranking.open_ties and chance.random() < 0.8:
            votes.append(tuple(chance.sample(ranking.open_ties[0].entries, len(ranking.open_ties[0].entries))))
            ranking = rank(rules, entries, sheets, votes)
    except ZeroDivisionError:  # λ = 0 and no juror in common
        ranking = None
    points = {(s.entry, s.juror): {c: Fraction(p) for c, p in s.scores.items()} for s in sheets}
    dossiers = {entry: list(map(Fraction, innovations)) for entry, innovations in entries.items()}
    if ranking is None or not ranking.decided:
        with pytest.raises(verify.Wrong):
            verify.rank(data, dossiers, points, [list(vote) for vote in votes])
        return
    method, placed = verify.rank(data, dossiers, points, [list(vote) for vote in votes])
    assert method == ranking.method
    assert placed == [(s.place, s.entry, s.exact, s.resolved_by) for s in ranking.standings]


def whole_table(chance: Random, entries: int, jurors: int, missing: int) -> Iterator[Sheet]:
    pairs = [(f"e{i}", f"j{j}") for i in range(entries) for j in range(jurors)]
    left_out = set(chance.sample(pairs, missing))
    for entry, juror in pairs:
        if (entry, juror) not in left_out:
            yield Sheet(entry, juror, {c: Decimal(chance.randrange(40, 100)) for c in CRITERIA[:3]})


@pytest.mark.parametrize("seed", range(4))
def test_a_table_of_real_size_is_ranked_alike(seed: int) -> None:
    chance = Random(seed)
    sheets = list(whole_table(chance, 15, 7, 9))
    entries = {f"e{i}": (Decimal(0),) * chance.randrange(1, 6) for i in range(15)}
    rules, data = locked(3, "ladder", (40, 25, 15), "4/9")
    ranking = rank(rules, entries, sheets)
    points = {(s.entry, s.juror): {c: Fraction(p) for c, p in s.scores.items()} for s in sheets}
    _, placed = verify.rank(data, {e: list(map(Fraction, d)) for e, d in entries.items()}, points, [])
    assert [(place, entry, exact) for place, entry, exact, _ in placed] == [
        (s.place, s.entry, s.exact) for s in ranking.standings
    ]
