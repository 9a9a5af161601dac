"""Suggestions by members and by people with the link. The owner decides each of them once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Notification, User
from core.db.change import change
from sharing.models import Suggestion
from sharing.services import suggestions
from sharing.services.suggestions import suggest_item
from sharing.tests.conftest import refused
from tests.support.api_clients import Api
from wishlists.models import Activity, Item, Wishlist
from wishlists.models.viewers import Viewer


def address(wishlist: Wishlist) -> str:
    return f"/wishlists/{wishlist.pk}/suggestions"


def inbox(user: User) -> list[dict[str, Any]]:
    return [{"kind": row.kind, "payload": row.payload} for row in user.notifications.all()]


@pytest.fixture
def suggestion(wishlist: Wishlist, bob: User) -> Suggestion:
    return suggest_item(
        wishlist=wishlist,
        by=Viewer(user=bob),
        title="Tea",
        link_url="https://example.org/tea",
        message="Green",
    )


def test_member_suggests_and_the_owner_is_notified(
    as_bob: Api, as_alice: Api, wishlist: Wishlist, alice: User, bob: User
) -> None:
    body = {"title": "Tea", "link_url": "https://example.org/tea", "message": "Green"}
    answer = as_bob("POST", address(wishlist), body)

    made = Suggestion.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "id": str(made.pk),
        "wishlist_id": str(wishlist.pk),
        "suggested_by_id": str(bob.pk),
        "title": "Tea",
        "link_url": "https://example.org/tea",
        "message": "Green",
        "status": "pending",
        "created_at": made.created_at.isoformat().replace("+00:00", "Z"),
    }
    listed = as_alice("GET", address(wishlist))
    assert (listed.status_code, listed.json()) == (200, [answer.json()])
    payload = {"list_title": "Alice's birthday", "wishlist_id": str(wishlist.pk)}
    assert inbox(alice) == [{"kind": "wishlist_suggestion", "payload": payload}]
    assert not Item.objects.exists()


def test_people_with_the_link_suggest(anybody: Api, as_bob: Api, token: str, alice: User, bob: User) -> None:
    path = f"/public/wishlists/suggestions?token={token}"
    nameless = anybody("POST", path, {"title": "Tea", "link_url": None, "message": ""})
    assert nameless.status_code == 201
    assert nameless["Cache-Control"] == "no-store"
    seen = nameless.json()
    assert (seen["suggested_by_id"], seen["link_url"], seen["message"]) == (None, None, None)
    assert as_bob("POST", path, {"title": "Coffee"}).json()["suggested_by_id"] == str(bob.pk)
    assert [row["kind"] for row in inbox(alice)] == ["wishlist_suggestion"] * 2


def test_accepted_suggestion_becomes_an_item_of_its_author(
    as_alice: Api, wishlist: Wishlist, suggestion: Suggestion, bob: User
) -> None:
    answer = as_alice("POST", f"{address(wishlist)}/{suggestion.pk}/accept")

    assert (answer.status_code, answer.content) == (204, b"")
    item = Item.objects.get()
    assert (item.title, item.link_url, item.contributed_by) == ("Tea", "https://example.org/tea", bob)
    added = Activity.objects.get(kind="item_added")
    assert (added.item, added.user) == (item, bob)
    assert inbox(bob)[0] == {
        "kind": "suggestion_accepted",
        "payload": {"item_title": "Tea", "list_title": "Alice's birthday"},
    }
    assert as_alice("GET", address(wishlist)).json() == []


def test_accepted_anonymous_suggestion_has_no_author(as_alice: Api, wishlist: Wishlist, alice: User) -> None:
    nameless = suggest_item(wishlist=wishlist, by=Viewer(by_link=True), title="Tea")
    assert as_alice("POST", f"{address(wishlist)}/{nameless.pk}/accept").status_code == 204
    assert Item.objects.get().contributed_by is None
    assert Activity.objects.get(kind="item_added").user == alice


def test_rejected_suggestion_adds_nothing_and_notifies_nobody(
    as_alice: Api, wishlist: Wishlist, suggestion: Suggestion, bob: User
) -> None:
    notices = inbox(bob)
    answer = as_alice("POST", f"{address(wishlist)}/{suggestion.pk}/reject")
    assert (answer.status_code, answer.content) == (204, b"")
    assert not Item.objects.exists()
    assert inbox(bob) == notices
    assert as_alice("GET", address(wishlist)).json() == []


@pytest.mark.parametrize("first", ["accept", "reject"])
@pytest.mark.parametrize("second", ["accept", "reject"])
def test_suggestion_is_decided_once(
    first: str, second: str, as_alice: Api, wishlist: Wishlist, suggestion: Suggestion
) -> None:
    assert as_alice("POST", f"{address(wishlist)}/{suggestion.pk}/{first}").status_code == 204
    again = as_alice("POST", f"{address(wishlist)}/{suggestion.pk}/{second}")
    assert refused(again) == (409, "suggestion_decided")
    assert Item.objects.count() == (first == "accept")


def test_suggestion_for_a_full_list_stays_pending(
    as_alice: Api, wishlist: Wishlist, suggestion: Suggestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "MAX_ITEMS_A_LIST", 0)
    assert refused(as_alice("POST", f"{address(wishlist)}/{suggestion.pk}/accept")) == (409, "list_full")
    suggestion.refresh_from_db()
    assert suggestion.status == "pending"


def test_pending_suggestions_are_limited(
    as_bob: Api, as_alice: Api, wishlist: Wishlist, suggestion: Suggestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "MAX_PENDING", 1)
    assert refused(as_bob("POST", address(wishlist), {"title": "Coffee"})) == (409, "suggestions_full")
    as_alice("POST", f"{address(wishlist)}/{suggestion.pk}/reject")
    assert as_bob("POST", address(wishlist), {"title": "Coffee"}).status_code == 201


def test_only_the_owner_reads_and_decides_suggestions(
    anybody: Api, as_bob: Api, as_charlie: Api, wishlist: Wishlist, suggestion: Suggestion
) -> None:
    decide = [f"{address(wishlist)}/{suggestion.pk}/{verb}" for verb in ("accept", "reject")]
    for method, path in (("GET", address(wishlist)), ("POST", decide[0]), ("POST", decide[1])):
        assert refused(as_bob(method, path)) == (403, "owner_only")
        assert refused(as_charlie(method, path)) == (404, "no_such_list")
        assert anybody(method, path).status_code == 401
    assert refused(as_charlie("POST", address(wishlist), {"title": "Tea"})) == (404, "no_such_list")
    assert anybody("POST", address(wishlist), {"title": "Tea"}).status_code == 401
    assert Suggestion.objects.pending().count() == 1


def test_suggestions_of_other_lists_get_404(
    as_bob: Api, bob: User, suggestion: Suggestion, wishlist: Wishlist
) -> None:
    other = Wishlist.objects.create(
        tenant=bob.tenant, owner=bob, title="Bob's", updated_at=wishlist.updated_at
    )
    other.members.create(user=bob, role="owner")
    for verb in ("accept", "reject"):
        answer = as_bob("POST", f"{address(other)}/{suggestion.pk}/{verb}")
        assert refused(answer) == (404, "no_such_suggestion")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/title"),
        ({"title": ""}, "/title"),
        ({"title": "x" * 513}, "/title"),
        ({"title": "Tea", "link_url": "javascript:alert(1)"}, "/link_url"),
        ({"title": "Tea", "link_url": f"https://example.org/{'x' * 2048}"}, "/link_url"),
        ({"title": "Tea", "message": "x" * 2001}, "/message"),
    ],
    ids=lambda value: json.dumps(value)[:40],
)
def test_invalid_input_is_refused_at_its_field(
    body: object, pointer: str, as_bob: Api, anybody: Api, wishlist: Wishlist, token: str
) -> None:
    for answer in (
        as_bob("POST", address(wishlist), body),
        anybody("POST", f"/public/wishlists/suggestions?token={token}", body),
    ):
        assert answer.status_code == 400
        assert {error["pointer"] for error in answer.json()["errors"]} == {pointer}
    assert not Notification.objects.filter(kind="wishlist_suggestion").exists()


@pytest.mark.both
def test_number_of_queries_does_not_grow_with_suggestions(
    as_alice: Api, wishlist: Wishlist, suggestion: Suggestion
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert as_alice("GET", address(wishlist)).status_code == 200
        return len(captured)

    for_one = queries()
    with change():
        for number in range(99):
            suggest_item(wishlist=wishlist, by=Viewer(user=suggestion.suggested_by), title=f"Wish {number}")
    assert len(as_alice("GET", address(wishlist)).json()) == 100
    assert queries() == for_one
    page = as_alice("GET", f"{address(wishlist)}?page=2&page_size=40")
    assert (len(page.json()), page["X-Total-Count"]) == (40, "100")
