"""What the cards of one page have in common: what their viewers may see and do, and the words for it.

Viewers with the same `CardPage` get the same cards, apart from what is their own. It has no viewer, so a card cannot show
who looks at it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from core.money.iso4217 import EXPONENTS
from wishlists.models.viewers import Audience, Sight


@dataclass(frozen=True)
class CardPage:
    """A page of cards, for all viewers to whom it looks the same."""

    audience: Audience
    sight: Sight
    may_give: bool
    may_edit: bool = False
    asks_name: bool = False
    """Whether forms ask for a name."""
    guests_confirm: bool = False
    """Whether that name needs an address."""
    short_statement: str = ""
    """The sentence beside a button about who can see its effect."""

    @property
    def is_blind(self) -> bool:
        """Whether the viewer sees nothing of giving. The page then doesn't claim that something is available."""
        return not self.sight.sees_giving

    @property
    def sees_money(self) -> bool:
        return self.sight in (Sight.TOTALS, Sight.FULL)

    @property
    def is_among_givers(self) -> bool:
        """Whether the viewer may write messages to givers."""
        return self.audience is Audience.GIVER

    @cached_property
    def words(self) -> dict[str, str]:
        """The texts of badges, for templates and static/js/live.js. For blind viewers they don't say what is available."""
        is_recipient = not self.may_give
        words = {
            "available": _("Available"),
            "some": _("{free} of {all} available"),
            "any": _("No limit"),
            "reserved": _("You're getting it yourself") if is_recipient and self.is_blind else _("Reserved"),
            "reserved_by": _("Reserved by {name}"),
            "purchased": _("Bought"),
            "purchased_by": _("Bought by {name}"),
            "received": _("You have it") if is_recipient else _("Received"),
            "chipped": _("{total} of {price} chipped in"),
            "chipped_only": _("{total} chipped in"),
        }
        if self.is_blind:
            words |= {"available": "", "some": _("{all} wanted"), "any": _("Any number wanted")}
        return words

    @property
    def words_json(self) -> str:
        return json.dumps(self.words)

    @property
    def decimals_json(self) -> str:
        """The number of decimals of each currency that doesn't have two, as JSON. Browsers have different tables."""
        return json.dumps({code: decimals for code, decimals in EXPONENTS.items() if decimals != 2})
