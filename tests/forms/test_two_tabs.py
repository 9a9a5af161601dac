"""Two tabs, or two people, edit the same row: neither undoes or hides the changes of the other (docs/forms.md)."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from accounts.models import User
from core.pages.edit_forms import EditForm
from sharing.models import PublicLink
from tests.forms.fields import fields_of
from tests.support.browsing import as_user
from wishlists.models import Budget, Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.drafts import add_draft

pytestmark = pytest.mark.both

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"

MAKE_NEW = {
    "AddressCodeForm": "a code",
    "AddressForm": "where a code goes",
    "AppCodeForm": "a new authenticator app",
    "ChipForm": "money that is added to what was given",
    "CheckoutForm": "boxes that are ticked",
    "CodeForm": "a code",
    "CollectForm": "a new collection",
    "TokenForm": "a link",
    "CredentialForm": "what a passkey answers",
    "GiveForm": "buttons; how many is said of what is shown there",
    "GuestForm": "a name",
    "GuestFundForm": "money",
    "ItemForm": "a new wish; `ItemEditForm` edits",
    "LeaveForm": "a password",
    "LoginForm": "a password",
    "NameForm": "a stranger's name; that of an account edits",
    "FindPeopleForm": "what is looked for",
    "NewPersonForm": "a new account",
    "NewTenantForm": "a new tenant",
    "NewAddressForm": "an address that is not theirs yet",
    "NewListForm": "a new list",
    "NewGroupForm": "a new group",
    "ThingForm": "a new thing on a shared list",
    "GroupPersonForm": "a person who is added",
    "ShareWithGroupForm": "a group that is added",
    "OneCodeForm": "a code",
    "OwnPasswordForm": "a password",
    "ExclusionForm": "a new exclusion",
    "JoinForm": "somebody new in an exchange",
    "LinkCodeForm": "a code",
    "NewExchangeForm": "a new exchange; `ExchangeForm` edits",
    "ParticipantForm": "somebody new in an exchange",
    "ShowForm": "a code",
    "_MoneyForm": "the base of both",
    "PersonForm": "a new person; `PersonEditForm` edits",
    "PasskeyForm": "a new passkey",
    "NewTokenForm": "a new API token",
    "PasswordForm": "a password",
    "FundForm": "money",
    "PictureForm": "a new picture",
    "ReportForm": "a new report",
    "RegisterForm": "a new person",
    "ResetForm": "a password",
    "SecondFactorForm": "a code",
    "SetPasswordForm": "a password",
    "ShareForm": "lets somebody in",
    "SuggestForm": "a new suggestion",
    "TalkForm": "a new message",
    "_Filter": "what is looked for",
    "_OwnPasswordForm": "a password",
}
"""Forms that do not edit existing values, with the reason."""


def forms_of(kind: type[forms.BaseForm]) -> set[type[forms.BaseForm]]:
    ours = {one.name.split(".")[0] for one in apps.get_app_configs() if "site-packages" not in one.path}
    below = {form for one in kind.__subclasses__() for form in {one} | forms_of(one)}
    return {form for form in below if _is_of_a_page(form.__module__.split("."), ours)}


def _is_of_a_page(module: list[str], ours: set[str]) -> bool:
    return module[0] in ours and not {"admin", "tests"} & set(module)


@pytest.mark.once
def test_every_form_is_an_edit_form_or_listed_as_new() -> None:
    assert get_resolver().url_patterns, "the pages are loaded, and with them their forms"
    new = {form for form in forms_of(forms.Form) if not issubclass(form, EditForm)}
    assert {form.__name__ for form in new} <= set(MAKE_NEW)
    assert {form.__name__ for form in forms_of(EditForm)} >= {
        "BudgetForm",
        "ChoiceForm",
        "ItemEditForm",
        "LinkForm",
        "ListForm",
        "MoneyForm",
        "NameForm",
        "PersonEditForm",
        "ExchangeForm",
        "OneselfForm",
        "OwnListForm",
        "GiftForm",
        "RecipientsForm",
        "RenameForm",
        "ThanksForm",
    }


DRAWN = re.compile(r"<(input|select|textarea)\b((?:[^>{]|{{.*?}}|{%.*?%}|{)*)>", re.DOTALL)
FIRST_TIME = {"name", "email", "text", "amount", "units", "link", "next", "year", "lane", "answer_to", "ids"}


@pytest.mark.once
def test_templates_of_edit_forms_have_the_hidden_copies() -> None:
    """Each field that shows a value of the row has its hidden copy."""
    for name, drawn in {
        "wishlists/_card_mine.html": {"units"},
        "wishlists/_gift.html": {"units"},
        "sharing/guest.html": {"amount", "paid"},
        "wishlists/_my_gifts_occasion.html": {"amount", "currency"},
        "wishlists/_thanks.html": {"note"},
    }.items():
        source = (TEMPLATES / name).read_text()
        assert set(re.findall(r'{% opened_with "(\w+)"', source)) == drawn
    pages = [
        path for path in TEMPLATES.rglob("*.html") if path.parent.name != "realtime"
    ]  # their forms are not sent to the server
    for path in pages:
        source = path.read_text()
        fields = {
            match[1]
            for kind, attributes in DRAWN.findall(source)
            if 'type="hidden"' not in attributes and (match := re.search(r'name="(\w+)"', attributes))
        }
        opened = set(re.findall(r'{% opened_with "(\w+)"', source))
        assert fields - opened - FIRST_TIME <= set(), path


# --- forms from an older tab --------------------------------------------------------------------------------------


def test_older_tab_does_not_restore_the_old_price(alices: Client, item: Item) -> None:
    page = f"/lists/{item.wishlist_id}/items/{item.pk}/edit"
    first, second = (fields_of(alices.get(page), page) for _ in range(2))
    assert alices.post(page, second | {"price": "39"}).status_code == 303
    assert alices.post(page, first | {"title": "Red kettle"}).status_code == 303
    item.refresh_from_db()
    assert (item.title, item.price_minor, item.currency) == ("Red kettle", 3900, "EUR")


def test_control_old_price_is_restored_without_the_hidden_copies(alices: Client, item: Item) -> None:
    page = f"/lists/{item.wishlist_id}/items/{item.pk}/edit"
    first, second = (fields_of(alices.get(page), page) for _ in range(2))
    alices.post(page, second | {"price": "39"})
    bare = {name: value for name, value in first.items() if not name.startswith("initial-")}
    alices.post(page, bare | {"title": "Red kettle"})
    item.refresh_from_db()
    assert item.price_minor == 4990


def test_clash_shows_both_values_and_keeps_the_input(alices: Client, item: Item) -> None:
    page = f"/lists/{item.wishlist_id}/items/{item.pk}/edit"
    first, second = (fields_of(alices.get(page), page) for _ in range(2))
    alices.post(page, second | {"title": "Blue kettle", "description": "With a lid"})
    clash = alices.post(page, first | {"title": "Red kettle", "quantity": "3"})
    assert clash.status_code == 422
    assert "It now says: “Blue kettle”. You typed: “Red kettle”." in clash.text
    again = fields_of(clash, page)
    assert (again["title"], again["quantity"], again["description"]) == ("Red kettle", "3", "With a lid")
    item.refresh_from_db()
    assert (item.title, item.quantity) == ("Blue kettle", 1)
    assert alices.post(page, again).status_code == 303
    item.refresh_from_db()
    assert (item.title, item.quantity, item.description) == ("Red kettle", 3, "With a lid")


def test_price_and_currency_clash_together(alices: Client, item: Item) -> None:
    page = f"/lists/{item.wishlist_id}/items/{item.pk}/edit"
    first, second = (fields_of(alices.get(page), page) for _ in range(2))
    alices.post(page, second | {"currency": "JPY", "price": "5000"})
    clash = alices.post(page, first | {"price": "45"})
    assert clash.status_code == 422
    item.refresh_from_db()
    assert (item.price_minor, item.currency) == (5000, "JPY")


def test_same_value_in_both_tabs_is_no_clash(alices: Client, item: Item) -> None:
    page = f"/lists/{item.wishlist_id}/items/{item.pk}/edit"
    first = fields_of(alices.get(page), page)
    for _ in range(2):
        assert alices.post(page, first | {"title": "Red kettle"}).status_code == 303


def test_list_settings_keep_changes_of_both_tabs(alices: Client, wishlist: Wishlist) -> None:
    page = f"/lists/{wishlist.pk}/settings"
    first, second = (fields_of(alices.get(page), page) for _ in range(2))
    alices.post(page, second | {"lapse_days": "7", "names_shown": "", "description": "Two\r\nlines"})
    assert alices.post(page, first | {"title": "Party"}).status_code == 302
    wishlist.refresh_from_db()
    assert (wishlist.title, wishlist.lapse_days, wishlist.names_shown) == ("Party", 7, False)
    assert wishlist.description == "Two\nlines"
    third = fields_of(alices.get(page), page)
    assert alices.post(page, third).status_code == 302
    assert Wishlist.objects.get().updated_at == wishlist.updated_at, "nothing was typed, nothing is written"


def test_recipients_keep_changes_of_both_tabs(
    alices: Client, wishlist: Wishlist, alice: User, bob: User
) -> None:
    page, there = f"/lists/{wishlist.pk}/settings", f"/lists/{wishlist.pk}/recipients"
    first, second = (fields_of(alices.get(page), there) for _ in range(2))
    alices.post(there, second | {"user_ids": [str(alice.pk), str(bob.pk)]})
    assert alices.post(there, first | {"recipient_name": "Mum"}).status_code == 302
    assert wishlist.members.filter(is_recipient=True).count() == 2


def test_link_limits_keep_changes_of_both_tabs(alices: Client, wishlist: Wishlist) -> None:
    page, there = f"/lists/{wishlist.pk}/sharing", f"/lists/{wishlist.pk}/link"
    alices.post(there, {})
    first, second = (fields_of(alices.get(page), there) for _ in range(2))
    alices.post(there, second | {"expires_at": "2099-12-03T20:00"})
    assert alices.post(there, first | {"max_views": "5"}).status_code == 302
    link = PublicLink.objects.get()
    assert (link.max_views, link.expires_at) == (5, datetime(2099, 12, 3, 20, tzinfo=UTC))


def test_draft_keeps_changes_of_both_tabs(alices: Client, wishlist: Wishlist, alice: User) -> None:
    draft = add_draft(wishlist=wishlist, by=alice, title="Boat", currency="EUR")
    page = f"/lists/{wishlist.pk}/drafts/{draft.pk}"
    first, second = (fields_of(alices.get(page), page) for _ in range(2))
    alices.post(page, second | {"price": "39"})
    alices.post(page, first | {"title": "Red boat"})
    draft.refresh_from_db()
    assert (draft.title, draft.price_minor) == ("Red boat", 3900)


def test_budget_clash_is_shown(bobs: Client, item: Item) -> None:
    there = f"/lists/{item.wishlist_id}/budget"
    bobs.post(f"/lists/{item.wishlist_id}/items/{item.pk}", {"action": "reserve"})
    first, second = (fields_of(bobs.get("/gifts"), there) for _ in range(2))
    bobs.post(there, second | {"amount": "50"})
    bobs.post(there, first)
    assert Budget.objects.get().amount_minor == 5000
    page = bobs.post(there, first | {"amount": "30"}, follow=True).text
    assert "It now says: “50.00”. You typed: “30”." in page
    assert Budget.objects.get().amount_minor == 5000


def test_guest_page_keeps_changes_of_both_tabs(item: Item, share_address: str) -> None:
    guest = Client()
    guest.post(f"{share_address}/items/{item.pk}/chip-in", {"name": "Mia", "amount": "5"})
    home = re.search(r'href="[^"]*(/g/[\w-]+)"', guest.get(share_address).text)
    assert home is not None
    there = re.search(r'action="(/g/[\w-]+/money/[\w-]+)"', guest.get(home[1]).text)
    assert there is not None
    first, second = (fields_of(guest.get(home[1]), there[1]) for _ in range(2))
    guest.post(there[1], second | {"action": "save", "amount": "7"})
    guest.post(there[1], first | {"action": "save", "paid": "1"})
    given = item.contributions.get()
    assert (given.amount_minor, given.status) == (700, "paid")


def test_clash_of_reserved_units_is_shown(bobs: Client, item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(quantity=9, cap=9)
    path = f"/lists/{item.wishlist_id}/items/{item.pk}"
    bobs.post(path, {"action": "reserve", "units": "1"})
    opened = {"action": "units", "initial-units": "1"}
    assert 'name="initial-units" value="1"' in bobs.get(path).text
    assert bobs.post(path, opened | {"units": "3"}).status_code == 303
    assert bobs.post(path, opened | {"units": "1"}).status_code == 303, "untouched"
    clash = bobs.post(path, opened | {"units": "2"}, headers={"HX-Request": "true"})
    assert clash.status_code == 409
    assert "It now says: “3”. You typed: “2”." in clash.text
    assert item.reservations.get().units == 3


@pytest.fixture
def share_address(wishlist: Wishlist, alice: User) -> str:
    from sharing.access.capabilities import link_token
    from sharing.services.links import make_link

    return f"/s/{link_token(make_link(wishlist=wishlist, by=alice)[0])}"


# --- races --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, pytest.param(False, marks=pytest.mark.postgresql)])
def test_only_one_of_many_concurrent_edits_of_a_field_succeeds(
    locked: bool, item: Item, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: without the lock several succeed, and silently undo each other."""
    settings.TEST_WITHOUT_LOCKS = not locked
    page = f"/lists/{item.wishlist_id}/items/{item.pk}/edit"
    clients = [as_user(alice) for _ in range(8)]
    opened = fields_of(clients[0].get(page), page)

    def save(number: int) -> int:
        try:
            return clients[number].post(page, opened | {"title": f"Kettle {number}"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(clients)) as pool:
        saved = list(pool.map(save, range(len(clients)))).count(303)
    assert (saved == 1) is locked


def test_unchanged_form_keeps_changes_of_others(alices: Client, wishlist: Wishlist, alice: User) -> None:
    """A form that is saved without edits writes nothing."""
    from wishlists.services.lists.items import add_item

    made = add_item(
        wishlist=wishlist, by=Viewer(user=alice), title="Tent", description="a\nb", currency="EUR"
    )
    page = f"/lists/{wishlist.pk}/items/{made.pk}/edit"
    opened = fields_of(alices.get(page), page)
    Item.objects.filter(pk=made.pk).update(title="Big tent", description="c")
    assert alices.post(page, opened).status_code == 303
    made.refresh_from_db()
    assert (made.title, made.description) == ("Big tent", "c")
