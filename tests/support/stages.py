"""Data that several tests share: created once, and rolled back after the last test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.support.scene import scene


@contextmanager
def rolled_back(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Wrap the tests of a module in a transaction. None of them may commit; each test's changes are rolled back after it."""
    with django_db_blocker.unblock(), scene.cleared(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def may_be_durable() -> None:
    """Let blocks that have to commit by themselves run inside the current transaction, as in Django's `TestCase`."""
    connection.atomic_blocks[-1]._from_testcase = True  # type: ignore[attr-defined]  # private
