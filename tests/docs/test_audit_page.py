"""docs/audit.md is true: the check in five minutes is done as it is printed, and every command of the organiser's is there as written."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from makmal.bundle.export import export
from makmal.cli import app
from services.audit.ledger import public_directory
from shared.transparency.proof import Receipt
from shared.transparency.tiles import TileStore
from tests.makmal.bundle.conftest import Noted

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "audit.md").read_text()
CHECK = PAGE.partition("## Check it yourself")[2].partition("\n## ")[0]
OWN = PAGE.partition("## The organiser's own commands")[2]


class Held:
    """What an inspector holds: a copy, the announced key, a checkpoint of before, a receipt."""

    def __init__(self, directory: Path):
        noted = Noted(directory / "audit")
        self.copy = directory / "copy"
        export(noted.audit, self.copy)
        self.key = noted.vkey
        self.checkpoint = directory / "checkpoint"
        self.checkpoint.write_bytes(noted.notes[0])
        public, size, raw = public_directory(noted.audit), len(noted.log), noted.log[9][2]
        proof = tuple(TileStore(public).inclusion_proof(9, size))
        self.receipt = directory / "receipt.tlog-proof"
        self.receipt.write_bytes(Receipt(9, proof, (public / "checkpoint").read_bytes(), raw).to_bytes())

    def typed(self, printed: str) -> tuple[int, str]:
        """A command as it is printed, in a terminal in the directory of the copy."""
        file = self.receipt if "--receipt" in printed else self.checkpoint
        words = shlex.split(printed.replace("KEY", self.key).replace("FILE", str(file)))
        assert words[0] == "python3"
        done = subprocess.run([sys.executable, *words[1:]], cwd=self.copy, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    return Held(tmp_path_factory.mktemp("held"))


def test_the_check_is_done_as_it_is_printed(held: Held) -> None:
    printed = re.findall(r"`(python3 verify\.py[^`]*)`", CHECK)
    assert [re.sub(r" ?('KEY'|FILE)", "", line) for line in printed] == [
        "python3 verify.py",
        "python3 verify.py --key",
        "python3 verify.py --checkpoint",
        "python3 verify.py --receipt",
    ]
    for command in printed:
        code, told = held.typed(command)
        assert code == 0 and "TERBUKTI" in told and "PROVEN" in told, (command, told)


def test_its_exit_codes_are_those_that_the_page_names(held: Held) -> None:
    assert "0 proven, 1 something is wrong, 2 it could not be checked" in CHECK
    assert held.typed("python3 verify.py nowhere")[0] == 2
    held.checkpoint.write_bytes(held.checkpoint.read_bytes().replace(b"\n60\n", b"\n61\n"))
    assert held.typed("python3 verify.py --checkpoint FILE")[0] == 1


def test_the_program_is_as_long_as_the_page_says(held: Held) -> None:
    (said,) = re.findall(r"one file of some (\d+) lines", CHECK)
    assert abs(len((held.copy / "verify.py").read_text().splitlines()) - int(said)) < 50


@pytest.mark.parametrize("line", re.findall(r"^\./dev makmal (.*?)(?:  .*)?$", OWN, re.M))
def test_every_command_of_the_organisers_exists_with_its_options(line: str) -> None:
    words = shlex.split(line)
    command = [word for word in words[:2] if word.islower()]
    shown = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1"})
    assert shown.exit_code == 0, shown.output
    for option in (word for word in words if word.startswith("--")):
        assert option in shown.output, (line, option)


def test_the_options_that_the_page_mentions_beside_the_commands_exist() -> None:
    for command, option in re.findall(r"`(?:makmal )?(audit verify|log replay|audit explain) (--[a-z-]+)", OWN):
        assert option in CliRunner().invoke(app, [*command.split(), "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"}).output
