"""The request `add-checkpoint`, against the example printed in C2SP `tlog-witness`."""

import base64

import pytest

from shared.transparency.checkpoint import parse_checkpoint
from shared.transparency.cosignature import parse_cosignatures, timestamp_of
from shared.transparency.note import parse
from shared.transparency.witnessing import AddCheckpoint, InvalidRequest, parse_request, size_told

EXAMPLE = """\
old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
""".encode()
ANSWER = """\
— witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==
— witness.example/w1 I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7VcE3SiOlVlbQNt64vWhO+DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==
— witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==
"""


def test_the_specifications_request_is_read_and_written_to_the_letter() -> None:
    request = parse_request(EXAMPLE)
    assert (request.old, len(request.proof)) == (20852014, 4)
    assert base64.b64encode(request.proof[0]) == b"PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw="
    assert parse_checkpoint(parse(request.checkpoint).text).size == 20852163
    assert request.to_bytes() == EXAMPLE


def test_the_specifications_answer_is_read_to_the_letter() -> None:
    signatures = parse_cosignatures(ANSWER)
    assert [signature.name for signature in signatures] == ["witness.example/w1", "witness.example/w1", "witness.example/w2"]
    assert "".join(map(str, signatures)) == ANSWER
    assert {len(signature.signature) for signature in signatures} == {72}
    assert [timestamp_of(signature) >> 32 for signature in signatures] != [], "they are examples of form, not of times"


def test_a_request_without_proof_has_none() -> None:
    request = AddCheckpoint(0, (), b"note")
    assert request.to_bytes() == b"old 0\n\nnote"
    assert parse_request(b"old 0\n\nnote") == request


HASH = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "empty line"),
        ("old 0\nnote\n", "empty line"),
        ("\n\nnote", "first line"),
        ("0\n\nnote", "first line"),
        ("old 00\n\nnote", "first line"),
        ("old 01\n\nnote", "first line"),
        ("old -1\n\nnote", "first line"),
        ("old  1\n\nnote", "first line"),
        ("old 1 \n\nnote", "first line"),
        ("old 1\r\n\nnote", "first line"),
        ("old ١\n\nnote", "ASCII"),
        ("old 9223372036854775808\n\nnote", "first line"),
        ("old 99999999999999999999\n\nnote", "first line"),
        (f"{HASH}\nold 1\n\nnote", "first line"),
        (f"old 1\n{HASH} \n\nnote", "not base64"),
        (f"old 1\n{HASH[:-1]}\n\nnote", "not base64"),
        ("old 1\nQUJD\n\nnote", "no hash"),
        ("old 1\n" + f"{HASH}\n" * 64 + "\nnote", "at most 63"),
    ],
)
def test_what_is_no_request_is_refused(body: str, why: str) -> None:
    with pytest.raises(InvalidRequest, match=why):
        parse_request(body.encode())


def test_a_proof_of_63_hashes_is_read() -> None:
    assert len(parse_request(("old 1\n" + f"{HASH}\n" * 63 + "\nnote").encode()).proof) == 63


@pytest.mark.parametrize("body", [b"", b"7", b"07\n", b"-7\n", b"7\n\n", b"7 \n", b"\xff\n", b"99999999999999999999\n"])
def test_what_is_no_size_is_refused(body: bytes) -> None:
    assert size_told(b"7\n") == 7 and size_told(b"0\n") == 0
    with pytest.raises(InvalidRequest):
        size_told(body)
