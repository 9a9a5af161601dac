"""Route sockets by their addresses. A trailing slash is ignored. An unknown address is refused, and is not a server
error."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.urls import re_path

from realtime.sockets.channel_layer_fanout import ChannelLayerConsumer
from realtime.sockets.consumers import SocketConsumer


async def refuse(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer HTTP 403."""
    await receive()
    await send({"type": "websocket.close"})


_consumers: dict[str, Any] = {"hub": SocketConsumer, "channels": ChannelLayerConsumer}

websocket_urlpatterns: list[Any] = [
    re_path(r"^(?:api/v1/)?ws/?$", _consumers[settings.REALTIME_FANOUT].as_asgi()),
    re_path(r"", cast("Any", refuse)),
]
