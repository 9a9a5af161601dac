"""The scripts that build the virtual environment. Each failure is one sentence."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.secrets_file import NAMES, write_secrets
from tests.support.plugin import unavailable
from tests.support.running.site import ROOT

pytestmark = pytest.mark.once

OUTSIDE = getattr(sys, "_base_executable", sys.executable)
"""The Python that creates environments. The one that runs the tests may have no pip."""


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    """Return an empty requirements file. A folder on PYTHONPATH replaces Django."""
    (tmp_path / "site" / "django").mkdir(parents=True)
    (tmp_path / "site" / "django" / "__init__.py").touch()
    file = tmp_path / "requirements.txt"
    file.write_text("# nothing\n")
    return file


def build(requirements: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/environment.py for an environment in the folder of `requirements`."""
    folder = requirements.parent
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    env = clean | {
        "VENV": str(folder / "venv"),
        "PYTHONPATH": str(folder / "site"),
        "INSTALL_LOG": str(folder / "log"),
    }
    return subprocess.run(
        [OUTSIDE, "scripts/environment.py", str(requirements)],
        cwd=ROOT,
        env=env | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def _pip() -> None:
    if subprocess.run([OUTSIDE, "-m", "pip", "--version"], capture_output=True, check=False).returncode:
        unavailable(f"pip is not installed for {OUTSIDE}")


@pytest.mark.usefixtures("_pip")
def test_environment_is_built_once_and_rebuilt_after_changes(requirements: Path) -> None:
    """Changed requirements are installed. A broken environment (copied folder, missing Python) is rebuilt."""
    first = build(requirements)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.endswith("The environment is ready.\n")
    again = build(requirements)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    requirements.write_text("# still nothing\n")
    changed = build(requirements).stdout
    assert "Installing 0 packages" in changed
    assert "building it anew" not in changed
    python = requirements.parent / "venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/no/such/python")
    anew = build(requirements)
    assert anew.returncode == 0
    assert "venv does not work here: building it anew." in anew.stdout


@pytest.mark.usefixtures("_pip")
def test_no_network_is_one_sentence_and_no_stamp(requirements: Path) -> None:
    requirements.write_text("wishlist-no-such-package==1.0 --hash=sha256:" + "0" * 64 + "\n")
    variables = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_CACHE_DIR": "1",
    }
    for _ in range(2):
        done = build(requirements, **variables)
        assert done.returncode == 1
        assert done.stderr == (
            "The package index cannot be reached: check the network (or the proxy), then run this again.\n"
        )
    assert not list((requirements.parent / "venv").glob(".installed*"))


def test_missing_pip_is_one_sentence(requirements: Path) -> None:
    """There is neither a pip outside nor ensurepip: modules that fail replace both."""
    for name in ("pip", "ensurepip"):
        (requirements.parent / "site" / f"{name}.py").write_text(
            f"raise SystemExit('No module named {name}')\n"
        )
    done = build(requirements)
    assert done.returncode == 1
    assert done.stderr.startswith("pip is missing: install it (Debian, Ubuntu: apt install python3-pip;")
    assert len(done.stderr.splitlines()) == 1


def find_python(path: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": path, "SYSTEM_PYTHON": "", **variables}
    command = ["/bin/sh", "scripts/find-python"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def stand_in(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_old_python_is_one_sentence(tmp_path: Path) -> None:
    stand_in(tmp_path, "python3", '[ "$1" = -V ] && echo Python 3.9.18 && exit 0; exit 1')
    done = find_python(str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.11 or newer is needed, and python3 here is Python 3.9.18: ")
    assert len(done.stderr.splitlines()) == 1


def test_newer_python_is_preferred_to_an_old_one(tmp_path: Path) -> None:
    stand_in(tmp_path, "python3", "exit 1")
    stand_in(tmp_path, "python3.12", "exit 0")
    assert find_python(str(tmp_path)).stdout == "python3.12\n"


@pytest.mark.parametrize(
    "script", ["exit 0", '[ "$2" != "${2#import sys}" ]'], ids=["with pip", "without pip"]
)
def test_python_of_the_system_comes_first_if_it_has_pip(tmp_path: Path, script: str) -> None:
    stand_in(tmp_path, "python3", "exit 0")
    stand_in(tmp_path, "systems", script)
    systems = str(tmp_path / "systems")
    taken = systems if script == "exit 0" else "python3"
    assert find_python(str(tmp_path), SYSTEM_PYTHON=systems).stdout == f"{taken}\n"
    assert find_python(str(tmp_path), SYSTEM_PYTHON=systems, PYTHON="python3").stdout == "python3\n"


def test_no_python_is_one_sentence(tmp_path: Path) -> None:
    done = find_python(str(tmp_path))
    assert done.returncode == 1
    assert "and no python3 that runs was found" in done.stderr


def test_python_can_be_named(tmp_path: Path) -> None:
    assert find_python(str(tmp_path), PYTHON=sys.executable).stdout == f"{sys.executable}\n"


def test_secrets_are_long_private_and_written_once(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    write_secrets(folder)
    file = folder / "secrets.env"
    lines = [line.split("=", 1) for line in file.read_text().splitlines() if not line.startswith("#")]
    assert [name for name, _ in lines] == list(NAMES)
    assert len({secret for _, secret in lines}) == len(NAMES)
    assert all(len(secret) >= 50 for _, secret in lines)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    before = file.read_text()
    write_secrets(folder)
    assert file.read_text() == before
