"""The log (G17): one row for each action. This is a separate module, because the world of the sync law is built once a
module."""

from __future__ import annotations

import pytest

from tests.laws.actions import ACTIONS, World
from wishlists.models import Activity

pytestmark = pytest.mark.django_db

QUIET = {
    "reserve_item message", "edit_wishlist policy", "join_guest", "mark_shared", "reorder_wishlists", "save in a shell",
    "set_budget", "clear_budget", "add_draft", "edit_draft", "remove_draft",
    "add_message", "remove_message", "add_message question", "answer_message", "remove_message question",
    "edit_user who answered",
}  # fmt: skip
"""Actions without a row: they concern nobody else, are recorded elsewhere, change nothing, or are part of another
action."""
EXACTLY_ONE = {
    "reserve_item", "reserve_item bought", "reserve_item again", "change_reservation", "release_reservation", "set_status",
    "contribute", "open_giving", "add_item", "edit_item", "edit_item position", "remove_item", "mark_item",
    "remove_unwanted_item", "edit_wishlist", "edit_wishlist names", "remove_wishlist", "share_wishlist", "remove_member",
    "hide_wishlist", "moderate_suggestion", "reject_suggestion", "suggest_item", "reveal_due_wishlists",
    "create_wishlist",
}  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("built", ["surprise"], indirect=True)
@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_has_one_row(action: str, world: World) -> None:
    """Some actions of the table are several actions, each with its own row. None leaves the same row twice."""
    known = set(Activity.objects.values_list("pk", flat=True))
    ACTIONS[action](world)
    rows = list(Activity.objects.exclude(pk__in=known).values_list("kind", "item_id", "user_id", "guest_id"))
    assert bool(rows) == (action.partition(" written ")[0] not in QUIET), "log it, or say in QUIET why not"
    assert len(rows) == len(set(rows)), "the same twice"
    if action in EXACTLY_ONE:
        assert len(rows) == 1, rows
