"""The way of a gift on its giver's card: what it says of itself, and the buttons to the next stage and back."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.time.moments import format_deadline, format_moment
from wishlists.models import Reservation

_Stage = Reservation.Stage


class StageButton(NamedTuple):
    """A button: the action that it sends, and what stands on it."""

    action: str
    text: Promise


NEXT: dict[str, StageButton] = {
    _Stage.RESERVED: StageButton("purchase", gettext_lazy("Mark as bought")),
    _Stage.ORDERED: StageButton("arrived", gettext_lazy("Mark as arrived")),
    _Stage.ARRIVED: StageButton("wrapped", gettext_lazy("Mark as wrapped")),
    _Stage.WRAPPED: StageButton("given", gettext_lazy("Mark as given")),
}
PREVIOUS: dict[str, StageButton] = {
    _Stage.ORDERED: StageButton("reserve", gettext_lazy("Mark as not bought")),
    _Stage.ARRIVED: StageButton("ordered", gettext_lazy("Mark as not arrived")),
    _Stage.WRAPPED: StageButton("arrived", gettext_lazy("Mark as not wrapped")),
    _Stage.GIVEN: StageButton("wrapped", gettext_lazy("Mark as not given")),
}
_LATER: dict[str, Promise] = {
    _Stage.ARRIVED: gettext_lazy("arrived"),
    _Stage.WRAPPED: gettext_lazy("wrapped"),
    _Stage.GIVEN: gettext_lazy("given"),
}


def badge_of(mine: Reservation, *, is_many: bool) -> str:
    if mine.is_offer:
        return _("Held for you")
    bought = mine.status == Reservation.Status.PURCHASED
    if is_many:
        said = (_("{n} bought by you") if bought else _("{n} reserved by you")).format(n=mine.units)
    else:
        said = _("Bought by you") if bought else _("Reserved by you")
    return f"{said} · {_LATER[mine.stage]}" if mine.stage in _LATER else said


def until(mine: Reservation, zone: str) -> str:
    """The last moment of an offer, or the last day of what has to be bought in time, as the list counts days."""
    if mine.lapses_at is None:
        return ""
    return format_moment(mine.lapses_at, zone) if mine.is_offer else format_deadline(mine.lapses_at, zone)
