"""Form fields that several forms have."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.money.iso4217 import EXPONENTS
from core.pages.long_selects import LongSelect


def currency_field(**options: Any) -> forms.ChoiceField:
    """Return a field to choose any currency."""
    codes = [(code, code) for code in sorted(EXPONENTS)]
    return forms.ChoiceField(label=_("Currency"), choices=codes, widget=LongSelect, **options)
