"""An admin form that was open while somebody else changed the row saves only the fields that were edited in it."""

from __future__ import annotations

from typing import Any

import lxml.html
import pytest
from django.db.models import Model
from django.test import Client

from accounts.models import AccountActivity, User
from core.pages import edit_forms
from wishlists.models import Item

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def staff(db: None) -> Client:
    moderator = User.objects.create(
        email="m@example.com", display_name="Mod", is_staff=True, is_superuser=True
    )
    client = Client()
    client.force_login(moderator)
    return client


def address_of(row: Model) -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


def opened(client: Client, row: Model) -> dict[str, Any]:
    """Return the fields of the form as a browser would send them."""
    document = lxml.html.fromstring(client.get(address_of(row)).content)
    (form,) = [form for form in document.forms if str(form.get("id", "")).endswith("_form")]
    fields: dict[str, Any] = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value)
    return fields


def test_change_by_the_user_meanwhile_is_kept(staff: Client, bob: User) -> None:
    form = opened(staff, bob)
    User.objects.filter(pk=bob.pk).update(display_name="Bobby")
    answer = staff.post(address_of(bob), form | {"is_staff": "on"})
    bob.refresh_from_db()
    assert (answer.status_code, bob.display_name, bob.is_staff) == (302, "Bobby", True)
    acts = AccountActivity.objects.exclude(kind="account_logged_in")
    assert [row.kind for row in acts] == ["account_rights_changed"]


def test_field_edited_by_both_is_a_clash_and_not_saved(staff: Client, bob: User) -> None:
    form = opened(staff, bob)
    User.objects.filter(pk=bob.pk).update(display_name="Bobby")
    answer = staff.post(address_of(bob), form | {"display_name": "Robert"})
    assert (answer.status_code, "It now says: “Bobby”. You typed: “Robert”." in answer.text) == (200, True)
    bob.refresh_from_db()
    assert bob.display_name == "Bobby"
    again = {"initial-display_name": "Bobby", "display_name": "Robert"}
    assert staff.post(address_of(bob), form | again).status_code == 302
    bob.refresh_from_db()
    assert bob.display_name == "Robert"


def test_change_of_an_item_meanwhile_is_kept(staff: Client, item: Item) -> None:
    form = opened(staff, item)
    Item.objects.filter(pk=item.pk).update(title="Samovar")
    assert staff.post(address_of(item), form | {"description": "Corrected"}).status_code == 302
    item.refresh_from_db()
    assert (item.title, item.description) == ("Samovar", "Corrected")


def test_control_old_name_is_restored_without_the_hidden_copies(
    staff: Client, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edit_forms, "_opened", edit_forms._now)
    form = opened(staff, bob)
    User.objects.filter(pk=bob.pk).update(display_name="Bobby")
    staff.post(address_of(bob), form | {"is_staff": "on"})
    bob.refresh_from_db()
    assert bob.display_name == "Bob"
