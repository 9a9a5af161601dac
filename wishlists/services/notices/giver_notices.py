"""Notify givers of what happened to an item that they took or paid for. Recipients and the person who did it are left
out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Notification, User
from accounts.services.inbox import Merge, NoticeText, notify
from core.money.money import Money
from core.text.text_cutting import cut_all
from wishlists.access.former_givers import readers_among
from wishlists.models import Contribution, Guest, Item, Member, Wishlist
from wishlists.models.giving import ContributionQuerySet
from wishlists.models.viewers import Viewer
from wishlists.projections.item_changes import (
    Changes,
    changes_between,
    changes_from_payload,
    changes_in_words,
    changes_since,
    fields_of,
)
from wishlists.services.notices.guest_mail import guests_among, guests_holding, tell_guests

MOST_OF_A_TEXT = 300
"""Texts in notices are cut to this length, before and after the edit. My gifts shows them in full."""


def tell_holders(
    *,
    item: Item,
    by: Viewer,
    kind: str,
    title: str,
    body: str = "",
    merge: Merge = lambda _unread, new: new,
    **payload: Any,
) -> None:
    """Notify users who hold units of `item` and can still read its list, and guests who hold some."""
    holders = User.objects.filter(reservations__item=item, reservations__released_at=None, is_active=True)
    told = _others(readers_among(holders, item.wishlist), item.wishlist, by)
    notify(
        users=told,
        kind=kind,
        title=title,
        body=body,
        payload=_named(item) | payload,
        about=f"item {item.pk}",
        merge=merge,
    )
    tell_guests(guests_holding(item, but=by), kind=kind, item=item)


def tell_edited(*, item: Item, by: Viewer, was: Mapping[str, Any], fields: Collection[str]) -> None:
    """Notify holders of what `item` said before (`was`, from `fields_of`) and says now. A new position alone is not
    notified.
    """
    if set(fields) <= {"position"}:
        return
    changes = cut_all(changes_between(was, fields_of(item)), MOST_OF_A_TEXT)
    tell_holders(
        item=item,
        by=by,
        kind="item_changed",
        title=_("“%(item)s” on “%(list)s” was changed") % {"item": was["title"], "list": item.wishlist.title},
        body=_in_words(changes),
        merge=lambda unread, new: _since_read(unread, new, item),
        fields=sorted(fields),
        changes=changes,
    )


def _in_words(changes: Changes) -> str:
    lines = [f"{what}: {old} → {new}" for what, old, new in changes_in_words(changes)]
    return "\n".join(lines)


def _since_read(unread: Notification, new: NoticeText, item: Item) -> NoticeText:
    """Return the notice with all changes since the holder last read one, however many edits there were. The item is
    locked.
    """
    changes = changes_since(unread.payload.get("changes", {}), new.payload["changes"], MOST_OF_A_TEXT)
    fields = {*unread.payload.get("fields", ()), *new.payload["fields"]}
    return NoticeText(
        unread.title,
        _in_words(changes_from_payload(changes, item.currency)) or _("It now says what you read before."),
        {**new.payload, "fields": sorted(fields), "changes": changes},
    )


def tell_contributors(*, item: Item, by: Viewer, title: str) -> None:
    """Notify people who chipped in for `item`, which was removed."""
    _tell_money(Contribution.objects.filter(item=item), item.wishlist, by, title)


def tell_refunds_of_list(*, wishlist: Wishlist, by: User, title: str) -> None:
    """Notify people who paid for something on a list that is removed, its pot included.

    Those who paid for an item that was removed earlier were notified then.
    """
    there = Contribution.objects.on(wishlist).exclude(item__removed_at__isnull=False)
    _tell_money(there.filter(status=Contribution.Status.PAID), wishlist, Viewer(user=by), title)


def _tell_money(given: ContributionQuerySet, wishlist: Wishlist, by: Viewer, title: str) -> None:
    """Notify people who pledged that the pledge is gone, and people who paid, of the amount to ask back.

    People who lost access to the list are told about their paid money only, without the name of what was removed.
    """
    people = User.objects.filter(contributions__in=given, is_active=True).distinct()
    givers, readers = _others(people, wishlist, by), set(readers_among(people, wishlist))
    standing = given.standing().select_related("user", "item").order_by("created_at", "pk")
    for contribution in standing.filter(user__in=givers):
        assert contribution.user is not None
        item_title = contribution.item.title if contribution.item else wishlist.title
        named = {"item_title": item_title, "list_title": wishlist.title}
        reads = contribution.user in readers
        if contribution.status == Contribution.Status.PAID:
            _tell_paid(contribution, named if reads else None, title)
        elif reads:
            notify(
                users=[contribution.user],
                kind="item_removed_pledged",
                title=title,
                payload=named,
                about=f"item {contribution.item_id}",
            )
    _tell_guests_of_money(standing.exclude(guest=None).select_related("guest"))


def _tell_guests_of_money(given: Iterable[Contribution]) -> None:
    """Notify guests, once for each item and kind, even if they chipped in several times."""
    kinds = {Contribution.Status.PAID: "refund_paid", Contribution.Status.PLEDGED: "item_removed_pledged"}
    told: defaultdict[tuple[Item | None, str], list[Guest | None]] = defaultdict(list)
    for contribution in given:
        told[contribution.item, kinds[Contribution.Status(contribution.status)]].append(contribution.guest)
    for (item, kind), guests in told.items():
        tell_guests(guests_among(guests), kind=kind, item=item)


def _tell_paid(contribution: Contribution, named: dict[str, Any] | None, title: str) -> None:
    assert contribution.user is not None
    amount = Money(contribution.amount_minor, contribution.currency)
    notify(
        users=[contribution.user],
        kind="refund_paid",
        title=title if named else _("Something you paid for was removed"),
        body=_("You paid %(amount)s. Ask for your money back.") % {"amount": amount},
        payload=(named or {"item_title": "", "list_title": ""})
        | {"amount": amount, "currency": contribution.currency},
        about=f"contribution {contribution.pk}",
    )


def title_names(item: Item) -> dict[str, str]:
    """Return the names that the title of a notice about `item` has placeholders for."""
    return {"item": item.title, "list": item.wishlist.title}


def _named(item: Item) -> dict[str, Any]:
    return {"item_title": item.title, "list_title": item.wishlist.title}


def _others(people: QuerySet[User], wishlist: Wishlist, by: Viewer) -> list[User]:
    """Return `people` without the person who did it, and without recipients."""
    recipients = Member.objects.blinding().filter(wishlist=wishlist).values("user")
    others = people.exclude(pk__in=recipients).order_by("pk")
    return [person for person in others if by.user is None or person.pk != by.user.pk]
