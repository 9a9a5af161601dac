"""When a moderator looks at what was given on a list, guests who gave there are mailed, and their page shows it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from jobs.worker import Worker
from sharing.access.capabilities import manage_token
from sharing.services.guests import enter_guest
from sharing.services.links import make_link
from wishlists.models import Guest, Item
from wishlists.models.viewers import Viewer
from wishlists.services.lists.messages import add_message
from wishlists.services.moderating import open_giving

pytestmark = pytest.mark.django_db


def test_guests_are_mailed_and_see_it_on_their_page(item: Item, alice: User, mailoutbox: list[Any]) -> None:
    link = make_link(wishlist=item.wishlist, by=alice)[0]
    there = Item.objects.get(pk=item.pk)
    guests = {}
    for name, confirmed_at in (("Ida", None), ("Jo", timezone.now())):
        guest = enter_guest(
            wishlist=link.wishlist, name=name, email=f"{name}@example.org".lower(), visitor="x"
        )
        Guest.objects.filter(pk=guest.pk).update(confirmed_at=confirmed_at)
        guests[name] = guest
        by = Viewer(guest=guest, by_link=True)
        add_message(item=there, by=by, lane="questions", text="Red?")
    own = enter_guest(wishlist=link.wishlist, name="Ali", email=alice.email, visitor="x")
    add_message(item=there, by=Viewer(guest=own, by_link=True), lane="questions", text="Blue?")
    moderator = User.objects.create(email="mod@example.com", display_name="Moderator", is_staff=True)
    open_giving(wishlist=item.wishlist, by=moderator, reason="Bob asked for help")
    while Worker().run_ready():
        pass
    mails = {letter.to[0]: f"{letter.subject} {letter.body}" for letter in mailoutbox}
    assert set(mails) == {"ida@example.org", "jo@example.org"}, "no mail to a recipient's address"
    assert "Moderator" in mails["jo@example.org"]
    assert "Moderator" not in mails["ida@example.org"], "only confirmed addresses get what somebody typed"
    for guest in guests.values():
        assert "Moderator, a moderator of this site" in Client().get(f"/g/{manage_token(guest)}").text
