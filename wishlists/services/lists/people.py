"""Add, change and remove the members of a list, and create guests."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.addressed_people import person_with_address
from accounts.services.inbox import notify
from core.db.change import change
from core.limits.rate_limits import SHARES, refuse_beyond
from wishlists.models import Guest, Member, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.queries.group_places import roles_by_groups
from wishlists.refusals import AlreadyOwner, NoLongerInvited, NoSuchPerson, PlaceByGroup
from wishlists.services.activity import record
from wishlists.services.lists.lists import mark_shared
from wishlists.services.lists.member_roles import ROLES, set_roles
from wishlists.services.lists.recipients import make_recipients
from wishlists.services.locking import lock_wishlist, lock_wishlist_as
from wishlists.services.notices.audience_notices import tell_shared


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
    person = person_with_address(email, tenant_id=current.tenant_id, by=by)
    if person is None:
        raise NoSuchPerson
    if person.pk == current.owner_id:
        raise AlreadyOwner
    member = current.members.live().filter(user=person).first()
    if member is None:
        return _let_in(current, person, by=by, role=role, is_recipient=is_recipient), True
    _change_role(current, member, by=by, role=role)
    if is_recipient and not member.is_recipient:
        make_recipients(wishlist=current, members=[member], by=by)
    return member, False


def _let_in(wishlist: Wishlist, person: User, *, by: User, role: str, is_recipient: bool) -> Member:
    """Add a member and notify them."""
    member = _add(wishlist, person, by=by, role=role, is_recipient=is_recipient)
    record(wishlist=wishlist, kind="member_joined", by=Viewer(user=by), person=str(person.pk), role=role)
    tell_shared(wishlist=wishlist, people=[person], by=by)
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

    Somebody who is a member already keeps their role. Raises `NoLongerInvited` if somebody else removed them after the
    invitation: otherwise they could use it to come back.
    """
    current = lock_wishlist(wishlist)
    member = current.members.live().filter(user=user).first()
    if member is not None:
        # Somebody who is there through a group keeps this place when they leave the group.
        return member if member.own_role else _change_role(current, member, by=user, role=role)
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


def _change_role(wishlist: Wishlist, member: Member, *, by: User, role: str | None) -> Member:
    """Give a member a role of their own, or none if groups give them a place anyway."""
    if member.own_role == role:
        return member
    by_groups = roles_by_groups([wishlist.pk], [member.user_id])[wishlist.pk].get(member.user_id)
    set_roles(member, own=role, by_groups=by_groups)
    member.save(update_fields=ROLES)
    person = str(member.user_id)
    record(wishlist=wishlist, kind="member_role_changed", by=Viewer(user=by), person=person, role=member.role)
    return member


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
    """Remove a member. The owner may remove others; everybody else may leave. What they reserved stays in My gifts.

    Somebody who is also in a group of the list keeps the place that the group gives them. Raises `PlaceByGroup` if they
    have no other.
    """
    current = lock_wishlist(wishlist)
    if by.pk != user.pk:
        lock_wishlist_as(Viewer(user=by), current).require_owner()
    member = _member(current, user)
    if user.pk in roles_by_groups([current.pk], [user.pk])[current.pk]:
        if member.own_role is None:
            raise PlaceByGroup
        return _change_role(current, member, by=by, role=None)
    member.removed_at, member.removed_by = timezone.now(), by
    member.save(update_fields=["removed_at", "removed_by"])
    kind = "member_left" if by.pk == user.pk else "member_removed"
    record(wishlist=current, kind=kind, by=Viewer(user=by), person=str(user.pk))
    return member


@change()
def join_guest(*, wishlist: Wishlist, name: str, email: str = "", visitor: str = "") -> Guest:
    """Create a guest: a person without an account who came by the link and gave a name."""
    return Guest.objects.create(wishlist=wishlist, name=name, email=email, visitor=visitor)
