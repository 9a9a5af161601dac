"""Every periodic sweep continues after a failing row, and tries that row again the next time."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import Notification, User
from accounts.services import inbox
from core.jobs import sweeping
from people.models import Person
from people.services import forgetting, reminders
from people.services.people import add_person
from realtime.log import retention
from realtime.models import Event, Stream
from sharing import tasks as sharing_tasks
from sharing.models import GuestLetter
from wishlists.models import Collection, Contribution, Guest, Item, Reservation, WaitlistEntry, Wishlist
from wishlists.services import lapsing, waitlisting
from wishlists.services.lists import reveal
from wishlists.services.money import collecting, contributing

Row = Any
PAST = timedelta(days=2)


def lists_to_reveal(wishlist: Wishlist, bob: User) -> list[Row]:
    return [_list(wishlist, reveal_at=timezone.now() - PAST).pk for _ in range(3)]


def collections(wishlist: Wishlist, bob: User) -> list[Row]:
    past = timezone.now() - PAST
    return [
        Collection.objects.create(
            wishlist=wishlist, item=_item(wishlist), organiser=bob, currency="EUR", deadline_at=past
        ).pk
        for _ in range(3)
    ]


def lapses(wishlist: Wishlist, bob: User) -> list[Row]:
    past = timezone.now() - PAST
    return [_held(wishlist, bob, lapses_at=past, is_offer=True).pk for _ in range(3)]


def nudges(wishlist: Wishlist, bob: User) -> list[Row]:
    Wishlist.objects.update(lapse_days=7)
    soon = timezone.now() + timedelta(hours=1)
    return [_held(wishlist, bob, lapses_at=soon).pk for _ in range(3)]


def terms(wishlist: Wishlist, bob: User) -> list[Row]:
    Wishlist.objects.update(lapse_days=7)
    return [_held(wishlist, bob).pk for _ in range(3)]


def lines(wishlist: Wishlist, bob: User) -> list[Row]:
    items = [_item(wishlist) for _ in range(3)]
    for item in items:
        WaitlistEntry.objects.create(item=item, user=bob)
    return [item.pk for item in items]


def unconfirmed(wishlist: Wishlist, bob: User) -> list[Row]:
    Wishlist.objects.update(guests_confirm=True)
    guest = Guest.objects.create(wishlist=wishlist, name="Rose", email="rose@example.com")
    GuestLetter.objects.create(guest=guest, kind=GuestLetter.Kind.CODE)
    made = [
        Contribution.objects.create(item=_item(wishlist), guest=guest, amount_minor=5, currency="EUR").pk
        for _ in range(3)
    ]
    Contribution.objects.update(created_at=timezone.now() - PAST)
    return made


def inboxes(wishlist: Wishlist, bob: User) -> list[Row]:
    people = [User.objects.create(email=f"full{n}@example.com", display_name="Full") for n in range(3)]
    for person in people:
        for _ in range(2):
            Notification.objects.create(user=person, kind="x", title="X")
    return [person.pk for person in people]


def streams(wishlist: Wishlist, bob: User) -> list[Row]:
    Event.objects.all().delete()
    made = [Stream.objects.create(key=f"sweep-{n}", head=2) for n in range(3)]
    for stream in made:
        Event.objects.create(stream=stream, seq=1, frame="{}")
    return [(stream.pk, 2) for stream in made]


def birthdays(wishlist: Wishlist, bob: User) -> list[Row]:
    made = [add_person(by=bob, name=f"Gran {n}", birthday="--05-12").pk for n in range(3)]
    Person.objects.update(remind_on=timezone.localdate())
    return made


def removed_people(wishlist: Wishlist, bob: User) -> list[Row]:
    made = [add_person(by=bob, name=f"Gran {n}").pk for n in range(3)]
    Person.objects.update(removed_at=timezone.now() - timedelta(days=31))
    return made


SWEEPS: list[tuple[Callable[[Wishlist, User], list[Row]], Callable[[], object], Any, str]] = [
    (lists_to_reveal, reveal.reveal_due_wishlists, reveal, "_reveal"),
    (collections, collecting.end_due_collections, collecting, "_end_due"),
    (lapses, lapsing.lapse_due_reservations, lapsing, "_lapse"),
    (nudges, lapsing.nudge_due_givers, lapsing, "_nudge"),
    (terms, lapsing.start_terms, lapsing, "_start_term"),
    (lines, waitlisting.serve_lines, waitlisting, "_serve_line"),
    (unconfirmed, sharing_tasks.free_unconfirmed, sharing_tasks, "_free"),
    (inboxes, inbox.forget_old_notices, inbox, "_forget_old_notices_of"),
    (birthdays, reminders.remind_of_birthdays, reminders, "_remind"),
    (removed_people, forgetting.forget_removed_people, forgetting, "_forget"),
    (streams, retention.prune_events, retention, "_prune_surplus_of"),
]


@pytest.mark.parametrize(("rows", "run", "module", "act"), SWEEPS, ids=[case[3] for case in SWEEPS])
def test_failing_row_does_not_stop_the_others(
    wishlist: Wishlist,
    bob: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    rows: Any,
    run: Any,
    module: Any,
    act: str,
) -> None:
    monkeypatch.setattr(inbox, "KEPT", 1)
    monkeypatch.setattr(retention, "KEPT_A_STREAM", 1)
    done: list[Row] = []
    due, real = rows(wishlist, bob), getattr(module, act)

    def acted(row: Row) -> int:
        if row == fails:
            raise RuntimeError("this row")
        done.append(row)
        return int(real(row))

    monkeypatch.setattr(module, act, acted)
    for fails in (due[0], None):  # noqa: B007 - `acted` reads it
        run()
    assert set(done) == set(due)
    assert [record.args[1] for record in caplog.records if record.name == sweeping.__name__] == [due[0]]  # type: ignore[index]


@pytest.mark.parametrize(("rows", "run", "module", "act"), SWEEPS, ids=[case[3] for case in SWEEPS])
def test_control_failing_row_ends_the_loop_without_sweep(
    wishlist: Wishlist,
    bob: User,
    monkeypatch: pytest.MonkeyPatch,
    rows: Any,
    run: Any,
    module: Any,
    act: str,
) -> None:
    monkeypatch.setattr(inbox, "KEPT", 1)
    monkeypatch.setattr(retention, "KEPT_A_STREAM", 1)
    rows(wishlist, bob)
    tried: list[Row] = []

    def fails(row: Row) -> int:
        tried.append(row)
        raise RuntimeError("this row")

    monkeypatch.setattr(module, act, fails)
    monkeypatch.setattr(module, "sweep", lambda act, rows, what: sum(map(act, rows)))
    with pytest.raises(RuntimeError):
        run()
    assert len(tried) == 1


def test_unreachable_database_ends_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "is_usable", lambda: False, raising=False)
    with pytest.raises(RuntimeError):
        sweeping.sweep(_fails_at_two, (1, 2, 3), what="Row")


def test_row_withdrawn_meanwhile_is_no_failure(
    wishlist: Wishlist, bob: User, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = unconfirmed(wishlist, bob)
    free = contributing.free_contribution

    def beside_another_worker(**given: Any) -> Any:
        Contribution.objects.filter(pk=first).update(withdrawn_at=timezone.now())
        return free(**given)

    monkeypatch.setattr(sharing_tasks, "free_contribution", beside_another_worker)
    sharing_tasks.free_unconfirmed()
    assert not caplog.records
    assert not Contribution.objects.standing().exists()


def test_periodic_jobs_loop_only_with_sweep() -> None:
    """No module of tasks has its own loop. The services that it calls use `sweep`, as the table above shows."""
    for path in Path(settings.BASE_DIR).glob("*/*tasks.py"):
        assert not [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.For)], path


def _fails_at_two(row: int) -> int:
    if row == 2:
        raise RuntimeError
    return 1


def _list(like: Wishlist, **fields: Any) -> Wishlist:
    return Wishlist.objects.create(
        owner=like.owner, tenant=like.tenant, title="Due", updated_at=timezone.now(), **fields
    )


def _item(wishlist: Wishlist) -> Item:
    return Item.objects.create(wishlist=wishlist, title="Pan", currency="EUR", updated_at=timezone.now())


def _held(wishlist: Wishlist, bob: User, **fields: Any) -> Reservation:
    item = _item(wishlist)
    Item.objects.filter(pk=item.pk).update(units_taken=1)
    return Reservation.objects.create(item=item, user=bob, currency="EUR", **fields)
