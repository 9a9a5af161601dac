"""The cast as most tests want it, built once for all tests that follow each other: Alice's list with Bob, then its item.

Each part is a savepoint that stays open, and each test has one of its own inside. A test that wants less, commits, or has
a cast of its own finds none of it: what is too much is undone before the test, and built again for the next that wants it.
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
"""Makes what is next from the cast so far."""

OPENS_TRANSACTION = "_django_db_helper"
"""pytest-django's fixture that opens each test's transaction. Should it be called otherwise, each test builds its cast."""


class Scene:
    def __init__(self) -> None:
        self._parts: list[tuple[ExitStack, Cast]] = []
        self._closed = False

    def prepare(self, wanted: list[Build]) -> None:
        """Undo what is too much, and build what is missing. No transaction of a test is open."""
        if self._closed:
            return
        lost = (
            self._parts and connection.needs_rollback
        )  # a test closed the connection, and with it the transaction
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
        """Return objects of their own for each test, for services write on those that they are given."""
        return copy.deepcopy(self._parts[-1][1]) if self._parts else {}

    def clear(self) -> None:
        self.prepare([])

    @contextmanager
    def cleared(self) -> Iterator[None]:
        """Without it, and nobody builds one: for modules with a stage of their own."""
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
    """Return what the test asks for, if nothing of it is another one's: a fixture of its folder, or a parameter."""
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
