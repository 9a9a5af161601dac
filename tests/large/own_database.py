"""A database of its own for a module of tests, which may fill it with as many rows as it likes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from tests.support.running.services import commits_without_waiting
from tests.support.scene import scene


@contextmanager
def own_database(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Connect the process to a new, migrated database, and drop it afterwards. Rows written outside tests stay in it."""
    with django_db_blocker.unblock(), scene.cleared():
        usual = str(connection.settings_dict["NAME"])
        own = f"{usual}_{secrets.token_hex(4)}"
        if connection.vendor == "sqlite":
            with _connected_to(own):
                call_command("migrate", verbosity=0)
                yield
            for suffix in ("", "-wal", "-shm", ".lock"):
                Path(f"{own}{suffix}").unlink(missing_ok=True)
            return
        _execute(f'CREATE DATABASE "{own}"', commits_without_waiting(own))
        try:
            with _connected_to(own):
                call_command("migrate", verbosity=0)
                yield
        finally:
            _execute(f'DROP DATABASE "{own}" WITH (FORCE)')


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    usual = connection.settings_dict["NAME"]
    _switch(name)
    try:
        yield
    finally:
        _switch(usual)


def _switch(name: str) -> None:
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
