"""Scripts written by hand, for controls. Nothing in them is random, so a control finds its leak every time."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from django.db import transaction

from tests.twin_worlds.scripts import Step
from tests.twin_worlds.twins import make_world, play_written
from tests.twin_worlds.world import Call, World

Calls = Callable[[World], list[Call]]
"""Returns requests for a world, in which ids are known."""


def play_by_hand(
    secret: Calls, asked: Calls, password_hash: str, cast: type[World] = World, kind: int = 0
) -> None:
    """Let givers send the `secret` requests in one of two worlds, and then recipients the `asked` ones in both."""

    def invent(world: World, _dice: Random, number: int) -> list[Step]:
        if number == 0:
            return [Step(number, "secret", call) for call in secret(world)]
        return [Step(number, "asked", call) for call in asked(world)] if number == 1 else []

    with transaction.atomic():
        world = make_world(kind, password_hash, cast)
        acts = play_written(world, invent)
        assert acts == len(secret(world)), "a secret request was refused"
        transaction.set_rollback(True)


def reserve_cups(world: World) -> list[Call]:
    """The last giver reserves two of Alice's six cups."""
    path = f"/api/v1/wishlists/{world.wishlist.pk}/items/{world.item_id('Cups')}/reservations"
    return [Call(world.GIVERS[-1], True, "POST", path, {"units": 2, "message": "The blue ones"})]
