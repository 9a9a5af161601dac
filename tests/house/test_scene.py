"""The cast is built once for many tests, and no test finds what another did to it."""

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
def test_each_finds_the_item_as_it_was_made(number: int, item: Item) -> None:
    changed(item, number)


@pytest.mark.both
def test_it_is_of_the_scene(item: Item, wishlist: Wishlist, alice: User, bob: User) -> None:
    """Should pytest-django call its fixture otherwise, each test would build its own, and nothing else would say so."""
    found = {"item": item, "wishlist": wishlist, "alice": alice, "bob": bob}
    assert scene.cast() == found


@pytest.mark.both
def test_a_test_without_the_item_finds_none(wishlist: Wishlist) -> None:
    assert not Item.objects.exists()
    assert "item" not in scene.cast()


@pytest.mark.both
def test_a_test_without_the_list_finds_none(alice: User) -> None:
    assert list(User.objects.all()) == [alice]
    assert not Wishlist.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_one_that_commits_has_a_cast_of_its_own(item: Item) -> None:
    assert scene.cast() == {}
    assert not connection.in_atomic_block


@pytest.mark.both
@pytest.mark.parametrize("alice", ["somebody else"])
def test_one_with_another_alice_has_a_cast_of_its_own(alice: str, db: None) -> None:
    assert scene.cast() == {}
    assert not User.objects.exists()


@pytest.mark.both
def test_the_alice_of_the_item_is_the_same(item: Item, alice: User, wishlist: Wishlist) -> None:
    assert (item.wishlist, wishlist.owner) == (wishlist, alice)


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_costs_the_next_test_nothing() -> None:
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
