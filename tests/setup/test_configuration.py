"""`.env.example`, the settings and docs/configuration.md name the same variables, with the same defaults."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.configuration import MARKS, PAGE, entries, tables
from tests.support.running.site import ROOT

pytestmark = pytest.mark.once

FOR_COMPOSE = {"POSTGRES_PASSWORD", "PUBLISH"}
"""Read by docker-compose.yml, not by the settings."""


def read_by_settings() -> dict[str, str | None]:
    """Return each variable that settings.py reads, with its default if that is a plain word or number."""
    found: dict[str, str | None] = {}
    for node in ast.walk(ast.parse((ROOT / "wishlist_project" / "settings.py").read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "value"):
            continue
        name = node.args[0]
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            found[name.value] = _plain(node.args[1])
            if node.func.attr == "secrets":
                found[f"{name.value}_FALLBACKS"] = ""
    return {name: default for name, default in found.items() if not name.startswith("TEST_")}


def _plain(default: ast.expr) -> str | None:
    if not isinstance(default, ast.Constant):
        return None
    if isinstance(default.value, bool):
        return str(default.value).lower()
    return f"{default.value:g}" if isinstance(default.value, float) else str(default.value)


def test_example_has_the_variables_of_the_settings() -> None:
    assert {name for name, _, _ in entries()} == read_by_settings().keys() | FOR_COMPOSE


def test_example_has_the_defaults_of_the_settings() -> None:
    defaults = {name: default for name, default, _ in entries()}
    plain = {name: default for name, default in read_by_settings().items() if default is not None}
    assert {name: defaults[name] for name in plain} == plain


def test_every_variable_has_an_explanation() -> None:
    assert [name for name, _, meaning in entries() if not re.fullmatch(r"\S+ .*\.", meaning)] == []


def test_every_line_of_the_example_is_parsed() -> None:
    """A variable without an explanation would be missing from the tables."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert [line for line in lines if not re.fullmatch(r"|# .+|#[A-Z_]+=.*", line)] == []
    assert sum(bool(re.match(r"#[A-Z_]+=", line)) for line in lines) == len(entries())


def test_page_has_the_tables() -> None:
    found = MARKS.search(PAGE.read_text())
    assert found is not None, f"{PAGE} has no <!-- configuration: --> marks"
    shown = found[0].removeprefix(found[1]).removesuffix(found[2])
    assert shown == tables(), "Run: python scripts/configuration.py --write"


def test_uncommented_example_changes_no_setting(tmp_path: Path) -> None:
    """With every line uncommented, the settings load and have the same values as without a `.env`."""
    switched_on = tmp_path / "env"
    switched_on.write_text(
        re.sub(r"^#([A-Z_]+=)", r"\1", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)
    )
    assert loaded_with(str(switched_on)) == loaded_with(os.devnull)


def loaded_with(env_file: str) -> str:
    """Return all settings as text, except the names of languages, which can only be read after Django has started."""
    show = "{name: str(value) for name, value in vars(s).items() if name.isupper() and name != 'LANGUAGES'}"
    code = f"from wishlist_project import settings as s; print({show})"
    env = os.environ | {"ENV_FILE": env_file, "DJANGO_SETTINGS_MODULE": "wishlist_project.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
