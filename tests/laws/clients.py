"""A client of each audience: what it reads, and how it applies the frames of its stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from core.api.renderers import encode
from realtime.models import Event, Stream
from tests.laws.actions import World
from wishlists.access.audience import sight_of
from wishlists.models import Item, Message, Wishlist
from wishlists.models.viewers import Audience
from wishlists.projections.items import project_items
from wishlists.projections.messages import project_messages, talk_for
from wishlists.projections.money import project_collections_for, project_pot_for
from wishlists.projections.wishlists import project_wishlist
from wishlists.queries.revisions import revision_of


def fetched(world: World, audience: Audience) -> Any:
    """Return what the audience would read now, as JSON, or None if the list is gone."""
    wishlist = Wishlist.objects.live().filter(pk=world["list"].pk).first()
    if wishlist is None:
        return None
    sight = sight_of(audience, wishlist)
    items = Item.objects.seen_with(sight).filter(wishlist=wishlist)
    rows = project_items(items.in_order(), wishlist, sight)
    talked_about = items.filter(pk__in=Message.objects.values("item"))
    messages = [
        row for item in talked_about for row in project_messages(talk_for(item, audience), wishlist, audience)
    ]
    collected = project_collections_for(wishlist, audience)
    money = {
        "collections": {str(row["id"]): row for row in collected},
        "pot": project_pot_for(wishlist, audience),
    }
    state = {"wishlist": project_wishlist(wishlist), "items": rows, "messages": messages, **money}
    fresh = orjson.loads(encode(state))
    return fresh | {"messages": in_time(fresh["messages"])}


def in_time(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(messages, key=lambda message: (message["created_at"], message["id"]))


def position_of(world: World, audience: Audience) -> tuple[str, int]:
    stream = Stream.objects.filter(key=f"list.{world['list'].pk}.{audience}").first()
    return (stream.epoch, stream.head) if stream else ("", 0)


def frames_after(world: World, audience: Audience, seq: int) -> list[dict[str, Any]]:
    events = Event.objects.filter(stream__key=f"list.{world['list'].pk}.{audience}", seq__gt=seq).order_by(
        "seq"
    )
    frames = [orjson.loads(event.frame) for event in events]
    assert [frame["seq"] for frame in frames] == list(range(seq + 1, seq + 1 + len(frames)))
    return frames


def apply(state: Any, frame: dict[str, Any]) -> Any:
    """Apply one frame, as a client does. An unknown event is a bug of the server."""
    kind = frame["event"]
    if kind == "list_deleted":
        return None
    if kind in ("message_added", "message_removed"):
        gone = frame.get("message_id", frame.get("message", {}).get("id"))
        rest = [message for message in state["messages"] if message["id"] != gone]
        added = [frame["message"]] if kind == "message_added" else []
        return state | {"messages": in_time(rest + added)}
    if kind == "pot_updated":
        return state | {"pot": frame["pot"]}
    if kind in ("collection_updated", "collection_removed"):
        return state | {"collections": collections_after(state["collections"], frame)}
    if kind == "item_removed":
        rest = [message for message in state["messages"] if message["item_id"] != frame["item_id"]]
        left = {pk: one for pk, one in state["collections"].items() if one["item_id"] != frame["item_id"]}
        state = state | {"messages": rest, "collections": left}
    kept = [
        item for item in state["items"] if item["id"] != frame.get("item_id", frame.get("item", {}).get("id"))
    ]
    if kind in ("item_added", "item_updated"):
        kept.append(frame["item"])
    elif kind == "list_updated":
        state = state | {"wishlist": frame["wishlist"]}
    else:
        assert kind in ("item_removed", "member_joined", "member_left", "member_removed"), kind
    return state | {
        "items": sorted(kept, key=lambda item: (item["position"], item["created_at"], item["id"]))
    }


def collections_after(known: dict[str, Any], frame: dict[str, Any]) -> dict[str, Any]:
    gone = frame.get("collection_id", frame.get("collection", {}).get("id"))
    rest = {pk: one for pk, one in known.items() if pk != gone}
    return rest if frame["event"] == "collection_removed" else rest | {gone: frame["collection"]}


@dataclass(frozen=True)
class Known:
    """The state that a client of an audience holds."""

    position: tuple[str, int]
    state: Any
    revision: str

    @staticmethod
    def of(world: World, audience: Audience) -> Known:
        return Known(
            position_of(world, audience), fetched(world, audience), revision_of(world["list"].pk, audience)
        )
