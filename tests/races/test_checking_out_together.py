"""Check-outs over several lists at the same moment don't deadlock, and each is done as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from time import sleep

import pytest
from django.db import OperationalError, connection
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from core.db.change import lock
from tests.races.storms import all_at_once
from wishlists.models import Item, Reservation, Wishlist
from wishlists.models.giving import ReservationQuerySet
from wishlists.models.viewers import Viewer
from wishlists.refusals import NothingReserved
from wishlists.services import checking_out
from wishlists.services.checking_out import check_out
from wishlists.services.lists.items import add_item
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.reserving import release_reservation, reserve_item

DONE, REFUSED, STUCK = 200, 404, 503
GIVERS = 6

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def givers(alice: User) -> list[User]:
    """Create six people who all hold something on the same four lists."""
    people = [
        User.objects.create(email=f"{n}@example.org", display_name=f"Giver {n}", password="!")
        for n in range(GIVERS)
    ]
    for n in range(4):
        wishlist = create_wishlist(owner=alice, title=f"List {n}", is_public=True)
        item = add_item(
            wishlist=wishlist, by=Viewer(user=alice), title="Wine", quantity=GIVERS, price_minor=1000
        )
        for giver in people:
            there = Item.objects.get(pk=item.pk)
            reserve_item(item=there, by=Viewer(user=giver))
    return people


def reservations(giver: User) -> list[Reservation]:
    return list(
        Reservation.objects.filter(user=giver).select_related("item__wishlist").order_by("created_at")
    )


def attempt(act: Callable[[], object]) -> int:
    try:
        act()
    except OperationalError:
        return STUCK
    except NothingReserved:
        return REFUSED
    finally:
        connection.close()
    return DONE


def mails() -> int:
    return DBTaskResult.objects.filter(task_path__contains="send_mail_job").count()


def test_check_outs_at_the_same_moment_all_succeed(givers: list[User]) -> None:
    def buy(index: int) -> int:
        ids = [reservation.pk for reservation in reservations(givers[index])]
        return attempt(lambda: check_out(ids=ids, by=Viewer(user=givers[index])))

    assert all_at_once(buy, GIVERS) == {DONE: GIVERS}
    assert set(Reservation.objects.values_list("stage", flat=True)) == {"ordered"}
    assert mails() == GIVERS


@pytest.mark.postgresql
def test_control_check_outs_deadlock_without_an_order_of_locks(
    givers: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_any_order(rows: ReservationQuerySet) -> None:
        found = list(rows.order_by("item__wishlist_id").values_list("item__wishlist_id", "user__email"))
        backwards = int(found[0][1][0]) % 2 == 1
        for wishlist_id, _email in reversed(found) if backwards else found:
            lock(Wishlist.objects.filter(pk=wishlist_id)).get()
            sleep(0.05)  # so that the other check-out has begun; the test doesn't rely on the exact time

    monkeypatch.setattr(checking_out, "_lock_lists_of", in_any_order)

    def buy(index: int) -> int:
        ids = [reservation.pk for reservation in reservations(givers[index])]
        return attempt(lambda: check_out(ids=ids, by=Viewer(user=givers[index])))

    assert all_at_once(buy, GIVERS)[STUCK] > 0


def test_check_out_with_a_gift_released_meanwhile_buys_all_or_nothing(givers: list[User]) -> None:
    """If the check-out is first, all four gifts are bought and then one is released. Otherwise one is gone and none is
    bought."""

    def act(index: int) -> int:
        giver = givers[index // 2]
        held = reservations(giver)
        if index % 2:
            return attempt(lambda: release_reservation(reservation=held[2], by=Viewer(user=giver)))
        return attempt(lambda: check_out(ids=[reservation.pk for reservation in held], by=Viewer(user=giver)))

    came = all_at_once(act, 2 * GIVERS)
    assert set(came) <= {DONE, REFUSED}
    bought = 0
    for giver in givers:
        stages = {reservation.stage for reservation in reservations(giver)}
        assert len(stages) == 1
        bought += stages == {"ordered"}
    assert (came[REFUSED], mails()) == (GIVERS - bought, bought)
    assert Reservation.objects.active().count() == 3 * GIVERS
