"""Notifications: each kind that clients translate, and reading them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.support.cases import covers, each, says
from tests.contract.support.installation import Installation
from tests.contract.support.people import (
    Client,
    Json,
    Person,
    a_link,
    a_list,
    an_item,
    item_path,
    set_status,
)

FIELDS = "id user_id kind title body payload read_at created_at"


@pytest.fixture
def dora(newcomer: Callable[[str], Person]) -> Person:
    """A person with an empty inbox."""
    return newcomer("Dora")


def notice_of(person: Person, kind: str) -> Json:
    """Return the payload of the newest notification of that kind, which must also have a text."""
    row = next(row for row in person.get("/notifications") if row["kind"] == kind)
    assert row["title"]
    assert isinstance(row["body"], str)
    return row["payload"]


@covers("GET /notifications", *each("answer /notifications: ", FIELDS))
@says("any other brings a readable `title` and `body`", "newest first")
def test_inbox_lists_notifications(alice: Person, dora: Person) -> None:
    assert dora.get("/notifications") == []
    for title in ("first", "second"):
        a_list(alice, dora, title=title)
    rows = dora.get("/notifications")
    assert all(row.keys() == set(FIELDS.split()) for row in rows)
    assert [row["payload"]["list_title"] for row in rows] == ["second", "first"]
    assert all(row["title"] and row["user_id"] == dora.id and row["read_at"] is None for row in rows)


@covers("PATCH /notifications/{id}/read", "answer /notifications: read_at")
@says("PUT is offered wherever PATCH is")
def test_one_notification_is_marked_as_read(alice: Person, bob: Person, dora: Person) -> None:
    for _ in range(2):
        a_list(alice, dora)
    [second, first] = dora.get("/notifications")
    read = dora.patch(f"/notifications/{first['id']}/read")
    assert read["read_at"]
    assert dora.get("/notifications") == [second, read]
    assert dora.put(f"/notifications/{first['id']}/read")["read_at"] == read["read_at"]
    bob.patch(f"/notifications/{first['id']}/read", expect=404)


@covers("POST /notifications/read-all", "answer /notifications: 204")
def test_all_notifications_are_marked_as_read(alice: Person, dora: Person) -> None:
    for _ in range(2):
        a_list(alice, dora)
    dora.post("/notifications/read-all", expect=204)
    assert all(row["read_at"] for row in dora.get("/notifications"))


@covers("notification wishlist_deleted", "notification wishlist_deleted.list_title")
def test_deleted_list_has_a_notification(alice: Person, dora: Person) -> None:
    made = a_list(alice, dora, title="Wedding")
    alice.delete(f"/wishlists/{made['id']}")
    assert notice_of(dora, "wishlist_deleted")["list_title"] == "Wedding"


@covers("notification item_removed", *each("notification item_removed.", "item_title list_title"))
def test_removed_item_has_a_notification_for_its_holder(alice: Person, dora: Person) -> None:
    item = an_item(alice, a_list(alice, dora, title="Wedding"), title="Lamp")
    set_status(dora, item, "reserved")
    alice.delete(item_path(item))
    payload = notice_of(dora, "item_removed")
    assert (payload["item_title"], payload["list_title"]) == ("Lamp", "Wedding")


@covers(
    "notification item_removed_pledged", *each("notification item_removed_pledged.", "item_title list_title")
)
def test_removed_item_has_a_notification_for_pledgers(alice: Person, dora: Person) -> None:
    item = an_item(alice, a_list(alice, dora, title="Wedding"), title="Lamp")
    dora.post(f"{item_path(item)}/contributions", {"amount": 5})
    alice.delete(item_path(item))
    payload = notice_of(dora, "item_removed_pledged")
    assert (payload["item_title"], payload["list_title"]) == ("Lamp", "Wedding")


@covers(
    "notification refund_paid", *each("notification refund_paid.", "amount currency item_title list_title")
)
@says("(amount a number)")
def test_removed_item_has_a_notification_for_payers(alice: Person, dora: Person) -> None:
    item = an_item(alice, a_list(alice, dora, title="Wedding"), title="Lamp", currency="USD")
    dora.post(f"{item_path(item)}/contributions", {"amount": 12.5, "status": "paid"})
    alice.delete(item_path(item))
    payload = notice_of(dora, "refund_paid")
    assert (payload["amount"], payload["currency"]) == (12.5, "USD")
    assert (payload["item_title"], payload["list_title"]) == ("Lamp", "Wedding")


@covers(
    "notification wishlist_suggestion",
    "notification wishlist_suggestion.list_title",
    "notification suggestion_accepted",
)
def test_suggestions_have_notifications(bob: Person, anyone: Client, dora: Person) -> None:
    made = a_list(dora, title="Wedding")
    query = {"token": a_link(dora, made)}
    anyone.post("/public/wishlists/suggestions", {"title": "Book"}, params=query)
    assert notice_of(dora, "wishlist_suggestion")["list_title"] == "Wedding"
    bobs = a_list(bob, dora)
    query = {"token": a_link(bob, bobs)}
    suggested = dora.post("/public/wishlists/suggestions", {"title": "Book"}, params=query)
    bob.post(f"/wishlists/{bobs['id']}/suggestions/{suggested['id']}/accept", expect=204)
    notice_of(dora, "suggestion_accepted")


MANY_SUGGESTIONS = """
from sharing.services.suggestions import suggest_item
from core.db.change import change
from wishlists.access.audience import Viewer
from wishlists.models import Wishlist

wishlist = Wishlist.objects.get(pk="{wishlist}")
with change():
    for number in range(199):
        suggest_item(wishlist=wishlist, by=Viewer(), title=f"Book {{number}}")
"""


@pytest.mark.once
@says("notifications: newest 200")
def test_inbox_holds_the_newest_200_notifications(
    alice: Person, anyone: Client, dora: Person, installation: Installation
) -> None:
    a_list(alice, dora)
    made = a_list(dora)
    installation.do(MANY_SUGGESTIONS.format(wishlist=made["id"]))
    query = {"token": a_link(dora, made)}
    anyone.post("/public/wishlists/suggestions", {"title": "The last"}, params=query)
    rows = dora.get("/notifications")
    assert len(rows) == 200
    assert {row["kind"] for row in rows} == {"wishlist_suggestion"}
    paged = dora.ask("GET", "/notifications?page=2&page_size=200")
    assert (len(paged.json()), paged.headers["X-Total-Count"]) == (1, "201")
