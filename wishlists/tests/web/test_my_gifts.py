"""The page of everything that one promised, with nothing but forms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from tests.support.browsing import as_user
from tests.support.markup import masked
from wishlists.models import Budget, Item, Member, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item, edit_item, remove_item
from wishlists.services.lists.lists import create_wishlist, edit_wishlist
from wishlists.services.lists.people import remove_member, share_wishlist
from wishlists.services.money.contributing import contribute
from wishlists.services.reserving import reserve_item

SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture
def lamp(dora: User, bob: User) -> Item:
    """On Dora's list, into which Bob is let as well."""
    made = seen(create_wishlist(owner=dora, title="Moving house"), dora)
    share_wishlist(wishlist=made, by=dora, email=bob.email, role="viewer")
    return add_item(wishlist=made, by=Viewer(user=dora), title="Lamp", price_minor=1000, currency="CHF")


def seen(wishlist: Wishlist, user: User) -> Wishlist:
    return Wishlist.objects.get(pk=wishlist.pk)


def take(item: Item, user: User, **options: Any) -> Reservation:
    found = Item.objects.get(pk=item.pk)
    return reserve_item(item=found, by=Viewer(user=user), **options)


def press(client: Client, reservation: Reservation, action: str, **more: Any) -> Any:
    return client.post(f"/gifts/{reservation.pk}", {"action": action} | more, follow=True)


def stage_of(reservation: Reservation) -> str:
    return Reservation.objects.get(pk=reservation.pk).stage


@pytest.mark.once
def test_whoever_is_not_logged_in_is_asked_to() -> None:
    for path in ("/gifts", "/gifts.csv"):
        assert Client().get(path)["Location"] == f"/login?next={path}"


@pytest.mark.once
def test_nothing_reserved_yet(bobs: Client, item: Item) -> None:
    page = bobs.get("/gifts").text
    assert "No gifts yet." in page
    assert "Mark selected gifts as bought" not in page
    assert 'href="/gifts"' in bobs.get("/lists").text


def test_by_person_and_occasion_with_sums(
    bobs: Client, bob: User, alice: User, dora: User, item: Item, lamp: Item
) -> None:
    edit_wishlist(wishlist=seen(item.wishlist, alice), by=alice, due_date="2030-05-04")
    take(item, bob)
    take(lamp, bob, purchased=True)
    found = Item.objects.get(pk=lamp.pk)
    contribute(item=found, by=Viewer(user=bob), amount_minor=250, status="pledged")
    page = bobs.get("/gifts").text
    assert (
        page.index("For Alice") < page.index("Kettle") < page.index("For Dora") < page.index("Moving house")
    )
    for amount in ("€49.90", f"CHF{SPACE}10.00", f"CHF{SPACE}2.50"):
        assert amount in page
    assert "May 4, 2030" in page


@pytest.mark.once
@pytest.mark.both
def test_as_many_statements_for_many_as_for_one(
    bobs: Client, alice: User, bob: User, item: Item, lamp: Item
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            bobs.get("/gifts")
        return len(captured)

    def give(one: Item) -> None:
        take(one, bob)
        there = Item.objects.get(pk=one.pk)
        contribute(item=there, by=Viewer(user=bob), amount_minor=100, status="paid")

    give(item)
    give(lamp)
    few = statements()
    wishlist = seen(item.wishlist, alice)
    for number in range(10):
        give(add_item(wishlist=wishlist, by=Viewer(user=alice), title=f"Cup {number}", price_minor=500))
    assert statements() == few


def test_step_by_step(bobs: Client, bob: User, item: Item) -> None:
    reservation = take(item, bob)
    for word, stage in (
        ("Mark as bought", "ordered"),
        ("Mark as arrived", "arrived"),
        ("Mark as wrapped", "wrapped"),
        ("Mark as given", "given"),
    ):
        assert word in bobs.get("/gifts").text
        press(bobs, reservation, stage)
        assert stage_of(reservation) == stage
    assert "Kettle" not in bobs.get("/gifts").text
    year = reservation.created_at.year
    history = bobs.get(f"/gifts?year={year}").text
    assert "Kettle" in history
    assert "Given" in history
    answer = press(bobs, reservation, "wrapped", year=year)
    assert answer.redirect_chain == [(f"/gifts?year={year}#reservation-{reservation.pk}", 303)]
    assert stage_of(reservation) == "wrapped"


def test_taking_back_can_be_undone(bobs: Client, bob: User, item: Item) -> None:
    reservation = take(item, bob, message="red", stage="arrived")
    after = press(bobs, reservation, "release")
    assert "Your reservation of “Kettle” was cancelled." in after.text
    assert Reservation.objects.active().count() == 0
    press(bobs, reservation, "again")
    [again] = Reservation.objects.active()
    assert (again.units, again.message, again.stage) == (1, "red", "arrived")


def test_what_somebody_else_has_meanwhile_is_gone(
    bobs: Client, alice: User, bob: User, dora: User, item: Item
) -> None:
    share_wishlist(wishlist=seen(item.wishlist, alice), by=alice, email=dora.email, role="viewer")
    reservation = take(item, bob)
    press(bobs, reservation, "release")
    take(item, dora)
    assert "Someone just reserved this." in press(bobs, reservation, "again").text
    assert Reservation.objects.active().get().user == dora


@pytest.mark.once
def test_what_changed_is_shown_as_old_and_new(bobs: Client, alice: User, bob: User, item: Item) -> None:
    take(item, bob)
    found = Item.objects.get(pk=item.pk)
    edit_item(item=found, by=Viewer(user=alice), title="<b>Samovar</b>", price_minor=6000)
    page = bobs.get("/gifts").text
    assert "Changed since you reserved it" in page
    assert "<del>Kettle</del>" in page
    assert "<ins>&lt;b&gt;Samovar&lt;/b&gt;</ins>" in page
    assert "<del>€49.90</del>" in page
    assert "<ins>€60.00</ins>" in page
    remove_item(item=found, by=Viewer(user=alice))
    assert "No longer wanted" in bobs.get("/gifts").text


def test_several_at_once(bobs: Client, bob: User, item: Item, lamp: Item) -> None:
    reservations = [take(item, bob), take(lamp, bob)]
    page = bobs.get("/gifts").text
    assert page.count('form="checkout"') == 2
    answer = bobs.post(
        "/gifts/checkout", {"ids": [str(reservation.pk) for reservation in reservations]}, follow=True
    )
    assert "2 gifts were marked as bought." in answer.text
    assert {stage_of(reservation) for reservation in reservations} == {"ordered"}
    assert "Mark selected gifts as bought" not in answer.text


@pytest.mark.once
@pytest.mark.parametrize("ids", [[], ["x"], ["00000000-0000-4000-8000-000000000009"]])
def test_bad_ticks_change_nothing(ids: list[str], bobs: Client, bob: User, item: Item) -> None:
    reservation = take(item, bob)
    answer = bobs.post("/gifts/checkout", {"ids": ids and [*ids, str(reservation.pk)]}, follow=True)
    assert "message warning" in answer.text
    assert stage_of(reservation) == "reserved"


@pytest.mark.once
def test_budget(bobs: Client, bob: User, item: Item) -> None:
    take(item, bob)
    path = f"/lists/{item.wishlist_id}/budget"
    bobs.post(path, {"amount": "40,5", "currency": "eur"})
    assert (Budget.objects.get().amount_minor, Budget.objects.get().currency) == (4050, "EUR")
    page = bobs.get("/gifts").text
    assert "€49.90 of €40.50" in page
    assert "is-over" in page
    for typed in ({"amount": "much", "currency": "EUR"}, {"amount": "1", "currency": "XXY"}, {"amount": "1"}):
        assert "message warning" in bobs.post(path, typed, follow=True).text
    bobs.post(path, {"amount": "", "currency": "EUR"})
    assert not Budget.objects.exists()


def test_a_budget_is_for_givers(alice: User, charlie: User, item: Item) -> None:
    typed = {"amount": "5", "currency": "EUR"}
    assert as_user(alice).post(f"/lists/{item.wishlist_id}/budget", typed).status_code == 403
    assert as_user(charlie).post(f"/lists/{item.wishlist_id}/budget", typed).status_code == 404


@pytest.mark.once
@pytest.mark.parametrize("query", ["?year=x", "?year=1", "?year=99999999999999"])
def test_bad_years_are_said(query: str, bobs: Client) -> None:
    assert bobs.get(f"/gifts{query}").status_code == 400


@pytest.mark.parametrize("query", ["?taken_back=x", "?taken_back=00000000-0000-4000-8000-000000000009"])
def test_nothing_that_was_taken_back(query: str, bobs: Client, item: Item) -> None:
    assert bobs.get(f"/gifts{query}").status_code == 200


@pytest.mark.once
def test_table(bobs: Client, bob: User, item: Item) -> None:
    take(item, bob)
    answer = bobs.get("/gifts.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "Kettle" in answer.text


def test_what_is_held_for_me_is_taken_or_not(bobs: Client, bob: User, item: Item, lamp: Item) -> None:
    """It costs nothing, and cannot be checked out, until it is taken."""
    for one in (item, lamp):
        offer = take(one, bob)
        offer.is_offer, offer.lapses_at = True, timezone.now() + timedelta(days=1)
        offer.save()
    page = bobs.get("/gifts").text
    assert page.count("Held for you until") == 2
    assert "Mark selected gifts as bought" not in page
    assert "Still to buy" not in page
    taken, refused = Reservation.objects.order_by("created_at")
    press(bobs, taken, "reserved")
    press(bobs, refused, "release")
    assert list(Reservation.objects.active().values_list("pk", "is_offer")) == [(taken.pk, False)]


def test_nobody_elses(bob: User, charlie: User, item: Item) -> None:
    reservation = take(item, bob)
    charlies = as_user(charlie)
    assert "Kettle" not in charlies.get("/gifts").text
    for action in ("ordered", "release", "again"):
        assert "You don&#x27;t have this reservation." in press(charlies, reservation, action).text
    assert (stage_of(reservation), Reservation.objects.active().count()) == ("reserved", 1)


def test_those_who_were_seen_out_see_what_they_took(bobs: Client, alice: User, bob: User, item: Item) -> None:
    reservation = take(item, bob)
    remove_member(wishlist=seen(item.wishlist, alice), user=bob, by=alice)
    found = Item.objects.get(pk=item.pk)
    edit_item(item=found, by=Viewer(user=alice), title="Canary", description="Canary")
    edit_wishlist(wishlist=seen(item.wishlist, alice), by=alice, title="Canary")
    page = bobs.get("/gifts").text
    assert "You are no longer on this list" in page
    assert "Kettle" in page
    assert "Canary" not in page
    assert "Canary" not in press(bobs, reservation, "release").text


def test_those_for_whom_it_is_see_nothing_newer_of_it(
    bobs: Client, alice: User, bob: User, item: Item
) -> None:
    """The page is the same, byte for byte, whatever becomes of the wish and of the other gifts."""
    reservation = take(item, bob)
    Member.objects.filter(wishlist=item.wishlist, user=bob).update(is_recipient=True)
    before = masked(bobs.get("/gifts"))
    found = Item.objects.get(pk=item.pk)
    edit_item(item=found, by=Viewer(user=alice), title="Canary", price_minor=1)
    remove_item(item=found, by=Viewer(user=alice))
    assert masked(bobs.get("/gifts")) == before
    assert "Kettle" in press(bobs, reservation, "ordered").text
