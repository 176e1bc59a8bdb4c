"""The rules of the house that hold for every file: who imports whom, and what deciders may know."""

import ast
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

PURE_NAMES = {"shared.deciding": {"Decider", "Fold"}, "shared.security": {"ROLES"}}
"""Modules that do I/O as well, and the definitions without any that deciders may take from them, and nothing else."""

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
    """All imports but those of PURE_NAMES by deciders, which a test of their own looks at."""
    graph = grimp.build_graph(
        "services", "shared", "makmal", include_external_packages=True, exclude_type_checking_imports=True
    )
    for decider in deciders(ROOT):
        for module in PURE_NAMES.keys() & graph.find_modules_directly_imported_by(decider):
            graph.remove_import(importer=decider, imported=module)
    return graph


def ways_to_io(graph: grimp.ImportGraph, decider: str) -> list[str]:
    """One chain of imports for each forbidden module that the decider reaches."""
    chains = (graph.find_shortest_chain(importer=decider, imported=name) for name in sorted(IO & graph.modules))
    return [" -> ".join(chain) for chain in chains if chain]


@pytest.mark.parametrize("decider", deciders(ROOT))
def test_a_decider_reaches_no_io(decider: str) -> None:
    assert ways_to_io(imports(), decider) == []


@pytest.mark.parametrize("decider", deciders(ROOT))
def test_a_decider_takes_only_pure_names_from_modules_that_do_io(decider: str) -> None:
    tree = ast.parse((ROOT / decider.replace(".", "/")).with_suffix(".py").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in PURE_NAMES:
            assert {name.name for name in node.names} <= PURE_NAMES[node.module]
        if isinstance(node, ast.Import):
            assert not {name.name for name in node.names} & PURE_NAMES.keys(), "import the names, not the module"


@pytest.mark.parametrize("decider", deciders(ROOT))
def test_a_decider_reads_no_clock(decider: str) -> None:
    tree = ast.parse((ROOT / decider.replace(".", "/")).with_suffix(".py").read_text())
    asked = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in CLOCK]
    assert asked == [], "the time comes in on the command"


def test_there_are_deciders_to_check() -> None:
    assert deciders(ROOT)


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
    linted = subprocess.run([LINT_IMPORTS, "--no-logo", "--no-cache"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (linted.returncode == 0) == (broken is None), linted.stdout + linted.stderr
    assert [row for row in linted.stdout.splitlines() if row.endswith("BROKEN")] == ([f"{broken} BROKEN"] if broken else [])
