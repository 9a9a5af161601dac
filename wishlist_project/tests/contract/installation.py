"""An installation of its own for the contract test: an empty database, and real server processes on it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from wishlist_project.tests.site import Site, manage, running_site


@dataclass(frozen=True)
class Installation:
    folder: Path
    database: str

    @property
    def variables(self) -> dict[str, str]:
        """Its own data, and a channel layer on which nobody else is."""
        prefix = f"contract_{self.folder.name}_{os.getpid()}"
        own = {"DATA_DIR": str(self.folder), "DATABASE_URL": self.database, "CHANNEL_PREFIX": prefix}
        return own | {"EMBEDDED_JOBS": "0", "DATABASE_POOL": "8"}

    def serve(self, name: str, **variables: str) -> AbstractContextManager[Site]:
        """One more server process. What it says goes to the file `name` in the folder."""
        return running_site(self.folder / name, variables=self.variables | variables)


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """A migrated database of the kind that the run is for, which nobody else uses."""
    with _database(folder) as url:
        made = Installation(folder, url)
        migrated = manage("migrate", "--verbosity", "0", **made.variables)
        assert migrated.returncode == 0, migrated.stderr
        yield made


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        yield f"sqlite:///{folder / 'contract.sqlite3'}"
        return
    name = f"contract_{secrets.token_hex(6)}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{given.rpartition('/')[0]}/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
