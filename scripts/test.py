"""Run the whole suite twice: on SQLite, and on PostgreSQL and Redis. Arguments go to pytest.

Services that are not available are listed at the end, and make the run fail under CI=true.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.running.services import Service, Unavailable, postgresql, redis_server  # noqa: E402

CLOSING = re.compile(r"=+ (.*\d+ .* in [\d.]+s.*?) =+$")
COLOUR = re.compile(r"\x1b\[[\d;]*m")
COMPILED_ONCE = {"PYTHONDONTWRITEBYTECODE": ""}
"""Tests start some hundred processes. Without bytecode files each would compile all modules again."""
UNDER_CI = os.environ.get("CI", "").lower() in ("1", "true")


def run_pytest(title: str, variables: dict[str, str], arguments: list[str]) -> tuple[bool, str]:
    """Run pytest and show its output. Return whether it passed, and pytest's last line."""
    print(f"\n--- {title}", flush=True)
    command = [
        sys.executable,
        "-m",
        "pytest",
        f"--color={'yes' if sys.stdout.isatty() else 'no'}",
        *arguments,
    ]
    if not any(re.match(r"-n|--numprocesses|--pdb", argument) for argument in arguments):
        # One more than cores, because tests often wait for servers, browsers and timers.
        command += ["-n", str(min((os.cpu_count() or 1) + 1, 4)), "--dist", "worksteal"]
    closing = "pytest did not come to its end"
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | COMPILED_ONCE | variables, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            print(line, end="", flush=True)
            said = CLOSING.match(COLOUR.sub("", line.strip()))
            closing = said[1] if said else closing
    return running.returncode == 0, closing


def find(
    stack: ExitStack, finder: Callable[[], AbstractContextManager[Service]], missing: list[str]
) -> Service | None:
    try:
        return stack.enter_context(finder())
    except Unavailable as reason:
        missing.append(str(reason))
        return None


def main(arguments: list[str]) -> int:
    began = time.monotonic()
    embedded = "SQLite, nothing else running"
    outcomes = [(embedded, *run_pytest(embedded, {"DATABASE_URL": "", "REDIS_URL": ""}, arguments))]
    missing: list[str] = []
    with ExitStack() as stack:
        database, redis = find(stack, postgresql, missing), find(stack, redis_server, missing)
        found = [service for service in (database, redis) if service]
        if found:
            title = " and ".join(service.title for service in found)
            variables = {
                "DATABASE_URL": database.url if database else "",
                "REDIS_URL": redis.url if redis else "",
            }
            outcomes.append((title, *run_pytest(title, variables | {"WISHLIST_SECOND_RUN": "1"}, arguments)))
    print(f"\n--- the two runs, {time.monotonic() - began:.0f} s in all")
    for title, passed, closing in outcomes:
        print(f"{'passed' if passed else 'FAILED'}   {title}: {closing}")
    for reason in missing:
        print(
            f"{'FAILED' if UNDER_CI else 'SKIPPED'}  {reason}{' (must be had under CI)' if UNDER_CI else ''}"
        )
    return int(not all(passed for _, passed, _ in outcomes) or bool(missing and UNDER_CI))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
