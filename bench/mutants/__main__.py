"""Break lines of the product, one by one, and show which test catches each: `python -m bench.mutants COMMAND`.

    check                      check that every mutant of mutants.toml is found exactly once in the current product
    record --kept DIR          run the suite on SQLite under coverage, with branches and a context per test
    coverage --kept DIR        print a table of covered lines and branches, by app
    run --kept DIR --to FILE   try every mutant at --commit (HEAD), and write the results; resumes if it was stopped
    table BEFORE [AFTER]       print two results next to each other, as in docs/testing.md

`record`, `run` and `coverage` need coverage and pytest-cov, which are not among the dependencies:

    python3.11 -m venv ../mutants-venv && ../mutants-venv/bin/pip install -r requirements-dev.txt coverage pytest-cov

`--kept` is a folder outside the repository with the recorded coverage. It must be of the same commit, because lines are
looked up in it. Mutants are applied in a separate work tree of a commit, so commit first. For each mutant these tests run
until the first failure: those that reach the line, the fastest first; those that match its `likely`; and the whole suite. A
failing test must pass without the mutant. Mutants of row locks are also tried on PostgreSQL, with the services in
`--postgresql` and `--redis`. A complete run takes half an hour on two idle cores; a mutant that survives takes ten minutes
alone (`--quick` leaves out the whole suite).
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.mutants.catalogue import ROOT, Mutant, NotFound, find, load
from bench.mutants.reach import record, totals
from bench.mutants.trial import copy_of, git, judge

Results = dict[str, Any]


def main() -> int:
    asked = _parser().parse_args()
    if asked.command == "check":
        return _check(load())
    if asked.command == "record":
        return record(ROOT, asked.kept.resolve())
    if asked.command == "coverage":
        print(_coverage_table(totals(ROOT, asked.kept.resolve())))
        return 0
    if asked.command == "table":
        print(_table(*(json.loads(path.read_text()) for path in asked.results)))
        return 0
    return _run(asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.mutants")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check")
    for name in ("record", "coverage", "run"):
        commands.add_parser(name).add_argument("--kept", type=Path, required=name != "run")
    run = commands.choices["run"]
    run.add_argument("--to", type=Path, required=True)
    run.add_argument("--commit", default="HEAD", help="the commit to try; what is kept must be of the same")
    run.add_argument("--only", help="the names of some mutants, with commas between them")
    run.add_argument("--quick", action="store_true", help="without the whole suite")
    run.add_argument("--postgresql", default="postgres://postgres@127.0.0.1:5432/postgres")
    run.add_argument("--redis", default="redis://127.0.0.1:6379/0")
    commands.add_parser("table").add_argument("results", nargs="+", type=Path)
    return parser


def _check(mutants: list[Mutant]) -> int:
    missing = 0
    for mutant in mutants:
        try:
            place = find(mutant, ROOT)
            print(f"ok       {mutant.name}: {place.path.relative_to(ROOT)}:{place.lines.start}")
        except NotFound as error:
            missing += 1
            print(f"MISSING  {error}")
    return int(missing > 0)


def _run(asked: argparse.Namespace) -> int:
    only = set(asked.only.split(",")) if asked.only else None
    commit = git("rev-parse", "--short", asked.commit)
    results: Results = json.loads(asked.to.read_text()) if asked.to.exists() else {}
    services = {"DATABASE_URL": asked.postgresql, "REDIS_URL": asked.redis}
    with copy_of(commit) as tree:
        for mutant in load():
            if mutant.name not in only if only is not None else mutant.name in results:
                continue
            try:
                found = asdict(judge(mutant, tree, asked.kept, services, whole=not asked.quick))
            except (NotFound, RuntimeError) as error:
                found = {"error": str(error)}
            results[mutant.name] = found | {"commit": commit}
            asked.to.write_text(json.dumps(results, indent=1) + "\n")
            print(f"{mutant.name}: {_told(results, mutant.name)}", flush=True)
    return int(any(not found.get("caught_by") for found in results.values()))


def _told(results: Results, name: str) -> str:
    found = results.get(name)
    if found is None:
        return ""
    if "error" in found:
        return f"not tried: {found['error']}"
    if found["caught_by"] is None:
        return f"**survived** ({found['database']}, {found['stage']}, {found['seconds']} s)"
    on = " on PostgreSQL" if found["database"] == "postgresql" else ""
    return f"`{found['caught_by'].replace('|', ' ')}`{on}, {found['seconds']} s"


def _table(before: Results, after: Results | None = None) -> str:
    lines = ["| mutant | what it breaks | caught before by | caught after by |", "|---|---|---|---|"]
    for mutant in load():
        told = _told(before, mutant.name), _told(after or {}, mutant.name)
        lines.append(f"| {mutant.name} | {mutant.breaks} | {told[0]} | {told[1]} |")
    return "\n".join(lines)


def _coverage_table(sums: dict[str, list[int]]) -> str:
    lines = ["| | lines | reached | branches | reached |", "|---|---|---|---|---|"]
    for app, (hit, all_lines, taken, branches) in sums.items():
        shares = f"{all_lines} | {_share(hit, all_lines)} | {branches} | {_share(taken, branches)}"
        lines.append(f"| {app} | {shares} |")
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


if __name__ == "__main__":
    sys.exit(main())
