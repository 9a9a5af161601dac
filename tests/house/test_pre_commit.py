"""Pre-commit runs the checks of `make lint`, by the same commands."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
import yaml

from scripts import lint

pytestmark = pytest.mark.once

CONFIGURATION = lint.ROOT / ".pre-commit-config.yaml"


def checks_of(configuration: dict[str, Any]) -> list[str]:
    """Return the checks that the hooks name. Each hook runs `scripts/lint.py` with the environment's Python."""
    checks = []
    for hook in (hook for repo in configuration["repos"] for hook in repo["hooks"]):
        python, script, check = shlex.split(hook["entry"])
        assert (python, script) == (".venv/bin/python", "scripts/lint.py")
        assert (hook["language"], hook["pass_filenames"], hook["always_run"]) == ("system", False, True)
        checks.append(check)
    return checks


def test_hooks_run_the_checks_of_lint() -> None:
    assert checks_of(yaml.safe_load(CONFIGURATION.read_text())) == list(lint.CHECKS)
