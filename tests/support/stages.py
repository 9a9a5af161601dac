"""Stages that are only looked at: built once for several tests, and undone after the last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.support.scene import scene


@contextmanager
def rolled_back(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A transaction around the tests of a module, none of which commits; what each changes is undone after it."""
    with django_db_blocker.unblock(), scene.cleared(), transaction.atomic():
        yield
        transaction.set_rollback(True)
