"""Additions to the OpenAPI document: authentication, the form of errors, and common headers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_lib_doc_excludes

from accounts.api.retrying import RetriedView
from accounts.api.serializers import AddressSerializer
from core.api.unknown_fields import KnownFieldsSerializer
from sharing.api.views.public import LinkView
from wishlist_project.options_metadata import OptionsMetadata
from wishlists.api.serializers.fields import InputSerializer

PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `code` is stable and meant for programs, `detail` is a sentence for people.",
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
            "description": "For invalid input: each field as a JSON pointer.",
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
    "description": "A random UUID. A repeated request with the same key gets the same answer for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


EXPECT = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag that you read. The answer is 412 if the resource has changed since.",
    "schema": {"type": "string"},
}
HAVE = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag that you read. The answer is 304 if the resource hasn't changed since.",
    "schema": {"type": "string"},
}
TAGGED = (
    "/api/v1/wishlists/{wishlist_id}",
    "/api/v1/wishlists/{wishlist_id}/items",
    "/api/v1/wishlists/{wishlist_id}/items/{item_id}",
    "/api/v1/items/{item_id}",
)
TAGGED_TO_READ = (*TAGGED, "/api/v1/wishlists", "/api/v1/public/wishlists")
"""With answers that nobody edits as a whole."""


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.api.authentication.SessionTokenAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An access token, or a personal API token. Each operation says which scope the latter needs.",
        }


class PageScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.api.authentication.PageSessionAuthentication"
    name = "pageSession"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


def classes_without_published_docs() -> list[type]:
    """Return base classes with internal docstrings. They are not published for subclasses that have none."""
    ours = [RetriedView, LinkView, AddressSerializer, KnownFieldsSerializer, InputSerializer]
    return [*get_lib_doc_excludes(), *ours]  # type: ignore[no-untyped-call]


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
            if address in TAGGED_TO_READ and method == "get":
                operation.setdefault("parameters", []).append(HAVE)
            elif address in TAGGED and method != "post":
                operation.setdefault("parameters", []).append(EXPECT)
            operation["responses"].setdefault("default", {"description": "An error.", "content": content})
            if said := operation.get("description"):
                operation.setdefault("summary", " ".join(said.partition("\n\n")[0].split()))
    return result
