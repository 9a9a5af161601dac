"""Test data that is shared by consecutive tests: the users, then Alice's list with Bob, then its item.

Each part is built once in a savepoint that stays open, and each test has its own savepoint inside. Before a test that needs
less, commits, or has its own data, the superfluous parts are rolled back. They are built again for the next test that needs
them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.support.runs import commits

Cast = dict[str, Any]
Build = Callable[[Cast], Cast]
"""Builds the next part, given the cast so far."""

OPENS_TRANSACTION = "_django_db_helper"
"""pytest-django's fixture that opens each test's transaction. If it is ever renamed, each test builds its own cast."""


class Scene:
    def __init__(self) -> None:
        self._parts: list[tuple[ExitStack, Cast]] = []
        self._closed = False

    def prepare(self, wanted: list[Build]) -> None:
        """Roll back superfluous parts, and build missing ones. Call it before the transaction of a test is opened."""
        if self._closed:
            return
        lost = (
            self._parts and connection.needs_rollback
        )  # a test closed the connection, and so ended the transaction
        while len(self._parts) > (0 if lost else len(wanted)):
            self._undo()
        for build in wanted[len(self._parts) :]:
            self._add(build)

    def _add(self, build: Build) -> None:
        with ExitStack() as stack:
            stack.enter_context(_savepoint())
            cast = self._parts[-1][1] if self._parts else {}
            made = cast | build(copy.deepcopy(cast))
            self._parts.append((stack.pop_all(), made))

    def _undo(self) -> None:
        self._parts.pop()[0].close()

    def cast(self) -> Cast:
        """Return copies of the objects for a test, because services change the objects that they get."""
        return copy.deepcopy(self._parts[-1][1]) if self._parts else {}

    def clear(self) -> None:
        self.prepare([])

    @contextmanager
    def cleared(self) -> Iterator[None]:
        """Roll the scene back, and build none meanwhile, for modules with their own shared data."""
        self.clear()
        self._closed = True
        try:
            yield
        finally:
            self._closed = False


@contextmanager
def _savepoint() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


scene = Scene()


def wanted_by(item: pytest.Item, parts: dict[str, Build], module: str) -> list[Build]:
    """Return the parts that the test uses, or none if a fixture of its folder or a parameter replaces one of them."""
    definitions = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    ours = all(
        name not in parameters and definitions[name][-1].func.__module__ == module
        for name in ("alice", "bob", "password_hash", *parts)
        if name in definitions
    )
    if commits(item) or not ours:
        return []
    names = list(parts)
    last = max((place for place, name in enumerate(names, 1) if name in definitions), default=0)
    return [parts[name] for name in names[:last]]


def set_for(request: pytest.FixtureRequest, parts: dict[str, Build], module: str) -> None:
    """Prepare the scene for the test that `request` belongs to."""
    blocker: DjangoDbBlocker = request.getfixturevalue("django_db_blocker")
    with blocker.unblock():
        scene.prepare(wanted_by(request.node, parts, module))


def clear_for(request: pytest.FixtureRequest) -> None:
    blocker: DjangoDbBlocker = request.getfixturevalue("django_db_blocker")
    with blocker.unblock():
        scene.clear()
