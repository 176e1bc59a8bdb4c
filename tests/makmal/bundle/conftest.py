from collections.abc import Callable
from pathlib import Path

import pytest

from services.audit.ledger import Ledger, origin_of
from tests.makmal.bundle.small_edition import Entry, small_edition

LOG = "makmal"


class Noted:
    """The directory of an audit service whose notary has signed a small edition, in several steps."""

    def __init__(self, audit: Path, seed: int = 1):
        self.audit = audit
        self.notes: list[bytes] = []
        with Ledger(audit, origin_of(LOG)) as ledger:
            self.vkey = ledger.vkey
            self.log: list[Entry] = small_edition(seed, ledger.vkey)
        self.signs(60)
        self.signs(120)
        self.signs(len(self.log))

    def signs(self, size: int) -> None:
        with Ledger(self.audit, origin_of(LOG)) as ledger:
            ledger.extend([raw for _, _, raw in self.log[ledger.size : size]])
            ledger.sign()
        self.notes.append((self.audit / "public" / "checkpoint").read_bytes())


@pytest.fixture(scope="module")
def noted(tmp_path_factory: pytest.TempPathFactory) -> Noted:
    return Noted(tmp_path_factory.mktemp("noted") / "audit")


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Noted]:
    """A log of its own, with another key."""
    return lambda seed: Noted(tmp_path_factory.mktemp("another") / "audit", seed)
