"""News by e-mail: at once and in digests, bursts merged, and what is left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from pytest_django import Settings

from accounts.models import Notification, User
from accounts.services.inbox import mark_read
from notices.access import reader_settings
from notices.models import NoticeDelivery
from notices.services.choosing import choose_channels
from notices.services.scheduling import mail_due
from notices.tests.conftest import TUESDAY, Pass, tell
from tests.support.hanging_smtp import accept_mail, say_nothing, smtp_server
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import edit_item
from wishlists.services.reserving import reserve_item


def choose(user: User, kind: str, **channels: Any) -> None:
    choose_channels(user=user, wanted={kind: channels})


def subjects() -> list[str]:
    return [str(one.subject) for one in mail.outbox]


def test_news_are_mailed_at_once_with_the_page_and_the_link_to_stop(bob: User, wait: Pass) -> None:
    tell(bob, "thanks", "Alice thanks you", body="For the tea.")
    wait(seconds=50)
    assert mail.outbox == []
    wait(seconds=11)
    [one] = mail.outbox
    assert (one.to, one.subject) == (["bob@example.com"], "Alice thanks you")
    assert "For the tea." in one.body
    assert "/lists/x" in one.body
    stop = one.extra_headers["List-Unsubscribe"].strip("<>")
    assert one.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop in one.body
    wait(days=1)
    assert len(mail.outbox) == 1


def test_sixty_edits_of_one_wish_are_one_line(bob: User, item: Item, wait: Pass) -> None:
    reserve_item(item=item, by=Viewer(user=bob))
    choose(bob, "item_changed", email="at_once")
    alice = Viewer(user=item.wishlist.owner)
    for number in range(60):
        edit_item(item=item, by=alice, title=f"Kettle {number}")
    assert Notification.objects.filter(user=bob, kind="item_changed").count() == 1
    assert NoticeDelivery.objects.filter(notification__kind="item_changed").count() == 1
    wait(minutes=2)
    assert len(mail.outbox) == 1
    assert "Kettle 59" in mail.outbox[0].body
    for number in range(60, 120):
        edit_item(item=item, by=alice, title=f"Kettle {number}")
        wait(seconds=10)
    assert len(mail.outbox) == 1, "one mail an hour about the same thing"
    wait(hours=1)
    assert len(mail.outbox) == 2
    assert "Kettle 119" in mail.outbox[1].body


def test_news_of_one_minute_are_one_mail(bob: User, wait: Pass) -> None:
    for number in range(3):
        tell(bob, "wishlist_shared", f"List {number}", about=f"{number}")
        wait(seconds=1)
    wait(minutes=2)
    [one] = mail.outbox
    assert one.subject == "3 updates: List 2, and more"
    assert "/kind-wishlist_shared>" in one.extra_headers["List-Unsubscribe"]


def test_what_was_read_is_not_mailed(bob: User, wait: Pass) -> None:
    [read] = tell(bob, "thanks", "Read")
    tell(bob, "thanks", "Unread")
    mark_read(user=bob, notification_id=read.pk)
    wait(minutes=2)
    assert subjects() == ["Unread"]


def test_digests_come_in_the_morning(bob: User, wait: Pass) -> None:
    choose(bob, "question_asked", email="weekly")
    for title in ("Tea changed", "Cup changed"):
        tell(bob, "item_changed", title, about=title)
        wait(seconds=1)
    tell(bob, "wishlist_deleted", "Gone")
    tell(bob, "question_asked", "A question")
    wait(hours=19)
    assert mail.outbox == []
    wait(hours=1, minutes=1)
    assert subjects() == ["3 updates today: Gone, and more"]
    assert "A question" not in mail.outbox[0].body
    wait(days=6)
    assert subjects()[1:] == ["A question"]
    wait(days=14)
    assert len(mail.outbox) == 2


def _question() -> dict[str, Any]:
    return {"item_title": "Tea", "list_title": "List", "item_id": "1", "wishlist_id": "2"}


@pytest.mark.once
@pytest.mark.parametrize(
    ("cadence", "now", "zone", "due"),
    [
        ("daily", "2026-12-01T12:00", "UTC", "2026-12-02T08:00"),
        ("daily", "2026-12-01T06:30", "UTC", "2026-12-01T08:00"),
        ("daily", "2026-12-01T08:00", "UTC", "2026-12-02T08:00"),
        ("daily", "2026-12-01T12:00", "Pacific/Auckland", "2026-12-01T19:00"),
        ("daily", "2026-03-28T12:00", "Europe/Berlin", "2026-03-29T06:00"),
        ("weekly", "2026-12-01T12:00", "UTC", "2026-12-07T08:00"),
        ("weekly", "2026-12-07T07:00", "UTC", "2026-12-07T08:00"),
        ("weekly", "2026-12-07T09:00", "UTC", "2026-12-14T08:00"),
    ],
)
def test_digests_are_due_at_eight_of_the_readers_day(cadence: str, now: str, zone: str, due: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert mail_due(cadence, at, ZoneInfo(zone)) == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_without_the_inbox_it_is_mailed_only(wait: Pass, bob: User, as_bob: Any) -> None:
    choose(bob, "thanks", in_app=False)
    tell(bob, "thanks", "Alice thanks you")
    assert as_bob("GET", "/notifications").json() == []
    wait(minutes=2)
    assert subjects() == ["Alice thanks you"]
    assert Notification.objects.get().read_at is not None


def test_nothing_is_mailed_to_an_unverified_address(bob: User, wait: Pass, settings: Settings) -> None:
    settings.VERIFY_ADDRESSES = True
    tell(bob, "thanks", "Hm")
    wait(minutes=2)
    assert mail.outbox == []


@pytest.fixture
def shared_mailbox(bob: User, wishlist: Wishlist) -> None:
    """Bob's account has the mailbox of Alice, for whom the list is, in another spelling."""
    bob.email = "Alice+bob@EXAMPLE.com"
    bob.save(update_fields=["email"])


@pytest.mark.usefixtures("shared_mailbox")
def test_news_of_a_giver_are_not_mailed_to_a_recipients_mailbox(bob: User, wait: Pass) -> None:
    tell(bob, "item_offered", "Held for you")
    wait(minutes=2)
    assert mail.outbox == []


@pytest.mark.usefixtures("shared_mailbox")
def test_control_without_the_check_they_are(bob: User, wait: Pass, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_settings, "mail_checks", [])
    tell(bob, "item_offered", "Held for you")
    wait(minutes=2)
    assert subjects() == ["Held for you"]


def test_each_mail_is_sent_once_by_a_server_that_refuses_hangs_and_comes_back(
    bob: User, wait: Pass, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "accounts.mail.smtp.TimedBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = "127.0.0.1", False, 0.2
    settings.EMAIL_PORT = 1  # nobody listens there
    tell(bob, "thanks", "While it refuses")
    wait(minutes=2)
    with smtp_server(say_nothing) as silent:
        settings.EMAIL_PORT = silent.port
        wait(hours=1)
        tell(bob, "thanks", "While it hangs")
        wait(hours=1)
        assert silent.accepted.is_set()
    assert NoticeDelivery.objects.pending().count() == 2
    settings.EMAIL_TIMEOUT = 10
    with smtp_server(accept_mail) as server:
        settings.EMAIL_PORT = server.port
        for _ in range(4):
            wait(hours=1)
        [one] = server.mails
    assert "While it refuses" in one
    assert "While it hangs" in one
    assert not NoticeDelivery.objects.pending().exists()


def test_worker_that_died_while_sending_is_followed_by_another(bob: User, wait: Pass) -> None:
    tell(bob, "thanks", "Thanks")
    NoticeDelivery.objects.update(claimed_until=TUESDAY + timedelta(minutes=3))
    wait(minutes=2)
    assert mail.outbox == []
    wait(minutes=2)
    wait(minutes=2)
    assert subjects() == ["Thanks"]
