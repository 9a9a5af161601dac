"""Inside an app: rooms import only from the rooms below, there are no import circles, and no folder has too many
modules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.support.sources import PACKAGES, ROOT, Module, imports, modules

pytestmark = pytest.mark.once

ROOMS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "accounts",
            "jobs",
            "notices",
            "people",
            "wishlists",
            "sharing",
            "moderation",
            "exchanges",
            "webhooks",
        ),
        ("models", "access", "projections", "queries", "services", "api", "web"),
    ),
    "realtime": ("models", "log", "capture", "delivery", "sockets", "http", "reference"),
}
"""The rooms of each app, lowest first."""

SIDE_BY_SIDE = {("web", "api"), ("reference", "http")}
"""Pairs of rooms that must not import each other at all: pages and API each serve people by themselves."""

MOST_MODULES = 15

BY_NOUN = {
    "admin",
    "api",
    "cards",
    "forms",
    "models",
    "projections",
    "queries",
    "serializers",
    "services",
    "views",
    "web",
}
"""Folders that have one module per noun, with the same names everywhere."""


def room_of(name: str, rooms: Iterable[str]) -> tuple[str, str] | None:
    """Return the app and room of a module or of anything in it."""
    app, _, inside = name.partition(".")
    room = inside.partition(".")[0]
    return (app, room) if room in rooms else None


def upward(root: Path) -> list[str]:
    found = []
    for module in modules(root):
        rooms = ROOMS.get(module.name.partition(".")[0], ())
        own = room_of(module.name, rooms)
        if module.is_test or own is None:
            continue
        for line, name in imports(module):
            other = room_of(name, rooms)
            if other is None or other[0] != own[0] or other[1] == own[1]:
                continue
            if rooms.index(other[1]) > rooms.index(own[1]) or (own[1], other[1]) in SIDE_BY_SIDE:
                found.append(f"{module.path}:{line} imports {name}")
    return found


def test_rooms_import_only_from_rooms_below() -> None:
    assert upward(ROOT) == []


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("wishlists/models/items.py", "wishlists.access.audience.Audience"),
        ("wishlists/access/audience.py", "wishlists.projections.items.project"),
        ("wishlists/queries/items.py", "wishlists.services.reserving.reserve"),
        ("wishlists/services/reserving.py", "wishlists.web.cards.cards.Card"),
        ("wishlists/web/views/items.py", "wishlists.api.views.items.ItemViewSet"),
        ("sharing/services/guests.py", "sharing.api.serializers.Guest"),
        ("realtime/log/streams.py", "realtime.delivery.hub.Hub"),
        ("realtime/delivery/hub.py", "realtime.sockets.consumers.Consumer"),
    ],
)
def test_planted_import_between_rooms_is_named(file: str, name: str, tmp_path: Path) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    module, _, thing = name.rpartition(".")
    (tmp_path / file).write_text(f"from {module} import {thing}\n")
    assert upward(tmp_path) == [f"{file}:1 imports {name}"]


def circles(root: Path) -> list[set[str]]:
    """Return the groups of modules that import each other."""
    known = {module.name: module for module in modules(root)}
    arrows = {name: _targets(module, known) for name, module in known.items()}
    below = {name: _reachable(name, arrows) for name in arrows}
    groups = {frozenset(other for other in below[name] if name in below[other]) for name in arrows}
    return [set(group) for group in groups if group]


def _targets(module: Module, known: dict[str, Module]) -> set[str]:
    """Return the modules that it imports. A package counts as separate from the modules in it."""
    found = set()
    for _, name in imports(module):
        while name and name not in known:
            name = name.rpartition(".")[0]
        if name and not module.name.startswith(f"{name}."):
            found.add(name)
    return found


def _reachable(start: str, arrows: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = list(arrows[start])
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead.extend(arrows[name])
    return found


def test_there_are_no_import_circles() -> None:
    assert circles(ROOT) == []


def test_planted_circle_is_named(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    for name, other in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"core/{name}.py").write_text(f"from core.{other} import x\n")
    assert circles(tmp_path) == [{"core.a", "core.b", "core.c"}]


def crowded(root: Path) -> list[str]:
    found = Counter(
        str(module.path.parent)
        for module in modules(root)
        if module.path.name != "__init__.py" and "migrations" not in module.path.parts
    )
    return sorted(f"{folder}: {count} modules" for folder, count in found.items() if count > MOST_MODULES)


def test_no_folder_is_crowded() -> None:
    assert crowded(ROOT) == []


def test_crowded_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    for number in range(MOST_MODULES + 1):
        (tmp_path / f"core/m{number}.py").touch()
    assert crowded(tmp_path) == [f"core: {MOST_MODULES + 1} modules"]


def namesakes(root: Path) -> list[str]:
    """Return the module names that occur twice in an app, except nouns in the folders that have one module per noun."""
    found: dict[tuple[str, str], list[Path]] = {}
    for module in modules(root):
        folders = module.path.parent.parts
        if module.is_test or module.path.name == "__init__.py" or {"migrations", "management"} & set(folders):
            continue
        if module.path.name == "base.py" and folders[:2] == ("core", "db"):
            continue  # Django looks for the module of a database backend under this name
        if folders[-1] not in BY_NOUN and not BY_NOUN & set(folders[1:]):
            found.setdefault((folders[0], module.path.stem), []).append(module.path)
    return sorted(", ".join(map(str, paths)) for paths in found.values() if len(paths) > 1)


def test_no_module_name_occurs_twice() -> None:
    assert namesakes(ROOT) == []


def test_module_name_that_occurs_twice_is_named(tmp_path: Path) -> None:
    for folder in ("realtime/log", "realtime/delivery"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "news.py").touch()
    assert namesakes(tmp_path) == ["realtime/delivery/news.py, realtime/log/news.py"]


def test_every_app_has_its_rooms_declared() -> None:
    assert set(ROOMS) == set(PACKAGES) - {"core", "wishlist_project", "tests"}
