"""`makmal demo --until ACT --serve`: one address, a sign-in link for each role, and everything gone after it."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from makmal.demo.cast import People
from makmal.demo.serving import ROLES

ROOT = Path(__file__).resolve().parents[3]
MADE_UP = ROOT / "tests" / "editions" / "riau-olah"
COMMAND = [sys.executable, "-m", "makmal", "demo", "--edition", str(MADE_UP)]


def test_a_served_demo_tells_one_address_and_a_link_for_each_role(tmp_path: Path) -> None:
    command = [*COMMAND, "--until", "registration", "--serve", "--data", str(tmp_path / "data")]
    demo = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        assert demo.stdout
        told = []
        for line in demo.stdout:
            told.append(line)
            if "demo-people.json" in line:
                break
        links = dict(re.findall(r"^  (\S.*?)\s+(http://localhost:\d+/identity/sign-in-link\S+)$", "".join(told), re.MULTILINE))
        assert [name.split(" din-01")[0] for name in links] == list(ROLES.values())
        for link in links.values():
            assert httpx.get(link, headers={"Accept": "text/html"}, trust_env=False).status_code == 200
        url = httpx.URL(next(iter(links.values())))
        editions = httpx.get(url.copy_with(path="/registration/e/riau-olah", query=None), headers={"Accept": "text/html"})
        assert editions.status_code == 200 and "Riau Olah" in editions.text
    finally:
        demo.send_signal(signal.SIGTERM)
        rest, _ = demo.communicate(timeout=60)
    assert demo.returncode == 0 and "Stopping." in rest
    with pytest.raises(httpx.ConnectError):
        httpx.get(str(url.copy_with(path="/", query=None)), trust_env=False)
    kept = People.of(tmp_path / "data")
    assert kept.edition == "riau-olah" and kept.first("operator").institution == "din-01"
    assert (tmp_path / "data" / "demo-people.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(["--json", "out.json", "--serve"], "has no outcome"), ([], "add --serve")],
)
def test_half_an_edition_is_for_looking_at(words: list[str], sentence: str) -> None:
    command = [*COMMAND, "--until", "judging", *words]
    refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 2 and sentence in " ".join(refused.stderr.replace("│", " ").split())
