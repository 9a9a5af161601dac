"""The browsable API: DRF's, with links to follow, forms that begin with what is there, and a policy that it obeys.

A view says where one can go from what it answers: `links(data)` gives pairs of a text and an address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rest_framework.renderers import BrowsableAPIRenderer
from rest_framework.response import Response
from rest_framework.utils.serializer_helpers import ReturnDict

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which imports the renderers, and so this module

Links = list[tuple[str, str]]


class BrowsableRenderer(BrowsableAPIRenderer):
    """What the site's Content-Security-Policy forbids (inline scripts and styles) is left out here or in the template."""

    def get_content(
        self,
        renderer: Any,
        data: Any,
        accepted_media_type: str | None,
        renderer_context: Mapping[str, Any] | None,
    ) -> str:
        """The answer as text: it is JSON, whatever the renderer says of its style."""
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
    """DRF fills forms from the serializer that made an answer. Ours are projections, so one is put beside them."""
    if response.exception or not isinstance(data, dict) or "PUT" not in view.allowed_methods:
        return data
    get_serializer = getattr(view, "get_serializer", None)
    return ReturnDict(data, serializer=get_serializer(instance=data)) if get_serializer else data


def _links(data: Any, view: APIView, response: Response) -> Links:
    links = getattr(view, "links", None)
    return links(data) if links and not response.exception and data is not None else []
