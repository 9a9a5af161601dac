"""Describe every message that clients send, and every frame that they receive.

Messages of clients are checked against `protocol.COMMANDS` and described from it. Projections make the server's frames.
This module describes their form, and a test checks every frame that is sent against it.
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
"""The type of a field: one that clients may send too, plain JSON Schema, the output of a serializer, or one of
several."""


class ToldWishlistSerializer(WishlistSerializer):
    """A list as it is sent in events, without what differs from person to person."""

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
    """One frame of the server: its meaning, its fields, and its optional fields."""

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
    "auth": _("Authenticate. You are subscribed to your inbox from then on."),
    "subscribe": _(
        "Subscribe to a list that is shared with you. Clients of shared lists may also write "
        '{"type": "subscribe", "payload": {"list_id": "…"}}'
        ", and then get item_deleted in place of item_removed."
    ),
    "subscribe_public": _("Subscribe to the list behind a public link. You don't need an account."),
    "unsubscribe": _("Unsubscribe from a list."),
    "ack": _("Optional: tell the server how far you have read. Without wishlist_id this is about the inbox."),
    "ping": _("Check that the server is there."),
    "pong": _("Your answer to the server's ping."),
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
        _(
            "You are authenticated. Your inbox continues from seq. API tokens without the scope account have "
            "no inbox, and get neither epoch nor seq."
        ),
        {"user_id": ID},
        {"epoch": TEXT, "seq": NUMBER},
    ),
    "subscribed": Message(
        _("You are subscribed to this list from seq on. Next come the events you missed, or one resync."),
        {"wishlist_id": ID, "epoch": TEXT, "seq": NUMBER},
        {"public": BOOLEAN},
    ),
    "unsubscribed": Message(
        _(
            "You are no longer subscribed to this list. If there is a code, the server ended the "
            "subscription."
        ),
        {"wishlist_id": ID},
        {"code": NUMBER, "reason": TEXT},
    ),
    "item_added": _of_list(_("An item was added."), item=ItemSerializer),
    "item_updated": _of_list(_("An item was changed. This is the whole item."), item=ItemSerializer),
    "item_removed": _of_list(_("An item was removed."), item_id=ID),
    "list_updated": _of_list(
        _("The list was changed. This is the list without its items."), wishlist=ToldWishlistSerializer
    ),
    "list_deleted": _of_list(_("The list was deleted.")),
    "member_joined": _of_list(
        _("Someone was added to the list. Sent to recipients and givers."), user=PersonSerializer
    ),
    "member_left": _of_list(
        _("Someone left the list. Sent to recipients and givers."), user=PersonSerializer
    ),
    "member_removed": _of_list(
        _("Someone was removed from the list. Sent to recipients and givers."), user=PersonSerializer
    ),
    "message_added": _of_list(
        _("A message about an item, as far as you can see it. It replaces an earlier one with the same id."),
        message=ToldMessageSerializer,
    ),
    "message_removed": _of_list(
        _("A message was deleted."),
        message_id=ID,
        item_id=ID,
    ),
    "collection_updated": _of_list(
        _(
            "A group gift, for an item or for the whole list, was started or changed. It replaces an "
            "earlier one with the same id."
        ),
        collection=ToldCollectionSerializer,
    ),
    "collection_removed": _of_list(_("A group gift ended."), collection_id=ID),
    "pot_updated": _of_list(
        _("The group pot of the list was changed. This is its total."), pot=ToldPotSerializer
    ),
    "suggestion_added": _of_inbox(
        _("Someone suggested a wish for one of your lists."), wishlist_id=ID, suggestion=SuggestionSerializer
    ),
    "suggestion_removed": _of_inbox(
        _("A suggestion was accepted, declined or withdrawn."), wishlist_id=ID, suggestion_id=ID
    ),
    "notification": _of_inbox(
        _("A new or updated notification in your inbox. It replaces an earlier one with the same id."),
        notification=NotificationSerializer,
    ),
    "avatar_changed": _of_inbox(
        _("Someone you share a list with has a new picture."), user_id=ID, avatar_url=ADDRESS
    ),
    "job_progress": _of_inbox(
        _("The progress of one of your jobs."), job_id=ID, done=NUMBER, total=NUMBER, state=TEXT
    ),
    "head": Message(
        _("The latest position of a stream. If yours is behind, subscribe again with since."),
        {"seq": NUMBER},
        {"wishlist_id": ID, "stream": INBOX},
    ),
    "resync": Message(
        _("You missed events that can't be replayed. This is the state at seq. Replace what you have."),
        {"epoch": TEXT, "seq": NUMBER, "snapshot": SNAPSHOT},
        {"wishlist_id": ID, "stream": INBOX},
    ),
    "ping": Message(_("The server checks that you are there. Answer with pong."), {"ts": NUMBER}),
    "pong": Message(_("The server's answer to your ping.")),
    "error": Message(
        _("One of your messages was refused."),
        {"code": TEXT, "message": TEXT},
        {"wishlist_id": ID, "retry_after": NUMBER},
    ),
}

CLOSES: dict[Close, Promise | str] = {
    Close.BAD_FRAMES: _("You sent a binary frame, or five invalid messages."),
    Close.NOT_AUTHENTICATED: _("You are not authenticated, or the session has ended. Log in again."),
    Close.WITHDRAWN: _("The list is no longer shared with you."),
    Close.NO_SUCH_LIST: _("The list doesn't exist."),
    Close.NOT_IDENTIFIED: _("You didn't authenticate in time."),
    Close.GONE: _("The list or its link was deleted."),
    Close.TOO_LARGE: _("You sent a frame that is too large."),
    Close.TOO_MANY: _("You opened too many sockets or sent too many messages. Wait before you reconnect."),
    Close.TOO_SLOW: _("You didn't read fast enough. Reconnect with since."),
    Close.COME_BACK: _("The server is shutting down. Reconnect with since."),
}
