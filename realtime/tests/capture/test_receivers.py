"""Which streams get which events when something changes, and which get none."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from accounts.models import Notification, User
from accounts.services.people import edit_user
from core.api.renderers import encode
from core.db.change import change
from realtime.tests.conftest import PushedFrames, epoch_of
from sharing.models import Suggestion
from wishlists.access.audience import sight_of
from wishlists.models import Collection as Collecting
from wishlists.models import Contribution, Item, Member, Reservation, Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.projections.items import project_items
from wishlists.services.lists.items import add_item, edit_item, mark_item, remove_item
from wishlists.services.lists.lists import edit_wishlist, remove_wishlist
from wishlists.services.lists.people import remove_member, share_wishlist
from wishlists.services.reserving import release_reservation, reserve_item

pytestmark = pytest.mark.django_db

ALL = ("recipient", "giver", "public", "visitor")


def everybody(*events: str) -> dict[str, list[str]]:
    return {audience: list(events) for audience in ALL}


def others(*events: str) -> dict[str, list[str]]:
    """Return these events for every audience but those that must not learn what givers do: recipients and visitors."""
    return everybody(*events) | {"recipient": [], "visitor": []}


def reserved(item: Item, bob: User) -> Reservation:
    item.wishlist = Wishlist.objects.get(pk=item.wishlist_id)
    return reserve_item(item=item, by=Viewer(user=bob))


def test_every_audience_gets_a_new_item(wishlist: Wishlist, alice: User, pushed: PushedFrames) -> None:
    item = add_item(wishlist=wishlist, by=Viewer(user=alice), title="Pan", currency="EUR")
    assert pushed.names(wishlist) == everybody("item_added")
    [frame] = pushed.to(Audience.GIVER, wishlist)
    assert list(frame) == ["event", "seq", "item", "wishlist_id"]
    assert (frame["wishlist_id"], frame["item"]["id"]) == (str(wishlist.pk), str(item.pk))
    assert frame["item"]["created_at"].endswith("Z")


def test_frames_equal_a_fresh_read(wishlist: Wishlist, item: Item, bob: User, pushed: PushedFrames) -> None:
    reserved(item, bob)
    wishlist.refresh_from_db()
    for audience in (Audience.GIVER, Audience.PUBLIC):
        [frame] = pushed.to(audience, wishlist)
        [fresh] = project_items(wishlist.items.all(), wishlist, sight_of(audience, wishlist))
        assert frame["item"] == json.loads(encode(fresh))
    [giver], [public] = pushed.to(Audience.GIVER, wishlist), pushed.to(Audience.PUBLIC, wishlist)
    assert (giver["item"]["reserved_by_name"], public["item"]["reserved_by_name"]) == ("Bob", None)


def test_collection_in_another_currency_sends_givers_the_money_that_counts(
    wishlist: Wishlist, item: Item, bob: User, pushed: PushedFrames
) -> None:
    made = Collecting.objects.create(wishlist=wishlist, item=item, organiser=bob, currency="CHF")
    assert pushed.names(wishlist) == others("item_updated", "collection_updated")
    shown = pushed.to(Audience.GIVER, wishlist)[0]["item"]
    assert (shown["currency"], shown["contributed_currency"]) == ("EUR", "CHF")
    made.ended_at = timezone.now()
    made.save(update_fields=["ended_at"])
    assert pushed.to(Audience.GIVER, wishlist)[2]["item"]["contributed_currency"] == "EUR"


def test_recipients_get_no_events_of_giving_under_surprise(
    wishlist: Wishlist, item: Item, bob: User, pushed: PushedFrames
) -> None:
    reservation = reserved(item, bob)
    assert pushed.names(wishlist) == others("item_updated")
    release_reservation(reservation=reservation, by=Viewer(user=bob))
    Contribution.objects.create(item=item, user=bob, amount_minor=500, currency="EUR")
    assert pushed.names(wishlist) == others(*["item_updated"] * 3)
    assert pushed.inbox(wishlist.owner) == []


def test_control_recipients_get_events_of_giving_under_open(
    wishlist: Wishlist, item: Item, bob: User, pushed: PushedFrames
) -> None:
    """Control: with the policy *open* the same acts do reach the recipient."""
    Wishlist.objects.filter(pk=wishlist.pk).update(policy="open")
    reserved(item, bob)
    assert pushed.names(wishlist) == everybody("item_updated") | {"visitor": []}


def test_recipients_get_units_but_no_money_and_no_messages_under_status(
    wishlist: Wishlist, item: Item, bob: User, pushed: PushedFrames
) -> None:
    Wishlist.objects.filter(pk=wishlist.pk).update(policy="status")
    reservation = reserved(item, bob)
    [frame] = pushed.to(Audience.RECIPIENT, wishlist)
    assert (frame["item"]["reservation_status"], frame["item"]["reserved_by_name"]) == ("reserved", None)
    reservation.message = "from both of us"
    reservation.save(update_fields=["message"])
    Contribution.objects.create(item=item, user=bob, amount_minor=500, currency="EUR")
    assert len(pushed.to(Audience.RECIPIENT, wishlist)) == 1
    assert len(pushed.to(Audience.GIVER, wishlist)) == 3


def test_save_in_a_shell_pushes_the_same_events_as_a_service(
    wishlist: Wishlist, item: Item, alice: User, pushed: PushedFrames
) -> None:
    shell = Item.objects.get(pk=item.pk)
    shell.title = "Kettle, red"
    shell.save()
    assert pushed.names(wishlist) == everybody("item_updated")
    by_service = PushedFrames()
    edit_item(item=item, by=Viewer(user=alice), title="Kettle, blue")
    assert by_service.names(wishlist) == pushed.names(wishlist) | everybody("item_updated")


def test_full_save_pushes_only_what_it_changed(
    wishlist: Wishlist, item: Item, bob: User, pushed: PushedFrames
) -> None:
    """A moderator corrects the number of taken units with a plain `save()` of every column. Recipients get no event."""
    shell = Item.objects.get(pk=item.pk)
    shell.units_taken = 1
    shell.save()
    reservation = reserve_in_shell(item, bob)
    reservation.message = "psst"
    reservation.save()
    assert pushed.names(wishlist) == others(*["item_updated"] * 3)
    assert "psst" not in json.dumps(pushed.to(Audience.PUBLIC, wishlist))


def reserve_in_shell(item: Item, bob: User) -> Reservation:
    return Reservation.objects.create(item=item, user=bob, currency="EUR")


def test_several_facts_of_one_change_become_one_event(
    wishlist: Wishlist, item: Item, alice: User, pushed: PushedFrames
) -> None:
    by = Viewer(user=alice)
    with change():
        added = add_item(wishlist=wishlist, by=by, title="Pan", currency="EUR")
        edit_item(item=added, by=by, title="Frying pan")
        gone = add_item(wishlist=wishlist, by=by, title="Never was", currency="EUR")
        remove_item(item=gone, by=by)
        edit_item(item=item, by=by, title="Old kettle")
        remove_item(item=item, by=by)
    assert pushed.names(wishlist) == everybody("item_added", "item_removed")
    assert pushed.to(Audience.PUBLIC, wishlist)[0]["item"]["title"] == "Frying pan"
    assert pushed.to(Audience.PUBLIC, wishlist)[1]["item_id"] == str(item.pk)


def test_every_audience_gets_a_recipients_mark(
    wishlist: Wishlist, item: Item, alice: User, pushed: PushedFrames
) -> None:
    item.wishlist = wishlist
    mark_item(item=item, by=Viewer(user=alice), mark="received")
    assert pushed.names(wishlist) == everybody("item_updated")


def test_changes_of_a_withdrawn_item_push_nothing(
    wishlist: Wishlist, item: Item, alice: User, bob: User, pushed: PushedFrames
) -> None:
    reservation = reserved(item, bob)
    item.wishlist = wishlist
    remove_item(item=item, by=Viewer(user=alice))
    later = PushedFrames()
    release_reservation(reservation=reservation, by=Viewer(user=bob))
    assert later.names(wishlist) == everybody()


def test_deleted_row_is_pushed_as_item_removed(wishlist: Wishlist, alice: User, pushed: PushedFrames) -> None:
    item = Item.objects.create(wishlist=wishlist, title="x", currency="EUR", updated_at=timezone.now())
    item.delete()
    assert pushed.names(wishlist) == everybody("item_added", "item_removed")


def test_changes_of_the_list_itself_are_pushed(
    wishlist: Wishlist, alice: User, bob: User, pushed: PushedFrames
) -> None:
    edit_wishlist(wishlist=wishlist, by=alice, title="Alice turns 30")
    assert pushed.names(wishlist) == everybody("list_updated")
    assert pushed.to(Audience.PUBLIC, wishlist)[0]["wishlist"]["title"] == "Alice turns 30"
    gone = PushedFrames()
    remove_wishlist(wishlist=wishlist, by=alice)
    assert gone.names(wishlist) == everybody("list_deleted")
    assert [frame["event"] for frame in gone.inbox(bob)] == ["notification"]


def test_storing_that_sharing_started_pushes_nothing(wishlist: Wishlist, pushed: PushedFrames) -> None:
    wishlist.shared_at = timezone.now()
    wishlist.save(update_fields=["shared_at"])
    assert pushed.names(wishlist) == everybody()


def test_hidden_list_is_gone_and_comes_back_with_new_epochs(wishlist: Wishlist, pushed: PushedFrames) -> None:
    wishlist.hidden_at = timezone.now()
    wishlist.save(update_fields=["hidden_at"])
    assert pushed.names(wishlist) == everybody("list_deleted")
    before = {audience: epoch_of(wishlist, audience) for audience in Audience}
    wishlist.hidden_at = None
    wishlist.save()
    assert pushed.names(wishlist) == everybody("list_deleted")
    assert not {epoch_of(wishlist, audience) for audience in Audience} & set(before.values())


@pytest.mark.parametrize(
    ("settings", "renewed"),
    [
        ({"policy": "status"}, {Audience.RECIPIENT}),
        ({"revealed_at": timezone.now()}, {Audience.RECIPIENT}),
        ({"names_shown": False}, {Audience.GIVER}),
        ({"policy": "open", "names_shown": False}, {Audience.RECIPIENT, Audience.GIVER}),
        ({"title": "Another"}, set()),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_setting_that_changes_an_audiences_sight_renews_its_stream(
    wishlist: Wishlist, pushed: PushedFrames, settings: dict[str, object], renewed: set[Audience], whole: bool
) -> None:
    edit_wishlist(wishlist=wishlist, by=wishlist.owner, description="so that all streams exist")
    before = {audience: epoch_of(wishlist, audience) for audience in Audience}
    fresh = Wishlist.objects.get(pk=wishlist.pk)
    for name, value in settings.items():
        setattr(fresh, name, value)
    fresh.save(update_fields=None if whole else list(settings))
    after = {audience: epoch_of(wishlist, audience) for audience in Audience}
    assert {audience for audience in Audience if before[audience] != after[audience]} == renewed


def test_members_get_joins_and_leaves_and_the_public_does_not(
    wishlist: Wishlist, alice: User, bob: User, charlie: User, pushed: PushedFrames
) -> None:
    share_wishlist(wishlist=wishlist, by=alice, email=charlie.email, role="viewer")
    remove_member(wishlist=wishlist, user=charlie, by=alice)
    wishlist = Wishlist.objects.get(pk=wishlist.pk)
    remove_member(wishlist=wishlist, user=bob, by=bob)
    names = pushed.names(wishlist)
    assert names == {
        "recipient": ["member_joined", "member_removed", "member_left"],
        "giver": ["member_joined", "member_removed", "member_left"],
        "public": [],
        "visitor": [],
    }
    user = pushed.to(Audience.GIVER, wishlist)[0]["user"]
    assert user == {"id": str(charlie.pk), "display_name": "Charlie", "avatar_url": None}


def test_suggestions_and_notifications_go_to_the_inbox(
    wishlist: Wishlist, bob: User, pushed: PushedFrames
) -> None:
    suggestion = Suggestion.objects.create(wishlist=wishlist, suggested_by=bob, title="A bike")
    suggestion.status = Suggestion.Status.REJECTED
    suggestion.save()
    added, removed = pushed.inbox(wishlist.owner)
    assert (added["event"], added["stream"], added["suggestion"]["title"]) == (
        "suggestion_added",
        "inbox",
        "A bike",
    )
    assert (removed["event"], removed["suggestion_id"]) == ("suggestion_removed", str(suggestion.pk))
    assert removed["seq"] == added["seq"] + 1
    row = Notification.objects.create(user=bob, kind="wishlist_shared", title="hello")
    row.read_at = timezone.now()
    row.save()
    assert [frame["notification"]["id"] for frame in pushed.inbox(bob)] == [str(row.pk)]
    assert pushed.names(wishlist) == everybody()


def test_new_avatar_is_pushed_to_people_who_share_a_list(
    wishlist: Wishlist, alice: User, bob: User, charlie: User, pushed: PushedFrames
) -> None:
    edit_user(user=bob, avatar_url="https://example.com/bob.png")
    for person in (alice, bob):
        [frame] = pushed.inbox(person)
        assert (frame["event"], frame["user_id"]) == ("avatar_changed", str(bob.pk))
    assert pushed.inbox(charlie) == []


def test_new_name_is_pushed_with_the_items_that_the_person_holds(
    wishlist: Wishlist, item: Item, bob: User, pushed: PushedFrames
) -> None:
    reserved(item, bob)
    later = PushedFrames()
    edit_user(user=bob, display_name="Robert")
    assert later.names(wishlist) == others("item_updated")
    assert later.to(Audience.GIVER, wishlist)[0]["item"]["reserved_by_name"] == "Robert"


def test_member_added_in_a_shell_is_pushed(wishlist: Wishlist, charlie: User, pushed: PushedFrames) -> None:
    member = Member(wishlist=wishlist, user=charlie, role="viewer")
    member.save()
    member.removed_at, member.removed_by = timezone.now(), wishlist.owner
    member.save()
    assert pushed.names(wishlist)["giver"] == ["member_joined", "member_removed"]
