"""pyproject.toml, uv.lock and the exported requirements agree."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scripts.lock import EXPORTS
from tests.support.plugin import unavailable
from tests.support.running.site import ROOT

pytestmark = pytest.mark.once

PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", re.MULTILINE)


@pytest.fixture
def uv() -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    if shutil.which("uv", path=path) is None:
        unavailable("uv is not installed")


def checked(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/lock.py", "--check"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("uv")
@pytest.mark.smoke
def test_lock_and_exports_agree() -> None:
    done = checked(ROOT)
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("uv")
@pytest.mark.parametrize("name", EXPORTS)
def test_edited_export_is_reported(tmp_path: Path, name: str) -> None:
    """Control: the same check in a copy with a changed pin."""
    (tmp_path / "scripts").mkdir()
    for file in ["pyproject.toml", "uv.lock", "README.md", "LICENSE", "scripts/lock.py", *EXPORTS]:
        shutil.copy(ROOT / file, tmp_path / file)
    pins = (tmp_path / name).read_text()
    (tmp_path / name).write_text(re.sub(r"^django==[\d.]+", "django==5.2.0", pins, flags=re.MULTILINE))
    done = checked(tmp_path)
    assert done.returncode == 1
    assert done.stderr == f"Not what uv.lock says: {name}. Run `make lock`.\n"


@pytest.mark.parametrize("name", EXPORTS)
def test_exports_have_the_locked_versions(name: str) -> None:
    """Checked without uv: every pin is a version of uv.lock, with hashes."""
    locked = {(p["name"], p.get("version")) for p in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
    text = (ROOT / name).read_text()
    pins = PIN.findall(text)
    assert len(pins) > 20
    assert set(pins) <= locked
    assert len(re.findall(r"^[a-z0-9]", text, re.MULTILINE)) == len(pins)
    assert all(
        "--hash=sha256:" in entry for entry in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    )


def test_plain_requirements_are_a_subset_of_the_others() -> None:
    plain, fast, dev = (set(PIN.findall((ROOT / name).read_text())) for name in EXPORTS)
    assert plain < fast
    assert plain < dev
