"""Pages, mails and errors in the language and time zone of the person who reads them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import lxml.html
import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from accounts.models import Notification, User
from accounts.services.mail import send_mail
from accounts.services.people import change_password, edit_user
from core.time.moments import format_deadline, format_moment, moments_in
from tests.support.api_clients import Api, refused

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


def main_of(answer: Any) -> Any:
    assert answer.status_code == 200
    return lxml.html.fromstring(answer.content)


def mail_sent() -> dict[str, Any]:
    kwargs: dict[str, Any] = DBTaskResult.objects.get(task_path__endswith="send_mail_job").args_kwargs[
        "kwargs"
    ]
    return kwargs


def test_profile_says_language_time_zone_and_currency(as_bob: Api) -> None:
    me = as_bob("GET", "/users/me").json()
    assert (me["language"], me["time_zone"], me["currency"]) == (None, None, None)
    chosen = {"language": "de", "time_zone": "Asia/Tokyo", "currency": "JPY"}
    assert chosen.items() <= as_bob("PATCH", "/users/me", chosen).json().items()
    cleared = dict.fromkeys(chosen)
    assert cleared.items() <= as_bob("PATCH", "/auth/me", cleared).json().items()


@pytest.mark.parametrize(
    "wrong",
    [{"language": "tlh"}, {"time_zone": "Mars/Olympus"}, {"time_zone": "../etc/passwd"}, {"currency": "XXX"}],
)
def test_unknown_choice_is_refused(as_bob: Api, wrong: dict[str, str]) -> None:
    answer = as_bob("PATCH", "/users/me", wrong)
    assert (answer.status_code, [row["pointer"] for row in answer.json()["errors"]]) == (
        400,
        [f"/{next(iter(wrong))}"],
    )


def test_page_follows_the_person_and_not_the_browser(bob: User, bobs: Client) -> None:
    Notification.objects.create(user=bob, kind="x", title="A")
    Notification.objects.update(created_at=NOON)
    page = main_of(bobs.get("/inbox", headers={"accept-language": "en"}))
    assert page.get("lang") == "en"
    assert "noon UTC" in page.text_content()
    edit_user(user=bob, language="de", time_zone="Asia/Tokyo")
    answer = bobs.get("/inbox", headers={"accept-language": "en"})
    page = main_of(answer)
    assert (page.get("lang"), answer["Content-Language"]) == ("de", "de")
    assert "21:00" in page.text_content()
    other = main_of(Client().get("/login", headers={"accept-language": "en"}))
    assert other.get("lang") == "en"


def test_error_of_the_api_follows_the_person(bob: User, as_bob: Api) -> None:
    edit_user(user=bob, language="de")
    missing = "/wishlists/00000000-0000-4000-8000-000000000000"
    german = as_bob("GET", missing, headers={"accept-language": "en"})
    assert refused(german)[0] == 404
    edit_user(user=bob, language="")
    english = as_bob("GET", missing, headers={"accept-language": "en"})
    assert german.json()["detail"] != english.json()["detail"]


def test_mail_is_in_the_language_of_its_reader(bob: User) -> None:
    edit_user(user=bob, language="de")
    bob.refresh_from_db()
    change_password(user=bob, password="another horse battery")
    assert "Passwort" in json.dumps(mail_sent())


def test_control_mail_of_nobody_is_in_the_language_of_the_request(bob: User) -> None:
    edit_user(user=bob, language="de")
    send_mail(to=bob.email, template="password_changed")
    assert "Passwort" not in json.dumps(mail_sent())


def test_person_without_an_address_gets_no_mail(bob: User) -> None:
    bob.email = ""
    send_mail(to=bob, template="password_changed")
    assert not DBTaskResult.objects.exists()


def test_readers_zone_comes_before_that_of_the_list_but_days_stay() -> None:
    midnight_in_berlin = datetime(2026, 12, 24, 23, tzinfo=UTC)
    with moments_in("Asia/Tokyo"):
        assert "9 p.m. (Tokyo time)" in format_moment(NOON, "Europe/Berlin")
        assert format_deadline(midnight_in_berlin, "Europe/Berlin") == "Dec. 24, 2026 (Berlin time)"
    assert "2 p.m. (Berlin time)" in format_moment(NOON, "Europe/Berlin")


def test_form_saves_what_was_chosen(bob: User, bobs: Client) -> None:
    sent = bobs.post("/account/reading", {"language": "de", "time_zone": "", "currency": "CHF"})
    assert sent.status_code == 302
    bob.refresh_from_db()
    assert (bob.language, bob.time_zone, bob.currency) == ("de", "", "CHF")
