"""What a message means to each stream. The givers' lane is told in GIVER alone; of who asked, only GIVER hears."""

from __future__ import annotations

from collections.abc import Iterable

from realtime.capture.facts import MessageAdded, MessageFact, MessageRemoved, MessageRenamed
from realtime.log.streams import Body
from wishlists.models import Item, Message, Wishlist
from wishlists.models.viewers import Audience
from wishlists.projections.messages import names_author, project_messages, talk_audiences


def added(message: Message) -> MessageAdded:
    return MessageAdded(message.item.wishlist_id, message.pk)


def removed(message: Message) -> MessageRemoved:
    """Says all that there is to tell: of a deleted row nothing can be read any more."""
    told = tuple(talk_audiences(message.lane, message.item))
    return MessageRemoved(message.item.wishlist_id, message.pk, message.item_id, told)


def talk_again(item: Item) -> list[MessageAdded]:
    """Whoever got an item back gets what was said of it, for they forgot it with the item."""
    said = item.messages.live().order_by("created_at", "id").values_list("pk", flat=True)
    return [MessageAdded(item.wishlist_id, pk) for pk in said]


def message_events(fact: MessageFact, wishlist: Wishlist) -> Iterable[tuple[list[Audience], Body]]:
    """Events for the streams that may know, in the form of each."""
    if isinstance(fact, MessageRemoved):
        yield (
            list(fact.told),
            {
                "event": "message_removed",
                "message_id": fact.message_id,
                "item_id": fact.item_id,
            },
        )
        return
    rows = Message.objects.live().filter(pk=fact.message_id, item__in=Item.objects.live())
    for message in rows.select_related("item"):
        for audience in talk_audiences(message.lane, message.item):
            if isinstance(fact, MessageRenamed) and not _names(message, wishlist, audience):
                continue  # a name that they are not told cannot have changed for them, and silence says no less
            [shown] = project_messages(rows, wishlist, audience)
            yield [audience], {"event": "message_added", "message": shown}


def _names(message: Message, wishlist: Wishlist, audience: Audience) -> bool:
    return names_author({"answer_to_id": message.answer_to_id}, wishlist, audience)
