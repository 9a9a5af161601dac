"""A reservation or contribution as its giver sees it, on "My gifts" and on a guest's page, and what its buttons do."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from wishlists.models import Contribution, Reservation
from wishlists.models.viewers import Viewer
from wishlists.projections.rows import Row
from wishlists.services.reserving import change_reservation, release_reservation
from wishlists.web.cards.stages import STAGES, WORDS, next_stage, until
from wishlists.web.forms.my_gifts import GiftForm

_WRAPPINGS = 6


@dataclass(frozen=True)
class Gift:
    """A reservation. `wishlists/_gift.html` renders it."""

    row: Row
    action: str
    """The address that its form posts to."""
    list_address: str = ""
    """The page of its list, or "" if the giver can't open it."""
    time_zone: str = ""
    is_own: bool = False
    """Whether its giver has become a recipient of the list."""

    @property
    def title(self) -> str:
        return self.row["item"]["title"] or _("A gift")

    @property
    def address(self) -> str:
        """The address of its card on the list, or "" if the giver can't see it there."""
        if not self.list_address or self.row["withdrawn"]:
            return ""
        return f"{self.list_address}#item-{self.row['item_id']}"

    @property
    def wrapping(self) -> int:
        return UUID(str(self.row["item_id"])).int % _WRAPPINGS

    @property
    def is_released(self) -> bool:
        return self.row["released_at"] is not None

    @property
    def may_reserve_again(self) -> bool:
        return self.is_released and bool(self.address)

    @property
    def is_many(self) -> bool:
        """Whether the giver may change the quantity."""
        return not (self.is_released or self.row["is_offer"]) and self.row["item"]["quantity"] != 1

    @property
    def until(self) -> str:
        """When an offer ends, or by when the gift must be bought, else ""."""
        lapses_at = None if self.is_released else self.row["lapses_at"]
        return until(lapses_at, self.time_zone, is_offer=self.row["is_offer"])

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
    """A contribution."""

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


def change_gift(*, reservation: Reservation, by: Viewer, form: GiftForm) -> str:
    """Do what the pressed button of a gift says, and return the message. `form` is valid."""
    action = form.cleaned_data["action"]
    if action == "release":
        release_reservation(reservation=reservation, by=by)
        return _("Reservation cancelled.")
    if action in Reservation.Stage:
        change_reservation(reservation=reservation, by=by, stage=action)
    elif "units" in form.edited:
        change_reservation(reservation=reservation, by=by, units=form.cleaned_data["units"])
    return _("Saved.")
