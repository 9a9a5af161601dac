"""Coverage of the suite on SQLite: how much is covered, and which tests run a given line.

Processes that tests start (servers, workers) are not measured.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

SETTINGS = Path(__file__).with_name("coverage.ini")


def record(root: Path, kept: Path) -> int:
    """Run the suite of `root` under coverage, and store the data in the folder `kept`. It takes 15 minutes."""
    kept.mkdir(parents=True, exist_ok=True)
    arguments = ["-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "-p", "no:cacheprovider"]
    arguments += ["--cov", f"--cov-config={SETTINGS}", "--cov-context=test", "--cov-report="]
    arguments += [f"--junitxml={kept / 'times.xml'}"]
    variables = {"DATABASE_URL": "", "REDIS_URL": "", "COVERAGE_FILE": str(kept / "coverage")}
    return subprocess.run(
        [sys.executable, *arguments], cwd=root, env=os.environ | variables, check=False
    ).returncode


def totals(root: Path, kept: Path) -> dict[str, list[int]]:
    """Return for each app and for all: covered lines, lines, covered branches, branches."""
    command = [sys.executable, "-m", "coverage", "json", "-q", f"--rcfile={SETTINGS}", "-o", "-"]
    command += [f"--data-file={kept / 'coverage'}"]
    report = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, text=True, check=True)
    sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for path, measured in json.loads(report.stdout)["files"].items():
        names = ("covered_lines", "num_statements", "covered_branches", "num_branches")
        for app in (Path(path).parts[0], "all"):
            sums[app] = [
                total + measured["summary"][name] for total, name in zip(sums[app], names, strict=True)
            ]
    return dict(sorted(sums.items(), key=lambda pair: (pair[0] == "all", pair[0])))


def tests_reaching(kept: Path, path: Path, lines: Iterable[int]) -> list[str]:
    """Return the tests that ran any of these lines, the fastest first. `path` is relative to the repository."""
    numbers = ", ".join(str(int(line)) for line in lines)
    with sqlite3.connect(kept / "coverage") as database:
        found = database.execute(
            "SELECT DISTINCT context.context FROM arc JOIN context ON context.id = arc.context_id"  # noqa: S608
            " JOIN file ON file.id = arc.file_id WHERE (file.path = ? OR file.path LIKE ?)"
            f" AND (fromno IN ({numbers}) OR tono IN ({numbers})) AND context.context != ''",
            [path.as_posix(), f"%/{path.as_posix()}"],
        )
        tests = {context.rpartition("|")[0] for (context,) in found}
    seconds = _seconds(kept)
    return sorted(tests, key=lambda test: (seconds.get(test, 1.0), test))


def _seconds(kept: Path) -> dict[str, float]:
    """Return the duration of each test."""
    cases = ElementTree.parse(kept / "times.xml").iter("testcase")  # noqa: S314 - our own file
    return {
        f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}": float(case.get("time", 1))
        for case in cases
    }
