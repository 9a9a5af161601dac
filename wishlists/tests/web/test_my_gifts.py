"""The page "My gifts", used with forms only."""

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
    """A lamp on Dora's list, of which Bob is a member."""
    made = seen(create_wishlist(owner=dora, title="Moving house"), dora)
    share_wishlist(wishlist=made, by=dora, email=bob.email, role="viewer")
    return add_item(wishlist=made, by=Viewer(user=dora), title="Lamp", price_minor=1000, currency="CHF")


def seen(wishlist: Wishlist, user: User) -> Wishlist:
    return Wishlist.objects.get(pk=wishlist.pk)


def take(item: Item, user: User, **options: Any) -> Reservation:
    found = Item.objects.get(pk=item.pk)
    return reserve_item(item=found, by=Viewer(user=user), **options)


def submit(client: Client, reservation: Reservation, action: str, **more: Any) -> Any:
    return client.post(f"/gifts/{reservation.pk}", {"action": action} | more, follow=True)


def stage_of(reservation: Reservation) -> str:
    return Reservation.objects.get(pk=reservation.pk).stage


@pytest.mark.once
def test_anonymous_user_is_sent_to_log_in() -> None:
    for path in ("/gifts", "/gifts.csv"):
        assert Client().get(path)["Location"] == f"/login?next={path}"


@pytest.mark.once
def test_empty_page(bobs: Client, item: Item) -> None:
    page = bobs.get("/gifts").text
    assert "No gifts yet." in page
    assert "Mark selected gifts as bought" not in page
    assert 'href="/gifts"' in bobs.get("/lists").text


def test_gifts_are_grouped_by_person_and_occasion_with_sums(
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
def test_statement_count_is_the_same_for_one_and_many(
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


def test_buttons_move_through_the_stages(bobs: Client, bob: User, item: Item) -> None:
    reservation = take(item, bob)
    for word, stage in (
        ("Mark as bought", "ordered"),
        ("Mark as arrived", "arrived"),
        ("Mark as wrapped", "wrapped"),
        ("Mark as given", "given"),
    ):
        assert word in bobs.get("/gifts").text
        submit(bobs, reservation, stage)
        assert stage_of(reservation) == stage
    assert "Kettle" not in bobs.get("/gifts").text
    year = reservation.created_at.year
    history = bobs.get(f"/gifts?year={year}").text
    assert "Kettle" in history
    assert "Given" in history
    answer = submit(bobs, reservation, "wrapped", year=year)
    assert answer.redirect_chain == [(f"/gifts?year={year}#reservation-{reservation.pk}", 303)]
    assert stage_of(reservation) == "wrapped"


def test_release_can_be_undone(bobs: Client, bob: User, item: Item) -> None:
    reservation = take(item, bob, message="red", stage="arrived")
    after = submit(bobs, reservation, "release")
    assert "Your reservation of “Kettle” was cancelled." in after.text
    assert Reservation.objects.active().count() == 0
    submit(bobs, reservation, "again")
    [again] = Reservation.objects.active()
    assert (again.units, again.message, again.stage) == (1, "red", "arrived")


def test_undo_fails_if_somebody_else_reserved_it(
    bobs: Client, alice: User, bob: User, dora: User, item: Item
) -> None:
    share_wishlist(wishlist=seen(item.wishlist, alice), by=alice, email=dora.email, role="viewer")
    reservation = take(item, bob)
    submit(bobs, reservation, "release")
    take(item, dora)
    assert "Someone just reserved this." in submit(bobs, reservation, "again").text
    assert Reservation.objects.active().get().user == dora


@pytest.mark.once
def test_changes_are_shown_as_old_and_new(bobs: Client, alice: User, bob: User, item: Item) -> None:
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


def test_check_out_several_gifts(bobs: Client, bob: User, item: Item, lamp: Item) -> None:
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
def test_invalid_checkout_changes_nothing(ids: list[str], bobs: Client, bob: User, item: Item) -> None:
    reservation = take(item, bob)
    answer = bobs.post("/gifts/checkout", {"ids": ids and [*ids, str(reservation.pk)]}, follow=True)
    assert "message warning" in answer.text
    assert stage_of(reservation) == "reserved"


@pytest.mark.once
def test_set_and_remove_a_budget(bobs: Client, bob: User, item: Item) -> None:
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


def test_recipient_cannot_set_a_budget(alice: User, charlie: User, item: Item) -> None:
    typed = {"amount": "5", "currency": "EUR"}
    assert as_user(alice).post(f"/lists/{item.wishlist_id}/budget", typed).status_code == 403
    assert as_user(charlie).post(f"/lists/{item.wishlist_id}/budget", typed).status_code == 404


@pytest.mark.once
@pytest.mark.parametrize("query", ["?year=x", "?year=1", "?year=99999999999999"])
def test_invalid_years_are_refused(query: str, bobs: Client) -> None:
    assert bobs.get(f"/gifts{query}").status_code == 400


@pytest.mark.parametrize("query", ["?taken_back=x", "?taken_back=00000000-0000-4000-8000-000000000009"])
def test_released_reservations_are_not_shown(query: str, bobs: Client, item: Item) -> None:
    assert bobs.get(f"/gifts{query}").status_code == 200


@pytest.mark.once
def test_csv_table(bobs: Client, bob: User, item: Item) -> None:
    take(item, bob)
    answer = bobs.get("/gifts.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "Kettle" in answer.text


def test_quantity_is_changed_unless_it_was_changed_elsewhere(bobs: Client, bob: User, item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(quantity=5, cap=5)
    reservation = take(item, bob)
    assert 'name="initial-units" value="1"' in bobs.get("/gifts").text
    opened = {"initial-units": "1"}
    submit(bobs, reservation, "units", **opened, units="3")
    assert Reservation.objects.get().units == 3
    for typed, said in (("2", "It now says: “3”. You typed: “2”."), ("0", "greater than or equal to 1")):
        assert said in submit(bobs, reservation, "units", **opened, units=typed).text
    submit(bobs, reservation, "units", **opened, units="1")
    assert Reservation.objects.get().units == 3, "untouched"


def test_offer_is_accepted_or_declined(bobs: Client, bob: User, item: Item, lamp: Item) -> None:
    """An offer costs nothing and can't be checked out until it is accepted."""
    for one in (item, lamp):
        offer = take(one, bob)
        offer.is_offer, offer.lapses_at = True, timezone.now() + timedelta(days=1)
        offer.save()
    page = bobs.get("/gifts").text
    assert page.count("We hold it for you until") == 2
    assert "Mark selected gifts as bought" not in page
    assert "Still to buy" not in page
    taken, refused = Reservation.objects.order_by("created_at")
    submit(bobs, taken, "reserved")
    submit(bobs, refused, "release")
    assert list(Reservation.objects.active().values_list("pk", "is_offer")) == [(taken.pk, False)]


def test_other_peoples_reservations_are_refused(bob: User, charlie: User, item: Item) -> None:
    reservation = take(item, bob)
    charlies = as_user(charlie)
    assert "Kettle" not in charlies.get("/gifts").text
    for action in ("ordered", "release", "again"):
        assert "You don&#x27;t have this reservation." in submit(charlies, reservation, action).text
    assert (stage_of(reservation), Reservation.objects.active().count()) == ("reserved", 1)


def test_giver_without_access_sees_what_they_took(bobs: Client, alice: User, bob: User, item: Item) -> None:
    reservation = take(item, bob)
    remove_member(wishlist=seen(item.wishlist, alice), user=bob, by=alice)
    found = Item.objects.get(pk=item.pk)
    edit_item(item=found, by=Viewer(user=alice), title="Canary", description="Canary")
    edit_wishlist(wishlist=seen(item.wishlist, alice), by=alice, title="Canary")
    page = bobs.get("/gifts").text
    assert "You are no longer on this list" in page
    assert "Kettle" in page
    assert "Canary" not in page
    assert "Canary" not in submit(bobs, reservation, "release").text


def test_new_recipient_sees_nothing_newer(bobs: Client, alice: User, bob: User, item: Item) -> None:
    """The page stays the same, byte for byte, whatever happens to the wish and to other gifts."""
    reservation = take(item, bob)
    Member.objects.filter(wishlist=item.wishlist, user=bob).update(is_recipient=True)
    before = masked(bobs.get("/gifts"))
    found = Item.objects.get(pk=item.pk)
    edit_item(item=found, by=Viewer(user=alice), title="Canary", price_minor=1)
    remove_item(item=found, by=Viewer(user=alice))
    assert masked(bobs.get("/gifts")) == before
    assert "Kettle" in submit(bobs, reservation, "ordered").text
