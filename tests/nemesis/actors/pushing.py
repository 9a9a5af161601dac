"""The control: a server that pushes payloads through a channel layer alone, and reads no event from the database.

A new subscriber gets the current list, and then each event that the layer brings. Missed events are not sent again.
"""

from __future__ import annotations

from typing import Any

from channels.routing import URLRouter
from django.urls import re_path

# First, because it loads the models.
from wishlist_project import asgi

from realtime.log.stream_reader import Missed  # isort: skip
from realtime.sockets.channel_layer_fanout import ChannelLayerConsumer  # isort: skip


class PushingConsumer(ChannelLayerConsumer):
    async def stream_hint(self, message: dict[str, Any]) -> None:
        if message["key"] in self.at and message["event"]:
            await self.send_json(message["event"])

    async def _hand_on(self, key: str, missed: Missed) -> None:
        begins = missed.events is None
        await super()._hand_on(key, missed if begins else Missed(missed.position, []))


asgi.router.application_mapping["websocket"] = URLRouter([re_path(r"", PushingConsumer.as_asgi())])
application = asgi.application
