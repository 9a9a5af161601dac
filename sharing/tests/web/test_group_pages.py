"""The pages of groups, from making one to leaving it, without JavaScript."""

from __future__ import annotations

from django.core import mail
from django.test import Client

from accounts.models import Group, User
from tests.support.workers import run_queued_jobs
from wishlists.models import Member, Wishlist


def test_group_from_making_it_to_leaving_it(
    alices: Client, bobs: Client, alice: User, bob: User, charlie: User, wishlist: Wishlist
) -> None:
    made = alices.post("/groups", {"name": "Family"})
    group = Group.objects.get()
    here = f"/groups/{group.pk}"
    assert made.url == here  # type: ignore[attr-defined]
    assert alices.post(f"{here}/people", {"email": "nobody@example.com", "role": "member"}).status_code == 422
    assert alices.post(f"{here}/people", {"email": bob.email, "role": "member"}).status_code == 302
    assert "Bob" in bobs.get(here).text
    assert "Make admin" not in bobs.get(here).text
    # The owner shares the list, and says so to everybody on it.
    sharing = f"/lists/{wishlist.pk}/groups"
    assert alices.post(sharing, {"group_id": str(group.pk), "role": "editor"}).status_code == 302
    assert "through a group" not in alices.get(f"/lists/{wishlist.pk}/sharing").text, "Bob was invited before"
    assert "Shared with:" in bobs.get(f"/lists/{wishlist.pk}/members").text
    assert wishlist.title in bobs.get(here).text
    assert Member.objects.live().get(wishlist=wishlist, user=bob).role == "editor"
    # Somebody without an account gets a mail.
    assert alices.post(f"{here}/invite", {"email": "zoe@example.com", "role": "member"}).status_code == 302
    run_queued_jobs()
    assert [letter.to for letter in mail.outbox] == [["zoe@example.com"]]
    assert bobs.post(f"{here}/invite", {"email": "zoe@example.com", "role": "member"}).status_code == 422
    # Roles, names, and the last admin.
    assert alices.post(f"{here}/people/{bob.pk}", {"action": "admin"}).status_code == 302
    assert bobs.post(f"{here}/name", {"name": "Relatives", "initial-name": "Family"}).status_code == 302
    assert bobs.post(f"{here}/people/{alice.pk}", {"action": "remove"}).status_code == 302
    assert alices.get(here).status_code == 404
    assert bobs.post(f"{here}/people/{bob.pk}").status_code == 409
    assert alices.post(f"{sharing}/{group.pk}/remove").status_code == 302
    assert Member.objects.live().get(wishlist=wishlist, user=bob).role == "viewer"
    assert bobs.post(f"{here}/delete").url == "/groups"  # type: ignore[attr-defined]
    assert "Relatives" not in bobs.get("/groups").text
