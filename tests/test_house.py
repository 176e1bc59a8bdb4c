"""The rules of the house that hold for every file: who imports whom, and what deciders may know."""

import ast
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

IO = {
    *(
        "asyncio",
        "http",
        "io",
        "os",
        "random",
        "secrets",
        "shutil",
        "smtplib",
        "socket",
        "sqlite3",
        "subprocess",
        "threading",
        "time",
    ),
    *(
        "aiosmtplib",
        "alembic",
        "fastapi",
        "faststream",
        "httpx",
        "psycopg",
        "redis",
        "sqlalchemy",
        "sqlmodel",
        "starlette",
        "uvicorn",
    ),
}
"""What a decider may not reach, itself or through what it imports: broker, database, HTTP, files, chance and the clock."""

CLOCK = {"now", "utcnow", "today", "fromtimestamp"}


def deciders(root: Path) -> list[str]:
    """Modules of services that define `decide` and `evolve`."""
    found = []
    for file in sorted((root / "services").glob("*/**/*.py")):
        defined = {node.name for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef)}
        if {"decide", "evolve"} <= defined:
            found.append(".".join(file.relative_to(root).with_suffix("").parts))
    return found


@cache
def imports() -> grimp.ImportGraph:
    return grimp.build_graph("services", "shared", "makmal", include_external_packages=True, exclude_type_checking_imports=True)


def ways_to_io(graph: grimp.ImportGraph, decider: str) -> list[str]:
    """One chain of imports for each forbidden module that the decider reaches."""
    chains = (graph.find_shortest_chain(importer=decider, imported=name) for name in sorted(IO & graph.modules))
    return [" -> ".join(chain) for chain in chains if chain]


def test_a_decider_reaches_no_io() -> None:
    assert [way for decider in deciders(ROOT) for way in ways_to_io(imports(), decider)] == []


def test_a_decider_reads_no_clock() -> None:
    asked = []
    for decider in deciders(ROOT):
        tree = ast.parse((ROOT / decider.replace(".", "/")).with_suffix(".py").read_text())
        asked += [f"{decider}: {n.attr}" for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr in CLOCK]
    assert asked == [], "the time comes in on the command"


def test_a_decider_is_known_by_what_it_defines(tmp_path: Path) -> None:
    service = tmp_path / "services" / "judging"
    service.mkdir(parents=True)
    (service / "scoresheet.py").write_text("def decide(): ...\ndef evolve(): ...\n")
    (service / "ranking.py").write_text("def decide(): ...\n")
    assert deciders(tmp_path) == ["services.judging.scoresheet"]


def test_a_decider_that_reaches_the_broker_through_another_module_is_found() -> None:
    graph = grimp.ImportGraph()
    graph.add_module("services.judging.scoresheet")
    graph.add_module("services.judging.lookup")
    graph.add_module("redis", is_squashed=True)
    graph.add_import(importer="services.judging.scoresheet", imported="services.judging.lookup")
    graph.add_import(importer="services.judging.lookup", imported="redis")
    assert ways_to_io(graph, "services.judging.scoresheet") == [
        "services.judging.scoresheet -> services.judging.lookup -> redis"
    ]


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("services/judging/scores.py", "import services.registration.roster", "Services talk through streams only"),
        ("shared/log.py", "import services.registration.roster", "What is shared knows no service and not the command"),
        ("shared/log.py", "import makmal.cli", "What is shared knows no service and not the command"),
        ("services/judging/scores.py", "import makmal.cli", "A service knows shared and itself"),
        ("services/judging/scores.py", "import shared.log", None),
        ("makmal/cli.py", "import services.judging.scores, services.registration.roster", None),
    ],
)
def test_the_import_rules_find_what_they_are_for(tmp_path: Path, file: str, line: str, broken: str | None) -> None:
    for name in ("services/judging/scores.py", "services/registration/roster.py", "shared/log.py", "makmal/cli.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / file).write_text(line + "\n")
    shutil.copy(ROOT / ".importlinter", tmp_path)
    alone = {**os.environ, "PYTHONPATH": str(tmp_path)}  # not the house's own modules of the same names
    command = [str(LINT_IMPORTS), "--no-logo", "--no-cache"]
    linted = subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, text=True, timeout=60)
    assert (linted.returncode == 0) == (broken is None), linted.stdout + linted.stderr
    assert [row for row in linted.stdout.splitlines() if row.endswith("BROKEN")] == ([f"{broken} BROKEN"] if broken else [])
