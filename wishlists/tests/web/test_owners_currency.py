"""Forms for new wishes offer the currency of the list's owner."""

from __future__ import annotations

import lxml.html
import pytest
from django.test import Client

from accounts.models import User
from accounts.services.people import edit_user
from wishlists.models import Wishlist

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("chosen", "offered"), [("CHF", "CHF"), ("", "EUR")])
def test_new_wish_is_offered_in_the_owners_currency(
    alice: User, alices: Client, wishlist: Wishlist, chosen: str, offered: str
) -> None:
    edit_user(user=alice, currency=chosen)
    page = lxml.html.fromstring(alices.get(f"/lists/{wishlist.pk}").content)
    [option] = page.xpath("//select[@name='currency']/option[@selected]")
    assert option.get("value") == offered
