"""The session cookie works as long as its `Session` is alive, for log-ins on our pages and in the admin."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Session, User
from accounts.queries.sessions import live_session, session_of_cookie
from accounts.services.people import deactivate_user
from accounts.services.sessions import (
    end_all_sessions,
    end_session,
    start_session,
)

PASSWORD = "correct horse battery"


@pytest.fixture
def browser(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def test_log_in_starts_a_session_and_log_out_ends_it(browser: Client, alice: User) -> None:
    session = Session.objects.live().get()
    assert session.user == alice
    assert browser.get("/inbox").status_code == 200
    browser.post("/logout")
    assert not Session.objects.live().exists()
    assert browser.get("/inbox").status_code == 302


def test_log_in_of_the_admin_starts_a_session(db: None) -> None:
    User.objects.create_superuser("root@example.com", PASSWORD, display_name="Root")
    client = Client()
    asked = client.get("/admin/")
    asked = client.get(asked["Location"])
    assert asked["Location"] == "/login?next=/admin/"
    client.post(asked["Location"], {"email": "root@example.com", "password": PASSWORD})
    assert Session.objects.live().get().user.email == "root@example.com"
    assert client.get("/admin/").status_code == 200
    client.post("/admin/logout/")
    assert not Session.objects.live().exists()


def test_ended_session_or_deactivation_ends_access_to_pages(browser: Client, alice: User) -> None:
    end_all_sessions(user=alice)
    assert browser.get("/inbox").status_code == 302
    browser.force_login(alice)
    deactivate_user(user=alice)
    assert browser.get("/inbox").status_code == 302
    assert "_auth_user_id" not in browser.session


def test_cookie_works_for_the_api_and_writes_need_the_csrf_token(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.get("/api/v1/users/me").json()["email"] == alice.email
    refused = client.patch("/api/v1/users/me", {"display_name": "A."}, "application/json")
    assert refused.status_code == 403
    alice.refresh_from_db()
    assert alice.display_name == "Alice"
    end_all_sessions(user=alice)
    assert client.get("/api/v1/users/me").status_code == 401


@pytest.mark.both
def test_cookie_takes_one_query_and_the_session_another(
    browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        browser.get("/api/v1/users/me")


def test_session_of_cookie_returns_the_live_session(browser: Client, alice: User) -> None:
    key = browser.cookies["sessionid"].value
    session = session_of_cookie(key)
    assert session
    assert session.user == alice
    end_session(session=session)
    assert session_of_cookie(key) is None
    assert session_of_cookie("no such key") is None


def test_log_in_ends_with_its_account(alice: User) -> None:
    session = start_session(user=alice)
    assert live_session(session.pk) == session
    deactivate_user(user=alice)
    assert live_session(session.pk) is None
