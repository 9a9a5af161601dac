"""Run all checks that are not tests. All of them run, even if one fails; then the whole fails."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

COLLECTED = tempfile.TemporaryDirectory(prefix="wishlist_static_")
PRODUCTION = {
    "ENV_FILE": os.devnull,
    "DATA_DIR": os.devnull,
    "HOST": "0.0.0.0",  # noqa: S104
    "SITE_URL": "https://wishes.example.org",
    "DATABASE_URL": "postgres://wishlist@db/wishlist",
    "REDIS_URL": "redis://redis:6379/0",
    "TRUSTED_PROXIES": "192.0.2.10",
    "SMTP_HOST": "mail",
    "STATIC_ROOT": COLLECTED.name,
    **{name: secrets.token_urlsafe(50) for name in ("SECRET_KEY", "JWT_SECRET_KEY", "LINK_SECRET")},
}
"""Settings like those of a production installation. Nothing connects to these services."""

MANAGE = [sys.executable, "manage.py"]
CHECKS: dict[str, tuple[list[list[str]], dict[str, str]]] = {
    "ruff check": ([[str(BIN / "ruff"), "check", "."]], {}),
    "ruff format": ([[str(BIN / "ruff"), "format", "--check", "."]], {}),
    "mypy": ([[sys.executable, "-m", "mypy"]], {}),
    "djlint": ([[str(BIN / "djlint"), "--quiet", "--lint", "templates"]], {}),
    "migrations": ([[*MANAGE, "makemigrations", "--check", "--dry-run"]], {"ENV_FILE": os.devnull}),
    "static files and production settings": (
        [
            [*MANAGE, "collectstatic", "--no-input"],
            [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
        ],
        PRODUCTION,
    ),
    "lock": ([[sys.executable, "scripts/lock.py", "--check"]], {}),
}
"""The commands of each check, with their environment variables. Each check can be run alone."""


def passes(name: str) -> bool:
    commands, variables = CHECKS[name]
    for command in commands:
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"FAILED  {name}\n{done.stdout}{done.stderr}".rstrip(), flush=True)
            return False
    print(f"ok      {name}", flush=True)
    return True


if __name__ == "__main__":
    outcomes = [passes(name) for name in sys.argv[1:] or CHECKS]
    sys.exit(not all(outcomes))
