from datetime import UTC, datetime
from decimal import Decimal

import pytest

from services.audit.receipt_words import in_words
from shared.eventlog import Draft
from shared.events.judging import ScoreRecorded
from shared.events.screening import ObjectionFiled
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.cosignature import Cosigned
from shared.transparency.proof import Proven
from tests.golden.examples import example


def proven(entry: bytes, *cosigned: Cosigned) -> Proven:
    return Proven(811, entry, Checkpoint("makmal/batam", 4000, bytes(32)), cosigned)


def drafted(event: object) -> bytes:
    return Draft(
        event=event,  # type: ignore[arg-type]
        subject="s/1",
        version=1,
        time=datetime(2023, 3, 9, 7, 5, 3, tzinfo=UTC),
        actor="person/juror",
        request="r",
        edition="batam-2023",
    ).encode()


SCORE = drafted(ScoreRecorded(criterion="novelty", score=Decimal(81)))


def test_the_sentences_say_what_stands_where_since_when_and_by_whom() -> None:
    words = in_words(proven(SCORE))
    assert words.en[0] == (
        "Number 812 in the log makmal/batam is a score (ScoreRecorded), recorded on 9 March 2023, 14:05:03 WIB as an act of "
        "person/juror."
    )
    assert words.id[0] == (
        "Nomor 812 dalam log makmal/batam ialah sebuah nilai (ScoreRecorded), dicatat pada 9 Maret 2023, 14.05.03 WIB sebagai "
        "perbuatan person/juror."
    )
    assert "first 4000 events" in words.en[1] and "4000 peristiwa pertama" in words.id[1]
    assert len(words.en) == len(words.id) == 4


def test_without_a_witness_the_sentences_say_what_that_leaves_open() -> None:
    words = in_words(proven(SCORE))
    assert words.en[2].startswith("No witness that you trust") and words.id[2].startswith("Belum ada saksi")


def test_witnesses_are_named_with_the_time_at_which_they_saw_it() -> None:
    words = in_words(proven(SCORE, Cosigned("kpk.example/w", 1_700_000_000), Cosigned("bpk.example/w", 1_700_000_060)))
    assert "kpk.example/w (15 November 2023, 05:13:20 WIB), bpk.example/w (15 November 2023, 05:14:20 WIB)" in words.en[2]
    assert "kpk.example/w (15 November 2023, 05.13.20 WIB)" in words.id[2]


def test_an_event_that_has_no_words_of_its_own_is_an_event() -> None:
    words = in_words(proven(drafted(example(ObjectionFiled))))
    assert "is an event (ObjectionFiled)" in words.en[0] and "ialah sebuah peristiwa (ObjectionFiled)" in words.id[0]


@pytest.mark.parametrize("entry", [b"", b"hello", b"{}", b"\xff\xfe"])
def test_what_is_no_event_has_no_words(entry: bytes) -> None:
    with pytest.raises(ValueError, match="is no event"):
        in_words(proven(entry))
