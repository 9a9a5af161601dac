"""Which audience reads each kind of activity, over the API and in the admin. Recipients read nothing about giving."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.support.api_clients import Api
from wishlists.access import activity_kinds
from wishlists.access.activity_kinds import (
    FOR_EVERYONE,
    FOR_MODERATORS,
    MODERATORS_ON_GIVING,
    NOT_GIVING,
    TOLD_TO_GIVERS,
)
from wishlists.models import Activity, Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.queries.activity import readable_log
from wishlists.queries.lists import list_at
from wishlists.services.activity import record
from wishlists.services.denials import LOGGED
from wishlists.services.moderating import open_giving

pytestmark = [pytest.mark.django_db, pytest.mark.once]

GIVING = {
    "secret_item_added", "item_reserved", "item_purchased", "reservation_released", "reservation_changed",
    "item_offered", "waiting_started", "waiting_ended", "reservation_nudged", "reservation_lapsed",
    "contribution_added", "contribution_changed", "contribution_withdrawn",
    "collection_opened", "collection_changed", "collection_handed_over", "collection_ended",
    "collection_reached", "collection_missed", "guest_confirmed", "guest_renamed", "guest_taken_over", "thanks_sent",
    "denied_not_holder", "denied_recipient", "denied_no_such_guest",
    *MODERATORS_ON_GIVING,
}  # fmt: skip
"""Checked by hand, one by one. A kind that is neither here nor in `NOT_GIVING` fails a test by name."""

UNKNOWN = {"something_new", "denied_something_new", "moderation_something_new", "item_something_new"}
KINDS = sorted(NOT_GIVING | GIVING | UNKNOWN)


def written_kinds() -> set[str]:
    """Return every kind that the code can record: literals passed to `record`, or to functions that pass them on."""
    found = {f"denied_{code}" for code in LOGGED}
    for folder in ("wishlists", "sharing"):
        for path in Path(settings.BASE_DIR, folder).rglob("*.py"):
            if "tests" not in path.parts and "migrations" not in path.parts:
                found |= set(_kinds_in(ast.parse(path.read_text())))
    return found


RECORDING = {
    "record", "log_row", "give_back", "withdraw_item", "put_back", "_revoke", "_set_status", "_close", "_record_message",
}  # fmt: skip
"""What is called with a `kind` that ends in a row."""
MADE_OF = {
    "item_": {"item_reserved", "item_purchased"},
    "suggestion_": {"suggestion_accepted", "suggestion_rejected"},
    "denied_": set(),
}
"""Kinds that are put together: of a status, or of the code of a refusal."""


def _kinds_in(tree: ast.Module) -> Iterator[str]:
    names = {"kind", "_MARKED_KIND"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RECORDING:
            given = [*node.args, *(word.value for word in node.keywords if word.arg == "kind")]
            yield from (kind for value in given for kind in _literals(value))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("_kind"):
            yield from (
                kind
                for inner in node.body
                if isinstance(inner, ast.Return) and inner.value
                for kind in _literals(inner.value)
            )
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in names:
            yield from (kind for kind in _literals(node.value) if _is_recorded(kind))


def _literals(value: ast.expr) -> Iterator[str]:
    for node in ast.walk(value):
        if isinstance(node, ast.JoinedStr):
            start = node.values[0]
            assert isinstance(start, ast.Constant), "a kind begins with a word"
            yield from MADE_OF[str(start.value)]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "_" in node.value.rstrip("_"):
            yield node.value


def _is_recorded(kind: str) -> bool:
    return kind.partition("_")[0] in {"item", "member", "moderation", "collection", "list", "link"}


def test_every_recorded_kind_is_classified() -> None:
    written = written_kinds()
    assert {"item_reserved", "moderation_giving_opened", "denied_no_such_guest", "item_received"} < written
    assert written - NOT_GIVING - GIVING == set(), (
        "say in activity_kinds.py that it is not about giving, or here that it is"
    )
    assert not NOT_GIVING & GIVING


@pytest.fixture
def logged(wishlist: Wishlist, item: Item, bob: User) -> Wishlist:
    """A row of each kind, by Bob."""
    Activity.objects.bulk_create(
        Activity(
            wishlist=wishlist,
            item=item,
            user=bob,
            kind=kind,
            circle=activity_kinds.circle_of(kind, item),
            detail={},
        )
        for kind in KINDS
    )
    return wishlist


def kinds(rows: list[str]) -> set[str]:
    return set(rows) & set(KINDS)


def read_by(viewer: Viewer, wishlist: Wishlist) -> set[str]:
    return kinds(list(readable_log(list_at(viewer, wishlist.pk)).values_list("kind", flat=True)))


def over_http(api: Api, wishlist: Wishlist) -> set[str]:
    answer = api("GET", f"/wishlists/{wishlist.pk}/activity?limit=200")
    return kinds([row["kind"] for row in answer.json()])


def in_admin(client: Client) -> set[str]:
    page = client.get("/admin/wishlists/activity/?all=").content.decode()
    offered = {kind for kind in KINDS if f"kind={kind}" in page}
    assert offered == {kind for kind in KINDS if f">{kind}<" in page}, "the filter offers what the list shows"
    return offered


def moderating(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def staff(name: str, *, is_superuser: bool) -> User:
    made = User.objects.create(
        email=f"{name}@example.com", display_name=name, is_staff=True, is_superuser=is_superuser
    )
    made.user_permissions.set(Permission.objects.all())
    return made


def test_readers_of_each_kind_before_the_reveal(
    logged: Wishlist, alice: User, bob: User, as_alice: Api, as_bob: Api
) -> None:
    for_givers = (
        set(KINDS) - FOR_MODERATORS - {kind for kind in KINDS if kind.startswith(("denied_", "moderation_"))}
    )
    for_givers |= TOLD_TO_GIVERS | {"denied_not_holder"}
    assert read_by(Viewer(user=alice), logged) == over_http(as_alice, logged) == FOR_EVERYONE
    assert read_by(Viewer(user=bob), logged) == over_http(as_bob, logged) == for_givers
    public = read_by(Viewer(), logged)
    assert public == {kind for kind in FOR_EVERYONE if kind.startswith(("item_", "list_"))}


def test_after_the_reveal_recipients_read_giving_but_not_who_opened_it(
    logged: Wishlist, alice: User, bob: User, as_alice: Api
) -> None:
    Wishlist.objects.filter(pk=logged.pk).update(revealed_at=timezone.now())
    theirs = read_by(Viewer(user=alice), logged)
    assert theirs == over_http(as_alice, logged) == read_by(Viewer(user=bob), logged) - TOLD_TO_GIVERS
    table = as_alice("GET", f"/wishlists/{logged.pk}/activity.csv").content.decode("utf-8-sig")
    assert kinds([row["kind"] for row in csv.DictReader(io.StringIO(table))]) == theirs


@pytest.mark.parametrize("is_superuser", [True, False])
def test_moderators_read_giving_only_of_opened_lists(
    logged: Wishlist, alice: User, is_superuser: bool
) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=is_superuser)
    alice.user_permissions.set(Permission.objects.all())
    assert in_admin(moderating(alice)) == NOT_GIVING, "of a list of her own"

    other = staff("mod", is_superuser=is_superuser)
    assert in_admin(moderating(other)) == NOT_GIVING | MODERATORS_ON_GIVING
    assert open_giving(wishlist=logged, by=other, reason="help")
    assert in_admin(moderating(other)) == set(KINDS)
    assert not open_giving(wishlist=logged, by=alice, reason="curious")
    assert in_admin(moderating(alice)) == NOT_GIVING


def test_only_givers_read_rows_about_a_secret_item(
    logged: Wishlist, item: Item, alice: User, bob: User
) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    Item.objects.filter(pk=item.pk).update(is_secret=True)
    item.refresh_from_db()
    row = record(wishlist=logged, kind="item_changed", by=Viewer(user=bob), item=item)
    seen = list_at(Viewer(user=alice), logged.pk)
    assert not readable_log(seen).filter(pk=row.pk).exists()
    of_the_list = {"list_created", "member_joined"}
    assert in_admin(moderating(alice)) == in_admin(moderating(staff("mod", is_superuser=True))) == of_the_list


def test_kind_decides_who_reads_rows_of_older_versions(
    wishlist: Wishlist, item: Item, alice: User, bob: User
) -> None:
    Activity.objects.bulk_create(
        Activity(wishlist=wishlist, item=item, user=bob, kind=kind, circle="everyone", detail={})
        for kind in KINDS
    )
    assert read_by(Viewer(user=alice), wishlist) == FOR_EVERYONE
    assert read_by(Viewer(), wishlist) == {
        kind for kind in FOR_EVERYONE if kind.startswith(("item_", "list_"))
    }
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    assert in_admin(moderating(alice)) == NOT_GIVING


def test_control_recipients_read_a_kind_that_is_listed_as_harmless(
    logged: Wishlist, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    monkeypatch.setattr(activity_kinds, "NOT_GIVING", NOT_GIVING | {"denied_no_such_guest"})
    assert "denied_no_such_guest" in in_admin(moderating(alice))
