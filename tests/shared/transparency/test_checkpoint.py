"""Checkpoints against the example of C2SP `tlog-checkpoint` and what it demands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.transparency.checkpoint import Checkpoint, InvalidCheckpoint, open_checkpoint, parse_checkpoint
from shared.transparency.merkle import EMPTY_ROOT, MAX_SIZE
from shared.transparency.note import Signer, from_base64, parse, sign

ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
SPECIFICATION_EXAMPLE = f"""\
example.com/behind-the-sofa
20852163
{ROOT}

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""
SOFA = Checkpoint("example.com/behind-the-sofa", 20852163, from_base64(ROOT))

ORIGIN = "makmal.example/batam"
notary = Signer(ORIGIN, b"\x11" * 32)
witness = Signer("witness.example/w1", b"\x22" * 32)
head = Checkpoint(ORIGIN, 146, from_base64(ROOT))


def test_the_example_of_the_specification_is_read_and_written_back() -> None:
    note = parse(SPECIFICATION_EXAMPLE.encode())
    assert parse_checkpoint(note.text) == SOFA
    assert SOFA.text == note.text
    assert note.signatures[0].name == SOFA.origin


def test_a_signed_checkpoint_opens_with_the_logs_key() -> None:
    message = head.sign(notary)
    assert message.decode().startswith(f"{ORIGIN}\n146\n{ROOT}\n\n— {ORIGIN} ")
    assert open_checkpoint(message, ORIGIN, [notary.verifier]) == head
    assert open_checkpoint(head.sign(notary, witness), ORIGIN, [notary.verifier]) == head


def test_a_checkpoint_of_a_stranger_stays_closed() -> None:
    forged = Signer(ORIGIN, b"\x33" * 32)
    with pytest.raises(InvalidCheckpoint, match="no known key"):
        open_checkpoint(head.sign(forged), ORIGIN, [notary.verifier])


def test_a_checkpoint_of_another_log_is_refused_though_the_key_is_trusted() -> None:
    elsewhere = sign(Checkpoint("makmal.example/bintan", 146, head.root).text, notary)
    with pytest.raises(InvalidCheckpoint, match=r"not of makmal\.example/batam"):
        open_checkpoint(elsewhere, ORIGIN, [notary.verifier])


def test_a_signed_text_that_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(InvalidCheckpoint, match="three lines"):
        open_checkpoint(sign("Nothing to see\n", notary), ORIGIN, [notary.verifier])


def test_a_checkpoint_is_signed_by_a_key_of_the_logs_name() -> None:
    for signers in ((), (witness,)):
        with pytest.raises(InvalidCheckpoint, match="key of that name"):
            head.sign(*signers)


def test_extension_lines_are_kept_and_signed() -> None:
    extended = Checkpoint(ORIGIN, 146, head.root, ("edition batam-2023", "— not a signature"))
    assert open_checkpoint(extended.sign(notary), ORIGIN, [notary.verifier]) == extended
    shortened = extended.sign(notary).replace(b"edition batam-2023\n", b"")
    with pytest.raises(InvalidCheckpoint, match="false"):
        open_checkpoint(shortened, ORIGIN, [notary.verifier])


def test_the_empty_log_has_a_checkpoint() -> None:
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert empty.text == f"{ORIGIN}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    assert open_checkpoint(empty.sign(notary), ORIGIN, [notary.verifier]) == empty


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"{ORIGIN}\n146\n",
        f"{ORIGIN}\n146\n{ROOT}",
        f"{ORIGIN}\n146\n{ROOT}\nextension",
        f"\n146\n{ROOT}\n",
        f"{ORIGIN}\n146\n{ROOT}\n\n",
        f"{ORIGIN}\n146\n{ROOT}\n\nextension\n",
        f"{ORIGIN}\n\n146\n{ROOT}\n",
        *(
            f"{ORIGIN}\n{size}\n{ROOT}\n"
            for size in (
                "",
                "0146",
                "00",
                "+146",
                "-146",
                "-0",
                " 146",
                "146 ",
                "1_46",
                "0x92",
                "1.0",
                "١٤٦",
                "9" * 19,
                "9" * 5000,
            )
        ),
        *(f"{ORIGIN}\n146\n{root}\n" for root in ("", ROOT[:-1], ROOT + "=", ROOT[:-4], ROOT[:-2] + "J=", f" {ROOT}", "AAAA")),
        f"{ORIGIN}\n0\n{ROOT}\n",
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(InvalidCheckpoint):
        parse_checkpoint(text)


def test_a_checkpoint_that_could_not_be_read_back_cannot_be_made() -> None:
    for origin in ("", "a\nb", "a\tb", "\ud800"):
        with pytest.raises(InvalidCheckpoint):
            Checkpoint(origin, 146, head.root)
        with pytest.raises(InvalidCheckpoint):
            Checkpoint(ORIGIN, 146, head.root, (origin,))
    for size in (-1, MAX_SIZE + 1):
        with pytest.raises(InvalidCheckpoint):
            Checkpoint(ORIGIN, size, head.root)
    for root in (b"", b"\x00" * 31, b"\x00" * 33):
        with pytest.raises(InvalidCheckpoint):
            Checkpoint(ORIGIN, 146, root)


CONTROL = "".join(map(chr, range(32)))

lines = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=CONTROL), min_size=1)


@given(lines, st.integers(1, MAX_SIZE), st.binary(min_size=32, max_size=32), st.lists(lines, max_size=3))
@settings(deadline=None)
def test_every_checkpoint_is_read_back_as_it_was_written(origin: str, size: int, root: bytes, extensions: list[str]) -> None:
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))
    assert parse_checkpoint(checkpoint.text) == checkpoint
