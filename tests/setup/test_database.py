"""If PostgreSQL refuses the connection, commands stop with one sentence and do not wait for a pool."""

from __future__ import annotations

import pytest
from django.conf import settings

from tests.support.running.site import manage

pytestmark = pytest.mark.postgresql


@pytest.mark.parametrize("command", ["migrate", "serve", "worker"])
def test_missing_database_is_one_sentence(command: str) -> None:
    server = settings.DATABASES["default"]
    url = f"postgres://{server['USER']}@{server['HOST']}:{server['PORT'] or 5432}/no_such_database"
    done = manage(command, DATABASE_URL=url, EMBEDDED_JOBS="0")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert 'database "no_such_database" does not exist.' in done.stderr
