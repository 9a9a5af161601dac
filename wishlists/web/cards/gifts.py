"""A reservation or contribution as a card on "My gifts", with its buttons."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from wishlists.models import Contribution, Reservation
from wishlists.projections.rows import Row
from wishlists.web.cards.stages import STAGES, WORDS, next_stage

_WRAPPINGS = 6


@dataclass(frozen=True)
class Gift:
    """A reservation on "My gifts"."""

    row: Row
    reads: bool
    """Whether the giver can open the list by its address."""

    @property
    def title(self) -> str:
        return self.row["item"]["title"] or _("A gift")

    @property
    def address(self) -> str:
        """The address of its card on the list, or "" if the giver can't see it there."""
        if not self.reads or self.row["withdrawn"]:
            return ""
        return f"{reverse('list', args=[self.row['wishlist_id']])}#item-{self.row['item_id']}"

    @property
    def wrapping(self) -> int:
        return UUID(str(self.row["item_id"])).int % _WRAPPINGS

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
        return _("Held for you") if self.row["is_offer"] else str(WORDS[self.row["stage"]].name)

    @property
    def shown_stage(self) -> str:
        return "released" if self.is_released else self.row["stage"]

    @property
    def next_stage(self) -> tuple[str, str] | None:
        """The next stage, and the text of the button that moves the reservation there."""
        after = next_stage(self.row["stage"])
        return None if after is None else (STAGES[STAGES.index(self.row["stage"]) + 1], str(after.text))

    @property
    def other_stages(self) -> list[tuple[str, str]]:
        """All other stages that the reservation can be moved to, with the texts of their buttons."""
        shown = {self.row["stage"], self.next_stage[0] if self.next_stage else ""}
        return [(stage, str(words.to)) for stage, words in WORDS.items() if stage not in shown]


@dataclass(frozen=True)
class Share:
    """A contribution on "My gifts"."""

    row: Row

    @property
    def title(self) -> str:
        return self.row["item"]["title"] if self.row["item"] else _("Group pot")

    @property
    def wrapping(self) -> int:
        return UUID(str(self.row["item_id"] or self.row["wishlist_id"])).int % _WRAPPINGS

    @property
    def stage(self) -> str:
        return _("Paid") if self.row["status"] == Contribution.Status.PAID else _("Pledged")
