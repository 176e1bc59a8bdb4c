"""A whole broker put back to an earlier copy of its append-only file, as after a careless restore."""

import shutil
from pathlib import Path

from typer.testing import CliRunner

from makmal.cli import app
from makmal.house import House
from shared.eventlog.acl import OPERATOR
from tests.makmal.conftest import KeptHouse


def audit(kept: KeptHouse, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["audit", *words, "--data", str(kept.data)])
    return result.exit_code, result.stdout


def test_an_old_append_only_file_is_found_and_what_is_missing_is_put_back(tmp_path: Path) -> None:
    house = House(tmp_path / "data")
    broker = house.broker(lifelong=True)
    broker.start()
    kept = KeptHouse(house, broker.url(OPERATOR, house.secrets.passwords[OPERATOR]))
    kept.records(8)
    broker.stop()
    shutil.copytree(house.data / "broker" / "appendonlydir", tmp_path / "old")
    broker.start()
    kept.records(4)
    kept.signs()
    broker.stop()
    shutil.rmtree(house.data / "broker" / "appendonlydir")
    shutil.copytree(tmp_path / "old", house.data / "broker" / "appendonlydir")
    broker.start()
    try:
        code, told = audit(kept, "verify", "--bytes")
        assert code == 1 and told.startswith("The log ends at position 40, but the notary has signed 60 events.")
        assert audit(kept, "restore", "--mend")[0] == 0
        assert audit(kept, "verify", "--bytes")[0] == 0
    finally:
        broker.stop()
