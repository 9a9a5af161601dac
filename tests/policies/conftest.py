"""There are many stages and tests only read them, so each module builds them once, in a transaction that is rolled
back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from sharing.access.capabilities import link_token
from sharing.services.links import make_link
from tests.policies.stage import SETTINGS, Stage
from tests.support.stages import rolled_back
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item

Stages = dict[str, Stage]


@pytest.fixture(scope="module")
def stages(django_db_setup: None, django_db_blocker: DjangoDbBlocker, password_hash: str) -> Iterator[Stages]:
    """The stages by setting. Changes by a test are undone after it, as everywhere."""
    with rolled_back(django_db_blocker):
        yield {setting: Stage(setting, password_hash) for setting in SETTINGS}


@pytest.fixture
def token(wishlist: Wishlist, alice: User) -> str:
    return link_token(make_link(wishlist=wishlist, by=alice)[0])


@pytest.fixture
def identifying(wishlist: Wishlist, item: Item, token: str, alice: User) -> Wishlist:
    """Alice's list with two items, whose guests must identify themselves first."""
    Wishlist.objects.filter(pk=wishlist.pk).update(guests_identify=True)
    add_item(wishlist=wishlist, by=Viewer(user=alice), title="Lamp", price_minor=900)
    wishlist.refresh_from_db()
    return wishlist
