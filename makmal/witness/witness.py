"""What a witness does with a checkpoint that it is shown (C2SP `tlog-witness`, `add-checkpoint`)."""

import threading
from collections.abc import Iterable
from typing import NamedTuple

from makmal.witness.memory import Memory
from shared.transparency.checkpoint import Checkpoint, InvalidCheckpoint, open_checkpoint, parse_checkpoint
from shared.transparency.cosignature import Cosigner
from shared.transparency.merkle import EMPTY_ROOT, InvalidProof, verify_consistency
from shared.transparency.note import InvalidNote, Verifier, parse
from shared.transparency.witnessing import SIZE_TYPE, AddCheckpoint, InvalidRequest, parse_request

PLAIN = "text/plain; charset=utf-8"


class Answer(NamedTuple):
    """Of HTTP. `why`: for the witness' own log; empty if the checkpoint was cosigned."""

    status: int
    body: str
    why: str = ""
    type: str = PLAIN


class Witness:
    """Cosigns checkpoints of the logs whose keys it is given; several keys of one name are keys of one log."""

    def __init__(self, cosigner: Cosigner, log_keys: Iterable[Verifier], memory: Memory):
        self._cosigner = cosigner
        self._memory = memory
        self._keys: dict[str, list[Verifier]] = {}
        for key in log_keys:
            self._keys.setdefault(key.name, []).append(key)
        self._one_at_a_time = threading.Lock()
        self._last = {origin: memory.last(origin, keys) for origin, keys in self._keys.items()}

    @property
    def vkey(self) -> str:
        return self._cosigner.verifier.vkey

    def seen(self) -> dict[str, Checkpoint | None]:
        """The last checkpoint that it has cosigned of each log."""
        return dict(self._last)

    def add_checkpoint(self, body: bytes) -> Answer:
        """Cosign the checkpoint in a request, or say why not."""
        try:
            request = parse_request(body)
            origin = parse_checkpoint(parse(request.checkpoint).text).origin
        except (InvalidRequest, InvalidNote, InvalidCheckpoint) as error:
            return _refusal(400, f"this is no request: {error}")
        if origin not in self._keys:
            return _refusal(404, f"{origin} is not a log of this witness")
        try:
            checkpoint = open_checkpoint(request.checkpoint, origin, self._keys[origin])
        except InvalidCheckpoint as error:
            return _refusal(403, str(error))
        if request.old > checkpoint.size:
            return _refusal(400, f"the old size {request.old} is larger than the checkpoint's, {checkpoint.size}")
        with self._one_at_a_time:  # comparing with the last one, keeping and cosigning are one step
            return self._continue(request, checkpoint)

    def _continue(self, request: AddCheckpoint, checkpoint: Checkpoint) -> Answer:
        origin = checkpoint.origin
        last = self._last[origin]
        size, root = (last.size, last.root) if last else (0, EMPTY_ROOT)
        if request.old != size:
            return Answer(409, f"{size}\n", f"{origin}: old size {request.old}, the last one cosigned is {size}", SIZE_TYPE)
        if size == checkpoint.size and root != checkpoint.root:
            self._memory.keep_evidence(origin, request.checkpoint)
            why = f"ALARM: {origin} shows another tree of {size} entries than the one that was cosigned; the checkpoint is kept"
            return Answer(409, f"{size}\n", why, SIZE_TYPE)
        try:
            verify_consistency(size, checkpoint.size, root, checkpoint.root, request.proof)
        except InvalidProof as error:
            self._memory.keep_evidence(origin, request.checkpoint)
            why = f"ALARM: {origin} does not show that {checkpoint.size} entries continue the {size} cosigned: {error}; it is kept"
            return Answer(422, f"{error}\n", why)
        if last is None or size != checkpoint.size:
            self._memory.keep(origin, request.checkpoint)
            self._last[origin] = checkpoint
        return Answer(200, str(self._cosigner.sign(checkpoint.text)))


def _refusal(status: int, why: str) -> Answer:
    return Answer(status, f"{why}\n", why)
