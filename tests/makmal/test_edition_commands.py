"""`makmal edition check` tells every fault with its line; `open` brings an edition folder to the services."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def makmal(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "makmal", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_sound_folder_is_told_in_two_lines() -> None:
    done = makmal("edition", "check", "editions/batam-2023")
    assert done.returncode == 0
    assert "146 institutions, 5 categories" in done.stdout


def test_a_faulty_folder_is_told_with_file_and_line(tmp_path: Path) -> None:
    source = ROOT / "editions" / "batam-2023"
    (tmp_path / "institutions.csv").write_bytes((source / "institutions.csv").read_bytes())
    (tmp_path / "edition.toml").write_text((source / "edition.toml").read_text().replace("weight = 30", "weight = 31"))
    done = makmal("edition", "check", str(tmp_path))
    assert done.returncode == 1
    assert "edition.toml:" in done.stderr


def test_opening_at_a_closed_door_is_refused_with_a_sentence() -> None:
    done = makmal(
        "edition", "open", "editions/batam-2023", "--username", "x@y.invalid", "--password", "x", "--url", "http://127.0.0.1:9"
    )
    assert done.returncode == 3
    assert "http://127.0.0.1:9" in done.stderr
