"""The sync law (G6): old state plus events is the new state, for every action, audience and policy.

A client that holds a snapshot and applies the frames of its stream must end with the state that it would read now. It
is also checked that under *surprise* giving puts no frame at all into the recipients' stream.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import Model
from django.db.models.signals import post_save

from realtime.capture import event_builder, receivers
from realtime.capture import messages as talk
from tests.laws.actions import ACTIONS, GIVING, World, collected
from tests.laws.clients import Known, apply, frames_after, position_of
from wishlists.models import Item, Reservation
from wishlists.models.viewers import Audience
from wishlists.services.money import collecting

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("action", ACTIONS)
def test_old_state_plus_events_is_the_new_state(world: World, action: str) -> None:
    """If the items differ, so does their revision, because the same tag means the same list. Under *surprise* giving
    sends recipients no frame."""
    before: dict[Audience, Known] = world["known"]
    ACTIONS[action](world)
    after = {audience: Known.of(world, audience) for audience in Audience}
    if world["policy"] == "surprise" and action in GIVING:
        assert not moved(before, after)
    for audience, now in after.items():
        known = before[audience]
        same = now.state is None or now.state["items"] == known.state["items"]
        assert same or now.revision != known.revision, audience
        if now.position[0] == known.position[0]:
            state = known.state
            for frame in frames_after(world, audience, known.position[1]):
                state = apply(state, frame)
            # With another epoch the client takes a snapshot, which is the new state by definition.
            assert state == now.state, audience


def moved(before: dict[Audience, Known], after: dict[Audience, Known]) -> bool:
    """Return whether anything changed that recipients can read or receive, numbers included."""
    return before[Audience.RECIPIENT] != after[Audience.RECIPIENT]


def reaches_recipients(world: World, action: str) -> bool:
    ACTIONS[action](world)
    return moved(world["known"], {audience: Known.of(world, audience) for audience in Audience})


@pytest.mark.parametrize("built", ["surprise"], indirect=True)
def test_control_one_event_for_all_audiences_sends_recipients_a_frame(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_builder, "audiences_in_scope", lambda scope, wishlist: list(Audience))
    assert reaches_recipients(world, "reserve_item")


@pytest.mark.parametrize("built", ["surprise"], indirect=True)
def test_control_renamed_asker_sends_recipients_a_frame(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second frame for an anonymous question would show who asked it."""
    monkeypatch.setattr(talk, "_names", lambda _message, _wishlist, _audience: True)
    assert reaches_recipients(world, "edit_user")


def test_control_law_fails_without_receivers(world: World) -> None:
    """Nothing else pushes: without these two receivers a reservation reaches nobody."""
    uids: dict[type[Model], str] = {Item: "realtime.item_saved", Reservation: "realtime.reservation_saved"}
    for model, uid in uids.items():
        assert post_save.disconnect(sender=model, dispatch_uid=uid)
    try:
        with pytest.raises(AssertionError):
            test_old_state_plus_events_is_the_new_state(world, "reserve_item")
    finally:
        post_save.connect(receivers.item_saved, sender=Item, dispatch_uid=uids[Item])
        post_save.connect(receivers.reservation_saved, sender=Reservation, dispatch_uid=uids[Reservation])


def test_control_law_fails_without_events_of_alternatives(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receivers, "note_alternatives", lambda *_: None)
    with pytest.raises(AssertionError):
        test_old_state_plus_events_is_the_new_state(world, "reserve_item alternative")


@pytest.mark.parametrize(
    "action", ["open_collection", "end_collection of another change", "contribute_to_pot"]
)
def test_control_law_fails_without_events_of_money(
    world: World, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    if action == "end_collection of another change":
        w, made = world, collected(world)
        monkeypatch.setitem(
            ACTIONS, action, lambda _: collecting.end_collection(collection=made, by=w["bob"])
        )
    monkeypatch.setattr(event_builder, "money_events", lambda *_: ())
    with pytest.raises(AssertionError):
        test_old_state_plus_events_is_the_new_state(world, action)


def test_only_changes_of_sight_begin_a_new_epoch(world: World) -> None:
    """Otherwise a `resync` could hide a lost event from the test above."""
    epochs = {audience: position_of(world, audience)[0] for audience in Audience}
    for name in ("reserve_item", "edit_item", "mark_item", "contribute", "share_wishlist", "save in a shell"):
        ACTIONS[name](world)
    assert epochs == {audience: position_of(world, audience)[0] for audience in Audience}


def test_every_service_has_an_action() -> None:
    """A new service without an action in the table fails here, by name."""
    root = Path(settings.BASE_DIR)
    verbs = {"reveal_due_wishlists"}
    for file in [*root.glob("wishlists/services/**/*.py"), root / "sharing/services/suggestions.py"]:
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef) and "change()" in map(ast.unparse, node.decorator_list):
                verbs.add(node.name)
    held_to_it = {name.split()[0] for name in ACTIONS}
    assert {verb for verb in verbs if not verb.startswith("_")} - held_to_it == set()
