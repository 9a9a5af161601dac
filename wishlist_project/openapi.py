"""Additions to the OpenAPI document: authentication, the form of errors, and common headers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from wishlist_project.options_metadata import OptionsMetadata

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `code` is a stable word for programs, `detail` one sentence for people.",
    "required": ["type", "title", "status", "detail", "code", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "For invalid input: which field, by its JSON pointer.",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {name: {"type": "string"} for name in ("pointer", "code", "detail")},
            },
        },
    },
}


RETRY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A random UUID. Whoever asks again with the same key, within 24 hours, gets the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


EXPECT = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag that was read: 412 if it is no longer as it was.",
    "schema": {"type": "string"},
}
HAVE = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag that was read: 304 while it is as it was.",
    "schema": {"type": "string"},
}
TAGGED = (
    "/api/v1/wishlists/{wishlist_id}",
    "/api/v1/wishlists/{wishlist_id}/items",
    "/api/v1/wishlists/{wishlist_id}/items/{item_id}",
    "/api/v1/items/{item_id}",
)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.api.authentication.SessionTokenAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class PageScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.api.authentication.PageSessionAuthentication"
    name = "pageSession"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


_documents: dict[tuple[str, str | None], dict[str, Any]] = {}


def openapi_document() -> dict[str, Any]:
    """Return the document in the language of the request. It depends only on code and URLs, so it is cached."""
    made_of = (settings.ROOT_URLCONF, get_language())
    if made_of not in _documents:
        generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]
        _documents[made_of] = generator.get_schema(request=None, public=True)
    return _documents[made_of]


OptionsMetadata.read_document = staticmethod(openapi_document)


def add_problems(result: dict[str, Any], generator: SchemaGenerator, **_: Any) -> dict[str, Any]:
    """Add the problem document as default answer of each operation, common headers, and summaries from descriptions."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for address, path in result["paths"].items():
        for method, operation in path.items():
            if method != "get" and not address.startswith("/api/v1/auth/"):
                operation.setdefault("parameters", []).append(RETRY)
            if address in TAGGED and method != "post":
                operation.setdefault("parameters", []).append(HAVE if method == "get" else EXPECT)
            operation["responses"].setdefault("default", {"description": "A refusal.", "content": content})
            if said := operation.get("description"):
                operation.setdefault("summary", " ".join(said.partition("\n\n")[0].split()))
    return result
