"""Signed webhooks: what is delivered, in which order, again after failures, and to whom never."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from accounts.models import Notification, User
from core.outgoing import posting
from realtime.log.retention import purge_events
from tests.support.api_clients import Api, refused
from webhooks.models import FollowedList, Webhook, WebhookDelivery
from webhooks.services import delivering
from webhooks.services.delivering import deliver_due, forget_old_deliveries
from webhooks.services.following import follow_lists
from webhooks.services.managing import make_webhook
from webhooks.signing import secret_of
from webhooks.tests.receiver import Receiver, receiving
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item, edit_item
from wishlists.services.lists.lists import create_wishlist, remove_wishlist
from wishlists.services.lists.people import remove_member
from wishlists.services.reserving import reserve_item

Later = Callable[..., None]

pytestmark = pytest.mark.both


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.OUTGOING_NETWORKS = [ip_network("127.0.0.1/32")]
    with receiving() as made:
        yield made


@pytest.fixture
def later(receiver: Receiver) -> Iterator[Later]:
    """Move the clock on, and then do what the worker does."""
    with time_machine.travel(timezone.now(), tick=False) as clock:

        def pass_time(**span: float) -> None:
            clock.shift(timedelta(**span))
            follow_lists()
            deliver_due()

        yield pass_time


@pytest.fixture
def hook(item: Item, bob: User, receiver: Receiver, later: Later) -> Webhook:
    """A webhook of Bob, who may see Alice's list. Its receiver has read the list."""
    made = make_webhook(user=bob, url=receiver.url)
    later(seconds=1)
    assert receiver.types() == ["resync"]
    receiver.got.clear()
    return made


def edit(item: Item, title: str) -> None:
    edit_item(item=item, by=Viewer(user=item.wishlist.owner), title=title)


# --- what is delivered ----------------------------------------------------------------------------------------------


def test_event_is_delivered_as_a_socket_gets_it_and_signed(
    hook: Webhook, item: Item, receiver: Receiver, later: Later
) -> None:
    edit(item, "Red kettle")
    later(seconds=1)
    [message] = receiver.told()
    assert message["type"] == "item_updated"
    assert message["data"]["item"]["title"] == "Red kettle"
    assert message["data"]["wishlist_id"] == str(item.wishlist_id)
    headers, body = receiver.got[0]
    assert Verifier(secret_of(hook)).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(secret_of(hook)).verify(body.replace(b"Red", b"Blue"), headers)


def test_receiver_with_the_older_secret_still_verifies(
    hook: Webhook, item: Item, receiver: Receiver, later: Later, settings: Settings
) -> None:
    older = secret_of(hook)
    settings.LINK_SECRET_FALLBACKS = [settings.LINK_SECRET]
    settings.LINK_SECRET = "a new secret, as long as the older one was"
    edit(item, "Red kettle")
    later(seconds=1)
    headers, body = receiver.got[0]
    for secret in (older, secret_of(hook)):
        assert Verifier(secret).verify(body, headers)


def test_recipient_gets_nothing_of_what_is_given_and_a_giver_does(
    item: Item, alice: User, bob: User, receiver: Receiver, later: Later
) -> None:
    make_webhook(user=alice, url=receiver.url)
    later(seconds=1)
    receiver.got.clear()
    reserve_item(item=item, by=Viewer(user=bob))
    later(seconds=1)
    assert receiver.got == []
    make_webhook(user=bob, url=receiver.url)
    later(seconds=1)
    receiver.got.clear()
    other = add_item(wishlist=item.wishlist, by=Viewer(user=alice), title="Lamp")
    reserve_item(item=other, by=Viewer(user=bob))
    later(seconds=1)
    assert sorted(receiver.types()) == ["item_added", "item_added", "item_updated"]
    assert sum("'reserved'" in str(message) for message in receiver.told()) == 1


def test_only_wanted_types_and_lists_come(
    item: Item, alice: User, bob: User, receiver: Receiver, later: Later
) -> None:
    own = Wishlist.objects.get(pk=create_wishlist(owner=bob, title="Bob's").pk)
    make_webhook(user=bob, url=receiver.url, wishlist_id=item.wishlist_id, events=["item_added"])
    later(seconds=1)
    receiver.got.clear()
    for number in range(210):
        edit(item, f"Kettle {number}")
    add_item(wishlist=own, by=Viewer(user=bob), title="Not of that list")
    add_item(wishlist=item.wishlist, by=Viewer(user=alice), title="Lamp")
    later(seconds=1)
    assert [message["data"]["item"]["title"] for message in receiver.told()] == ["Lamp"]


def test_list_that_is_shared_later_is_followed_from_then_on(
    bob: User, receiver: Receiver, later: Later
) -> None:
    make_webhook(user=bob, url=receiver.url)
    later(seconds=1)
    assert receiver.got == []
    made = Wishlist.objects.get(pk=create_wishlist(owner=bob, title="New").pk)
    add_item(wishlist=made, by=Viewer(user=bob), title="Before")
    later(seconds=11)
    add_item(wishlist=made, by=Viewer(user=bob), title="After")
    later(seconds=1)
    assert receiver.types() == ["resync", "item_added"]


def test_events_that_are_no_longer_there_are_one_resync(
    hook: Webhook, item: Item, receiver: Receiver, later: Later
) -> None:
    edit(item, "Red kettle")
    purge_events()
    later(seconds=1)
    assert receiver.types() == ["resync"]
    edit(item, "Blue kettle")
    later(seconds=1)
    assert receiver.types() == ["resync", "item_updated"]


# --- receivers that fail --------------------------------------------------------------------------------------------


def test_receiver_that_is_down_for_an_hour_gets_everything_once_and_in_order(
    hook: Webhook, item: Item, receiver: Receiver, later: Later
) -> None:
    receiver.status = 503
    for minute in range(60):
        edit(item, f"Kettle {minute}")
        later(minutes=1)
    assert 5 < receiver.asked < 20, "fewer and fewer tries"
    assert receiver.got == []
    receiver.status = 200
    later(hours=1, minutes=10)
    for _ in range(60):
        deliver_due()  # a run ends after some seconds, and the next one goes on
    titles = [message["data"]["item"]["title"] for message in receiver.told()]
    assert titles == [f"Kettle {minute}" for minute in range(60)]
    assert receiver.seqs() == sorted(set(receiver.seqs()))
    ids = [headers["webhook-id"] for headers, _body in receiver.got]
    assert len(set(ids)) == 60
    rows = hook.deliveries.filter(status=503)
    assert {row.message_id for row in rows} == {ids[0]}, "the first one blocked the others"
    assert [row.attempt for row in rows.order_by("created_at")] == list(range(1, rows.count() + 1))


def test_worker_that_is_killed_after_the_answer_delivers_it_again_with_the_same_id(
    hook: Webhook, item: Item, receiver: Receiver, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(item, "Red kettle")
    edit(item, "Blue kettle")

    def killed(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(delivering, "_note", killed)
        with pytest.raises(SystemExit):
            later(seconds=1)
    later(seconds=1)
    assert len(receiver.got) == 1, "another worker waits, because it may still be at it"
    later(minutes=2)
    ids = [headers["webhook-id"] for headers, _body in receiver.got]
    assert ids[0] == ids[1] != ids[2]
    assert len(ids) == 3


def test_control_position_that_is_written_without_the_answer_loses_an_event(
    hook: Webhook, item: Item, receiver: Receiver, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forward(row: FollowedList, message: Any, answer: Any) -> None:
        delivering._move(row, message)

    receiver.status = 503
    monkeypatch.setattr(delivering, "_note", forward)
    edit(item, "Red kettle")
    later(seconds=1)
    receiver.status = 200
    later(hours=1)
    assert receiver.got == []


def test_after_a_day_it_is_stopped_and_its_user_told(
    hook: Webhook, item: Item, bob: User, receiver: Receiver, later: Later
) -> None:
    receiver.status = 500
    edit(item, "Red kettle")
    for _ in range(30):
        later(hours=1)
    hook.refresh_from_db()
    assert hook.stopped_because == Webhook.Stop.FAILED
    assert Notification.objects.filter(user=bob, kind="webhook_stopped").count() == 1
    asked = receiver.asked
    later(days=1)
    assert receiver.asked == asked
    receiver.status = 200
    browser = Client()
    browser.force_login(bob)
    assert browser.post(f"/account/webhooks/{hook.pk}/turn", {"is_active": "true"}).status_code == 302
    later(seconds=1)
    assert receiver.types() == ["resync"]


def test_receiver_that_is_gone_is_asked_no_more(
    hook: Webhook, item: Item, receiver: Receiver, later: Later
) -> None:
    receiver.status = 410
    edit(item, "Red kettle")
    later(seconds=1)
    later(days=1)
    assert receiver.asked == 2
    hook.refresh_from_db()
    assert hook.stopped_because == Webhook.Stop.GONE


def test_slow_receiver_is_given_up_in_time_and_a_long_answer_is_cut(
    hook: Webhook, item: Item, receiver: Receiver, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence = receiver.silence = threading.Event()
    edit(item, "Red kettle")
    with monkeypatch.context() as patch:
        patch.setattr(posting, "SECONDS", 0.3)
        later(seconds=1)
    assert hook.deliveries.latest("created_at").status == 0
    silence.set()
    receiver.silence, receiver.answer = None, b"x" * 100_000
    later(minutes=1)
    row = hook.deliveries.filter(status=200).latest("created_at")
    assert 0 < len(row.answer) <= 500


# --- addresses ------------------------------------------------------------------------------------------------------


def test_redirect_to_loopback_is_not_followed(
    hook: Webhook, item: Item, receiver: Receiver, later: Later
) -> None:
    with receiving() as inside:
        receiver.status, receiver.headers = 307, {"Location": inside.url}
        edit(item, "Red kettle")
        later(seconds=1)
        assert (receiver.asked, inside.asked) == (2, 0)
    assert hook.deliveries.latest("created_at").status == 307


def test_address_is_checked_again_at_each_delivery(
    hook: Webhook, item: Item, receiver: Receiver, later: Later, settings: Settings
) -> None:
    """The name may have got another address since."""
    settings.OUTGOING_NETWORKS = []
    edit(item, "Red kettle")
    later(seconds=1)
    row = hook.deliveries.latest("created_at")
    assert (row.status, row.answer) == (0, "not sent: not a public address")
    assert receiver.asked == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]:8000/",
        "http://169.254.169.254/",
        "http://10.0.0.1/",
        "http://localhost/",
        "ftp://example.com/",
        "http://user:secret@example.com/",
        "example.com",
    ],
)
def test_private_addresses_are_refused(url: str, as_bob: Api) -> None:
    assert refused(as_bob("POST", "/webhooks", {"url": url})) == (400, "address_not_allowed")


# --- access ---------------------------------------------------------------------------------------------------------


def leave(item: Item, bob: User) -> None:
    remove_member(wishlist=item.wishlist, user=bob, by=item.wishlist.owner)


def delete(item: Item, bob: User) -> None:
    remove_wishlist(wishlist=item.wishlist, by=item.wishlist.owner)


def deactivate(item: Item, bob: User) -> None:
    bob.is_active = False
    bob.save()


@pytest.mark.parametrize("lose", [leave, delete, deactivate])
def test_nothing_more_comes_once_the_list_may_not_be_seen(
    lose: Callable[[Item, User], None], hook: Webhook, item: Item, bob: User, receiver: Receiver, later: Later
) -> None:
    edit(item, "Red kettle")
    lose(item, bob)
    deliver_due()
    later(hours=1)
    assert receiver.got == []


def test_control_without_the_check_before_each_message_it_comes(
    hook: Webhook, item: Item, bob: User, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "stream_now", lambda row: row.stream_key)
    edit(item, "Red kettle")
    leave(item, bob)
    deliver_due()
    assert "item_updated" in receiver.types()


# --- JSON and pages -------------------------------------------------------------------------------------------------


def test_webhook_is_made_listed_paused_and_deleted(
    item: Item, as_bob: Api, as_alice: Api, receiver: Receiver
) -> None:
    answer = as_bob("POST", "/webhooks", {"url": receiver.url, "events": ["item_added"]})
    made = answer.json()
    assert answer.status_code == 201
    assert made["secret"] == secret_of(Webhook.objects.get())
    secret = made.pop("secret")
    assert as_bob("GET", "/webhooks").json() == [made]
    assert secret not in as_bob("GET", f"/webhooks/{made['id']}").text
    deliver_due()
    [row] = as_bob("GET", f"/webhooks/{made['id']}/deliveries").json()
    assert (row["event"], row["status"], row["attempt"], row["answer"]) == ("resync", 200, 1, "thanks")
    for path in (f"/webhooks/{made['id']}", f"/webhooks/{made['id']}/deliveries"):
        assert as_alice("GET", path).status_code == 404
    paused = as_bob("PATCH", f"/webhooks/{made['id']}", {"is_active": False}).json()
    assert (paused["is_active"], paused["stopped_because"]) == (False, "paused")
    assert as_bob("PATCH", f"/webhooks/{made['id']}", {"is_active": True}).json() == made
    assert as_alice("DELETE", f"/webhooks/{made['id']}").status_code == 404
    assert as_bob("DELETE", f"/webhooks/{made['id']}").status_code == 204
    assert as_bob("GET", "/webhooks").json() == []


def test_list_that_one_may_not_see_is_refused(item: Item, as_charlie: Api, receiver: Receiver) -> None:
    sent = {"url": receiver.url, "wishlist_id": str(item.wishlist_id)}
    assert as_charlie("POST", "/webhooks", sent).status_code == 404


def test_pages_show_the_webhook_and_its_deliveries(
    item: Item, bob: User, alice: User, receiver: Receiver
) -> None:
    browser = Client()
    browser.force_login(bob)
    assert browser.post("/account/webhooks", {"url": "http://10.0.0.1/"}).status_code == 400
    answer = browser.post("/account/webhooks", {"url": receiver.url, "wishlist": ""})
    deliver_due()
    page = browser.get(answer["Location"]).content.decode()
    assert secret_of(Webhook.objects.get()) in page
    assert "resync" in page
    assert receiver.url in browser.get("/account/webhooks").content.decode()
    browser.force_login(alice)
    assert browser.get(answer["Location"]).status_code == 404


def test_old_deliveries_are_forgotten(hook: Webhook, item: Item) -> None:
    for number in range(5):
        WebhookDelivery.objects.create(webhook=hook, wishlist=item.wishlist, attempt=number, status=200)
    forget_old_deliveries([hook], kept=2, kept_for=timedelta(days=30))
    assert hook.deliveries.count() == 2
