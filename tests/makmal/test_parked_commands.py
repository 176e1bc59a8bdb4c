import json

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner, Result

from makmal.cli import app
from shared.database import Database, table
from shared.refusals import Refused
from shared.runner.tables import InboxRow
from tests.makmal.conftest import KeptHouse


def ran(kept: KeptHouse, *words: str) -> Result:
    result = CliRunner().invoke(app, ["parked", *words, "--data", str(kept.data)])
    if isinstance(result.exception, Exception):
        raise result.exception
    return result


def listed(kept: KeptHouse) -> list[tuple[str, int, str]]:
    return [(row["service"], row["id"], row["subject"]) for row in json.loads(ran(kept, "list", "--json").stdout)]


@pytest.fixture
def with_parked(kept: KeptHouse) -> KeptHouse:
    """Two parked reactions and an open one of notification."""
    environment = kept.house.environment("notification", broker_url="", public_url="")
    database = Database(environment["MAKMAL_DATABASE_URL"])
    database.create([InboxRow])
    rows = [
        {
            "reaction": "invite",
            "subject": f"account/{number}",
            "position": number,
            "service": "identity",
            "raw": b"{}",
            "tries": 6,
            "due": 0.0,
            "parked": number < 3,
            "error": "ValueError: no template",
        }
        for number in (1, 2, 3)
    ]
    database.write_now(lambda c: c.execute(insert(table(InboxRow)), rows))
    database.close()
    return kept


def test_parked_reactions_are_listed_with_their_error(with_parked: KeptHouse) -> None:
    assert listed(with_parked) == [("notification", 1, "account/1"), ("notification", 2, "account/2")]
    told = ran(with_parked, "list", "--service", "notification").stdout
    assert "notification 1: invite at position 1 of account/1, 6 tries: ValueError: no template" in told


def test_one_is_tried_again_and_another_given_up(with_parked: KeptHouse) -> None:
    ran(with_parked, "retry", "1", "--service", "notification")
    assert listed(with_parked) == [("notification", 2, "account/2")]
    ran(with_parked, "discard", "2", "--service", "notification")
    assert listed(with_parked) == []
    assert ran(with_parked, "list").stdout == "Nothing is parked.\n"
    database = Database(f"sqlite:///{with_parked.data / 'notification' / 'service.sqlite'}")
    inbox = table(InboxRow)
    left = database.read_now(lambda c: c.execute(inbox.select().order_by(inbox.c.id)).all())
    database.close()
    assert [(row.id, row.tries, row.parked) for row in left] == [(1, 0, False), (3, 6, False)]


@pytest.mark.parametrize("word", ["retry", "discard"])
def test_only_what_is_parked_can_be_decided(with_parked: KeptHouse, word: str) -> None:
    with pytest.raises(Refused, match="No reaction 3 is parked in notification"):
        ran(with_parked, word, "3", "--service", "notification")
