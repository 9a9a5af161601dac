"""The reveal: once, by those who may; then who gave what, and thanks. Before it, answers don't depend on what was
given.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts.models import Notification, User
from tests.support.api_clients import Api
from wishlists.api.serializers.gifts import GiftsSerializer, ThanksSerializer
from wishlists.api.views import gifts as gifts_view
from wishlists.models import Activity, Guest, Item, Thanks, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.people import join_guest, share_wishlist
from wishlists.services.lists.reveal import reveal_due_wishlists
from wishlists.services.money.contributing import contribute
from wishlists.services.reserving import reserve_item
from wishlists.tests.shapes import agrees

CANARY = "canary-0001"


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def address(wishlist: Wishlist) -> str:
    return f"/wishlists/{wishlist.pk}"


def as_seen_by(user: User | None, item: Item) -> Item:
    return Item.objects.get(pk=item.pk)


@pytest.fixture
def grandma(wishlist: Wishlist) -> Guest:
    return join_guest(wishlist=wishlist, name="Grandma", email="grandma@example.com")


@pytest.fixture
def given(item: Item, bob: User, grandma: Guest) -> Item:
    """Bob has the kettle, and Grandma chipped in."""
    reserve_item(item=as_seen_by(bob, item), by=Viewer(user=bob), message=CANARY, purchased=True)
    guest = Viewer(guest=grandma, by_link=True)
    contribute(item=as_seen_by(None, item), by=guest, amount_minor=1500, status="paid")
    return item


def reveal(api: Api, address: str, **body: Any) -> Any:
    return api("POST", f"{address}/reveal", {"confirm": True} | body)


# --- on request ---------------------------------------------------------------------------------------------------


def test_reveal_needs_confirmation(as_alice: Api, address: str, given: Item) -> None:
    for body in ({}, {"confirm": False}, {"confirm": None}):
        answer = as_alice("POST", f"{address}/reveal", body)
        assert refused(answer) == (400, "confirmation_required")
    assert not Wishlist.objects.exclude(revealed_at=None).exists()


def test_reveal_happens_once_and_cannot_be_undone(
    as_alice: Api, as_bob: Api, address: str, given: Item, bob: User
) -> None:
    first = reveal(as_alice, address)
    assert (first.status_code, first.json()["revealed_at"] is not None) == (200, True)
    again = reveal(as_alice, address)
    assert (again.status_code, again.json()) == (200, first.json())
    assert Activity.objects.filter(kind="list_revealed").count() == 1
    assert Notification.objects.filter(user=bob, kind="wishlist_revealed").count() == 1
    assert as_alice("GET", f"/items/{given.pk}").json()["reserved_by_name"] == "Bob"
    for field in ("revealed_at", "reveal_at"):
        as_alice("PATCH", address, {field: None})
        assert as_alice("GET", f"{address}/gifts").status_code == 200


def test_givers_who_are_not_members_are_notified_too(
    as_alice: Api, as_charlie: Api, address: str, item: Item, charlie: User
) -> None:
    Wishlist.objects.update(is_public=True)
    as_charlie("PATCH", f"/items/{item.pk}", {"reservation_status": "reserved"})
    reveal(as_alice, address)
    assert Notification.objects.filter(user=charlie, kind="wishlist_revealed").count() == 1


def test_givers_and_strangers_cannot_reveal(
    as_bob: Api, as_charlie: Api, address: str, wishlist: Wishlist
) -> None:
    assert refused(reveal(as_bob, address)) == (403, "recipient_only")
    assert refused(reveal(as_charlie, address)) == (404, "no_such_list")
    Wishlist.objects.filter(pk=wishlist.pk).update(is_public=True)
    assert refused(reveal(as_charlie, address)) == (403, "recipient_only")


def test_owner_reveals_only_if_no_recipient_has_an_account(
    as_alice: Api, as_bob: Api, address: str, wishlist: Wishlist
) -> None:
    """On a list for a child, the owner may. On a list for a user, only the recipients may."""
    wishlist.members.filter(user=wishlist.owner).update(is_recipient=False)
    wishlist.members.exclude(user=wishlist.owner).update(is_recipient=True)
    assert refused(reveal(as_alice, address)) == (403, "recipient_only")
    wishlist.members.update(is_recipient=False)
    assert reveal(as_alice, address).status_code == 200
    assert as_alice("GET", f"{address}/thanks").json() == []


@pytest.mark.parametrize("path", ["/gifts", "/thanks"])
def test_gifts_before_the_reveal_always_answer_the_same(
    path: str, as_alice: Api, as_bob: Api, address: str, item: Item
) -> None:
    before = as_alice("GET", address + path)
    assert refused(before) == (409, "not_revealed")
    assert as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "reserved"}).status_code == 200
    as_bob("POST", f"{address}/items/{item.pk}/contributions", {"amount": 1})
    after = as_alice("GET", address + path)
    assert [_stable(after)] == [_stable(before)]
    assert refused(as_bob("GET", f"{address}/gifts")) == (409, "not_revealed")


@pytest.mark.parametrize("path", ["/gifts", "/thanks"])
def test_control_without_the_reveal_check_the_answers_differ(
    path: str, as_alice: Api, as_bob: Api, address: str, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gifts_view, "require_revealed", lambda _wishlist: None)
    monkeypatch.setattr(gifts_view, "require_thanker", lambda _wishlist: None)
    before = as_alice("GET", address + path).json()
    as_bob("PATCH", f"/items/{item.pk}", {"reservation_status": "reserved"})
    assert as_alice("GET", address + path).json() != before


def test_thanks_before_the_reveal_always_answer_the_same(
    as_alice: Api, address: str, given: Item, bob: User
) -> None:
    ghost = "00000000-0000-4000-8000-000000000000"
    for giver in (bob.pk, ghost):
        for method, path in (("PUT", ""), ("GET", ""), ("POST", "/send")):
            answer = as_alice(method, f"{address}/thanks/{giver}{path}", {"note": "x"})
            assert refused(answer) == (409, "not_revealed")


def _stable(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}


# --- on the reveal date -------------------------------------------------------------------------------------------

DAYS = [
    # (time zone, day, length of the day before): an hour less, an hour more, half an hour more, and no change.
    ("Europe/Berlin", date(2027, 3, 29), 23),
    ("America/New_York", date(2027, 11, 8), 25),
    ("Australia/Lord_Howe", date(2027, 4, 5), 24.5),
    ("Asia/Beirut", date(2027, 3, 28), 24),
]


@pytest.mark.parametrize(("zone", "day", "hours"), DAYS)
def test_reveal_day_begins_in_the_time_zone_of_the_list(
    zone: str, day: date, hours: float, as_alice: Api, address: str
) -> None:
    """A second before the day begins there, the list is not revealed; at that moment it is."""
    here = ZoneInfo(zone)
    begins = datetime(day.year, day.month, day.day, tzinfo=here).timestamp()
    yesterday = day - timedelta(days=1)
    before = datetime(yesterday.year, yesterday.month, yesterday.day, tzinfo=here).timestamp()
    assert begins - before == hours * 3600, "the example is about another day"
    Wishlist.objects.update(shared_at=None)
    answer = as_alice("PATCH", address, {"reveal_on": day.isoformat(), "time_zone": zone})
    assert answer.status_code == 200
    assert datetime.fromisoformat(answer.json()["reveal_at"]).timestamp() == begins
    with time_machine.travel(begins - 1, tick=False):
        assert reveal_due_wishlists() == 0
    with time_machine.travel(begins, tick=False):
        assert reveal_due_wishlists() == 1
        assert reveal_due_wishlists() == 0
    assert Wishlist.objects.get().revealed_at is not None


# --- who gave what ------------------------------------------------------------------------------------------------


def test_gifts_list_who_gave_what(
    as_alice: Api, as_bob: Api, address: str, given: Item, bob: User, grandma: Guest
) -> None:
    reveal(as_alice, address)
    bobs, grandmas = as_alice("GET", f"{address}/gifts").json()
    agrees(bobs, GiftsSerializer)
    agrees(grandmas, GiftsSerializer)
    assert (bobs["giver_id"], bobs["display_name"], bobs["is_guest"]) == (str(bob.pk), "Bob", False)
    [reservation] = bobs["reservations"]
    assert (reservation["item_title"], reservation["message"], reservation["price"]) == (
        "Kettle",
        CANARY,
        49.9,
    )
    assert (grandmas["giver_id"], grandmas["user_id"], grandmas["is_guest"]) == (str(grandma.pk), None, True)
    [money] = grandmas["contributions"]
    assert (money["amount"], money["status"], money["item_title"]) == (15, "paid", "Kettle")
    assert as_bob("GET", f"{address}/gifts").json()[0]["is_me"] is True


def test_hidden_names_stay_hidden_from_givers_after_the_reveal(
    as_alice: Api, as_bob: Api, address: str, given: Item
) -> None:
    Wishlist.objects.update(names_shown=False)
    reveal(as_alice, address)
    mine, grandmas = as_bob("GET", f"{address}/gifts").json()
    assert (mine["display_name"], grandmas["display_name"], grandmas["giver_id"]) == ("Bob", None, None)
    assert [row["display_name"] for row in as_alice("GET", f"{address}/gifts").json()] == ["Bob", "Grandma"]


def test_secret_additions_are_among_the_gifts(as_alice: Api, address: str, item: Item, bob: User) -> None:
    Item.objects.filter(pk=item.pk).update(is_secret=True)
    reserve_item(item=as_seen_by(bob, item), by=Viewer(user=bob))
    reveal(as_alice, address)
    [bobs] = as_alice("GET", f"{address}/gifts").json()
    assert bobs["reservations"][0]["item_title"] == "Kettle"


def test_public_reader_cannot_see_the_gifts(
    as_alice: Api, as_charlie: Api, address: str, wishlist: Wishlist
) -> None:
    Wishlist.objects.update(is_public=True)
    reveal(as_alice, address)
    assert refused(as_charlie("GET", f"{address}/gifts")) == (403, "members_only")


# --- thanks -------------------------------------------------------------------------------------------------------


def test_thanks_note_is_sent_once(as_alice: Api, address: str, given: Item, bob: User) -> None:
    reveal(as_alice, address)
    own = f"{address}/thanks/{bob.pk}"
    assert refused(as_alice("POST", f"{own}/send")) == (409, "no_note")
    written = as_alice("PUT", own, {"note": "Tea tastes better now."}).json()
    agrees(written, ThanksSerializer)
    assert (written["note"], written["sent_at"], written["can_send"]) == (
        "Tea tastes better now.",
        None,
        True,
    )
    sent = as_alice("POST", f"{own}/send").json()
    assert None not in (sent["sent_at"], sent["ticked_at"])
    assert as_alice("POST", f"{own}/send").json() == sent
    [notice] = Notification.objects.filter(user=bob, kind="thanks")
    assert (notice.body, "Alice" in notice.title) == ("Tea tastes better now.", True)
    assert refused(as_alice("PUT", own, {"note": "Else"})) == (409, "thanks_sent")
    assert (
        as_alice("PUT", own, {"note": "Tea tastes better now.", "ticked": False}).json()["ticked_at"] is None
    )


def test_only_confirmed_guests_get_thanks_by_mail(
    as_alice: Api, address: str, given: Item, grandma: Guest, mailoutbox: list[Any]
) -> None:
    reveal(as_alice, address)
    own = f"{address}/thanks/{grandma.pk}"
    assert as_alice("PUT", own, {"note": "Thank you!"}).json()["can_send"] is False
    assert refused(as_alice("POST", f"{own}/send")) == (409, "not_reachable")
    assert as_alice("PUT", own, {"ticked": True}).json()["ticked_at"] is not None
    Guest.objects.update(confirmed_at=grandma.created_at)
    assert as_alice("POST", f"{own}/send").json()["sent_at"] is not None


def test_only_recipients_read_and_write_thanks(
    as_alice: Api, as_bob: Api, address: str, given: Item, bob: User, charlie: User
) -> None:
    reveal(as_alice, address)
    assert refused(as_bob("GET", f"{address}/thanks")) == (403, "recipient_only")
    assert refused(as_bob("PUT", f"{address}/thanks/{bob.pk}", {"ticked": True})) == (403, "recipient_only")
    assert refused(as_alice("PUT", f"{address}/thanks/{charlie.pk}", {"ticked": True})) == (
        404,
        "no_such_giver",
    )
    assert not Thanks.objects.exists()


def test_two_recipients_share_the_thanks(
    as_alice: Api,
    as_dora: Api,
    address: str,
    wishlist: Wishlist,
    given: Item,
    alice: User,
    dora: User,
    bob: User,
) -> None:
    share_wishlist(wishlist=wishlist, by=alice, email=dora.email, role="viewer")
    wishlist.members.filter(user=dora).update(is_recipient=True)
    reveal(as_dora, address)
    as_dora("PUT", f"{address}/thanks/{bob.pk}", {"note": "From both of us"})
    assert as_alice("GET", f"{address}/thanks/{bob.pk}").json()["note"] == "From both of us"
