"""Withdraw a person's lists, memberships and reservations when their account is removed."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.services.groups import leave_all_groups, lock_groups_of
from core.db.change import change, lock
from wishlists.models import Contribution, Member, Reservation, WaitlistEntry, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.lists import remove_wishlist
from wishlists.services.lists.people import remove_member
from wishlists.services.money.contributing import free_contribution
from wishlists.services.reserving import release_reservation


@change()
def withdraw_person(*, user: User) -> None:
    """Withdraw the lists of `user` and leave all groups and the lists of others. Free what they reserved and didn't buy, or
    pledged and didn't pay.
    """
    lock_groups_of(user)
    _lock_lists_of(user)
    leave_all_groups(user=user)
    WaitlistEntry.objects.in_line().filter(user=user).update(ended_at=timezone.now())
    unbought = Reservation.objects.active().unbought().filter(user=user)
    for reservation in unbought.select_related("item__wishlist").order_by("item__wishlist_id", "item_id"):
        release_reservation(reservation=reservation, by=Viewer(user=user))
    pledged = Contribution.objects.standing().filter(user=user, status=Contribution.Status.PLEDGED)
    for pledge in pledged.select_related("item__wishlist", "pot").order_by("pk"):
        free_contribution(contribution=pledge, by=Viewer(user=user))
    for wishlist in Wishlist.objects.live().filter(owner=user).order_by("pk"):
        remove_wishlist(wishlist=wishlist, by=user)
    others = Member.objects.live().filter(user=user, wishlist__in=Wishlist.objects.live())
    for member in others.exclude(role=Member.Role.OWNER).select_related("wishlist").order_by("wishlist_id"):
        remove_member(wishlist=member.wishlist, user=user, by=user)


def _lock_lists_of(user: User) -> None:
    """Lock all their lists first, ordered by id, like every other service. Otherwise two people who leave at once could
    deadlock.
    """
    reserved = Reservation.objects.active().filter(user=user).values("item__wishlist")
    places = Member.objects.live().filter(user=user).values("wishlist")
    chipped = Contribution.objects.standing().filter(user=user)
    items, pots = chipped.exclude(item=None).values("item__wishlist"), chipped.exclude(pot=None).values("pot")
    touched = Q(pk__in=reserved) | Q(pk__in=places) | Q(pk__in=items) | Q(pk__in=pots)
    lists = Wishlist.objects.filter(touched).order_by("pk")
    list(lock(lists).values_list("pk", flat=True))
