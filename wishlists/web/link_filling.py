"""Fill empty fields of a wish from the page that it links to, for browsers without JavaScript.

`static/js/fill.js` follows the same rules. Nothing that the user typed is overwritten. A price is only used together
with its currency, because 50 of one currency are not 50 of another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.http import QueryDict
from django.utils.translation import gettext as _

from core.errors.refusals import Refusal
from core.limits.rate_limits import PRODUCT_PAGES, refuse_beyond
from core.money.money import format_amount
from wishlists.product_preview.fetch_pool import FetchPool
from wishlists.product_preview.parse import read_product
from wishlists.web.forms.lists import ItemForm

POOL = FetchPool(workers=2, waiting=0, each=1)
"""Small, because each fetch holds one of the few threads that serve pages."""

Read = Callable[[str], dict[str, Any]]


def fill_form(
    typed: QueryDict, opened_with: Mapping[str, Any], person: UUID, *, read: Read = read_product
) -> tuple[ItemForm, str]:
    """Return a form with what was typed and what the linked page says, and a message for the user, or "".

    `opened_with`: the values with which the form was first shown.
    """
    try:
        link = ItemForm.base_fields["link_url"].clean(typed.get("link_url", ""))
        found = _fetch(link, person, read) if link else {}
    except ValidationError as error:
        return _form(typed, {}), str(error.messages[0])
    except Refusal as refusal:
        return _form(typed, {}), str(refusal.detail)
    filled = filled_fields(typed, opened_with.get("currency", ""), found)
    return _form(typed, filled), "" if filled else _("We couldn't read that page. Please fill it in by hand.")


def filled_fields(typed: Mapping[str, str], opened_currency: str, found: Mapping[str, Any]) -> dict[str, str]:
    """Return those of `found` whose fields the user left empty."""
    filled = {
        name: found[name]
        for name in ("title", "image_url")
        if found.get(name) and not typed.get(name, "").strip()
    }
    price = found.get("price")
    if price is None or typed.get("price", "").strip():
        return filled
    if typed.get("currency", "") in ("", opened_currency, price.currency):
        filled["price"] = format_amount(price.minor, price.currency)
        filled["currency"] = price.currency
    return filled


def _fetch(link: str, person: UUID, read: Read) -> dict[str, Any]:
    refuse_beyond(PRODUCT_PAGES, person)
    if not connection.in_atomic_block:
        connection.close()  # otherwise this request would hold a connection while it waits for another server
    return POOL.submit(person, partial(read, link)).result()


def _form(typed: QueryDict, filled: Mapping[str, str]) -> ItemForm:
    """Return an unbound form, which doesn't complain about missing fields yet."""
    return ItemForm(initial={**typed.dict(), **filled})
