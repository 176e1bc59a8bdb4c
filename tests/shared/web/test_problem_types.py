"""The list of problems that clients rely on is the one in the code."""

import ast
import re
from pathlib import Path

from shared.web.problem_types import PROBLEMS, page
from shared.web.problems import REFUSALS

ROOT = Path(__file__).resolve().parent.parent.parent.parent


def told() -> set[str]:
    """The kinds that the code names when it makes a problem: `problem("kind", …)`."""
    found: set[str] = set(REFUSALS.values())
    for file in [*ROOT.glob("shared/**/*.py"), *ROOT.glob("services/**/*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            words = [str(a.value) for a in node.args if isinstance(a, ast.Constant)] if isinstance(node, ast.Call) else []
            if name == "problem" and words:
                found.add(words[0])
            if name == "SignInRefused":
                found |= {word.replace("_", "-") for word in words if re.fullmatch(r"[a-z]+(_[a-z]+)+", word)}
    gateway = (ROOT / "deploy" / "Caddyfile").read_text()
    return found | set(re.findall(r'"urn:makmal:problem:([a-z-]+)"', gateway))


def test_every_problem_that_is_told_is_listed_and_every_one_listed_is_told() -> None:
    assert told() == set(PROBLEMS)


def test_the_page_is_what_the_code_says() -> None:
    written = (ROOT / "docs" / "problems.md").read_text()
    assert written == page(), "write it anew: python -m shared.web.problem_types > docs/problems.md"


def test_each_says_in_both_languages_what_it_is_and_what_to_do() -> None:
    for kind, known in PROBLEMS.items():
        assert known.title and known.judul and known.title != known.judul, kind
        assert known.todo.endswith("."), kind
        assert all(400 <= status < 600 for status in known.statuses), kind
