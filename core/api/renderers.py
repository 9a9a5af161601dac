"""Answers as bytes. `encode` is also what sockets and caches use, so that one thing has one spelling everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer
from rest_framework.utils.encoders import JSONEncoder

from core.api.negotiation import JSEND_TYPE, PROBLEM_TYPE

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC
_BODILESS = (204, 205, 304)
# What orjson does not know (lazy translations, mostly) is turned into what it knows by DRF's encoder.
_default = JSONEncoder().default


def encode(data: Any, *, indent: bool = False) -> bytes:
    """`data` as JSON. Times are RFC 3339 with `Z`: databases hand them out in UTC, and only such belong in answers."""
    return orjson.dumps(data, _default, _OPTIONS | (orjson.OPT_INDENT_2 if indent else 0))


class OrjsonRenderer(BaseRenderer):
    """`application/json`. `None` is the four bytes `null`, but for statuses that have no body. Errors say so in their type."""

    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"
    content_type = "application/json"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        context = renderer_context or {}
        response = context.get("response")
        if data is None and response is not None and response.status_code in _BODILESS:
            return b""
        # The browsable API borrows this renderer for a part of its HTML; then the type is not ours to set.
        if response is not None and response.accepted_renderer is self:
            response["Content-Type"] = PROBLEM_TYPE if response.exception else self.content_type
        return encode(data, indent=bool(context.get("indent")))


class ProblemRenderer(OrjsonRenderer):
    """For clients that accept `application/problem+json` and nothing else: they get JSON where nothing went wrong."""

    media_type = PROBLEM_TYPE
    format = "problem"


class JSendRenderer(BaseRenderer):
    """`application/vnd.jsend+json`: any answer in an envelope."""

    media_type = JSEND_TYPE
    format = "jsend"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        response = (renderer_context or {}).get("response")
        status = response.status_code if response is not None else 200
        return b"" if data is None and status in _BODILESS else encode(jsend(data, status))


def jsend(data: Any, status: int) -> dict[str, Any]:
    """The envelope. Problem documents become `fail` (a message for each field, or code and sentence) or `error`."""
    if status < 400:
        return {"status": "success", "data": data}
    if not isinstance(data, Mapping):
        data = {"detail": data}
    if status >= 500:
        return {"status": "error", "message": data.get("detail")}
    if "errors" in data:
        return {"status": "fail", "data": _messages(data["errors"])}
    known = ("type", "title", "status", "instance")
    fields = {name: value for name, value in data.items() if name not in known}
    if isinstance(fields.get("detail"), Mapping):
        fields["detail"] = fields["detail"]["message"]
    return {"status": "fail", "data": fields}


def _messages(errors: list[dict[str, str]]) -> dict[str, str]:
    """The first message for each field; what belongs to no field is under `detail`."""
    messages: dict[str, str] = {}
    for error in errors:
        messages.setdefault(error["pointer"].lstrip("/").replace("/", ".") or "detail", error["detail"])
    return messages
