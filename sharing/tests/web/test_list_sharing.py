"""The pages on which an owner shares a list."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from sharing.access.capabilities import link_token
from sharing.models import PublicLink, Suggestion
from sharing.services.suggestions import suggest_item
from tests.support.markup import inline_code
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer


@pytest.fixture
def address(wishlist: Wishlist) -> str:
    return f"/lists/{wishlist.pk}"


def test_owner_creates_sees_and_revokes_the_link(alices: Client, address: str) -> None:
    assert "Create a link" in alices.get(f"{address}/sharing").text
    assert alices.get(f"{address}/link/qr.svg").status_code == 404
    assert alices.post(f"{address}/link", {})["Location"] == f"{address}/sharing"
    link = PublicLink.objects.get()
    shown = alices.get(f"{address}/sharing")
    assert f"http://testserver/s/{link_token(link)}" in shown.text
    assert inline_code(shown) == []
    picture = alices.get(f"{address}/link/qr.svg")
    assert (picture["Content-Type"], b"<svg" in picture.content) == ("image/svg+xml", True)
    assert "no-store" in picture["Cache-Control"]
    alices.post(f"{address}/link/revoke")
    assert Client().get(f"/s/{link_token(link)}").status_code == 403


def test_owner_limits_the_link(alices: Client, address: str) -> None:
    bad = alices.post(f"{address}/link", {"max_views": "0", "expires_at": "2001-01-01T10:00"})
    assert bad.status_code == 422
    assert "Choose a time in the future." in bad.text
    assert not PublicLink.objects.exists()
    alices.post(f"{address}/link", {"max_views": "3", "expires_at": "2099-01-01T10:00"})
    link = PublicLink.objects.get()
    assert (link.max_views, link.expires_at.year if link.expires_at else None) == (3, 2099)
    alices.post(f"{address}/link", {"max_views": "", "expires_at": ""})
    link.refresh_from_db()
    assert (link.max_views, link.expires_at) == (None, None)


def test_owner_adds_and_removes_a_member(
    alices: Client, address: str, wishlist: Wishlist, charlie: User
) -> None:
    unknown = alices.post(f"{address}/people", {"email": "nobody@example.com", "role": "viewer"})
    assert unknown.status_code == 422
    assert "Nobody here has this e-mail address" in unknown.text
    assert (
        alices.post(f"{address}/people", {"email": "alice@example.com", "role": "viewer"}).status_code == 422
    )
    assert (
        alices.post(f"{address}/people", {"email": "charlie@example.com", "role": "owner"}).status_code == 422
    )
    alices.post(f"{address}/people", {"email": "charlie@example.com", "role": "editor"})
    assert wishlist.members.live().get(user=charlie).role == "editor"
    assert "Charlie was added." in alices.get(f"{address}/sharing").text
    alices.post(f"{address}/people/{charlie.pk}/remove")
    assert not wishlist.members.live().filter(user=charlie).exists()


def test_owner_decides_suggestions(alices: Client, address: str, wishlist: Wishlist, bob: User) -> None:
    take = suggest_item(wishlist=wishlist, by=Viewer(user=bob), title="A pottery class")
    leave = suggest_item(wishlist=wishlist, by=Viewer(), title="A tie")
    shown = alices.get(f"{address}/suggestions")
    assert "A pottery class" in shown.text
    assert "from Bob" in shown.text
    assert "<html" not in shown.text
    alices.post(f"{address}/suggestions/{take.pk}", {"answer": "accept"})
    alices.post(f"{address}/suggestions/{leave.pk}", {"answer": "reject"})
    assert Item.objects.get().title == "A pottery class"
    assert set(Suggestion.objects.values_list("status", flat=True)) == {"accepted", "rejected"}
    assert alices.post(f"{address}/suggestions/{leave.pk}", {"answer": "accept"}).status_code == 409
    assert alices.get(f"{address}/suggestions").text.strip() == ""


def test_only_the_owner_opens_these_pages(
    bobs: Client, address: str, wishlist: Wishlist, alice: User, bob: User
) -> None:
    suggestion = suggest_item(wishlist=wishlist, by=Viewer(user=bob), title="A tie")
    for path in ("sharing", "link/qr.svg", "suggestions"):
        assert bobs.get(f"{address}/{path}").status_code == 403
    for path in (
        "link",
        "link/revoke",
        "people",
        f"people/{alice.pk}/remove",
        f"suggestions/{suggestion.pk}",
    ):
        assert bobs.post(f"{address}/{path}", {"answer": "accept"}).status_code == 403
    assert not PublicLink.objects.exists()
