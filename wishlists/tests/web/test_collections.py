"""The page on which givers chip in together, without JavaScript; and what recipients get of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.support.markup import inline_code
from wishlists.models import Collection, Contribution, Item, Wishlist


@pytest.fixture
def address(wishlist: Wishlist) -> str:
    return f"/lists/{wishlist.pk}/collecting"


def collect(client: Client, address: str, wish: Item | None = None, **typed: Any) -> Any:
    body = {"item": str(wish.pk) if wish else "", "currency": "EUR", "target": "", "last_day": "", "note": ""}
    return client.post(address, body | typed)


@pytest.mark.once
def test_collect_chip_in_and_give_the_rest(bobs: Client, address: str, item: Item) -> None:
    assert "No group gifts yet." in bobs.get(address).text
    tomorrow = timezone.now().date() + timedelta(days=2)
    assert (
        collect(bobs, address, item, target="49,90", last_day=str(tomorrow), note="All of us").status_code
        == 303
    )
    made = Collection.objects.get()
    assert (made.target_minor, made.deadline_at is not None) == (4990, True)
    page = bobs.get(address)
    assert (
        "€0.00 of €49.90" in page.text,
        "All of us" in page.text,
    ) == (
        True,
        True,
    )
    assert inline_code(page) == []
    bobs.post(f"{address}/{made.pk}", {"amount": "20"})
    assert "Give the remaining €29.90" in bobs.get(address).text
    bobs.post(f"{address}/{made.pk}", {"amount": "30"})
    assert "Only €29.90 to go." in bobs.get(address).text
    bobs.post(f"{address}/{made.pk}", {"amount": "", "rest": "on"})
    assert "Give the rest" not in bobs.get(address).text
    first = Contribution.objects.order_by("created_at")[0]
    own = address.replace("collecting", f"contributions/{first.pk}")
    bobs.post(own, {"action": "paid"})
    bobs.post(own, {"action": "withdraw"})
    first.refresh_from_db()
    assert (first.status, first.withdrawn_at is not None) == ("paid", True)
    assert bobs.post(f"{address}/{made.pk}/end").status_code == 303
    assert not Collection.objects.open().exists()


@pytest.mark.once
def test_the_pot(bobs: Client, address: str) -> None:
    collect(bobs, address, target="100", currency="JPY", last_day="2099-07-31")
    made = Collection.objects.get()
    assert (made.item_id, made.currency) == (None, "JPY")
    bobs.post(f"{address}/{made.pk}", {"amount": "40"})
    page = bobs.get(address).text
    assert "Thank you for chipping in!" in page
    assert "¥40 of ¥100" in page
    assert "Group pot: ¥40" in page
    assert "Open until July 31, 2099 (UTC)." in page, "the day that was chosen, which counts whole"


@pytest.mark.once
def test_paid_by_mistake(bobs: Client, address: str) -> None:
    collect(bobs, address)
    bobs.post(f"{address}/{Collection.objects.get().pk}", {"amount": "40"})
    own = address.replace("collecting", f"contributions/{Contribution.objects.get().pk}")
    for action in ("paid", "pledged"):
        assert f'name="action" value="{action}"' in bobs.get(address).text, "the page offers it"
        assert bobs.post(own, {"action": action}).status_code == 303
        assert Contribution.objects.standing().get().status == action


@pytest.mark.once
@pytest.mark.parametrize(
    "typed",
    [{"target": "x"}, {"target": "0"}, {"last_day": "2001-01-01"}, {"last_day": "9999-12-31"}, {"item": "x"}],
)
def test_what_cannot_be_is_said_at_the_field(typed: dict[str, Any], bobs: Client, address: str) -> None:
    answer = collect(bobs, address, **typed)
    assert (answer.status_code, "errorlist" in answer.text) == (422, True)


def test_a_second_collection_is_refused_on_the_page(bobs: Client, address: str) -> None:
    collect(bobs, address)
    answer = collect(bobs, address)
    assert (answer.status_code, "There is already a group gift for this" in answer.text) == (422, True)


def test_recipients_and_strangers(
    bobs: Client, address: str, wishlist: Wishlist, alice: User, charlie: User
) -> None:
    collect(bobs, address)
    made = Collection.objects.get()
    for user, status in ((alice, 403), (charlie, 404)):
        client = Client()
        client.force_login(user)
        assert client.get(address).status_code == client.post(f"{address}/{made.pk}").status_code == status
        assert client.post(f"{address}/{made.pk}/end").status_code == status
    Wishlist.objects.filter(pk=wishlist.pk).update(is_public=True)
    assert client.get(address).status_code == 403
