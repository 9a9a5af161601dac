"""Notify people who chip in together. Recipients, and people who can no longer read the list, are left out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.inbox import notify
from core.money.money import Money
from wishlists.access.former_givers import readers_among
from wishlists.models import Collection, Contribution, Guest, Member
from wishlists.services.money.funding import Fund, things_of
from wishlists.services.notices.guest_mail import guests_among, tell_guests


def tell_handed_over(collection: Collection, *, by: User) -> None:
    """Notify the new organiser."""
    if collection.organiser_id == by.pk:
        return
    title = _("You are now the organiser of the group gift “%(what)s”") % {"what": _name(collection)}
    notify(
        users=[collection.organiser],
        kind="collection_handed_over",
        title=title,
        payload=_named(collection),
        about=_about(collection),
    )


def tell_ended(collection: Collection, *, by: User) -> None:
    """Notify everybody who chipped in that the collection has ended and their contributions stand."""
    title = _("The group gift “%(what)s” has ended") % {"what": _name(collection)}
    body = _("Your contribution still counts. You can withdraw it if you no longer want to give it.")
    notify(
        users=_contributors(collection).exclude(pk=by.pk),
        kind="collection_ended",
        title=title,
        body=body,
        payload=_named(collection),
        about=_about(collection),
    )
    tell_guests(_guests(collection), kind="collection_ended", item=collection.item)


def tell_reached(collection: Collection, fund: Fund) -> None:
    """Notify everybody who chipped in, and the organiser."""
    total = Money(fund.sums.get(collection.currency, 0), collection.currency)
    title = _("The group gift “%(what)s” is fully funded: %(total)s") % {
        "total": total,
        "what": _name(collection),
    }
    payload = _named(collection) | {"total": total, "currency": collection.currency}
    notify(
        users=_everyone(collection),
        kind="collection_reached",
        title=title,
        payload=payload,
        about=_about(collection),
    )
    tell_guests(_guests(collection), kind="collection_reached", item=collection.item)


def tell_missed(collection: Collection, given: Iterable[Contribution]) -> None:
    """Notify people whose pledges were freed, people who paid, and the organiser, who settles what was paid."""
    given = list(given)
    title = _("The group gift “%(what)s” didn't reach its target") % {"what": _name(collection)}
    for user in _everyone(collection, {row.user_id for row in given if row.user_id}):
        paid = _paid(collection, [row for row in given if row.user_id == user.pk])
        body = _("Your pledge was cancelled. You don't need to pay anything.")
        if paid.minor:
            body = _("You paid %(amount)s. Ask the organiser for your money back.") % {"amount": paid}
        if user.pk == collection.organiser_id:
            body = _to_organiser(collection, given)
        payload = _named(collection) | {"paid": paid}
        notify(
            users=[user],
            kind="collection_missed",
            title=title,
            body=body,
            payload=payload,
            about=_about(collection),
        )
    guests = guests_among(row.guest for row in given if row.guest_id)
    tell_guests(guests, kind="collection_missed", item=collection.item)


def _to_organiser(collection: Collection, given: list[Contribution]) -> str:
    paid = _paid(collection, given)
    if not paid.minor:
        return _("The deadline has passed, and all pledges were cancelled.")
    return _(
        "The deadline has passed. %(amount)s had been paid already. Pay it back, or agree on something "
        "else with the givers."
    ) % {"amount": paid}


def _paid(collection: Collection, given: Iterable[Contribution]) -> Money:
    rows = (row for row in given if row.currency == collection.currency)
    minor = sum(row.amount_minor for row in rows if row.status == Contribution.Status.PAID)
    return Money(minor, collection.currency)


def _contributors(collection: Collection) -> QuerySet[User]:
    standing = Contribution.objects.standing().filter(things_of(collection))
    return _told(collection, User.objects.filter(pk__in=standing.values("user")))


def _guests(collection: Collection) -> list[Guest]:
    """Return guests who chip in."""
    standing = Contribution.objects.standing().filter(things_of(collection)).exclude(guest=None)
    return guests_among(row.guest for row in standing.select_related("guest").order_by("created_at", "pk"))


def _everyone(collection: Collection, also: Iterable[Any] = ()) -> QuerySet[User]:
    """Return users who chip in, and the organiser."""
    standing = Contribution.objects.standing().filter(things_of(collection))
    named = Q(pk__in=[*also, collection.organiser_id])
    return _told(collection, User.objects.filter(named | Q(pk__in=standing.values("user"))))


def _told(collection: Collection, people: QuerySet[User]) -> QuerySet[User]:
    """Return those of `people` who can still read the list and are not recipients."""
    blind = Member.objects.blinding().filter(wishlist=collection.wishlist_id)
    reading = readers_among(people.filter(is_active=True), collection.wishlist)
    return reading.exclude(pk__in=blind.values("user")).order_by("pk")


def _about(collection: Collection) -> str:
    return f"collection {collection.pk}"


def _name(collection: Collection) -> str:
    return collection.item.title if collection.item else collection.wishlist.title


def _named(collection: Collection) -> dict[str, Any]:
    return {
        "collection_id": str(collection.pk),
        "wishlist_id": str(collection.wishlist_id),
        "item_title": collection.item.title if collection.item else None,
        "list_title": collection.wishlist.title,
    }
