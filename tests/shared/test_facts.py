"""A dossier names a record for ever by what was written, whatever fields a record has since."""

import json
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType
from msgspec.structs import fields

from shared.events.innovation import InnovationRecord
from shared.facts import record_digest

WRITTEN = (
    '{"name":"Antrean é","stage":"inisiatif","initiator":"ASN","type":"digital","form":"pelayanan publik","theme":"non tematik",'
    '"main_affair":"kesehatan","other_affairs":[],"trial_date":"2022-01-10","implementation_date":"2022-06-01","design":"d",'
    '"purpose":"p","benefit":"b","result":"r"}'
)
"""As the first version of the system wrote a record."""
ITS_DIGEST = "cf6a287570df03d4ba1ddacacac47425f80a178e24b60e1476f34acfc3ad7be7"
FIRST = tuple(json.loads(WRITTEN))
"""The fields that a record had in the beginning."""

Later: Any = msgspec.defstruct(
    "InnovationRecord",
    [
        *((f.name, f.type) if f.required else (f.name, f.type, f.default) for f in fields(InnovationRecord)),
        ("language", str | UnsetType, UNSET),
    ],
    frozen=True,
    kw_only=True,
)
"""The record of a version of the system to come, with a field more."""


def named(written: str) -> str:
    """Without any of the house's code."""
    return sha256(json.dumps(json.loads(written), separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def test_a_record_is_named_by_what_is_written() -> None:
    record = msgspec.json.decode(WRITTEN, type=InnovationRecord)
    assert record_digest(record) == named(WRITTEN) == ITS_DIGEST
    assert msgspec.json.encode(record).decode() == WRITTEN


def test_a_field_that_comes_later_leaves_old_records_their_names() -> None:
    read = msgspec.json.decode(WRITTEN, type=Later)
    assert record_digest(read) == ITS_DIGEST
    assert msgspec.json.encode(read).decode() == WRITTEN, "nor is it written where nothing was said"
    assert record_digest(msgspec.structs.replace(read, type="non digital")) == named(
        WRITTEN.replace('"digital"', '"non digital"')
    )


@pytest.mark.parametrize("said", ["", "id", "en"])
def test_a_field_that_came_later_counts_where_something_was_said(said: str) -> None:
    written = f'{WRITTEN[:-1]},"language":"{said}"}}'
    read = msgspec.json.decode(written, type=Later)
    assert record_digest(read) == named(written) != ITS_DIGEST


def test_only_what_was_there_in_the_beginning_is_always_written() -> None:
    """Else the records on record would be named otherwise from one version of the system to the next."""
    there = fields(InnovationRecord)
    assert tuple(field.name for field in there[: len(FIRST)]) == FIRST
    assert [field.name for field in there[len(FIRST) :] if field.default is not UNSET] == []


@given(st.text(), st.lists(st.text(), max_size=3))
def test_anybody_can_compute_the_name_with_a_json_library(text: str, affairs: list[str]) -> None:
    record = msgspec.json.decode(WRITTEN, type=InnovationRecord)
    record = msgspec.structs.replace(record, design=text, other_affairs=tuple(affairs))
    assert record_digest(record) == named(msgspec.json.encode(record).decode())
