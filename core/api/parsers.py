"""Parsers of request bodies, with bounds.

Either database can store what they return: an object nested at most 32 levels deep, strings without NUL and lone
surrogates, numbers that fit 64 bits. So views need not check for these, and none of them causes a 500.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

import orjson
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import parsers

from core.errors.refusals import Refusal
from core.text.text_safety import are_storable, is_storable

if TYPE_CHECKING:
    from django.http.request import _ImmutableQueryDict

MAX_BODY = 1024 * 1024
MAX_DEPTH = 32
MAX_INTEGER = 2**63 - 1


class BodyTooLarge(Refusal):
    status_code = 413
    default_code = "body_too_large"
    default_detail = _("The request is larger than 1 MiB. Send less at a time.")


class MalformedBody(Refusal):
    status_code = 400
    default_code = "malformed_body"
    default_detail = _("The body isn't valid JSON in UTF-8.")


class BoundedJSONParser(parsers.JSONParser):
    """Reads `application/json`, and `application/*+json` by negotiation.py. An empty body or null is read as `{}`.

    It must be a subclass of DRF's parser. Then DRF keeps the raw body, and `request.body` can be read (and hashed) later.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> dict[str, Any]:
        body = stream.read(MAX_BODY + 1)
        if len(body) > MAX_BODY:
            raise BodyTooLarge
        try:
            value = orjson.loads(body) if body.strip() else None
        except orjson.JSONDecodeError as error:
            raise MalformedBody from error
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise MalformedBody(_("The body must be a JSON object."))
        _look_at(value)
        return value


class StorableFormParser(parsers.FormParser):
    """Reads forms, and refuses the same characters."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> _ImmutableQueryDict:
        form = super().parse(stream, media_type, parser_context)
        _look_at_form(form)
        return form


class StorableMultiPartParser(parsers.MultiPartParser):
    """Reads uploads, and refuses the same characters in their fields. Views check the files."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> parsers.DataAndFiles[Any, Any]:
        form = super().parse(stream, media_type, parser_context)
        _look_at_form(form.data)
        return form


def _look_at(root: dict[str, Any]) -> None:
    """Check a JSON value and its depth, one level at a time and without recursion."""
    level: list[dict[str, Any] | list[Any]] = [root]
    for _depth in range(MAX_DEPTH):
        children = [child for node in level for child in _children(node)]
        level = [child for child in children if isinstance(child, dict | list)]
        if not level:
            return
    raise MalformedBody(_("The body is nested too deeply."))


def _children(node: dict[str, Any] | list[Any]) -> Iterable[Any]:
    """Return the children of `node`, after a check of its texts and numbers."""
    children: Iterable[Any] = node
    if isinstance(node, dict):
        if not are_storable(node):
            raise _unstorable()
        children = node.values()
    for child in children:
        # orjson reads integers of more than 64 bits as floats, so both types are checked.
        if isinstance(child, str):
            if not is_storable(child):
                raise _unstorable()
        elif isinstance(child, int | float) and not -MAX_INTEGER <= child <= MAX_INTEGER:
            raise MalformedBody(_("A number in the body is too large."))
    return children


def _look_at_form(form: QueryDict) -> None:
    for name, values in form.lists():
        if not are_storable([name, *(value for value in values if isinstance(value, str))]):
            raise _unstorable()


def _unstorable() -> MalformedBody:
    return MalformedBody(
        _("The body contains characters that can't be stored (NUL or half a surrogate pair).")
    )
