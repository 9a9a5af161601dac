"""The process that makes changes, on the same database as the server, like a second server.

`contestants.py` starts it and exchanges JSON lines with it. A change is an event that is appended in its own transaction and
hinted after the commit. Time is measured from the commit. The cost of services is measured over REST.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wishlist_project.settings")
django.setup()

# Imported here, because Django must be set up first.
from django.db import transaction  # noqa: E402

from accounts.models import User  # noqa: E402
from bench.scenes import TEXT, prepare  # noqa: E402
from realtime.log.hints import hint, use_loop  # noqa: E402
from realtime.log.streams import append, list_key  # noqa: E402
from realtime.models import Event  # noqa: E402
from sharing.access.capabilities import link_token  # noqa: E402
from sharing.models import PublicLink  # noqa: E402
from wishlists.models import Item, Wishlist  # noqa: E402
from wishlists.models.viewers import Audience, Sight, Viewer  # noqa: E402
from wishlists.projections.items import project_items  # noqa: E402
from wishlists.services.lists.items import add_item  # noqa: E402
from wishlists.services.lists.lists import create_wishlist  # noqa: E402


class Writer:
    """Owns Alice's list, with a link and one item."""

    def __init__(self) -> None:
        alice = User.objects.create(email=f"alice-{time.time_ns()}@example.com", display_name="Alice")
        made = create_wishlist(owner=alice, title="Measured")
        self.wishlist = Wishlist.objects.get(pk=made.pk)
        item = add_item(
            wishlist=self.wishlist, by=Viewer(user=alice), title="Kettle", description=TEXT, price_minor=4990
        )
        link = PublicLink.objects.create(wishlist=made, created_by=alice)
        self.token = link_token(link)
        self.key = list_key(made.pk, Audience.PUBLIC)
        (shown,) = project_items(Item.objects.filter(pk=item.pk), self.wishlist, Sight.TOTALS)
        self.body = {"event": "item_updated", "item": shown, "wishlist_id": made.pk}

    def change(self, times: int, *, together: bool = False) -> int:
        """Make `times` changes, in one transaction or one after the other. Return when the first was committed."""
        first, texts = 0, 1
        if together:
            times, texts = 1, times
        for _ in range(times):
            with transaction.atomic():
                heads = append({self.key: [self.body] * texts})
                hint(heads, access=False)
            first = first or time.monotonic_ns()
        return first


def tell(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


async def main() -> None:
    """Run the writer within an event loop, which hints need, as in a server."""
    use_loop(asyncio.get_running_loop())
    writer = await asyncio.to_thread(Writer)
    frame = await asyncio.to_thread(_frame, writer)
    tell({"token": writer.token, "frame": frame})
    while line := await asyncio.to_thread(sys.stdin.readline):
        command = json.loads(line)
        if "scene" in command:
            tell(await asyncio.to_thread(prepare, **command))
        else:
            tell({"committed": await asyncio.to_thread(writer.change, **command)})


def _frame(writer: Writer) -> str:
    writer.change(1)
    return Event.objects.filter(stream__key=writer.key).latest("seq").frame


if __name__ == "__main__":
    asyncio.run(main())
