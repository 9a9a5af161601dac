"""The people and the list that every example begins with, and the current rows, each read by one prepared statement."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from core.db.prepared import prepared
from tests.model.funding import POT
from tests.model.ledger import OWNER, Place, Wish
from wishlists.access.viewpoint import Viewpoint, viewpoint_of
from wishlists.models import Collection, Contribution, Item, Reservation, WaitlistEntry, Wishlist
from wishlists.models.items import ItemQuerySet
from wishlists.models.lists import WishlistQuerySet
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.lists.people import join_guest, share_wishlist

START = datetime(2026, 5, 4, 10, tzinfo=UTC)
REVEAL_ON = date(2026, 5, 7)
WISHES = {"kettle": Wish(1), "cups": Wish(3), "sweets": Wish(None)}
THINGS = [*sorted(WISHES), POT]
PEOPLE = ("Bob", "Carol", "Dora")
GUEST = "Grandma"
GIVERS = (*PEOPLE, GUEST)
ANYBODY = (*GIVERS, OWNER)
CHOICES = {
    "one of these": UUID("6f1c5bd2-59a5-4fd0-9c0e-0d9f6f4b4a11"),
    "or of those": UUID("0b8c0d2c-7c3e-4b3a-8a86-1f2f3a4b5c6d"),
}

Row = dict[str, Any]


class World:
    """Alice's list with three items, three members and a guest. Made once for all examples."""

    def __init__(self) -> None:
        self.alice = User.objects.create(email="owner@example.org", display_name=OWNER)
        made = create_wishlist(owner=self.alice, title="Birthday", time_zone="UTC", reveal_on=REVEAL_ON)
        self.list_id = made.pk
        self.people = {OWNER: Viewer(user=self.alice)}
        for name in PEOPLE:
            user = User.objects.create(email=f"{name}@example.org", display_name=name)
            share_wishlist(wishlist=made, by=self.alice, email=user.email, role="viewer")
            self.people[name] = Viewer(user=user)
        self.people[GUEST] = Viewer(guest=join_guest(wishlist=made, name=GUEST), by_link=True)
        owner = self.people[OWNER]
        self.items = {
            name: add_item(
                wishlist=made, by=owner, title=name, quantity=wish.quantity, currency=wish.currency
            ).pk
            for name, wish in WISHES.items()
        }
        self.named = {pk: name for name, pk in self.items.items()}

    # --- objects for services, read as views read them ---

    def item(self, name: str) -> Item:
        return _item(item_id=self.items[name])[0]

    def list_now(self) -> Wishlist:
        return self.viewpoint_of(OWNER).wishlist

    def viewpoint_of(self, who: str) -> Viewpoint:
        [found] = _list(wishlist_id=self.list_id, user_id=self._account(who))
        return viewpoint_of(self.people[who], found)

    def reservation(self, pk: UUID) -> Reservation:
        return _reservation(pk=pk)[0]

    def contribution(self, pk: UUID) -> Contribution:
        return _contribution(pk=pk)[0]

    def collection(self, pk: UUID) -> Collection:
        return _collection(pk=pk)[0]

    def _account(self, who: str) -> UUID | None:
        user = self.people[who].user
        return None if user is None else user.pk

    # --- the current rows ---

    def held(self) -> dict[Place, Row]:
        """Return the reservations in the order in which the sweep of lapses handles them."""
        rows = _held(wishlist_id=self.list_id)
        return {(self.named[row["item_id"]], _name(row)): row for row in rows}

    def line(self) -> list[Place]:
        return [(self.named[row["item_id"]], _name(row)) for row in _line(wishlist_id=self.list_id)]

    def money(self) -> dict[UUID, Row]:
        rows = [*_chipped(wishlist_id=self.list_id), *_potted(wishlist_id=self.list_id)]
        return {row["pk"]: row | {"thing": self._thing(row), "giver": _name(row)} for row in rows}

    def collected(self) -> dict[str, Row]:
        return {self._thing(row): row for row in _collected(wishlist_id=self.list_id)}

    def items_now(self) -> dict[str, Row]:
        return {self.named[row["pk"]]: row for row in _items(wishlist_id=self.list_id)}

    def _thing(self, row: Row) -> str:
        return self.named[row["item_id"]] if row["item_id"] else POT


def _name(row: Row) -> str:
    return str(row["user__display_name"] or row["guest__name"])


# These statements don't use the product's own definitions of what counts, so that a wrong definition is noticed.

_GIVER = ("user__display_name", "guest__name")
_HELD = ("pk", "item_id", "units", "stage", "is_offer", "lapses_at", *_GIVER)
_MONEY = ("pk", "item_id", "amount_minor", "currency", "status", "withdrawn_at", *_GIVER)


def _asker(user_id: UUID | None) -> User | None:
    return None if user_id is None else User(pk=user_id)


@prepared
def _item(*, item_id: UUID) -> ItemQuerySet:
    return Item.objects.select_related("wishlist").filter(pk=item_id)


@prepared
def _list(*, wishlist_id: UUID, user_id: UUID | None) -> WishlistQuerySet:
    return Wishlist.objects.for_viewer(_asker(user_id)).filter(pk=wishlist_id)


@prepared
def _reservation(*, pk: UUID) -> QuerySet[Reservation]:
    return Reservation.objects.filter(pk=pk).select_related("item__wishlist")


@prepared
def _contribution(*, pk: UUID) -> QuerySet[Contribution]:
    return Contribution.objects.filter(pk=pk).select_related("item__wishlist", "pot")


@prepared
def _collection(*, pk: UUID) -> QuerySet[Collection]:
    return Collection.objects.filter(pk=pk).select_related("wishlist")


@prepared
def _held(*, wishlist_id: UUID) -> QuerySet[Reservation, Row]:
    held = Reservation.objects.filter(item__wishlist=wishlist_id, released_at=None)
    rows: QuerySet[Reservation, Row] = held.order_by("lapses_at", "pk").values(*_HELD)
    return rows


@prepared
def _line(*, wishlist_id: UUID) -> QuerySet[WaitlistEntry, Row]:
    line = WaitlistEntry.objects.filter(item__wishlist=wishlist_id, ended_at=None)
    rows: QuerySet[WaitlistEntry, Row] = line.order_by("created_at").values("item_id", *_GIVER)
    return rows


@prepared
def _chipped(*, wishlist_id: UUID) -> QuerySet[Contribution, Row]:
    standing = Contribution.objects.filter(item__wishlist=wishlist_id, withdrawn_at=None)
    rows: QuerySet[Contribution, Row] = standing.order_by("created_at").values(*_MONEY)
    return rows


@prepared
def _potted(*, wishlist_id: UUID) -> QuerySet[Contribution, Row]:
    standing = Contribution.objects.filter(pot=wishlist_id, withdrawn_at=None)
    rows: QuerySet[Contribution, Row] = standing.order_by("created_at").values(*_MONEY)
    return rows


@prepared
def _collected(*, wishlist_id: UUID) -> QuerySet[Collection, Any]:
    opened = Collection.objects.filter(wishlist=wishlist_id, ended_at=None).order_by("created_at")
    return opened.values(
        "pk", "item_id", "organiser__display_name", "target_minor", "currency", "deadline_at"
    )


@prepared
def _items(*, wishlist_id: UUID) -> QuerySet[Item, Any]:
    rows = Item.objects.filter(wishlist=wishlist_id)
    return rows.values("pk", "units_taken", "cap", "removed_at", "updated_at")
