"""A log is written back from what was signed: the same bytes under the same positions, and nothing that stands is overwritten."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import NoPermissionError
from typer.testing import CliRunner, Result

from makmal.bundle.restorer import restorer
from makmal.cli import app
from makmal.house import House
from makmal.rebuilding import differences_of_services
from makmal.verify.raw_log import raw_client
from services.registration.edition import EDITION
from shared.deciding import Desk
from shared.eventlog import Append, Draft, RequestReused, Wanted
from shared.eventlog.acl import OPERATOR, RESTORER
from shared.events.registration import InstitutionRegistered
from shared.refusals import Refused
from tests.makmal.conftest import KeptHouse
from tests.world import World


def ran(*words: object) -> Result:
    result = CliRunner().invoke(app, ["audit", *map(str, words)])
    if isinstance(result.exception, Exception):
        raise result.exception
    return result


def holds(kept: KeptHouse) -> dict[str, Any]:
    """Everything of the log that is in the broker, key by key; of request records only positions, not the body's digest."""
    with kept.operator() as client:
        found: dict[str, Any] = {}
        for key in client.scan_iter("*"):
            match client.type(key):
                case b"stream":
                    found[key] = client.execute_command("XRANGE", key, "-", "+")
                case b"list":
                    found[key] = client.lrange(key, 0, -1)
                case b"hash":
                    found[key] = {k: v.split(b" ")[:2] for k, v in client.hgetall(key).items()}
                case _:
                    found[key] = client.get(key)
        return found


def wipe(kept: KeptHouse) -> None:
    with kept.operator() as client:
        client.flushall()


@pytest.fixture
def signed(kept: KeptHouse) -> KeptHouse:
    kept.records(60)
    kept.signs()
    return kept


@pytest.fixture
def bundle(signed: KeptHouse, tmp_path: Path) -> Path:
    ran("export", tmp_path / "bundle", "--data", signed.data)
    return tmp_path / "bundle"


def test_an_empty_broker_has_everything_again(signed: KeptHouse, bundle: Path) -> None:
    before = holds(signed)
    wipe(signed)
    told = ran("restore", bundle, "--data", signed.data)
    assert "The broker has everything up to position 300. Entries put back: 240 in judging, 60 in registration." in told.stdout
    assert holds(signed) == before
    assert ran("verify", "--bytes", "--data", signed.data).exit_code == 0
