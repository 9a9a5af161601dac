"""Times that people enter: the end of a link is in the zone of its list, and the admin names the site's zone."""

from __future__ import annotations

from datetime import UTC, datetime

from django.test import Client

from accounts.models import User
from sharing.models import PublicLink
from wishlists.models import Wishlist

LA = "America/Los_Angeles"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def test_end_of_a_link_is_entered_in_the_lists_zone(alice: User, alices: Client, wishlist: Wishlist) -> None:
    Wishlist.objects.update(time_zone=LA)
    there = f"/lists/{wishlist.pk}/link"
    assert alices.post(there, {"expires_at": "2099-12-03T20:00"}).status_code == 302
    assert PublicLink.objects.get().expires_at == at(2099, 12, 4, 4)
    # An hour that occurs twice means its second occurrence. An hour that is skipped is refused.
    assert alices.post(there, {"expires_at": "2026-11-01T01:30"}).status_code in (302, 422)
    skipped = alices.post(there, {"expires_at": "2027-03-14T02:30"})
    assert skipped.status_code == 422
    assert "This time doesn&#x27;t exist on that day" in skipped.text


def test_admin_names_the_zone_of_the_site(db: None, client: Client) -> None:
    client.force_login(User.objects.create_superuser("mod@example.com", display_name="Moderator"))
    assert "times: UTC" in client.get("/admin/").text
