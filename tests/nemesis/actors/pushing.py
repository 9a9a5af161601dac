"""The control: a server that pushes payloads, as one would with a channel layer alone. It reads no event from the database.

Who subscribes is given the list as it is, and then each event that the layer brings. Nobody is told what was missed.
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
