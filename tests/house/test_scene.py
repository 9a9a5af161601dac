"""The cast is built once for many tests, and no test sees what another one changed."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.models import User
from tests.support.scene import Cast, Scene, scene
from wishlists.models import Item, Wishlist

NUMBERS = (1, 2, 3)


def changed(item: Item, number: int) -> None:
    """Change the rows and the objects."""
    assert (item.title, item.wishlist.title) == ("Kettle", "Alice's birthday")
    assert list(Item.objects.values_list("title", flat=True)) == ["Kettle"]
    assert sorted(User.objects.values_list("display_name", flat=True)) == ["Alice", "Bob"]
    item.title = item.wishlist.title = f"Changed by {number}"
    item.save()
    item.wishlist.save()
    User.objects.create(email="another@example.com", display_name="Another")


@pytest.mark.both
@pytest.mark.parametrize("number", NUMBERS)
def test_each_test_gets_the_item_unchanged(number: int, item: Item) -> None:
    changed(item, number)


@pytest.mark.both
def test_item_comes_from_the_shared_scene(item: Item, wishlist: Wishlist, alice: User, bob: User) -> None:
    """If pytest-django called its fixture in another way, each test would build its own cast, and only this test would
    notice."""
    found = {"item": item, "wishlist": wishlist, "alice": alice, "bob": bob}
    assert scene.cast() == found


@pytest.mark.both
def test_test_without_the_item_has_none(wishlist: Wishlist) -> None:
    assert not Item.objects.exists()
    assert "item" not in scene.cast()


@pytest.mark.both
def test_test_without_the_list_has_none(alice: User) -> None:
    assert list(User.objects.all()) == [alice]
    assert not Wishlist.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_test_that_commits_has_its_own_cast(item: Item) -> None:
    assert scene.cast() == {}
    assert not connection.in_atomic_block


@pytest.mark.both
@pytest.mark.parametrize("alice", ["somebody else"])
def test_test_with_another_alice_has_its_own_cast(alice: str, db: None) -> None:
    assert scene.cast() == {}
    assert not User.objects.exists()


@pytest.mark.both
def test_item_belongs_to_the_same_alice(item: Item, alice: User, wishlist: Wishlist) -> None:
    assert (item.wishlist, wishlist.owner) == (wishlist, alice)


@pytest.mark.django_db(transaction=True)
def test_lost_connection_does_not_affect_the_next_test() -> None:
    def build(_: Cast) -> Cast:
        return {"alice": User.objects.create(email="alice@example.com", display_name="Alice")}

    own = Scene()
    own.prepare([build])
    connection.close()
    own.prepare([build])
    assert list(User.objects.all()) == [own.cast()["alice"]]
    own.clear()
    assert not User.objects.exists()
    assert not connection.in_atomic_block
