"""Moderators act through services, every act is logged, and they never see giving on lists of which they are a
recipient.
"""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.models import User
from wishlists.models import Activity, Item, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.refusals import NoSuchItem
from wishlists.services.lists.items import add_item, restore_item
from wishlists.services.reserving import reserve_item
from wishlists.tests.admin.acting import act

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(item: Item, bob: User) -> Reservation:
    seen = Item.objects.get(pk=item.pk)
    return reserve_item(item=seen, by=Viewer(user=bob), message="for Alice, from Bob")


def dashboard(moderator_client: Client) -> bytes:
    """Return the page without the mask of the CSRF token, which is random."""
    return re.sub(rb'csrfmiddlewaretoken" value="\w+"', b"", moderator_client.get("/admin/").content)


def test_dashboard_does_not_count_giving(moderator_client: Client, item: Item, bob: User) -> None:
    before = dashboard(moderator_client)
    seen = Item.objects.get(pk=item.pk)
    reserve_item(item=seen, by=Viewer(user=bob))
    assert dashboard(moderator_client) == before


def test_reservations_are_hidden_until_opened_with_a_reason(
    moderator_client: Client, moderator: User, taken: Reservation, wishlist: Wishlist
) -> None:
    assert "from Bob" not in moderator_client.get("/admin/wishlists/reservation/").content.decode()
    assert moderator_client.get(f"/admin/wishlists/reservation/{taken.pk}/change/").status_code == 302

    assert "Reason" in act(moderator_client, "wishlist", "open_what_was_given", wishlist.pk)
    assert not Activity.objects.filter(kind="moderation_giving_opened").exists()
    act(moderator_client, "wishlist", "open_what_was_given", wishlist.pk, reason="Bob asked for help")

    row = Activity.objects.get(kind="moderation_giving_opened")
    assert (row.user, row.detail, row.circle) == (moderator, {"reason": "Bob asked for help"}, "moderators")
    assert "Bob" in moderator_client.get("/admin/wishlists/reservation/").content.decode()
    assert (
        "from Bob"
        in moderator_client.get(f"/admin/wishlists/reservation/{taken.pk}/change/").content.decode()
    )


def test_recipient_cannot_open_giving_and_the_attempt_is_logged(
    taken: Reservation, alice: User, wishlist: Wishlist
) -> None:
    alice.is_staff = alice.is_superuser = True
    alice.save()
    moderator_client = Client()
    moderator_client.force_login(alice)
    act(moderator_client, "wishlist", "open_what_was_given", wishlist.pk, reason="curious")
    assert Activity.objects.filter(kind="moderation_giving_refused", user=alice).count() == 1
    page = moderator_client.get("/admin/wishlists/reservation/").content.decode()
    assert "0 reservations" in page


def test_moderator_who_becomes_a_recipient_loses_the_opened_list(
    moderator_client: Client, moderator: User, taken: Reservation, wishlist: Wishlist
) -> None:
    act(moderator_client, "wishlist", "open_what_was_given", wishlist.pk, reason="help")
    wishlist.members.create(user=moderator, role="editor", is_recipient=True)
    assert "0 reservations" in moderator_client.get("/admin/wishlists/reservation/").content.decode()
    assert "giving_opened" not in moderator_client.get("/admin/wishlists/activity/").content.decode()


def test_releasing_frees_the_units_and_is_logged(
    moderator_client: Client, taken: Reservation, wishlist: Wishlist, item: Item
) -> None:
    act(moderator_client, "wishlist", "open_what_was_given", wishlist.pk, reason="help")
    act(moderator_client, "reservation", "release", taken.pk)
    item.refresh_from_db()
    assert item.units_taken == 0
    assert Activity.objects.filter(kind="moderation_reservation_released").count() == 1


def test_hiding_a_list_needs_a_reason_and_hides_it_from_everyone(
    moderator_client: Client, alice: User, wishlist: Wishlist
) -> None:
    act(moderator_client, "wishlist", "hide", wishlist.pk)
    assert Wishlist.objects.visible_to(alice).exists()
    act(moderator_client, "wishlist", "hide", wishlist.pk, reason="spam")
    assert not Wishlist.objects.visible_to(alice).exists()
    act(moderator_client, "wishlist", "show_again", wishlist.pk, reason="no spam")
    assert Wishlist.objects.visible_to(alice).exists()


def test_correcting_an_item_keeps_what_is_taken(
    moderator_client: Client, item: Item, taken: Reservation
) -> None:
    fields = {"title": "Better kettle", "description": "", "link_url": "", "image_url": "", "position": "0"}
    answer = moderator_client.post(f"/admin/wishlists/item/{item.pk}/change/", fields)
    assert answer.status_code == 302
    item.refresh_from_db()
    assert (item.title, item.units_taken) == ("Better kettle", 1)
    row = Activity.objects.get(kind="moderation_item_changed")
    assert (row.item, row.detail) == (item, {"fields": ["title"]})
    moderator_client.post(f"/admin/wishlists/item/{item.pk}/change/", fields)
    assert Activity.objects.filter(kind="moderation_item_changed").count() == 1, "nothing was typed"


def test_removing_an_item_goes_through_the_service(
    moderator_client: Client, wishlist: Wishlist, alice: User
) -> None:
    by = Viewer(user=alice)
    items = [add_item(wishlist=wishlist, by=by, title=f"Wish {number}") for number in range(3)]
    act(moderator_client, "item", "remove_unwanted", *[item.pk for item in items], reason="spam")
    assert not wishlist.items.live().exists()
    assert Activity.objects.filter(kind="moderation_item_removed").count() == 3


def test_owner_cannot_restore_what_a_moderator_removed(
    moderator_client: Client, item: Item, alice: User
) -> None:
    act(moderator_client, "item", "remove_unwanted", item.pk, reason="spam")
    alices = Client()
    alices.force_login(alice)
    address = f"/lists/{item.wishlist_id}"
    assert "/restore" not in alices.get(address, {"removed": str(item.pk)}).content.decode()
    assert alices.post(f"{address}/items/{item.pk}/restore").status_code == 404

    with pytest.raises(NoSuchItem):
        restore_item(item=Item.objects.get(pk=item.pk), by=Viewer(user=alice))
    assert not Item.objects.live().exists()


def test_staff_see_only_their_own_tenant(wishlist: Wishlist, item: Item) -> None:
    from django.contrib.auth.models import Permission

    from accounts.models import Tenant

    other = Tenant.objects.create(name="Elsewhere")
    staff = User.objects.create(email="s@example.com", display_name="Staff", tenant=other, is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label="wishlists"))
    moderator_client = Client()
    moderator_client.force_login(staff)
    assert wishlist.title not in moderator_client.get("/admin/wishlists/wishlist/").content.decode()
    assert item.title not in moderator_client.get("/admin/wishlists/item/").content.decode()
    assert moderator_client.get(f"/admin/wishlists/item/{item.pk}/change/").status_code == 302
