"""Imports point down. An import that points up is reported with file and line."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.sources import PACKAGES, ROOT, imports, modules

pytestmark = pytest.mark.once

FLOORS = {
    "core": 0,
    "accounts": 1,
    "jobs": 2,
    "notices": 3,
    "people": 4,
    "wishlists": 5,
    "sharing": 6,
    "moderation": 7,
    "exchanges": 7,
    "realtime": 8,
    "webhooks": 9,
    "wishlist_project": 10,
    "tests": 11,
}
SUPPORT = "tests.support."
"""Modules that tests of every floor may use."""


def floor_of(name: str) -> int | None:
    """Return the floor of a module or of anything in it, or None if it isn't ours."""
    for package, floor in FLOORS.items():
        if name == package or name.startswith(f"{package}."):
            return floor
    return None


def upward(root: Path) -> list[str]:
    """Return `file:line imports name` for each import that points up."""
    found = []
    for module in modules(root):
        own = floor_of(module.name)
        assert own is not None, f"{module.path} stands on no floor"
        for line, name in imports(module):
            floor = floor_of(name)
            supported = module.is_test and name.startswith(SUPPORT)
            if floor is not None and floor > own and not supported:
                found.append(f"{module.path}:{line} imports {name}")
    return found


def test_imports_point_down() -> None:
    assert upward(ROOT) == []


@pytest.mark.parametrize(
    ("file", "line", "name"),
    [
        (
            "wishlists/services/lists/items.py",
            "from realtime.log.hints import hint",
            "realtime.log.hints.hint",
        ),
        ("accounts/models/people.py", "import wishlists.models", "wishlists.models"),
        ("wishlists/api/views/items.py", "def f():\n    from sharing import models", "sharing.models"),
        ("core/db/ids.py", "from ...wishlists.models import Item", "wishlists.models.Item"),
        ("core/db/__init__.py", "from ...accounts.models import User", "accounts.models.User"),
        ("accounts/tasks.py", "from jobs.worker import Worker", "jobs.worker.Worker"),
        ("wishlists/api/urls.py", "from tests.support import socket_client", "tests.support.socket_client"),
        (
            "accounts/tests/test_x.py",
            "if TYPE_CHECKING:\n    from sharing.models import Link",
            "sharing.models.Link",
        ),
        ("sharing/views.py", "from wishlist_project import settings", "wishlist_project.settings"),
    ],
)
def test_planted_upward_import_is_named(file: str, line: str, name: str, tmp_path: Path) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(f"import os\n{line}\n")
    at = 2 + line.count("\n")
    assert upward(tmp_path) == [f"{file}:{at} imports {name}"]


def test_downward_imports_are_allowed(tmp_path: Path) -> None:
    (tmp_path / "realtime").mkdir()
    (tmp_path / "realtime/hub.py").write_text(
        "from wishlists.access.audience import Audience\nimport django\n"
    )
    (tmp_path / "realtime/tests").mkdir()
    (tmp_path / "realtime/tests/test_hub.py").write_text("from tests.support.socket_client import Wire\n")
    assert upward(tmp_path) == []


def test_no_import_is_inside_a_function() -> None:
    """Except in `AppConfig.ready`."""
    hidden = [
        f"{module.path}:{node.lineno}"
        for module in modules()
        if module.path.name != "apps.py" and not module.is_test
        for function in ast.walk(module.tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_every_package_has_a_floor() -> None:
    assert set(PACKAGES) <= set(FLOORS)
