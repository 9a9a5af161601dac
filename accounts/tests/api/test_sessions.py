"""Where a user is logged in: listed, logged out one by one or all at once, and the password changed in between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db.models.functions import Now
from django.test import Client

from accounts.access.devices import device_name
from accounts.access.last_use import take_uses
from accounts.models import AccountActivity, Session, User
from accounts.services.last_use import end_unused_sessions, write_uses
from core.limits.rate_limits import OWN_PASSWORDS
from tests.support.api_clients import Api, logged_in, refused
from tests.support.browsing import as_user
from tests.support.workers import run_queued_jobs

Kind = AccountActivity.Kind
PASSWORD = "correct horse battery"
LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1"
)

pytestmark = pytest.mark.django_db


def log_in(user: User, user_agent: str) -> Api:
    headers = {"user-agent": user_agent}
    answer = Api()("POST", "/auth/login", {"email": user.email, "password": PASSWORD}, headers=headers)
    return Api(answer.json()["access_token"])


def rows_of(user: User) -> list[tuple[str, Any]]:
    rows = user.account_activities.exclude(kind=Kind.LOGGED_IN).order_by("created_at")
    return list(rows.values_list("kind", "detail"))


def test_sessions_are_listed_with_device_and_use(alice: User, bob: User) -> None:
    log_in(bob, LINUX)
    here, there = log_in(alice, LINUX), log_in(alice, PHONE)
    phone, computer = there("GET", "/users/me/sessions").json()
    assert set(phone) == {"id", "device", "created_at", "last_used_at", "is_current"}
    assert [row["device"] for row in (phone, computer)] == ["Safari on iPhone", "Firefox on Linux"]
    assert [row["is_current"] for row in (phone, computer)] == [True, False]
    assert [row["is_current"] for row in here("GET", "/users/me/sessions").json()] == [False, True]


def test_one_device_is_logged_out(alice: User, bob: User) -> None:
    here, there, bobs = log_in(alice, LINUX), log_in(alice, PHONE), log_in(bob, PHONE)
    [phone, _computer] = here("GET", "/users/me/sessions").json()
    path = f"/users/me/sessions/{phone['id']}"
    assert refused(bobs("DELETE", path)) == (404, "not_found")
    assert (here("DELETE", path).status_code, here("DELETE", path).status_code) == (204, 404)
    assert there("GET", "/users/me").status_code == 401
    assert here("GET", "/users/me").status_code == bobs("GET", "/users/me").status_code == 200
    assert [row["device"] for row in here("GET", "/users/me/sessions").json()] == ["Firefox on Linux"]
    assert rows_of(alice)[2:] == [(Kind.SESSION_ENDED, {"device": "Safari on iPhone"})]


def test_all_other_devices_are_logged_out_and_tokens_stay(alice: User, bob: User) -> None:
    here, there, bobs = log_in(alice, LINUX), log_in(alice, PHONE), log_in(bob, PHONE)
    page = as_user(alice)
    made = here("POST", "/users/me/tokens", {"name": "Script", "scopes": ["account"]}).json()
    assert here("DELETE", "/users/me/sessions").status_code == 204
    assert there("GET", "/users/me").status_code == 401
    assert page.get("/account").status_code == 302
    assert {api("GET", "/users/me").status_code for api in (here, bobs, Api(made["token"]))} == {200}
    assert rows_of(alice)[-1] == (Kind.SESSIONS_ENDED, {"sessions": 2})
    assert here("DELETE", "/users/me/sessions").status_code == 204
    assert rows_of(alice)[-1] == (Kind.SESSIONS_ENDED, {"sessions": 2}), "nothing ended, so nothing is logged"


def test_only_a_new_device_is_logged(alice: User) -> None:
    for agent in (LINUX, LINUX, PHONE, LINUX):
        log_in(alice, agent)
    devices = [{"device": "Firefox on Linux"}, {"device": "Safari on iPhone"}]
    assert rows_of(alice) == [(Kind.NEW_DEVICE, device) for device in devices]


def test_log_out_is_logged_once(alice: User) -> None:
    tokens = logged_in(alice)
    for _time in range(2):
        Api()("POST", "/auth/logout", {"refresh_token": tokens["refresh_token"]})
    assert rows_of(alice) == [(Kind.SESSION_ENDED, {"device": ""})]


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (LINUX, "Firefox on Linux"),
        (PHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 Version/17.6 Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (X11; CrOS x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "Chrome on ChromeOS"),
        ("curl/8.10.1", "curl"),
        ("python-requests/2.32", "python-requests"),
        ("Wishes for iOS/2.1 (iPhone)", "Wishes for iOS"),
        ("Mozilla/5.0 (compatible)", ""),
        ("<script>alert(1)</script>", ""),
        ("", ""),
        ("é\ud800", ""),
        ("A" * 5000, "A" * 39),
    ],
)  # fmt: skip
def test_devices_have_readable_names(agent: str, name: str) -> None:
    assert device_name(agent) == name


# --- the last use --------------------------------------------------------------------------------------------------


def age(user: User, **by: float) -> None:
    Session.objects.filter(user=user).update(last_used_at=Now() - timedelta(**by))


def used_just_now(user: User) -> bool:
    return user.sessions.filter(last_used_at__gt=Now() - timedelta(seconds=30)).exists()


def test_use_is_written_once_a_minute_and_not_by_the_request(as_alice: Api, alice: User) -> None:
    take_uses()
    age(alice, seconds=61)
    for _request in range(3):
        as_alice("GET", "/users/me")
    assert not used_just_now(alice)
    assert write_uses() == 1
    assert used_just_now(alice)
    as_alice("GET", "/users/me")
    assert write_uses() == 0


def test_use_of_a_page_is_written(alice: User) -> None:
    page = as_user(alice)
    take_uses()
    age(alice, minutes=5)
    page.get("/account")
    assert write_uses() == 1


def test_use_of_a_pages_tokens_is_a_use_of_its_log_in(alice: User) -> None:
    page = as_user(alice)
    tokens = page.post("/api/v1/auth/token/session").json()
    take_uses()
    age(alice, days=32)
    Api(tokens["access_token"])("GET", "/users/me")
    assert write_uses() == 2
    assert end_unused_sessions() == 0


def test_sessions_can_be_paged(alice: User, as_alice: Api) -> None:
    for _time in range(4):
        logged_in(alice)
    answer = as_alice("GET", "/users/me/sessions?page=2&page_size=2")
    assert (len(answer.json()), answer["X-Total-Count"]) == (2, "5")


def test_log_in_that_nobody_can_continue_is_not_listed_and_ends(alice: User, as_alice: Api) -> None:
    forgotten = logged_in(alice)
    as_alice("POST", "/users/me/tokens", {"name": "Yearly script", "scopes": ["account"]})
    age(alice, days=32)
    assert as_alice("GET", "/users/me/sessions").json() == []
    age(alice, days=30)
    assert len(as_alice("GET", "/users/me/sessions").json()) == 2
    assert end_unused_sessions() == 0
    age(alice, days=32)
    assert end_unused_sessions() == 2
    assert Api(forgotten["access_token"])("GET", "/users/me").status_code == 401
    assert len(Session.objects.live()) == 1, "API tokens end when they expire or are revoked"


# --- the password --------------------------------------------------------------------------------------------------


def change(api: Api, current: str = PASSWORD, new: str = "a new long password") -> Any:
    return api("POST", "/auth/password/change", {"current_password": current, "new_password": new})


def test_new_password_ends_everything_but_this_session(alice: User) -> None:
    here, there, page = log_in(alice, LINUX), log_in(alice, PHONE), as_user(alice)
    token = here("POST", "/users/me/tokens", {"name": "Script", "scopes": ["account"]}).json()["token"]
    assert change(here).status_code == 204
    assert here("GET", "/users/me").status_code == 200
    assert page.get("/account").status_code == 302
    assert {api("GET", "/users/me").status_code for api in (there, Api(token))} == {401}
    assert rows_of(alice)[-1] == (Kind.PASSWORD_CHANGED, {})
    run_queued_jobs()
    assert ["password" in letter.subject for letter in mail.outbox] == [True]
    alice.refresh_from_db()
    assert alice.check_password("a new long password")


def test_session_opened_from_a_page_survives_its_own_password_change(alice: User) -> None:
    page = as_user(alice)
    here = Api(page.post("/api/v1/auth/token/session").json()["access_token"])
    assert change(here).status_code == 204
    assert here("GET", "/users/me").status_code == 200
    assert page.get("/account").status_code == 302


def test_wrong_current_password_changes_nothing_and_cannot_be_guessed(alice: User, as_alice: Api) -> None:
    for _try in range(OWN_PASSWORDS.growth.free):
        assert refused(change(as_alice, "wrong")) == (400, "wrong_password")
    answer = change(as_alice)
    assert refused(answer) == (429, "rate_limited")
    assert int(answer["Retry-After"]) > 0
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_too_short_password_is_refused(as_alice: Api) -> None:
    answer = change(as_alice, new="short")
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/new_password"]


# --- tokens for a page ---------------------------------------------------------------------------------------------


def test_logged_in_browser_gets_tokens_that_end_with_it(alice: User) -> None:
    page = Client(enforce_csrf_checks=True)
    page.force_login(alice)
    assert page.post("/api/v1/auth/token/session").status_code == 403
    page.get("/account")
    csrf = {"x-csrftoken": page.cookies["csrftoken"].value}
    answer = page.post("/api/v1/auth/token/session", headers=csrf)
    assert (answer.status_code, set(answer.json())) == (200, {"access_token", "refresh_token", "token_type"})
    newer = Api()("POST", "/auth/refresh", {"refresh_token": answer.json()["refresh_token"]}).json()
    assert Api(newer["access_token"])("GET", "/users/me").json()["email"] == alice.email
    page.post("/logout", {"csrfmiddlewaretoken": page.cookies["csrftoken"].value})
    assert Api(newer["access_token"])("GET", "/users/me").status_code == 401
    assert Api()("POST", "/auth/refresh", {"refresh_token": newer["refresh_token"]}).status_code == 401


def test_two_pages_get_tokens_of_their_own(alice: User) -> None:
    page = as_user(alice)
    first, second = (page.post("/api/v1/auth/token/session").json() for _page in range(2))
    Api()("POST", "/auth/refresh", {"refresh_token": second["refresh_token"]})
    assert Api()("POST", "/auth/refresh", {"refresh_token": first["refresh_token"]}).status_code == 200


def test_tokens_for_a_page_need_its_cookie(api: Api, as_alice: Api) -> None:
    for asking in (api, as_alice):
        assert refused(asking("POST", "/auth/token/session")) == (401, "not_authenticated")
