"""How an item changed since it was reserved, as old → new, for the givers who reserved it.

Both sides have the form of rows: the price is `Money` with its currency beside it, and empty fields are None. In the payload
of a notification they have the form of the API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.money.money import Money, to_minor
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
    """Return those of an item's stored `fields` that its givers are told about."""
    shown = {name: fields[name] or None for name in TEXTS if name in fields}
    if "quantity" in fields:
        shown["quantity"] = fields["quantity"]
    if "currency" in fields and "price_minor" in fields:
        minor, currency = fields["price_minor"], fields["currency"]
        shown["price"] = None if minor is None else Money(minor, currency)
        shown["currency"] = currency
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
    """Merge the changes of two notifications. Fields that are back at their old value are left out, unless the text was
    cut at `most`.
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


def changes_from_payload(changes: Changes, currency: str) -> Changes:
    """Return the changes in a notification's payload in the form of rows.

    `currency`: the currency of prices if it did not change.
    """
    if "price" not in changes:
        return changes
    currencies = changes.get("currency", {"old": currency, "new": currency})
    return changes | {
        "price": {
            side: None if number is None else Money(to_minor(number, currencies[side]), currencies[side])
            for side, number in changes["price"].items()
        }
    }


def changes_in_words(changes: Changes) -> list[tuple[str, str, str]]:
    """Return `(what, old, new)` in words, in the order of `LABELS`, because PostgreSQL's jsonb doesn't keep the order."""
    return [
        (str(label), _text(name, changes[name]["old"]), _text(name, changes[name]["new"]))
        for name, label in LABELS.items()
        if name in changes
    ]


def _text(name: str, value: Any) -> str:
    if name == "quantity":
        return _("any number") if value is None else str(value)
    return _("nothing") if value is None else str(value)
