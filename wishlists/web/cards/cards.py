"""One item for one viewer: its projection, the viewer's own reservation and money, and their buttons.

`wishlists/_card.html` renders it everywhere. A card is a `Drawing`: it is all that the template gets, and the key under
which the result is kept (docs/drawings.md). So it has no viewer, no request and no row of the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.forms import Form
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.pages.drawings import Drawing, draw_template, mark
from wishlists.models import Reservation
from wishlists.projections.rows import Row
from wishlists.web.cards.card_page import CardPage
from wishlists.web.cards.stages import badge_of, next_stage, previous_stage, until

_WRAPPINGS = 6
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class CardFeedback:
    """The result of the last form of one card: a sentence, or a form with errors at its fields."""

    item_id: UUID
    notice: str = ""
    went_wrong: bool = False
    opens: str = ""
    form: Form | None = None


class ItemRow(dict[str, Any]):
    """The projection of an item, as a value that can be compared and hashed. It must not be changed."""

    def __init__(self, row: Row) -> None:
        super().__init__(
            {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
        )
        self._hash = hash(tuple(self.items()))

    def __hash__(self) -> int:  # type: ignore[override]
        return self._hash


@dataclass(frozen=True)
class OwnGift:
    """The viewer's own reservation, in the words of the card."""

    badge: str
    units: int
    is_offer: bool
    until: str
    forth: tuple[str, str] | None
    """The button that moves it to the next stage: its action and its text."""
    back: tuple[str, str] | None

    @staticmethod
    def of(mine: Reservation, *, is_many: bool, zone: str) -> OwnGift:
        buttons = [
            button and (button.action, str(button.text))
            for button in (next_stage(mine.stage), previous_stage(mine.stage))
        ]
        ends = until(mine.lapses_at, zone, is_offer=mine.is_offer)
        return OwnGift(badge_of(mine, is_many=is_many), mine.units, mine.is_offer, ends, *buttons)


@dataclass(frozen=True)
class Card(Drawing):
    """One item for one viewer."""

    page: CardPage
    item: ItemRow
    mine: OwnGift | None = None
    my_money: str = ""
    mark: str = ""
    """What a recipient has marked it as."""
    ahead: int | None = None
    """How many givers are ahead of the viewer in line. None if they don't wait."""
    is_with_former_giver: bool = False
    """Whether somebody holds it who is a recipient of the list now."""
    may_change: bool = False
    """Whether the viewer may edit and remove it, including secret additions of their own."""
    others: tuple[str, ...] = ()
    """Titles of its alternatives that the viewer may know about."""
    feedback: CardFeedback | None = None
    typed: Mapping[str, Any] = field(default_factory=dict, hash=False)
    errors: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def draw(self) -> str:
        return draw_template(
            "wishlists/_card.html",
            card=self,
            page=self.page,
            item=self.item,
            id=self.id,
            address=SafeString(mark("address") + f"/items/{self.id}"),
            guest_name=mark("guest_name"),
        )

    @property
    def id(self) -> UUID:
        return self.item["id"]  # type: ignore[no-any-return]

    @property
    def place(self) -> tuple[bool, int, datetime, UUID]:
        """Where it is on its page: received items come last."""
        item = self.item
        return bool(item["received_at"]), item["position"], item["created_at"], item["id"]

    @property
    def edited(self) -> int:
        return _milliseconds(self.item["updated_at"])

    @property
    def created(self) -> int:
        return _milliseconds(self.item["created_at"])

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
    def until(self) -> str:
        """Until when the viewer's reservation lasts, in the list's time zone. "" if it doesn't end by itself."""
        return self.mine.until if self.mine else ""

    @property
    def may_chip_in(self) -> bool:
        open_to_money = self.item["reservation_status"] != "purchased" and not self.item["received_at"]
        return self.page.may_give and open_to_money and self.item["price"] is not None

    @property
    def more_links(self) -> tuple[str, ...]:
        """Links besides the first."""
        links: tuple[str, ...] = self.item["links"]
        return links[1:] if self.item["link_url"] else links

    @property
    def more_images(self) -> tuple[str, ...]:
        images: tuple[str, ...] = self.item["image_urls"]
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
            return self.mine.badge
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


def _milliseconds(moment: datetime) -> int:
    """Return the moment as scripts count, and as exactly as they know it."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)
