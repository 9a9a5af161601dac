"""The cap on contributions is exact (G1 for money): however many givers chip in at once, they reach the target to the
cent.

The control is the same storm with the lock switched off. It needs PostgreSQL, because the write lock of SQLite cannot
be switched off.
"""

from __future__ import annotations

from collections import Counter

import httpx
import pytest
from django.db.models import Sum

from accounts.access.tokens import mint_access_token
from accounts.models import Session, User
from core.db.change import change
from tests.races.storms import all_at_once, let_in
from tests.support.running.live import StartSite
from tests.support.running.site import Site
from tests.support.socket_client import NO_TLS
from wishlists.models import Activity, Contribution, Item, Wishlist
from wishlists.services.money.collecting import open_collection

TARGET, EACH = 4990, 170
"""In cents. 29 contributions fit. The 60 cents that are left are less than anybody's amount."""

FIT = TARGET // EACH

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def collected(item: Item, bob: User) -> Item:
    there = Wishlist.objects.get(pk=item.wishlist_id)
    open_collection(wishlist=there, by=bob, currency="EUR", item_id=item.pk, target_minor=TARGET)
    return item


def storm(site: Site, item: Item, givers: list[User], body: dict[str, object]) -> Counter[int]:
    sessions = Session.objects.bulk_create([Session(user=giver) for giver in givers])
    tokens = [mint_access_token(session) for session in sessions]
    url = f"{site.url}/api/v1/wishlists/{item.wishlist_id}/items/{item.pk}/contributions"

    def chip_in(index: int) -> int:
        headers = {"Authorization": f"Bearer {tokens[index]}"}
        return httpx.post(
            url, json=body, headers=headers, timeout=60, verify=NO_TLS, trust_env=False
        ).status_code

    return all_at_once(chip_in, len(givers))


def total(item: Item) -> int:
    standing = Contribution.objects.standing().filter(item=item)
    return int(standing.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def test_hundred_contributions_at_once_reach_the_target_exactly(
    start_site: StartSite, wishlist: Wishlist, collected: Item
) -> None:
    """As many contributions succeed as fit. Then exactly one contribution of the rest succeeds."""
    site = start_site()
    givers = let_in(wishlist, 100)
    assert storm(site, collected, givers, {"amount": EACH / 100}) == {201: FIT, 409: 100 - FIT}
    assert total(collected) == FIT * EACH
    assert storm(site, collected, givers[:20], {"rest": True}) == {201: 1, 409: 19}
    assert total(collected) == TARGET
    assert Activity.objects.filter(item=collected, kind="contribution_added").count() == FIT + 1


@pytest.mark.postgresql
def test_control_sum_exceeds_the_target_without_the_lock(
    start_site: StartSite, wishlist: Wishlist, collected: Item
) -> None:
    site = start_site(TEST_WITHOUT_LOCKS="true", TEST_SERVER="true")
    givers = let_in(wishlist, 50)
    for _try in range(3):
        with change():
            Contribution.objects.all().delete()
        storm(site, collected, givers, {"amount": TARGET / 100})
        if total(collected) > TARGET:
            return
    pytest.fail("the storm would not notice")
