"""The protocol's own pings: a client that answers them stays, and a client that is gone is dropped."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.models import User
from tests.nemesis.actors.raw import CLOSED_BY_NOBODY, PONG, Raw, masked
from tests.sockets.people import token_of
from tests.support.running.site import Site, running_site, shared_database_url
from tests.support.socket_client import SECONDS

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=["daphne", "uvicorn"])
def impatient(request: pytest.FixtureRequest, transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    def command(port: int) -> list[str]:
        return [sys.executable, "-m", "tests.sockets.impatient", request.param, str(port)]

    own = {"DATABASE_URL": shared_database_url(), "EMBEDDED_JOBS": "0"}
    with running_site(tmp_path / "log", variables=own, command=command) as site:
        yield site
        assert "Traceback" not in site.output(), site.output()


def test_client_that_answers_pings_stays_and_another_is_dropped_without_a_close_frame(
    impatient: Site, bob: User
) -> None:
    """The server sends nothing else, and the clients read nothing else. A close frame would reach nobody."""
    asyncio.run(_idle(impatient, token_of(bob)))


async def _idle(site: Site, token: str) -> None:
    there, gone = await Raw.open(site.port), await Raw.open(site.port)
    hello = masked(json.dumps({"event": "auth", "access_token": token}).encode())
    for raw in (there, gone):
        raw.send(hello)
        assert b'"authenticated"' in await raw.next()
    answering = asyncio.create_task(_answer(there))
    async with asyncio.timeout(SECONDS):
        with pytest.raises(EOFError):
            await gone.next()
    assert gone.code == CLOSED_BY_NOBODY
    assert there.pings > 1
    assert not answering.done(), "Who answered was dropped too."
    there.send(masked(b'{"event": "ping"}'))
    async with asyncio.timeout(SECONDS):
        assert b'"pong"' in await answering
    there.close()


async def _answer(raw: Raw) -> bytes:
    """Answer pings as every WebSocket client does by itself. Return the first text frame."""
    return await raw.next(answer=lambda payload: raw.send(masked(payload, 0x80 | PONG)))
