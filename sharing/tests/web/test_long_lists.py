"""Lists of more than fifty wishes: a part at a time, by links without JavaScript and with htmx."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts.models import User
from core.db.change import change
from sharing.tests.conftest import client_of
from tests.support.browsing import as_user
from tests.support.markup import badge_of, card_of, notice_of
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item, mark_item, remove_item
from wishlists.web.cards.card_pages import cursor_at, place_at

MORE = {"HX-Request": "true", "HX-Target": "more"}


@pytest.fixture
def items(wishlist: Wishlist, alice: User) -> list[Item]:
    with change():
        return [
            add_item(wishlist=wishlist, by=Viewer(user=alice), title=f"Wish {number}", price_minor=100)
            for number in range(120)
        ]


def titles(page: Any) -> list[str]:
    return re.findall(r"<h3>(.*?)</h3>", page.text)


def following(page: Any) -> str:
    found = re.search(r'id="more">.*?href="([^"]*)"', page.text, re.DOTALL)
    return found[1] if found else ""


def walk(client: Client, address: str, **headers: str) -> list[list[str]]:
    """Follow the links to further wishes, and return the titles of each part."""
    parts = []
    while address:
        page = client.get(address, headers=headers)
        parts.append(titles(page))
        address = following(page)
    return parts


def numbered(*numbers: int) -> list[str]:
    return [f"Wish {number}" for number in numbers]


def test_links_lead_through_the_whole_list(share: str, items: list[Item]) -> None:
    parts = walk(client_of(), share)
    assert [len(part) for part in parts] == [50, 50, 20]
    assert list(chain.from_iterable(parts)) == numbered(*range(120))


def test_list_of_fifty_has_no_further_part(share: str, items: list[Item], alice: User) -> None:
    for one in items[50:]:
        remove_item(item=one, by=Viewer(user=alice))
    page = client_of().get(share)
    assert (len(titles(page)), following(page)) == (50, "")


def test_members_get_their_list_in_parts_too(wishlist: Wishlist, items: list[Item], bob: User) -> None:
    assert list(chain.from_iterable(walk(as_user(bob), f"/lists/{wishlist.pk}"))) == numbered(*range(120))


def test_htmx_gets_the_cards_only(share: str, items: list[Item]) -> None:
    further = client_of().get(following(client_of().get(share)), headers=MORE)
    assert titles(further) == numbered(*range(50, 100))
    assert "<html" not in further.text
    assert 'id="items"' not in further.text


def test_changes_between_two_parts_repeat_and_skip_nothing(
    share: str, items: list[Item], wishlist: Wishlist, alice: User
) -> None:
    """The link names a place in the order, not a number of cards."""
    client = client_of()
    address = following(client.get(share))
    remove_item(item=items[3], by=Viewer(user=alice))
    remove_item(item=items[49], by=Viewer(user=alice))
    add_item(wishlist=wishlist, by=Viewer(user=alice), title="First", position=-1)
    assert titles(client.get(address)) == numbered(*range(50, 100))


def test_received_wishes_come_last(share: str, items: list[Item], alice: User) -> None:
    with change():
        for one in items[:70]:
            mark_item(item=Item.objects.get(pk=one.pk), by=Viewer(user=alice), mark="received")
    parts = walk(client_of(), share)
    assert list(chain.from_iterable(parts)) == numbered(*range(70, 120), *range(70))
    first = client_of().get(share)
    shown, _, received = first.text.partition('id="received"')
    assert (titles_in(shown), titles_in(received)) == (numbered(*range(70, 120)), [])
    assert "more" in received, "the link to them is in their own section"
    further = client_of().get(following(first), headers=MORE)
    assert titles(further) == numbered(*range(50))


def titles_in(text: str) -> list[str]:
    return re.findall(r"<h3>(.*?)</h3>", text)


def test_further_part_with_the_first_received_wishes_puts_them_into_their_section(
    share: str, items: list[Item], alice: User
) -> None:
    with change():
        for one in items[110:]:
            mark_item(item=Item.objects.get(pk=one.pk), by=Viewer(user=alice), mark="received")
    client = client_of()
    second = client.get(following(client.get(share)), headers=MORE)
    third = client.get(following(second), headers=MORE)
    wanted, _, received = third.text.partition('hx-swap-oob="beforeend:#received"')
    assert (titles_in(wanted), titles_in(received)) == (
        numbered(*range(100, 110)),
        numbered(*range(110, 120)),
    )


def test_form_on_a_later_part_leads_back_to_its_card(share: str, items: list[Item]) -> None:
    guest, late = client_of(), items[77]
    answer = guest.post(f"{share}/items/{late.pk}", {"action": "reserve", "name": "Mia"})
    assert answer["Location"].endswith(f"#item-{late.pk}")
    page = guest.get(answer["Location"].partition("#")[0])
    assert titles(page) == numbered(*range(50, 100))
    assert (badge_of(page, "Wish 77"), notice_of(page, "Wish 77")) == (
        "Reserved by you",
        "Reserved for you. Others see that it's taken.",
    )
    assert "Back to the first wishes" in page.text


def test_error_on_a_later_part_is_shown_at_its_card(share: str, items: list[Item]) -> None:
    answer = client_of().post(f"{share}/items/{items[77].pk}", {"action": "reserve", "name": " "})
    assert answer.status_code == 422
    assert "Enter a name" in card_of(answer, "Wish 77")


def test_first_form_with_htmx_brings_all_cards_up_to_its_own(share: str, items: list[Item]) -> None:
    answer = client_of().post(
        f"{share}/items/{items[77].pk}", {"action": "reserve", "name": "Mia"}, headers={"HX-Request": "true"}
    )
    assert titles(answer) == numbered(*range(100))
    assert following(answer)


def test_link_to_a_card_shows_its_part(share: str, items: list[Item]) -> None:
    assert titles(client_of().get(f"{share}?item={items[77].pk}")) == numbered(*range(50, 100))


@pytest.mark.parametrize(
    "query", ["after=", "after=nonsense", "after=%F0%9F%8E%81", "item=nonsense", "after=" + "A" * 40]
)
def test_place_that_is_none_is_the_beginning(share: str, items: list[Item], query: str) -> None:
    assert titles(client_of().get(f"{share}?{query}"))[:1] == ["Wish 0"]


def test_cursor_names_its_place() -> None:
    place = (True, -7, datetime(2026, 12, 1, 11, 40, 3, 123456, tzinfo=UTC), UUID(int=5))
    assert place_at(cursor_at(place)) == place
