"""The pages of invitations, and what owners and members do on the page of a list's people."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import Tenant, User
from sharing.access.invitation_tokens import Kind, invitation_token
from sharing.services.inviting import invite
from tests.support.browsing import as_user
from tests.support.workers import run_queued_jobs
from wishlists.models import Member, Wishlist


def sent(wishlist: Wishlist, email: str) -> str:
    """Return the page of an invitation."""
    by = wishlist.owner
    token = invitation_token(invite(kind=Kind.LIST, target=wishlist, by=by, email=email, role="viewer"))
    return f"/join/{token}"


def test_owner_invites_on_the_page_and_the_person_accepts(
    wishlist: Wishlist, alice: User, charlie: User
) -> None:
    owner, people = as_user(alice), f"/lists/{wishlist.pk}/members"
    form = {"email": charlie.email, "role": "editor"}
    answer = owner.post(f"/lists/{wishlist.pk}/invite", form, follow=True)
    assert f"An invitation was sent to {charlie.email}" in answer.text
    assert owner.post(f"/lists/{wishlist.pk}/invite", form | {"email": alice.email}).status_code == 422
    run_queued_jobs()
    [page] = re.findall(r"/join/[\w-]+", str(mail.outbox[-1].body))
    browser = as_user(charlie)
    shown = browser.get(page)
    assert ("Alice invites you" in shown.text, shown["Cache-Control"]) == (True, "no-store")
    assert shown["X-Robots-Tag"] == "noindex"
    assert shown["Referrer-Policy"] == "same-origin"
    joined = browser.post(page)
    assert joined["Location"] == f"/lists/{wishlist.pk}"
    assert "Charlie" in owner.get(people).text


def test_stranger_registers_in_the_tenant_of_the_list_and_verifies(
    wishlist: Wishlist, alice: User, settings: Settings
) -> None:
    elsewhere = Tenant.objects.create(name="Elsewhere")
    Wishlist.objects.filter(pk=wishlist.pk).update(tenant=elsewhere)
    User.objects.filter(pk=alice.pk).update(tenant=elsewhere)
    wishlist.refresh_from_db()
    settings.VERIFY_ADDRESSES = True
    page, browser = sent(wishlist, "new@example.org"), Client()
    shown = browser.get(page).text
    assert (f"{page}/register" in shown, "Accept" in shown) == (True, False)
    assert browser.post(page)["Location"].startswith("/login?next=")
    typed = {"email": "other@example.org", "password": "correct horse battery", "display_name": "Newt"}
    assert browser.post(f"{page}/register", typed).status_code == 422
    answer = browser.post(f"{page}/register", typed | {"email": "New@example.org"})
    assert answer["Location"].startswith("/verify-email?next=")
    newt = User.objects.get(display_name="Newt")
    assert newt.tenant_id == elsewhere.pk
    assert "Verify" in browser.get(page).text
    assert browser.post(page).status_code == 403
    User.objects.filter(pk=newt.pk).update(address_verified_at="2026-01-01T00:00Z")
    assert browser.post(page).status_code == 302
    assert Member.objects.filter(wishlist=wishlist, user=newt).exists()


def test_forwarded_and_revoked_invitations_say_why(wishlist: Wishlist, alice: User, charlie: User) -> None:
    page, browser = sent(wishlist, "dora@example.org"), as_user(charlie)
    assert "another e-mail address" in browser.get(page).text
    assert browser.post(page).status_code == 403
    as_user(alice).post(f"/lists/{wishlist.pk}/invitations/revoke")
    gone = browser.get(page)
    assert (gone.status_code, "no longer works" in gone.text) == (410, True)
    assert Client().get("/join/abc").status_code == 404


def test_declining_tells_the_inviter(wishlist: Wishlist, alice: User, charlie: User) -> None:
    page = sent(wishlist, charlie.email)
    assert as_user(charlie).post(f"{page}/decline").status_code == 302
    assert "Charlie declined your invitation" in as_user(alice).get("/inbox").text


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_owner_changes_a_role_and_a_member_leaves(
    wishlist: Wishlist, alice: User, bob: User, role: str
) -> None:
    there = f"/lists/{wishlist.pk}"
    as_user(alice).post(f"{there}/people/{bob.pk}/role", {"role": role})
    assert Member.objects.live().get(wishlist=wishlist, user=bob).role == role
    members = as_user(bob)
    assert "Invite by e-mail" not in members.get(f"{there}/members").text
    assert members.post(f"{there}/people/{alice.pk}/role", {"role": role}).status_code == 403
    assert members.post(f"{there}/leave")["Location"] == "/lists"
    assert members.get(there).status_code == 404
