"""Pages with which administrators manage people and tenants."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Tenant, User
from tests.support.browsing import as_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(db: None) -> Client:
    return as_user(User.objects.create_superuser("root@example.org", display_name="Root"))


def test_administrator_finds_adds_and_deactivates_people(root: Client, alice: User, bob: User) -> None:
    assert "/users" in root.get("/account").text
    page = root.get("/users?search=BOB@").text
    assert (bob.email in page, alice.email in page) == (True, False)
    new = {"display_name": "Zoe", "email": "zoe@example.org", "tenant_role": "member"}
    made = root.post("/users", new)
    assert made.status_code == 302
    assert "Zoe" in root.get(made["Location"]).text
    assert root.post("/users", new).status_code == 422
    there = f"/users/{bob.pk}"
    assert root.post(there, {"display_name": "Bobby", "tenant_role": "admin"}).status_code == 302
    bob.refresh_from_db()
    assert (bob.display_name, bob.tenant_role) == ("Bobby", "admin")
    root.post(f"{there}/activity", {"active": "0"})
    assert "deactivated" in root.get(there).text
    root.post(f"{there}/activity", {"active": "1"})
    bob.refresh_from_db()
    assert bob.is_active


def test_last_administrator_gets_a_sentence(root: Client) -> None:
    own = User.objects.get(email="root@example.org")
    answer = root.post(f"/users/{own.pk}", {"display_name": "Root", "tenant_role": "member"})
    assert (answer.status_code, "only administrator" in answer.text) == (422, True)
    assert "only administrator" in root.post(f"/users/{own.pk}/activity", {"active": "0"}, follow=True).text


def test_super_admin_manages_tenants(root: Client) -> None:
    new = {"name": "Elsewhere", "admin_name": "Ada", "admin_email": "ada@example.org"}
    made = root.post("/tenants", new)
    assert root.post("/tenants", new).status_code == 422
    page = made["Location"]
    assert root.post(page, {"name": "There", "slug": "default"}).status_code == 422
    assert root.post(page, {"name": "There", "slug": "there"}).status_code == 302
    root.post(f"{page}/activity", {"active": "0"})
    assert [tenant.is_active for tenant in Tenant.objects.filter(slug="there")] == [False]
    assert "There" in root.get("/tenants").text
    default = Tenant.objects.get(slug="default")
    told = root.post(f"/tenants/{default.pk}/activity", {"active": "0"}, follow=True).text
    assert "it is your own" in told


def test_pages_are_not_there_for_others(alice: User, bob: User) -> None:
    browser = as_user(alice)
    assert "/users" not in browser.get("/account").text
    for page in ("/users", f"/users/{bob.pk}", "/tenants", f"/tenants/{alice.tenant_id}"):
        assert browser.get(page).status_code == 403
    User.objects.filter(pk=alice.pk).update(tenant_role="admin")
    assert browser.get("/users").status_code == 200
    assert "/tenants" not in browser.get("/account").text
    assert browser.get("/tenants").status_code == 403
