"""The facts that receivers note while a change is open. Facts are small, and equal facts count once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from wishlists.models.viewers import Audience, Scope


@dataclass(frozen=True)
class ItemFact:
    wishlist_id: UUID
    item_id: UUID


class ItemAdded(ItemFact):
    """An item that was not visible before is there now."""


class ItemRemoved(ItemFact):
    """An item is gone."""


@dataclass(frozen=True)
class ItemChanged(ItemFact):
    """Something about an item changed. `scope` decides which audiences may learn that anything happened."""

    scope: Scope


@dataclass(frozen=True)
class ListFact:
    wishlist_id: UUID


class ListChanged(ListFact):
    """The list's own fields changed."""


class ListGone(ListFact):
    """The owner withdrew the list, or a moderator hid it."""


@dataclass(frozen=True)
class SightChanged(ListFact):
    """This audience sees more or less than before. Its earlier events are void, and its stream gets a new epoch."""

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
    """A message was added or edited."""


class MessageRenamed(MessageFact):
    """The author of a message has a new name."""


@dataclass(frozen=True)
class MessageRemoved(MessageFact):
    """A message was removed. `told` holds the audiences that knew of it."""

    item_id: UUID
    told: tuple[Audience, ...]


class PotChanged(ListFact):
    """The amount in a list's pot changed."""


@dataclass(frozen=True)
class CollectionFact(ListFact):
    """A collection for an item, or (None) for the list's pot."""

    item_id: UUID | None


class CollectionChanged(CollectionFact):
    """A collection's settings or its amount changed."""


@dataclass(frozen=True)
class CollectionEnded(CollectionFact):
    """A collection ended."""

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
class JobProgressed:
    """A person's job has got further, or has ended."""

    job_id: UUID


@dataclass(frozen=True)
class AvatarChanged:
    user_id: UUID


@dataclass(frozen=True)
class NameChanged:
    """A person has a new name. Items that show it change for viewers who see names."""

    user_id: UUID


@dataclass(frozen=True)
class AccessChanged:
    """Somebody may see more or less than before. Every hub checks the access of its sockets again."""
