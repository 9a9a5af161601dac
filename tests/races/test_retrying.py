"""A retried request takes effect once (G4): one key, one effect and one answer, even if the server dies before it
answers.

Each storm has a control: without the key, or with the answer stored apart from its effect, something happens twice.
"""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import time_machine
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.access.tokens import mint_access_token
from accounts.api.retrying import RetriedView
from accounts.models import Session, StoredAnswer, User
from accounts.services.retrying import forget_answers
from sharing.access.capabilities import link_token, manage_token
from sharing.api.views import public
from sharing.services.links import make_link
from tests.support.api_clients import Api, logged_in
from tests.support.running.live import StartSite
from tests.support.running.site import running_site, shared_database_url
from tests.support.socket_client import NO_TLS
from wishlists.models import Activity, Contribution, Guest, Item, Reservation, Wishlist

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"
REPLAYED = "Idempotency-Replayed"


def keyed(api: Api, method: str, path: str, body: Any = None, key: str = KEY) -> Any:
    return api(method, path, body, headers={"idempotency-key": key})


@pytest.fixture
def link(wishlist: Wishlist, alice: User) -> str:
    return link_token(make_link(wishlist=wishlist, by=alice)[0])


# --- one effect, and the same answer ------------------------------------------------------------------------------


def test_retry_gets_the_first_answer(as_bob: Api, item: Item) -> None:
    path = f"/wishlists/{item.wishlist_id}/items/{item.pk}/contributions"
    first = keyed(as_bob, "POST", path, {"amount": 5})
    again = keyed(as_bob, "POST", path, {"amount": 5})
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first.status_code == 201
    assert (REPLAYED in first, again[REPLAYED]) == (False, "true")
    assert Contribution.objects.count() == 1
    assert Activity.objects.filter(kind="contribution_added").count() == 1


def test_control_request_without_a_key_happens_twice(as_bob: Api, item: Item) -> None:
    path = f"/wishlists/{item.wishlist_id}/items/{item.pk}/contributions"
    assert [as_bob("POST", path, {"amount": 5}).status_code for _ in range(2)] == [201, 201]
    assert Contribution.objects.count() == 2


def test_stored_answer_does_not_change(as_bob: Api, as_alice: Api, item: Item) -> None:
    path = f"/items/{item.pk}"
    first = keyed(as_bob, "PATCH", path, {"reservation_status": "reserved"})
    as_bob("PATCH", path, {"reservation_status": "available"})
    assert keyed(as_bob, "PATCH", path, {"reservation_status": "reserved"}).content == first.content
    assert not Reservation.objects.active().exists()


def test_retried_withdrawal_succeeds_again(as_bob: Api, item: Item) -> None:
    made = as_bob("POST", f"/wishlists/{item.wishlist_id}/items/{item.pk}/reservations", {}).json()
    path = f"/reservations/{made['id']}"
    first, again = (keyed(as_bob, "DELETE", path) for _ in range(2))
    assert (first.status_code, first.content) == (again.status_code, again.content) == (204, b"")
    assert as_bob("DELETE", path).status_code == 404


def test_same_key_with_another_body_is_refused(as_bob: Api, item: Item) -> None:
    path = f"/wishlists/{item.wishlist_id}/items/{item.pk}/contributions"
    keyed(as_bob, "POST", path, {"amount": 5})
    other = keyed(as_bob, "POST", path, {"amount": 6})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Contribution.objects.count() == 1


def test_keys_are_separate_for_each_person_and_route(as_alice: Api, as_bob: Api, wishlist: Wishlist) -> None:
    first = keyed(as_alice, "POST", "/wishlists", {"title": "A"})
    assert REPLAYED not in keyed(as_bob, "POST", "/wishlists", {"title": "A"})
    assert REPLAYED not in keyed(as_alice, "POST", f"/wishlists/{wishlist.pk}/items", {"title": "A"})
    made = keyed(as_alice, "PATCH", f"/wishlists/{first.json()['id']}", {"title": "A"})
    assert REPLAYED not in made


def test_key_is_still_valid_after_a_new_log_in(as_bob: Api, bob: User) -> None:
    first = keyed(as_bob, "POST", "/wishlists", {"title": "A"})
    elsewhere = Api(logged_in(bob)["access_token"])
    assert keyed(elsewhere, "POST", "/wishlists", {"title": "A"}).content == first.content


def test_refusal_is_not_stored(as_bob: Api, as_charlie: Api, charlie: User, item: Item) -> None:
    """Asking again may succeed, and a refusal has no effect that could happen twice."""
    Wishlist.objects.filter(pk=item.wishlist_id).update(is_public=True)
    path, body = f"/items/{item.pk}", {"reservation_status": "reserved"}
    as_charlie("PATCH", path, body)
    lost = keyed(as_bob, "PATCH", path, body)
    assert lost.json()["code"] == "reservation_conflict"
    assert lost.json()["current_item"]["id"] == str(item.pk)
    assert not StoredAnswer.objects.exists()
    as_charlie("PATCH", path, {"reservation_status": "available"})
    won = keyed(as_bob, "PATCH", path, body)
    assert (won.status_code, REPLAYED in won) == (200, False)


@pytest.mark.parametrize("key", ["", " ", "a b", "ü", "x" * 256, "a\tb"])
def test_bad_key_is_refused(key: str, as_bob: Api) -> None:
    answer = keyed(as_bob, "POST", "/wishlists", {"title": "A"}, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_idempotency_key")
    assert keyed(as_bob, "POST", "/wishlists", {"title": "A"}, key="~" * 255).status_code == 201


def test_signing_in_ignores_the_key(api: Api, bob: User) -> None:
    body = {"email": bob.email, "password": "correct horse battery"}
    first, again = (keyed(api, "POST", "/auth/login", body) for _ in range(2))
    assert first.json() != again.json()
    assert not StoredAnswer.objects.exists()


def test_reading_ignores_the_key(as_bob: Api, item: Item) -> None:
    assert keyed(as_bob, "GET", f"/items/{item.pk}", key="").status_code == 200
    assert not StoredAnswer.objects.exists()


# --- guests, and secrets that must not be stored ------------------------------------------------------------------


def test_guest_who_retries_is_one_guest(api: Api, item: Item, link: str) -> None:
    path = f"/public/wishlists/items/{item.pk}?token={link}"
    body = {"reservation_status": "reserved", "guest_name": "Grandma", "guest_email": "g@example.org"}
    first, again = (keyed(api, "PATCH", path, body) for _ in range(2))
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert first.json()["manage_token"] == manage_token(Guest.objects.get())
    mine = {"reservation_status": "available", "manage_token": first.json()["manage_token"]}
    assert keyed(api, "PATCH", path, mine).status_code == 200, "a guest has keys of their own"


def strangers(api: Api, item: Item, link: str) -> list[Any]:
    """Two strangers in different places who send the same key and the same body."""
    path = f"/public/wishlists/items/{item.pk}/contributions?token={link}"
    body = {"amount": 5, "guest_name": "Grandma"}
    return [
        api("POST", path, body, headers={"idempotency-key": KEY}, REMOTE_ADDR=address)
        for address in ("203.0.113.7", "198.51.100.8")
    ]


def test_key_of_a_stranger_does_not_return_another_guests_token(api: Api, item: Item, link: str) -> None:
    answers = strangers(api, item, link)
    assert len({answer.json()["manage_token"] for answer in answers}) == 2
    assert not any("Idempotency-Replayed" in answer for answer in answers)


def test_control_both_guests_get_the_same_token_with_one_scope_for_a_link(
    api: Api, item: Item, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "client_digest", lambda request, wishlist: "anybody")
    assert len({answer.json()["manage_token"] for answer in strangers(api, item, link)}) == 1


def test_no_secret_is_stored(api: Api, as_alice: Api, item: Item, link: str) -> None:
    path = f"/public/wishlists/items/{item.pk}?token={link}"
    body = {"reservation_status": "reserved", "guest_name": "Grandma", "guest_email": "g@example.org"}
    shown = keyed(api, "PATCH", path, body).json()["manage_token"]
    links = [keyed(as_alice, "POST", f"/wishlists/{item.wishlist_id}/public-link", {}) for _ in range(2)]
    assert links[0].content == links[1].content
    kept = json.dumps(list(StoredAnswer.objects.values()), default=str)
    assert StoredAnswer.objects.count() == 2
    for secret in (shown, links[0].json()["token"], link, "g@example.org", KEY):
        assert secret not in kept


def test_retry_by_a_revoked_link_gets_no_stored_answer(
    api: Api, as_alice: Api, item: Item, link: str
) -> None:
    path = f"/public/wishlists/items/{item.pk}?token={link}"
    body = {"reservation_status": "reserved", "guest_name": "Grandma"}
    keyed(api, "PATCH", path, body)
    as_alice("DELETE", f"/wishlists/{item.wishlist_id}/public-link")
    assert keyed(api, "PATCH", path, body).status_code == 403


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        found |= (
            routes(pattern.url_patterns, address) if isinstance(pattern, URLResolver) else {address: pattern}
        )
    return found


def test_every_route_that_writes_takes_effect_once() -> None:
    """Except signing in, which deals in secrets and never gives the same answer twice."""
    for address, pattern in routes(get_resolver().url_patterns).items():
        view = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
        if view is None or not address.startswith("api/v1/") or address.startswith("api/v1/auth/"):
            continue
        known = getattr(pattern.callback, "actions", None) or dir(view)
        if {"post", "patch", "put", "delete"} & set(known):
            assert issubclass(view, RetriedView), address


# --- many at once, and a server that dies --------------------------------------------------------------------------


def post(url: str, token: str, body: Any, key: str | None = KEY) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
    return httpx.post(url, json=body, headers=headers, timeout=60, verify=NO_TLS, trust_env=False)


def contributions(site_url: str, item: Item) -> str:
    return f"{site_url}/api/v1/wishlists/{item.wishlist_id}/items/{item.pk}/contributions"


@pytest.mark.django_db(transaction=True)
def test_fifty_equal_requests_at_once_take_effect_once(start_site: StartSite, item: Item, bob: User) -> None:
    url = contributions(start_site().url, item)
    token = mint_access_token(Session.objects.create(user=bob))
    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(lambda _n: post(url, token, {"amount": 5}), range(50)))
    assert Counter(answer.status_code for answer in answers) == {201: 50}
    assert len({answer.content for answer in answers}) == 1
    assert sum(REPLAYED in answer.headers for answer in answers) == 49
    assert Contribution.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", [KEY, None], ids=["with a key", "control: without"])
def test_retry_after_a_kill_between_commit_and_answer_takes_effect_once(
    key: str | None, start_site: StartSite, item: Item, bob: User, tmp_path: Path
) -> None:
    """The server dies after the commit and before it answers. A retry at the next server gets the stored answer."""
    token = mint_access_token(Session.objects.create(user=bob))
    own = {"DATABASE_URL": shared_database_url(), "EMBEDDED_JOBS": "0", "DATABASE_POOL": "8"}
    dying = own | {"DJANGO_SETTINGS_MODULE": "tests.support.running.dying", "TEST_SERVER": "true"}
    with running_site(tmp_path / "log", variables=dying) as site:
        with pytest.raises(httpx.TransportError):
            post(contributions(site.url, item), token, {"amount": 5}, key)
        assert site.process.wait(timeout=10) == -9
    [made] = Contribution.objects.values_list("pk", flat=True)
    answer = post(contributions(start_site().url, item), token, {"amount": 5}, key)
    assert answer.status_code == 201
    assert Contribution.objects.count() == (1 if key else 2)
    if key:
        assert answer.headers[REPLAYED] == "true"
        assert Contribution.objects.get().pk == made
        assert StoredAnswer.objects.get().body.encode() == answer.content


def test_old_answers_are_deleted(as_bob: Api) -> None:
    keyed(as_bob, "POST", "/wishlists", {"title": "A"})
    with time_machine.travel(timezone.now() + timedelta(hours=23, minutes=59), tick=False):
        assert forget_answers() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1), tick=False):
        assert forget_answers() == 1
    assert not StoredAnswer.objects.exists()
