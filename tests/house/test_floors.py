"""Imports point down. One that points up is named by file and line."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.sources import PACKAGES, ROOT, imports, modules

pytestmark = pytest.mark.once

FLOORS = {
    "core": 0,
    "accounts": 1,
    "wishlists": 2,
    "sharing": 3,
    "realtime": 4,
    "wishlist_project": 5,
}
RIGS = ("tests.support.plugin", "tests.support.browser", "tests.support.servers")
"""What tests of every floor are made with. It imports nothing of ours, as a test below holds."""


def floor_of(name: str) -> int | None:
    """The floor of a module or of anything in it; None for other people's."""
    for package, floor in FLOORS.items():
        if name == package or name.startswith(f"{package}."):
            return floor
    return None


def upward(root: Path) -> list[str]:
    """`file:line imports name`, for each import that points up."""
    found = []
    for module in modules(root):
        own = floor_of(module.name)
        assert own is not None, f"{module.path} stands on no floor"
        for line, name in imports(module):
            floor = floor_of(name)
            rig = module.is_test and name.startswith(RIGS)
            if floor is not None and floor > own and not rig:
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
        ("core/ids.py", "from ..settings import DEBUG", "wishlist_project.settings.DEBUG"),
        (
            "core/__init__.py",
            "from ..settings import DEBUG",
            "wishlist_project.settings.DEBUG",
        ),
        (
            "accounts/tests/test_x.py",
            "if TYPE_CHECKING:\n    from sharing.models import Link",
            "sharing.models.Link",
        ),
        ("sharing/views.py", "from wishlist_project import settings", "wishlist_project.settings"),
    ],
)
def test_a_planted_import_is_named(file: str, line: str, name: str, tmp_path: Path) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(f"import os\n{line}\n")
    at = 2 + line.count("\n")
    assert upward(tmp_path) == [f"{file}:{at} imports {name}"]


def test_what_points_down_is_let_through(tmp_path: Path) -> None:
    (tmp_path / "realtime").mkdir()
    (tmp_path / "realtime/delivery/hub.py").write_text(
        "from wishlists.access.audience import Audience\nimport django\n"
    )
    assert upward(tmp_path) == []


def test_the_rigs_stand_on_nothing() -> None:
    from_ours = [
        f"{module.path}:{line} imports {name}"
        for module in modules()
        if module.name in RIGS
        for line, name in imports(module)
        if floor_of(name) is not None and not name.startswith(RIGS)
    ]
    assert from_ours == []


def test_no_import_hides_in_a_function() -> None:
    """But in `AppConfig.ready`."""
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
