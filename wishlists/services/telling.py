"""Telling givers what became of an item that they took or paid for. Never the recipients, and never the one who did it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.inbox import notify
from wishlist_project.base.money import format_money, to_wire
from wishlists.audience import Viewer
from wishlists.changes import changes_between, said_of, told_changes
from wishlists.models import Contribution, Item, Member
from wishlists.reach import readers_among
from wishlists.services.guest_news import guests_holding, guests_of, tell_guests


def tell_holders(*, item: Item, by: Viewer, kind: str, title: str, body: str = "", **payload: Any) -> None:
    """Notify everyone with an account who holds units of `item` and may still read its list; and guests who hold some."""
    holders = User.objects.filter(reservations__item=item, reservations__released_at=None, is_active=True)
    told = _others(readers_among(holders, item.wishlist), item, by)
    notify(users=told, kind=kind, title=title, body=body, payload=_named(item) | payload)
    tell_guests(guests_holding(item, but=by), kind=kind, item=item)


def tell_edited(*, item: Item, by: Viewer, was: Mapping[str, Any], fields: Collection[str]) -> None:
    """Notify the holders of what `item` said (`was`, from `said_of`) and says now. An order is no news to them."""
    if set(fields) <= {"position"}:
        return
    changes = changes_between(was, said_of(item))
    lines = [f"{what}: {old} → {new}" for what, old, new in told_changes(changes, item.currency)]
    tell_holders(
        item=item,
        by=by,
        kind="item_changed",
        title=_("“%(item)s” was changed") % {"item": was["title"]},
        body="\n".join(lines),
        fields=sorted(fields),
        changes=changes,
    )


def tell_contributors(*, item: Item, by: Viewer, title: str) -> None:
    """Notify those who pledged that the item is gone, and those who paid, of the amount to ask back.

    Whoever was seen out of the list is told of their own money alone: neither of a pledge, nor what was removed.
    """
    people = User.objects.filter(contributions__item=item, is_active=True).distinct()
    givers, readers = _others(people, item, by), set(readers_among(people, item.wishlist))
    standing = Contribution.objects.standing().filter(item=item, user__in=givers).select_related("user")
    for contribution in standing.order_by("created_at", "pk"):
        assert contribution.user is not None
        if contribution.status == Contribution.Status.PAID:
            _tell_paid(contribution, item if contribution.user in readers else None, title)
        elif contribution.user in readers:
            notify(users=[contribution.user], kind="item_removed_pledged", title=title, payload=_named(item))
    _tell_guests_of_money(item)


def _tell_guests_of_money(item: Item) -> None:
    chipped = Contribution.objects.standing().filter(item=item).exclude(guest=None)
    given = chipped.select_related("guest").order_by("created_at", "pk")
    for status, kind in (("paid", "refund_paid"), ("pledged", "item_removed_pledged")):
        tell_guests(guests_of(given, status=status), kind=kind, item=item)


def _tell_paid(contribution: Contribution, item: Item | None, title: str) -> None:
    assert contribution.user is not None
    amount = format_money(contribution.amount_minor, contribution.currency)
    money = {
        "amount": to_wire(contribution.amount_minor, contribution.currency),
        "currency": contribution.currency,
    }
    notify(
        users=[contribution.user],
        kind="refund_paid",
        title=title if item else _("Something that you paid for is no longer wished for"),
        body=_("You had paid %(amount)s. Ask for it back.") % {"amount": amount},
        payload=(_named(item) if item else {"item_title": "", "list_title": ""}) | money,
    )


def _named(item: Item) -> dict[str, Any]:
    return {"item_title": item.title, "list_title": item.wishlist.title}


def _others(people: QuerySet[User], item: Item, by: Viewer) -> list[User]:
    """`people` without the one who did it, and without whoever became a recipient since."""
    recipients = Member.objects.blinding().filter(wishlist=item.wishlist_id).values("user")
    others = people.exclude(pk__in=recipients).order_by("pk")
    return [person for person in others if by.user is None or person.pk != by.user.pk]
