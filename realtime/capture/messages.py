"""Note facts about messages, and build their events. Only the stream of givers gets the givers' lane, and the authors
of questions."""

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
    """Return a fact that holds everything the event needs, because a deleted row cannot be read later."""
    told = tuple(talk_audiences(message.lane, message.item))
    return MessageRemoved(message.item.wishlist_id, message.pk, message.item_id, told)


def talk_again(item: Item) -> list[MessageAdded]:
    """Clients that get an item back had forgotten its messages: send them again."""
    said = item.messages.live().order_by("created_at", "id").values_list("pk", flat=True)
    return [MessageAdded(item.wishlist_id, pk) for pk in said]


def message_events(fact: MessageFact, wishlist: Wishlist) -> Iterable[tuple[list[Audience], Body]]:
    """Build the events for the streams that may see the message, each in its own form."""
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
    there = {"item__removed_at": None, "item__draft_of": None}
    rows = Message.objects.live().filter(pk=fact.message_id, **there)
    for message in rows.select_related("item"):
        for audience in talk_audiences(message.lane, message.item):
            if isinstance(fact, MessageRenamed) and not _names(message, wishlist, audience):
                continue  # an audience that doesn't see the author's name gets no event when it changes
            [shown] = project_messages(rows, wishlist, audience)
            yield [audience], {"event": "message_added", "message": shown}


def _names(message: Message, wishlist: Wishlist, audience: Audience) -> bool:
    return names_author({"answer_to_id": message.answer_to_id}, wishlist, audience)
