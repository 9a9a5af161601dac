"""Lock the dependencies and export requirements with hashes, or with --check report what is out of date."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXPORTS = {
    "requirements.txt": ["--no-dev"],
    "requirements-fast.txt": ["--no-dev", "--extra", "fast"],
    "requirements-dev.txt": ["--all-groups"],
}
HEADER = "# Exported from uv.lock by `make lock`; do not edit.\n"


def uv(*arguments: str) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    found = shutil.which("uv", path=path)
    if found is None:
        sys.exit("uv is not here: it comes with requirements-dev.txt.")
    done = subprocess.run(
        [found, "--quiet", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr.strip() or f"uv {arguments[0]} failed.")
    return done.stdout


def exported(options: list[str]) -> str:
    return HEADER + uv("export", "--frozen", "--no-emit-project", "--no-header", *options)


def check() -> None:
    uv("lock", "--check")
    stale = [name for name, options in EXPORTS.items() if (ROOT / name).read_text() != exported(options)]
    if stale:
        sys.exit(f"Not what uv.lock says: {', '.join(stale)}. Run `make lock`.")


def write() -> None:
    uv("lock")
    for name, options in EXPORTS.items():
        (ROOT / name).write_text(exported(options))


if __name__ == "__main__":
    check() if sys.argv[1:] == ["--check"] else write()
