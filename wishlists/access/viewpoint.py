"""What a viewer is on one list at one moment: their role, and whether they are a recipient.

A viewpoint is made where rows are read or locked. Services, the API, pages and projections take it as an argument. It
is not stored on the rows, because the same rows may be shown to others.
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
from wishlists.refusals import EditorsOnly, MembersOnly, OwnersOnly, RecipientsDoNotGive, TicksOffInstead

EDITING_ROLES = (Member.Role.OWNER, Member.Role.EDITOR)


@dataclass(frozen=True)
class Viewpoint:
    """A viewer on a list. `role` is None if they are not a member."""

    viewer: Viewer
    wishlist: Wishlist
    role: str | None = None
    is_recipient: bool = False

    @cached_property
    def audience(self) -> Audience:
        """The audience that the viewer belongs to. Recipients are always recipients, even if they come by their own
        public link.
        """
        if self.is_recipient:
            return Audience.RECIPIENT
        if self.role and not self.viewer.by_link:
            return Audience.GIVER
        return Audience.PUBLIC if is_identified(self.viewer, self.wishlist) else Audience.VISITOR

    @property
    def sight(self) -> Sight:
        """How much of giving the viewer sees. Computed at each access, because the list may have been revealed
        meanwhile.
        """
        return sight_of(self.audience, self.wishlist)

    @property
    def is_member(self) -> bool:
        return self.role is not None

    @property
    def is_owner(self) -> bool:
        return self.role == Member.Role.OWNER

    @property
    def is_editor(self) -> bool:
        """Whether the viewer may edit the list. True for the owner, and for everybody on a shared list."""
        return self.role in EDITING_ROLES or self.ticks_off

    @property
    def ticks_off(self) -> bool:
        """Whether the viewer is on a shared list, and ticks things off instead of reserving them."""
        return self.is_member and self.wishlist.is_shared

    @property
    def marks(self) -> bool:
        """Whether the viewer sets marks: as a recipient, or on a shared list."""
        return self.is_recipient or self.ticks_off

    @property
    def may_suggest(self) -> bool:
        """Whether the viewer may suggest wishes to the owner."""
        if self.wishlist.suggestions_from == Wishlist.Suggestions.MEMBERS:
            return self.is_member
        return self.wishlist.suggestions_from == Wishlist.Suggestions.ANYONE

    def require_giver(self) -> Viewpoint:
        """Refuse recipients. Call it before anything else is read: two different answers would tell a recipient
        something. On a shared list, refuse its members.
        """
        if self.is_recipient:
            raise RecipientsDoNotGive
        if self.ticks_off:
            raise TicksOffInstead
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
        """Return this viewpoint for another viewer on the same list, such as a guest who just gave their name. The user
        must be the same.
        """
        return replace(self, viewer=viewer)


def viewpoint_of(viewer: Viewer, row: Wishlist) -> Viewpoint:
    """Return the viewpoint of `viewer` on `row`, which comes from `WishlistQuerySet.for_viewer(viewer.user)`.

    Removes the annotations about the viewer from `row`.
    """
    return Viewpoint(viewer, row, **_taken_off(row))


def viewpoint_on(viewer: Viewer, row: Item) -> Viewpoint:
    """Return the viewpoint on the list of `row`, which comes from `ItemQuerySet.for_viewer(viewer.user)`."""
    return Viewpoint(viewer, row.wishlist, **_taken_off(row))


def viewpoints_of(viewer: Viewer, lists: WishlistQuerySet) -> dict[UUID, Viewpoint]:
    """Return the viewpoint of `viewer` on each of `lists`, in the order of the queryset and in one statement."""
    return {row.pk: viewpoint_of(viewer, row) for row in lists.for_viewer(viewer.user)}


def _taken_off(row: Any) -> dict[str, Any]:
    values = vars(row)
    return {"role": values.pop("viewer_role"), "is_recipient": values.pop("viewer_is_recipient")}
