"""Find what somebody wants to report. What they may not see is not found, as if it did not exist."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from moderation.models import Report
from moderation.refusals import NoSuchTarget
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Item, Member, Message, Wishlist
from wishlists.projections.messages import talk_of
from wishlists.queries.items import visible_item
from wishlists.queries.lists import visible_list
from wishlists.refusals import NoSuchItem, NoSuchList

Target = Report.Target


@dataclass(frozen=True)
class Reported:
    """What is reported. `wishlist` is None for a person whom the reporter knows from several lists."""

    target: Target
    wishlist: Wishlist | None = None
    item: Item | None = None
    message: Message | None = None
    person: User | None = None

    @property
    def about(self) -> User | None:
        """Who answers for it. None if a guest wrote it."""
        if self.message is not None:
            return self.message.user
        if self.item is not None:
            return self.item.contributed_by or self.item.wishlist.owner
        if self.person is not None or self.wishlist is None:
            return self.person
        return self.wishlist.owner

    @property
    def is_about_giving(self) -> bool:
        """Whether moderators see it only after they opened the list."""
        return self.message is not None or (self.item is not None and self.item.is_secret)

    @property
    def quoted(self) -> str:
        """What it says now."""
        if self.message is not None:
            return self.message.text
        if self.person is not None:
            return self.person.display_name
        said = self.item or self.wishlist
        return "\n".join(text for text in (said.title, said.description) if text) if said else ""


def target_for(user: User, target: Target, pk: UUID) -> Reported:
    """Return what `user` reports, whom no link leads there. Raises `NoSuchTarget`."""
    try:
        if target is Target.LIST:
            return Reported(target, visible_list(user, pk, with_owner=True).wishlist)
        if target is Target.PERSON:
            return _person_known_to(user, pk)
        message = _message(pk) if target is Target.MESSAGE else None
        item, viewpoint = visible_item(user, message.item_id if message else pk)
    except (NoSuchList, NoSuchItem) as refusal:
        raise NoSuchTarget from refusal
    return _on_list(viewpoint, item, message)


def target_on(viewpoint: Viewpoint, target: Target, pk: UUID) -> Reported:
    """Return what somebody on a list or with its link reports there. Raises `NoSuchTarget`.

    People who came by a link know only the owner.
    """
    wishlist = viewpoint.wishlist
    if target is Target.LIST and pk == wishlist.pk:
        return Reported(target, wishlist)
    if target is Target.PERSON:
        return Reported(target, wishlist, person=_person_on(viewpoint, pk))
    message = _message(pk) if target is Target.MESSAGE else None
    items = Item.objects.seen_with(viewpoint.sight).filter(wishlist=wishlist)
    item = items.filter(pk=message.item_id if message else pk).first()
    if target is Target.LIST or item is None:
        raise NoSuchTarget
    item.wishlist = wishlist
    return _on_list(viewpoint, item, message)


def _on_list(viewpoint: Viewpoint, item: Item, message: Message | None) -> Reported:
    if message is None:
        return Reported(Target.ITEM, item.wishlist, item)
    if not talk_of(item, viewpoint).filter(pk=message.pk).exists():
        raise NoSuchTarget
    return Reported(Target.MESSAGE, item.wishlist, item, message)


def _message(pk: UUID) -> Message:
    message = Message.objects.live().select_related("user").filter(pk=pk).first()
    if message is None:
        raise NoSuchTarget
    return message


def _person_on(viewpoint: Viewpoint, pk: UUID) -> User:
    wishlist, user = viewpoint.wishlist, viewpoint.viewer.user
    members = wishlist.members.live() if viewpoint.is_member else wishlist.members.filter(user=wishlist.owner)
    person = User.objects.filter(pk=pk, is_active=True, pk__in=members.values("user")).first()
    if person is None or person == user:
        raise NoSuchTarget
    return person


def _person_known_to(user: User, pk: UUID) -> Reported:
    """Find a person who is on a list of `user`, or owns a list that `user` may open."""
    shared = Wishlist.objects.shared_with(user).values("pk")
    meeting = Member.objects.live().filter(wishlist__in=shared).values("user")
    owning = Wishlist.objects.visible_to(user).filter(owner=pk).values("owner")
    found = User.objects.filter(Q(pk__in=meeting) | Q(pk__in=owning), pk=pk, is_active=True)
    person = found.exclude(pk=user.pk).first()
    if person is None:
        raise NoSuchTarget
    return Reported(Target.PERSON, person=person)
