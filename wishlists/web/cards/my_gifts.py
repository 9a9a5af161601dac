"""One gift on its giver's page, and its buttons: reservations and contributions."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from core.money.money import format_money, to_minor
from wishlists.models import Contribution, Reservation
from wishlists.projections.rows import Row

_WRAPPINGS = 6
_STAGES = list(Reservation.Stage.values)


@dataclass(frozen=True)
class Gift:
    """One reservation, and the buttons of its giver."""

    row: Row
    reads: bool
    """Whether the giver may open the list by its address."""

    @property
    def title(self) -> str:
        return self.row["item"]["title"] or _("A gift")

    @property
    def address(self) -> str:
        """Of its card, if it is still there."""
        if not self.reads or self.row["withdrawn"]:
            return ""
        return f"{reverse('list', args=[self.row['wishlist_id']])}#item-{self.row['item_id']}"

    @property
    def wrapping(self) -> int:
        return UUID(str(self.row["item_id"])).int % _WRAPPINGS

    @property
    def price(self) -> str:
        if self.row["price"] is None:
            return ""
        return format_money(to_minor(self.row["price"], self.row["currency"]), self.row["currency"])

    @property
    def is_released(self) -> bool:
        return self.row["released_at"] is not None

    @property
    def may_check_out(self) -> bool:
        return bool(self.row["stage"] == Reservation.Stage.RESERVED) and not (
            self.is_released or self.row["is_offer"]
        )

    @property
    def stage(self) -> str:
        if self.is_released:
            return _("Cancelled")
        return _("Held for you") if self.row["is_offer"] else stage_words()[self.row["stage"]]

    @property
    def shown_stage(self) -> str:
        return "released" if self.is_released else self.row["stage"]

    @property
    def next_stage(self) -> tuple[str, str] | None:
        """The next stage, and what the button to it says."""
        place = _STAGES.index(self.row["stage"]) + 1
        return (_STAGES[place], next_stage_words()[_STAGES[place]]) if place < len(_STAGES) else None

    @property
    def other_stages(self) -> list[tuple[str, str]]:
        """Further on, or back."""
        shown = {self.row["stage"], self.next_stage[0] if self.next_stage else ""}
        return [(stage, word) for stage, word in next_stage_words().items() if stage not in shown]


def stage_words() -> dict[str, str]:
    return {
        Reservation.Stage.RESERVED: _("Reserved"),
        Reservation.Stage.ORDERED: _("Bought"),
        Reservation.Stage.ARRIVED: _("Arrived"),
        Reservation.Stage.WRAPPED: _("Wrapped"),
        Reservation.Stage.GIVEN: _("Given"),
    }


def next_stage_words() -> dict[str, str]:
    """What the buttons to a stage say."""
    return {
        Reservation.Stage.RESERVED: _("Mark as not bought"),
        Reservation.Stage.ORDERED: _("Mark as bought"),
        Reservation.Stage.ARRIVED: _("Mark as arrived"),
        Reservation.Stage.WRAPPED: _("Mark as wrapped"),
        Reservation.Stage.GIVEN: _("Mark as given"),
    }


@dataclass(frozen=True)
class Money:
    """One contribution."""

    row: Row

    @property
    def title(self) -> str:
        return self.row["item"]["title"] if self.row["item"] else _("Group pot")

    @property
    def wrapping(self) -> int:
        return UUID(str(self.row["item_id"] or self.row["wishlist_id"])).int % _WRAPPINGS

    @property
    def amount(self) -> str:
        return format_money(to_minor(self.row["amount"], self.row["currency"]), self.row["currency"])

    @property
    def stage(self) -> str:
        return _("Paid") if self.row["status"] == Contribution.Status.PAID else _("Pledged")
