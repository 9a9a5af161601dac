"""A guest's contributions are read, changed and withdrawn with the guest's own manage token only."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from sharing.tests.conftest import ShareLink, refused
from tests.support.api_clients import Api
from wishlists.models import Contribution, Item, Wishlist
from wishlists.services.money.collecting import open_collection


@pytest.fixture
def collected(item: Item, bob: User) -> Item:
    """The kettle, for which Bob collects 49.90."""
    there = Wishlist.objects.get(pk=item.wishlist_id)
    open_collection(
        wishlist=there, by=bob, currency="EUR", item_id=item.pk, target_minor=4990, note="Among us"
    )
    return item


def chipped(share_link: ShareLink, api: Api, **body: Any) -> str:
    """Chip in as a new guest and return their manage token."""
    answer = share_link.chip_in(api, {"guest_name": "Mia"} | body)
    assert answer.status_code == 201
    return str(answer.json()["manage_token"])


def as_guest(api: Api, method: str, path: str, token: str, manage: str, body: Any = None) -> Any:
    return api(method, f"/public/contributions{path}?token={token}", body, headers={"x-manage-token": manage})


def test_guest_changes_and_withdraws_a_contribution(share_link: ShareLink, anybody: Api, token: str) -> None:
    manage = chipped(share_link, anybody, amount=20)
    [mine] = as_guest(anybody, "GET", "", token, manage).json()
    own = f"/{mine['id']}"
    changed = as_guest(anybody, "PATCH", own, token, manage, {"amount": 25.5, "status": "paid"})
    assert (changed.status_code, changed.json()["amount"], changed.json()["status"]) == (200, 25.5, "paid")
    by_field = anybody(
        "PATCH",
        f"/public/contributions{own}?token={token}",
        {"amount": 30, "manage_token": manage},
    )
    assert by_field.json()["amount"] == 30
    assert as_guest(anybody, "DELETE", own, token, manage).status_code == 204
    assert as_guest(anybody, "GET", "", token, manage).json() == []
    assert refused(as_guest(anybody, "DELETE", own, token, manage)) == (404, "no_such_contribution")


def test_contributions_of_others_get_404(
    share_link: ShareLink, anybody: Api, as_bob: Api, token: str
) -> None:
    mias = chipped(share_link, anybody, amount=20)
    [mine] = as_guest(anybody, "GET", "", token, mias).json()
    toms = chipped(share_link, anybody, amount=5, guest_name="Tom")
    for api, manage in ((anybody, toms), (as_bob, "")):
        for method, body in (("PATCH", {"amount": 1}), ("DELETE", None)):
            answer = as_guest(api, method, f"/{mine['id']}", token, manage, body)
            assert refused(answer) == (404, "no_such_contribution")
    assert refused(as_guest(anybody, "PATCH", f"/{mine['id']}", token, "", {"amount": 1})) == (
        400,
        "manage_token_required",
    )
    assert as_bob("PATCH", f"/contributions/{mine['id']}", {"amount": 1}).status_code == 404
    assert Contribution.objects.get(pk=mine["id"]).amount_minor == 2000


def test_guest_pays_the_rest(share_link: ShareLink, anybody: Api, collected: Item, token: str) -> None:
    [seen] = anybody("GET", f"/public/collections?token={token}").json()
    assert (seen["remaining"], seen["organiser_name"], seen["note"]) == (49.9, None, None)
    chipped(share_link, anybody, rest=True)
    lost = share_link.chip_in(anybody, {"guest_name": "Tom", "amount": 1})
    assert (refused(lost), lost.json()["remaining"]) == ((409, "target_reached"), 0)
    assert anybody("GET", f"/public/collections?token={token}").json()[0]["remaining"] == 0


def test_guest_chips_in_to_the_pot(anybody: Api, token: str) -> None:
    address = f"/public/pot/contributions?token={token}"
    made = anybody("POST", address, {"amount": 10, "guest_name": "Mia"})
    assert (made.status_code, made.json()["total"]) == (201, 10)
    [row] = anybody("GET", address).json()["contributions"]
    assert (row["display_name"], row["id"], row["amount"]) == (None, None, 10)


def test_recipient_by_link_sees_no_money(
    share_link: ShareLink, anybody: Api, as_alice: Api, collected: Item, token: str
) -> None:
    chipped(share_link, anybody, amount=20)
    assert as_alice("GET", f"/public/collections?token={token}").json() == []
    assert as_alice("GET", f"/public/pot/contributions?token={token}").json()["contributions"] == []
    assert as_alice("GET", f"/public/contributions?token={token}").json() == []
    refusal = as_alice("POST", f"/public/pot/contributions?token={token}", {"amount": 1})
    assert refused(refusal) == (403, "recipient")
