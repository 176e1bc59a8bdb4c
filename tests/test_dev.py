"""The script at the root: what it says and does before the locked environment is there."""

import importlib.machinery
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def dev() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("dev_script", str(ROOT / "dev"))
    spec = importlib.util.spec_from_loader("dev_script", loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def program(directory: Path, name: str, script: str = "exit 0") -> None:
    directory.mkdir(exist_ok=True)
    (directory / name).write_text(f"#!/bin/sh\n{script}\n")
    (directory / name).chmod(0o755)


def run(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(ROOT / "dev"), *words], cwd=cwd, capture_output=True, text=True, timeout=60)


def test_it_needs_nothing_but_the_standard_library() -> None:
    code = f"import runpy; runpy.run_path({str(ROOT / 'dev')!r}, run_name='dev')"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True, timeout=30)


def test_without_a_command_it_lists_them() -> None:
    assert (run().returncode, run("frobnicate").returncode) == (0, 2)
    assert "./dev demo" in run().stdout


def test_a_command_runs_in_the_callers_directory_without_taking_its_modules(tmp_path: Path) -> None:
    (tmp_path / "makmal").mkdir()
    (tmp_path / "makmal" / "__main__.py").write_text("raise SystemExit('the wrong makmal')")
    made = run("makmal", "secrets", "here.env", "--smtp-url", "smtp://localhost", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "here.env").exists()


def test_a_missing_server_is_named_to_who_may_not_install_it(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for there in ("initdb", "chromium-headless-shell", "curl", "jq"):
        program(tmp_path / "bin", there)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit) as stopped:
        dev.need_servers()
    assert stopped.value.code == 2
    assert "the tests need redis-server; install it with" in capsys.readouterr().err


@pytest.mark.parametrize("browser", ("chromium", "chromium-headless-shell"))
def test_either_build_of_the_browser_will_do(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, browser: str
) -> None:
    for there in ("initdb", "redis-server", browser, "curl", "jq"):
        program(tmp_path / "bin", there)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    dev.need_servers()


def test_servers_are_installed_without_being_started(dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bin_, policy = tmp_path / "bin", tmp_path / "policy-rc.d"
    for there in ("initdb", "chromium-headless-shell", "curl", "jq"):
        program(bin_, there)
    installs = (
        f'case "$2" in install) {policy} || echo "$@ $?" > {tmp_path}/asked; : > {bin_}/redis-server; {sys.executable} -c '
    )
    installs += f"\"import os; os.chmod('{bin_}/redis-server', 0o755)\";; esac"
    program(bin_, "apt-get", installs)
    monkeypatch.setenv("PATH", str(bin_))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(dev, "POLICY", policy)
    dev.need_servers()
    asked = (tmp_path / "asked").read_text()
    assert asked.split() == ["-qq", "install", "--yes", "--no-install-recommends", "redis-server", "101"]
    assert not policy.exists(), "what follows on this machine may start its services"


def test_the_tests_of_a_file_run_on_one_core_where_they_share_what_takes_long_to_make(dev: ModuleType, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"test_{name}.py").write_text(
            "import os, pathlib, pytest\n"
            "@pytest.mark.parametrize('n', range(6))\n"
            f"def test_it(n): pathlib.Path('{name}-' + os.environ['PYTEST_XDIST_WORKER']).touch()\n"
        )
    (tmp_path / "pytest.ini").touch()
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", *dev.SPREAD]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60, capture_output=True)
    assert sorted(file.name[0] for file in tmp_path.glob("?-gw*")) == ["a", "b"]
