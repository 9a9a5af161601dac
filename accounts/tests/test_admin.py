"""The admin pages for users: changes go through services, staff stay in their tenant, and no secret is shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import AccountLink, Session, Tenant, User
from accounts.services.people import remove_user
from accounts.services.sessions import start_session
from conftest import PASSWORD

USERS = "/admin/accounts/user/"


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.com", None, display_name="Root")


@pytest.fixture
def moderator(db: None) -> User:
    """Staff of the default tenant with all permissions for accounts, but not a superuser."""
    made = User.objects.create_user("mod@example.com", None, display_name="Mod", is_staff=True)
    made.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    return made


@pytest.fixture
def elsewhere(db: None) -> User:
    tenant = Tenant.objects.create(name="Elsewhere")
    return User.objects.create_user("eve@example.com", None, display_name="Eve", tenant=tenant)


def admin_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def act(client: Client, action: str, *people: User) -> Any:
    return client.post(
        USERS,
        {"action": action, "_selected_action": [str(user.pk) for user in people], "reason": "asked to"},
        follow=True,
    )


def test_actions_deactivate_and_reactivate_users(root: User, alice: User, bob: User) -> None:
    for user in (alice, bob):
        start_session(user=user)
    assert act(admin_of(root), "deactivate", alice, bob, root).status_code == 200
    assert set(User.objects.filter(is_active=True)) == {root}
    assert Session.objects.live().get().user == root
    act(admin_of(root), "reactivate", alice, bob)
    assert User.objects.filter(is_active=True).count() == 3


def test_no_password_hash_or_token_is_shown(root: User, alice: User) -> None:
    start_session(user=alice)
    page = admin_of(root).get(f"{USERS}{alice.pk}/change/").text
    for secret in (
        alice.password,
        alice.password.split("$")[-1],
        "argon2",
        str(alice.sessions.get().refresh_id),
    ):
        assert secret not in page
    for model in ("session", "notification"):
        assert admin_of(root).get(f"/admin/accounts/{model}/").status_code == 404


@pytest.mark.parametrize("address", ["password/", "password/change/"])
def test_staff_cannot_set_a_password(root: User, alice: User, address: str) -> None:
    start_session(user=alice)
    form = {"password1": "a new password", "password2": "a new password", "password": "a new password"}
    admin_of(root).post(f"{USERS}{alice.pk}/{address}", form | {"usable_password": "true"}, follow=True)
    as_it_is = {"email": alice.email, "display_name": "Alice", "is_active": "on"}
    rights = {"tenant": str(alice.tenant_id), "tenant_role": "member"}
    admin_of(root).post(f"{USERS}{alice.pk}/change/", form | as_it_is | rights)
    assert alice.sessions.live().exists()
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)
    assert 'type="password"' not in admin_of(root).get(f"{USERS}{alice.pk}/change/").text


def test_clearing_is_active_ends_all_sessions(root: User, alice: User) -> None:
    start_session(user=alice)
    form = {
        "email": alice.email,
        "display_name": "Alice",
        "tenant": str(alice.tenant_id),
        "tenant_role": "member",
    }
    assert admin_of(root).post(f"{USERS}{alice.pk}/change/", form).status_code == 302
    alice.refresh_from_db()
    assert not alice.is_active
    assert not alice.sessions.exclude(ended_at__isnull=False).exists()


def test_search_and_filters_find_users(root: User, alice: User, bob: User) -> None:
    page = admin_of(root).get(f"{USERS}?q=alice&is_active__exact=1").text
    assert alice.email in page
    assert bob.email not in page


def test_added_user_has_no_password(root: User) -> None:
    """The new user gets no password, but a mail with a link to set one."""
    assert 'type="password"' not in admin_of(root).get(f"{USERS}add/").text
    form = {"email": "dora@example.com", "display_name": "Dora", "password1": "a long password"}
    page = admin_of(root).post(f"{USERS}add/", form | {"password2": "a long password"})
    assert page.status_code == 302
    dora = User.objects.get(email="dora@example.com")
    assert (dora.tenant, dora.has_usable_password()) == (root.tenant, False)
    twice = admin_of(root).post(f"{USERS}add/", form | {"email": "DORA@example.com"})
    assert twice.status_code == 200
    assert User.objects.filter(display_name="Dora").count() == 1


def test_staff_see_and_change_only_their_tenant(moderator: User, alice: User, elsewhere: User) -> None:
    client = admin_of(moderator)
    page = client.get(USERS).text
    assert alice.email in page
    assert elsewhere.email not in page
    assert "Elsewhere" not in page
    assert client.get(f"{USERS}{elsewhere.pk}/change/").status_code == 302
    assert client.get("/admin/accounts/tenant/").status_code == 403
    act(client, "deactivate", elsewhere, alice)
    assert list(User.objects.filter(is_active=False)) == [alice]


def test_staff_cannot_give_themselves_rights_or_change_other_staff(moderator: User, root: User) -> None:
    client = admin_of(moderator)
    form = {
        "email": moderator.email,
        "display_name": "Mod",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
    }
    client.post(f"{USERS}{moderator.pk}/change/", form)
    moderator.refresh_from_db()
    assert not moderator.is_superuser
    assert client.post(f"{USERS}{root.pk}/change/", form).status_code == 403
    act(client, "send_password_link", root)
    assert not AccountLink.objects.exists()
    act(client, "deactivate", root)
    root.refresh_from_db()
    assert root.is_active


def test_user_cannot_be_deleted_in_the_admin_and_deleted_user_stays_deleted(root: User, alice: User) -> None:
    client = admin_of(root)
    assert client.post(f"{USERS}{alice.pk}/delete/", {"post": "yes"}).status_code == 403
    remove_user(user=alice)
    act(client, "reactivate", alice)
    assert not User.objects.get(pk=alice.pk).is_active
    assert client.post(f"{USERS}{alice.pk}/change/", {"display_name": "Back"}).status_code == 403
