"""Build `.venv` from a requirements file with hashes, with only Python and pip, unless it is already built.

It works with an externally managed pip and without ensurepip: the environment is created without pip and filled by the pip
outside. After success a stamp file records the requirements and the Python. An environment that does not match it (broken,
moved, made for another Python) is rebuilt. This script uses only the standard library.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("VENV") or ROOT / ".venv").absolute()
PYTHON = VENV / "bin" / "python"
LOG = Path(os.environ.get("INSTALL_LOG") or ROOT / "var" / "install.log").absolute()

PROBE = "import sys; print(sys.version_info[:2], sys.prefix)"
NO_PIP = (
    "pip is missing: install it (Debian, Ubuntu: apt install python3-pip; Fedora: dnf install python3-pip), "
    "then run this again."
)
UNREACHABLE = (
    "NewConnectionError|NameResolutionError|name resolution|unreachable|ConnectTimeout|ProxyError|refused"
)
REASONS = [
    (
        UNREACHABLE,
        "The package index cannot be reached: check the network (or the proxy), then run this again.",
    ),
    (r"No space left on device", "The disk is full: make some room, then run this again."),
    (r"Permission denied", f"{VENV} cannot be written to: check who owns it, then run this again."),
    (
        r"no such option: --python",
        "This pip is older than 22.3 and cannot fill an environment: upgrade it first.",
    ),
    (r"No module named pip", NO_PIP),
    (
        r"No matching distribution",
        "The package index cannot be reached, or lacks a package that is locked: see {log}, then run this again.",
    ),
    (
        r"DO NOT MATCH THE HASHES",
        "A downloaded package is not the one that was locked, and nothing was installed: see {log}.",
    ),
]


class Stop(Exception):
    """Ends the script with one sentence for the user."""


def say(text: str) -> None:
    print(text, flush=True)


def probe() -> str | None:
    """Return version and prefix of the environment's Python, or None if it does not run, is too old, or was moved."""
    if not PYTHON.exists():
        return None
    found = subprocess.run([PYTHON, "-c", PROBE], capture_output=True, text=True, check=False)
    answer = found.stdout.strip()
    at_home = found.returncode == 0 and answer.endswith(f" {VENV}")
    return answer if at_home and tuple(map(int, re.findall(r"\d+", answer)[:2])) >= (3, 11) else None


def fingerprint(requirements: Path, python: str | None) -> str:
    return f"{hashlib.sha256(requirements.read_bytes()).hexdigest()} {python}\n"


def is_built(stamp: Path, requirements: Path) -> bool:
    """Return whether the stamp matches, and Django can still be imported."""
    if not stamp.is_file() or stamp.read_text() != fingerprint(requirements, probe()):
        return False
    return subprocess.run([PYTHON, "-c", "import django"], capture_output=True, check=False).returncode == 0


def make_environment() -> None:
    """Create an empty environment without pip, and delete a broken one first."""
    if VENV.exists():
        say(f"{VENV.name} does not work here: building it anew.")
        shutil.rmtree(VENV)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", VENV], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise Stop(explain(made.stdout + made.stderr, f"The environment {VENV} could not be made"))


def pip() -> list[str]:
    """Return the command of the pip outside, for the environment; else of one inside, installed by ensurepip if needed."""
    outside = [sys.executable, "-m", "pip"]
    if subprocess.run([*outside, "--version"], capture_output=True, check=False).returncode == 0:
        return [*outside, "--python", str(PYTHON)]
    inside = [str(PYTHON), "-m", "pip"]
    if subprocess.run([*inside, "--version"], capture_output=True, check=False).returncode == 0:
        return inside
    if subprocess.run([PYTHON, "-m", "ensurepip"], capture_output=True, check=False).returncode == 0:
        return inside
    raise Stop(NO_PIP)


def explain(output: str, otherwise: str) -> str:
    """Write the output of a tool to the log, and return one sentence that explains it."""
    LOG.parent.mkdir(mode=0o700, exist_ok=True)
    LOG.write_text(output)
    for pattern, sentence in REASONS:
        if re.search(pattern, output):
            return sentence.format(log=LOG)
    return f"{otherwise}: see {LOG}."


def install(requirements: Path) -> None:
    """Install the packages into the environment, and print the progress."""
    total = len(re.findall(r"^[A-Za-z0-9]", requirements.read_text(), re.MULTILINE))
    say(f"Installing {total} packages from {requirements.name} into {VENV.name} (a minute or two, once) ...")
    command = [*pip(), "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    command += ["--retries", "2", "--require-hashes", "-r", str(requirements)]
    lines: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        assert running.stdout is not None
        progress = Progress(total)
        for line in running.stdout:
            lines.append(line)
            progress.read(line)
        progress.end()
    if running.returncode:
        raise Stop(explain("".join(lines), "The packages could not be installed"))


class Progress:
    """Prints the progress: a single line that counts up on a terminal, elsewhere a line per fifth."""

    def __init__(self, total: int) -> None:
        self.total, self.seen, self.told = total, 0, 0
        self.live = sys.stdout.isatty()

    def read(self, line: str) -> None:
        fetched = re.match(r"(?:Collecting|Requirement already satisfied:) ([A-Za-z0-9._-]+)", line)
        if fetched:
            self.seen = min(self.seen + 1, self.total)
            self.tell(f"{self.seen:3}/{self.total}  {fetched[1]}", at=self.seen * 5 // self.total)
        elif line.startswith("Installing collected"):
            self.tell(f"{self.total:3}/{self.total}  unpacking ...", at=6)

    def tell(self, text: str, *, at: int) -> None:
        if self.live:
            print(f"\r\033[K  {text}", end="", flush=True)
        elif at > self.told:
            self.told = at
            say(f"  {text}")

    def end(self) -> None:
        if self.live:
            print("\r\033[K", end="", flush=True)


def main(requirements: Path) -> None:
    stamp = VENV / f".installed-{requirements.name}"
    if is_built(stamp, requirements):
        return
    stamp.unlink(missing_ok=True)
    if probe() is None:
        make_environment()
    install(requirements)
    stamp.write_text(fingerprint(requirements, probe()))
    say("The environment is ready.")


if __name__ == "__main__":
    try:
        main(ROOT / sys.argv[1])
    except Stop as sentence:
        sys.exit(str(sentence))
    except KeyboardInterrupt:
        sys.exit("\nStopped; what was installed so far is kept. Run it again to go on.")
