"""Let the threads of a race wait for a connection. Races test who wins, and not how fast the machine is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

from tests.support.socket_client import SECONDS


@pytest.fixture(autouse=True)
def threads_wait_for_a_connection() -> Iterator[None]:
    """Let a thread wait as long as a test may last. A server gives up after ten seconds, and 200 threads can take that
    long on a busy machine."""
    with pytest.MonkeyPatch.context() as patch:
        if not settings.EMBEDDED_DATABASE and (pool := getattr(connection, "pool", None)):
            patch.setattr(pool, "timeout", SECONDS)
        yield
