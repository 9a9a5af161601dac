"""Actions of staff on accounts: each adds one row without secrets, which cannot be changed, and the user is notified."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test import Client

from accounts.access.link_tokens import account_link_token
from accounts.models import AccountActivity, Notification, Tenant, User
from accounts.services.account_links import keep_old_address, send_password_link, set_password_by_link
from accounts.services.account_log import acts_giving_control, record_account
from accounts.services.staff_accounts import (
    create_account,
    deactivate_account,
    edit_account,
    reactivate_account,
)
from tests.support.workers import run_queued_jobs, run_ready_jobs

pytestmark = pytest.mark.django_db

Kind = AccountActivity.Kind


def acts() -> QuerySet[AccountActivity]:
    """Return the rows of the log without those of log-ins, which every browser of a test leaves."""
    return AccountActivity.objects.exclude(kind__in=(Kind.LOGGED_IN, Kind.NEW_DEVICE))


@pytest.fixture
def staff(db: None) -> User:
    return User.objects.create(
        email="staff@example.com", display_name="Mod", is_staff=True, is_superuser=True
    )


def browsing(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form_of(user: User, **typed: Any) -> dict[str, Any]:
    """Return the admin form of `user` with its current values, changed by `typed`."""
    as_it_is = {
        "email": user.email,
        "display_name": user.display_name,
        "avatar_url": user.avatar_url,
        "tenant": str(user.tenant_id),
        "tenant_role": user.tenant_role,
    }
    ticked = {name: "on" for name in ("is_active", "is_staff", "is_superuser") if getattr(user, name)}
    return {name: value for name, value in (as_it_is | ticked | typed).items() if value is not None}


EDITS: dict[str, tuple[dict[str, Any], Kind, dict[str, Any]]] = {
    "address": ({"email": "bobby@example.com"}, Kind.ADDRESS_CHANGED, {}),
    "name": ({"display_name": "Bobby"}, Kind.PROFILE_CHANGED, {"fields": ["display_name"]}),
    "picture": (
        {"avatar_url": "https://example.com/b.png"},
        Kind.PROFILE_CHANGED,
        {"fields": ["avatar_url"]},
    ),
    "staff": ({"is_staff": "on"}, Kind.RIGHTS_CHANGED, {"granted": ["is_staff"], "withdrawn": []}),
    "superuser": (
        {"is_staff": "on", "is_superuser": "on"},
        Kind.RIGHTS_CHANGED,
        {"granted": ["is_staff", "is_superuser"], "withdrawn": []},
    ),
    "role": ({"tenant_role": "admin"}, Kind.RIGHTS_CHANGED, {"granted": ["tenant_role"], "withdrawn": []}),
    "deactivated": ({"is_active": None}, Kind.DEACTIVATED, {}),
}


@pytest.mark.parametrize("edit", EDITS)
def test_edit_adds_one_row_and_notifies_the_user(edit: str, bob: User, staff: User) -> None:
    typed, kind, detail = EDITS[edit]
    answer = browsing(staff).post(f"/admin/accounts/user/{bob.pk}/change/", form_of(bob, **typed))
    assert answer.status_code == 302
    row = acts().get()
    assert (row.user, row.by, row.kind, row.detail) == (bob, staff, kind, detail)
    assert_user_was_told(bob, staff, in_inbox=edit != "deactivated")


def assert_user_was_told(bob: User, staff: User, *, in_inbox: bool) -> None:
    run_queued_jobs()
    bob.refresh_from_db()
    letters = [letter for letter in mail.outbox if letter.to == [bob.email]]
    assert len(letters) == 1
    assert staff.display_name in letters[0].body
    lines = Notification.objects.filter(user=bob, kind="account_changed")
    assert [staff.display_name in line.title for line in lines] == [True] * in_inbox


def test_permissions_and_tenant_are_logged(bob: User, staff: User) -> None:
    view = Permission.objects.get(codename="view_wishlist")
    elsewhere = Tenant.objects.create(name="Elsewhere")
    address = f"/admin/accounts/user/{bob.pk}/change/"
    browsing(staff).post(address, form_of(bob, user_permissions=[view.pk]))
    assert list(bob.user_permissions.all()) == [view]
    browsing(staff).post(address, form_of(bob, tenant=str(elsewhere.pk)))
    rows = list(acts().order_by("created_at").values_list("kind", "detail"))
    granted, moved, withdrawn = rows[0], *sorted(rows[1:])[::-1]
    assert granted == (Kind.RIGHTS_CHANGED, {"granted": ["wishlists.view_wishlist"], "withdrawn": []})
    assert moved == (Kind.TENANT_CHANGED, {})
    assert withdrawn == (Kind.RIGHTS_CHANGED, {"granted": [], "withdrawn": ["wishlists.view_wishlist"]})
    assert not bob.user_permissions.exists()


def test_unchanged_form_is_not_logged(bob: User, staff: User) -> None:
    assert browsing(staff).post(f"/admin/accounts/user/{bob.pk}/change/", form_of(bob)).status_code == 302
    assert not acts().exists()
    assert not Notification.objects.exists()


ACTIONS = {
    "send_password_link": Kind.RESET_SENT,
    "deactivate": Kind.DEACTIVATED,
    "reactivate": Kind.REACTIVATED,
}


@pytest.mark.parametrize("action", ACTIONS)
def test_action_adds_one_row_and_notifies_the_user(action: str, bob: User, staff: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=action != "reactivate")
    pressed = {"action": action, "_selected_action": [str(bob.pk)], "reason": "asked to"}
    browsing(staff).post("/admin/accounts/user/", pressed)
    row = acts().get()
    assert (row.user, row.by, row.kind) == (bob, staff, ACTIONS[action])
    run_queued_jobs()
    assert [letter.to for letter in mail.outbox] == [[bob.email]]


def test_new_account_has_no_password_and_its_user_gets_a_link(staff: User) -> None:
    form = {"email": "dora@example.com", "display_name": "Dora", "password1": "known", "password2": "known"}
    assert browsing(staff).post("/admin/accounts/user/add/", form).status_code == 302
    dora = User.objects.get(email="dora@example.com")
    assert not dora.has_usable_password()
    assert set(acts().values_list("kind", "by")) == {
        (Kind.CREATED, staff.pk),
        (Kind.RESET_SENT, staff.pk),
    }
    run_ready_jobs()
    (letter,) = mail.outbox
    assert (letter.to, "Mod" in letter.body, "/set-password/" in letter.body) == (
        ["dora@example.com"],
        True,
        True,
    )


def test_use_of_a_link_is_logged_without_an_actor(bob: User, staff: User) -> None:
    token = account_link_token(send_password_link(user=bob, by=staff))
    set_password_by_link(token=token, password="a new password")
    edit_account(user=bob, by=staff, wanted={"email": "bobby@example.com"})
    keep_old_address(token=account_link_token(bob.account_links.get(purpose="address")))
    rows = AccountActivity.objects.filter(by=None).order_by("created_at")
    assert list(rows.values_list("kind", flat=True)) == [Kind.PASSWORD_SET, Kind.ADDRESS_KEPT]


# --- the log ----------------------------------------------------------------------------------------------------------

WAYS: dict[str, Callable[[AccountActivity], Any]] = {
    "update": lambda row: AccountActivity.objects.update(kind="x"),
    "delete": lambda row: row.delete(),
    "save": lambda row: row.save(),
    "SQL": lambda row: sql("DELETE FROM accounts_accountactivity"),
    "database-specific SQL": lambda row: sql(
        "INSERT OR REPLACE INTO accounts_accountactivity SELECT * FROM accounts_accountactivity"
        if connection.vendor == "sqlite"
        else "TRUNCATE accounts_accountactivity"
    ),
}


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("way", WAYS)
def test_row_of_the_log_cannot_be_changed(way: str, bob: User, staff: User) -> None:
    row = record_account(user=bob, kind=Kind.CREATED, by=staff)
    connection.check_constraints()  # PostgreSQL cannot truncate a table with pending checks
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        WAYS[way](row)
    assert AccountActivity.objects.get().kind == Kind.CREATED


def test_log_contains_no_address_name_or_secret(bob: User, staff: User) -> None:
    token = account_link_token(send_password_link(user=bob, by=staff))
    edit_account(user=bob, by=staff, wanted={"email": "bobby@example.com", "display_name": "Bobby"})
    kept = str(list(AccountActivity.objects.values()))
    assert not any(word in kept for word in (token, "@", "Bobby", "argon2"))


def test_staff_see_the_log_of_their_tenant_only(bob: User, staff: User) -> None:
    deactivate_account(user=bob, by=staff)
    reactivate_account(user=bob, by=staff)
    elsewhere = User.objects.create(
        email="e@example.com", display_name="E", is_staff=True, tenant=Tenant.objects.create(name="Elsewhere")
    )
    elsewhere.user_permissions.set(Permission.objects.all())
    address = "/admin/accounts/accountactivity/"
    assert "deactivated" in browsing(staff).get(address).text
    other = browsing(elsewhere).get(address).text
    assert ("2 account activities" in other, "Bob" in other) == (True, False), "only that they logged in"


# --- who may be behind an account -------------------------------------------------------------------------------------


def test_control_over_an_account_is_followed_recursively(alice: User, staff: User) -> None:
    second = create_account(by=alice, email="second@example.com", display_name="Second")
    third = create_account(by=second, email="third@example.com", display_name="Third")
    acts = acts_giving_control(third)
    assert [(act.by, act.user) for act in acts] == [(alice, second), (second, third)]
    assert acts_giving_control(alice) == []


@pytest.mark.once
def test_removed_rights_and_own_actions_give_no_control(alice: User, staff: User) -> None:
    edit_account(user=staff, by=alice, wanted={"is_superuser": False})
    edit_account(user=staff, by=alice, wanted={"display_name": "Moderator"})
    deactivate_account(user=staff, by=alice)
    edit_account(user=alice, by=alice, wanted={"email": "alice.too@example.com"})
    assert acts_giving_control(staff) == acts_giving_control(alice) == []
    edit_account(user=staff, by=alice, wanted={"is_superuser": True})
    assert [act.by for act in acts_giving_control(staff)] == [alice]


@pytest.mark.once
def test_createsuperuser_creates_a_superuser(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long password")
    call_command("createsuperuser", email="root@example.com", display_name="Root", interactive=False)
    root = User.objects.get(email="root@example.com")
    assert (root.is_superuser, root.check_password("a long password")) == (True, True)
    assert browsing(root).get("/admin/").status_code == 200


@pytest.mark.once
@pytest.mark.parametrize("name", ["\u200b\u3164", "\u2800", "\u202e", "\u00a0", "\n"])
def test_createsuperuser_refuses_an_invisible_name(name: str, db: None) -> None:
    with pytest.raises(CommandError):
        call_command("createsuperuser", email="root@example.com", display_name=name, interactive=False)
    assert not User.objects.exists()
