"""Try a mutant: break the line in a copy of the product, run tests that may fail, and restore it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from bench.mutants.catalogue import ROOT, Mutant, Place, find
from bench.mutants.reach import tests_reaching

SECONDS = 1_200
"""After this time a run counts as hung. The mutant is then caught, because a hanging suite is noticed too."""

FIRST, MOST = 25, 400
"""How many of the fastest tests that reach the line run first, and how many of these tests run in total. A line that every
test reaches is left to `likely` and to the whole suite.
"""

FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+::.+?)(?: - .*)?$", re.MULTILINE)
COLLECTING = re.compile(r"^ERROR (\S+?)(?: - .*)?$", re.MULTILINE)

_moments = count(int(time.time()) + 3_600)
"""New modification times, so that Python recompiles each changed file."""


@dataclass(frozen=True)
class Run:
    """A run of some tests on one database; without `tests` and `words` of all tests."""

    stage: str
    database: str
    tests: tuple[str, ...] = ()
    words: str = ""
    processes: int = 2


@dataclass(frozen=True)
class Outcome:
    caught_by: str | None
    database: str
    stage: str
    seconds: int


def git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


@contextmanager
def copy_of(commit: str) -> Iterator[Path]:
    """Create a separate work tree, so that mutants never touch the one that somebody works in."""
    with tempfile.TemporaryDirectory(prefix="wishlist_mutants_") as folder:
        tree = Path(folder, "product")
        git("worktree", "add", "--quiet", "--detach", str(tree), commit)
        try:
            (tree / ".venv").symlink_to(sys.prefix)
            yield tree
        finally:
            git("worktree", "remove", "--force", str(tree))


def judge(mutant: Mutant, tree: Path, kept: Path | None, services: dict[str, str], *, whole: bool) -> Outcome:
    """Apply `mutant` in `tree`, and run tests until one fails that passes without it."""
    place = find(mutant, tree)
    reaching = tests_reaching(kept, place.path.relative_to(tree), place.lines) if kept else []
    began = time.monotonic()
    last = Run("none", mutant.databases[0])
    for run in _runs(mutant, reaching, whole=whole):
        last = run
        with _broken(place):
            culprit = _first_failure(run, tree, services)
        if culprit and _passes(culprit, run.database, tree, services):
            return Outcome(culprit, run.database, run.stage, round(time.monotonic() - began))
    return Outcome(None, ", ".join(mutant.databases), last.stage, round(time.monotonic() - began))


def _runs(mutant: Mutant, reaching: list[str], *, whole: bool) -> Iterator[Run]:
    if reaching and "sqlite" in mutant.databases:
        yield Run("reaching, quickest", "sqlite", tuple(reaching[:FIRST]), processes=0)
    for database in mutant.databases:
        yield Run("likely", database, words=mutant.likely)
        if reaching[FIRST:]:
            yield Run("reaching", database, tuple(reaching[FIRST if database == "sqlite" else 0 : MOST]))
    if whole:
        for database in mutant.databases:
            yield Run("whole suite", database)


@contextmanager
def _broken(place: Place) -> Iterator[None]:
    whole = place.path.read_text()
    _write(place.path, place.broken)
    try:
        yield
    finally:
        _write(place.path, whole)


def _write(path: Path, text: str) -> None:
    path.write_text(text)
    moment = next(_moments)
    os.utime(path, (moment, moment))


def _first_failure(run: Run, tree: Path, services: dict[str, str]) -> str | None:
    """Return the first test that failed, or None."""
    arguments = ["-n", str(run.processes)]
    # After a failure each process still runs the tests that it was given: few with `loadfile`, all with `worksteal`.
    arguments += ["--dist", "loadfile"] if run.processes else []
    arguments += ["-k", run.words] if run.words else []
    try:
        code, said = _pytest([*arguments, *_listed(run.tests, tree)], run.database, tree, services)
    except subprocess.TimeoutExpired:
        return f"(hung for {SECONDS} s)"
    if code in (0, 5):
        return None
    failed = FAILED.search(said)
    if failed is None:
        broken = COLLECTING.search(said)
        raise RuntimeError(f"pytest ended with {code}: {broken[1] if broken else said[-2_000:]}")
    return failed[1]


def _passes(test: str, database: str, tree: Path, services: dict[str, str]) -> bool:
    """Return whether the test passes without the mutant. One that fails anyway has caught nothing."""
    if test.startswith("("):
        return True
    code, _ = _pytest(["-n", "0", *_listed((test,), tree)], database, tree, services)
    return code == 0


def _listed(tests: tuple[str, ...], tree: Path) -> list[str]:
    """Return an argument that names a file with the tests, because thousands of names are too long for a command line."""
    if not tests:
        return []
    listed = tree.with_name("tests.txt")
    listed.write_text("\n".join(tests))
    return [f"@{listed}"]


def _pytest(arguments: list[str], database: str, tree: Path, services: dict[str, str]) -> tuple[int, str]:
    variables = {"DATABASE_URL": "", "REDIS_URL": "", "PYTHONDONTWRITEBYTECODE": ""}
    if database == "postgresql":
        variables |= services | {"WISHLIST_SECOND_RUN": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-rfE", "--color=no", "--tb=no"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", *arguments],
        cwd=tree,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    return done.returncode, done.stdout + done.stderr
