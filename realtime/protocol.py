"""The messages of the socket, in both directions, and the limits (docs/contract.md, WebSocket)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any
from uuid import UUID

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.api.renderers import encode

FRAME_BYTES = 64 * 1024
MESSAGE_BYTES = 2 * FRAME_BYTES
"""The largest message that a server accepts. Larger frames are closed with 4413 or, past this, with 1009."""
BAD_FRAMES = 5
IDENTIFY_SECONDS = 10.0
MOST_DIGITS = 19
LINK_RETRY_SECONDS = 30
SUBSCRIPTIONS_A_SOCKET = 200
COST_WINDOW_SECONDS = 10.0
COST_A_WINDOW = 1_200
COSTS = {"ack": 1, "pong": 1}
COST = 10
"""Each client may send 120 messages in ten seconds. Answers to our own frames count a tenth, because they come as
often as those frames."""


class Close(IntEnum):
    """Close codes. daphne passes on 1000 and 3000 to 4999 only, and never a reason."""

    BAD_FRAMES = 4400
    NOT_AUTHENTICATED = 4401
    WITHDRAWN = 4403
    NO_SUCH_LIST = 4404
    NOT_IDENTIFIED = 4408
    GONE = 4410
    TOO_LARGE = 4413
    TOO_MANY = 4429
    TOO_SLOW = 4430
    COME_BACK = 4503


class SocketError(Exception):
    """An error that the client is sent as `error`. `close` is the code that ends the socket, if the error is that
    serious.

    `retry_after` is the number of seconds until the client may try again. `wishlist_id` is the list that the error is
    about.
    """

    def __init__(
        self,
        code: str,
        message: Promise | str,
        *,
        close: Close | None = None,
        retry_after: int | None = None,
        wishlist_id: UUID | None = None,
    ) -> None:
        super().__init__(code)
        self.code, self.message, self.close = code, message, close
        self.retry_after, self.wishlist_id = retry_after, wishlist_id


class Unreadable(SocketError):
    """The frame is not a message at all. Five of these end the socket."""


@dataclass(frozen=True)
class Command:
    """One message of a client, parsed and checked."""

    event: str
    values: dict[str, Any]
    is_by_type: bool = False
    """The client wrote it as `{"type": …, "payload": {…}}`. It knows `item_removed` as `item_deleted`."""

    @property
    def cost(self) -> int:
        return COSTS.get(self.event, COST)


def read_command(text: str) -> Command:
    """Return the message in a frame. Raises a SocketError."""
    try:
        message = orjson.loads(text)
    except ValueError:
        raise Unreadable("bad_json", _("This is not JSON.")) from None
    by_type = _written_by_type(message)
    message = by_type or message
    event = message.get("event") if isinstance(message, dict) else None
    if not isinstance(event, str):
        raise Unreadable("bad_frame", _("Send a JSON object with an `event`."))
    fields = COMMANDS.get(event)
    if fields is None:
        raise SocketError(
            "unknown_event", _("This event doesn't exist. See the documentation for the events you can send.")
        )
    values = {name: field.read(name, message.get(name)) for name, field in fields.items()}
    return Command(event, values, is_by_type=by_type is not None)


BY_TYPE = ("subscribe", "unsubscribe")
"""Messages that clients of shared lists may also write as `{"type": "subscribe", "payload": {"list_id": "…"}}`."""


def _written_by_type(message: Any) -> dict[str, Any] | None:
    """Return such a message as all others are written, or None if it is none."""
    if not isinstance(message, dict) or "event" in message or message.get("type") not in BY_TYPE:
        return None
    payload = message.get("payload")
    values = payload if isinstance(payload, dict) else {}
    return {**values, "event": message["type"], "wishlist_id": values.get("list_id")}


def with_item_deleted(text: str) -> str:
    """Return the frame for a client that knows `item_removed` as `item_deleted`. Texts of people can't contain these
    quotes: JSON escapes them.
    """
    return text.replace('"event":"item_removed"', '"event":"item_deleted"', 1)


@dataclass(frozen=True)
class Kind:
    """The type of a value: `parse` reads it from a client's message, and `schema` describes it in the protocol's
    document."""

    parse: Callable[[Any], Any]
    schema: dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One field of a client's message. None counts as absent."""

    kind: Kind
    required: bool = True

    def read(self, name: str, value: Any) -> Any:
        if value is None and not self.required:
            return None
        try:
            return self.kind.parse(value)
        except (ValueError, TypeError):
            raise SocketError(
                "invalid_field", _("`%(name)s` is missing or wrong.") % {"name": name}
            ) from None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError
    return value


def _uuid(value: Any) -> UUID:
    if not isinstance(value, str) or len(value) != 36:
        raise ValueError
    return UUID(value)


def _number(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise ValueError
    return value


TEXT = Kind(_text, {"type": "string", "minLength": 1})
ID = Kind(_uuid, {"type": "string", "format": "uuid"})
NUMBER = Kind(_number, {"type": "integer", "minimum": 0, "maximum": 2**63 - 1})

_RESUMED = {"epoch": Field(TEXT, required=False), "since": Field(NUMBER, required=False)}
COMMANDS: dict[str, dict[str, Field]] = {
    "auth": {"access_token": Field(TEXT), **_RESUMED},
    "subscribe": {"wishlist_id": Field(ID), **_RESUMED},
    "subscribe_public": {
        "public_token": Field(TEXT),
        **_RESUMED,
        "opening": Field(TEXT, required=False),
        "manage_token": Field(TEXT, required=False),
    },
    "unsubscribe": {"wishlist_id": Field(ID)},
    "ack": {"wishlist_id": Field(ID, required=False), "seq": Field(NUMBER)},
    "ping": {},
    "pong": {},
}


def read_position(epoch: str | None, since: str | None) -> dict[str, Any]:
    """Read `epoch` and `since` from a query, where an empty value counts as absent. Raises a SocketError."""
    said: dict[str, Any] = {"epoch": epoch or None, "since": since or None}
    if since and since.isascii() and since.isdecimal() and len(since) <= MOST_DIGITS:
        said["since"] = int(since)
    return {name: field.read(name, said[name]) for name, field in _RESUMED.items()}


def frame(event: str, /, **values: Any) -> str:
    """Return a frame that is not an event of a stream. Values that are None are left out."""
    return encode(
        {"event": event} | {name: value for name, value in values.items() if value is not None}
    ).decode()


def error_frame(error: SocketError, wishlist_id: UUID | None = None) -> str:
    return frame(
        "error",
        code=error.code,
        message=str(error.message),
        wishlist_id=wishlist_id or error.wishlist_id,
        retry_after=error.retry_after,
    )


def not_authenticated() -> SocketError:
    message = _("Authenticate with a valid token first.")
    return SocketError("not_authenticated", message, close=Close.NOT_AUTHENTICATED)


def scope_missing(scope: str) -> SocketError:
    message = _("This API token needs the scope “%(scope)s” for that.") % {"scope": scope}
    return SocketError("scope_missing", message, close=Close.WITHDRAWN)


def session_ended() -> SocketError:
    return SocketError("session_ended", _("You were logged out."), close=Close.NOT_AUTHENTICATED)


def no_such_list() -> SocketError:
    return SocketError(
        "no_such_list", _("This list doesn't exist, or it isn't shared with you."), close=Close.NO_SUCH_LIST
    )


def list_gone() -> SocketError:
    return SocketError("list_gone", _("This list or its link was deleted."), close=Close.GONE)


def link_used_up() -> SocketError:
    return SocketError(
        "link_used_up", _("This link has reached its maximum number of opens."), close=Close.GONE
    )


def too_many_sockets() -> SocketError:
    return SocketError(
        "too_many_sockets",
        _("You have too many windows open here. Close some of them."),
        close=Close.TOO_MANY,
    )


def too_many_from_here() -> SocketError:
    return SocketError(
        "too_many_sockets",
        _("Too many windows are open from your network. Try again later."),
        close=Close.TOO_MANY,
    )


def too_many_on_link(wishlist_id: UUID) -> SocketError:
    return SocketError(
        "too_many_on_link",
        _("Too many people have this link open right now. Try again later."),
        close=Close.TOO_MANY,
        retry_after=LINK_RETRY_SECONDS,
        wishlist_id=wishlist_id,
    )


def too_much_at_once(retry_after: int, wishlist_id: UUID | None = None) -> SocketError:
    message = _("You have loaded too much in a short time. Try again in a moment.")
    return SocketError(
        "too_much_at_once", message, close=Close.TOO_MANY, retry_after=retry_after, wishlist_id=wishlist_id
    )


def access_withdrawn() -> SocketError:
    return SocketError(
        "access_withdrawn", _("This list is no longer shared with you."), close=Close.WITHDRAWN
    )
