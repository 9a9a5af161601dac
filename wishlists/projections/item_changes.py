"""How an item changed since it was reserved, as old → new, for the givers who reserved it.

Both sides have the form of the API: money is a number in the major unit with its currency, and empty fields are null.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.money.money import format_money, to_minor, to_wire
from wishlists.models import Item

TEXTS = ("title", "description", "link_url", "image_url")
Changes = dict[str, dict[str, Any]]

LABELS: dict[str, Promise | str] = {
    "title": gettext_lazy("Title"),
    "description": gettext_lazy("Description"),
    "link_url": gettext_lazy("Link"),
    "image_url": gettext_lazy("Picture"),
    "quantity": gettext_lazy("How many"),
    "price": gettext_lazy("Price"),
}


def fields_from(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of an item's stored `fields` that its givers are told about, in the form of the API."""
    shown = {name: fields[name] or None for name in TEXTS if name in fields}
    if "quantity" in fields:
        shown["quantity"] = fields["quantity"]
    if "currency" in fields and "price_minor" in fields:
        shown["price"] = to_wire(fields["price_minor"], fields["currency"])
        shown["currency"] = fields["currency"]
    return shown


def fields_of(item: Item) -> dict[str, Any]:
    """Return the fields of `item` in memory that its givers are told about."""
    return fields_from(
        {name: getattr(item, name) for name in (*TEXTS, "quantity", "price_minor", "currency")}
    )


def changes_between(old: Mapping[str, Any], new: Mapping[str, Any]) -> Changes:
    """Return the differences in fields that both sides have. If the currency differs, the price counts as changed too."""
    differs = {name for name in old if name in new and old[name] != new[name]}
    if "currency" in differs:
        differs.add("price")
    if old.get("price") is None and new.get("price") is None:
        differs -= {"price", "currency"}
    return {name: {"old": old[name], "new": new[name]} for name in old if name in differs}


def changes_since(earlier: Changes, later: Changes, most: int) -> Changes:
    """Merge two sets of changes. Fields that are back at their old value are left out, unless the text was cut at
    `most`.
    """
    merged = {
        name: {
            "old": earlier.get(name, later.get(name, {}))["old"],
            "new": later.get(name, earlier.get(name, {}))["new"],
        }
        for name in {**earlier, **later}
    }
    differs = {
        name
        for name, change in merged.items()
        if change["old"] != change["new"] or len(str(change["old"])) >= most
    }
    if "currency" in differs:
        differs.add("price")
    return {name: change for name, change in merged.items() if name in differs}


def changes_in_words(changes: Changes, currency: str) -> list[tuple[str, str, str]]:
    """Return `(what, old, new)` in words, in the order of `LABELS`, because PostgreSQL's jsonb doesn't keep the order.

    `currency`: the currency of prices if it did not change.
    """
    currencies = changes.get("currency", {"old": currency, "new": currency})
    return [
        (
            str(label),
            _text(name, changes[name]["old"], currencies["old"]),
            _text(name, changes[name]["new"], currencies["new"]),
        )
        for name, label in LABELS.items()
        if name in changes
    ]


def _text(name: str, value: Any, currency: str) -> str:
    if name == "quantity":
        return _("any number") if value is None else str(value)
    if value is None:
        return _("nothing")
    return format_money(to_minor(value, currency), currency) if name == "price" else str(value)
