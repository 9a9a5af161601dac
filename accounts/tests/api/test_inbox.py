"""The inbox over REST."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Notification, User
from accounts.services.inbox import mark_all_read, notify
from core.db.change import change
from tests.support.api_clients import Api


def fill(user: User, count: int) -> None:
    """Create notifications, the oldest first, a second apart."""
    start = timezone.now() - timedelta(seconds=count)
    with change():
        for number in range(count):
            with time_machine.travel(start + timedelta(seconds=number), tick=False):
                notify(users=[user], kind="other", title=f"No. {number}")


def test_notification_has_these_fields(as_alice: Api, alice: User, bob: User) -> None:
    payload = {"list_title": "Alice's birthday"}
    (row,) = notify(
        users=[alice], kind="wishlist_deleted", title="A list is gone", body="For good.", payload=payload
    )
    notify(users=[bob], kind="other", title="Not Alice's")
    assert as_alice("GET", "/notifications").json() == [
        {
            "id": str(row.pk),
            "user_id": str(alice.pk),
            "kind": "wishlist_deleted",
            "title": "A list is gone",
            "body": "For good.",
            "payload": payload,
            "read_at": None,
            "created_at": row.created_at.isoformat().replace("+00:00", "Z"),
        }
    ]


def test_empty_inbox_is_an_empty_array(as_alice: Api) -> None:
    assert as_alice("GET", "/notifications").content == b"[]"


@pytest.mark.both
def test_inbox_returns_the_newest_200_in_two_queries(
    as_alice: Api, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fill(alice, 1)
    with django_assert_num_queries(2):
        as_alice("GET", "/notifications")
    fill(alice, 100)
    with django_assert_num_queries(2):
        assert len(as_alice("GET", "/notifications").json()) == 101
    Notification.objects.all().delete()
    fill(alice, 203)
    titles = [row["title"] for row in as_alice("GET", "/notifications").json()]
    assert titles == [f"No. {number}" for number in range(202, 2, -1)]


def test_inbox_can_be_paged(as_alice: Api, alice: User) -> None:
    fill(alice, 5)
    answer = as_alice("GET", "/notifications?page=2&page_size=2")
    assert [row["title"] for row in answer.json()] == ["No. 2", "No. 1"]
    assert answer["X-Total-Count"] == "5"


def test_somebody_who_is_named_twice_is_notified_once(alice: User, as_alice: Api) -> None:
    for title in ("Hello", "Hello again"):
        assert len(notify(users=[alice, alice], kind="other", title=title, about="item 1")) == 1
    assert [row["title"] for row in as_alice("GET", "/notifications").json()] == ["Hello again"]


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_notification_is_marked_as_read(as_alice: Api, alice: User, method: str) -> None:
    (row,) = notify(users=[alice], kind="other", title="Hello")
    first = as_alice(method, f"/notifications/{row.pk}/read")
    assert first.status_code == 200
    assert first.json()["read_at"]
    assert as_alice("GET", "/notifications").json() == [first.json()]
    assert as_alice(method, f"/notifications/{row.pk}/read", {}).json() == first.json()


def test_notification_of_another_user_gets_404(as_alice: Api, as_bob: Api, bob: User) -> None:
    (row,) = notify(users=[bob], kind="other", title="Bob's")
    for notification_id in (row.pk, uuid4(), "x"):
        assert as_alice("PATCH", f"/notifications/{notification_id}/read").status_code == 404
    row.refresh_from_db()
    assert row.read_at is None


def test_all_notifications_are_marked_as_read(as_alice: Api, alice: User, bob: User) -> None:
    fill(alice, 3)
    notify(users=[bob], kind="other", title="Bob's")
    answer = as_alice("POST", "/notifications/read-all")
    assert (answer.status_code, answer.content) == (204, b"")
    assert all(row["read_at"] for row in as_alice("GET", "/notifications").json())
    assert Notification.objects.filter(read_at=None).get().user == bob


def test_reading_all_again_keeps_the_first_time(alice: User) -> None:
    fill(alice, 1)
    mark_all_read(user=alice)
    before = Notification.objects.get().read_at
    mark_all_read(user=alice)
    assert Notification.objects.get().read_at == before


def test_long_title_is_cut_and_inactive_user_is_not_notified(alice: User, bob: User) -> None:
    bob.is_active = False
    bob.save()
    (row,) = notify(users=[alice, bob], kind="other", title="x" * 300)
    assert (row.user, len(row.title)) == (alice, 200)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("POST", "/read-all"), ("PATCH", "/{id}/read"), ("PUT", "/{id}/read")]
)
def test_request_without_log_in_gets_401(api: Api, method: str, path: str) -> None:
    assert api(method, f"/notifications{path.format(id=uuid4())}").status_code == 401
