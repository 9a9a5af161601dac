"""On a list whose guests confirm their address first, refusals tell unconfirmed guests nothing, and store no guest.

Each request is made before and after somebody gave, and is rolled back. The control is the same list without the rule.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from sharing.access.capabilities import guest_code
from sharing.services.confirming import confirm_guest
from tests.policies.stage import give
from tests.support.api_clients import Api
from wishlists.models import Guest, Item, Wishlist
from wishlists.services import reserving, waitlisting
from wishlists.services.money import contributing

pytestmark = [pytest.mark.django_db, pytest.mark.once]

NAMED = {"guest_name": "Uncle", "guest_email": "uncle@example.com"}
ITEM = "wishlists/items/{item}"
TRIES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "buy": ("PATCH", ITEM, {"reservation_status": "purchased"}),
    "give back what is not held": ("PATCH", ITEM, {"reservation_status": "available"}),
    "wait": ("POST", f"{ITEM}/waiting", {}),
    "chip in too much": ("POST", f"{ITEM}/contributions", {"amount": 99999, "currency": "EUR"}),
    "chip in another currency": ("POST", f"{ITEM}/contributions", {"amount": 1, "currency": "USD"}),
    "another currency into the pot": ("POST", "pot/contributions", {"amount": 1, "currency": "USD"}),
}


@pytest.fixture
def confirmed_only(identifying: Wishlist) -> Wishlist:
    Wishlist.objects.filter(pk=identifying.pk).update(guests_confirm=True)
    return identifying


def tried(what: str, token: str, item: Item, who: dict[str, Any]) -> tuple[int, Any]:
    """Return the answer, and roll back what the request did."""
    method, path, body = TRIES[what]
    with transaction.atomic():
        answer = Api()(method, f"/public/{path.format(item=item.pk)}?token={token}", body | who)
        transaction.set_rollback(True)
    shown = answer.json()
    return answer.status_code, {name: shown.get(name) for name in ("code", "detail", "current_item")}


@pytest.mark.parametrize("what", TRIES)
def test_no_refusal_shows_what_is_taken(
    what: str, confirmed_only: Wishlist, item: Item, token: str, bob: User
) -> None:
    before = tried(what, token, item, NAMED)
    give(item, bob)
    assert tried(what, token, item, NAMED) == before
    assert before[0] in (403, 409)
    assert before[1]["code"] in ("confirm_first", "not_holder")


@pytest.mark.parametrize("what", TRIES)
def test_control_every_answer_shows_what_is_taken_without_the_rule(
    what: str, confirmed_only: Wishlist, item: Item, token: str, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (contributing, waitlisting):
        monkeypatch.setattr(module, "refuse_unidentified", lambda _by, _wishlist: None)
    monkeypatch.setattr(reserving, "is_identified", lambda _by, _wishlist: True)
    monkeypatch.setattr(reserving, "_refuse_unconfirmed", lambda _item, _by, _stage: None)
    before = tried(what, token, item, NAMED)
    give(item, bob)
    assert tried(what, token, item, NAMED) != before


def test_confirmed_guest_can_give(confirmed_only: Wishlist, item: Item, token: str) -> None:
    made = Api()("POST", f"/public/guests?token={token}", NAMED).json()
    guest = Guest.objects.get()
    who = {"manage_token": made["manage_token"]}
    assert tried("chip in another currency", token, item, who)[1]["code"] == "confirm_first"
    confirm_guest(guest=guest, code=guest_code(guest.letters.get()))
    assert tried("chip in another currency", token, item, who)[0] == 201
    assert tried("buy", token, item, who)[0] == 200
    assert tried("wait", token, item, who)[1]["code"] == "still_free"


def test_new_guest_is_not_told_of_a_mail_that_was_not_sent(
    confirmed_only: Wishlist, item: Item, token: str
) -> None:
    _status, body = tried("buy", token, item, NAMED)
    assert "have sent" not in body["detail"]
    assert not Guest.objects.exists()
