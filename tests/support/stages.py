"""Data that several tests share: created once, and rolled back after the last test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.support.scene import scene


@contextmanager
def rolled_back(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Wrap the tests of a module in a transaction. None of them may commit; each test's changes are rolled back after it."""
    with django_db_blocker.unblock(), scene.cleared(), transaction.atomic():
        yield
        transaction.set_rollback(True)
