"""Open a list by its link: who sees what, which tokens are refused, and how often a limited link opens."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from core.db.change import change
from sharing.access.capabilities import link_token, manage_token
from sharing.models import PublicLink
from sharing.tests.conftest import refused
from tests.support.api_clients import Api
from wishlists.api.response_cache import response_cache
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item
from wishlists.services.lists.people import join_guest
from wishlists.services.money.contributing import contribute
from wishlists.services.reserving import reserve_item


def wire(moment: object) -> str:
    return str(moment).replace(" ", "T").replace("+00:00", "Z")


@pytest.fixture
def given(item: Item, bob: User) -> Item:
    """The kettle, which Bob has bought with a message, and to which he chipped in."""
    there = Item.objects.get(pk=item.pk)
    contribute(item=there, by=Viewer(user=bob), amount_minor=1000, status="paid")
    reserve_item(item=there, by=Viewer(user=bob), message="CANARY", purchased=True)
    return there


def test_request_without_an_account_gets_the_public_view(
    anybody: Api, wishlist: Wishlist, given: Item, token: str
) -> None:
    answer = anybody("GET", f"/public/wishlists?token={token}")

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer.json() == {
        "wishlist": {
            "id": str(wishlist.pk),
            "owner_id": str(wishlist.owner_id),
            "kind": "wishes",
            "title": "Alice's birthday",
            "description": None,
            "is_public": False,
            "sort_order": 0,
            "due_date": None,
            "policy": "surprise",
            "recipients_see": "nothing",
            "reveal_at": None,
            "names_shown": True,
            "recipient_name": None,
            "guests_confirm": False,
            "guests_identify": False,
            "lapse_days": None,
            "secret_additions": "givers",
            "suggestions_from": "anyone",
            "time_zone": "UTC",
            "reveal_on": None,
            "revealed_at": None,
            "created_at": wire(wishlist.created_at),
            "updated_at": wire(wishlist.updated_at),
            "my_role": None,
            "i_am_recipient": False,
        },
        "items": [
            {
                "id": str(given.pk),
                "wishlist_id": str(wishlist.pk),
                "title": "Kettle",
                "description": None,
                "link_url": None,
                "image_url": None,
                "links": [],
                "image_urls": [],
                "price": 49.9,
                "currency": "EUR",
                "position": 0,
                "quantity": 1,
                "choice": None,
                "reservation_status": "purchased",
                "units_free": 0,
                "reserved_by_id": None,
                "reserved_by_name": None,
                "reserved_at": None,
                "reservation_message": None,
                "contributed_total": 10,
                "contributed_pledged": 0,
                "contributed_paid": 10,
                "contributed_currency": "EUR",
                "contributed_by_id": None,
                "is_secret": False,
                "received_at": None,
                "created_at": wire(given.created_at),
                "updated_at": wire(given.updated_at),
            }
        ],
    }


def test_recipient_with_her_own_link_sees_nothing_of_giving(
    as_alice: Api, anybody: Api, wishlist: Wishlist, item: Item, bob: User, token: str
) -> None:
    """Control: the same requests without an account do change."""
    before = as_alice("GET", f"/public/wishlists?token={token}").content
    publicly = anybody("GET", f"/public/wishlists?token={token}").content
    there = Item.objects.get(pk=item.pk)
    contribute(item=there, by=Viewer(user=bob), amount_minor=1000, status="paid")
    reserve_item(item=there, by=Viewer(user=bob), message="CANARY")

    after = as_alice("GET", f"/public/wishlists?token={token}")
    assert after.content == before
    seen = after.json()
    assert (seen["wishlist"]["my_role"], seen["wishlist"]["i_am_recipient"]) == ("owner", True)
    assert seen["items"][0]["reservation_status"] == "available"
    assert anybody("GET", f"/public/wishlists?token={token}").content != publicly


def test_member_by_link_gets_the_public_view(as_bob: Api, given: Item, token: str) -> None:
    seen = as_bob("GET", f"/public/wishlists?token={token}").json()
    assert (seen["wishlist"]["my_role"], seen["wishlist"]["i_am_recipient"]) == ("viewer", False)
    assert (seen["items"][0]["reservation_status"], seen["items"][0]["reserved_by_id"]) == ("purchased", None)


def test_invalid_access_token_is_ignored_when_reading(anybody: Api, item: Item, token: str) -> None:
    answer = Api("nonsense")("GET", f"/public/wishlists?token={token}")
    assert answer.content == anybody("GET", f"/public/wishlists?token={token}").content


def test_removed_items_are_not_shown(anybody: Api, wishlist: Wishlist, item: Item, token: str) -> None:
    Item.objects.filter(pk=item.pk).update(removed_at=timezone.now())
    assert anybody("GET", f"/public/wishlists?token={token}").json()["items"] == []
    for gone in ("removed_at", "hidden_at"):
        Wishlist.objects.filter(pk=wishlist.pk).update(**{gone: timezone.now()})
        assert refused(anybody("GET", f"/public/wishlists?token={token}")) == (404, "no_such_link")
        Wishlist.objects.filter(pk=wishlist.pk).update(**{gone: None})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/public/wishlists"),
        ("GET", "/public/reservations"),
        ("POST", "/public/wishlists/suggestions"),
        ("PATCH", "/public/wishlists/items/{item}"),
        ("PUT", "/public/wishlists/items/{item}"),
        ("POST", "/public/wishlists/items/{item}/contributions"),
    ],
)
def test_invalid_token_gets_404(method: str, path: str, anybody: Api, item: Item, token: str) -> None:
    path = path.format(item=item.pk)
    missing = anybody(method, path)
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (400, "/token")
    guest = manage_token(join_guest(wishlist=item.wishlist, name="Grandma"))
    for wrong in ("x", "%C3%A9" * 43, "A" * 43, token[:-1], f"{token}x", f"x{token}", guest, str(item.pk)):
        assert refused(anybody(method, f"{path}?token={wrong}")) == (404, "no_such_link")
    PublicLink.objects.update(revoked_at=timezone.now())
    assert refused(anybody(method, f"{path}?token={token}")) == (403, "link_revoked")


@pytest.mark.parametrize("path", ["", "/contributions"])
def test_items_of_other_lists_get_404(path: str, anybody: Api, bob: User, item: Item, token: str) -> None:
    method = "POST" if path else "PATCH"
    other = Wishlist.objects.create(tenant=bob.tenant, owner=bob, title="Bob's", updated_at=timezone.now())
    elsewhere = Item.objects.create(wishlist=other, title="Tie", currency="EUR", updated_at=timezone.now())
    body = {"guest_name": "Grandma", "reservation_status": "reserved", "amount": 1}

    answer = anybody(method, f"/public/wishlists/items/{elsewhere.pk}{path}?token={token}", body)
    assert refused(answer) == (404, "no_such_item")
    Item.objects.filter(pk=item.pk).update(removed_at=timezone.now())
    answer = anybody(method, f"/public/wishlists/items/{item.pk}{path}?token={token}", body)
    assert refused(answer) == (404, "no_such_item")


def test_limited_link_refuses_after_its_last_view(anybody: Api, limited: PublicLink) -> None:
    address = f"/public/wishlists?token={link_token(limited)}"
    assert [anybody("GET", address).status_code for _ in range(2)] == [200, 200]
    assert refused(anybody("GET", address)) == (403, "link_used_up")
    limited.refresh_from_db()
    assert limited.view_count == 2


def test_used_up_link_still_works_for_people_who_opened_it(
    anybody: Api, as_bob: Api, as_alice: Api, item: Item, limited: PublicLink
) -> None:
    token = link_token(limited)
    PublicLink.objects.filter(pk=limited.pk).update(view_count=2)
    reserve = {"reservation_status": "reserved", "guest_name": "Grandma"}

    answer = anybody("PATCH", f"/public/wishlists/items/{item.pk}?token={token}", reserve)
    assert answer.status_code == 200
    known = {"headers": {"x-manage-token": answer.json()["manage_token"]}}
    assert anybody("GET", f"/public/reservations?token={token}", **known).status_code == 200
    assert anybody("GET", f"/public/wishlists?token={token}", **known).status_code == 200
    assert as_bob("GET", f"/public/wishlists?token={token}").status_code == 200
    assert as_alice("GET", f"/public/wishlists?token={token}").status_code == 200
    assert (
        anybody("POST", f"/public/wishlists/suggestions?token={token}", {"title": "Tea"}).status_code == 201
    )
    assert refused(anybody("GET", f"/public/wishlists?token={token}")) == (403, "link_used_up")
    limited.refresh_from_db()
    assert limited.view_count == 2


@pytest.mark.both
def test_a_hundred_items_take_as_many_queries_as_one(
    anybody: Api, as_alice: Api, wishlist: Wishlist, given: Item, alice: User, bob: User, token: str
) -> None:
    address = f"/public/wishlists?token={token}"

    def queries(api: Api) -> int:
        response_cache.forget()
        with CaptureQueriesContext(connection) as captured:
            assert api("GET", address).status_code == 200
        return len(captured)

    for_one = queries(anybody), queries(as_alice)
    with change():
        for number in range(99):
            item = add_item(wishlist=wishlist, by=Viewer(user=alice), title=f"Wish {number}")
            if number % 3 == 0:
                reserve_item(item=Item.objects.get(pk=item.pk), by=Viewer(user=bob))

    assert len(anybody("GET", address).json()["items"]) == 100
    assert (queries(anybody), queries(as_alice)) == for_one
    assert for_one == (2, 4)
