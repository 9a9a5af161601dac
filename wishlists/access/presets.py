"""Named presets for the settings of a list. docs/policies.md shows them as a table; a test compares both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from wishlists.models import Wishlist

_SURPRISE = {
    "kind": Wishlist.Kind.WISHES,
    "policy": Wishlist.Policy.SURPRISE,
    "names_shown": True,
    "for_someone_else": False,
    "guests_confirm": False,
    "guests_identify": False,
    "lapse_days": None,
    "secret_additions": Wishlist.Additions.GIVERS,
    "suggestions_from": Wishlist.Suggestions.ANYONE,
}


@dataclass(frozen=True)
class Preset:
    """A preset. `settings` are fields of a new list; fields that the client sends override them."""

    name: str
    title: Promise | str
    description: Promise | str
    settings: dict[str, Any]


PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            "surprise",
            _("Surprise"),
            _("A list for you. Others see who gives what, but you don't."),
            _SURPRISE,
        ),
        Preset(
            "registry",
            _("Registry"),
            _("For a wedding or a new home. Everyone sees what is taken, including you. Nothing is secret."),
            _SURPRISE
            | {
                "policy": Wishlist.Policy.OPEN,
                "lapse_days": 90,
                "secret_additions": Wishlist.Additions.NOBODY,
            },
        ),
        Preset(
            "for_my_child",
            _("For my child"),
            _(
                "A list that you keep for someone without an account. You see what is taken and can "
                "reserve gifts too."
            ),
            _SURPRISE | {"for_someone_else": True},
        ),
        Preset(
            "for_both",
            _("For both of us"),
            _("A list for two. Invite your partner as a recipient, and neither of you sees who gives what."),
            _SURPRISE | {"suggestions_from": Wishlist.Suggestions.MEMBERS},
        ),
        Preset(
            "shared",
            _("Shared list"),
            _(
                "For shopping, a household or a party. Everybody on it adds things and ticks them off. "
                "Nothing is secret."
            ),
            _SURPRISE
            | {
                "kind": Wishlist.Kind.SHARED,
                "policy": Wishlist.Policy.OPEN,
                "for_someone_else": True,
                "secret_additions": Wishlist.Additions.NOBODY,
                "suggestions_from": Wishlist.Suggestions.NOBODY,
            },
        ),
    )
}
