"""`makmal audit witness`: run a witness on the auditor's own machine.

Exit codes: 0 stopped, 3 refused.
"""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from makmal.witness.memory import Memory
from makmal.witness.server import WitnessServer
from makmal.witness.witness import Witness
from shared.refusals import Invalid, Refused, Unknown
from shared.transparency.cosignature import Cosigner
from shared.transparency.keyfiles import read_key, write_key
from shared.transparency.note import InvalidKey, Verifier


def witness_command(
    key: Annotated[Path, typer.Option(help="File of the witness' own secret key; made on first use, with --name.")],
    log_key: Annotated[
        list[str], typer.Option(help="Public key of a log to witness, as its organiser announced it; may be repeated.")
    ],
    state: Annotated[Path, typer.Option(help="Directory for what it has seen. Never start it on an older copy of this.")],
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes any free one.", min=0, max=65535)] = 8100,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    name: Annotated[str, typer.Option(help="Name for a new key, best a URL without scheme: auditor.example/witness.")] = "",
) -> None:
    """Cosign the checkpoints of a log as long as each continues the last one that this machine has seen."""
    cosigner = _cosigner(key, name)
    logs = [_log_key(text) for text in log_key]
    memory = Memory(state)
    try:
        with WitnessServer((host, port), Witness(cosigner, logs, memory)) as server:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
            print(f"Witness on http://{host}:{server.port}, its key: {cosigner.verifier.vkey}", flush=True)
            print(f"For the organiser: MAKMAL_WITNESSES='http://{host}:{server.port} {cosigner.verifier.vkey}'", flush=True)
            server.serve_forever()
    except OSError as error:
        raise Refused(
            f"This witness cannot listen on {host}:{port}: {error.strerror}. Choose another --port or --host.",
            f"Saksi ini tidak dapat mendengarkan di {host}:{port}: {error.strerror}. Pilih --port atau --host lain.",
        ) from error
    finally:
        memory.close()


def _cosigner(file: Path, name: str) -> Cosigner:
    try:
        return Cosigner.parse(read_key(file))
    except FileNotFoundError:
        if not name:
            raise Unknown(
                f"There is no key at {file}: name the new witness with --name, like auditor.example/witness.",
                f"Belum ada kunci di {file}: beri nama saksi baru dengan --name, mis. auditor.example/saksi.",
            ) from None
    except InvalidKey as error:
        raise Invalid(
            f"{file} holds no key of a witness ({error}): name another file, or put the key back.",
            f"{file} tidak berisi kunci saksi: sebutkan berkas lain, atau kembalikan kuncinya.",
        ) from error
    try:
        cosigner = Cosigner.generate(name)
    except InvalidKey as error:
        raise Invalid(f"{error}: choose another --name.", f"{name!r} tidak dapat menjadi nama: pilih --name lain.") from error
    write_key(file, cosigner.skey)
    return cosigner


def _log_key(text: str) -> Verifier:
    try:
        return Verifier.parse(text.strip())
    except InvalidKey as error:
        raise Invalid(
            f"{text} is no public key of a log ({error}). It is one line, like makmal/batam+1a2b3c4d+ARTq…",
            f"{text} bukan kunci publik log. Kunci ditulis dalam satu baris, mis. makmal/batam+1a2b3c4d+ARTq…",
        ) from error
