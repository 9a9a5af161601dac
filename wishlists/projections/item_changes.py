"""What a wish says now and did not say before, as old → new, for those who promised it.

Both sides are spelled as on the wire: money as a number in the major unit beside its currency, null for what is empty.
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
    """Those of an item's stored `fields` that its givers are told about, as the wire spells them."""
    shown = {name: fields[name] or None for name in TEXTS if name in fields}
    if "quantity" in fields:
        shown["quantity"] = fields["quantity"]
    if "currency" in fields and "price_minor" in fields:
        shown["price"] = to_wire(fields["price_minor"], fields["currency"])
        shown["currency"] = fields["currency"]
    return shown


def fields_of(item: Item) -> dict[str, Any]:
    """What `item` says, as it is in memory."""
    return fields_from(
        {name: getattr(item, name) for name in (*TEXTS, "quantity", "price_minor", "currency")}
    )


def changes_between(old: Mapping[str, Any], new: Mapping[str, Any]) -> Changes:
    """What differs among the fields that both sides speak of. In another currency the same number is another price."""
    differs = {name for name in old if name in new and old[name] != new[name]}
    if "currency" in differs:
        differs.add("price")
    if old.get("price") is None and new.get("price") is None:
        differs -= {"price", "currency"}
    return {name: {"old": old[name], "new": new[name]} for name in old if name in differs}


def changes_since(earlier: Changes, later: Changes, most: int) -> Changes:
    """Both edits as one. A field that says again what it said before is left out, unless its text was cut at `most`."""
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
    """`(what, old, new)` for people, in the order of `LABELS`: PostgreSQL's jsonb keeps one of its own. `currency`: of
    prices, where it did not change itself."""
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
