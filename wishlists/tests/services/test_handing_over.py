"""A moderator gives a list to another owner: who keeps it changes, and nothing about giving (ADR 7 and 8)."""

from __future__ import annotations

import pytest

from accounts.models import Notification, User
from accounts.services.staff_accounts import create_account, deactivate_account
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Activity, Contribution, Item, Member, Reservation, WaitlistEntry, Wishlist
from wishlists.models.viewers import Sight, Viewer
from wishlists.queries.lists import list_at
from wishlists.refusals import HandOverRefused, NoSuchList, NoSuchPerson
from wishlists.services.lists.handing_over import hand_over_wishlist
from wishlists.services.lists.lists import remove_wishlist
from wishlists.services.lists.people import remove_member, share_wishlist
from wishlists.services.lists.recipients import set_recipients
from wishlists.services.moderating import hide_wishlist
from wishlists.tests.factories import take

pytestmark = pytest.mark.django_db


@pytest.fixture
def mod(db: None) -> User:
    return User.objects.create(email="mod@example.com", display_name="Mod", is_staff=True, is_superuser=True)


def on(wishlist: Wishlist, user: User) -> Viewpoint:
    return list_at(Viewer(user=user), wishlist.pk)


def handed(wishlist: Wishlist, to: User, by: User) -> Wishlist:
    return hand_over_wishlist(
        wishlist=Wishlist.objects.get(pk=wishlist.pk), to=to, by=by, reason="moved away"
    )


def giving() -> list[object]:
    return [
        list(model._default_manager.order_by("pk").values())
        for model in (Reservation, Contribution, WaitlistEntry, Item)
    ]


def test_giver_becomes_owner_and_the_recipient_stays_blind(
    wishlist: Wishlist, item: Item, alice: User, bob: User, mod: User
) -> None:
    take(item, bob)
    before = giving()
    handed(wishlist, bob, mod)
    assert giving() == before
    owner, former = on(wishlist, bob), on(wishlist, alice)
    assert (owner.is_owner, owner.sight) == (True, Sight.FULL)
    assert (former.role, former.is_recipient, former.sight) == ("viewer", True, Sight.BLIND)
    row = Activity.objects.get(kind="list_handed_over")
    assert (row.user, row.circle) == (mod, "everyone")
    assert row.detail == {"reason": "moved away", "person": str(bob.pk), "was": str(alice.pk)}
    told = Notification.objects.filter(kind="list_handed_over")
    assert {(notice.user, "moved away" in notice.body) for notice in told} == {(alice, True), (bob, True)}


def test_new_person_gets_a_place_and_former_recipients_stay_blind(
    wishlist: Wishlist, alice: User, bob: User, charlie: User, mod: User
) -> None:
    share_wishlist(wishlist=wishlist, by=alice, email=charlie.email, role="viewer", is_recipient=True)
    remove_member(wishlist=wishlist, user=charlie, by=charlie)
    handed(wishlist, charlie, mod)
    back = on(wishlist, charlie)
    assert (back.role, back.is_recipient, back.sight) == ("owner", True, Sight.BLIND)
    dora = User.objects.create(email="dora@example.com", display_name="Dora")
    handed(wishlist, dora, mod)
    assert (on(wishlist, dora).is_owner, on(wishlist, charlie).role) == (True, "viewer")
    assert Member.objects.live().filter(wishlist=wishlist, role="owner").count() == 1


def test_givers_are_told_who_keeps_the_list_now(
    wishlist: Wishlist, item: Item, alice: User, bob: User, charlie: User, mod: User
) -> None:
    take(item, bob)
    handed(wishlist, charlie, mod)
    notice = Notification.objects.get(user=bob, kind="who_sees_changed")
    assert "Charlie" in notice.body


def test_list_of_a_deactivated_owner_and_a_hidden_list_are_handed_over(
    wishlist: Wishlist, alice: User, bob: User, mod: User
) -> None:
    deactivate_account(user=alice, by=mod, reason="asked to")
    hide_wishlist(wishlist=wishlist, by=mod, reason="spam")
    handed(wishlist, bob, mod)
    assert Wishlist.objects.get(pk=wishlist.pk).owner == bob


def test_nobody_gets_to_see_giving_by_it(wishlist: Wishlist, alice: User, bob: User, mod: User) -> None:
    """Not the moderator, not a recipient who moderates, and not an account that a recipient controls."""
    puppet = create_account(by=alice, email="puppet@example.com", display_name="Puppet")
    for to, by in ((mod, mod), (bob, alice), (bob, puppet), (puppet, mod)):
        with pytest.raises(HandOverRefused):
            handed(wishlist, to, by)
    assert not Activity.objects.filter(kind="list_handed_over").exists()
    set_recipients(wishlist=wishlist, by=alice, user_ids=[alice.pk, bob.pk])
    assert on(handed(wishlist, bob, mod), bob).sight is Sight.BLIND


def test_control_puppet_would_see_giving(
    wishlist: Wishlist, alice: User, mod: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    puppet = create_account(by=alice, email="puppet@example.com", display_name="Puppet")
    monkeypatch.setattr("wishlists.services.lists.handing_over.receives", lambda *_: False)
    assert on(handed(wishlist, puppet, mod), puppet).sight is Sight.FULL


def test_only_people_who_can_log_in_become_owners(
    wishlist: Wishlist, alice: User, bob: User, charlie: User, mod: User
) -> None:
    deactivate_account(user=charlie, by=mod, reason="asked to")
    charlie.refresh_from_db()
    with pytest.raises(NoSuchPerson):
        handed(wishlist, charlie, mod)
    remove_wishlist(wishlist=wishlist, by=alice)
    with pytest.raises(NoSuchList):
        handed(wishlist, bob, mod)
