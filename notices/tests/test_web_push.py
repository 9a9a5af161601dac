"""Web push through a push service of ours: encrypted for the browser, signed by the site, retried, and forgotten when gone."""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import http_ece
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from py_vapid import Vapid02
from pytest_django import Settings

from accounts.models import Session, User
from accounts.services.inbox import mark_read
from accounts.services.sessions import end_all_sessions
from notices.access import vapid
from notices.models import NoticeDelivery, PushSubscription
from notices.services import pushing
from notices.services.pushing import push_due
from notices.tests.conftest import tell
from tests.support.api_clients import Api, refused


def text_of(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class PushService:
    """A push service and the browser behind it."""

    statuses: list[int] = field(default_factory=list)
    """Answers to come; then 201."""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = b"0123456789abcdef"

    @property
    def subscription(self) -> dict[str, Any]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": text_of(point), "auth": text_of(self.auth)}
        return {"endpoint": f"http://127.0.0.1:{self.port}/push/abc", "expirationTime": None, "keys": keys}

    def read(self) -> list[dict[str, str]]:
        """Decrypt what came, as the browser does."""
        return [
            json.loads(
                http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
            )
            for _headers, body in self.got
        ]


@pytest.fixture
def service(settings: Settings) -> Iterator[PushService]:
    settings.OUTGOING_NETWORKS = [ip_network("127.0.0.1/32")]
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.got.append((dict(self.headers), body))
            self.send_response(service.statuses.pop(0) if service.statuses else 201)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield service
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser(service: PushService, as_bob: Api) -> PushService:
    """Bob's browser, with push turned on."""
    assert as_bob("POST", "/users/me/push-subscriptions", service.subscription).status_code == 201
    return service


@pytest.fixture
def now(browser: PushService) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(Session.objects.latest("created_at").created_at, tick=False) as clock:
        yield clock


def push_after(clock: time_machine.Traveller, **span: float) -> None:
    clock.shift(timedelta(**span))
    push_due()


def test_browser_reads_what_the_inbox_says(
    browser: PushService, bob: User, now: time_machine.Traveller
) -> None:
    [notice] = tell(bob, "thanks", "Alice thanks you", body="For the tea.")
    push_after(now, seconds=5)
    assert browser.got == []
    push_after(now, seconds=6)
    assert browser.read() == [
        {"title": "Alice thanks you", "body": "For the tea.", "url": "/lists/x", "tag": str(notice.pk)}
    ]
    headers, sealed = browser.got[0]
    assert b"Alice" not in sealed
    assert headers["Content-Encoding"] == "aes128gcm"
    assert headers["Topic"] == notice.pk.hex
    assert f"k={vapid.public_key()}" in headers["Authorization"]
    assert Vapid02.verify(headers["Authorization"])
    push_after(now, days=1)
    assert len(browser.got) == 1


def test_sixty_changes_are_one_push(browser: PushService, bob: User, now: time_machine.Traveller) -> None:
    for number in range(60):
        tell(bob, "item_changed", f"Change {number}", about="item 1")
    push_after(now, seconds=11)
    for number in range(60, 70):
        tell(bob, "item_changed", f"Change {number}", about="item 1")
        push_after(now, seconds=11)
    push_after(now, minutes=10)
    said = browser.read()
    assert [one["title"] for one in said] == ["Change 59", "Change 69"]
    assert said[0]["tag"] == said[1]["tag"], "the second one replaces the first"


def test_service_that_is_down_gets_it_once_when_it_is_back(
    browser: PushService, bob: User, now: time_machine.Traveller
) -> None:
    browser.statuses = [503, 429, 500]
    tell(bob, "thanks", "Thanks")
    for _ in range(60):
        push_after(now, minutes=1)
    assert len(browser.got) == 4
    assert NoticeDelivery.objects.pushes().pending().count() == 0


def test_control_without_writing_down_the_answer_it_gets_it_again(
    browser: PushService, bob: User, now: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pushing, "_note", lambda row, answer: None)
    tell(bob, "thanks", "Thanks")
    push_after(now, minutes=1)
    push_after(now, minutes=2)
    assert len(browser.got) == 2


def test_it_is_given_up_after_a_day(browser: PushService, bob: User, now: time_machine.Traveller) -> None:
    browser.statuses = [500] * 100
    tell(bob, "thanks", "Thanks")
    for _ in range(40):
        push_after(now, hours=1)
    assert 20 < len(browser.got) < 32
    assert not NoticeDelivery.objects.pushes().pending().exists()


@pytest.mark.parametrize("status", [404, 410])
def test_browser_that_is_gone_is_forgotten(
    status: int, browser: PushService, bob: User, now: time_machine.Traveller
) -> None:
    browser.statuses = [status]
    tell(bob, "thanks", "Thanks")
    push_after(now, minutes=1)
    assert not PushSubscription.objects.exists()


def test_nothing_is_pushed_that_was_read_or_to_a_browser_that_logged_out(
    browser: PushService, bob: User, now: time_machine.Traveller
) -> None:
    [read] = tell(bob, "thanks", "Read")
    mark_read(user=bob, notification_id=read.pk)
    push_after(now, minutes=1)
    tell(bob, "thanks", "Later")
    end_all_sessions(user=bob)
    push_after(now, minutes=1)
    assert browser.got == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"endpoint": "https://127.0.0.2/push"}, "address_not_allowed"),
        ({"endpoint": "https://[::1]/push"}, "address_not_allowed"),
        ({"endpoint": "https://169.254.169.254/latest"}, "address_not_allowed"),
        ({"endpoint": "https://localhost@127.0.0.1/"}, "address_not_allowed"),
        ({"endpoint": "ftp://push.example.com/"}, "address_not_allowed"),
        ({"keys": {"p256dh": "AAAA", "auth": text_of(bytes(16))}}, "not_from_a_browser"),
    ],
)
def test_what_is_no_browser_is_refused(
    change: dict[str, Any], code: str, service: PushService, as_bob: Api
) -> None:
    sent = service.subscription | change
    assert refused(as_bob("POST", "/users/me/push-subscriptions", sent)) == (400, code)


def test_address_is_checked_again_when_it_is_pushed_to(
    browser: PushService, bob: User, now: time_machine.Traveller, settings: Settings
) -> None:
    """The host may have got another address since."""
    settings.OUTGOING_NETWORKS = []
    tell(bob, "thanks", "Thanks")
    push_after(now, minutes=1)
    assert browser.got == []


def test_page_turns_push_on_and_off(service: PushService, bob: User, alice: User) -> None:
    given = service.subscription
    fields = {"endpoint": given["endpoint"], **given["keys"]}
    pages = {}
    for person in (alice, bob):
        pages[person] = Client()
        pages[person].force_login(person)
        assert pages[person].post("/account/push", fields).status_code == 204
    assert PushSubscription.objects.get().user == bob, "a browser shows what its last user gets"
    assert vapid.public_key() in pages[bob].get("/account/notifications").content.decode()
    assert pages[alice].post("/account/push/off", fields).status_code == 204
    assert PushSubscription.objects.count() == 1
    assert pages[bob].post("/account/push/off", fields).status_code == 204
    assert not PushSubscription.objects.exists()


@pytest.mark.once
def test_key_of_the_site_is_given_or_derived(settings: Settings) -> None:
    derived = vapid.public_key()
    assert len(urlsafe_b64decode(derived + "=")) == 65
    settings.VAPID_PRIVATE_KEY = text_of(bytes(31) + b"\x01")
    assert vapid.public_key() != derived
    settings.VAPID_PRIVATE_KEY = text_of(bytes(32))
    with pytest.raises(ImproperlyConfigured, match="32 bytes"):
        vapid.public_key()
