"""Every member of a list sees who else is on it: names and roles only."""

from __future__ import annotations

import pytest

from accounts.models import User
from tests.support.api_clients import Api
from tests.support.browsing import as_user
from wishlists.models import Item, Member, Wishlist
from wishlists.services.lists.people import remove_member, share_wishlist
from wishlists.tests.factories import take


@pytest.fixture
def path(wishlist: Wishlist) -> str:
    return f"/wishlists/{wishlist.pk}/members"


def test_all_members_get_the_same_answer(
    as_alice: Api, as_bob: Api, path: str, wishlist: Wishlist, alice: User, bob: User
) -> None:
    rows = as_bob("GET", path).json()
    assert [(row["user_id"], row["display_name"], row["role"], row["is_recipient"]) for row in rows] == [
        (str(alice.pk), "Alice", "owner", True),
        (str(bob.pk), "Bob", "viewer", False),
    ]
    assert set(rows[0]) == {
        "wishlist_id", "user_id", "display_name", "avatar_url", "role", "is_recipient", "only_by_group", "created_at",
    }  # fmt: skip
    assert as_alice("GET", path).json() == rows
    assert as_bob("GET", f"/wishlists/{wishlist.pk}/shares").status_code == 403


@pytest.mark.parametrize("is_public", [False, True])
def test_non_members_are_refused(
    is_public: bool, api: Api, as_charlie: Api, path: str, wishlist: Wishlist, charlie: User
) -> None:
    """Not even people who may read the list."""
    Wishlist.objects.filter(pk=wishlist.pk).update(is_public=is_public)
    assert as_charlie("GET", path).status_code == (403 if is_public else 404)
    assert api("GET", path).status_code == 401
    assert as_user(charlie).get(f"/lists/{wishlist.pk}/members").status_code == (403 if is_public else 404)


def test_removed_member_is_refused_and_not_listed(
    as_alice: Api, as_bob: Api, path: str, wishlist: Wishlist, alice: User, bob: User
) -> None:
    remove_member(wishlist=Wishlist.objects.get(pk=wishlist.pk), user=bob, by=alice)
    assert as_bob("GET", path).status_code == 404
    assert [row["display_name"] for row in as_alice("GET", path).json()] == ["Alice"]


def test_deactivated_user_is_not_listed(as_alice: Api, path: str, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert [row["display_name"] for row in as_alice("GET", path).json()] == ["Alice"]


def test_giver_on_a_public_list_is_not_a_member(
    as_alice: Api, path: str, wishlist: Wishlist, item: Item, charlie: User
) -> None:
    """Charlie opens a public list by its id and gives."""
    Wishlist.objects.filter(pk=wishlist.pk).update(is_public=True)
    before = as_alice("GET", path).content
    take(item, charlie)
    assert as_alice("GET", path).content == before


def test_page_shows_names_and_roles_without_addresses(
    wishlist: Wishlist, alice: User, bob: User, charlie: User
) -> None:
    listed = Wishlist.objects.get(pk=wishlist.pk)
    share_wishlist(wishlist=listed, by=alice, email=charlie.email, role="editor")
    assert Member.objects.filter(wishlist=wishlist).count() == 3
    page = as_user(bob).get(f"/lists/{wishlist.pk}/members").text
    for text in ("Alice", "Bob", "Charlie", "owner", "editor", "viewer", "recipient"):
        assert text in page
    assert not any(person.email in page for person in (alice, charlie))
    assert f"/lists/{wishlist.pk}/members" in as_user(bob).get(f"/lists/{wishlist.pk}").text
