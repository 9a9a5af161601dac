"""Build the AsyncAPI document of the socket from what the server itself uses (dictionary.py, protocol.py)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from realtime.protocol import COMMANDS
from realtime.reference.dictionary import ANSWERED, CLOSES, SAID, TOLD
from realtime.reference.schemas import Schemas, example_of

ADDRESS = "/api/v1/ws"
CHANNEL = {"$ref": "#/channels/socket"}

Document = dict[str, Any]

_made: dict[str | None, Document] = {}


def document() -> Document:
    """Return the document, made once for each language: it depends on the code alone."""
    language = get_language()
    if language not in _made:
        _made[language] = _make()
    return _made[language]


def _make() -> Document:
    schemas = Schemas()
    messages = _client_messages(schemas) | _server_messages(schemas)
    components = schemas.components
    for message in messages.values():
        message["examples"] = [{"payload": example_of(message["payload"], components)}]
    return {
        "asyncapi": "3.0.0",
        "info": _info(),
        "defaultContentType": "application/json",
        "servers": {"here": _server()},
        "channels": {"socket": _channel(messages)},
        "operations": _operations(),
        "components": {"messages": messages, "schemas": components},
    }


def _info() -> Document:
    return {
        "title": "Wishlist",
        "version": "1",
        "description": _(
            "Get changes on lists as they happen, as far as you can see them. Every event has a number. "
            "If you send your last position, you get the events you missed, once and in order, or one "
            "snapshot."
        ),
        "license": {"name": "MIT"},
    }


def _server() -> Document:
    address = urlsplit(settings.SITE_URL)
    return {"host": address.netloc, "protocol": "wss" if address.scheme == "https" else "ws"}


def _channel(messages: Document) -> Document:
    token = {"type": "string"}
    names = ("access_token", "token", "public_token")
    position = {name: field.kind.schema for name, field in COMMANDS["auth"].items() if not field.required}
    query = {"type": "object", "properties": dict.fromkeys(names, token) | position}
    return {
        "address": ADDRESS,
        "title": "WebSocket",
        "description": _(
            "JSON objects in text frames. Authenticate with a message, which keeps tokens out of access "
            "logs, or in the query. A wrong token in the query is refused with 403 before the socket "
            "opens. With epoch and since in the query you resume from there: in the inbox with an access "
            "token, otherwise in the list of the public token."
        ),
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {"ws": {"method": "GET", "query": query, "bindingVersion": "0.1.0"}},
        "x-close-codes": {str(int(code)): str(text) for code, text in CLOSES.items()},
    }


def _client_messages(schemas: Schemas) -> Document:
    return {
        f"client.{event}": _message(
            event,
            SAID[event],
            schemas.message(
                event,
                {name: field.kind for name, field in fields.items() if field.required},
                {name: field.kind for name, field in fields.items() if not field.required},
            ),
        )
        for event, fields in COMMANDS.items()
    }


def _server_messages(schemas: Schemas) -> Document:
    return {
        f"server.{event}": _message(event, told.summary, schemas.message(event, told.says, told.may_say))
        for event, told in TOLD.items()
    }


def _message(event: str, summary: Promise | str, payload: Document) -> Document:
    return {"name": event, "title": event, "summary": str(summary), "payload": payload}


def _operations() -> Document:
    """Return one operation for each command of a client, with its answers, and one for all frames that come unasked."""
    operations: Document = {f"on.{event}": _receive(event) for event in COMMANDS}
    asked = {name for answers in ANSWERED.values() for name in answers}
    told = [_reference("server", event) for event in TOLD if event not in asked]
    return operations | {"tell": {"action": "send", "channel": CHANNEL, "messages": told}}


def _receive(event: str) -> Document:
    operation: Document = {
        "action": "receive",
        "channel": CHANNEL,
        "summary": str(SAID[event]),
        "messages": [_reference("client", event)],
    }
    if event in ANSWERED:
        answers = [_reference("server", answer) for answer in ANSWERED[event]]
        operation["reply"] = {"channel": CHANNEL, "messages": answers}
    return operation


def _reference(side: str, event: str) -> Document:
    return {"$ref": f"#/channels/socket/messages/{side}.{event}"}
