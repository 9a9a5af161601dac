"""Nothing that an identified recipient can observe shows what givers did (G3), in a hundred scripts and more.

Each day has its own scripts, whose numbers begin with the date. The test id contains the number of a script that fails.
`TWIN_WORLDS_DAY=20261201` plays the scripts of that day again, and `TWIN_WORLDS=1000` plays that many (`make
twin-worlds`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from _pytest.mark import ParameterSet
from django.conf import settings
from django.db.models import F
from django.db.models.signals import post_save
from django.utils import timezone

from realtime.capture import event_builder
from realtime.log import streams
from realtime.models import Stream
from tests.support.plugin import DAY
from tests.twin_worlds import routes
from tests.twin_worlds.by_hand import play_by_hand, reserve_cups
from tests.twin_worlds.twins import KINDS, Leak, play_all
from tests.twin_worlds.world import Call, NewRecipientWorld, World
from wishlists.access import audience, viewpoint
from wishlists.access.former_givers import GiverAccess
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Reservation, Wishlist
from wishlists.models.lists import WishlistQuerySet
from wishlists.models.viewers import Audience, Sight, Viewer
from wishlists.projections import items, money, reservations

pytestmark = pytest.mark.django_db

FIRST = int(os.environ[DAY]) * 100_000 + (0 if settings.EMBEDDED_DATABASE else 50_000)
"""Each of the two runs has its own scripts."""

SCRIPTS = int(os.environ.get("TWIN_WORLDS", "25"))
MORE = 75 if settings.EMBEDDED_DATABASE and "TWIN_WORLDS" not in os.environ else 0
"""Further scripts that `make test-more` plays. Together they are more than a hundred."""

A_TEST = 5

MAIL_TO = {
    "welcome": "a new user",
    "notices": "a user, with what the inbox says; never in a mailbox of somebody who is blind to giving",
    "password_changed": "the user",
    "refresh_reused": "the user",
    "password_link": "the user, with a link that staff sent",
    "address_changed": "the user, at the old address that staff replaced",
    "account_changed": "the user, when staff changed the account",
    "verify_address": "the user, a code",
    "log_in_code": "the user, a code",
    "password_code": "the user, a code",
    "new_address_code": "the user, a code at a new address",
    "address_replaced": "the user, at the old address that they replaced",
    "provider_connected": "the user",
    "provider_removed": "the user",
    "factor_added": "the user",
    "factor_removed": "the user",
    "invitation": "somebody who is invited to a list",
    "exchange_added": "somebody who takes part in an exchange, with their own link",
    "exchange_drawn": "somebody who takes part in an exchange, with their own link",
    "thanks": "a guest, after the reveal",
    "checked_out": "the giver who bought",
    "guest_link": "a guest, with their own link",
    "guest_code": "a guest, with their own code",
    "guest_notice": "a guest, about their gifts; never at an address of somebody who is blind to giving",
}
"""Every mail, and who gets it. The scripts compare mail that may go to recipients, like everything else that they get.
"""


def new_recipient(seeds: range) -> range:
    """Return the seeds in which one of the recipients had given before, which is a fifth of them."""
    return seeds[: len(seeds) // 5]


def others(seeds: range) -> range:
    return seeds[len(seeds) // 5 :]


def all_groups(part: Callable[[range], range]) -> list[range | ParameterSet]:
    """Return the groups that every run plays, then those that only `make test-more` plays."""
    played, more = range(FIRST, FIRST + SCRIPTS), range(FIRST + SCRIPTS, FIRST + SCRIPTS + MORE)
    slow = [pytest.param(few, marks=pytest.mark.slow) for few in groups_of(part(more))]
    return [*groups_of(part(played)), *slow]


def groups_of(seeds: range) -> list[range]:
    """Return groups of a few scripts in worlds of one kind. If there is hardly one script of each kind, mix the kinds:
    a single script may contain few secrets."""
    if len(seeds) < 2 * KINDS:
        return [seeds] if seeds else []
    kinds = [seeds[kind::KINDS] for kind in range(KINDS)]
    return [
        few
        for kind in kinds
        for place in range(0, len(kind), A_TEST)
        if (few := kind[place : place + A_TEST])
    ]


@pytest.mark.parametrize("seeds", all_groups(others), ids=str)
def test_recipients_of_both_worlds_get_the_same(seeds: range, password_hash: str) -> None:
    done = play_all(seeds, password_hash)
    assert sum(done) > len(done), "the worlds hardly differed"


@pytest.mark.parametrize("seeds", all_groups(new_recipient), ids=str)
def test_former_givers_of_both_worlds_get_the_same(seeds: range, password_hash: str) -> None:
    """In both worlds they keep what they bought and paid before. Nothing that others do afterwards changes it."""
    done = play_all(seeds, password_hash, NewRecipientWorld)
    assert sum(done) > len(done), "the worlds hardly differed"


# --- controls: scripts written by hand, with one leak each ----------------------------------------------------------------


def read_list_and_cups(world: World) -> list[Call]:
    rows = f"/api/v1/wishlists/{world.wishlist.pk}/items"
    return [Call("alice", True, "GET", path) for path in (f"{rows}/{world.item_id('Cups')}", rows)]


def read_own_gifts(world: World) -> list[Call]:
    return [Call("bob", True, "GET", f"/api/v1/{path}") for path in ("reservations", "contributions")]


def play_cups(password_hash: str) -> None:
    play_by_hand(reserve_cups, read_list_and_cups, password_hash)


def play_former_giver(password_hash: str) -> None:
    """Bob reserved and paid something for the cups before he became a recipient."""
    play_by_hand(reserve_cups, read_own_gifts, password_hash, NewRecipientWorld)


@pytest.mark.once
@pytest.mark.parametrize("play", [play_cups, play_former_giver])
def test_scripts_of_the_controls_show_no_leak(play: Callable[[str], None], password_hash: str) -> None:
    """So a leak that a control finds is the one that it made."""
    play(password_hash)


@pytest.mark.once
@pytest.mark.parametrize(("module", "path"), [(reservations, "reservations"), (money, "contributions")])
def test_control_former_givers_page_with_new_giving_is_a_leak(
    module: ModuleType, path: str, password_hash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the check of who reads, a former giver would keep seeing new giving."""

    def everywhere(_giver: object, lists: Collection[Wishlist]) -> dict[UUID, GiverAccess]:
        return {wishlist.pk: GiverAccess(reads=True) for wishlist in lists}

    def as_givers(giver: Viewer, lists: WishlistQuerySet) -> dict[UUID, Viewpoint]:
        return {row.pk: Viewpoint(giver, row, role="viewer") for row in lists}

    monkeypatch.setattr(module, "giver_access_of", everywhere)
    monkeypatch.setattr(module, "viewpoints_of", as_givers)
    with pytest.raises(Leak, match=rf"bob GET /api/v1/{path} "):
        play_former_giver(password_hash)


@pytest.mark.once
def test_control_leak_in_the_rows_of_a_whole_list_is_found(
    password_hash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are cached by their tag, and must still be read in each world."""
    own = items.project_list

    def moved(wishlist: Wishlist, sight: Sight) -> list[dict[str, Any]]:
        taken = Reservation.objects.active().filter(item__wishlist=wishlist).count()
        return [row | {"position": row["position"] + taken} for row in own(wishlist, sight)]

    monkeypatch.setattr("wishlists.api.views.items.project_list", moved)
    with pytest.raises(Leak, match=r"alice GET .*/items "):
        play_cups(password_hash)


@pytest.mark.once
def test_control_givers_projection_is_a_leak(password_hash: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def all_of_it(_audience: Audience, _wishlist: object) -> Sight:
        return Sight.FULL

    for module in (audience, viewpoint, event_builder):
        monkeypatch.setattr(module, "sight_of", all_of_it)
    with pytest.raises(Leak, match=r'(?s)"units_free":4.*"units_free":6'):
        play_cups(password_hash)


@pytest.mark.once
def test_control_one_sequence_for_all_audiences_is_a_leak(
    password_hash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A recipient's frames then have gaps in their numbers, although each frame contains only what it may."""
    own = streams.append

    def shared(bodies: Any, renewed: Any = ()) -> dict[str, int]:
        lists = {key.rpartition(".")[0] for key in bodies if key.startswith("list.")}
        empty: dict[str, list[Any]] = {f"{name}.{one}": [] for name in lists for one in Audience}
        heads = own(empty | dict(bodies), renewed)
        for name in lists:
            longest = max(len(bodies.get(f"{name}.{one}", ())) for one in Audience)
            for one in Audience:
                missing = longest - len(bodies.get(f"{name}.{one}", ()))
                Stream.objects.filter(key=f"{name}.{one}").update(head=F("head") + missing)
        return heads

    monkeypatch.setattr(event_builder, "append", shared)
    with pytest.raises(Leak, match="frames and mail"):
        play_cups(password_hash)


@pytest.mark.once
def test_control_reservation_that_changes_updated_at_is_a_leak(
    password_hash: str,
) -> None:
    def moves(instance: Reservation, **_: Any) -> None:
        instance.item.updated_at = timezone.now()
        instance.item.save(update_fields=["updated_at"])

    post_save.connect(moves, sender=Reservation)
    try:
        with pytest.raises(Leak, match='"updated_at":"2026-05-04T09:37:10Z"'):  # when the cups were reserved
            play_cups(password_hash)
    finally:
        post_save.disconnect(moves, sender=Reservation)


def test_every_route_is_in_the_scripts() -> None:
    assert routes.all_routes() == routes.known_routes()


def test_every_mail_is_in_the_table() -> None:
    folder = Path(settings.BASE_DIR, "templates", "emails")
    assert {path.stem for path in folder.glob("*.txt")} == set(MAIL_TO)
