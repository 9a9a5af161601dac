"""Nothing that a recipient reads in the admin, as staff or as a superuser, shows what givers did: checked on every
admin page."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db import transaction
from django.db.models import Model
from django.urls import clear_url_caches, path
from django_tasks_db.models import DBTaskResult

from core.admin.walled_admin import WalledAdmin
from tests.twin_worlds import giving, scripts
from tests.twin_worlds.admin_pages import admin_steps
from tests.twin_worlds.admin_world import ModeratedWorld
from tests.twin_worlds.by_hand import reserve_cups
from tests.twin_worlds.scripts import Step
from tests.twin_worlds.twins import Leak, make_world, play_written
from tests.twin_worlds.world import CANARY, Call, World
from wishlist_project import urls
from wishlists.admin.items import ItemAdmin
from wishlists.models import Item, Wishlist

pytestmark = [pytest.mark.django_db, pytest.mark.once]

SURPRISE_AND_STAFF = 1
"""The kind of world (see `make_world`)."""
WALK = 4
"""The number of the step in which recipients read every page. Before it givers act, and then the moderator."""

Patch = pytest.MonkeyPatch
Acts = Callable[[ModeratedWorld, Random, int], list[Call]]
"""Returns the secret acts of a step."""


def every_act(world: ModeratedWorld, dice: Random, number: int) -> list[Call]:
    if number < WALK - 1:
        return scripts.every_secret_call(world, dice)
    return [*world.checkouts(), *world.acts_of_moderator()]


def few_acts(world: ModeratedWorld, _dice: Random, number: int) -> list[Call]:
    """Carol reserves cups and says so to the other givers. Then she buys them. None of it is random."""
    message = {"lane": "givers", "text": f"{CANARY}: I take two cups"}
    path = f"/api/v1/wishlists/{world.wishlist.pk}/items/{world.item_id('Cups')}/messages"
    steps = [[*reserve_cups(world), Call("carol", True, "POST", path, message)], world.checkouts()]
    return steps[number] if number < len(steps) else []


def walk(password_hash: str, acts: Acts, *models: type[Model]) -> int:
    """Play a script in which secret acts are followed by reading every page. Return how many acts succeeded."""

    def invent(world: World, dice: Random, number: int) -> list[Step]:
        assert isinstance(world, ModeratedWorld)
        if number < WALK:
            return [Step(number, "secret", call) for call in acts(world, dice, number)]
        return admin_steps(world, number, models or None) if number == WALK else []

    with transaction.atomic():
        world = make_world(SURPRISE_AND_STAFF, password_hash, ModeratedWorld)
        succeeded = play_written(world, invent)
        transaction.set_rollback(True)
    return succeeded


def test_recipients_see_the_same_on_every_admin_page(password_hash: str) -> None:
    assert walk(password_hash, every_act) > len(giving.SECRET), "the worlds hardly differed"


# --- controls -------------------------------------------------------------------------------------------------------


def register_table_of_jobs(patch: Patch) -> None:
    registry: dict[Any, Any] = admin.site._registry
    patch.setitem(registry, DBTaskResult, ModelAdmin(DBTaskResult, admin.site))
    patch.setattr(urls, "urlpatterns", [path("admin/", admin.site.urls), *urls.urlpatterns[1:]])
    clear_url_caches()


def show_what_is_taken(patch: Patch) -> None:
    patch.setattr(ItemAdmin, "list_display", (*ItemAdmin.list_display, "units_taken"))


def find_what_is_taken(patch: Patch) -> None:
    words = ("reservations__message", "messages__text")
    patch.setattr(ItemAdmin, "search_fields", (*ItemAdmin.search_fields, *words))


def offer_what_is_taken(patch: Patch) -> None:
    patch.setattr(ItemAdmin, "list_filter", (*ItemAdmin.list_filter, "units_taken"))


def let_rows_be_deleted(patch: Patch) -> None:
    patch.setattr(WalledAdmin, "has_delete_permission", lambda *_args, **_named: True)


def test_script_of_the_controls_shows_no_leak(password_hash: str) -> None:
    """So a leak that a control finds is the one that it planted."""
    assert walk(password_hash, few_acts, Item, Wishlist) == 3


@pytest.mark.parametrize(
    ("plant", "model"),
    [
        (register_table_of_jobs, DBTaskResult),
        (show_what_is_taken, Item),
        (find_what_is_taken, Item),
        (offer_what_is_taken, Item),
        (let_rows_be_deleted, Wishlist),
    ],
)
def test_control_leak_on_one_page_is_found(
    plant: Callable[[Patch], None], model: type[Model], password_hash: str, monkeypatch: Patch
) -> None:
    try:
        plant(monkeypatch)
        with pytest.raises(Leak):
            walk(password_hash, few_acts, model)
    finally:
        monkeypatch.undo()
        clear_url_caches()
