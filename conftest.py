"""Fixtures for all tests: the users, a list and an item.

Alice owns the list and is its recipient. Bob is a member. Charlie has no access. A guest only has a link.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest
from _pytest import runner
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.commands import flush
from django.db import connection
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from accounts.apps import ensure_default_tenant
from core.asgi.room import with_room
from core.http.unchanged import known_answers
from core.limits.rate_limit_storage import counts
from tests.support.running.services import commits_without_waiting
from tests.support.scene import OPENS_TRANSACTION, Cast, clear_for, scene, set_for
from wishlists.api.response_cache import response_cache

if TYPE_CHECKING:
    from accounts.models import User
    from wishlists.models import Item, Wishlist

pytest_plugins = [
    "tests.support.api_clients",
    "tests.support.browsing",
    "tests.support.running.live",
    "tests.support.browser",
    "tests.logs.minted",
]

PASSWORD = "correct horse battery"  # noqa: S105


def pytest_configure(config: pytest.Config) -> None:
    """After Django empties the tables, create the default tenant only. Nothing else is missing
    (tests/support/plugin.py)."""
    patch = pytest.MonkeyPatch()
    patch.setattr(flush, "emit_post_migrate_signal", lambda _, __, using: ensure_default_tenant(using=using))
    config.add_cleanup(patch.undo)


@pytest.hookimpl(tryfirst=True)
@with_room
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Run pytest's own protocol from a frame with room on the stack.

    Calls in pytest and Django's test client are nested so deeply that growing the stack took a seventh of the time of
    the twin worlds (core/asgi/room.py).
    """
    return runner.pytest_runtest_protocol(item, nextitem)


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """Reset the language of the thread after each test. A page in German would leave German active."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> Iterator[None]:
    """Clear the counts of rate limits after each test."""
    yield
    if counts.cache_info().currsize:
        counts().reset()
        counts.cache_clear()


@pytest.fixture(autouse=True)
def fresh_known_answers() -> Iterator[None]:
    """Forget what answers were made of after each test. It may have had other settings, and what it rolled back has the
    same revisions."""
    yield
    known_answers.forget()
    response_cache.forget()


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The password hash of all test users, computed once because hashing is slow on purpose."""
    return make_password(PASSWORD)


def _person(name: str, password_hash: str) -> User:
    from accounts.models import User

    return User.objects.create(email=f"{name.lower()}@example.com", display_name=name, password=password_hash)


def _share(cast: Cast) -> Cast:
    """Create Alice's list with policy surprise, and Bob as its viewer."""
    from wishlists.models import Wishlist
    from wishlists.services.lists.lists import create_wishlist
    from wishlists.services.lists.people import share_wishlist

    made = create_wishlist(owner=cast["alice"], title="Alice's birthday")
    made = Wishlist.objects.get(pk=made.pk)
    share_wishlist(wishlist=made, by=cast["alice"], email=cast["bob"].email, role="viewer")
    return cast | {"wishlist": made}


def _wish(cast: Cast) -> Cast:
    """Create Alice's wish: a kettle for 49.90 EUR."""
    from wishlists.models.viewers import Viewer
    from wishlists.services.lists.items import add_item

    by = Viewer(user=cast["alice"])
    made = add_item(wishlist=cast["wishlist"], by=by, title="Kettle", price_minor=4990, currency="EUR")
    return cast | {"item": made}


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Create the shared users and list of a module before a test's transaction begins, and remove them before the
    database."""
    if fixturedef.argname == OPENS_TRANSACTION:

        def share(_: Cast) -> Cast:
            hashed = request.getfixturevalue("password_hash")
            return _share({name.lower(): _person(name, hashed) for name in ("Alice", "Bob")})

        set_for(request, {"wishlist": share, "item": _wish}, __name__)
    found = yield
    if fixturedef.argname == "django_db_setup":
        request.addfinalizer(lambda: clear_for(request))
    return found


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """On PostgreSQL, don't wait for the disk at a commit. Tests that kill a database use one of their own."""
    if settings.EMBEDDED_DATABASE:
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(commits_without_waiting(str(connection.settings_dict["NAME"])))
        cursor.execute("SET synchronous_commit TO off")


@pytest.fixture
def _cast(db: None) -> Cast:
    return scene.cast()


@pytest.fixture
def alice(_cast: Cast, password_hash: str) -> User:
    return _cast.get("alice") or _person("Alice", password_hash)


@pytest.fixture
def bob(_cast: Cast, password_hash: str) -> User:
    return _cast.get("bob") or _person("Bob", password_hash)


@pytest.fixture
def charlie(db: None, password_hash: str) -> User:
    return _person("Charlie", password_hash)


@pytest.fixture
def wishlist(_cast: Cast, alice: User, bob: User) -> Wishlist:
    """Alice's list with policy surprise. Bob is a viewer."""
    made: Wishlist = (_cast if "wishlist" in _cast else _share({"alice": alice, "bob": bob}))["wishlist"]
    return made


@pytest.fixture
def item(_cast: Cast, wishlist: Wishlist, alice: User) -> Item:
    """Alice's wish: a kettle for 49.90 EUR."""
    made: Item = (_cast if "item" in _cast else _wish({"alice": alice, "wishlist": wishlist}))["item"]
    return made
