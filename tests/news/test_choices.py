"""People choose how they are told, as JSON and on the page, and stop mails by a link without logging in."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from accounts.access.unsubscribe_tokens import unsubscribe_page
from accounts.mail.mail_kinds import MailKind
from accounts.models import NotificationChoice, User
from accounts.projections.notice_kinds import Group, _declared, declared_kinds
from accounts.services.mail import send_mail
from core.http.redaction import redact
from notices.services.choosing import choose_channels
from tests.news.conftest import Pass, tell
from tests.support.api_clients import Api, refused
from tests.support.sources import modules
from tests.support.workers import run_queued_jobs

ALWAYS = "who_sees_changed"


def email_of(api: Api, kind: str) -> str:
    return str(
        next(row["email"] for row in api("GET", "/users/me/notifications").json() if row["kind"] == kind)
    )


def test_everybody_has_the_defaults_and_may_change_them(as_bob: Api) -> None:
    rows = as_bob("GET", "/users/me/notifications").json()
    assert [row["kind"] for row in rows] == [kind.name for kind in declared_kinds()]
    assert next(row for row in rows if row["kind"] == "wishlist_shared") == {
        "kind": "wishlist_shared", "label": "Somebody shares a list with you", "group": "lists", "in_app": True,
        "email": "at_once", "push": True, "is_required": False, "is_receipt": False,
    }  # fmt: skip
    sent = {
        "kinds": [
            {"kind": "thanks", "email": "weekly"},
            {"kind": "item_changed", "in_app": False, "push": False},
        ]
    }
    changed = {row["kind"]: row for row in as_bob("PATCH", "/users/me/notifications", sent).json()}
    assert (changed["thanks"]["email"], changed["thanks"]["push"]) == ("weekly", True)
    assert (changed["item_changed"]["in_app"], changed["item_changed"]["email"]) == (False, "daily")


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        ({"kind": "nothing", "push": True}, "no_such_kind"),
        ({"kind": ALWAYS, "in_app": False}, "always_in_the_inbox"),
        ({"kind": "checked_out", "email": "daily"}, "mail_only"),
        ({"kind": "checked_out", "push": True}, "mail_only"),
        ({"kind": "thanks", "email": "hourly"}, "invalid_input"),
    ],
)
def test_what_makes_no_sense_is_refused(choice: dict[str, Any], code: str, as_bob: Api) -> None:
    assert refused(as_bob("PATCH", "/users/me/notifications", {"kinds": [choice]})) == (400, code)
    assert not NotificationChoice.objects.exists()


def test_page_saves_what_was_edited_and_nothing_else(bob: User, as_bob: Api) -> None:
    browser = Client()
    browser.force_login(bob)
    shown = browser.get("/account/notifications").content.decode()
    assert shown.count("<legend>") == len(declared_kinds())
    opened = {
        "initial-email_thanks": "at_once",
        "initial-push_thanks": "True",
        "initial-in_app_thanks": "True",
    }
    sent = {"email_thanks": "off", "in_app_thanks": "on", "push_thanks": "on"}
    choose_channels(user=bob, wanted={"question_asked": {"email": "weekly"}})
    others = [kind for kind in declared_kinds() if kind.group == Group.MESSAGES and kind.name != "thanks"]
    for kind in others:
        sent |= {f"email_{kind.name}": kind.email, f"initial-email_{kind.name}": kind.email}
    answer = browser.post("/account/notifications/messages", opened | sent)
    assert (answer.status_code, answer["Location"]) == (302, "/account/notifications#messages")
    assert email_of(as_bob, "thanks") == "off"
    assert email_of(as_bob, "question_asked") == "weekly", "an older tab changes only what was edited in it"


# --- the link in a mail ---------------------------------------------------------------------------------------------


@pytest.fixture
def stop(bob: User) -> str:
    return unsubscribe_page(bob.pk, "kind-thanks")


def one_click(address: str) -> int:
    """Send what mail programs send: no cookies, no form key."""
    client = Client(enforce_csrf_checks=True)
    body, form = "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"
    return client.generic("POST", address, body, form).status_code


def test_one_click_stops_the_mails_of_that_kind(bob: User, stop: str, wait: Pass) -> None:
    tell(bob, "thanks", "First")
    wait(minutes=2)
    assert mail.outbox[0].extra_headers["List-Unsubscribe"] == f"<{settings.SITE_URL}{stop}>"
    assert one_click(stop) == 200
    assert one_click(stop) == 200
    tell(bob, "thanks", "Second")
    tell(bob, "wishlist_shared", "Another kind")
    wait(minutes=2)
    assert [one.subject for one in mail.outbox] == ["First", "Another kind"]


def test_stopped_before_a_waiting_mail_is_sent(bob: User, stop: str, wait: Pass) -> None:
    tell(bob, "thanks", "Waiting")
    one_click(stop)
    wait(minutes=2)
    assert mail.outbox == []


def test_opening_the_link_changes_nothing_and_undo_restores_it(stop: str, as_bob: Api) -> None:
    page = Client().get(stop).content.decode()
    assert "Somebody thanks you" in page
    assert "Bob" not in page
    assert "bob@example.com" not in page
    assert email_of(as_bob, "thanks") == "at_once"
    one_click(stop)
    assert email_of(as_bob, "thanks") == "off"
    assert one_click(f"{stop}/undo") == 200
    assert email_of(as_bob, "thanks") == "at_once"


def test_link_of_a_digest_stops_what_comes_in_it(bob: User, as_bob: Api) -> None:
    choose_channels(user=bob, wanted={"thanks": {"email": "off"}})
    daily = unsubscribe_page(bob.pk, "daily")
    one_click(daily)
    assert {email_of(as_bob, "item_changed"), email_of(as_bob, "question_asked")} == {"off"}
    assert email_of(as_bob, "wishlist_shared") == "at_once"
    one_click(f"{daily}/undo")
    assert email_of(as_bob, "item_changed") == "daily"
    assert email_of(as_bob, "thanks") == "off", "the user chose that"


def test_token_is_good_for_its_own_scope_only(bob: User, stop: str, as_bob: Api) -> None:
    token = stop.split("/")[2]
    for address in (
        f"/unsubscribe/{token}/daily",
        f"/unsubscribe/{token[:-2]}AA/kind-thanks",
        "/unsubscribe/x/daily",
    ):
        assert one_click(address) == 404
    assert email_of(as_bob, "item_changed") == "daily"
    assert token not in redact(f"GET {stop} 200")


def test_security_mails_cannot_be_stopped(bob: User, wait: Pass) -> None:
    choose_channels(user=bob, wanted={kind.name: {"email": "off"} for kind in declared_kinds()})
    send_mail(to=bob.email, template="password_changed", kind=MailKind.SECURITY)
    run_queued_jobs()
    [one] = mail.outbox
    assert "List-Unsubscribe" not in one.extra_headers


def test_receipt_has_the_link_too(bob: User) -> None:
    send_mail(
        to=bob.email,
        template="checked_out",
        kind=MailKind.RECEIPT,
        stopped_by=(bob.pk, "checked_out"),
        count=1,
        totals=[],
    )
    run_queued_jobs()
    [one] = mail.outbox
    assert one.extra_headers["List-Unsubscribe"].endswith("/kind-checked_out>")


# --- declared kinds -------------------------------------------------------------------------------------------------


def kinds_in(tree: ast.AST) -> set[str]:
    """Return the kinds that calls of `notify` and `tell_holders` in a module name as texts."""
    found: set[str] = set()
    for call in ast.walk(tree):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and call.func.id in ("notify", "tell_holders")
        ):
            for word in call.keywords:
                if word.arg == "kind":
                    found |= {
                        part.value for part in ast.walk(word.value)
                        if isinstance(part, ast.Constant) and isinstance(part.value, str)
                    }  # fmt: skip
    return found


@pytest.mark.once
def test_people_can_choose_for_every_kind() -> None:
    used = {kind for module in modules() if not module.is_test for kind in kinds_in(module.tree)}
    assert len(used) > 15
    assert used - _declared.keys() == set(), "declare_kind() gives it a name on the page of settings"


@pytest.mark.once
def test_control_a_kind_without_a_name_is_found() -> None:
    assert kinds_in(ast.parse("notify(users=[], kind='strange', title='x')")) == {"strange"}


@pytest.mark.once
def test_forms_have_fewer_fields_than_a_request_may_have() -> None:
    groups: dict[str, int] = {}
    for kind in declared_kinds():
        groups[kind.group] = groups.get(kind.group, 0) + 6
    assert max(groups.values()) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS - 10
