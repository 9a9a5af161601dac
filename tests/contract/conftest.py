"""The cast, registered over HTTP once for each test process; the lists they play with are new in each test."""

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
    """The address of a real server process, which stumbles over nothing that the tests do to it."""
    with installation.serve("log") as site:
        yield site.url
        assert "Traceback" not in site.output(), site.output()


@dataclass(frozen=True)
class Patience:
    """Sockets that were opened first, so that the clocks of those tests run while the others do."""

    silent: SocketClient
    """Says nothing at all."""
    waiting: SocketClient
    """Follows a list on which nothing happens."""
    wishlist: Json


@pytest.fixture(scope="session")
def patience(server: str) -> Iterator[Patience]:
    with ExitStack() as stack:

        def connect(path: str) -> SocketClient:
            # What nobody reads piles up before the farewell, which is not waited for. Without a bound: a full queue
            # is read no further, and who leaves the protocol's pings unanswered for minutes is dropped.
            url = f"ws{server.removeprefix('http')}{path}"
            return stack.enter_context(SocketClient(url, close_timeout=0.1, max_queue=None))

        somebody = register(server, "Patience")
        wishlist = a_list(somebody)
        yield Patience(connect(PATH), following(connect, somebody, wishlist), wishlist)


@pytest.fixture(scope="session")
def alice(server: str, patience: Patience) -> Person:
    """Owns the list, and is who it is for."""
    return register(server, "Alice")


@pytest.fixture(scope="session")
def bob(server: str) -> Person:
    """Has been let in: a giver."""
    return register(server, "Bob")


@pytest.fixture(scope="session")
def carol(server: str) -> Person:
    """Another giver."""
    return register(server, "Carol")


@pytest.fixture(scope="session")
def charlie(server: str) -> Person:
    """Must see nothing."""
    return register(server, "Charlie")


@pytest.fixture(scope="session")
def anyone(server: str) -> Client:
    """A browser that nobody knows."""
    return Client(server)


@pytest.fixture
def newcomer(server: str) -> Callable[[str], Person]:
    """Somebody new, for tests that do to a person what the cast must not suffer."""
    return lambda name: register(server, name)


@pytest.fixture
def wishlist(alice: Person, bob: Person, carol: Person) -> Json:
    """Alice's list, policy surprise, with Bob and Carol let in."""
    return a_list(alice, bob, carol)


@pytest.fixture
def item(alice: Person, wishlist: Json) -> Json:
    """One wish of Alice's: a kettle for 49.90 EUR."""
    return an_item(alice, wishlist)


@pytest.fixture
def connect(server: str) -> Iterator[Connect]:
    """Opens sockets that the end of the test closes."""
    with ExitStack() as stack:

        def open_socket(path: str, *, to: str = server, **options: Any) -> SocketClient:
            return stack.enter_context(SocketClient(f"ws{to.removeprefix('http')}{path}", **options))

        yield open_socket
