"""Shares and the log over REST."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Tenant, User
from tests.support.api_clients import Api, refused
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.people import join_guest
from wishlists.services.moderating import hide_wishlist, unhide_wishlist
from wishlists.services.reserving import reserve_item


@pytest.fixture
def shares(wishlist: Wishlist) -> str:
    return f"/wishlists/{wishlist.pk}/shares"


@pytest.fixture
def log(wishlist: Wishlist) -> str:
    return f"/wishlists/{wishlist.pk}/activity"


def test_letting_in_and_changing_the_role(
    as_alice: Api, as_dora: Api, dora: User, wishlist: Wishlist, shares: str
) -> None:
    made = as_alice("POST", shares, {"email": " DORA@example.com ", "role": "viewer"})
    assert made.status_code == 201
    body = made.json()
    assert (body["user_id"], body["wishlist_id"], body["role"]) == (str(dora.pk), str(wishlist.pk), "viewer")
    assert as_dora("GET", f"/wishlists/{wishlist.pk}").json()["my_role"] == "viewer"
    again = as_alice("POST", shares, {"email": dora.email, "role": "editor"})
    assert (again.status_code, again.json()["id"], again.json()["role"]) == (200, body["id"], "editor")
    assert [row["display_name"] for row in as_alice("GET", shares).json()] == ["Bob", "Dora"]


def test_nobody_of_that_address(as_alice: Api, shares: str) -> None:
    answer = as_alice("POST", shares, {"email": "nobody@example.com", "role": "viewer"})
    assert refused(answer) == (404, "no_such_person")


def test_nobody_of_another_tenant(as_alice: Api, dora: User, shares: str) -> None:
    dora.tenant = Tenant.objects.create(name="Elsewhere")
    dora.save(update_fields=["tenant"])
    answer = as_alice("POST", shares, {"email": dora.email, "role": "viewer"})
    assert refused(answer) == (404, "no_such_person")


@pytest.mark.parametrize(
    "body",
    [{"role": "viewer"}, {"email": "x", "role": "viewer"}, {"email": "bob@example.com", "role": "owner"}],
    ids=str,
)
def test_bad_values_are_named(body: dict[str, Any], as_alice: Api, shares: str) -> None:
    assert refused(as_alice("POST", shares, body)) == (400, "invalid_input")


def test_shares_are_the_owners(as_bob: Api, as_charlie: Api, alice: User, shares: str) -> None:
    body = {"email": "charlie@example.com", "role": "viewer"}
    for method, path in (("GET", shares), ("POST", shares), ("DELETE", f"{shares}/{alice.pk}")):
        assert refused(as_bob(method, path, body)) == (403, "owner_only")
        assert refused(as_charlie(method, path, body)) == (404, "no_such_list")


def test_the_owner_sees_somebody_out_or_they_leave(
    as_alice: Api, as_bob: Api, alice: User, bob: User, shares: str
) -> None:
    assert as_bob("DELETE", f"{shares}/{bob.pk}").status_code == 204
    assert as_bob("GET", shares).status_code == 404
    as_alice("POST", shares, {"email": bob.email, "role": "viewer"})
    assert as_alice("DELETE", f"{shares}/{bob.pk}").status_code == 204
    assert refused(as_alice("DELETE", f"{shares}/{bob.pk}")) == (404, "no_such_person")
    assert refused(as_alice("DELETE", f"{shares}/{uuid4()}")) == (404, "no_such_person")
    assert refused(as_alice("DELETE", f"{shares}/{alice.pk}")) == (409, "already_owner")


def kinds(api: Api, log: str) -> list[str]:
    return [row["kind"] for row in api("GET", log).json()]


def test_the_log_as_each_may_see_it(
    as_alice: Api, as_bob: Api, as_charlie: Api, bob: User, wishlist: Wishlist, item: Item, log: str
) -> None:
    before = kinds(as_alice, log)
    assert before == ["item_added", "member_joined", "list_created"]
    as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "reserved"})
    assert kinds(as_alice, log) == before
    assert kinds(as_bob, log) == ["item_reserved", *before]
    [row] = as_bob("GET", f"{log}?page=1&page_size=1").json()
    assert set(row) == {"id", "kind", "user_id", "item_id", "created_at"}
    assert (row["user_id"], row["item_id"]) == (str(bob.pk), str(item.pk))
    assert refused(as_charlie("GET", log)) == (404, "no_such_list")
    Wishlist.objects.filter(pk=wishlist.pk).update(is_public=True)
    seen = as_charlie("GET", log).json()
    assert [(row["kind"], row["user_id"]) for row in seen] == [("item_added", None), ("list_created", None)]


def test_an_open_list_tells_its_recipients(as_alice: Api, as_bob: Api, item: Item, log: str) -> None:
    Wishlist.objects.filter(pk=item.wishlist_id).update(policy="open")
    as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "reserved"})
    assert kinds(as_alice, log)[0] == "item_reserved"


def test_no_names_of_givers_where_they_are_hidden_and_none_of_guests(
    as_bob: Api, as_dora: Api, dora: User, wishlist: Wishlist, item: Item, log: str
) -> None:
    guest = join_guest(wishlist=wishlist, name="Grandma")
    there = Item.objects.get(pk=item.pk)
    reserve_item(item=there, by=Viewer(guest=guest, by_link=True))
    assert as_bob("GET", log).json()[0]["user_id"] is None
    Item.objects.filter(pk=item.pk).update(quantity=2, cap=2)
    as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "reserved"})
    assert as_bob("GET", log).json()[0]["user_id"] is not None
    Wishlist.objects.filter(pk=wishlist.pk).update(names_shown=False)
    assert as_bob("GET", log).json()[0]["user_id"] is None


def test_what_moderators_did_is_not_in_it(
    as_alice: Api, as_bob: Api, charlie: User, wishlist: Wishlist, log: str
) -> None:
    hide_wishlist(wishlist=wishlist, by=charlie, reason="spam")
    unhide_wishlist(wishlist=wishlist, by=charlie, reason="no spam")
    for api in (as_alice, as_bob):
        assert not any(kind.startswith("moderation") for kind in kinds(api, log))
