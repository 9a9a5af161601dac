"""The types of events that webhooks get: those of lists."""

from __future__ import annotations

from realtime.reference.dictionary import TOLD

EVENT_TYPES = [
    name
    for name, told in TOLD.items()
    if {"wishlist_id", "seq"} <= told.says.keys() and "stream" not in told.says
]
