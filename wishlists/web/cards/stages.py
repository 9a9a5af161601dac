"""The way of a gift on its giver's card: what it says of itself, and the buttons to the next stage and back."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.time.moments import format_deadline, format_moment
from wishlists.models import Reservation

_Stage = Reservation.Stage


class StageWords(NamedTuple):
    """What pages say of one stage. The only place that has words for it."""

    name: Promise
    """By itself: on a badge, in a list to choose from."""
    inside: Promise
    """Within a line."""
    to: Promise
    """On the button that moves a gift there."""
    undo: Promise | None = None
    """On the button that moves it back from there."""


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
"""In their order."""

CHOICES = [(stage, words.name) for stage, words in WORDS.items()]
"""For a field."""


class StageButton(NamedTuple):
    """A button: the action that it sends, and what stands on it."""

    action: str
    text: Promise


def next_stage(stage: str) -> StageButton | None:
    """To the next stage."""
    after = _beside(stage, 1)
    if after is None:
        return None
    return StageButton("purchase" if after == _Stage.ORDERED else after, WORDS[after].to)


def previous_stage(stage: str) -> StageButton | None:
    before, undo = _beside(stage, -1), WORDS[stage].undo
    return StageButton("reserve" if before == _Stage.RESERVED else before, undo) if before and undo else None


def as_given(stage: str) -> Promise:
    """What others are told of it after the reveal: whether it arrived or is wrapped is the giver's own affair."""
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


def until(mine: Reservation, zone: str) -> str:
    """The last moment of an offer, or the last day of what has to be bought in time, as the list counts days."""
    if mine.lapses_at is None:
        return ""
    return format_moment(mine.lapses_at, zone) if mine.is_offer else format_deadline(mine.lapses_at, zone)
