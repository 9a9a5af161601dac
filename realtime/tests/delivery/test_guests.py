"""Events about guests, and following a list by a guest's link."""

from __future__ import annotations

import pytest

from accounts.models import User
from realtime.access import way_by_link
from realtime.protocol import SocketError
from realtime.tests.conftest import PushedFrames
from sharing.access.capabilities import link_token
from sharing.services.links import make_link
from sharing.services.renaming import rename_guest
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.services.lists.people import join_guest
from wishlists.services.reserving import reserve_item

pytestmark = pytest.mark.django_db


def test_givers_get_a_guests_corrected_name_and_recipients_do_not(
    wishlist: Wishlist, item: Item, pushed: PushedFrames
) -> None:
    guest = join_guest(wishlist=wishlist, name="Mai")
    there = Item.objects.get(pk=item.pk)
    reserve_item(item=there, by=Viewer(guest=guest, by_link=True))
    before = pushed.names(wishlist)
    rename_guest(guest=guest, name="Mia")
    after = pushed.names(wishlist)
    assert after["recipient"] == before["recipient"]
    assert after["giver"] == [*before["giver"], "item_updated"]
    names = {
        audience: pushed.to(audience, wishlist)[-1]["item"]["reserved_by_name"]
        for audience in (Audience.GIVER, Audience.PUBLIC)
    }
    assert names == {Audience.GIVER: "Mia", Audience.PUBLIC: None}
    rename_guest(guest=guest, name="Mia")
    assert pushed.names(wishlist) == after, "the same name again is nothing new"


@pytest.mark.parametrize("mangled", ["{}.", "({})", "<{}>", "{}%20", " {}\n", "{}&gt;"])
def test_socket_accepts_a_link_that_a_chat_mangled(mangled: str, wishlist: Wishlist, alice: User) -> None:
    link = make_link(wishlist=wishlist, by=alice)[0]
    assert way_by_link(mangled.format(link_token(link)), None).link_id == link.pk
    with pytest.raises(SocketError):
        way_by_link(mangled.format(link_token(link).swapcase()), None)
