"""A server that stops closes every socket with 4503, no matter how busy it is."""

from __future__ import annotations

import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from accounts.models import User
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from tests.sockets.people import bearer
from tests.support.running.site import ROOT, Site, running_site, shared_database_url
from tests.support.socket_client import NO_TLS, SECONDS, SocketClient
from wishlists.models import Item, Wishlist


@pytest.fixture
def link(wishlist: Wishlist, alice: User) -> PublicLink:
    return PublicLink.objects.create(wishlist=wishlist, created_by=alice)


pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

SOCKETS, WRITERS = 40, 3

DAPHNES_OWN = """
import sys
import django
django.setup()
from django.core.management import execute_from_command_line
from wishlist_project.launch.servers.with_daphne import RawFramesServer
del RawFramesServer.kill_all_applications
execute_from_command_line(sys.argv)
"""


@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_every_socket_is_closed_with_4503_under_traffic(
    tmp_path: Path, link: PublicLink, item: Item, alice: User, server: str
) -> None:
    with running_site(tmp_path / "log", variables=_own(server)) as site:
        codes = _codes_of_a_stop(site, link, item, alice)
        assert codes == {4503: SOCKETS}
        assert "Traceback" not in site.output()


def test_control_unmodified_daphne_cuts_sockets(
    tmp_path: Path, link: PublicLink, item: Item, alice: User
) -> None:
    script = tmp_path / "manage.py"
    script.write_text(DAPHNES_OWN)
    command = [sys.executable, str(script), "serve"]
    own = _own("daphne") | {"PYTHONPATH": str(ROOT)}
    with running_site(tmp_path / "log", variables=own, command=lambda _port: command) as site:
        assert _codes_of_a_stop(site, link, item, alice)[4503] < SOCKETS


def _own(server: str) -> dict[str, str]:
    own = {"DATABASE_URL": shared_database_url(), "EMBEDDED_JOBS": "0", "DATABASE_POOL": "8"}
    return own | {"SERVER": server, "REALTIME_LOOK_SECONDS": "0.1"}


def _codes_of_a_stop(site: Site, link: PublicLink, item: Item, alice: User) -> Counter[int | None]:
    with ExitStack() as stack:
        address = f"ws://127.0.0.1:{site.port}/ws?public_token={link_token(link)}"
        clients = [stack.enter_context(SocketClient(address)) for _ in range(SOCKETS)]
        for ws in clients:
            ws.next()
        with _traffic(site, item, alice):
            clients[0].until("item_updated")
            # uvicorn sends the signal to itself again at the end.
            assert site.stop(signal.SIGTERM) in (0, -signal.SIGTERM)
        return Counter(ws.closed() for ws in clients)


@contextmanager
def _traffic(site: Site, item: Item, alice: User) -> Iterator[None]:
    """Send changes all the time, until the server no longer accepts them."""
    enough = threading.Event()

    def write(number: int) -> None:
        address = f"{site.url}/api/v1/items/{item.pk}"
        with (
            httpx.Client(headers=headers, verify=NO_TLS, timeout=SECONDS) as client,
            suppress(httpx.TransportError),
        ):
            for change in range(10_000):
                if enough.is_set():
                    return
                client.patch(address, json={"title": f"Kettle {number} {change}"})

    headers = bearer(alice)
    writers = [threading.Thread(target=write, args=[number], daemon=True) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        yield
    finally:
        enough.set()
        for writer in writers:
            writer.join(SECONDS)
