"""The protocol for people and for programs: `/docs/ws` to read and try, `/api/asyncapi` to generate clients from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from core.api.renderers import encode
from realtime import protocol
from realtime.reference.asyncapi import ADDRESS, Document, document


@dataclass(frozen=True)
class Row:
    name: str
    type: str
    required: bool


@dataclass(frozen=True)
class Entry:
    """One message, or one object inside messages, as the page shows it."""

    name: str
    anchor: str
    summary: str
    rows: list[Row]
    example: str


@csrf_exempt
@require_safe
def asyncapi(request: HttpRequest) -> HttpResponse:
    """Return the AsyncAPI 3 document as JSON."""
    return HttpResponse(encode(document(), indent=True), content_type="application/json")


@csrf_exempt
@require_safe
def ws(request: HttpRequest) -> HttpResponse:
    made = document()
    messages, channel = made["components"]["messages"], made["channels"]["socket"]
    context = {
        "about": made["info"]["description"],
        "how": channel["description"],
        "address": ADDRESS,
        "said": [_message(key, one) for key, one in messages.items() if key.startswith("client.")],
        "told": [_message(key, one) for key, one in messages.items() if key.startswith("server.")],
        "held": [_held(name, schema) for name, schema in made["components"]["schemas"].items()],
        "closes": channel["x-close-codes"],
        "bounds": protocol,
        "sockets_per_person": settings.SOCKETS_PER_PERSON,
    }
    return render(request, "realtime/ws.html", context)


def _message(key: str, message: Document) -> Entry:
    example = encode(message["examples"][0]["payload"], indent=True).decode()
    return Entry(message["name"], key, message["summary"], _rows(message["payload"]), example)


def _held(name: str, schema: Document) -> Entry:
    return Entry(name, name, schema.get("description", ""), _rows(schema), "")


def _rows(schema: Document) -> list[Row]:
    required = schema.get("required", ())
    fields = schema["properties"].items()
    return [Row(name, _type(part), name in required) for name, part in fields if name != "event"]


def _type(schema: Any) -> str:
    """Return the type in a few words: `string (uuid)`, `Item`, `Item[]`, `number or null`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if parts := schema.get("anyOf") or schema.get("allOf"):
        return " or ".join(map(_type, parts))
    if "const" in schema:
        return f"“{schema['const']}”"
    if schema.get("type") == "array":
        return f"{_type(schema['items'])}[]"
    kinds = schema.get("type", "object")
    words = " or ".join(kinds) if isinstance(kinds, list) else kinds
    return f"{words} ({schema['format']})" if "format" in schema else words
