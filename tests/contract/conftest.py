"""The cast, registered over HTTP once for each test process. Each test gets new lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from tests.contract.support.installation import Installation, installed
from tests.contract.support.listening import PATH, Connect, following
from tests.contract.support.people import Client, Json, Person, a_list, an_item, register
from tests.support.socket_client import SocketClient


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("contract")) as made:
        yield made


@pytest.fixture(scope="session")
def server(installation: Installation) -> Iterator[str]:
    """The address of a real server process. It must log no traceback, whatever the tests send."""
    with installation.serve("log") as site:
        yield site.url
        assert "Traceback" not in site.output(), site.output()


@dataclass(frozen=True)
class Patience:
    """Sockets that are opened first, so that their long waits run while the other tests do."""

    silent: SocketClient
    """Sends nothing at all."""
    waiting: SocketClient
    """Follows a list on which nothing happens."""
    wishlist: Json


@pytest.fixture(scope="session")
def patience(server: str) -> Iterator[Patience]:
    with ExitStack() as stack:

        def connect(path: str) -> SocketClient:
            # Frames that nobody reads pile up before the close, so don't wait for it. The queue has no bound: otherwise
            # the client would stop reading, leave the protocol's pings unanswered for minutes, and be dropped.
            url = f"ws{server.removeprefix('http')}{path}"
            return stack.enter_context(SocketClient(url, close_timeout=0.1, max_queue=None))

        somebody = register(server, "Patience")
        wishlist = a_list(somebody)
        yield Patience(connect(PATH), following(connect, somebody, wishlist), wishlist)


@pytest.fixture(scope="session")
def alice(server: str, patience: Patience) -> Person:
    """The owner and recipient of the list."""
    return register(server, "Alice")


@pytest.fixture(scope="session")
def bob(server: str) -> Person:
    """A giver: a member of the list."""
    return register(server, "Bob")


@pytest.fixture(scope="session")
def carol(server: str) -> Person:
    """Another giver."""
    return register(server, "Carol")


@pytest.fixture(scope="session")
def charlie(server: str) -> Person:
    """A stranger, who must see nothing."""
    return register(server, "Charlie")


@pytest.fixture(scope="session")
def anyone(server: str) -> Client:
    """A browser that is not signed in."""
    return Client(server)


@pytest.fixture
def newcomer(server: str) -> Callable[[str], Person]:
    """A new person, for tests that do what the cast must not suffer."""
    return lambda name: register(server, name)


@pytest.fixture
def wishlist(alice: Person, bob: Person, carol: Person) -> Json:
    """Alice's list, with the policy surprise and with Bob and Carol as members."""
    return a_list(alice, bob, carol)


@pytest.fixture
def item(alice: Person, wishlist: Json) -> Json:
    """One item of Alice's: a kettle for 49.90 EUR."""
    return an_item(alice, wishlist)


@pytest.fixture
def connect(server: str) -> Iterator[Connect]:
    """Open sockets that close when the test ends."""
    with ExitStack() as stack:

        def open_socket(path: str, *, to: str = server, **options: Any) -> SocketClient:
            return stack.enter_context(SocketClient(f"ws{to.removeprefix('http')}{path}", **options))

        yield open_socket
