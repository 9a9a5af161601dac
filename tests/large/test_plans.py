"""The hottest statements find their rows by an index, however many there are (P14).

The statements are those that requests, sockets and jobs execute, on 100,000 wishes of 1,000 lists, and 20,000 people. The
database is asked for its plans twice: as in an installation that grew faster than its statistics, and with statistics.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from core.db.planner_statistics import gather_statistics
from jobs.services.expiring import forget_expired_jobs
from jobs.worker import Worker
from realtime.access import Person, Way, judge
from realtime.log.stream_reader import read_missed, read_snapshot, read_updates
from realtime.log.streams import Position, append, inbox_key, list_key, position_of
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from tests.large.large_installation import Size, list_of, make_large, person
from tests.large.own_database import own_database
from tests.large.query_plans import Plans, planned
from tests.support.api_clients import Api, logged_in
from tests.support.browsing import as_user
from wishlists import tasks as wishlist_tasks
from wishlists.api.response_cache import response_cache
from wishlists.models import Item, Reservation, Wishlist
from wishlists.models.viewers import Audience

pytestmark = [pytest.mark.both, pytest.mark.django_db]

MOST_ROWS = 5_000
"""The asker sees ten lists with a hundred wishes each. A tenth of a large table is more than this."""
LARGE = 1_000

ALLAUTHS = {
    "account_emailaddress",
    "account_emailconfirmation",
    "socialaccount_socialapp",
    "socialaccount_socialtoken",
}
"""Tables of allauth that we do not use: addresses are ours, providers are set by variables, and their tokens are not kept."""

FEW_ROWS = {
    "accounts_tenant",
    "accounts_periodicrun",
    "accounts_user_groups",
    "accounts_user_user_permissions",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_admin_log",
    "moderation_decision",
    "moderation_report",
    "django_content_type",
    *ALLAUTHS,
}
"""Tables that do not grow with the number of people and lists. Moderators alone read
`django_admin_log` and reports."""


@dataclass(frozen=True)
class Stage:
    """Who asks, and for what: a giver on ten lists of others, with a list of their own."""

    user: User
    api: Api
    pages: Client
    public: Api
    shared: Wishlist
    item: Item
    own: Wishlist
    link: str


def ok(answer: Any) -> None:
    assert answer.status_code in (200, 201), answer


Act = Callable[[Stage], object]


def get(path: str) -> Act:
    return lambda stage: ok(
        stage.api("GET", path.format(shared=stage.shared.pk, item=stage.item.pk, own=stage.own.pk))
    )


def unchanged(path: str) -> Act:
    """The second time the short way answers (docs/unchanged.md)."""

    def act(stage: Stage) -> None:
        api = stage.public if "{link}" in path else stage.api
        address = path.format(shared=stage.shared.pk, link=stage.link)
        known = {"if-none-match": api("GET", address)["ETag"]}
        for _time in range(2):
            assert api("GET", address, headers=known).status_code == 304

    return act


def page(path: str) -> Act:
    return lambda stage: ok(stage.pages.get(path.format(shared=stage.shared.pk, item=stage.item.pk)))


def reserve(stage: Stage) -> None:
    path = f"/items/{stage.item.pk}"
    ok(stage.api("PATCH", path, {"reservation_status": "reserved"}))
    ok(stage.api("PATCH", path, {"reservation_status": "available"}))


def follow(stage: Stage) -> None:
    key = list_key(stage.shared.pk, Audience.GIVER)
    read_snapshot(key, stage.shared.pk, Audience.GIVER)
    position = position_of(key)
    append({key: [{"event": "item_deleted"}] * 3})
    [update], _complete = read_updates({key: position, inbox_key(stage.user.pk): Position("", 0)})
    assert len(update.events) == 3
    assert len(read_missed(key, position.epoch, position.seq).events or ()) == 3


def check_access(stage: Stage) -> None:
    session, tenant_id = stage.user.sessions.all()[0], stage.user.tenant_id
    assert tenant_id is not None
    judge({Way(stage.shared.pk, Person(stage.user.pk, tenant_id, session.pk))})
    judge({Way(stage.shared.pk, link_id=PublicLink.objects.get(wishlist=stage.shared).pk)})


def lapse(_stage: Stage) -> None:
    """One reservation is due: the job finds it among those that are not, and releases it."""
    held = Reservation.objects.active().filter(lapses_at__isnull=False).select_related("item")[0]
    long_ago = timezone.now() - timedelta(days=30)
    Reservation.objects.filter(pk=held.pk).update(lapses_at=long_ago, created_at=long_ago)
    Wishlist.objects.filter(pk=held.item.wishlist_id).update(lapse_days=1)
    wishlist_tasks.lapse()
    held.refresh_from_db()
    assert held.released_at is not None


HOT: dict[str, Act] = {
    "session of a token": get("/auth/me"),
    "lists of a person": get("/wishlists"),
    "items of a shared list": get("/wishlists/{shared}/items"),
    "items of one's own list": get("/wishlists/{own}/items"),
    "item by its id": get("/items/{item}"),
    "list by its public link": lambda stage: ok(stage.public("GET", f"/public/wishlists?token={stage.link}")),
    "unchanged list": unchanged("/wishlists/{shared}"),
    "unchanged items": unchanged("/wishlists/{shared}/items"),
    "unchanged list by its public link": unchanged("/public/wishlists?token={link}"),
    "share page": lambda stage: ok(stage.public.client.get(f"/s/{stage.link}")),
    "reserve and release, with the streams": reserve,
    "My gifts": get("/reservations"),
    "inbox": get("/notifications"),
    "jobs": get("/jobs"),
    "history of a list": get("/wishlists/{shared}/activity"),
    "events since": follow,
}
"""What requests and sockets do most. No statement of these reads a whole table, whatever the planner knows."""

WARM: dict[str, Act] = {
    "money of a giver": get("/contributions"),
    "places in line": get("/waiting"),
    "people of a list": get("/wishlists/{shared}/members"),
    "messages of an item": get("/wishlists/{shared}/items/{item}/messages"),
    "access of a socket": check_access,
    "page of lists": page("/lists"),
    "page of a list": page("/lists/{shared}"),
    "page of My gifts": page("/gifts"),
    "expired jobs": lambda stage: forget_expired_jobs(),
    "job that is ready": lambda stage: Worker().run_ready(),
    "reveals that are due": lambda stage: wishlist_tasks.reveal(),
    "collections that are due": lambda stage: wishlist_tasks.end_collections(),
    "reservations that lapse": lapse,
}
"""What is done often, too: with statistics, no statement of these reads a whole table."""


@pytest.fixture(scope="module")
def large(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database with many rows and without statistics."""
    with own_database(django_db_blocker):
        with transaction.atomic():
            make_large(Size())
        if connection.vendor == "postgresql":
            # Otherwise statistics would come at a time of their own.
            with connection.cursor() as cursor:
                for table in tables():
                    cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = false)")
        yield


@pytest.fixture
def small(db: None) -> None:
    """Few rows, and a planner that does not know how few, whatever an earlier test gathered."""
    make_large(Size(lists=20, items=20, others=0))
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # makes the table of statistics, if it is missing
            cursor.execute("DELETE FROM sqlite_stat1")
            cursor.execute("ANALYZE sqlite_schema")  # reads that there are none


def tables() -> set[str]:
    return {model._meta.db_table for model in apps.get_models(include_auto_created=True)}


def rows_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own table
        return int(cursor.fetchone()[0])


def staged() -> Stage:
    user, shared, own = person(15), list_of(12), list_of(15)
    return Stage(
        user=user,
        api=Api(logged_in(user)["access_token"]),
        pages=as_user(user),
        public=Api(),
        shared=shared,
        item=shared.items.filter(units_taken=0)[0],
        own=own,
        link=link_token(PublicLink.objects.get(wishlist=shared)),
    )


def reading_too_much(acts: Mapping[str, Act]) -> list[str]:
    """Do all this, undo each, and return the statements that read a table from end to end."""
    growing, found = frozenset(tables() - FEW_ROWS), []
    for name, act in acts.items():
        plans = Plans(growing, MOST_ROWS)
        response_cache.forget()  # it would save the statement
        with transaction.atomic():
            stage = staged()
            with planned(plans):
                act(stage)
            transaction.set_rollback(True)
        assert plans.statements, name
        found += [f"{name}: {bad}" for bad in plans.bad]
    return found


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads small tables from end to end")
@pytest.mark.usefixtures("small")
def test_sqlite_finds_an_index_for_each_hot_statement() -> None:
    """SQLite plans without statistics, so a few rows show the same as many."""
    assert reading_too_much(HOT) == []
    refuse_what_has_no_index()


@pytest.mark.slow
@pytest.mark.usefixtures("large")
def test_hot_statements_use_indexes_among_a_hundred_thousand_items() -> None:
    assert Item.objects.count() > 100_000
    too_small = {name for name in tables() if rows_of(name) < LARGE}
    assert too_small == FEW_ROWS, "A new model needs rows in tests/large/large_installation.py."
    assert reading_too_much(HOT) == [], "Without statistics."
    gather_statistics()
    assert reading_too_much(HOT | WARM) == [], "With statistics."
    refuse_what_has_no_index()


def refuse_what_has_no_index() -> None:
    """The control: without its index, each of these is named."""
    for index, name in {
        "item_in_order": "items of a shared list",
        "activity_newest": "history of a list",
        "notification_newest": "inbox",
        "job_newest": "jobs",
    }.items():
        drop_with_others_like_it(index)
        assert [bad for bad in reading_too_much({name: HOT[name]}) if " of all " in bad] != [], index


def drop_with_others_like_it(name: str) -> None:
    """Drop the index and others that begin with the same column, such as that of the foreign key."""
    for table in tables():
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, table)
            if name not in found:
                continue
            first = found[name]["columns"][0]
            for one, said in found.items():
                if said["columns"][:1] == [first] and said["index"] and not said["unique"]:
                    cursor.execute(f'DROP INDEX "{one}"')
