"""The forms of list pages. They have the same limits as the API, and show errors at the field."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.validators import URLValidator
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.web.forms import display_name_field
from core.mailboxes.address_fields import AddressFormField, KnownLoginNameFormField
from core.money.iso4217 import EXPONENTS
from core.money.money import MoneyError
from core.money.typed_amounts import MAX_TYPED, read_amount
from core.pages.edit_forms import EditForm
from core.pages.long_selects import LongSelect
from core.text.text_form_fields import LineFormField, LinesFormField, RawTextFormField
from core.time.days import zone_choices
from wishlists.access.presets import PRESETS
from wishlists.bounds import MAX_QUANTITY
from wishlists.models import Item, Member, Wishlist
from wishlists.web.cards.actions import GIVING, MARKS
from wishlists.web.forms.widgets import currency_field

MAX_LAPSE_DAYS = 365
MAX_MORE = 9
"""The maximum number of further links, and of further pictures."""
_MAX_TEXT = 10_000


def money_field(**options: Any) -> RawTextFormField:
    """Return a field for an amount as people type it.

    It is a text field. With a number field, browsers refuse grouped digits and may read the number in another language.
    """
    widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
    return RawTextFormField(max_length=MAX_TYPED, widget=widget, **options)


def posted_currency(data: QueryDict, otherwise: str) -> str:
    """Return the currency that the submitted form names, so that the amount stays in the currency that the user saw."""
    named = data.get("currency", "")
    return named if named in EXPONENTS else otherwise


def typed_minor(form: forms.Form, name: str, currency: str) -> int | None:
    """Return the minor units of what was typed into `name`, read in the page's language. Adds an error if it can't be
    read.
    """
    typed = form.cleaned_data.get(name)
    if not typed:
        return None
    try:
        minor = read_amount(typed, currency)
    except MoneyError as error:
        form.add_error(name, str(error))
        return None
    if minor < 0:
        form.add_error(name, _("Enter an amount of zero or more."))
    return minor


def url_field(label: Any, **options: Any) -> forms.URLField:
    """Return a field for a web address. Addresses without a scheme get https."""
    widget = forms.URLInput({"inputmode": "url", "placeholder": "https://"})
    return forms.URLField(
        label=label,
        required=False,
        max_length=2048,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        widget=widget,
        **options,
    )


class AddressesField(RawTextFormField):
    """Several web addresses, one per line."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea({"rows": 2, "inputmode": "url", "placeholder": "https://"})
        super().__init__(required=False, max_length=2048 * MAX_MORE, widget=widget, **options)

    def clean(self, value: Any) -> list[str]:
        """Validate each line as a web address."""
        lines = list(dict.fromkeys(filter(None, map(str.strip, super().clean(value).splitlines()))))
        if len(lines) > MAX_MORE:
            raise forms.ValidationError(_("Enter at most %(n)d addresses.") % {"n": MAX_MORE})
        one = url_field("")
        try:
            return [one.clean(line) for line in lines]
        except forms.ValidationError:
            raise forms.ValidationError(
                _("Enter one address per line, such as https://shop.example.")
            ) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or "").split() != (data or "").split()


def text_field(label: Any, **options: Any) -> LinesFormField:
    widget = forms.Textarea({"rows": 3})
    return LinesFormField(label=label, required=False, max_length=_MAX_TEXT, widget=widget, **options)


def preset_choices() -> list[tuple[str, str]]:
    """Return the presets with their descriptions."""
    return [
        (preset.name, format_html("<span><strong>{}</strong> {}</span>", preset.title, preset.description))
        for preset in PRESETS.values()
    ]


class NewListForm(forms.Form):
    title = LineFormField(
        label=_("What's the occasion?"),
        max_length=255,
        widget=forms.TextInput({"placeholder": _("My birthday"), "autocomplete": "off"}),
    )
    preset = forms.ChoiceField(
        label=_("What kind of list is it?"),
        choices=preset_choices,
        widget=forms.RadioSelect({"class": "choices"}),
        required=False,
        initial="surprise",
    )
    recipient_name = LineFormField(
        label=_("Recipient's name (if they have no account)"),
        max_length=80,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def fields_of_list(self) -> dict[str, Any]:
        """Return the arguments for the service."""
        return {name: value for name, value in self.cleaned_data.items() if value}


class ListForm(EditForm):
    """The texts and date of a list, which editors may change too."""

    title = LineFormField(label=_("Title"), max_length=255)
    description = text_field(_("Description"))
    due_date = forms.DateField(
        label=_("Date of the occasion"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )


class OwnListForm(ListForm):
    """All settings of a list, for its owner."""

    policy = forms.ChoiceField(
        label=_("What can the recipient see?"),
        choices=Wishlist.Policy.choices,
        widget=forms.RadioSelect,
        help_text=_("Once the list is shared, you can only make this stricter."),
    )
    reveal_on = forms.DateField(
        label=_("Reveal date"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "From the start of this day, everyone on the list sees who gave what. Once the list is "
            "shared, you can only move it to a later day."
        ),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=zone_choices, required=False, widget=LongSelect
    )
    names_shown = forms.BooleanField(
        label=_("Givers see each other's names"),
        required=False,
        help_text=_("Once the list is shared, you can't show hidden names again."),
    )
    is_public = forms.BooleanField(
        label=_("Anyone who is logged in can open it with the link"), required=False
    )
    guests_confirm = forms.BooleanField(
        label=_("Guests must confirm their e-mail address first"), required=False
    )
    guests_identify = forms.BooleanField(
        label=_("Guests must give their name before they see what is taken"),
        required=False,
        help_text=_(
            "Anyone who opens the link must give a name first. Once the list is shared, you can't turn "
            "this off. A name can be made up, so you may want guests to confirm their e-mail address too."
        ),
    )
    lapse_days = forms.IntegerField(
        label=_("Release unbought reservations after (days)"),
        required=False,
        min_value=1,
        max_value=MAX_LAPSE_DAYS,
        help_text=_("Leave empty to keep reservations for as long as the giver wants."),
    )
    secret_additions = forms.ChoiceField(
        label=_("Who can add secret wishes?"),
        choices=Wishlist.Additions.choices,
        required=False,
    )
    suggestions_from = forms.ChoiceField(
        label=_("Who can suggest wishes to you?"), choices=Wishlist.Suggestions.choices, required=False
    )

    def clean(self) -> dict[str, Any]:
        """Ignore these choices if they were sent empty. They always have a value."""
        cleaned = super().clean() or self.cleaned_data
        chosen = ("time_zone", "secret_additions", "suggestions_from")
        return {name: value for name, value in cleaned.items() if value or name not in chosen}


class RecipientsForm(EditForm):
    """Choose the recipients among the members, and name a recipient without an account."""

    user_ids = forms.MultipleChoiceField(
        label=_("Who is this list for?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    person_ids = forms.MultipleChoiceField(
        label=_("My people without an account"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The list shows their names. Nothing else that you note of them is shown."),
    )
    recipient_name = NewListForm.base_fields["recipient_name"]

    def __init__(
        self,
        *args: Any,
        people: list[tuple[str, str]],
        without_account: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.MultipleChoiceField", self.fields["user_ids"]).choices = people
        cast("forms.MultipleChoiceField", self.fields["person_ids"]).choices = without_account
        if not without_account:
            del self.fields["person_ids"]


class ItemForm(forms.Form):
    """A wish. Only the title is required."""

    title = LineFormField(
        label=_("What do you wish for?"), max_length=512, widget=forms.TextInput({"autocomplete": "off"})
    )
    link_url = url_field(_("Link to a shop or product"))
    price = money_field(label=_("Price"), required=False)
    currency = currency_field()
    quantity = forms.IntegerField(
        label=_("Quantity"),
        required=False,
        min_value=1,
        max_value=MAX_QUANTITY,
        help_text=_("Leave empty for any number."),
    )
    image_url = url_field(_("Link to a picture"))
    description = text_field(_("Details, such as size or colour"))
    more_links = AddressesField(label=_("More links, one per line"))
    more_images = AddressesField(label=_("More pictures, one per line"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        currency = cleaned.get("currency") or settings.DEFAULT_CURRENCY
        cleaned["price_minor"] = typed_minor(self, "price", currency)
        return cleaned

    def fields_of_item(self) -> dict[str, Any]:
        """Return the arguments for the service."""
        return {name: value for name, value in self.cleaned_data.items() if name != "price"}

    @staticmethod
    def new_values(owner: User) -> dict[str, Any]:
        return {"quantity": 1, "currency": owner.currency or settings.DEFAULT_CURRENCY}

    @staticmethod
    def values_of(item: Item, price: str) -> dict[str, Any]:
        names = ("title", "link_url", "currency", "quantity", "image_url", "description")
        lines = {name: "\n".join(getattr(item, name)) for name in ("more_links", "more_images")}
        return {"price": price} | lines | {name: getattr(item, name) for name in names}


class ItemEditForm(EditForm, ItemForm):
    """Edit an existing wish or draft."""

    together = (frozenset({"price", "currency"}),)

    def fields_of_item(self) -> dict[str, Any]:
        """Return the fields that were changed."""
        return self.only_edited(super().fields_of_item(), ["price_minor"] if "price" in self.edited else [])


class ShareForm(forms.Form):
    email = KnownLoginNameFormField(
        label=_("E-mail address or user name"),
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "email", "autocapitalize": "none"}),
    )
    role = forms.ChoiceField(
        label=_("They can"),
        choices=[
            (Member.Role.VIEWER, _("reserve, chip in and suggest")),
            (Member.Role.EDITOR, _("also add and edit wishes")),
        ],
    )
    is_recipient = forms.BooleanField(
        label=_("This list is for them too (they won't see what is given)"), required=False
    )


class GuestForm(forms.Form):
    """Ask for a name if the viewer has not given one. The base of forms that guests use."""

    name = display_name_field(error_messages={"required": _("Enter a name so that others know who you are.")})
    email = AddressFormField(required=False)

    def __init__(self, *args: Any, asks_name: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_name:
            del self.fields["name"], self.fields["email"]


class GiveForm(GuestForm):
    """An action of a card's button. Templates draw its fields, because a page has hundreds of these forms."""

    action = forms.ChoiceField(choices=[(name, name) for name in (*GIVING, *MARKS)])
    units = forms.IntegerField(min_value=1, max_value=MAX_QUANTITY, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["initial-units"] = forms.IntegerField(required=False)


class ChipForm(GuestForm):
    """Contribute to an item, in the currency in which its money is counted."""

    amount = money_field()

    def __init__(self, data: QueryDict, *, currency: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self._currency = posted_currency(data, currency)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        minor = typed_minor(self, "amount", self._currency)
        if minor == 0:
            self.add_error("amount", _("Enter an amount above zero."))
        return cleaned | {"amount_minor": minor, "currency": self._currency}
