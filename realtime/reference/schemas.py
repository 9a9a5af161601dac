"""Build JSON Schema for the contents of messages, from the serializers behind the OpenAPI document and from `Kind`s."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry
from rest_framework import serializers
from rest_framework.views import APIView

from realtime.protocol import Kind
from realtime.reference.dictionary import Shape

Schema = dict[str, Any]
TIMES = {"date": "2026-12-24", "date-time": "2026-12-24T18:00:00Z"}
AN_ID = "3f2b8c1e-5d4a-4e6b-9c7d-8a1b2c3d4e5f"


class Schemas:
    """The components, collected while messages are described."""

    def __init__(self) -> None:
        self._mapper: Any = AutoSchema()
        self._mapper.registry = ComponentRegistry()
        self._mapper.view, self._mapper.method, self._mapper.path = APIView(request=None), "GET", ""

    @property
    def components(self) -> dict[str, Schema]:
        built: dict[str, Schema] = self._mapper.registry.build({})["schemas"]
        return {name: _json_schema(schema) for name, schema in built.items()}

    def of(self, shape: Shape) -> Schema:
        if isinstance(shape, Kind):
            return shape.schema
        if isinstance(shape, dict):
            return shape
        if isinstance(shape, tuple):
            return {"anyOf": [self._of_serializer(one) for one in shape]}
        return self._of_serializer(shape)

    def message(self, event: str, says: dict[str, Shape], may_say: dict[str, Shape]) -> Schema:
        """Return the schema of a JSON object with `event`, these required fields and those optional ones."""
        fields = {name: self.of(shape) for name, shape in (says | may_say).items()}
        return {
            "type": "object",
            "required": ["event", *says],
            "properties": {"event": {"type": "string", "const": event}, **fields},
        }

    def _of_serializer(self, serializer: type[serializers.Serializer[Any]]) -> Schema:
        reference: Schema = self._mapper.resolve_serializer(serializer, "response").ref
        return reference


def _json_schema(schema: Any) -> Any:
    """Convert an OpenAPI 3.0 schema to JSON Schema for AsyncAPI: `nullable` becomes one more type."""
    if isinstance(schema, list):
        return [_json_schema(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _json_schema(part) for name, part in schema.items() if name != "nullable"}
    if not schema.get("nullable"):
        return plain
    if "type" in plain:
        return plain | {"type": [plain["type"], "null"]}
    return {"anyOf": [plain, {"type": "null"}]}


def example_of(schema: Schema, components: dict[str, Schema]) -> Any:
    """Return an example value for this schema."""
    if "$ref" in schema:
        return example_of(components[schema["$ref"].rpartition("/")[2]], components)
    if parts := schema.get("anyOf") or schema.get("allOf"):
        return example_of(parts[0], components)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    return _example_of_kind(kind[0] if isinstance(kind, list) else kind, schema, components)


def _example_of_kind(kind: str, schema: Schema, components: dict[str, Schema]) -> Any:
    match kind:
        case "object":
            fields = schema.get("properties", {})
            return {name: example_of(part, components) for name, part in fields.items()}
        case "array":
            return [example_of(schema["items"], components)]
        case "string":
            return TIMES.get(schema.get("format", ""), AN_ID if schema.get("format") == "uuid" else "…")
        case "boolean":
            return True
        case "number":
            return 49.9
        case _:
            return 1
