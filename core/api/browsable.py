"""The browsable API: DRF's, with links to related addresses, prefilled forms, and no inline scripts or styles.

A view offers links from its answer by a method `links(data)`, which returns pairs of a text and an address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rest_framework.renderers import BrowsableAPIRenderer
from rest_framework.response import Response
from rest_framework.utils.serializer_helpers import ReturnDict

if TYPE_CHECKING:
    from rest_framework.views import APIView  # imports the renderers, and so this module

Links = list[tuple[str, str]]


class BrowsableRenderer(BrowsableAPIRenderer):
    """Renders pages without inline scripts and styles, which the site's Content-Security-Policy forbids."""

    def get_content(
        self,
        renderer: Any,
        data: Any,
        accepted_media_type: str | None,
        renderer_context: Mapping[str, Any] | None,
    ) -> str:
        """Return the answer as indented JSON text. DRF would hide it, because the renderer's style is "binary"."""
        context = dict(renderer_context or {}) | {"indent": 4}
        rendered: bytes = renderer.render(data, accepted_media_type, context)
        return rendered.decode()

    def get_context(
        self, data: Any, accepted_media_type: str | None, renderer_context: Mapping[str, Any]
    ) -> dict[str, Any]:
        view, response = renderer_context["view"], renderer_context["response"]
        described = renderer_context["request"].method == "OPTIONS"
        known = data if described else _with_serializer(data, view, response)
        links = [] if described else _links(data, view, response)
        context: dict[str, Any] = super().get_context(known, accepted_media_type, renderer_context)
        return context | {"code_style": "", "extra_actions": None, "links": links}


def _with_serializer(data: Any, view: APIView, response: Response) -> Any:
    """Attach a serializer to the data: DRF fills forms from the serializer, and our answers are plain projections."""
    if response.exception or not isinstance(data, dict) or "PUT" not in view.allowed_methods:
        return data
    get_serializer = getattr(view, "get_serializer", None)
    return ReturnDict(data, serializer=get_serializer(instance=data)) if get_serializer else data


def _links(data: Any, view: APIView, response: Response) -> Links:
    links = getattr(view, "links", None)
    return links(data) if links and not response.exception and data is not None else []
