"""The dictionary of the protocol: every message that clients send and every frame that they are sent, in words.

What clients send is checked against `protocol.COMMANDS`, and described from there. What the server tells is made by
projections; here stands its form, and a test holds every frame that is really sent against it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers import NotificationSerializer, PersonSerializer
from realtime.protocol import ID, NUMBER, TEXT, Close, Kind
from sharing.api.serializers import SuggestionSerializer
from wishlists.api.serializers.items import ItemSerializer
from wishlists.api.serializers.messages import ToldMessageSerializer
from wishlists.api.serializers.money import ToldCollectionSerializer, ToldPotSerializer
from wishlists.api.serializers.wishlists import WishlistSerializer

Shape = (
    Kind | dict[str, Any] | type[serializers.Serializer[Any]] | tuple[type[serializers.Serializer[Any]], ...]
)
"""What a field holds: of a kind that clients may send too, plain JSON Schema, one serializer's answer, one of several."""


class ToldWishlistSerializer(WishlistSerializer):
    """A list as a stream carries it: the same for all of an audience, so without what is one person's."""

    my_role = None  # type: ignore[assignment]  # how DRF leaves out what is inherited
    i_am_recipient = None  # type: ignore[assignment]


class ListSnapshotSerializer(serializers.Serializer[Any]):
    wishlist = ToldWishlistSerializer()
    items = ItemSerializer(many=True)
    collections = ToldCollectionSerializer(many=True)
    pot = ToldPotSerializer()


class InboxSnapshotSerializer(serializers.Serializer[Any]):
    notifications = NotificationSerializer(many=True)


@dataclass(frozen=True)
class Message:
    """One frame of the server: what it means, what it says, and what it says only sometimes."""

    summary: Promise | str
    says: dict[str, Shape] = field(default_factory=dict)
    may_say: dict[str, Shape] = field(default_factory=dict)


def _of_list(summary: Promise | str, **says: Shape) -> Message:
    return Message(summary, {"wishlist_id": ID, "seq": NUMBER, **says})


def _of_inbox(summary: Promise | str, **says: Shape) -> Message:
    return Message(summary, {"stream": INBOX, "seq": NUMBER, **says})


INBOX: Shape = {"type": "string", "const": "inbox"}
BOOLEAN: Shape = {"type": "boolean"}
ADDRESS: Shape = {"type": ["string", "null"]}
SNAPSHOT: Shape = (ListSnapshotSerializer, InboxSnapshotSerializer)

SAID: dict[str, Promise | str] = {
    "auth": _("Say who you are. Your inbox is followed from then on."),
    "subscribe": _("Follow a list that is shared with you."),
    "subscribe_public": _("Follow the list behind a public link; no account is needed."),
    "unsubscribe": _("Follow this list no longer."),
    "ack": _("Optional: how far you have read. Without wishlist_id it is about the inbox."),
    "ping": _("Ask whether anybody is there."),
    "pong": _("The answer to the server's ping."),
}
ANSWERED: dict[str, list[str]] = {
    "auth": ["authenticated", "error"],
    "subscribe": ["subscribed", "error"],
    "subscribe_public": ["subscribed", "error"],
    "unsubscribe": ["unsubscribed"],
    "ping": ["pong"],
}

TOLD: dict[str, Message] = {
    "authenticated": Message(
        _("You are known. Your inbox goes on from seq."), {"user_id": ID, "epoch": TEXT, "seq": NUMBER}
    ),
    "subscribed": Message(
        _("You follow this list, from seq on: what you missed comes next, or one resync."),
        {"wishlist_id": ID, "epoch": TEXT, "seq": NUMBER},
        {"public": BOOLEAN},
    ),
    "unsubscribed": Message(
        _("You follow this list no longer. With a code it was not you who ended it."),
        {"wishlist_id": ID},
        {"code": NUMBER, "reason": TEXT},
    ),
    "item_added": _of_list(_("A new item."), item=ItemSerializer),
    "item_updated": _of_list(_("An item as it is now, whole."), item=ItemSerializer),
    "item_removed": _of_list(_("An item is gone."), item_id=ID),
    "list_updated": _of_list(_("The list as it is now, without its items."), wishlist=ToldWishlistSerializer),
    "list_deleted": _of_list(_("The list is gone.")),
    "member_joined": _of_list(
        _("Somebody was let in. Told to recipients and givers."), user=PersonSerializer
    ),
    "member_left": _of_list(_("Somebody left. Told to recipients and givers."), user=PersonSerializer),
    "member_removed": _of_list(
        _("Somebody was taken off. Told to recipients and givers."), user=PersonSerializer
    ),
    "message_added": _of_list(
        _("Something was said about an item, as you may know of it. One that you know already is replaced."),
        message=ToldMessageSerializer,
    ),
    "message_removed": _of_list(
        _("Somebody took their words back."),
        message_id=ID,
        item_id=ID,
    ),
    "collection_updated": _of_list(
        _(
            "What is collected for an item, or for the list as a whole, as it is now. One that you know is replaced."
        ),
        collection=ToldCollectionSerializer,
    ),
    "collection_removed": _of_list(_("Nobody collects for this any more."), collection_id=ID),
    "pot_updated": _of_list(_("What is in the pot of the list now."), pot=ToldPotSerializer),
    "suggestion_added": _of_inbox(
        _("Somebody suggested a wish, for a list of yours."), wishlist_id=ID, suggestion=SuggestionSerializer
    ),
    "suggestion_removed": _of_inbox(
        _("A suggestion was accepted, rejected or taken back."), wishlist_id=ID, suggestion_id=ID
    ),
    "notification": _of_inbox(
        _("A new message in your inbox, or one that you know and that says more: it takes that one's place."),
        notification=NotificationSerializer,
    ),
    "avatar_changed": _of_inbox(
        _("Somebody with whom you share a list has a new picture."), user_id=ID, avatar_url=ADDRESS
    ),
    "job_progress": _of_inbox(
        _("How far a job of yours has come."), job_id=ID, done=NUMBER, total=NUMBER, state=TEXT
    ),
    "head": Message(
        _("How far a stream has come; if you are not there, subscribe again with since."),
        {"seq": NUMBER},
        {"wishlist_id": ID, "stream": INBOX},
    ),
    "resync": Message(
        _("What you missed cannot be told one by one: this is how things are at seq. Replace what you have."),
        {"epoch": TEXT, "seq": NUMBER, "snapshot": SNAPSHOT},
        {"wishlist_id": ID, "stream": INBOX},
    ),
    "ping": Message(_("Answer with pong."), {"ts": NUMBER}),
    "pong": Message(_("The answer to your ping.")),
    "error": Message(
        _("Something that you asked for was refused."),
        {"code": TEXT, "message": TEXT},
        {"wishlist_id": ID, "retry_after": NUMBER},
    ),
}

CLOSES: dict[Close, Promise | str] = {
    Close.BAD_FRAMES: _("Binary, or five frames that were no message."),
    Close.NOT_AUTHENTICATED: _("Not authenticated, or the session has ended. Log in again."),
    Close.WITHDRAWN: _("The list is no longer shared with you."),
    Close.NO_SUCH_LIST: _("No such list."),
    Close.NOT_IDENTIFIED: _("Nobody said in time who they are."),
    Close.GONE: _("The list, or the link to it, is gone."),
    Close.TOO_LARGE: _("A frame was too large."),
    Close.TOO_MANY: _("Too many sockets or messages. Wait before you come back."),
    Close.TOO_SLOW: _("You did not read. Come back with since."),
    Close.COME_BACK: _("The server is going away. Come back with since."),
}
