"""Each benchmark runs, small, on the real parts; what it finds at that size is no measurement."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.__main__ import app

TINY = "0.002"


def run(tmp_path: Path, name: str) -> tuple[str, dict[str, dict[str, object]]]:
    """The output, and the figures by name."""
    file = tmp_path / "figures.json"
    result = CliRunner().invoke(app, ["--scale", TINY, "--json", str(file), name], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output, {one["name"]: one for one in json.loads(file.read_text())["benchmarks"]}


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("append", {"append-xadd": ("events/s", 1.5), "append-eventsourcing": ("events/s", 6)}),
        ("submission", {"submission": ("requests/s", 0.5)}),
        ("projection", {"projection": ("events/s", 1)}),
        ("growth", {"growth-load": ("µs", 1.2), "growth-append": ("µs", 1.2)}),
        ("memory", {"memory": ("MB", 1.5)}),
        (
            "verification",
            {
                "verify-bytes": ("events/s", 1),
                "verify-rules": ("events/s", 1),
                "verify-eventsourcing": ("events/s", 1),
            },
        ),
        ("notary", {"notary-p99": ("s", 1), "notary-p50": ("s", 0.5)}),
        ("pages", {"pages-p95": ("ms", 1), "pages-p50": ("ms", 1), "pages-work": ("ms", 1)}),
    ],
)
def test_a_benchmark_tells_its_figures(tmp_path: Path, name: str, figures: dict[str, tuple[str, float]]) -> None:
    output, found = run(tmp_path, name)
    assert {key: (one["unit"], one["target"]) for key, one in found.items()} == figures
    for key, one in found.items():
        value, reference, ratio = one["value"], one["reference"], one["ratio"]
        assert isinstance(value, float) and isinstance(reference, float) and value > 0 < reference
        assert ratio == pytest.approx(value / reference, rel=0.01)
        assert key in output
    missed = [key for key, one in found.items() if not one["met"]]
    assert (f"Not met: {', '.join(missed)}." if missed else "Every target is met.") in output


def test_a_name_that_is_no_benchmark_is_refused() -> None:
    result = CliRunner().invoke(app, ["speed"])
    assert result.exit_code == 2
    assert "speed is no benchmark" in result.output
