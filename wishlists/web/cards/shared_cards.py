"""The cards of a list: those that all viewers of one audience share, and what is different for one of them.

The rows of a list are read once for each revision of what an audience sees (docs/drawings.md). Only what belongs to the
viewer is read for each page: their reservations, their money and their places in line.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import get_language

from core.money.money import Money
from core.pages.drawings import kept
from wishlists.access.former_givers import former_givers
from wishlists.models import Item, Reservation, WaitlistEntry, Wishlist
from wishlists.projections.items import project_list
from wishlists.projections.rows import Row
from wishlists.queries.own_giving import contributed_by, reserved_by
from wishlists.queries.revisions import revision_of
from wishlists.web.cards.card_page import CardPage
from wishlists.web.cards.cards import Card, CardFeedback, ItemRow, OwnGift
from wishlists.web.page_context import PageContext

_BYTES_OF_A_CARD = 3_000
"""Roughly, without its source."""


@dataclass(frozen=True)
class SharedCards:
    """The cards of a list for everybody with this page, at one revision of what their audience sees.

    It is the key under which they are kept, and all that they are made of: `read` gets nothing else.
    """

    language: str
    page: CardPage
    wishlist_id: UUID
    names_shown: bool
    revision: str

    def read(self) -> tuple[Card, ...]:
        """Return the cards of viewers who have nothing of their own on the list."""
        wishlist = Wishlist(pk=self.wishlist_id, names_shown=self.names_shown)
        rows = [ItemRow(row) for row in project_list(wishlist, self.page.sight)]
        marks = self._marks(rows)
        choices = [row for row in rows if row["choice"]]
        return tuple(
            Card(
                self.language,
                self.page,
                row,
                mark=marks.get(row["id"], ""),
                may_change=self.page.may_edit,
                others=tuple(other["title"] for other in choices if _is_alternative(other, row)),
            )
            for row in rows
        )

    def _marks(self, rows: list[ItemRow]) -> dict[UUID, str]:
        """Return the recipients' marks, which everybody sees. Runs no statement if there can be none."""
        if all(row["reservation_status"] == "available" for row in rows):
            return {}
        marked = Item.objects.seen_with(self.page.sight).filter(wishlist_id=self.wishlist_id)
        return dict(marked.exclude(mark=Item.Mark.NONE).values_list("pk", "mark"))


def read_cards(page: PageContext, feedback: CardFeedback | None = None) -> list[Card]:
    """Return all cards of the list in the order of the page: received items last."""
    cards = {card.id: card for card in _shared(page)}
    for item_id, own in _own(page, cards).items():
        cards[item_id] = replace(cards[item_id], **own)
    if feedback and feedback.item_id in cards:
        cards[feedback.item_id] = replace(cards[feedback.item_id], **_answer(feedback))
    return sorted(cards.values(), key=lambda card: bool(card.item["received_at"]))


def _shared(page: PageContext) -> tuple[Card, ...]:
    wishlist = page.wishlist
    # Read the revision first: a change in between then gets an older name, and is read again.
    revision = revision_of(wishlist.pk, page.audience)
    found = SharedCards(get_language() or "", page.for_cards, wishlist.pk, wishlist.names_shown, revision)
    if not revision or connection.in_atomic_block:
        return found.read()  # what a transaction sees may never be committed
    cards: tuple[Card, ...] = kept.get(found, found.read, lambda made: _BYTES_OF_A_CARD * (1 + len(made)))
    return cards


def _own(page: PageContext, cards: dict[UUID, Card]) -> dict[UUID, dict[str, Any]]:
    """Return what is different on the cards of this viewer."""
    own: defaultdict[UUID, dict[str, Any]] = defaultdict(dict)
    for mine in _reservations(page):
        if mine.item_id in cards:
            card = cards[mine.item_id]
            own[card.id]["mine"] = OwnGift.of(mine, is_many=card.is_many, zone=page.wishlist.time_zone)
    for item_id, money in _money(page).items():
        own[item_id]["my_money"] = money
    for item_id, ahead in _lines(page, cards, own).items():
        own[item_id]["ahead"] = ahead
    for item_id in _held_by_former_givers(page, cards):
        own[item_id]["is_with_former_giver"] = True
    for item_id in _own_secrets(page, cards):
        own[item_id]["may_change"] = True
    return {item_id: different for item_id, different in own.items() if item_id in cards}


def _answer(feedback: CardFeedback) -> dict[str, Any]:
    form = feedback.form
    typed = form.data.dict() if form else {}  # type: ignore[attr-defined]
    return {"feedback": feedback, "typed": typed, "errors": form.errors if form else {}}


def _is_alternative(other: Row, row: Row) -> bool:
    """Return whether they are alternatives, by the rules of `ItemQuerySet.alike`."""
    mine = (row["choice"], row["is_secret"])
    return (other["choice"], other["is_secret"]) == mine and other["id"] != row["id"]


def _is_known_giver(page: PageContext) -> bool:
    return page.may_give and not page.asks_name


def _reservations(page: PageContext) -> list[Reservation]:
    return reserved_by(page.viewer, page.wishlist.pk) if _is_known_giver(page) else []


def _money(page: PageContext) -> dict[UUID, str]:
    """Return the viewer's contributions, in their currency. There may be several currencies."""
    if not _is_known_giver(page):
        return {}
    told: defaultdict[UUID, list[str]] = defaultdict(list)
    for row in contributed_by(page.viewer, page.wishlist.pk):
        told[row["item_id"]].append(str(Money(row["total"], row["currency"])))
    return {item_id: " + ".join(amounts) for item_id, amounts in told.items()}


def _lines(page: PageContext, cards: dict[UUID, Card], own: dict[UUID, dict[str, Any]]) -> dict[UUID, int]:
    """Return the items for which the viewer waits, and how many are ahead. Runs no statement if nothing is taken."""
    if not _is_known_giver(page) or not any(
        card.item["reservation_status"] != "available" and "mine" not in own.get(item_id, ())
        for item_id, card in cards.items()
    ):
        return {}
    places = WaitlistEntry.objects.in_line().held_by(page.viewer).filter(item__wishlist=page.wishlist)
    return {
        place.item_id: place.ahead
        for place in places.with_ahead()
        if place.item_id in cards
        and cards[place.item_id].item["reservation_status"] != "available"
        and "mine" not in own.get(place.item_id, ())
    }


def _held_by_former_givers(page: PageContext, cards: dict[UUID, Card]) -> set[UUID]:
    """Return items held by givers who became recipients, if givers are named. Runs no statement if nothing is held."""
    if not page.is_among_givers:
        return set()
    held = {
        item_id: card.item["reserved_by_id"]
        for item_id, card in cards.items()
        if card.item["reserved_by_id"] and not card.mark
    }
    former = set(former_givers(page.wishlist)) if held else set()
    return {item_id for item_id, holder in held.items() if holder in former}


def _own_secrets(page: PageContext, cards: dict[UUID, Card]) -> set[UUID]:
    user, by_link = page.viewer.user, page.viewer.by_link
    if user is None or by_link:
        return set()
    return {
        item_id
        for item_id, card in cards.items()
        if card.item["is_secret"] and card.item["contributed_by_id"] == user.pk
    }
