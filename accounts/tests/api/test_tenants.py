"""Administrators manage the people of their tenant, and super admins manage tenants."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import AccountActivity, Session, Tenant, User
from accounts.services.people import check_credentials
from tests.support.api_clients import Api, logged_in, refused
from tests.support.workers import run_queued_jobs

pytestmark = pytest.mark.django_db

ZOE = {"email": "zoe@example.org", "display_name": "Zoe"}
PASSWORD = "correct horse battery"


def api_of(user: User) -> Api:
    return Api(logged_in(user)["access_token"])


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.org", display_name="Root")


@pytest.fixture
def as_root(root: User) -> Api:
    return api_of(root)


@pytest.fixture
def admin(db: None, password_hash: str) -> User:
    """The administrator of another tenant."""
    elsewhere = Tenant.objects.create(name="Elsewhere")
    return User.objects.create(
        email="ada@example.org",
        display_name="Ada",
        password=password_hash,
        tenant=elsewhere,
        tenant_role="admin",
    )


@pytest.fixture
def as_admin(admin: User) -> Api:
    return api_of(admin)


@pytest.fixture
def carl(admin: User, password_hash: str) -> User:
    return User.objects.create(
        email="carl@example.org", display_name="Carl", password=password_hash, tenant=admin.tenant
    )


def test_super_admin_creates_a_tenant_whose_admin_sets_a_password(as_root: Api) -> None:
    made = as_root("POST", "/tenants", {"name": "The Müllers", "admin": ZOE})
    assert made.status_code == 201, made.text
    body = made.json()
    admin = body.pop("admin")
    assert {name: admin[name] for name in (*ZOE, "role", "is_active")} == ZOE | {
        "role": "tenant_admin",
        "is_active": True,
    }
    assert {name: body[name] for name in body if name not in ("id", "created_at")} == {
        "name": "The Müllers", "slug": "the-mullers", "is_active": True, "users_count": 1, "lists_count": 0,
    }  # fmt: skip
    assert as_root("GET", f"/tenants/{body['id']}").json() == body
    assert body in as_root("GET", "/tenants").json()
    run_queued_jobs()
    [letter] = mail.outbox
    assert letter.to == [ZOE["email"]]
    [link] = re.findall(r"/set-password/\S+", str(letter.body))
    assert Client().post(link, {"password": "another horse battery"}).status_code == 302
    zoe = check_credentials(email=ZOE["email"], password="another horse battery")
    assert str(zoe.tenant_id) == body["id"]


def test_admin_with_a_password_gets_no_mail_and_slugs_are_unique(as_root: Api) -> None:
    body = {"name": "Us", "slug": "us", "admin": ZOE | {"password": PASSWORD}}
    assert as_root("POST", "/tenants", body).status_code == 201
    assert check_credentials(email=ZOE["email"], password=PASSWORD).tenant_role == "admin"
    run_queued_jobs()
    assert mail.outbox == []
    again = body | {"admin": {"email": "y@example.org", "display_name": "Y"}}
    assert refused(as_root("POST", "/tenants", again)) == (409, "slug_taken")
    assert refused(as_root("POST", "/tenants", {"name": "Us", "admin": ZOE})) == (409, "email_taken")
    names = [tenant["slug"] for tenant in as_root("GET", "/tenants").json()]
    assert sorted(names) == ["default", "us"]
    del again["slug"]
    assert as_root("POST", "/tenants", again).json()["slug"] == "us-2"


def test_only_super_admins_manage_tenants(
    as_admin: Api, admin: User, as_alice: Api, alice: User, as_root: Api, root: User
) -> None:
    for api in (as_admin, as_alice):
        assert refused(api("GET", "/tenants")) == (403, "admin_only")
        assert refused(api("POST", "/tenants", {"name": "X", "admin": ZOE})) == (403, "admin_only")
    own, other = f"/tenants/{admin.tenant_id}", f"/tenants/{alice.tenant_id}"
    assert as_admin("GET", own).json()["name"] == "Elsewhere"
    assert as_admin("PATCH", own, {"name": "Here"}).json()["name"] == "Here"
    for body in ({"slug": "x"}, {"is_active": False}):
        assert refused(as_admin("PATCH", own, body)) == (403, "admin_only")
    assert refused(as_admin("DELETE", own)) == (403, "admin_only")
    assert refused(as_admin("GET", other)) == (404, "no_such_tenant")
    assert refused(as_admin("PATCH", other, {"name": "X"})) == (404, "no_such_tenant")
    assert refused(as_alice("GET", other)) == (403, "admin_only")
    assert refused(as_root("DELETE", other)) == (409, "tenant_needed")
    assert "tenants" not in as_alice("GET", "").text


def test_admin_manages_people_of_their_tenant_only(
    as_admin: Api, admin: User, carl: User, alice: User, as_alice: Api
) -> None:
    made = as_admin("POST", "/users", ZOE | {"role": "tenant_admin"})
    assert made.status_code == 201, made.text
    zoe = User.objects.get(pk=made.json()["id"])
    assert (zoe.tenant_id, zoe.tenant_role) == (admin.tenant_id, "admin")
    assert [row["display_name"] for row in as_admin("GET", "/users").json()] == ["Ada", "Carl", "Zoe"]
    assert [row["email"] for row in as_admin("GET", "/users?search=CARL@").json()] == [carl.email]
    assert [row["role"] for row in as_admin("GET", "/users?role=user").json()] == ["user"]
    page = as_admin("GET", "/users?page=2&page_size=2")
    assert ([row["display_name"] for row in page.json()], page["X-Total-Count"]) == (["Zoe"], "3")
    there = f"/users/{carl.pk}"
    assert as_admin("PATCH", there, {"display_name": "Karl", "role": "tenant_admin"}).json()["role"] == (
        "tenant_admin"
    )
    for method, body in (("GET", None), ("PATCH", {"display_name": "X"}), ("DELETE", None)):
        assert refused(as_admin(method, f"/users/{alice.pk}", body)) == (404, "no_such_user")
        assert refused(as_alice(method, f"/users/{alice.pk}", body)) == (403, "admin_only")
    assert refused(as_alice("GET", "/users")) == (403, "admin_only")
    assert refused(as_alice("POST", "/users", ZOE)) == (403, "admin_only")


def test_people_are_deactivated_and_activated_again(as_admin: Api, carl: User) -> None:
    as_carl = api_of(carl)
    assert as_carl("GET", "/users/me").status_code == 200
    assert as_admin("DELETE", f"/users/{carl.pk}").status_code == 204
    assert as_carl("GET", "/users/me").status_code == 401
    login = {"email": carl.email, "password": PASSWORD}
    assert refused(Api()("POST", "/auth/login", login)) == (401, "wrong_credentials")
    assert [row["is_active"] for row in as_admin("GET", "/users?is_active=false").json()] == [False]
    assert as_admin("PATCH", f"/users/{carl.pk}", {"is_active": True}).json()["is_active"] is True
    assert Api()("POST", "/auth/login", login).status_code == 200
    kinds = AccountActivity.objects.filter(user=carl).values_list("kind", flat=True)
    assert {"account_deactivated", "account_reactivated"} <= set(kinds)


def test_last_admin_stays(as_admin: Api, admin: User, carl: User) -> None:
    own = f"/users/{admin.pk}"
    for body in ({"role": "user"}, {"is_active": False}):
        assert refused(as_admin("PATCH", own, body)) == (409, "last_admin")
    assert refused(as_admin("DELETE", own)) == (409, "last_admin")
    as_admin("PATCH", f"/users/{carl.pk}", {"role": "tenant_admin"})
    assert as_admin("PATCH", own, {"role": "user"}).json()["role"] == "user"
    assert refused(as_admin("GET", "/users")) == (403, "admin_only")


def test_admins_cannot_change_staff(as_admin: Api, admin: User, carl: User) -> None:
    User.objects.filter(pk=carl.pk).update(is_staff=True)
    assert refused(as_admin("PATCH", f"/users/{carl.pk}", {"is_active": False})) == (403, "admin_only")


def test_deactivated_tenant_comes_back_whole(
    as_root: Api, admin: User, carl: User, password_hash: str
) -> None:
    as_carl, path = api_of(carl), f"/tenants/{admin.tenant_id}"
    token = as_carl("POST", "/users/me/tokens", {"name": "x", "scopes": ["account"]}).json()["token"]
    login = {"email": carl.email, "password": PASSWORD}
    browser = Client()
    browser.force_login(carl)
    assert browser.get("/lists").status_code == 200
    assert as_root("DELETE", path).status_code == 204
    assert as_root("GET", path).json()["is_active"] is False
    assert as_carl("GET", "/users/me").status_code == 401
    assert Api(token)("GET", "/users/me").status_code == 401
    assert browser.get("/lists").status_code == 302
    assert refused(Api()("POST", "/auth/login", login)) == (401, "wrong_credentials")
    assert as_root("PATCH", path, {"is_active": True}).json()["is_active"] is True
    assert Api()("POST", "/auth/login", login).status_code == 200
    assert as_carl("GET", "/users/me").status_code == 401, "they were signed out"
    assert Api(token)("GET", "/users/me").status_code == 200
    assert User.objects.filter(tenant=admin.tenant, is_active=True).count() == 2


def test_sign_in_at_the_same_moment_lets_nobody_in(admin: User, carl: User) -> None:
    """A session that is committed after the deactivation is not valid."""
    session = Session.objects.create(user=carl)
    Tenant.objects.filter(users=admin).update(is_active=False)
    assert not Session.objects.live().filter(pk=session.pk).exists()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/tenants", {"name": "X"}),
        ("POST", "/tenants", {"name": "X", "admin": {"email": "no"}}),
        ("POST", "/tenants", {"name": "X", "slug": "a b", "admin": ZOE}),
        ("POST", "/users", {"email": "zoe@example.org"}),
        ("POST", "/users", ZOE | {"role": "super_admin"}),
        ("GET", "/users?is_active=maybe", None),
    ],
)
def test_invalid_input_is_refused(as_root: Api, method: str, path: str, body: Any) -> None:
    assert as_root(method, path, body).status_code == 400
