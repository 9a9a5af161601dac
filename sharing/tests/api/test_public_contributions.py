"""Chip in by a link, as a guest with only a name or with an account."""

from __future__ import annotations

import pytest

from accounts.models import User
from sharing.access.capabilities import manage_token
from sharing.tests.conftest import ShareLink, refused
from tests.support.api_clients import Api
from wishlists.models import Contribution, Guest


def test_guest_chips_in(anybody: Api, share_link: ShareLink) -> None:
    free = share_link.items(anybody)[0]
    first = share_link.chip_in(anybody, {"amount": 12.5, "guest_name": "Grandma"})

    mine = manage_token(Guest.objects.get())
    total = {"contributed_total": 12.5, "contributed_pledged": 12.5, "contributed_paid": 0}
    assert first.status_code == 201
    assert first.json() == free | total | {"manage_token": mine}
    second = share_link.chip_in(anybody, {"amount": 7.5, "status": "paid"}, headers={"x-manage-token": mine})
    assert second.json()["contributed_total"] == 20
    assert (Guest.objects.count(), Contribution.objects.count()) == (1, 2)


def test_user_chips_in_by_link_and_recipient_is_refused(
    as_bob: Api, as_alice: Api, share_link: ShareLink, bob: User
) -> None:
    answer = share_link.chip_in(as_bob, {"amount": 3, "status": None})
    assert (answer.status_code, answer.json()["contributed_pledged"]) == (201, 3)
    assert Contribution.objects.get().user == bob
    assert refused(share_link.chip_in(as_alice, {"amount": 3})) == (403, "recipient")


@pytest.mark.parametrize("amount", [0, -1, 1.005, 10**16, "much", None, True, [1]])
def test_invalid_amount_is_refused(amount: object, anybody: Api, share_link: ShareLink) -> None:
    answer = share_link.chip_in(anybody, {"amount": amount, "guest_name": "Grandma"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/amount")
    assert not Guest.objects.exists()
