"""Migrate the test database once for all workers of a run. The others copy it, which takes a tenth of the time."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.base.creation import BaseDatabaseCreation

Creation = Any
"""Django's class that creates test databases. Its stubs lack what its subclasses have."""


def migrate_once(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Make the first process that needs a test database migrate it. Those that come later copy it.

    `folder` is shared by the processes. When they have ended, call `drop_template`.
    """
    migrate = BaseDatabaseCreation.create_test_db

    def create(creation: Creation, *arguments: Any, **options: Any) -> str:
        with _locked(folder / "migrating"):
            template = _template(folder)
            if not template:
                name: str = migrate(creation, *arguments, **options)
                _keep(folder, creation)
                return name
        return _copy(template, creation)

    patch.setattr(BaseDatabaseCreation, "create_test_db", create)


def drop_template(folder: Path) -> None:
    """Drop the database that was copied. On SQLite it is a file, which goes with its folder."""
    template = _template(folder)
    if template and connection.vendor == "postgresql":
        creation: Creation = connection.creation
        creation._destroy_test_db(template, 0)


def _template(folder: Path) -> str:
    noted = folder / "migrated"
    return noted.read_text() if noted.exists() else ""


def _keep(folder: Path, creation: Creation) -> None:
    """Copy the worker's own database, before a test changes it."""
    connection.close()
    creation.clone_test_db("migrated", verbosity=0)
    name = creation.get_test_db_clone_settings("migrated")["NAME"]
    (folder / "migrated").write_text(str(name))
    connection.ensure_connection()


def _copy(template: str, creation: Creation) -> str:
    """Create the worker's database as a copy, and do what Django does after the migrations."""
    name = str(creation._get_test_db_name())
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = template
        creation._create_test_db(0, autoclobber=False)
    else:
        shutil.copy(template, name)
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name
    connection.ensure_connection()
    return name


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.open("w") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
