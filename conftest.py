"""The cast. Alice owns the list, Bob has been let in, Charlie must see nothing, a guest holds only a link."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from _pytest import runner
from django.contrib.auth.hashers import make_password
from django.core.management.commands import flush
from django.utils import translation

from accounts.apps import ensure_default_tenant
from core.asgi.room import with_room
from core.limits.rate_limit_storage import counts

if TYPE_CHECKING:
    from accounts.models import User
    from wishlists.models import Item, Wishlist

pytest_plugins = [
    "tests.support.api_clients",
    "tests.support.browsing",
    "tests.support.running.live",
    "tests.support.browser",
]

PASSWORD = "correct horse battery"  # noqa: S105


def pytest_configure(config: pytest.Config) -> None:
    """Of all that Django does after emptying the tables, only the tenant has gone with them (tests/support/plugin.py)."""
    patch = pytest.MonkeyPatch()
    patch.setattr(flush, "emit_post_migrate_signal", lambda _, __, using: ensure_default_tenant(using=using))
    config.add_cleanup(patch.undo)


@pytest.hookimpl(tryfirst=True)
@with_room
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """As it is, from a frame with room: pytest and Django's test client are so deep that the stack took a seventh of the
    time of the twin worlds (core/asgi/room.py)."""
    return runner.pytest_runtest_protocol(item, nextitem)


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A page in German leaves its language with the thread, and the next test may read what is written in it."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> Iterator[None]:
    """Nobody has done anything yet: what one test did does not count for the next."""
    yield
    if counts.cache_info().currsize:
        counts().reset()
        counts.cache_clear()


@pytest.fixture(scope="session")
def password_hash() -> str:
    """One hash for the whole cast: hashing is slow on purpose."""
    return make_password(PASSWORD)


def _person(name: str, password_hash: str) -> User:
    from accounts.models import User

    return User.objects.create(email=f"{name.lower()}@example.com", display_name=name, password=password_hash)


@pytest.fixture
def alice(db: None, password_hash: str) -> User:
    return _person("Alice", password_hash)


@pytest.fixture
def bob(db: None, password_hash: str) -> User:
    return _person("Bob", password_hash)


@pytest.fixture
def charlie(db: None, password_hash: str) -> User:
    return _person("Charlie", password_hash)


@pytest.fixture
def wishlist(alice: User, bob: User) -> Wishlist:
    """Alice's list, policy surprise, with Bob let in as a viewer."""
    from wishlists.models import Wishlist
    from wishlists.services.lists.lists import create_wishlist
    from wishlists.services.lists.people import share_wishlist

    made = create_wishlist(owner=alice, title="Alice's birthday")
    made = Wishlist.objects.get(pk=made.pk)
    share_wishlist(wishlist=made, by=alice, email=bob.email, role="viewer")
    return made


@pytest.fixture
def item(wishlist: Wishlist, alice: User) -> Item:
    """One wish of Alice's: a kettle for 49.90 EUR."""
    from wishlists.models.viewers import Viewer
    from wishlists.services.lists.items import add_item

    return add_item(
        wishlist=wishlist, by=Viewer(user=alice), title="Kettle", price_minor=4990, currency="EUR"
    )
