"""The live log is proven under the key that was announced first, after the notary has changed it: the old key vouches for the new one."""

import pytest

from makmal.rotate_notary_command import begin
from services.audit.ledger import Ledger, kept_directory, origin_of, private_directory, public_directory
from shared.events.audit import NotaryKeyRotated
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.keyfiles import read_key
from shared.transparency.merkle import leaf_hash, root
from shared.transparency.note import Signer
from tests.makmal.conftest import KeptHouse
from tests.makmal.test_audit_commands import report


def origin(kept: KeptHouse) -> str:
    return origin_of(kept.keys.log)


def records_key(kept: KeptHouse, vkey: str) -> None:
    kept.does(lambda world: world.record("notary", NotaryKeyRotated(vkey=vkey), edition=None))


def hands_over(kept: KeptHouse) -> str:
    """As the notary does it: on record under the old key, then both sign one checkpoint. The new key."""
    new = begin(kept.data / "audit", origin(kept))
    records_key(kept, new)
    kept.signs()
    with Ledger(kept.data / "audit", origin(kept)) as ledger:
        ledger.hand_over()
    return new


@pytest.fixture
def signed(kept: KeptHouse) -> KeptHouse:
    kept.records(2)
    kept.signs()
    return kept


def test_the_first_key_and_the_last_one_prove_a_log_that_goes_on(signed: KeptHouse) -> None:
    first = report(signed)[1]["vkey"]
    second = hands_over(signed)
    third = hands_over(signed)
    signed.records(1)
    signed.signs()
    for announced in ((), ("--vkey", first), ("--vkey", second), ("--vkey", third)):
        code, found = report(signed, *announced)
        assert (code, found["proven"], found["vkey"]) == (0, True, third), found["findings"]


def test_a_key_that_the_first_one_never_vouched_for_is_not_believed(signed: KeptHouse) -> None:
    """Whoever has the log but not the key records his own one, and signs with that."""
    first = report(signed)[1]["vkey"]
    forger = Signer.generate(origin(signed))
    records_key(signed, forger.verifier.vkey)
    signed.signs()
    public = public_directory(signed.data / "audit")
    with signed.operator() as client:
        size = int(client.get(signed.keys.position))
    with Ledger(signed.data / "audit", origin(signed)) as ledger:
        signed_root = ledger.signed.root
    (public / "checkpoint").write_bytes(Checkpoint(origin(signed), size, signed_root).sign(forger))
    (public / "vkey").write_text(f"{forger.verifier.vkey}\n")
    assert report(signed)[0] == 0, "by itself it agrees with itself; it is the announced key that counts"
    code, found = report(signed, "--vkey", first)
    assert (code, found["findings"][0]["kind"]) == (1, "signature")


def test_a_checkpoint_that_was_kept_of_another_history_is_found(signed: KeptHouse) -> None:
    """The key and the disk are the forger's: an hour ago something else was signed."""
    assert report(signed)[0] == 0
    notary = Signer.parse(read_key(private_directory(signed.data / "audit") / "key"))
    other = Checkpoint(origin(signed), 7, root([leaf_hash(b"another event")] * 7)).sign(notary)
    (kept_directory(signed.data / "audit") / "000000000007").write_bytes(other)
    code, found = report(signed)
    assert (code, [each["kind"] for each in found["findings"]]) == (1, ["checkpoint"])
    assert "000000000007" in found["findings"][0]["en"]
