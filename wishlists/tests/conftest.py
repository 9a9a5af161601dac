"""What only the tests of this app need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.support.api_clients import Api, logged_in
from wishlists.tests.product_preview.web_servers import Serve, Server


@pytest.fixture
def dora(db: None, password_hash: str) -> User:
    """Let in by tests that need a second giver."""
    return User.objects.create(email="dora@example.com", display_name="Dora", password=password_hash)


@pytest.fixture
def as_dora(dora: User) -> Api:
    return Api(logged_in(dora)["access_token"])


@pytest.fixture
def moderator(db: None) -> User:
    return User.objects.create_superuser("mod@example.com", display_name="Moderator")


@pytest.fixture
def moderator_client(moderator: User) -> Client:
    """The moderator's browser, logged in."""
    client = Client()
    client.force_login(moderator)
    return client


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Makes web servers on loopback, and closes them."""
    servers: list[Server] = []

    def make(*args: Any, **kwargs: Any) -> Server:
        servers.append(Server(*args, **kwargs))
        return servers[-1]

    yield make
    for server in servers:
        server.close()
