"""The account pages, used like a browser without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Notification, Session, User
from accounts.services.inbox import notify

PASSWORD = "correct horse battery"


@pytest.fixture
def browser(db: None) -> Client:
    return Client()


def arrived(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("Location", "")


@pytest.mark.parametrize("path", ["/login", "/register"])
def test_forms_are_shown_and_not_cached(browser: Client, path: str) -> None:
    page = browser.get(path)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert "csrfmiddlewaretoken" in page.text


def test_log_in_and_log_out_redirect(browser: Client, alice: User) -> None:
    answer = browser.post("/login", {"email": "ALICE@example.com", "password": PASSWORD})
    assert arrived(answer) == (302, "/lists")
    assert arrived(browser.get("/login")) == (302, "/lists")
    assert browser.get("/logout").status_code == 405
    assert arrived(browser.post("/logout?next=/api/v1")) == (302, "/api/v1")


def test_failed_log_in_shows_the_reason_and_keeps_the_address(browser: Client, alice: User) -> None:
    for email in (alice.email, "nobody@example.com"):
        page = browser.post("/login", {"email": email, "password": "wrong"})
        assert page.status_code == 422
        assert "The e-mail address or the password is wrong." in page.text
        assert email in page.text
        assert "wrong</" not in page.text


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/inbox", "/inbox"),
        ("/s/abc?x=1", "/s/abc?x=1"),
        ("https://evil.example/", "/lists"),
        ("//evil.example/", "/lists"),
        ("/\\evil.example", "/lists"),
        ("javascript:alert(1)", "/lists"),
        ("nowhere", "/lists"),
        ("account", "/lists"),
        ("", "/lists"),
    ],
)
def test_next_stays_on_this_site(browser: Client, alice: User, wanted: str, reached: str) -> None:
    answer = browser.post("/login", {"email": alice.email, "password": PASSWORD, "next": wanted})
    assert arrived(answer) == (302, reached)


def test_register_logs_in_and_redirects(browser: Client) -> None:
    form = {"display_name": "Dora", "email": "dora@example.com", "password": "a long password"}
    assert arrived(browser.post("/register", form | {"next": "/inbox"})) == (302, "/inbox")
    assert "Dora" in browser.get("/inbox").text


def test_invalid_registration_shows_the_reason(browser: Client, alice: User) -> None:
    for form, sentence in [
        ({"email": "Alice@example.com", "password": "a long password"}, "There is already an account"),
        ({"email": "dora@example.com", "password": "short"}, "at least 8 characters"),
        ({"email": "dora@", "password": "a long password"}, "valid email address"),
        ({"email": "do ra", "password": "a long password"}, "3 to 30 plain letters"),
        (
            {"email": "d@example.com", "password": "a long one", "display_name": "d@example.com"},
            "Choose a name that isn&#x27;t an e-mail address.",
        ),
    ]:
        page = browser.post("/register", form)
        assert page.status_code == 422
        assert sentence in page.text
    assert list(User.objects.all()) == [alice]


@pytest.mark.parametrize("path", ["/account", "/inbox"])
def test_pages_redirect_to_the_log_in(browser: Client, path: str) -> None:
    assert arrived(browser.get(path)) == (302, f"/login?next={path}")


def test_name_can_be_changed(alices: Client, alice: User) -> None:
    assert arrived(alices.post("/account", {"display_name": "Alice B."})) == (302, "/account")
    alice.refresh_from_db()
    assert alice.display_name == "Alice B."
    assert alices.post("/account", {"display_name": "a@example.com"}).status_code == 422


def test_password_change_logs_out_other_devices(alices: Client, alice: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(alice)
    wrong = alices.post("/account/password", {"password": "wrong", "new_password": "a new password"})
    assert wrong.status_code == 422
    right = alices.post("/account/password", {"password": PASSWORD, "new_password": "a new password"})
    assert arrived(right) == (302, "/account")
    assert alices.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    alice.refresh_from_db()
    assert alice.check_password("a new password")


def test_deletion_needs_password_and_confirmation(alices: Client, alice: User) -> None:
    for form in ({"password": "wrong", "sure": "on"}, {"password": PASSWORD}):
        assert alices.post("/account/delete", form).status_code == 422
    assert arrived(alices.post("/account/delete", {"password": PASSWORD, "sure": "on"})) == (302, "/")
    alice.refresh_from_db()
    assert alice.removed_at
    assert not Session.objects.live().exists()
    assert alices.get("/account").status_code == 302


def test_inbox_shows_links_and_marks_notifications_as_read(alices: Client, alice: User, bob: User) -> None:
    assert "No messages yet" in alices.get("/inbox").text
    first, _second = (
        notify(users=[alice], kind="other", title="<b>Hello</b>", body="One\nTwo")[0] for _ in range(2)
    )
    (bobs,) = notify(users=[bob], kind="other", title="Bob's")
    page = alices.get("/inbox").text
    assert page.count("&lt;b&gt;Hello&lt;/b&gt;") == 2
    assert "Bob's" not in page
    assert arrived(alices.post(f"/inbox/{first.pk}/read")) == (302, "/inbox")
    assert Notification.objects.filter(user=alice, read_at=None).count() == 1
    assert alices.post(f"/inbox/{bobs.pk}/read").status_code == 404
    alices.post("/inbox/read")
    about = {"wishlist_id": "0f", "item_id": "1e", "item_title": "Kettle", "list_title": "Birthday"}
    offered = about | {"lapses_at": "2030-05-04T00:00:00+00:00"}
    for kind, payload, path in (
        ("question_asked", about, "/lists/0f/items/1e/talk"),
        ("item_offered", offered, "/lists/0f#item-1e"),
    ):
        notify(users=[alice], kind=kind, title="Hm", payload=payload)
        assert f'href="{path}"' in alices.get("/inbox").text
    alices.post("/inbox/read")
    assert list(Notification.objects.filter(read_at=None)) == [bobs]


def test_form_without_csrf_token_gets_403(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/login", {"email": alice.email, "password": PASSWORD}).status_code == 403


def test_too_many_log_ins_get_a_503_page(
    browser: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.access.hashing._limit._places.acquire", lambda blocking: False)
    answer = browser.post("/login", {"email": alice.email, "password": PASSWORD})
    assert (answer.status_code, answer["Retry-After"]) == (503, "3")
