"""The pages of a user's log-ins and API tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, Session, StoredAnswer, User
from accounts.services.api_tokens import UNSEEN_FOR, make_api_token
from accounts.services.sessions import start_session
from tests.support.api_clients import Api

pytestmark = pytest.mark.django_db

NEW = {"name": "Script", "scopes": ["lists:read", "giving"], "days": "90"}


def page(client: Client, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200
    return lxml.html.fromstring(answer.content)


def rows_of(document: Any) -> list[str]:
    return [" ".join(row.text_content().split()) for row in document.xpath("//ul[@class='rows']/li")]


def secret_in(answer: Any) -> str | None:
    found = lxml.html.fromstring(answer.content).xpath("//*[@id='new-token']")
    return found[0].get("value") if found else None


def test_only_device_has_no_button(alices: Client) -> None:
    document = page(alices, "/account/sessions")
    [row] = rows_of(document)
    assert "this device" in row
    assert "on this device only" in document.text_content()
    assert document.xpath("//main//form") == []


def test_one_device_and_all_others_can_be_logged_out(alices: Client, alice: User, bob: User) -> None:
    phone, _tablet = (
        start_session(user=alice, device=name) for name in ("Safari on iPhone", "Safari on iPad")
    )
    bobs = start_session(user=bob, device="Firefox on Linux")
    rows = rows_of(page(alices, "/account/sessions"))
    assert ["this device" in row for row in rows] == [True, False, False]
    assert not any("Firefox" in row for row in rows)
    assert alices.post(f"/account/sessions/{phone.pk}").status_code == 302
    assert [row.partition(" Last")[0] for row in rows_of(page(alices, "/account/sessions"))[1:]] == [
        "Safari on iPad"
    ]
    assert alices.post(f"/account/sessions/{bobs.pk}").status_code == 404
    assert alices.post("/account/sessions/others").status_code == 302
    assert len(rows_of(page(alices, "/account/sessions"))) == 1
    assert Session.objects.live().filter(user=bob).count() == 1


def test_secret_is_shown_once(alices: Client, alice: User) -> None:
    assert "You have no API tokens" in page(alices, "/account/tokens").text_content()
    made = alices.post("/account/tokens", NEW)
    secret = secret_in(made)
    assert secret
    assert (made.status_code, "no-store" in made["Cache-Control"]) == (200, True)
    assert Api(secret)("GET", "/wishlists").status_code == 200
    document = page(alices, "/account/tokens")
    [row] = rows_of(document)
    assert "Script" in row
    assert "Never used" in row
    assert secret not in lxml.html.tostring(document).decode()
    expires = ApiToken.objects.get().session.expires_at
    assert expires
    assert timedelta(days=89) < expires - timezone.now() < timedelta(days=91)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({"name": " "}, "required"), ({"scopes": []}, "required"), ({"days": "1000"}, "valid choice")],
)
def test_incomplete_form_is_shown_again_with_what_was_typed(
    alices: Client, wrong: dict[str, Any], told: str
) -> None:
    answer = alices.post("/account/tokens", NEW | wrong)
    assert (answer.status_code, told in answer.text) == (422, True)
    assert not ApiToken.objects.exists()
    if "name" not in wrong:
        assert 'value="Script"' in answer.text


def form_key(client: Client) -> str:
    [form] = page(client, "/account/tokens").xpath("//main//form[@action='/account/tokens']")
    return str(form.fields["form_key"])


def test_form_sent_twice_makes_one_token_that_works(alices: Client) -> None:
    sent = NEW | {"form_key": form_key(alices)}
    first, second = (secret_in(alices.post("/account/tokens", sent)) for _time in range(2))
    assert first
    assert second
    assert ApiToken.objects.count() == 1
    assert Api(second)("GET", "/wishlists").status_code == 200
    assert Api(first)("GET", "/wishlists").status_code == 401, "the browser dropped the answer with that one"
    assert not any(secret in str(StoredAnswer.objects.values()) for secret in (first, second))


@pytest.mark.parametrize("how", ["used", "later"])
def test_form_sent_again_changes_no_token_that_may_be_in_use(alices: Client, how: str) -> None:
    sent = NEW | {"form_key": form_key(alices)}
    secret = secret_in(alices.post("/account/tokens", sent))
    assert secret
    session = Session.objects.filter(scopes__isnull=False)
    if how == "used":
        session.update(last_used_at=Now())
    else:
        session.update(created_at=Now() - UNSEEN_FOR)
    again = alices.post("/account/tokens", sent)
    assert secret_in(again) is None
    assert "You already sent this form" in again.text
    assert Api(secret)("GET", "/wishlists").status_code == 200


def test_token_is_revoked_by_its_owner_alone(alices: Client, bobs: Client, alice: User) -> None:
    token, secret = make_api_token(user=alice, name="Old script", scopes=[])
    path = f"/account/tokens/{token.pk}/revoke"
    assert bobs.post(path).status_code == 404
    assert alices.post(path).status_code == 302
    assert Api(secret)("GET", "").status_code == 200, "the front page is open, and takes no credential"
    assert rows_of(page(alices, "/account/tokens")) == []


def test_name_is_escaped(alices: Client) -> None:
    answer = alices.post("/account/tokens", NEW | {"name": "<b>x</b>"})
    assert "<b>x</b>" not in answer.text
    assert "&lt;b&gt;x&lt;/b&gt;" in answer.text
