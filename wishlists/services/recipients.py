"""For whom a list is, whatever they may do on it.

A recipient is blind from the moment they become one, and never by a mere setting sees again (product.md, no settings
peek): on a list that was shared, recipients are added and not taken away. What they bought or paid before they keep as
they took it (wishlists/reach.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.inbox import notify
from wishlist_project.base.change import change
from wishlists.audience import Viewer
from wishlists.models import Contribution, Member, Reservation, Waiter, Wishlist
from wishlists.refusals import NoSuchPerson, OwnersOnly, SecretSealed
from wishlists.services.activity import record
from wishlists.services.contributing import free_contribution
from wishlists.services.locking import lock_wishlist
from wishlists.services.reserving import give_back


@change()
def set_recipients(*, wishlist: Wishlist, by: User, user_ids: Collection[UUID]) -> Wishlist:
    """Say for whom of its people the list is: anybody of them, or nobody, who then has no account."""
    if wishlist.my_role != Member.Role.OWNER:
        raise OwnersOnly
    current = lock_wishlist(wishlist)
    members = list(current.members.live().select_related("user").order_by("pk"))
    if set(user_ids) - {member.user_id for member in members}:
        raise NoSuchPerson(_("Only people who are on the list can be those for whom it is."))
    leaving = [one for one in members if one.is_recipient and one.user_id not in user_ids]
    joining = [one for one in members if not one.is_recipient and one.user_id in user_ids]
    if leaving and current.shared_at is not None:
        raise SecretSealed
    for member in leaving:
        member.is_recipient = False
        member.save(update_fields=["is_recipient"])
    make_recipients(wishlist=current, members=joining, by=by)
    if leaving and not joining:
        record(wishlist=current, kind="recipients_changed", by=Viewer(user=by))
    return current


@change()
def make_recipients(*, wishlist: Wishlist, members: Iterable[Member], by: User) -> None:
    """From now on the list is for these, too. What they had not yet paid for is free again for others."""
    for member in members:
        member.is_recipient = True
        member.save(update_fields=["is_recipient"])
        _withdraw_giver(wishlist, member.user)
        record(wishlist=wishlist, kind="recipients_changed", by=Viewer(user=by), person=str(member.user_id))
        if member.user_id != by.pk:
            notify(
                users=[member.user],
                kind="made_recipient",
                title=_("“%(list)s” is for you, too") % {"list": wishlist.title},
                body=_(
                    "It stays a surprise from now on. What you had only reserved or promised there is free again; "
                    "what you have bought or paid is still among your gifts."
                ),
                payload={"list_title": wishlist.title, "wishlist_id": str(wishlist.pk)},
            )


def _withdraw_giver(wishlist: Wishlist, user: User) -> None:
    """What is bought or paid stays: it is there. What was only promised would block others for nothing."""
    giver = Viewer(user=user)
    Waiter.objects.in_line().held_by(giver).filter(item__wishlist=wishlist).update(ended_at=timezone.now())
    held = Reservation.objects.active().unbought().held_by(giver).filter(item__wishlist=wishlist)
    for reservation in held.select_related("item__wishlist").order_by("item_id"):
        give_back(reservation=reservation, by=giver, kind="reservation_released")
    pledged = Contribution.objects.standing().filter(user=user, status=Contribution.Status.PLEDGED)
    here = pledged.filter(Q(item__wishlist=wishlist) | Q(pot=wishlist))
    for pledge in here.select_related("item__wishlist", "pot").order_by("item_id", "pk"):
        free_contribution(contribution=pledge, by=giver)
