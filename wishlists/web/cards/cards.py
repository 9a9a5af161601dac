"""One item for one viewer: its projection, the viewer's own reservation and money, and their buttons.

`wishlists/_card.html` renders it everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.forms import Form
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money.money import Money
from wishlists.access.former_givers import former_givers
from wishlists.models import Contribution, Item, Reservation, WaitlistEntry
from wishlists.models.items import ItemQuerySet
from wishlists.projections.items import project_items
from wishlists.projections.rows import Row
from wishlists.web.cards.stages import StageButton, badge_of, next_stage, previous_stage, until
from wishlists.web.page_context import PageContext

_WRAPPINGS = 6


@dataclass(frozen=True)
class CardFeedback:
    """The result of the last form of one card: a sentence, or a form with errors at its fields."""

    item_id: UUID
    notice: str = ""
    went_wrong: bool = False
    opens: str = ""
    form: Form | None = None


@dataclass(frozen=True)
class Card:
    """One item for one viewer."""

    page: PageContext
    item: Row
    mine: Reservation | None = None
    my_money: str = ""
    mark: str = ""
    ahead: int | None = None
    """How many givers are ahead of the viewer in line. None if they don't wait."""
    is_with_former_giver: bool = False
    """Whether somebody holds it who is a recipient of the list now."""
    others: tuple[str, ...] = ()
    """Titles of its alternatives that the viewer may know about."""
    feedback: CardFeedback | None = None
    typed: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"{self.page.address}/items/{self.item['id']}"

    @property
    def wrapping(self) -> int:
        """The wrapping paper of an item without a picture, always the same for an item."""
        return UUID(str(self.item["id"])).int % _WRAPPINGS

    @property
    def is_many(self) -> bool:
        return bool(self.item["quantity"] != 1)

    @property
    def may_take(self) -> bool:
        is_free = bool(self.item["reservation_status"] == "available")
        return self.page.may_give and self.mine is None and is_free

    @property
    def may_wait(self) -> bool:
        is_taken = bool(self.item["reservation_status"] != "available")
        return self.page.may_give and self.mine is None and is_taken and not self.mark

    @property
    def is_waiting(self) -> bool:
        return self.ahead is not None

    @property
    def most(self) -> int | None:
        """The maximum number of units that the viewer could hold. None means any number."""
        free: int | None = self.item["units_free"]
        return None if free is None else free + (self.mine.units if self.mine else 0)

    @property
    def next_stage(self) -> StageButton | None:
        return next_stage(self.mine.stage) if self.mine else None

    @property
    def previous_stage(self) -> StageButton | None:
        return previous_stage(self.mine.stage) if self.mine else None

    @property
    def until(self) -> str:
        if self.mine is None:
            return ""
        return until(self.mine.lapses_at, self.page.wishlist.time_zone, is_offer=self.mine.is_offer)

    @property
    def may_chip_in(self) -> bool:
        open_to_money = self.item["reservation_status"] != "purchased" and not self.item["received_at"]
        return self.page.may_give and open_to_money and self.item["price"] is not None

    @property
    def may_change(self) -> bool:
        """Whether the viewer may edit and remove it, including secret additions of their own."""
        user, by_link = self.page.viewer.user, self.page.viewer.by_link
        own = user is not None and self.item["is_secret"] and self.item["contributed_by_id"] == user.pk
        return self.page.may_edit or (own and not by_link)

    @property
    def more_links(self) -> list[str]:
        """Links besides the first."""
        links: list[str] = self.item["links"]
        return links[1:] if self.item["link_url"] else links

    @property
    def more_images(self) -> list[str]:
        images: list[str] = self.item["image_urls"]
        return images[1:] if self.item["image_url"] else images

    @property
    def choice_sentence(self) -> str:
        """The sentence that names its alternatives, or ""."""
        if not self.others:
            return ""
        titles = ", ".join(_("“{title}”").format(title=title) for title in self.others)
        sentence = ngettext(
            "Either this or {others}, not both.", "Only one of these: this, {others}.", len(self.others)
        )
        return sentence.format(others=titles)

    @property
    def badge(self) -> str:
        """The item's state in one line. Keep it the same as `badge()` in static/js/live.js."""
        item, words = self.item, self.page.words
        if self.mine is not None:
            return badge_of(self.mine, is_many=self.is_many)
        if item["received_at"]:
            return words["received"]
        if item["reservation_status"] != "available":
            name = item["reserved_by_name"]
            if name and not self.page.is_blind:
                return words[f"{item['reservation_status']}_by"].format(name=name)
            return words[item["reservation_status"]]
        if item["quantity"] is None:
            return words["any"]
        return words["some" if self.is_many else "available"].format(
            free=item["units_free"], all=item["quantity"]
        )

    @property
    def chipped(self) -> str:
        """How much money there is. Keep it the same as `chipped()` in static/js/live.js."""
        item, words = self.item, self.page.words
        if not self.page.sees_money or not item["contributed_total"].minor:
            return ""
        of_price = item["price"] and self.is_counted_as_priced
        return words["chipped" if of_price else "chipped_only"].format(
            total=item["contributed_total"], price=item["price"]
        )

    @property
    def is_counted_as_priced(self) -> bool:
        """Whether contributions are in the currency of the price. They keep theirs if the item's changes."""
        return bool(self.item["contributed_currency"] == self.item["currency"])

    @property
    def progress(self) -> int | None:
        """How much of the price is covered, in percent. None if it can't be computed."""
        price, total = self.item["price"], self.item["contributed_total"]
        if not self.is_counted_as_priced:
            return None
        return min(100, 100 * total.minor // price.minor) if price and price.minor else 100


def shelved(cards: list[Card]) -> dict[str, list[Card]]:
    """The items that are still wanted, and those that were received, for templates."""
    return {
        "cards": [card for card in cards if not card.item["received_at"]],
        "received": [card for card in cards if card.item["received_at"]],
    }


def read_cards(page: PageContext, items: ItemQuerySet, feedback: CardFeedback | None = None) -> list[Card]:
    """Return cards of `items` in order. Runs the projection's statements, and one or two for what is the viewer's own."""
    rows = project_items(items, page.wishlist, page.sight)
    mine = _mine(page, items)
    money = _my_money(page, items)
    marks = _marks(page, items, rows)
    lines = _lines(page, rows, mine)
    choices = _choices(page, rows)
    former = _held_by_former_givers(page, rows, marks)
    return [
        Card(
            page,
            row,
            mine=mine.get(row["id"]),
            my_money=money.get(row["id"], ""),
            mark=marks.get(row["id"], ""),
            ahead=lines.get(row["id"]),
            is_with_former_giver=row["id"] in former,
            others=tuple(item.title for item in choices if _is_alternative(item, row)),
            **(_answer(feedback) if feedback and feedback.item_id == row["id"] else {}),
        )
        for row in rows
    ]


def _answer(feedback: CardFeedback) -> dict[str, Any]:
    form = feedback.form
    typed = form.data.dict() if form else {}  # type: ignore[attr-defined]
    return {"feedback": feedback, "typed": typed, "errors": form.errors if form else {}}


def _mine(page: PageContext, items: ItemQuerySet) -> dict[UUID, Reservation]:
    if not page.may_give or page.asks_name:
        return {}
    held = Reservation.objects.active().held_by(page.viewer).filter(item__in=items.order_by())
    return {reservation.item_id: reservation for reservation in held}


def _my_money(page: PageContext, items: ItemQuerySet) -> dict[UUID, str]:
    """Return the viewer's contributions, in their currency. There may be several currencies."""
    if not page.may_give or page.asks_name:
        return {}
    who = {"user": page.viewer.user} if page.viewer.user else {"guest": page.viewer.guest}
    standing = Contribution.objects.standing().filter(item__in=items.order_by(), **who).order_by()
    sums = standing.values("item_id", "currency").annotate(total=Sum("amount_minor"))
    told: defaultdict[UUID, list[str]] = defaultdict(list)
    for row in sums.order_by("currency"):
        told[row["item_id"]].append(str(Money(row["total"], row["currency"])))
    return {item_id: " + ".join(amounts) for item_id, amounts in told.items()}


def _lines(page: PageContext, rows: list[Row], mine: dict[UUID, Reservation]) -> dict[UUID, int]:
    """Return the items for which the viewer waits, and how many are ahead. Runs no statement if nothing is taken."""
    taken = [row["id"] for row in rows if row["reservation_status"] != "available" and row["id"] not in mine]
    if not taken or not page.may_give or page.asks_name:
        return {}
    places = WaitlistEntry.objects.in_line().held_by(page.viewer).filter(item__in=taken).with_ahead()
    return {place.item_id: place.ahead for place in places}


def _choices(page: PageContext, rows: list[Row]) -> list[Item]:
    """Return the alternatives, also beyond `rows`. Runs no statement if there are none."""
    chosen = {row["choice"] for row in rows if row["choice"]}
    return list(page.items().filter(choice__in=chosen)) if chosen else []


def _is_alternative(item: Item, row: Row) -> bool:
    """Return whether they are alternatives, by the rules of `ItemQuerySet.alike`."""
    mine = (row["choice"], row["is_secret"])
    return (item.choice, item.is_secret) == mine and item.pk != row["id"]


def _held_by_former_givers(page: PageContext, rows: list[Row], marks: dict[UUID, str]) -> set[UUID]:
    """Return items held by givers who became recipients, if givers are named. Runs no statement if nothing is held."""
    held = {
        row["id"]: row["reserved_by_id"] for row in rows if row["reserved_by_id"] and row["id"] not in marks
    }
    if not held or not page.is_among_givers:
        return set()
    former = set(former_givers(page.wishlist))
    return {item_id for item_id, holder in held.items() if holder in former}


def _marks(page: PageContext, items: ItemQuerySet, rows: list[Row]) -> dict[UUID, str]:
    """Return the recipients' marks: for the buttons that undo them, and because givers can't wait for marked items."""
    if page.may_give and all(row["reservation_status"] == "available" for row in rows):
        return {}
    return dict(items.exclude(mark=Item.Mark.NONE).values_list("pk", "mark"))
