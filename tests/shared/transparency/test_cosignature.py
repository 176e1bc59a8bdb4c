"""Cosignatures, against the example printed in C2SP `tlog-cosignature`."""

from hashlib import sha256

import pytest

from shared.transparency.checkpoint import Checkpoint, parse_checkpoint
from shared.transparency.cosignature import (
    MAX_TIME,
    Cosigned,
    Cosigner,
    WitnessVerifier,
    cosignatures,
    cosigned_message,
    parse_cosignatures,
    timestamp_of,
    with_cosignatures,
)
from shared.transparency.merkle import leaf_hash
from shared.transparency.note import InvalidKey, InvalidNote, Signature, Signer, Verifier, parse, to_base64

LOG = Signer("example.com/log", bytes(32))
W1 = Cosigner("witness.example/w1", bytes([1] * 32))
W2 = Cosigner("witness.example/w2", bytes([2] * 32))
CHECKPOINT = Checkpoint("example.com/log", 1, leaf_hash(b"entry"))

EXAMPLE = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""
MESSAGE = """\
cosignature/v1
time 1679315147
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
"""


def verifier(cosigner: Cosigner) -> WitnessVerifier:
    return WitnessVerifier.parse(cosigner.verifier.vkey)


def cosigned(*signatures: Signature) -> bytes:
    return CHECKPOINT.sign(LOG) + "".join(map(str, signatures)).encode()


def test_the_specifications_example_is_read_to_the_letter() -> None:
    note = parse(EXAMPLE.encode())
    log, witness = note.signatures
    assert parse_checkpoint(note.text).size == 20852163
    assert (log.name, len(log.signature)) == ("example.com/behind-the-sofa", 64)
    assert (witness.name, len(witness.signature), timestamp_of(witness)) == ("witness.example.com/w1", 72, 1679315147)
    assert cosigned_message(note.text, timestamp_of(witness)) == MESSAGE
    assert note.to_bytes() == EXAMPLE.encode()
    assert parse_cosignatures(str(witness)) == [witness]


def test_a_cosignature_is_the_specified_bytes() -> None:
    made = W1.sign(CHECKPOINT.text, 1679315147)
    public = W1.verifier.public_key
    assert made.key_id == sha256(b"witness.example/w1\n\x04" + public).digest()[:4]
    assert made.signature[:8] == bytes.fromhex("00000000641850cb")
    plain = Verifier("x", public)
    message = "cosignature/v1\ntime 1679315147\n" + CHECKPOINT.text
    assert plain.verifies(message, Signature("x", plain.key_id, made.signature[8:]))
    assert W1.verifier.vkey == f"witness.example/w1+{made.key_id.hex()}+{to_base64(bytes([4]) + public)}"


def test_a_cosignature_made_now_tells_the_time() -> None:
    found = cosignatures(cosigned(W1.sign(CHECKPOINT.text)), [verifier(W1)])
    assert found[0].at.year >= 2025


def test_the_cosignatures_of_known_witnesses_count_and_others_are_ignored() -> None:
    note = cosigned(W1.sign(CHECKPOINT.text, 7), W2.sign(CHECKPOINT.text, 8))
    assert cosignatures(note, [verifier(W1), verifier(W2)]) == (Cosigned(W1.name, 7), Cosigned(W2.name, 8))
    assert cosignatures(note, [verifier(W2)]) == (Cosigned(W2.name, 8),)
    assert cosignatures(note, []) == ()
    assert cosignatures(CHECKPOINT.sign(LOG), [verifier(W1)]) == ()


def test_a_witness_counts_once_however_often_it_cosigned() -> None:
    note = cosigned(W1.sign(CHECKPOINT.text, 9), W1.sign(CHECKPOINT.text, 7))
    assert cosignatures(note, [verifier(W1)]) == (Cosigned(W1.name, 9),)


@pytest.mark.parametrize("at", [*range(8), 8, 40, 71])
def test_a_changed_time_or_signature_is_refused(at: int) -> None:
    made = W1.sign(CHECKPOINT.text, 1679315147)
    changed = bytearray(made.signature)
    changed[at] ^= 1
    with pytest.raises(InvalidNote, match="is false"):
        cosignatures(cosigned(made._replace(signature=bytes(changed))), [verifier(W1)])


@pytest.mark.parametrize("length", [1, 63, 64, 71, 73, 80])
def test_a_cosignature_of_another_length_is_refused(length: int) -> None:
    made = W1.sign(CHECKPOINT.text, 1679315147)
    data = (made.signature + bytes(8))[:length]
    with pytest.raises(InvalidNote, match="is false"):
        cosignatures(cosigned(made._replace(signature=data)), [verifier(W1)])


def test_a_time_beyond_what_the_specification_allows_is_refused() -> None:
    assert cosignatures(cosigned(W1.sign(CHECKPOINT.text, MAX_TIME)), [verifier(W1)]) == (Cosigned(W1.name, MAX_TIME),)
    with pytest.raises(ValueError, match="no time"):
        W1.sign(CHECKPOINT.text, MAX_TIME + 1)
    plain = Signer(W1.name, bytes([1] * 32)).sign(cosigned_message(CHECKPOINT.text, MAX_TIME + 1))
    made = Signature(W1.name, W1.verifier.key_id, (MAX_TIME + 1).to_bytes(8, "big") + plain.signature)
    with pytest.raises(InvalidNote, match="is false"):
        cosignatures(cosigned(made), [verifier(W1)])


def test_a_cosignature_of_another_checkpoint_is_refused() -> None:
    other = Checkpoint("example.com/log", 1, leaf_hash(b"another"))
    with pytest.raises(InvalidNote, match="is false"):
        cosignatures(cosigned(W1.sign(other.text, 7)), [verifier(W1)])


def test_a_logs_signature_is_no_cosignature_and_the_other_way_round() -> None:
    as_log = Signer(W1.name, bytes([1] * 32))
    assert as_log.verifier.key_id != W1.verifier.key_id
    assert not W1.verifier.verifies(CHECKPOINT.text, as_log.sign(CHECKPOINT.text))
    assert not as_log.verifier.verifies(CHECKPOINT.text, W1.sign(CHECKPOINT.text))
    with pytest.raises(InvalidKey, match="not for Ed25519 cosignatures"):
        WitnessVerifier.parse(as_log.verifier.vkey)
    with pytest.raises(InvalidKey, match="not for Ed25519"):
        Verifier.parse(W1.verifier.vkey)


def test_a_secret_key_of_a_witness_is_read_back_and_not_told() -> None:
    assert Cosigner.parse(W1.skey).verifier == W1.verifier
    assert W1.skey not in repr(W1)
    with pytest.raises(InvalidKey):
        Signer.parse(W1.skey)


def test_cosignatures_are_added_to_a_note_once() -> None:
    one, two = W1.sign(CHECKPOINT.text, 7), W2.sign(CHECKPOINT.text, 8)
    note = with_cosignatures(with_cosignatures(CHECKPOINT.sign(LOG), [one]), [one, two])
    assert note == cosigned(one, two)


@pytest.mark.parametrize("text", ["", "\n", "— a", str(W1.sign("x\n", 1))[:-1], str(W1.sign("x\n", 1)) + "\n", "hello\n"])
def test_an_answer_that_is_no_signature_lines_is_refused(text: str) -> None:
    with pytest.raises(InvalidNote):
        parse_cosignatures(text)
    with pytest.raises(InvalidNote):
        parse_cosignatures(str(W1.sign("x\n", 1)) * 101)
