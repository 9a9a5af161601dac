"""Tell people what a moderator did to their list, wish or message.

Who is told depends on memberships and on who wrote something, never on what was given. Nobody who may not know of a
secret wish or of a message among givers is told about one.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.inbox import notify
from wishlists.models import Item, Member, Message, Wishlist


def tell_list_hidden(*, wishlist: Wishlist, by: User, reason: str) -> None:
    """Tell the members that nobody can open the list now. Only the owner reads the reason."""
    title = _("A moderator of this site has hidden “%(list)s”") % {"list": wishlist.title}
    said = _("Nobody can open it until a moderator shows it again. What was reserved there stays reserved.")
    payload = {"list_title": wishlist.title}
    for people, body in (
        (_others(wishlist, by), said),
        (_owner(wishlist, by), _with_reason(said, reason)),
    ):
        notify(
            users=people,
            kind="list_hidden",
            title=title,
            body=body,
            payload=payload,
            about=f"list {wishlist.pk}",
        )


def tell_list_shown(*, wishlist: Wishlist, by: User, reason: str) -> None:
    """Tell the members that they can open the list again. Only the owner reads the reason."""
    title = _("“%(list)s” can be opened again") % {"list": wishlist.title}
    payload = {"list_title": wishlist.title, "wishlist_id": str(wishlist.pk)}
    for people, body in ((_others(wishlist, by), ""), (_owner(wishlist, by), _with_reason("", reason))):
        notify(
            users=people,
            kind="list_shown",
            title=title,
            body=body,
            payload=payload,
            about=f"list {wishlist.pk}",
        )


def tell_handed_over(*, wishlist: Wishlist, was: User, by: User, reason: str) -> None:
    """Tell the former and the new owner, with the reason."""
    names = {"list": wishlist.title, "name": wishlist.owner.display_name}
    payload = {
        "list_title": wishlist.title,
        "wishlist_id": str(wishlist.pk),
        "owner_name": wishlist.owner.display_name,
    }
    for person, title, said in (
        (
            was,
            _("A moderator of this site has given “%(list)s” to %(name)s") % names,
            _("You are still on the list, but you can no longer change it."),
        ),
        (
            wishlist.owner,
            _("A moderator of this site has made you the owner of “%(list)s”") % names,
            _("You can change it, share it, and decide who is on it. Who it is for stays as it was."),
        ),
    ):
        notify(
            users=[person],
            kind="list_handed_over",
            title=title,
            body=_with_reason(said, reason),
            payload=payload,
            about=f"list {wishlist.pk}",
        )


def tell_item_moderated(*, item: Item, by: User, reason: str) -> None:
    """Tell the owner of the list and who added the wish that a moderator removed or restored it.

    Of a secret wish, only who added it is told, unless they have become a recipient.
    """
    wishlist = item.wishlist
    concerned = Q(pk=item.contributed_by_id) if item.contributed_by_id else Q(pk__in=[])
    if not item.is_secret:
        concerned |= Q(pk=wishlist.owner_id)
    people = User.objects.filter(concerned).exclude(pk=by.pk)
    if item.is_secret:
        people = people.exclude(pk__in=Member.objects.blinding().filter(wishlist=wishlist).values("user"))
    names = {"item": item.title, "list": wishlist.title}
    gone = _("A moderator of this site has removed “%(item)s” from “%(list)s”")
    back = _("A moderator of this site has put “%(item)s” back on “%(list)s”")
    notify(
        users=people.order_by("pk"),
        kind="item_moderated",
        title=(gone if item.removed_at else back) % names,
        body=_with_reason("", reason),
        payload={"item_title": item.title, "list_title": wishlist.title},
        about=f"item {item.pk}",
    )


def tell_message_moderated(*, message: Message, by: User, reason: str) -> None:
    """Tell the author, who may no longer be on the list, so the notice quotes only what they wrote."""
    if message.user is None or message.user_id == by.pk:
        return
    gone, back = (
        _("A moderator of this site has removed a message of yours"),
        _("A moderator of this site has put a message of yours back"),
    )
    notify(
        users=[message.user],
        kind="message_moderated",
        title=gone if message.removed_at else back,
        body=_with_reason(_("You wrote: %(text)s") % {"text": message.text}, reason),
        about=f"message {message.pk}",
    )


def _owner(wishlist: Wishlist, by: User) -> QuerySet[User]:
    return User.objects.filter(pk=wishlist.owner_id).exclude(pk=by.pk)


def _others(wishlist: Wishlist, by: User) -> QuerySet[User]:
    """Return the members without the owner and the moderator."""
    members = User.objects.filter(pk__in=wishlist.members.live().values("user"))
    return members.exclude(pk__in=[wishlist.owner_id, by.pk]).order_by("pk")


def _with_reason(said: str, reason: str) -> str:
    told = _("Reason: %(reason)s") % {"reason": reason} if reason else ""
    return "\n".join(line for line in (said, told) if line)
