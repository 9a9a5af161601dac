"""What somebody is on a list, now: whether they were let in, as what, and whether the gifts are for them.

A viewpoint is made where rows are found or locked, and everything that depends on who asks takes it: services, the API,
pages and projections. Nothing of it is kept on the rows themselves, which may be shown to others too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from wishlists.access.audience import is_identified, sight_of
from wishlists.models import Item, Member, Wishlist
from wishlists.models.lists import WishlistQuerySet
from wishlists.models.viewers import Audience, Sight, Viewer
from wishlists.refusals import EditorsOnly, MembersOnly, OwnersOnly, RecipientsDoNotGive

EDITING_ROLES = (Member.Role.OWNER, Member.Role.EDITOR)


@dataclass(frozen=True)
class Viewpoint:
    """`viewer` before `wishlist`. `role` is None for whoever was not let in."""

    viewer: Viewer
    wishlist: Wishlist
    role: str | None = None
    is_recipient: bool = False

    @cached_property
    def audience(self) -> Audience:
        """Being a recipient outweighs everything, the way in included: with their own link too they are blind."""
        if self.is_recipient:
            return Audience.RECIPIENT
        if self.role and not self.viewer.by_link:
            return Audience.GIVER
        return Audience.PUBLIC if is_identified(self.viewer, self.wishlist) else Audience.VISITOR

    @property
    def sight(self) -> Sight:
        """What they see of giving. Asked anew each time: the list may have been revealed meanwhile."""
        return sight_of(self.audience, self.wishlist)

    @property
    def is_member(self) -> bool:
        return self.role is not None

    @property
    def is_owner(self) -> bool:
        return self.role == Member.Role.OWNER

    @property
    def is_editor(self) -> bool:
        """The owner is one too."""
        return self.role in EDITING_ROLES

    @property
    def may_suggest(self) -> bool:
        """Whether the owner hears proposals of them."""
        if self.wishlist.suggestions_from == Wishlist.Suggestions.MEMBERS:
            return self.is_member
        return self.wishlist.suggestions_from == Wishlist.Suggestions.ANYONE

    def require_giver(self) -> Viewpoint:
        """Refuse those for whom the list is, before anything is looked at: which of two answers they got would tell."""
        if self.is_recipient:
            raise RecipientsDoNotGive
        return self

    def require_member(self) -> Viewpoint:
        if not self.is_member:
            raise MembersOnly
        return self

    def require_editor(self) -> Viewpoint:
        if not self.is_editor:
            raise EditorsOnly
        return self

    def require_owner(self) -> Viewpoint:
        if not self.is_owner:
            raise OwnersOnly
        return self

    def seen_by(self, viewer: Viewer) -> Viewpoint:
        """The same for whoever turned out to look: a guest who just gave their name, say. An account stays the same."""
        return replace(self, viewer=viewer)


def viewpoint_of(viewer: Viewer, row: Wishlist) -> Viewpoint:
    """`row` comes from `WishlistQuerySet.for_viewer(viewer.user)`; what that says of the viewer is taken off it."""
    return Viewpoint(viewer, row, **_taken_off(row))


def viewpoint_on(viewer: Viewer, row: Item) -> Viewpoint:
    """At the list of `row`, which comes from `ItemQuerySet.for_viewer(viewer.user)`."""
    return Viewpoint(viewer, row.wishlist, **_taken_off(row))


def viewpoints_of(viewer: Viewer, lists: WishlistQuerySet) -> dict[UUID, Viewpoint]:
    """What `viewer` is on each of `lists`, in their order and in one statement."""
    return {row.pk: viewpoint_of(viewer, row) for row in lists.for_viewer(viewer.user)}


def _taken_off(row: Any) -> dict[str, Any]:
    values = vars(row)
    return {"role": values.pop("viewer_role"), "is_recipient": values.pop("viewer_is_recipient")}
