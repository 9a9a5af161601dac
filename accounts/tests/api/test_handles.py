"""People without an e-mail address log in with a handle. They get no mail, and nothing fails because of that."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django_tasks_db.models import DBTaskResult

from accounts.models import AccountLink, User
from accounts.refusals import NoAddress
from accounts.services.account_links import send_password_link
from accounts.services.people import change_password, register_user
from accounts.services.signing_in.address_changes import ask_for_new_address, change_address
from tests.support.api_clients import Api, refused
from tests.support.workers import run_queued_jobs

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def mia(settings: Any) -> User:
    settings.VERIFY_ADDRESSES = True
    return register_user(email="Mia7", password=PASSWORD, display_name="Mia")


@pytest.mark.parametrize("name", ["identifier", "username"])
def test_handle_registers_and_logs_in(api: Api, name: str) -> None:
    made = api("POST", "/auth/register", {name: "Mia7", "password": PASSWORD})
    assert made.status_code == 201
    for typed in ("Mia7", "mia7", " MIA7 "):
        assert api("POST", "/auth/login", {name: typed, "password": PASSWORD}).status_code == 200
    assert api("POST", "/auth/login", {"email": "mia7", "password": PASSWORD}).status_code == 200
    me = Api(made.json()["access_token"])("GET", "/auth/me").json()
    assert (me["email"], me["handle"], me["email_verified"]) == (None, "Mia7", False)
    assert me["display_name"] == "New member"


def test_email_takes_no_handle(api: Api) -> None:
    answer = api("POST", "/auth/register", {"email": "mia7", "password": PASSWORD})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/email")


@pytest.mark.parametrize(
    "handle",
    [
        "mi",
        "m" * 31,
        "mia seven",
        "міа7",
        "mіa7",
        "ｍｉａ７",
        "mia..7",
        "-mia",
        "mia-",
        "mia\u0000",
        "émile",
        "mia/7",
        "ℳia7",
    ],
)
def test_look_alikes_and_other_characters_are_refused(api: Api, handle: str) -> None:
    answer = api("POST", "/auth/register", {"username": handle, "password": PASSWORD})
    assert answer.status_code == 400
    assert not User.objects.exclude(email__contains="@").exists()


def test_invisible_characters_and_capitals_make_no_other_handle(api: Api, mia: User) -> None:
    for same in ("mia7", "MIA7", "mi\u200ba7", "\u2060mia7 "):
        answer = api("POST", "/auth/register", {"username": same, "password": PASSWORD})
        assert refused(answer) == (409, "handle_taken"), same


@pytest.mark.both
def test_database_refuses_a_second_account_with_a_handle(mia: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="mia7", display_name="Other")


def test_nothing_is_mailed_to_a_handle(mia: User, api: Api) -> None:
    change_password(user=mia, password="another horse battery")
    for path in ("/auth/password/reset", "/auth/code", "/auth/resend-code"):
        assert api("POST", path, {"email": "mia7"}).status_code in (202, 400), path
    with pytest.raises(NoAddress):
        send_password_link(user=mia, by=mia)
    run_queued_jobs()
    assert mail.outbox == []
    assert not AccountLink.objects.exists()
    assert not DBTaskResult.objects.filter(status="FAILED").exists()


def test_person_with_a_handle_can_add_an_address(mia: User) -> None:
    ask_for_new_address(user=mia, email="mia@example.com")
    run_queued_jobs()
    [code] = [word for word in mail.outbox[0].body.split() if word.isdigit() and len(word) == 6]
    changed = change_address(user=mia, code=code)
    assert (changed.address, changed.handle, changed.address_verified) == ("mia@example.com", "", True)
    run_queued_jobs()
    assert [letter.to for letter in mail.outbox] == [["mia@example.com"]]


def test_pages_take_a_handle(client: Client) -> None:
    sent = client.post("/register", {"email": "mia7", "password": PASSWORD, "display_name": "Mia"})
    assert sent.status_code == 302
    assert sent["Location"] == "/lists"
    assert b"user name mia7" in client.get("/account").content
    other = Client()
    assert other.post("/login", {"email": "Mia7", "password": PASSWORD}).status_code == 302
    again = Client().post("/register", {"email": "mia7", "password": PASSWORD})
    assert again.status_code == 422
