"""Add, change and remove the members of a list, and create guests."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.inbox import notify
from core.db.change import change
from core.limits.rate_limits import (
    SHARES,
    SHARES_WITH_NOBODY,
    has_room,
    hit,
    refuse_beyond,
    refused_by,
)
from wishlists.models import Guest, Member, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.refusals import AlreadyOwner, NoLongerInvited, NoSuchPerson
from wishlists.services.activity import record
from wishlists.services.lists.lists import mark_shared
from wishlists.services.lists.recipients import make_recipients
from wishlists.services.locking import lock_wishlist, lock_wishlist_as


@change()
def share_wishlist(
    *, wishlist: Wishlist, by: User, email: str, role: str, is_recipient: bool = False
) -> tuple[Member, bool]:
    """Give the person with that address access, or change their role. Return their membership, and whether it is new.

    `is_recipient`: make them a recipient; False changes nothing. Only people of the list's tenant are found, so nobody
    learns who has an account in another.
    """
    current = lock_wishlist_as(Viewer(user=by), wishlist).require_owner().wishlist
    refuse_beyond(SHARES, by.pk)
    person = _with_address(email, current, by)
    if person.pk == current.owner_id:
        raise AlreadyOwner
    member = current.members.live().filter(user=person).first()
    if member is None:
        return _let_in(current, person, by=by, role=role, is_recipient=is_recipient), True
    _change_role(current, member, by=by, role=role)
    if is_recipient and not member.is_recipient:
        make_recipients(wishlist=current, members=[member], by=by)
    return member, False


def _with_address(email: str, wishlist: Wishlist, by: User) -> User:
    """Return the person with that address. An address that its owner has not verified yet counts as nobody's.

    The answer shows who has an account. So somebody who tries many unknown addresses is refused before the look-up.
    """
    if not has_room(SHARES_WITH_NOBODY, by.pk):
        raise refused_by(SHARES_WITH_NOBODY, by.pk)
    among = {"tenant_id": wishlist.tenant_id, "is_active": True, "removed_at": None}
    for person in User.objects.with_address(email, **among):
        if person.address_counts:
            return person
    hit(SHARES_WITH_NOBODY, by.pk)
    raise NoSuchPerson


def _let_in(wishlist: Wishlist, person: User, *, by: User, role: str, is_recipient: bool) -> Member:
    """Add a member and notify them."""
    member = _add(wishlist, person, by=by, role=role, is_recipient=is_recipient)
    record(wishlist=wishlist, kind="member_joined", by=Viewer(user=by), person=str(person.pk), role=role)
    notify(
        users=[person],
        kind="wishlist_shared",
        title=_("%(name)s shared “%(list)s” with you") % {"name": by.display_name, "list": wishlist.title},
        payload={"list_title": wishlist.title, "wishlist_id": str(wishlist.pk)},
        about=f"list {wishlist.pk}",
    )
    return member


def _add(wishlist: Wishlist, person: User, *, by: User, role: str, is_recipient: bool) -> Member:
    """Add a member. Former recipients become recipients again, so leaving and coming back shows them nothing more."""
    was = wishlist.members.filter(user=person, is_recipient=True).exists()
    member = Member.objects.create(wishlist=wishlist, user=person, role=role)
    if is_recipient or was:
        make_recipients(wishlist=wishlist, members=[member], by=by, are_new=True)
    mark_shared(wishlist=wishlist)
    return member


@change()
def join_invited(
    *, wishlist: Wishlist, user: User, invited_by: User, role: str, is_recipient: bool, issued_at: datetime
) -> Member:
    """Add somebody who accepted an invitation that was issued at that time, and notify the person who invited them.

    For a member nothing changes. Raises `NoLongerInvited` if somebody else removed them after the invitation: otherwise
    they could use it to come back.
    """
    current = lock_wishlist(wishlist)
    member = current.members.live().filter(user=user).first()
    if member is not None:
        return member
    if current.members.filter(user=user, removed_at__gte=issued_at).exclude(removed_by=user).exists():
        raise NoLongerInvited
    member = _add(current, user, by=invited_by, role=role, is_recipient=is_recipient)
    record(wishlist=current, kind="invitation_accepted", by=Viewer(user=user), role=role)
    notify(
        users=[invited_by],
        kind="invitation_accepted",
        title=_("%(name)s joined “%(list)s”") % {"name": user.display_name, "list": current.title},
        payload={"list_title": current.title, "wishlist_id": str(current.pk), "name": user.display_name},
    )
    return member


@change()
def revoke_invitations(*, wishlist: Wishlist, by: User) -> Wishlist:
    """Revoke all invitations that were sent so far."""
    current = lock_wishlist_as(Viewer(user=by), wishlist).require_owner().wishlist
    current.invitations_epoch += 1
    current.save(update_fields=["invitations_epoch"])
    record(wishlist=current, kind="invitations_revoked", by=Viewer(user=by))
    return current


@change()
def change_role(*, wishlist: Wishlist, user: User, by: User, role: str) -> Member:
    """Change what a member may do. The owner's role stays."""
    current = lock_wishlist_as(Viewer(user=by), wishlist).require_owner().wishlist
    member = _member(current, user)
    _change_role(current, member, by=by, role=role)
    return member


def _change_role(wishlist: Wishlist, member: Member, *, by: User, role: str) -> None:
    if member.role == role:
        return
    member.role = role
    member.save(update_fields=["role"])
    person = str(member.user_id)
    record(wishlist=wishlist, kind="member_role_changed", by=Viewer(user=by), person=person, role=role)


def _member(wishlist: Wishlist, user: User) -> Member:
    """Return the membership, of anybody but the owner."""
    member = wishlist.members.live().filter(user=user).first()
    if member is None:
        raise NoSuchPerson(_("This person isn't on the list."))
    if member.role == Member.Role.OWNER:
        raise AlreadyOwner
    return member


@change()
def let_in_recipient(*, wishlist: Wishlist, person: User, by: User) -> Member:
    """Make an account a recipient of the list, which is locked, and a member if it is none yet."""
    member = wishlist.members.live().filter(user=person).select_related("user").first()
    if member is None:
        return _let_in(wishlist, person, by=by, role=Member.Role.VIEWER, is_recipient=True)
    if not member.is_recipient:
        make_recipients(wishlist=wishlist, members=[member], by=by)
    return member


@change()
def remove_member(*, wishlist: Wishlist, user: User, by: User) -> Member:
    """Remove a member. The owner may remove others; everybody else may leave. What they reserved stays in My gifts."""
    current = lock_wishlist(wishlist)
    if by.pk != user.pk:
        lock_wishlist_as(Viewer(user=by), current).require_owner()
    member = _member(current, user)
    member.removed_at, member.removed_by = timezone.now(), by
    member.save(update_fields=["removed_at", "removed_by"])
    kind = "member_left" if by.pk == user.pk else "member_removed"
    record(wishlist=current, kind=kind, by=Viewer(user=by), person=str(user.pk))
    return member


@change()
def join_guest(*, wishlist: Wishlist, name: str, email: str = "", visitor: str = "") -> Guest:
    """Create a guest: a person without an account who came by the link and gave a name."""
    return Guest.objects.create(wishlist=wishlist, name=name, email=email, visitor=visitor)
