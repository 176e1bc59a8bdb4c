"""Where the attacks happen: a small edition's log in a real broker, signed by a notary, and put back in a moment after each attack."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

from redis import Redis

from makmal.bundle.restoring import mend
from makmal.bundle.signed import Signed
from makmal.verify.bytes import Entry, verify
from makmal.verify.findings import Verdict
from makmal.verify.raw_log import entries, snapshot
from shared.eventlog import SERVICES, Keys
from shared.transparency.note import Signer
from tests.makmal.bundle.conftest import Noted

Id = tuple[bytes, bytes]
"""An entry's ID and its bytes."""


class Published:
    """What the public knows: the checkpoint, the notary's key, the leaf hashes of the tiles."""

    def __init__(self, note: bytes, vkey: str, leaf_hashes: Sequence[bytes] | None):
        self.note, self.vkey, self.leaf_hashes = note, vkey, leaf_hashes


class Ground:
    def __init__(self, client: Redis, keys: Keys, noted: Noted):
        self.client, self.keys, self.noted = client, keys, noted
        self.log: list[Entry] = noted.log
        self.end = len(self.log)
        signed = Signed(noted.audit)
        self.signer = Signer.parse((noted.audit / "notary" / "key").read_text().strip())
        self.published = Published(signed.note, signed.vkey, signed.leaf_hashes(signed.size))
        mend(client, keys, signed)
        self._live = [*(keys.stream(service) for service in SERVICES), keys.position]
        for key in self._live:
            client.copy(key, f"{key}:pristine")

    @property
    def services(self) -> list[str]:
        """Those that have recorded something."""
        return sorted({service for service, _, _ in self.log})

    def positions(self, service: str) -> list[int]:
        return [position for of, position, _ in self.log if of == service]

    def put_right(self) -> None:
        pipe = self.client.pipeline(transaction=False)
        pipe.delete(*self._live)
        for key in self._live:
            pipe.copy(f"{key}:pristine", key)
        pipe.execute()

    def stream(self, service: str) -> list[Id]:
        found = self.client.execute_command("XRANGE", self.keys.stream(service), "-", "+")
        return [(id, fields[1]) for id, fields in found]

    def rewrite(self, service: str, after: Sequence[Id]) -> None:
        """What only an operator can do: a stream from other entries."""
        pipe = self.client.pipeline(transaction=False)
        pipe.delete(self.keys.stream(service))
        for id, raw in after:
            pipe.xadd(self.keys.stream(service), {"__data__": raw}, id)
        pipe.execute()

    def verified(self, published: Published | None = None) -> Verdict:
        """What `makmal audit verify` says of the broker as it is now."""
        known = published or self.published
        now = snapshot(self.client, self.keys)
        found = entries(self.client, self.keys, now.end)
        return verify(found, known.note, known.vkey, known.leaf_hashes, counter=now.counter)

    @contextmanager
    def under_attack(self) -> Iterator[None]:
        try:
            yield
        finally:
            self.put_right()


def other_byte(random: Random, raw: bytes) -> bytes:
    """The same with one byte that is another."""
    at = random.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ random.randrange(1, 256)]) + raw[at + 1 :]


def files_of(directory: Path) -> dict[str, bytes]:
    return {str(file.relative_to(directory)): file.read_bytes() for file in sorted(directory.rglob("*")) if file.is_file()}
