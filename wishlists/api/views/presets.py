"""API view of the presets: `GET /presets`."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access.scopes import OPEN
from wishlists.access.presets import PRESETS
from wishlists.api.serializers.wishlists import PresetSerializer


class PresetsView(APIView):
    token_access = OPEN

    @extend_schema(responses=PresetSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the presets for `POST /wishlists` and the settings of each."""
        return Response(
            [
                {
                    "name": preset.name,
                    "title": str(preset.title),
                    "description": str(preset.description),
                    "settings": preset.settings,
                }
                for preset in PRESETS.values()
            ]
        )
