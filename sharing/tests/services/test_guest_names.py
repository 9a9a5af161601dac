"""A guest's name is visible text and no e-mail address, in the API and on pages."""

from __future__ import annotations

import pytest
from django.test import Client

from core.tests.corpus import corpus
from sharing.tests.conftest import ShareLink
from tests.support.api_clients import Api
from wishlists.models import Guest, Item

BLANK = [typed for typed, kept, _why in corpus("texts")["one_line"] if not kept]


@pytest.mark.once
def test_blank_name_is_refused(anybody: Api, share_link: ShareLink, item: Item) -> None:
    for typed in BLANK:
        answer = share_link.patch(anybody, {"reservation_status": "reserved", "guest_name": typed})
        assert answer.status_code == 400, ascii(typed)
    assert not Guest.objects.exists()


@pytest.mark.parametrize("typed", ["Grand\u200bma\n\tRose", " Grandma\u3164 Rose "])
def test_name_is_stored_as_one_line(anybody: Api, share_link: ShareLink, item: Item, typed: str) -> None:
    assert (
        share_link.patch(anybody, {"reservation_status": "reserved", "guest_name": typed}).status_code == 200
    )
    assert Guest.objects.get().name == "Grandma Rose"


@pytest.mark.parametrize(
    "typed", ["\u200b", "\u3164\u2800", "grandma@example.org", "grandma\u200b@example.org"]
)
def test_page_refuses_a_blank_name_and_an_address(share: str, item: Item, typed: str) -> None:
    Client().post(f"{share}/items/{item.pk}", {"action": "reserve", "name": typed})
    assert not Guest.objects.exists()
    Client().post(f"{share}/items/{item.pk}", {"action": "reserve", "name": "Grand\u200bma"})
    assert Guest.objects.get().name == "Grandma"
