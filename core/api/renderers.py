"""Renderers of answers. Sockets and caches use `encode` too, so that the same data gives the same bytes everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer
from rest_framework.utils.encoders import JSONEncoder

from core.api.negotiation import JSEND_TYPE, PROBLEM_TYPE
from core.money.money import Money

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC
_BODILESS = (204, 205, 304)
_rest_framework_default = JSONEncoder().default


def _default(value: Any) -> Any:
    """Convert what orjson cannot encode: money, and what REST framework's encoder knows, mostly lazy translations."""
    if type(value) is Money:
        return value.wire
    return _rest_framework_default(value)


def encode(data: Any, *, indent: bool = False) -> bytes:
    """Return `data` as JSON. Times are RFC 3339 with `Z`; they must be in UTC, as databases return them."""
    return orjson.dumps(data, _default, _OPTIONS | (orjson.OPT_INDENT_2 if indent else 0))


class OrjsonRenderer(BaseRenderer):
    """Renders `application/json`, and errors as `application/problem+json`.

    `None` is rendered as `null`, or as nothing for statuses that have no body.
    """

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
        # The browsable API uses this renderer for a part of its HTML page, which has its own content type.
        if response is not None and response.accepted_renderer is self:
            response["Content-Type"] = PROBLEM_TYPE if response.exception else self.content_type
        return encode(data, indent=bool(context.get("indent")))


class ProblemRenderer(OrjsonRenderer):
    """Answers clients that accept only `application/problem+json`: they get plain JSON where there is no error."""

    media_type = PROBLEM_TYPE
    format = "problem"


class JSendRenderer(BaseRenderer):
    """Renders any answer as `application/vnd.jsend+json`, in its envelope."""

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
    """Return the JSend envelope. Problem documents become `fail` (a message per field, or code and sentence) or `error`."""
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
    """Return the first message of each field; errors of no field are under `detail`."""
    messages: dict[str, str] = {}
    for error in errors:
        messages.setdefault(error["pointer"].lstrip("/").replace("/", ".") or "detail", error["detail"])
    return messages
