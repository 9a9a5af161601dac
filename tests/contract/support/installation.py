"""A separate installation for the contract test: an empty database with real server processes."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.support.plugin import RUN
from tests.support.running.services import commits_without_waiting
from tests.support.running.site import Site, manage, running_site


@dataclass(frozen=True)
class Installation:
    folder: Path
    database: str

    @property
    def variables(self) -> dict[str, str]:
        """Return settings with its own data, and a channel layer that nobody else uses."""
        prefix = f"contract_{self.folder.name}_{os.getpid()}"
        own = {"DATA_DIR": str(self.folder), "DATABASE_URL": self.database, "CHANNEL_PREFIX": prefix}
        own |= {"DJANGO_SETTINGS_MODULE": "tests.support.running.light"}
        return own | {"EMBEDDED_JOBS": "0", "DATABASE_POOL": "8"}

    def serve(self, name: str, **variables: str) -> AbstractContextManager[Site]:
        """Start one more server process. Its output goes to the file `name` in the folder."""
        return running_site(self.folder / name, variables=self.variables | variables)

    def do(self, script: str) -> None:
        """Run a script of service calls in a process of its own, for a state that would need hundreds of requests."""
        done = manage("shell", "--command", script, **self.variables)
        assert done.returncode == 0, done.stderr


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """Return an installation with a migrated database that nobody else uses, of the kind that this run tests.

    The first process of a run to need one applies the migrations. The others copy its database.
    """
    given = os.environ.get("DATABASE_URL", "")
    database = _on_postgresql(folder, given) if given.startswith("postgres") else _on_sqlite(folder)
    with database as made:
        yield made


@contextmanager
def _on_sqlite(folder: Path) -> Iterator[Installation]:
    own, model = folder / "contract.sqlite3", Path(os.environ[RUN], "contract.sqlite3")
    made = Installation(folder, f"sqlite:///{own}")
    with _one_at_a_time():
        if model.exists():
            shutil.copy(model, own)
        else:
            _migrate(made)
            shutil.copy(own, model)
    yield made


@contextmanager
def _on_postgresql(folder: Path, given: str) -> Iterator[Installation]:
    own, model = f"contract_{secrets.token_hex(6)}", f"contract_of_{Path(os.environ[RUN]).name}"
    made = Installation(folder, f"{given.rpartition('/')[0]}/{own}")
    with psycopg.connect(given, autocommit=True) as connection, ExitStack() as stack:
        stack.callback(_drop, connection, own)
        with _one_at_a_time():
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [model]).fetchone():
                connection.execute(f'CREATE DATABASE "{own}" TEMPLATE "{model}"')
                connection.execute(commits_without_waiting(own))
            else:
                connection.execute(f'CREATE DATABASE "{own}"')
                connection.execute(commits_without_waiting(own))
                _migrate(made)
                stack.callback(_drop, connection, model)
                connection.execute(f'CREATE DATABASE "{model}" TEMPLATE "{own}"')
        yield made


def _migrate(installation: Installation) -> None:
    migrated = manage("migrate", "--verbosity", "0", **installation.variables)
    assert migrated.returncode == 0, migrated.stderr


def _drop(connection: psycopg.Connection, name: str) -> None:
    """Drop the database, but not while another process copies it. A process that needs one afterwards starts anew."""
    with _one_at_a_time():
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let only one process of the run in at a time."""
    with Path(os.environ[RUN], "contract.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
