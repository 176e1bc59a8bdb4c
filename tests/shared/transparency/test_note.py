"""Signed notes against the examples of C2SP `signed-note` and the vectors of the Go implementation it comes from."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.transparency.note import (
    MAX_NOTE_SIZE,
    InvalidKey,
    InvalidNote,
    Note,
    Signature,
    Signer,
    Verifier,
    from_base64,
    open_note,
    parse,
    sign,
    to_base64,
)

SPECIFICATION_EXAMPLE = """\
Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
""".encode()

PETER_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH_VKEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
ENOCH_LINE = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"

CONTROL = "".join(map(chr, range(32)))

peter = Verifier.parse(PETER_VKEY)
enoch = Verifier.parse(ENOCH_VKEY)


def note_of(*lines: str, text: str = TEXT) -> bytes:
    return f"{text}\n{''.join(lines)}".encode()


def test_the_example_of_the_specification_is_read_and_written_back() -> None:
    note = parse(SPECIFICATION_EXAMPLE)
    assert note.text == "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n"
    [signature] = note.signatures
    assert (signature.name, signature.key_id.hex(), len(signature.signature)) == ("quasimodo.example/salvatore", "367ba04b", 64)
    assert note.to_bytes() == SPECIFICATION_EXAMPLE


def test_the_known_key_signs_the_known_note() -> None:
    signer = Signer.parse(PETER_SKEY)
    assert sign(TEXT, signer) == note_of(PETER_LINE)
    assert (signer.skey, signer.verifier.vkey) == (PETER_SKEY, PETER_VKEY)


def test_a_note_opens_with_the_signatures_of_known_keys_only() -> None:
    both = note_of(PETER_LINE, ENOCH_LINE)
    peters, enochs = parse(both).signatures
    assert open_note(both, [peter]) == Note(TEXT, (peters,))
    assert open_note(both, [enoch]) == Note(TEXT, (enochs,))
    assert open_note(both, [enoch, peter]) == Note(TEXT, (peters, enochs))
    assert open_note(note_of(PETER_LINE, PETER_LINE), [peter]) == Note(TEXT, (peters,))


def test_a_note_without_a_known_signature_stays_closed() -> None:
    for verifiers in ([], [enoch]):
        with pytest.raises(InvalidNote, match="no known key"):
            open_note(note_of(PETER_LINE), verifiers)


def test_a_stranger_with_the_same_name_or_the_same_id_is_a_stranger() -> None:
    namesake = Signer("PeterNeumann", b"\x01" * 32)
    with pytest.raises(InvalidNote, match="no known key"):
        open_note(sign(TEXT, namesake), [peter])
    assert open_note(sign(TEXT, namesake, Signer.parse(PETER_SKEY)), [peter]).text == TEXT
    same_id = Signature("Paul", peter.key_id, namesake.sign(TEXT).signature)
    with pytest.raises(InvalidNote, match="no known key"):
        open_note(Note(TEXT, (same_id,)).to_bytes(), [peter])


def test_one_false_signature_of_a_known_key_closes_the_note() -> None:
    false = Signature("PeterNeumann", peter.key_id, b"\x05" * 64)
    for signatures in ([ENOCH_LINE, str(false)], [PETER_LINE, str(false)], [str(false), PETER_LINE]):
        with pytest.raises(InvalidNote, match=r"PeterNeumann\+c74f20a3 is false"):
            open_note(note_of(*signatures), [peter, enoch])


@pytest.mark.parametrize("length", [1, 63, 65, 76, 4000])
def test_a_signature_of_another_length_is_false(length: int) -> None:
    false = Signature("PeterNeumann", peter.key_id, (peter_signature() * 63)[:length])
    with pytest.raises(InvalidNote, match="is false"):
        open_note(note_of(str(false)), [peter])


def peter_signature() -> bytes:
    return parse(note_of(PETER_LINE)).signatures[0].signature


def test_a_changed_text_closes_the_note() -> None:
    for changed in (TEXT.replace("cryptography", "cryptographY"), TEXT + "\n", TEXT[:-2] + "\n", "\n" + TEXT):
        with pytest.raises(InvalidNote, match="is false"):
            open_note(note_of(PETER_LINE, text=changed), [peter])


@given(st.data())
@settings(deadline=None)
def test_no_flipped_bit_goes_unnoticed(data: st.DataObject) -> None:
    message = bytearray(note_of(PETER_LINE))
    bit = data.draw(st.integers(0, len(message) * 8 - 1))
    message[bit // 8] ^= 1 << bit % 8
    with pytest.raises(InvalidNote):
        open_note(bytes(message), [peter])


SIGNATURE = PETER_LINE.split(" ")[2][:-1]
MALFORMED = {
    "nothing": b"",
    "no signature": TEXT.encode(),
    "no signature after the empty line": note_of(),
    "an incomplete last line": note_of(PETER_LINE[:-1]),
    "no empty line": (TEXT + PETER_LINE).encode(),
    "no text": ("\n" + PETER_LINE).encode(),
    "a control character": b"\x01" + note_of(PETER_LINE),
    "a carriage return": note_of(PETER_LINE).replace(b"\n", b"\r\n"),
    "a tab": note_of(PETER_LINE, text="a\tb\n"),
    "not UTF-8": b"\xff" + note_of(PETER_LINE),
    "an encoded surrogate": b"\xed\xa0\x80" + note_of(PETER_LINE),
    "a space in the name": note_of(f"— Bad Name {SIGNATURE}\n"),
    "an exotic space in the name": note_of(f"— Bad\u2003Name {SIGNATURE}\n"),
    "a line separator in the name": note_of(f"— Bad\u2028Name {SIGNATURE}\n"),
    "a plus in the name": note_of(f"— Bad+Name {SIGNATURE}\n"),
    "no name": note_of(f"—  {SIGNATURE}\n"),
    "a hyphen for the dash": note_of(f"- PeterNeumann {SIGNATURE}\n"),
    "a space at the end": note_of(f"— PeterNeumann {SIGNATURE} \n"),
    "no signature in the line": note_of("— PeterNeumann\n"),
    "an empty signature": note_of("— PeterNeumann \n"),
    "a signature of the key ID alone": note_of(f"— PeterNeumann {to_base64(peter.key_id)}\n"),
    "base64 without padding": note_of(f"— PeterNeumann {SIGNATURE.rstrip('=')}\n"),
    "base64 with loose bits": note_of(f"— PeterNeumann {SIGNATURE[:-2]}N=\n"),
    "base64 for URLs": note_of(f"— PeterNeumann {SIGNATURE.replace('/', '_')}\n"),
    "base64 in another script": note_of(f"— PeterNeumann é{SIGNATURE}\n"),
    "a line below the signatures": note_of(PETER_LINE, "Unexpected line.\n"),
    "a line between the signatures": note_of(PETER_LINE, "Unexpected line.\n", ENOCH_LINE),
    "an empty line below the signatures": note_of(PETER_LINE, "\n"),
    "too many signatures": note_of(PETER_LINE * 101),
    "too many bytes": note_of(PETER_LINE, text="a" * MAX_NOTE_SIZE + "\n"),
}


@pytest.mark.parametrize("message", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_note_is_refused(message: bytes) -> None:
    with pytest.raises(InvalidNote):
        parse(message)
    with pytest.raises(InvalidNote):
        open_note(message, [peter])


def test_a_note_may_carry_a_hundred_signatures_also_long_ones() -> None:
    assert len(parse(note_of(PETER_LINE * 100)).signatures) == 100
    post_quantum = [str(Signature(f"witness{number}", b"\x00" * 4, b"\x07" * 5000)) for number in range(16)]
    assert open_note(note_of(PETER_LINE, *post_quantum), [peter]).text == TEXT


def test_two_keys_of_one_name_and_id_are_not_confused() -> None:
    double = Verifier("PeterNeumann", b"\x02" * 32)
    double.key_id = peter.key_id
    with pytest.raises(ValueError, match="two keys"):
        open_note(note_of(PETER_LINE), [peter, double])
    assert open_note(note_of(PETER_LINE), [peter, Verifier.parse(PETER_VKEY)]).text == TEXT


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters=CONTROL) | st.just("\n")))
@settings(deadline=None)
def test_any_text_of_lines_is_signed_and_opened_again(text: str) -> None:
    signer = Signer("log.example/a", b"\x03" * 32)
    assert open_note(sign(text + "\n", signer), [signer.verifier]).text == text + "\n"


@pytest.mark.parametrize("text", ["", "abc", "a\tb\n", "a\r\n", "a\x00\n", "\ud800\n"])
def test_a_text_that_no_note_can_hold_is_not_signed(text: str) -> None:
    with pytest.raises(InvalidNote):
        sign(text, Signer.parse(PETER_SKEY))


def test_a_note_needs_a_signer() -> None:
    with pytest.raises(InvalidNote):
        sign(TEXT)


def test_a_generated_key_is_read_back_from_its_notation_and_does_not_show_itself() -> None:
    signer = Signer.generate("log.example/makmal")
    assert Signer.parse(signer.skey).sign(TEXT) == signer.sign(TEXT)
    assert Verifier.parse(signer.verifier.vkey) == signer.verifier
    assert signer.skey.rpartition("+")[2] not in repr(signer)
    assert Signer.generate("log.example/makmal").skey != signer.skey


@pytest.mark.parametrize(("key", "read"), [(PETER_VKEY, Verifier.parse), (PETER_SKEY, Signer.parse)])
def test_a_mangled_key_is_refused(key: str, read: type) -> None:
    for start in range(len(key) + 1):
        for end in range(start, len(key) + 1):
            if (start, end) != (0, len(key)):
                with pytest.raises(InvalidKey):
                    read(key[start:end])
    for at, character in enumerate(key):
        with pytest.raises(InvalidKey):
            read(key[:at] + chr(ord(character) + 1) + key[at + 1 :])


@pytest.mark.parametrize(
    "vkey",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",  # longer key, its own hash
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  # unknown algorithm, its own hash
        PETER_VKEY.replace("c74f20a3", "C74F20A3"),
        PETER_VKEY.replace("c74f20a3", "c7 4f 20 a3"),
        PETER_VKEY + "\n",
        " " + PETER_VKEY,
        PETER_VKEY.replace("+", " ", 1),
    ],
)
def test_a_key_in_another_notation_is_refused(vkey: str) -> None:
    with pytest.raises(InvalidKey):
        Verifier.parse(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u00a0b", "a\u3000b", "a\x00b", "\ud800"])
def test_a_name_that_would_break_a_signature_line_is_refused(name: str) -> None:
    with pytest.raises(InvalidKey):
        Signer(name, b"\x01" * 32)


def test_keys_of_another_length_are_refused() -> None:
    for wrong in (b"", b"\x01" * 31, b"\x01" * 33):
        with pytest.raises(InvalidKey):
            Signer("log.example", wrong)
        with pytest.raises(InvalidKey):
            Verifier("log.example", wrong)


def test_signatures_are_plain_ed25519_over_the_text() -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"\x09" * 32)
    assert Signer("log.example", b"\x09" * 32).sign(TEXT).signature == key.sign(TEXT.encode())


@given(st.binary())
def test_base64_has_one_spelling(data: bytes) -> None:
    assert from_base64(to_base64(data)) == data
