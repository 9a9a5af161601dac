"""What stands on "My gifts" beside promises: what one means to spend where nothing is promised yet, and where one waits."""

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
    """Dora has the kettle, Charlie waits for it, and after him Bob."""
    for person in (charlie, dora):
        share_wishlist(wishlist=wishlist, by=alice, email=person.email, role="viewer")
    reserve_item(item=seen(item, dora), by=Viewer(user=dora))
    for person in (charlie, bob):
        wait_for_item(item=seen(item, person), by=Viewer(user=person))
    return item


def test_a_budget_alone_is_shown(as_bob: Api, bobs: Client, wishlist: Wishlist) -> None:
    assert as_bob("GET", "/budgets").json() == []
    as_bob("PUT", f"/wishlists/{wishlist.pk}/budget", {"amount": 50, "currency": "EUR"})
    assert "€50.00" in bobs.get("/gifts").text
    assert "Alice&#x27;s birthday" in bobs.get("/gifts").text
    assert "€50.00" not in bobs.get("/gifts?year=2026").text
    [row] = as_bob("GET", "/budgets").json()
    assert row == as_bob("GET", f"/wishlists/{wishlist.pk}/budget").json()
    agrees(row, BudgetSerializer)


@pytest.mark.both
def test_all_budgets_with_what_is_planned_of_each(
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


@pytest.mark.parametrize("how", ["became theirs", "seen out"])
def test_of_a_list_on_which_one_does_not_give_none_is_shown(
    how: str, as_bob: Api, bobs: Client, wishlist: Wishlist, alice: User, bob: User
) -> None:
    as_bob("PUT", f"/wishlists/{wishlist.pk}/budget", {"amount": 50, "currency": "EUR"})
    if how == "seen out":
        remove_member(wishlist=wishlist, user=bob, by=alice)
    else:
        Member.objects.filter(wishlist=wishlist, user=bob).update(is_recipient=True)
    assert as_bob("GET", "/budgets").json() == []
    assert "No gifts yet." in bobs.get("/gifts").text


def test_where_one_waits_and_how_to_leave(bobs: Client, line: Item, bob: User, alice: User) -> None:
    page = bobs.get("/gifts").text
    assert ("Waiting list" in page, "You're second in line." in page) == (True, True)
    assert f'href="/lists/{line.wishlist_id}#item-{line.pk}">Kettle<' in page
    assert "Waiting list" not in bobs.get("/gifts?year=2026").text
    assert bobs.post(f"/gifts/waiting/{line.pk}").status_code == 303
    assert not WaitlistEntry.objects.in_line().filter(user=bob).exists()
    assert "Waiting list" not in bobs.get("/gifts").text
    assert bobs.post(f"/gifts/waiting/{line.pk}").status_code == 404


def test_those_for_whom_it_is_see_no_line_and_leave_none(line: Item, alice: User, charlie: User) -> None:
    hers = Client()
    hers.force_login(alice)
    assert "Waiting list" not in hers.get("/gifts").text
    assert hers.post(f"/gifts/waiting/{line.pk}").status_code == 404
    assert WaitlistEntry.objects.in_line().count() == 2


def test_who_was_seen_out_reads_nothing_newer_of_what_they_wait_for(
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
def test_as_many_statements_for_many_places_as_for_one(
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
