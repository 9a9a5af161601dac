"""The words for stages of a reservation, and the buttons that move it to the next stage or back."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.time.moments import format_deadline, format_moment
from wishlists.models import Reservation

_Stage = Reservation.Stage


class StageWords(NamedTuple):
    """What pages call one stage. All words for stages are here."""

    name: Promise
    """On a badge, or in a list of choices."""
    inside: Promise
    """Inside a sentence."""
    to: Promise
    """On the button that moves a gift to this stage."""
    undo: Promise | None = None
    """On the button that moves a gift back from this stage."""


WORDS: dict[str, StageWords] = {
    _Stage.RESERVED: StageWords(
        gettext_lazy("Reserved"), gettext_lazy("reserved"), gettext_lazy("Mark as not bought")
    ),
    _Stage.ORDERED: StageWords(
        gettext_lazy("Bought"),
        gettext_lazy("bought"),
        gettext_lazy("Mark as bought"),
        gettext_lazy("Mark as not bought"),
    ),
    _Stage.ARRIVED: StageWords(
        gettext_lazy("Arrived"),
        gettext_lazy("arrived"),
        gettext_lazy("Mark as arrived"),
        gettext_lazy("Mark as not arrived"),
    ),
    _Stage.WRAPPED: StageWords(
        gettext_lazy("Wrapped"),
        gettext_lazy("wrapped"),
        gettext_lazy("Mark as wrapped"),
        gettext_lazy("Mark as not wrapped"),
    ),
    _Stage.GIVEN: StageWords(
        gettext_lazy("Given"),
        gettext_lazy("given"),
        gettext_lazy("Mark as given"),
        gettext_lazy("Mark as not given"),
    ),
}
STAGES = list(WORDS)
"""All stages, in order."""


class StageButton(NamedTuple):
    """A button: the action that it sends, and its text."""

    action: str
    text: Promise


def next_stage(stage: str) -> StageButton | None:
    """Return the button to the next stage."""
    after = _beside(stage, 1)
    if after is None:
        return None
    return StageButton("purchase" if after == _Stage.ORDERED else after, WORDS[after].to)


def previous_stage(stage: str) -> StageButton | None:
    before, undo = _beside(stage, -1), WORDS[stage].undo
    return StageButton("reserve" if before == _Stage.RESERVED else before, undo) if before and undo else None


def as_given(stage: str) -> Promise:
    """Return what others see after the reveal. Whether a gift has arrived or is wrapped is only shown to its giver."""
    return WORDS[stage if stage in (_Stage.RESERVED, _Stage.GIVEN) else _Stage.ORDERED].inside


def _beside(stage: str, step: int) -> str | None:
    place = STAGES.index(stage) + step
    return STAGES[place] if 0 <= place < len(STAGES) else None


def badge_of(mine: Reservation, *, is_many: bool) -> str:
    if mine.is_offer:
        return _("Held for you")
    bought = mine.status == Reservation.Status.PURCHASED
    if is_many:
        said = (_("{n} bought by you") if bought else _("{n} reserved by you")).format(n=mine.units)
    else:
        said = _("Bought by you") if bought else _("Reserved by you")
    if mine.stage in (_Stage.RESERVED, _Stage.ORDERED):
        return said
    return f"{said} · {WORDS[mine.stage].inside}"


def until(lapses_at: datetime | None, zone: str, *, is_offer: bool) -> str:
    """Return when an offer ends, or the last day to buy something, in the list's time zone. "" if there is no end."""
    if lapses_at is None:
        return ""
    return format_moment(lapses_at, zone) if is_offer else format_deadline(lapses_at, zone)
