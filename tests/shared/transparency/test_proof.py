"""Receipts, against the example printed in C2SP `tlog-proof` and against every kind of malformed input."""

import base64

import pytest

from shared.transparency import merkle
from shared.transparency.checkpoint import Checkpoint, InvalidCheckpoint
from shared.transparency.cosignature import Cosigned, Cosigner
from shared.transparency.merkle import InvalidProof, leaf_hash
from shared.transparency.note import InvalidNote, Signer
from shared.transparency.proof import InvalidReceipt, Receipt, parse_receipt, verify

ORIGIN = "makmal/test"
LOG = Signer(ORIGIN, bytes(range(32)))
WITNESS = Cosigner("auditor.example/w1", bytes(range(1, 33)))
ENTRIES = [f"event {number}".encode() for number in range(11)]
LEAVES = list(map(leaf_hash, ENTRIES))


def receipt(index: int = 6, size: int = 11, *signers: Signer, extra: bytes | None = None) -> Receipt:
    checkpoint = Checkpoint(ORIGIN, size, merkle.root(LEAVES[:size]))
    return Receipt(index, tuple(merkle.inclusion_proof(LEAVES, index, size)), checkpoint.sign(*(signers or (LOG,))), extra)


# The example of the specification. It abbreviates three things, which are filled in here: the extra data (52 characters that are
# not the base64 of anything) and the signatures, whose middle it leaves out.
EXTRA = base64.b64encode(b"age-v1.2.1-darwin-arm64.tar.gz").decode()
SIGNATURE = base64.b64encode(bytes(68)).decode()
COSIGNATURE = base64.b64encode(bytes(76)).decode()
PROOF = (
    "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=",
    "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=",
    "EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=",
    "RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=",
    "AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=",
)
EXAMPLE = f"""\
c2sp.org/tlog-proof@v1
extra {EXTRA}
index 73894
{PROOF[0]}
{PROOF[1]}
{PROOF[2]}
{PROOF[3]}
{PROOF[4]}

example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

— example.com/fancylog {SIGNATURE}
— witness1.example {COSIGNATURE}
— witness2.example {COSIGNATURE}
— witness3.example {COSIGNATURE}
""".encode()


def test_the_specifications_example_is_read_and_written_to_the_letter() -> None:
    parsed = parse_receipt(EXAMPLE)
    assert parsed.index == 73894
    assert parsed.extra == b"age-v1.2.1-darwin-arm64.tar.gz"
    assert [base64.b64encode(node).decode() for node in parsed.hashes] == list(PROOF)
    assert parsed.checkpoint.startswith(b"example.com/fancylog\n109482\n")
    assert parsed.to_bytes() == EXAMPLE
    without = parse_receipt(EXAMPLE.replace(f"extra {EXTRA}\n".encode(), b""))
    assert without == Receipt(73894, parsed.hashes, parsed.checkpoint, None)


def test_a_receipt_proves_that_its_entry_stands_at_its_index_of_the_log() -> None:
    for index in range(11):
        for size in range(index + 1, 12):
            made = receipt(index, size, extra=ENTRIES[index])
            read = parse_receipt(made.to_bytes())
            assert read == made and read.extra is not None
            proven = verify(read, read.extra, ORIGIN, [LOG.verifier])
            assert (proven.index, proven.entry, proven.checkpoint.size, proven.cosigned) == (index, ENTRIES[index], size, ())


def test_a_log_of_one_entry_needs_no_hashes() -> None:
    data = receipt(0, 1).to_bytes()
    assert data.startswith(b"c2sp.org/tlog-proof@v1\nindex 0\n\nmakmal/test\n1\n")
    assert verify(parse_receipt(data), ENTRIES[0], ORIGIN, [LOG.verifier]).checkpoint.size == 1


def test_another_entry_index_size_log_or_key_is_not_proven() -> None:
    good = receipt()
    with pytest.raises(InvalidProof):
        verify(good, b"another event", ORIGIN, [LOG.verifier])
    with pytest.raises(InvalidProof):
        verify(Receipt(7, good.hashes, good.checkpoint), ENTRIES[6], ORIGIN, [LOG.verifier])
    with pytest.raises(InvalidProof):
        verify(Receipt(6, good.hashes, receipt(6, 7).checkpoint), ENTRIES[6], ORIGIN, [LOG.verifier])
    with pytest.raises(InvalidCheckpoint, match="no known key"):
        verify(good, ENTRIES[6], ORIGIN, [Signer(ORIGIN, bytes(32)).verifier])
    other = Signer("makmal/other", bytes(32))
    with pytest.raises(InvalidCheckpoint, match="not of makmal/other"):
        verify(receipt(6, 11, LOG, other), ENTRIES[6], "makmal/other", [other.verifier])


def test_an_index_beyond_the_checkpoint_is_not_proven() -> None:
    good = receipt(6, 7)
    with pytest.raises(InvalidProof, match="no leaf 10"):
        verify(Receipt(10, good.hashes, good.checkpoint), ENTRIES[10], ORIGIN, [LOG.verifier])


def test_the_cosignatures_of_trusted_witnesses_are_told_with_their_time() -> None:
    checkpoint = Checkpoint(ORIGIN, 11, merkle.root(LEAVES))
    note = checkpoint.sign(LOG) + str(WITNESS.sign(checkpoint.text, 1679315147)).encode()
    made = Receipt(6, receipt().hashes, note)
    proven = verify(parse_receipt(made.to_bytes()), ENTRIES[6], ORIGIN, [LOG.verifier], [WITNESS.verifier])
    assert proven.cosigned == (Cosigned("auditor.example/w1", 1679315147),)
    assert verify(made, ENTRIES[6], ORIGIN, [LOG.verifier]).cosigned == (), "nobody else's counts"


def test_a_false_cosignature_under_the_key_of_a_trusted_witness_is_refused() -> None:
    checkpoint = Checkpoint(ORIGIN, 11, merkle.root(LEAVES))
    false = WITNESS.sign(checkpoint.text.replace("11", "12"), 1679315147)
    made = Receipt(6, receipt().hashes, checkpoint.sign(LOG) + str(false).encode())
    with pytest.raises(InvalidNote, match="is false"):
        verify(made, ENTRIES[6], ORIGIN, [LOG.verifier], [WITNESS.verifier])


def test_a_witness_alone_makes_no_receipt() -> None:
    checkpoint = Checkpoint(ORIGIN, 11, merkle.root(LEAVES))
    note = checkpoint.text.encode() + b"\n" + str(WITNESS.sign(checkpoint.text)).encode()
    with pytest.raises(InvalidCheckpoint, match="no known key"):
        verify(Receipt(6, receipt().hashes, note), ENTRIES[6], ORIGIN, [LOG.verifier], [WITNESS.verifier])


H = PROOF[0]
NOTE = receipt().checkpoint.decode()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty line"),
        ("c2sp.org/tlog-proof@v1", "empty line"),
        ("c2sp.org/tlog-proof@v1\nindex 0\n" + NOTE.replace("\n\n", "\n"), "empty line"),
        (f"c2sp.org/tlog-proof@v2\nindex 0\n\n{NOTE}", "first line"),
        (f"c2sp.org/tlog-proof@v1 \nindex 0\n\n{NOTE}", "first line"),
        (f"\ufeffc2sp.org/tlog-proof@v1\nindex 0\n\n{NOTE}", "ASCII"),
        (f"c2sp.org/tlog-proof@v1\r\nindex 0\r\n\n{NOTE}", "first line"),
        (f"c2sp.org/tlog-proof@v1\n\n{NOTE}", "`index`"),
        (f"c2sp.org/tlog-proof@v1\n{H}\n\n{NOTE}", "`index`"),
        (f"c2sp.org/tlog-proof@v1\nindex 00\n\n{NOTE}", "`index`"),
        (f"c2sp.org/tlog-proof@v1\nindex 06\n\n{NOTE}", "`index`"),
        (f"c2sp.org/tlog-proof@v1\nindex -1\n\n{NOTE}", "`index`"),
        (f"c2sp.org/tlog-proof@v1\nindex +1\n\n{NOTE}", "`index`"),
        (f"c2sp.org/tlog-proof@v1\nindex  1\n\n{NOTE}", "`index`"),
        (f"c2sp.org/tlog-proof@v1\nindex 1 \n\n{NOTE}", "`index`"),
        (f"c2sp.org/tlog-proof@v1\nindex\n\n{NOTE}", "`index`"),
        (f"c2sp.org/tlog-proof@v1\nindex 0x1\n\n{NOTE}", "`index`"),
        (f"c2sp.org/tlog-proof@v1\nindex ١\n\n{NOTE}", "ASCII"),
        (f"c2sp.org/tlog-proof@v1\nindex 9223372036854775807\n\n{NOTE}", "`index`"),
        (f"c2sp.org/tlog-proof@v1\nindex 99999999999999999999\n\n{NOTE}", "`index`"),
        (f"c2sp.org/tlog-proof@v1\nINDEX 1\n\n{NOTE}", "`index`"),
        (f"c2sp.org/tlog-proof@v1\nindex 1\nextra QUJD\n\n{NOTE}", "not base64"),
        (f"c2sp.org/tlog-proof@v1\nextra QUJD\nextra QUJD\nindex 1\n\n{NOTE}", "`index`"),
        (f"c2sp.org/tlog-proof@v1\nextra\nindex 1\n\n{NOTE}", "`index`"),
        (f"c2sp.org/tlog-proof@v1\nextra \nindex 1\n\n{NOTE}", "left out"),
        (f"c2sp.org/tlog-proof@v1\nextra QUJ\nindex 1\n\n{NOTE}", "not base64"),
        (f"c2sp.org/tlog-proof@v1\nextra QUJDR===\nindex 1\n\n{NOTE}", "not base64"),
        (f"c2sp.org/tlog-proof@v1\nextra QR==\nindex 1\n\n{NOTE}", "not base64"),
        (f"c2sp.org/tlog-proof@v1\nextra  QUJD\nindex 1\n\n{NOTE}", "not base64"),
        (f"c2sp.org/tlog-proof@v1\nindex 1\n{H[:-1]}\n\n{NOTE}", "not base64"),
        (f"c2sp.org/tlog-proof@v1\nindex 1\n{H} \n\n{NOTE}", "not base64"),
        (f"c2sp.org/tlog-proof@v1\nindex 1\n{H}\r\n\n{NOTE}", "not base64"),
        (f"c2sp.org/tlog-proof@v1\nindex 1\n{H.replace('/', '_')}*\n\n{NOTE}", "not base64"),
        (f"c2sp.org/tlog-proof@v1\nindex 1\nQUJD\n\n{NOTE}", "no hash"),
        (f"c2sp.org/tlog-proof@v1\nindex 1\n{base64.b64encode(bytes(33)).decode()}\n\n{NOTE}", "no hash"),
        ("c2sp.org/tlog-proof@v1\nindex 1\n" + f"{H}\n" * 64 + f"\n{NOTE}", "at most 63"),
        ("c2sp.org/tlog-proof@v1\nindex 1\n\n", "no checkpoint"),
        (f"c2sp.org/tlog-proof@v1\nindex 1\n\n\n{NOTE}", "no checkpoint"),
        (f"c2sp.org/tlog-proof@v1\nindex 1\n\n{NOTE[:-1]}", "no checkpoint"),
        (f"c2sp.org/tlog-proof@v1\nindex 1\n\n{NOTE}\n", "no checkpoint"),
        (f"c2sp.org/tlog-proof@v1\nindex 1\n\n{NOTE}trailing", "no checkpoint"),
        (f"c2sp.org/tlog-proof@v1\nindex 1\n\n{NOTE.replace('11', '011')}", "no checkpoint"),
        (f"c2sp.org/tlog-proof@v1\nindex 1\n\n{NOTE.split('—')[0]}", "no checkpoint"),
        ("c2sp.org/tlog-proof@v1\nindex 1\n\njust a text\n\n" + NOTE[NOTE.index("—") :], "no checkpoint"),
    ],
)
def test_what_is_not_of_the_form_is_refused(text: str, why: str) -> None:
    with pytest.raises(InvalidReceipt, match=why):
        parse_receipt(text.encode())


def test_bytes_that_are_no_text_and_files_too_large_are_refused() -> None:
    with pytest.raises(InvalidReceipt, match="ASCII"):
        parse_receipt(b"\xff\xfe\n\n" + NOTE.encode())
    with pytest.raises(InvalidReceipt, match="at most"):
        parse_receipt(b"c2sp.org/tlog-proof@v1\nextra " + b"QUJD" * 400_000)


def test_no_receipt_is_written_that_could_not_be_read_back() -> None:
    good = receipt()
    for index, hashes, note, extra in (
        (-1, good.hashes, good.checkpoint, None),
        (6, (b"short",), good.checkpoint, None),
        (6, good.hashes * 20, good.checkpoint, None),
        (6, good.hashes, b"no checkpoint", None),
        (6, good.hashes, good.checkpoint, b""),
    ):
        with pytest.raises(InvalidReceipt):
            Receipt(index, hashes, note, extra).to_bytes()


def test_the_largest_entry_has_room_in_a_receipt() -> None:
    entry = bytes(65_535)
    leaf = leaf_hash(entry)
    made = Receipt(0, (), Checkpoint(ORIGIN, 1, leaf).sign(LOG), entry)
    read = parse_receipt(made.to_bytes())
    assert verify(read, entry, ORIGIN, [LOG.verifier]).checkpoint.root == leaf
