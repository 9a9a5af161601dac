"""Create the data for a measurement. The writer runs this, with the same services as requests."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction
from django.db.models import Sum

from accounts.models import User
from accounts.services.sessions import start_session, tokens_of
from core.db.planner_statistics import gather_statistics
from sharing.access.capabilities import link_token, manage_token
from sharing.models import PublicLink
from tests.large.large_installation import Size, list_of, make_large, person
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item, edit_item
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.lists.people import join_guest, share_wishlist
from wishlists.services.reserving import reserve_item

PASSWORD = "correct horse battery"  # noqa: S105 - of users who exist for a minute
TEXT = "A kettle that whistles in the key of C, with a handle of beech and room for four cups of tea."
QUANTITY = 99


def prepare(scene: str, **wanted: int | str) -> dict[str, Any]:
    answer: dict[str, Any] = _SCENES[scene](**wanted)
    return answer


def crowd(people: int, items: int) -> dict[str, Any]:
    """Create people who can log in, and a list with a link."""
    emails = [_person(password=PASSWORD).email for _ in range(people)]
    return _list(_person(), items) | {"emails": emails, "password": PASSWORD}


def giving(givers: int, items: int, quantity: int = QUANTITY) -> dict[str, Any]:
    """Create a list with many givers, and return their access tokens."""
    owner = _person()
    made = _list(owner, items, quantity)
    wishlist = Wishlist.objects.get(pk=made["wishlist_id"])
    people = [_person() for _ in range(givers)]
    for giver in people:
        share_wishlist(wishlist=wishlist, by=owner, email=giver.email, role="viewer")
    return made | {"givers": [_token(giver) for giver in people]}


def lists(number: int) -> dict[str, Any]:
    """Create lists of different owners, each with one item and a link."""
    return {"lists": [_list(_person(), 1) for _ in range(number)]}


def mine(lists: int, items: int) -> dict[str, Any]:
    """Create a person with `lists` lists of `items` wishes: half are their own, half are shared with them. Others have
    reserved every second wish.
    """
    person, friend = _person(), _person()
    owners = [person if number % 2 else friend for number in range(lists)]
    with transaction.atomic():  # or each list would wait for the disk several times
        for owner in owners:
            made, other = _list(owner, items), friend if owner is person else person
            wishlist = Wishlist.objects.get(pk=made["wishlist_id"])
            share_wishlist(wishlist=wishlist, by=owner, email=other.email, role="viewer")
            for item_id in made["items"][::2]:
                reserve_item(item=Item.objects.get(pk=item_id), by=Viewer(user=other))
    return {"token": _token(person)}


def taken(wishlist_id: str) -> dict[str, Any]:
    """Return how many units of the list's items are reserved."""
    rows = Item.objects.filter(wishlist_id=wishlist_id)
    return {"units": rows.aggregate(units=Sum("units_taken"))["units"] or 0}


def large(lists: int, others: int) -> dict[str, Any]:
    """Fill the database, and return the access token of a person with ten lists, one of these, and an item of it."""
    with transaction.atomic():
        make_large(Size(lists=lists, others=others))
    gather_statistics()
    shared = list_of(12)
    item = shared.items.live().in_order()[0]
    return {"wishlist_id": str(shared.pk), "item_id": str(item.pk), "token": _token(person(15))}


def guest(wishlist_id: str, items: list[str]) -> dict[str, Any]:
    """Let a guest reserve one unit of each of these items, and return the cookie by which their browser is known."""
    wishlist = Wishlist.objects.get(pk=wishlist_id)
    mia = join_guest(wishlist=wishlist, name="Mia")
    for item in Item.objects.filter(pk__in=items):
        reserve_item(item=item, by=Viewer(guest=mia, by_link=True))
    return {"cookie": f"guest_{wishlist.pk.hex}={manage_token(mia)}"}


def edited(item_id: str) -> dict[str, Any]:
    """Give a wish another text."""
    item = Item.objects.select_related("wishlist__owner").get(pk=item_id)
    edit_item(item=item, by=Viewer(user=item.wishlist.owner), description=f"{TEXT} {secrets.token_hex(4)}")
    return {}


_SCENES: dict[str, Any] = {
    "crowd": crowd,
    "edited": edited,
    "giving": giving,
    "guest": guest,
    "large": large,
    "lists": lists,
    "mine": mine,
    "taken": taken,
}


def _list(owner: User, items: int, quantity: int = QUANTITY) -> dict[str, Any]:
    made = create_wishlist(owner=owner, title="Measured")
    wishlist = Wishlist.objects.get(pk=made.pk)
    by = Viewer(user=owner)
    ids = [
        str(add_item(wishlist=wishlist, by=by, title=f"Wish {number}", quantity=quantity, **_WISH).pk)
        for number in range(items)
    ]
    link = PublicLink.objects.create(wishlist=made, created_by=owner)
    return {"wishlist_id": str(made.pk), "items": ids, "owner": _token(owner), "token": link_token(link)}


_WISH: dict[str, Any] = {"description": TEXT, "price_minor": 4990}


def _person(password: str | None = None) -> User:
    email = f"{secrets.token_hex(8)}@example.com"
    return User.objects.create_user(email=email, display_name="Person", password=password)


def _token(person: User) -> str:
    return tokens_of(start_session(user=person))["access_token"]
