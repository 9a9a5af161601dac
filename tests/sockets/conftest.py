"""Fixtures for tests of sockets: Alice's list has a link, and the server must log no traceback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from accounts.models import User
from sharing.models import PublicLink
from tests.support.running.site import Site
from wishlists.models import Wishlist


@pytest.fixture
def link(wishlist: Wishlist, alice: User) -> PublicLink:
    return PublicLink.objects.create(wishlist=wishlist, created_by=alice)


@pytest.fixture(autouse=True)
def no_traceback(site: Site) -> Iterator[None]:
    """Fail if the server logged a traceback during the test."""
    before = len(site.output())
    yield
    logged = site.output()[before:]
    assert "Traceback" not in logged, logged
