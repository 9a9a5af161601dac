"""Add the fields of each method to answers to OPTIONS.

They are read from the OpenAPI document, so that there is a single description. The view is not asked: many views choose
their serializer by the object, and DRF would load the object to check permissions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from rest_framework.request import Request

from core.api.options_metadata import AddressMetadata

if TYPE_CHECKING:
    from rest_framework.views import APIView  # imports its metadata class, and so this module

Schema = dict[str, Any]

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_LIMITS = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minimum": "min_value",
    "maximum": "max_value",
    "maxItems": "max_items",
    "description": "help_text",
}


class OptionsMetadata(AddressMetadata):
    """Adds `actions`: for each method that writes, its fields by name, in DRF's format."""

    read_document: ClassVar[Callable[[], Schema]]
    """Set by openapi.py, to avoid a circular import: it imports DRF's views, which import this class."""

    def determine_metadata(self, request: Request, view: APIView) -> dict[str, Any]:
        match = request._request.resolver_match
        actions = fields_by_method(type(self).read_document(), match.route) if match else {}
        return super().determine_metadata(request, view) | {"actions": actions}


def fields_by_method(document: Schema, route: str) -> dict[str, dict[str, Schema]]:
    """Return the fields by method for a URL pattern. A method without input has no fields."""
    operations: Schema = document["paths"].get("/" + _PARAMETER.sub(r"{\1}", route), {})
    return {
        method.upper(): _fields(document, operation)
        for method, operation in operations.items()
        if method in ("post", "put", "patch", "delete")
    }


def _fields(document: Schema, operation: Schema) -> dict[str, Schema]:
    content = operation.get("requestBody", {}).get("content", {})
    kind: Schema = content.get("application/json") or next(
        iter(content.values()), {}
    )  # an upload has no JSON
    body = _resolved(document, kind.get("schema", {}))
    required = body.get("required", ())
    return {
        name: _field(_resolved(document, schema), required=name in required)
        for name, schema in body.get("properties", {}).items()
    }


def _field(schema: Schema, *, required: bool) -> Schema:
    """Return the field with the keys of DRF's metadata. The types are those of the document."""
    kind = schema.get("format") or schema.get("type", "field")
    told = {name: schema[limit] for limit, name in _LIMITS.items() if limit in schema}
    choices = (
        {"choices": [value for value in schema["enum"] if value is not None]} if "enum" in schema else {}
    )
    nullable = bool(schema.get("nullable"))
    return {"type": kind, "required": required, "nullable": nullable, "read_only": False} | told | choices


def _resolved(document: Schema, schema: Schema) -> Schema:
    """Return `schema` with references replaced. Parts of `allOf` and `oneOf` (enumerations, null and "") are merged."""
    found = dict(schema)
    for reference in [found.pop("$ref", None)]:
        if reference:
            found = (
                _resolved(document, document["components"]["schemas"][reference.rpartition("/")[2]]) | found
            )
    for part in [*found.pop("allOf", ()), *found.pop("oneOf", ())]:
        other = _resolved(document, part)
        if "enum" in found and "enum" in other:
            other["enum"] = [*found["enum"], *other["enum"]]
        found |= other
    return found
