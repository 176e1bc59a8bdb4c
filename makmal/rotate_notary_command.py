"""`makmal keys rotate-notary`: give the notary a new key, where the audit service keeps its files.

Exit codes: 0 done, or begun and done as soon as the audit service runs; 3 refused.
"""

import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from makmal.whereabouts import DataOption, whereabouts
from services.audit.key_words import fingerprint
from services.audit.ledger import next_key_file, origin_of, private_directory, public_directory
from shared.refusals import Refused
from shared.transparency.keyfiles import write_key
from shared.transparency.note import Signer

LONGEST_WAIT = 10.0


def rotate_notary_command(
    wait: Annotated[float, typer.Option(help="Seconds to wait for the running notary to take the key.", min=0)] = LONGEST_WAIT,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    data: DataOption = None,
) -> None:
    """Make the notary a new key: it goes on record, the old key vouches for it, and both sign one checkpoint. Announce it then."""
    where = whereabouts(data)
    if where.audit is None:
        raise Refused(
            "The notary's directory is not here: give --data, or run this where the audit service runs.",
            "Direktori notaris tidak ada di sini: berikan --data, atau jalankan di tempat layanan audit berjalan.",
        )
    vkey = begin(where.audit, origin_of(where.log))
    until = time.monotonic() + wait
    while not (done := _in_use(where.audit) == vkey) and time.monotonic() < until:
        time.sleep(0.2)
    if as_json:
        print(msgspec.json.encode({"vkey": vkey, "fingerprint": fingerprint(vkey), "in_use": done}).decode())
        return
    print(f"The notary's new key: {vkey}\nIts fingerprint: {fingerprint(vkey)}")
    if done:
        print("It is in use, and the old secret key is gone. Announce the new key, and give it to the witnesses as well.")
    else:
        print("It is not in use yet: that happens as soon as the audit service runs and the log is whole.")


def begin(audit: Path, origin: str) -> str:
    """Put the next key where the notary takes it from; its public key. Raises Refused."""
    if not (private_directory(audit) / "key").exists():
        raise Refused(
            "The notary has no key yet that could vouch for another: let the audit service run once.",
            "Notaris belum memiliki kunci yang dapat menjamin kunci lain: jalankan dahulu layanan audit sekali.",
        )
    if next_key_file(audit).exists():
        raise Refused(
            "The last new key is not in use yet: no checkpoint of the old key covers it so far. Let the audit service run until it "
            "has signed one, then rotate again.",
            "Kunci baru yang terakhir belum dipakai: belum ada checkpoint kunci lama yang mencakupnya. Biarkan layanan audit "
            "berjalan sampai menandatanganinya, lalu ganti lagi.",
        )
    signer = Signer.generate(origin)
    write_key(next_key_file(audit), signer.skey)
    return signer.verifier.vkey


def _in_use(audit: Path) -> str:
    file = public_directory(audit) / "vkey"
    return file.read_text().strip() if file.exists() else ""
