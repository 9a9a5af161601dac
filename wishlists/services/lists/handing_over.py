"""Give a list to another owner, by a moderator.

Handing over changes who keeps the list, and nothing about giving (docs/moderators.md): who it is for, what is reserved,
and who was blind stay as they were.
"""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.db.change import change
from wishlists.models import Member, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.refusals import HandOverRefused, NoSuchList, NoSuchPerson
from wishlists.services.activity import record
from wishlists.services.lists.lists import mark_shared
from wishlists.services.lists.recipients import make_recipients
from wishlists.services.locking import lock_wishlist
from wishlists.services.moderating import receives
from wishlists.services.notices.audience_notices import tell_who_sees_changed
from wishlists.services.notices.moderation_notices import tell_handed_over


@change()
def hand_over_wishlist(*, wishlist: Wishlist, to: User, by: User, reason: str) -> Wishlist:
    """Make `to` the owner. The former owner stays on the list as a viewer. Both are notified, and so are givers.

    A person who is a recipient, or once was, stays one. Refused if the moderator is a recipient of the list, or would
    let themselves or somebody who may be a recipient see what givers do.
    """
    current = lock_wishlist(wishlist, withdrawn_too=True)
    if current.removed_at is not None:
        raise NoSuchList
    _refuse_peeking(current, to=to, by=by)
    if not to.is_active or to.tenant_id != current.tenant_id:
        raise NoSuchPerson(_("Choose somebody with an active account."))
    was = current.owner
    if to.pk == was.pk:
        return current
    places = current.members.live()
    old = places.get(role=Member.Role.OWNER)
    old.role = Member.Role.VIEWER
    old.save(update_fields=["role"])
    new = places.filter(user=to).first() or _let_in(current, to, by)
    new.role = Member.Role.OWNER
    new.save(update_fields=["role"])
    current.owner, current.updated_at = to, timezone.now()
    current.save(update_fields=["owner", "updated_at"])
    mark_shared(wishlist=current)
    record(
        wishlist=current,
        kind="list_handed_over",
        by=Viewer(user=by),
        reason=reason,
        person=str(to.pk),
        was=str(was.pk),
    )
    tell_handed_over(wishlist=current, was=was, by=by, reason=reason)
    tell_who_sees_changed(wishlist=current, by=by)
    return current


def new_owner_of(wishlist: Wishlist, email: str) -> User:
    """Return the person with that address in the tenant of the list. An address that is not verified counts as nobody's."""
    for person in User.objects.with_address(email, tenant_id=wishlist.tenant_id, is_active=True):
        if person.address_counts:
            return person
    raise NoSuchPerson(_("Nobody with an active account has this e-mail address."))


def _refuse_peeking(wishlist: Wishlist, *, to: User, by: User) -> None:
    """Refuse if a recipient might see giving by it. Recipients who become owners stay blind, so they are no danger."""
    stays_blind = Member.objects.blinding().filter(wishlist=wishlist, user=to).exists()
    if to.pk == by.pk or receives(by, wishlist) or (receives(to, wishlist) and not stays_blind):
        raise HandOverRefused


def _let_in(wishlist: Wishlist, person: User, by: User) -> Member:
    """Add the person. Former recipients become recipients again."""
    was_recipient = wishlist.members.filter(user=person, is_recipient=True).exists()
    member = Member.objects.create(wishlist=wishlist, user=person, role=Member.Role.VIEWER)
    if was_recipient:
        make_recipients(wishlist=wishlist, members=[member], by=by, are_new=True)
    return member
