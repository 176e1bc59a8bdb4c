"""A receipt's proof drawn step by step: from the fingerprint of one event up to the root that the notary has signed. Pure."""

from typing import NamedTuple

from shared.transparency.merkle import inclusion_ranges, leaf_hash, node_hash
from shared.transparency.proof import Receipt


class Step(NamedTuple):
    """One fingerprint made of two: of what was there so far, and of its neighbours. Numbers of events, both included."""

    first: int
    last: int
    """The neighbours whose fingerprint the receipt holds."""
    neighbours: str
    """Their fingerprint, hex."""
    covers_first: int
    covers_last: int
    """What the new fingerprint stands for."""
    made: str
    """The new fingerprint, hex."""


def path_of(receipt: Receipt, entry: bytes, size: int) -> list[Step]:
    """The steps of a proof that holds in a tree of `size` events; the last one's fingerprint is the root."""
    start, end, reached = receipt.index, receipt.index + 1, leaf_hash(entry)
    steps = []
    for (first, after), node in zip(inclusion_ranges(receipt.index, size), receipt.hashes, strict=True):
        reached = node_hash(node, reached) if first < start else node_hash(reached, node)
        start, end = min(start, first), max(end, after)
        steps.append(Step(first + 1, after, node.hex(), start + 1, end, reached.hex()))
    return steps
