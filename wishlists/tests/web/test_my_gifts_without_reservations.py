"""What "My gifts" shows besides reservations: budgets for lists without reservations, and places on waitlists."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.support.api_clients import Api, refused
from wishlists.api.serializers.budgets import BudgetSerializer
from wishlists.models import Item, Member, WaitlistEntry, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item, edit_item
from wishlists.services.lists.people import remove_member, share_wishlist
from wishlists.services.reserving import reserve_item
from wishlists.services.waitlisting import wait_for_item
from wishlists.tests.shapes import agrees


@pytest.fixture
def bobs(bob: User) -> Client:
    browser = Client()
    browser.force_login(bob)
    return browser


def seen(item: Item, user: User) -> Item:
    return Item.objects.get(pk=item.pk)


@pytest.fixture
def line(item: Item, wishlist: Wishlist, alice: User, bob: User, charlie: User, dora: User) -> Item:
    """Dora has the kettle, Charlie waits for it, and Bob after him."""
    for person in (charlie, dora):
        share_wishlist(wishlist=wishlist, by=alice, email=person.email, role="viewer")
    reserve_item(item=seen(item, dora), by=Viewer(user=dora))
    for person in (charlie, bob):
        wait_for_item(item=seen(item, person), by=Viewer(user=person))
    return item


def test_budget_without_reservations_is_shown(as_bob: Api, bobs: Client, wishlist: Wishlist) -> None:
    assert as_bob("GET", "/budgets").json() == []
    as_bob("PUT", f"/wishlists/{wishlist.pk}/budget", {"amount": 50, "currency": "EUR"})
    assert "€50.00" in bobs.get("/gifts").text
    assert "Alice&#x27;s birthday" in bobs.get("/gifts").text
    assert "€50.00" not in bobs.get("/gifts?year=2026").text
    [row] = as_bob("GET", "/budgets").json()
    assert row == as_bob("GET", f"/wishlists/{wishlist.pk}/budget").json()
    agrees(row, BudgetSerializer)


@pytest.mark.both
def test_budgets_show_what_is_planned(
    as_bob: Api, as_charlie: Api, wishlist: Wishlist, item: Item, bob: User, charlie: User
) -> None:
    theirs = as_charlie("POST", "/wishlists", {"title": "Charlie's", "due_date": "2030-01-01"}).json()["id"]
    as_charlie("POST", f"/wishlists/{theirs}/shares", {"email": bob.email, "role": "viewer"})
    for pk in (wishlist.pk, theirs):
        as_bob("PUT", f"/wishlists/{pk}/budget", {"amount": 50, "currency": "EUR"})
    reserve_item(item=seen(item, bob), by=Viewer(user=bob))
    as_bob("POST", f"/wishlists/{theirs}/pot/contributions", {"amount": 3, "status": "paid"})
    with CaptureQueriesContext(connection) as few:
        rows = as_bob("GET", "/budgets").json()
    assert [(row["wishlist_id"], row["planned"], row["bought"]) for row in rows] == [
        (theirs, 0, 3),
        (str(wishlist.pk), 49.9, 0),
    ]
    for number in range(5):
        more = as_charlie("POST", "/wishlists", {"title": f"List {number}"}).json()["id"]
        as_charlie("POST", f"/wishlists/{more}/shares", {"email": bob.email, "role": "viewer"})
        as_bob("PUT", f"/wishlists/{more}/budget", {"amount": 1, "currency": "EUR"})
        as_bob("POST", f"/wishlists/{more}/pot/contributions", {"amount": 3, "status": "paid"})
    with CaptureQueriesContext(connection) as many:
        assert len(as_bob("GET", "/budgets").json()) == 7
    assert len(many) == len(few)


@pytest.mark.parametrize("how", ["became a recipient", "lost access"])
def test_budget_is_hidden_if_the_user_cannot_give(
    how: str, as_bob: Api, bobs: Client, wishlist: Wishlist, alice: User, bob: User
) -> None:
    as_bob("PUT", f"/wishlists/{wishlist.pk}/budget", {"amount": 50, "currency": "EUR"})
    if how == "lost access":
        remove_member(wishlist=wishlist, user=bob, by=alice)
    else:
        Member.objects.filter(wishlist=wishlist, user=bob).update(is_recipient=True)
    assert as_bob("GET", "/budgets").json() == []
    assert "No gifts yet." in bobs.get("/gifts").text


def test_places_in_line_are_shown_and_can_be_left(bobs: Client, line: Item, bob: User, alice: User) -> None:
    page = bobs.get("/gifts").text
    assert ("Waiting list" in page, "You're second in line." in page) == (True, True)
    assert f'href="/lists/{line.wishlist_id}#item-{line.pk}">Kettle<' in page
    assert "Waiting list" not in bobs.get("/gifts?year=2026").text
    assert bobs.post(f"/gifts/waiting/{line.pk}").status_code == 303
    assert not WaitlistEntry.objects.in_line().filter(user=bob).exists()
    assert "Waiting list" not in bobs.get("/gifts").text
    assert bobs.post(f"/gifts/waiting/{line.pk}").status_code == 404


def test_new_recipient_cannot_see_or_leave_the_line(line: Item, alice: User, charlie: User) -> None:
    hers = Client()
    hers.force_login(alice)
    assert "Waiting list" not in hers.get("/gifts").text
    assert hers.post(f"/gifts/waiting/{line.pk}").status_code == 404
    assert WaitlistEntry.objects.in_line().count() == 2


def test_removed_member_reads_nothing_newer_of_a_wish_they_wait_for(
    as_bob: Api, bobs: Client, line: Item, wishlist: Wishlist, alice: User, bob: User
) -> None:
    assert len(as_bob("GET", "/waiting").json()) == 1
    remove_member(wishlist=wishlist, user=bob, by=alice)
    before = [as_bob("GET", "/waiting").content, bobs.get("/gifts").content.count(b"waiting")]
    edit_item(item=seen(line, alice), by=Viewer(user=alice), title="Canary kettle")
    assert [as_bob("GET", "/waiting").content, bobs.get("/gifts").content.count(b"waiting")] == before
    assert before == [b"[]", 0]
    assert refused(as_bob("DELETE", f"/wishlists/{wishlist.pk}/items/{line.pk}/waiting"))[0] == 404


@pytest.mark.once
@pytest.mark.both
def test_statement_count_is_the_same_for_one_and_many_places(
    bobs: Client, line: Item, wishlist: Wishlist, alice: User, bob: User, dora: User
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert bobs.get("/gifts").status_code == 200
        return len(captured)

    few = statements()
    for number in range(5):
        cup = add_item(wishlist=wishlist, by=Viewer(user=alice), title=f"Cup {number}")
        reserve_item(item=seen(cup, dora), by=Viewer(user=dora))
        wait_for_item(item=seen(cup, bob), by=Viewer(user=bob))
    assert statements() == few
