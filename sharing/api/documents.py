"""The parameters of the views behind a link, for the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

TOKEN = OpenApiParameter(
    "token", OpenApiTypes.STR, required=True, description="The token of the public link."
)
MANAGE_TOKEN = OpenApiParameter(
    "X-Manage-Token",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The manage token that a guest got with their first answer.",
)
GUEST = [TOKEN, MANAGE_TOKEN]
