"""Forms read amounts of money as people write them in the page's language, and accept amounts that pages show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.test import Client
from django.utils import translation

from core.money.money import MAX_MINOR, format_money
from sharing.web.forms.guests import GuestFundForm, MoneyForm
from wishlists.models import Contribution, Item
from wishlists.web.forms.collections import CollectForm, FundForm
from wishlists.web.forms.lists import ChipForm, ItemForm
from wishlists.web.forms.my_gifts import BudgetForm

pytestmark = pytest.mark.once

SPACE = "\N{NO-BREAK SPACE}"


def data(**fields: str) -> QueryDict:
    typed = QueryDict(mutable=True)
    typed.update(fields)
    return typed


FORMS: dict[str, tuple[str, str, Callable[[str, str], forms.Form]]] = {
    "chip in": ("amount", "amount_minor", lambda typed, code: ChipForm(
        data(amount=typed), asks_name=False, currency=code)),
    "wish": ("price", "price_minor", lambda typed, code: ItemForm(data(title="x", price=typed, currency=code))),
    "collect": ("target", "target_minor", lambda typed, code: CollectForm(
        data(target=typed, currency=code), items=[], time_zone="UTC")),
    "collection": ("amount", "amount_minor", lambda typed, code: FundForm(data(amount=typed), currency=code)),
    "guest": ("amount", "amount_minor", lambda typed, code: GuestFundForm(
        data(amount=typed), asks_name=False, currency=code)),
    "guest's own": ("amount", "amount_minor", lambda typed, code: MoneyForm(
        data(amount=typed, action="save"), currency=code)),
    "budget": ("amount", "amount_minor", lambda typed, code: BudgetForm(data(amount=typed, currency=code))),
}  # fmt: skip


def read(name: str, typed: str, currency: str) -> Any:
    """Return the amount in minor units, or the error at the field."""
    field, minor, make = FORMS[name]
    form = make(typed, currency)
    return form.cleaned_data[minor] if form.is_valid() else str(form.errors[field][0])


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    ("language", "currency", "typed", "minor"),
    [
        ("en", "USD", "1,000", 100000),
        ("en", "USD", "2,500", 250000),
        ("de", "EUR", "1.250", 125000),
        ("de", "EUR", f"1.250,00{SPACE}€", 125000),
        ("de", "KWD", "1,299", 1299),
        ("en", "COP", "25.000", f"Do you mean COP{SPACE}25,000.00 or COP{SPACE}25.00? Enter one of them."),
        ("en", "EUR", "$5", "Enter this amount in EUR."),
        ("en", "EUR", "lots", "Enter an amount such as 1249.90."),
        ("en", "UYW", format_money(MAX_MINOR, "UYW", "en"), MAX_MINOR),
    ],
)
def test_each_form_reads_amounts(name: str, language: str, currency: str, typed: str, minor: Any) -> None:
    with translation.override(language):
        assert read(name, typed, currency) == minor


def test_amount_as_shown_on_the_page_is_accepted(alices: Client, bobs: Client, item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(price_minor=1299, currency="KWD")
    german = {"Accept-Language": "de"}
    edit = f"/lists/{item.wishlist_id}/items/{item.pk}/edit"
    assert 'value="1,299"' in alices.get(edit, headers=german).text
    typed = {"title": "Kettle", "price": "1,299", "currency": "KWD", "quantity": "1"}
    assert alices.post(edit, typed, headers=german).status_code == 303
    printed = f"1,299{SPACE}KWD"
    assert printed in bobs.get(f"/lists/{item.wishlist_id}", headers=german).text
    chip = f"/lists/{item.wishlist_id}/items/{item.pk}/chip-in"
    assert bobs.post(chip, {"amount": printed}, headers=german).status_code == 303
    item.refresh_from_db()
    assert (item.price_minor, Contribution.objects.get().amount_minor) == (1299, 1299)


def test_zero_is_refused_for_guests() -> None:
    with translation.override("en"):
        assert read("guest's own", "0", "EUR") == "Enter an amount above zero."
