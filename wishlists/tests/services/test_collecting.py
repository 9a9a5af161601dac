"""Group gifts: the sum never exceeds the target, a deadline frees pledges, and recipients learn nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Notification, User
from accounts.services.people import remove_user
from core.db.change import change
from tests.support.api_clients import Api
from wishlists.access import viewpoint
from wishlists.models import Activity, Collection, Contribution, Item, Wishlist
from wishlists.models.viewers import Sight
from wishlists.projections import money
from wishlists.services.lists.items import edit_item
from wishlists.services.lists.people import remove_member, share_wishlist
from wishlists.services.money.collecting import end_due_collections


@pytest.fixture
def address(wishlist: Wishlist, alice: User, dora: User) -> str:
    """The path of the collections of the list on which Bob and Dora are givers."""
    share_wishlist(wishlist=wishlist, by=alice, email=dora.email, role="viewer")
    return f"/wishlists/{wishlist.pk}/collections"


@pytest.fixture
def chips(item: Item) -> str:
    return f"/wishlists/{item.wishlist_id}/items/{item.pk}/contributions"


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def collect(api: Api, address: str, item: Item | None = None, **fields: Any) -> Any:
    body = {"item_id": str(item.pk) if item else None} | fields
    return api("POST", address, body)


def test_collection_shows_the_remaining_amount(
    as_bob: Api, as_dora: Api, address: str, chips: str, item: Item
) -> None:
    made = collect(as_bob, address, item, target=49.9, note="From all of us")
    assert made.status_code == 201
    assert made.json() | {"id": "", "organiser_id": "", "created_at": ""} == {
        "id": "", "wishlist_id": str(item.wishlist_id), "item_id": str(item.pk), "organiser_id": "",
        "organiser_name": "Bob", "is_me": True, "target": 49.9, "total": 0, "remaining": 49.9, "currency": "EUR",
        "note": "From all of us", "deadline_at": None, "created_at": "",
    }  # fmt: skip
    assert refused(collect(as_dora, address, item)) == (409, "collection_open")
    assert as_dora("POST", chips, {"amount": 20}).status_code == 201
    [seen] = as_dora("GET", address).json()
    assert (seen["is_me"], seen["total"], seen["remaining"]) == (False, 20, 29.9)


def test_contributions_cannot_exceed_the_target(
    as_bob: Api, as_dora: Api, address: str, chips: str, item: Item
) -> None:
    collect(as_bob, address, item, target=49.9)
    assert as_dora("POST", chips, {"amount": 20.05}).status_code == 201
    lost = as_bob("POST", chips, {"amount": 29.86})
    assert refused(lost) == (409, "target_reached")
    assert lost.json()["remaining"] == 29.85
    assert "€29.85" in lost.json()["detail"]
    assert as_bob("POST", chips, {"rest": True}).json()["contributed_total"] == 49.9
    lost = as_dora("POST", chips, {"rest": True})
    assert (refused(lost), lost.json()["remaining"]) == ((409, "target_reached"), 0)


def test_rest_without_a_target_is_refused(as_bob: Api, address: str, chips: str, item: Item) -> None:
    assert refused(as_bob("POST", chips, {"rest": True})) == (409, "no_target")
    collect(as_bob, address, item)
    assert refused(as_bob("POST", chips, {"rest": True})) == (409, "no_target")
    assert as_bob("POST", chips, {}).status_code == 400
    assert as_bob("POST", chips, {"rest": False}).json()["errors"][0]["pointer"] == "/amount"
    assert as_bob("POST", chips, {"rest": True, "amount": 1}).status_code == 400


def test_target_below_the_sum_keeps_contributions(as_bob: Api, address: str, chips: str, item: Item) -> None:
    """Existing contributions count, and no more are accepted. Units work in the same way."""
    made = collect(as_bob, address, item, target=40).json()
    as_bob("POST", chips, {"amount": 30})
    [mine] = as_bob("GET", "/contributions").json()
    assert as_bob("PATCH", f"{address}/{made['id']}", {"target": 20}).json()["remaining"] == 0
    assert refused(as_bob("POST", chips, {"amount": 0.01})) == (409, "target_reached")
    own = f"/contributions/{mine['id']}"
    assert refused(as_bob("PATCH", own, {"amount": 30.01})) == (409, "target_reached")
    assert as_bob("PATCH", own, {"amount": 25}).json()["amount"] == 25
    assert as_bob("PATCH", own, {"rest": True}).json()["amount"] == 20


def test_only_the_organiser_changes_a_collection(as_bob: Api, as_dora: Api, address: str, dora: User) -> None:
    made = collect(as_bob, address, target=100).json()
    own = f"{address}/{made['id']}"
    assert refused(as_dora("PATCH", own, {"note": "x"})) == (403, "organiser_only")
    assert refused(as_dora("DELETE", own)) == (403, "organiser_only")
    handed = as_bob("PATCH", own, {"organiser_id": str(dora.pk)}).json()
    assert (handed["organiser_name"], handed["is_me"]) == ("Dora", False)
    assert Notification.objects.get(user=dora, kind="collection_handed_over").payload["wishlist_id"]
    assert refused(as_bob("PATCH", own, {"note": "x"})) == (403, "organiser_only")
    assert as_dora("DELETE", own).status_code == 204
    assert as_bob("GET", address).json() == []


def test_recipients_and_strangers_cannot_become_organiser(
    as_bob: Api, address: str, alice: User, charlie: User
) -> None:
    own = f"{address}/{collect(as_bob, address).json()['id']}"
    for nobody in (alice, charlie):
        assert refused(as_bob("PATCH", own, {"organiser_id": str(nobody.pk)})) == (400, "no_such_organiser")


def test_another_giver_takes_over_after_the_organiser_left(
    as_bob: Api, as_dora: Api, address: str, wishlist: Wishlist, bob: User, dora: User
) -> None:
    own = f"{address}/{collect(as_bob, address).json()['id']}"
    remove_member(wishlist=wishlist, user=bob, by=bob)
    assert as_dora("PATCH", own, {"organiser_id": str(dora.pk)}).json()["is_me"] is True


GHOST = "00000000-0000-4000-8000-000000000000"


def what_she_gets(api: Api, item: Item) -> list[Any]:
    """Return everything about money that Alice can request from her list, including refusals."""
    there = f"/wishlists/{item.wishlist_id}"
    calls = [
        ("GET", f"{there}/collections", None),
        ("POST", f"{there}/collections", {"item_id": str(item.pk)}),
        ("POST", f"{there}/collections", {"item_id": GHOST}),
        ("POST", f"{there}/collections", {"target": "x"}),
        ("POST", f"{there}/pot/contributions", {"amount": 1}),
        ("GET", f"{there}/pot/contributions", None),
        ("GET", f"{there}/activity", None),
    ]
    answers = [api(*call) for call in calls]
    return [(answer.status_code, answer.headers.get("ETag"), _stripped(answer)) for answer in answers]


def test_recipient_gets_the_same_with_and_without_a_collection(
    as_alice: Api, as_bob: Api, address: str, item: Item
) -> None:
    before = what_she_gets(as_alice, item)
    made = collect(as_bob, address, item, target=10).json()
    as_bob("POST", f"/wishlists/{item.wishlist_id}/pot/contributions", {"amount": 5})
    assert what_she_gets(as_alice, item) == before
    assert before[0][2] == []
    assert {status for status, _etag, _body in before[1:5]} == {403}
    for method in ("GET", "PATCH", "DELETE"):
        assert refused(as_alice(method, f"{address}/{made['id']}")) == (404, "no_such_collection")


@pytest.mark.parametrize("what", ["collection", "pot"])
def test_control_recipient_with_giver_sight_gets_more(
    what: str, as_alice: Api, as_bob: Api, address: str, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (money, viewpoint):
        monkeypatch.setattr(module, "sight_of", lambda *_: Sight.FULL)
    before = what_she_gets(as_alice, item)
    if what == "pot":
        as_bob("POST", f"/wishlists/{item.wishlist_id}/pot/contributions", {"amount": 5})
    else:
        collect(as_bob, address, item)
    assert what_she_gets(as_alice, item) != before


def _stripped(answer: Any) -> Any:
    body = answer.json()
    return (
        {name: value for name, value in body.items() if name != "request_id"}
        if isinstance(body, dict)
        else body
    )


def test_public_sees_no_names_and_cannot_start_a_collection(
    as_bob: Api, as_charlie: Api, address: str, wishlist: Wishlist
) -> None:
    Wishlist.objects.filter(pk=wishlist.pk).update(is_public=True)
    collect(as_bob, address, target=10, note="Secret words")
    [seen] = as_charlie("GET", address).json()
    assert (seen["organiser_id"], seen["organiser_name"], seen["note"], seen["remaining"]) == (
        None,
        None,
        None,
        10,
    )
    assert refused(collect(as_charlie, address)) == (403, "members_only")


def test_collection_needs_the_currency_of_contributions(
    as_bob: Api, address: str, chips: str, item: Item, alice: User
) -> None:
    as_bob("POST", chips, {"amount": 10})
    assert refused(collect(as_bob, address, item, currency="USD")) == (409, "other_currency")
    _as_alice(item, alice, currency="JPY")
    other = as_bob("POST", chips, {"amount": 1000})
    assert (refused(other), other.json()["currency"]) == ((409, "other_currency"), "EUR")
    assert as_bob("POST", chips, {"amount": 10, "currency": "EUR"}).status_code == 201


def _as_alice(item: Item, alice: User, **fields: Any) -> None:
    from wishlists.models.viewers import Viewer

    there = Item.objects.get(pk=item.pk)
    edit_item(item=there, by=Viewer(user=alice), **fields)


@pytest.mark.parametrize(
    "body",
    [
        {"target": 0},
        {"target": -1},
        {"target": 0.001},
        {"target": 1, "currency": "XXX"},
        {"deadline_at": "2001-01-01T00:00:00Z"},
        {"item_id": "x"},
    ],
)
def test_invalid_collection_is_refused(body: dict[str, Any], as_bob: Api, address: str) -> None:
    assert as_bob("POST", address, body).status_code == 400


# --- pots ---------------------------------------------------------------------------------------------------------


def test_collection_for_the_pot(as_bob: Api, as_dora: Api, address: str, wishlist: Wishlist) -> None:
    pot = f"/wishlists/{wishlist.pk}/pot/contributions"
    collect(as_bob, address, target=100, currency="JPY")
    assert refused(as_dora("POST", pot, {"amount": 10})) == (409, "other_currency")
    made = as_dora("POST", pot, {"amount": 70, "currency": "JPY", "status": "paid"})
    assert (made.status_code, made.json()["total"], made.json()["total_paid"]) == (201, 70, 70)
    assert as_bob("POST", pot, {"rest": True, "currency": "JPY"}).json()["total"] == 100
    assert refused(as_bob("POST", pot, {"rest": True, "currency": "JPY"})) == (409, "target_reached")
    [mine] = as_bob("GET", "/contributions").json()
    assert (mine["item_id"], mine["item"], mine["amount"]) == (None, None, 30)
    assert as_bob("PATCH", f"/contributions/{mine['id']}", {"status": "paid"}).json()["status"] == "paid"
    assert as_bob("DELETE", f"/contributions/{mine['id']}").status_code == 204
    assert as_dora("GET", pot).json()["total"] == 70


# --- deadlines ----------------------------------------------------------------------------------------------------

ZONES = [
    # The clocks change between now and the deadline: an hour is missing, an hour is repeated, or half an hour is repeated.
    ("Europe/Berlin", datetime(2027, 3, 27, 12, 0), datetime(2027, 3, 29, 0, 0)),
    ("America/New_York", datetime(2027, 11, 6, 12, 0), datetime(2027, 11, 8, 0, 0)),
    ("Australia/Lord_Howe", datetime(2027, 4, 3, 12, 0), datetime(2027, 4, 5, 0, 0)),
]


@pytest.mark.parametrize(("zone", "now", "deadline"), ZONES)
def test_deadline_is_a_moment_in_any_time_zone(
    zone: str, now: datetime, deadline: datetime, address: str, wishlist: Wishlist, bob: User
) -> None:
    """Given in any time zone, the collection ends exactly then and not a second before."""
    here = ZoneInfo(zone)
    at = deadline.replace(tzinfo=here)
    with change():
        Collection.objects.create(wishlist=wishlist, organiser=bob, currency="EUR", deadline_at=at)
    with time_machine.travel(now.replace(tzinfo=here), tick=False):
        assert end_due_collections() == 0
    with time_machine.travel(at - timedelta(seconds=1), tick=False):
        assert end_due_collections() == 0
    with time_machine.travel(at, tick=False):
        assert end_due_collections() == 1
        assert end_due_collections() == 0


def past(address: str) -> None:
    Collection.objects.update(deadline_at=timezone.now() - timedelta(seconds=1))


def notices_of(user: User, kind: str) -> list[str]:
    return list(Notification.objects.filter(user=user, kind=kind).values_list("body", flat=True))


def test_missed_target_frees_pledges(
    as_bob: Api, as_dora: Api, address: str, chips: str, item: Item, alice: User, bob: User, dora: User
) -> None:
    soon = (timezone.now() + timedelta(days=1)).isoformat()
    collect(as_bob, address, item, target=49.9, deadline_at=soon)
    as_dora("POST", chips, {"amount": 10})
    as_dora("POST", chips, {"amount": 5, "status": "paid"})
    past(address)
    assert end_due_collections() == 1
    standing = Contribution.objects.standing().values_list("amount_minor", "status")
    assert list(standing) == [(500, "paid")]
    [to_dora], [to_bob] = notices_of(dora, "collection_missed"), notices_of(bob, "collection_missed")
    assert "You paid €5.00" in to_dora
    assert "€5.00 had been paid already." in to_bob
    assert not Notification.objects.filter(user=alice).exists()
    assert Activity.objects.filter(kind="collection_missed", circle="givers").count() == 1
    assert as_bob("GET", address).json() == []


def test_reached_target_notifies_everybody(
    as_bob: Api, as_dora: Api, address: str, chips: str, item: Item, bob: User, dora: User
) -> None:
    collect(as_bob, address, item, target=49.9)
    as_dora("POST", chips, {"rest": True})
    past(address)
    assert end_due_collections() == 1
    assert Contribution.objects.standing().count() == 1
    assert len(notices_of(bob, "collection_reached")) == len(notices_of(dora, "collection_reached")) == 1
    assert as_dora("POST", chips, {"amount": 1}).status_code == 201


def test_deadline_is_checked_again_under_the_lock(
    as_bob: Api, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = f"{address}/{collect(as_bob, address).json()['id']}"
    past(address)
    later = timezone.now() + timedelta(days=1)
    due = list(Collection.objects.due(timezone.now()).select_related("wishlist"))
    assert as_bob("PATCH", own, {"deadline_at": later.isoformat()}).status_code == 200
    from wishlists.services.money import collecting

    assert [collecting._end_due(collection.pk) for collection in due] == [False]


def test_deleted_account_frees_its_pledges(
    as_bob: Api, as_dora: Api, address: str, chips: str, item: Item, bob: User
) -> None:
    collect(as_dora, address, item, target=49.9)
    as_bob("POST", chips, {"amount": 20})
    as_bob("POST", chips, {"amount": 5, "status": "paid"})
    as_bob("POST", f"/wishlists/{item.wishlist_id}/pot/contributions", {"amount": 3})
    remove_user(user=bob)
    assert as_dora("GET", address).json()[0]["remaining"] == 44.9
    assert Contribution.objects.standing().count() == 1


def test_log_has_sentences_for_collections(
    as_bob: Api, address: str, item: Item, wishlist: Wishlist, bob: User
) -> None:
    collect(as_bob, address, item)
    as_bob("POST", f"/wishlists/{wishlist.pk}/pot/contributions", {"amount": 3})
    as_bob.client.force_login(bob)
    page = as_bob.client.get(f"/lists/{wishlist.pk}/log").text
    assert (
        "Bob started a group gift: “Kettle”." in page,
        "Bob chipped in for “Alice&#x27;s birthday”." in page,
    ) == (
        True,
        True,
    )


def test_delete_impact_counts_contributors_to_the_pot(
    as_bob: Api, as_alice: Api, address: str, wishlist: Wishlist
) -> None:
    """For an owner who may see giving, before they delete the list."""
    as_bob("POST", f"/wishlists/{wishlist.pk}/pot/contributions", {"amount": 3})
    counted = f"/wishlists/{wishlist.pk}/delete-impact"
    assert as_alice("GET", counted).json()["contributors_count"] == 0
    Wishlist.objects.update(policy="open")
    assert as_alice("GET", counted).json()["contributors_count"] == 1
