"""What receivers note while a change is open: small, equal when they say the same, so that saying it twice is once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from wishlists.models.viewers import Audience, Scope


@dataclass(frozen=True)
class ItemFact:
    wishlist_id: UUID
    item_id: UUID


class ItemAdded(ItemFact):
    """A wish is there that was not."""


class ItemRemoved(ItemFact):
    """A wish is gone."""


@dataclass(frozen=True)
class ItemChanged(ItemFact):
    """Something of an item changed; `scope` decides which audiences may learn that anything happened at all."""

    scope: Scope


@dataclass(frozen=True)
class ListFact:
    wishlist_id: UUID


class ListChanged(ListFact):
    """What the list says of itself is different."""


class ListGone(ListFact):
    """Withdrawn by its owner or hidden by a moderator."""


@dataclass(frozen=True)
class SightChanged(ListFact):
    """This audience sees more or less than before: what it was told is void, and its stream gets a new epoch."""

    audience: Audience


@dataclass(frozen=True)
class MemberMoved(ListFact):
    """`event` is `member_joined`, `member_left` or `member_removed`."""

    user_id: UUID
    event: str


@dataclass(frozen=True)
class MessageFact(ListFact):
    message_id: UUID


class MessageAdded(MessageFact):
    """Something was said, or is said differently now."""


class MessageRenamed(MessageFact):
    """Who said it has another name."""


@dataclass(frozen=True)
class MessageRemoved(MessageFact):
    """`told` are the audiences that knew of it."""

    item_id: UUID
    told: tuple[Audience, ...]


class PotChanged(ListFact):
    """More or less is in the pot of a list."""


@dataclass(frozen=True)
class CollectionFact(ListFact):
    """Somebody collects for an item, or (None) for the list as a whole."""

    item_id: UUID | None


class CollectionChanged(CollectionFact):
    """What is collected there is another thing than before, or how much of it there is."""


@dataclass(frozen=True)
class CollectionEnded(CollectionFact):
    """Nobody collects there any more."""

    collection_id: UUID


@dataclass(frozen=True)
class SuggestionAdded:
    suggestion_id: UUID


@dataclass(frozen=True)
class SuggestionRemoved:
    wishlist_id: UUID
    suggestion_id: UUID


@dataclass(frozen=True)
class NotificationAdded:
    notification_id: UUID


@dataclass(frozen=True)
class AvatarChanged:
    user_id: UUID


@dataclass(frozen=True)
class NameChanged:
    """Items that show this person's name look different to those who see names."""

    user_id: UUID


@dataclass(frozen=True)
class AccessChanged:
    """Somebody may see more or less than before; every hub looks again at whom it serves."""
