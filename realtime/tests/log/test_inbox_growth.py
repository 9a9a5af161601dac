"""An inbox stays small, and its events stay correct, however often the same thing happens (docs/inbox.md)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Notification, User
from accounts.projections import notice_payloads
from accounts.services import inbox
from accounts.services.inbox import forget_old_notices, mark_read, notify
from core.db.change import change
from realtime.log.stream_reader import read_inbox_snapshot
from realtime.log.streams import inbox_key
from realtime.models import Event
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import edit_item, mark_item, remove_item, restore_item
from wishlists.services.lists.messages import add_message, answer_message
from wishlists.services.lists.people import remove_member, share_wishlist
from wishlists.services.money.contributing import contribute
from wishlists.services.notices import giver_notices
from wishlists.tests.factories import seen_by, take

pytestmark = pytest.mark.django_db

TIMES = 30


def edit(item: Item, alice: User, **fields: Any) -> None:
    edit_item(item=seen_by(alice, item), by=Viewer(user=alice), **fields)


def notices_of(user: User, kind: str) -> list[Notification]:
    return list(user.notifications.filter(kind=kind))


# --- one notification, with all changes since the last one that was read ------------------------------------------


def test_many_edits_are_one_notification(item: Item, alice: User, bob: User) -> None:
    take(item, bob)
    for number in range(60):
        edit(item, alice, title=f"Kettle {number}", price_minor=5000 + number)
    [notice] = notices_of(bob, "item_changed")
    assert notice.payload["changes"] == {
        "title": {"old": "Kettle", "new": "Kettle 59"},
        "price": {"old": 49.9, "new": 50.59},
    }
    assert notice.payload["fields"] == ["price_minor", "title"]
    assert notice.payload["item_title"] == "Kettle 59"
    assert notice.title == "“Kettle” on “Alice's birthday” was changed"
    assert notice.body.splitlines()[0] == "Title: Kettle → Kettle 59"


def test_notification_lists_the_fields_of_several_edits(item: Item, alice: User, bob: User) -> None:
    take(item, bob)
    edit(item, alice, title="Samovar")
    edit(item, alice, description="Brass")
    edit(item, alice, title="Kettle", currency="USD", price_minor=4990)
    edit(item, alice, description="")
    [notice] = notices_of(bob, "item_changed")
    assert notice.payload["changes"] == {
        "price": {"old": 49.9, "new": 49.9},
        "currency": {"old": "EUR", "new": "USD"},
    }
    edit(item, alice, currency="EUR", price_minor=4990)
    [notice] = notices_of(bob, "item_changed")
    assert (notice.payload["changes"], notice.body) == ({}, "It now says what you read before.")


def test_edits_after_reading_start_a_new_notification(item: Item, alice: User, bob: User) -> None:
    take(item, bob)
    edit(item, alice, title="Samovar")
    mark_read(user=bob, notification_id=notices_of(bob, "item_changed")[0].pk)
    edit(item, alice, title="Urn")
    edit(item, alice, title="Teapot")
    newest, before = notices_of(bob, "item_changed")
    assert newest.payload["changes"]["title"] == {"old": "Samovar", "new": "Teapot"}
    assert (newest.read_at, before.payload["changes"]["title"]["new"]) == (None, "Samovar")


def test_updated_notification_is_the_newest_and_unread(bob: User) -> None:
    """Even if it was read between our read and our write."""
    [first] = notify(users=[bob], kind="a", title="1", about="x")
    notify(users=[bob], kind="b", title="2", about="x")

    def read_meanwhile(unread: Notification, new: inbox.NoticeText) -> inbox.NoticeText:
        Notification.objects.filter(pk=unread.pk).update(read_at=timezone.now())
        return new

    notify(users=[bob], kind="a", title="3", about="x", merge=read_meanwhile)
    assert [(row.title, row.read_at) for row in bob.notifications.all()] == [("3", None), ("2", None)]
    assert bob.notifications.all()[0].pk == first.pk


def test_notifications_of_other_people_or_items_are_not_merged(alice: User, bob: User) -> None:
    for user, about in ((alice, "x"), (bob, "x"), (bob, "y"), (bob, ""), (bob, "")):
        notify(users=[user], kind="a", title="1", about=about)
    assert (alice.notifications.count(), bob.notifications.count()) == (1, 4)


# --- acts that can be repeated ------------------------------------------------------------------------------------


def remove_and_restore(item: Item, alice: User, bob: User) -> None:
    remove_item(item=seen_by(alice, item), by=Viewer(user=alice))
    gone = Item.objects.get(pk=item.pk)
    restore_item(item=gone, by=Viewer(user=alice))


def set_aside_and_back(item: Item, alice: User, bob: User) -> None:
    for mark in ("set_aside", ""):
        mark_item(item=seen_by(alice, item), by=Viewer(user=alice), mark=mark)


def out_and_in(item: Item, alice: User, bob: User) -> None:
    listed = Wishlist.objects.get(pk=item.wishlist_id)
    remove_member(wishlist=listed, user=bob, by=alice)
    share_wishlist(wishlist=listed, by=alice, email=bob.email, role="viewer")


def ask(item: Item, alice: User, bob: User) -> None:
    add_message(item=seen_by(bob, item), by=Viewer(user=bob), lane="questions", text="Which size?")


REPEATED: dict[str, tuple[Callable[[Item, User, User], None], str, set[str]]] = {
    "removed": (remove_and_restore, "bob", {"item_removed", "item_restored"}),
    "set aside": (set_aside_and_back, "bob", {"item_set_aside"}),
    "shared": (out_and_in, "bob", {"wishlist_shared"}),
    "asked": (ask, "alice", {"question_asked"}),
}


@pytest.mark.parametrize("name", REPEATED)
def test_repeating_an_act_makes_no_second_notification(name: str, item: Item, alice: User, bob: User) -> None:
    act, reader, kinds = REPEATED[name]
    take(item, bob)
    for _ in range(4):
        act(item, alice, bob)
    people = {"alice": alice, "bob": bob}
    kinds_told = [row.kind for row in people[reader].notifications.all() if row.kind in kinds]
    assert sorted(kinds_told) == sorted(kinds)


def test_control_each_act_makes_a_notification_without_a_subject(
    item: Item, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_unread", lambda *_: {})
    for _ in range(4):
        ask(item, alice, bob)
    assert len(notices_of(alice, "question_asked")) == 4


def test_unread_answers_to_a_question_share_a_notification(item: Item, alice: User, bob: User) -> None:
    question = add_message(item=seen_by(bob, item), by=Viewer(user=bob), lane="questions", text="Which?")
    for text in ("Red", "Or blue"):
        answer_message(item=seen_by(alice, item), by=Viewer(user=alice), question_id=question.pk, text=text)
    [notice] = notices_of(bob, "question_answered")
    assert notice.body.split() == ["Or", "blue", "Red"]


def test_each_amount_to_ask_back_has_a_notification(item: Item, alice: User, bob: User) -> None:
    for amount in (500, 700):
        contribute(item=seen_by(bob, item), by=Viewer(user=bob), amount_minor=amount, status="paid")
    remove_and_restore(item, alice, bob)
    remove_item(item=seen_by(alice, item), by=Viewer(user=alice))
    assert sorted(row.payload["amount"] for row in notices_of(bob, "refund_paid")) == [5, 7]


# --- size ---------------------------------------------------------------------------------------------------------


def stored_for(user: User) -> int:
    """Return the bytes of this person's notifications and of the events about them."""
    rows = user.notifications.values_list("title", "body", "payload")
    frames = Event.objects.filter(stream__key=inbox_key(user.pk)).values_list("frame", flat=True)
    return sum(len(json.dumps(list(row))) for row in rows) + sum(len(str(frame)) for frame in frames)


@pytest.mark.parametrize("is_bounded", [True, pytest.param(False, id="control: nothing is shortened")])
def test_long_texts_are_stored_shortened(
    is_bounded: bool, item: Item, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_bounded:
        monkeypatch.setattr(giver_notices, "MOST_OF_A_TEXT", 10**6)
        monkeypatch.setattr(inbox, "_BODY", 10**6)
        monkeypatch.setattr(inbox, "_IN_PAYLOAD", 10**6)
    take(item, bob)
    text = "A long description. " * 4350  # 87,000 characters
    for number in range(TIMES):
        edit(item, alice, description=f"{text}{number}")
    stored = stored_for(bob)
    assert stored < 100_000 if is_bounded else stored > 5_000_000


def test_notification_shows_the_beginning_of_a_long_text(item: Item, alice: User, bob: User) -> None:
    """A change beyond the part that is stored is still reported as a change."""
    take(item, bob)
    edit(item, alice, description="x" * 5000 + "1")
    mark_read(user=bob, notification_id=notices_of(bob, "item_changed")[0].pk)
    edit(item, alice, description="x" * 5000 + "2")
    edit(item, alice, description="x" * 5000 + "3")
    change_told = notices_of(bob, "item_changed")[0].payload["changes"]["description"]
    assert {(len(text), text[-1]) for text in change_told.values()} == {(300, "…")}


def test_every_text_of_a_notification_is_shortened(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice_payloads, "_declared", {})
    notice_payloads.declare_payload("a", "a", "b")
    long = "x" * 10_000
    [row] = notify(users=[bob], kind="a", title=long, body=long, payload={"a": long, "b": [{"c": long}]})
    assert (len(row.title), len(row.body)) == (200, 4000)
    assert (len(row.payload["a"]), len(row.payload["b"][0]["c"])) == (600, 600)


def test_notifications_past_the_limit_are_deleted(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "KEPT", 3)
    start = timezone.now()
    for number in range(5):
        with time_machine.travel(start + timedelta(seconds=number), tick=False):
            notify(users=[alice, bob] if number < 2 else [bob], kind="a", title=str(number))
    assert forget_old_notices() == 2
    assert [row.title for row in bob.notifications.all()] == ["4", "3", "2"]
    assert alice.notifications.count() == 2
    assert forget_old_notices() == 0


# --- old state plus events is the new state -----------------------------------------------------------------------


def known(user: User) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(read_inbox_snapshot(inbox_key(user.pk), user.pk).text)[
        "snapshot"
    ]["notifications"]
    return rows


def after(rows: list[dict[str, Any]], frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Apply the frames: a notification with a known id replaces the old one, and becomes the newest."""
    by_id = {row["id"]: row for row in rows}
    by_id |= {frame["notification"]["id"]: frame["notification"] for frame in frames}
    return sorted(by_id.values(), key=lambda row: (row["created_at"], row["id"]), reverse=True)


def frames_after(user: User, seq: int) -> list[dict[str, Any]]:
    events = Event.objects.filter(stream__key=inbox_key(user.pk), seq__gt=seq).order_by("seq")
    return [json.loads(event.frame) for event in events]


@pytest.mark.parametrize("is_told", [True, pytest.param(False, id="control: updates are not sent")])
def test_known_notifications_plus_events_equal_the_inbox(
    is_told: bool, item: Item, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(item, bob)
    edit(item, alice, title="Samovar")
    before, seq = known(bob), len(frames_after(bob, 0))
    if not is_told:
        save = Notification.save

        def quietly(self: Notification, **options: Any) -> None:
            if self._state.adding:
                save(self, **options)
            else:
                Notification.objects.filter(pk=self.pk).update(title=self.title, payload=self.payload)

        monkeypatch.setattr(Notification, "save", quietly)
    edit(item, alice, title="Urn")
    set_aside_and_back(item, alice, bob)
    edit(item, alice, title="Teapot")
    with change():
        notify(users=[bob], kind="other", title="More")
    then = after(before, frames_after(bob, seq))
    assert (then == known(bob)) is is_told
