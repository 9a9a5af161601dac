"""The share page in browsers of strangers, guests, givers and recipients, with htmx and without JavaScript."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from core.db.change import change
from sharing.access.capabilities import link_token
from sharing.models import PublicLink, Suggestion
from sharing.services.links import make_link, revoke_link
from sharing.tests.conftest import client_of
from tests.support.markup import badge_of, card_of, inline_code, masked, notice_of
from wishlists.models import Contribution, Guest, Item, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item, edit_item
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.lists.people import join_guest
from wishlists.services.money.contributing import contribute
from wishlists.services.reserving import reserve_item

HTMX = {"HX-Request": "true"}


@pytest.fixture
def kettle(share: str, item: Item) -> str:
    return f"{share}/items/{item.pk}"


def reserve(client: Client, kettle: str, name: str = "Mia", **headers: str) -> Any:
    return client.post(kettle, {"action": "reserve", "name": name}, headers=headers)


def test_guest_reserves_with_a_name_and_releases_in_the_same_browser(
    share: str, kettle: str, item: Item
) -> None:
    guest, other = client_of(), client_of()
    assert badge_of(guest.get(share)) == "Available"
    answer = reserve(guest, kettle)
    assert (answer.status_code, answer["Location"]) == (303, f"{share}#item-{item.pk}")
    mine, theirs = guest.get(share), other.get(share)
    assert (badge_of(mine), notice_of(mine)) == (
        "Reserved by you",
        "Reserved for you. Others see that it's taken.",
    )
    assert (badge_of(theirs), notice_of(theirs)) == ("Reserved", "")
    assert "Mia" not in theirs.text
    assert 'class="message' not in mine.text, "the message is shown once, at the card"
    assert guest.post(kettle, {"action": "purchase"}).status_code == 303
    assert badge_of(guest.get(share)) == "Bought by you"
    guest.post(kettle, {"action": "release"})
    assert badge_of(guest.get(share)) == badge_of(other.get(share)) == "Available"
    assert Guest.objects.count() == 1


def test_others_cannot_release_a_reservation(share: str, kettle: str) -> None:
    reserve(client_of(), kettle)
    thief = client_of()
    answer = thief.post(kettle, {"action": "release", "name": "Eve"}, headers=HTMX)
    assert answer.status_code == 403
    assert "Only the person who reserved this" in answer.text
    assert badge_of(thief.get(share)) == "Reserved"
    assert Guest.objects.count() == 1, "a refused request creates no guest"


@pytest.mark.once
def test_first_card_action_with_htmx_returns_all_cards_and_later_ones_one(share: str, kettle: str) -> None:
    guest = client_of()
    first = reserve(guest, kettle, **HTMX)
    assert (first.status_code, first["HX-Retarget"], first["HX-Reswap"]) == (200, "#items", "outerHTML")
    assert 'id="items"' in first.text
    assert 'hx-swap-oob="true"' in first.text
    assert "You take part as Mia." in first.text
    assert notice_of(first) == "Reserved for you. Others see that it's taken."
    second = guest.post(kettle, {"action": "release"}, headers=HTMX)
    assert "HX-Retarget" not in second
    assert second.text.strip().startswith('<article class="card"')
    assert badge_of(second) == "Available"


def test_second_reserver_gets_an_error_and_the_new_card(share: str, kettle: str) -> None:
    reserve(client_of(), kettle)
    slow = client_of()
    answer = reserve(slow, kettle, name="Ben", **HTMX)
    assert answer.status_code == 409
    assert badge_of(answer) == "Reserved"
    assert notice_of(answer) == "Someone just reserved this."
    assert slow.cookies.get("guest_name") is None
    without = reserve(slow, kettle, name="Ben")
    assert without.status_code == 303
    assert notice_of(slow.get(share)).startswith("Someone just reserved this.")


@pytest.mark.once
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_errors_are_shown_at_their_field(
    share: str, kettle: str, item: Item, headers: dict[str, str]
) -> None:
    answer = client_of().post(
        kettle, {"action": "reserve", "name": " ", "email": "nonsense"}, headers=headers
    )
    assert answer.status_code == 422
    card = card_of(answer, "Kettle")
    assert f'id="give-name-error-{item.pk}"' in card
    assert "Enter a name so that others know who you are." in card
    assert 'value="nonsense"' in card
    assert "<details open>" in card
    assert ("<html" in answer.text) is (not headers)


def test_guest_chips_in(share: str, kettle: str, item: Item) -> None:
    guest = client_of()
    bad = guest.post(f"{kettle}/chip-in", {"amount": "12.345", "name": "Mia"}, headers=HTMX)
    assert bad.status_code == 422
    assert "Do you mean €12,345.00? Then enter it like that." in card_of(bad, "Kettle")
    for amount in ("0", "-3", "lots", "1e999999999", ""):
        assert guest.post(f"{kettle}/chip-in", {"amount": amount, "name": "Mia"}).status_code == 422
    assert guest.post(f"{kettle}/chip-in", {"amount": "12,50", "name": "Mia"}).status_code == 303
    shown = card_of(guest.get(share), "Kettle")
    assert "€12.50 of €49.90 chipped in" in shown
    assert "You chipped in €12.50" in shown
    assert Contribution.objects.get().amount_minor == 1250


@pytest.mark.once
def test_scripts_and_other_pages_cannot_read_the_cookies(kettle: str) -> None:
    guest = client_of()
    reserve(guest, kettle, name="Łukasz 🎁")
    kept = [cookie for name, cookie in guest.cookies.items() if name.startswith("guest_")]
    assert len(kept) == 2
    for cookie in kept:
        assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/s/", "Lax", True)
        assert cookie.output().isascii()


@pytest.mark.once
def test_name_is_filled_in_on_the_next_list(share: str, kettle: str, alice: User) -> None:
    guest = client_of()
    reserve(guest, kettle)
    other = create_wishlist(owner=alice, title="Moving house")
    add_item(wishlist=other, by=Viewer(user=alice), title="Lamp")
    second = guest.get(f"/s/{link_token(make_link(wishlist=other, by=alice)[0])}")
    assert 'value="Mia"' in card_of(second, "Lamp")
    assert "No account needed" in second.text, "they are not known on that list"


def test_manage_token_of_another_list_is_ignored(share: str, kettle: str, wishlist: Wishlist) -> None:
    guest = client_of()
    reserve(guest, kettle)
    token = guest.cookies[f"guest_{wishlist.pk.hex}"].value
    for forged in ("x" * 43, token[:-1] + ("E" if token[-1] == "A" else "A"), "Ü"):
        guest.cookies[f"guest_{wishlist.pk.hex}"] = forged
        assert badge_of(guest.get(share)) == "Reserved"


def test_giver_with_an_account_acts_as_themselves(share: str, kettle: str, bob: User, alice: User) -> None:
    bobs = client_of(bob)
    assert "You take part as Bob." in bobs.get(share).text
    assert bobs.post(kettle, {"action": "reserve"}).status_code == 303
    assert badge_of(bobs.get(share)) == "Reserved by you"
    assert Reservation.objects.get().user == bob
    assert not Guest.objects.exists()


@pytest.mark.once
def test_page_is_translated_to_german(share: str, kettle: str) -> None:
    german = {"Accept-Language": "de"}
    page = client_of().get(share, headers=german)
    assert '<html lang="de">' in page.text
    assert badge_of(page) == "Frei"
    assert "49,90\N{NO-BREAK SPACE}€" in card_of(page, "Kettle")
    assert "Frei" in page.text.split("data-words=")[1].split(">")[0], "and so does the live script"


def test_guest_reserves_several_units(share: str, wishlist: Wishlist, alice: User) -> None:
    cups = add_item(wishlist=wishlist, by=Viewer(user=alice), title="Cups", quantity=3)
    address, guest = f"{share}/items/{cups.pk}", client_of()
    assert badge_of(guest.get(share), "Cups") == "3 of 3 available"
    assert (
        guest.post(address, {"action": "reserve", "units": 4, "name": "Mia"}, headers=HTMX).status_code == 409
    )
    assert guest.post(address, {"action": "reserve", "units": 0, "name": "Mia"}).status_code == 422
    guest.post(address, {"action": "reserve", "units": 2, "name": "Mia"})
    assert badge_of(guest.get(share), "Cups") == "2 reserved by you"
    assert badge_of(client_of().get(share), "Cups") == "1 of 3 available"


def give(item: Item, giver: User) -> None:
    item.wishlist = Wishlist.objects.get(pk=item.wishlist_id)
    reserve_item(item=item, by=Viewer(user=giver), message="canary")
    contribute(item=item, by=Viewer(user=giver), amount_minor=777, status="pledged")


def test_recipient_gets_the_same_bytes_with_and_without_gifts(
    share: str, kettle: str, item: Item, alice: User, bob: User
) -> None:
    alices, bobs, stranger = client_of(alice), client_of(bob), client_of()
    seen_by = [(alices, share), (alices, kettle), (alices, f"/lists/{item.wishlist_id}"), (alices, "/lists")]
    controls = [(bobs, share), (stranger, share), (stranger, kettle), (bobs, f"/lists/{item.wishlist_id}")]
    before = [masked(client.get(path)) for client, path in seen_by]
    control_before = [masked(client.get(path)) for client, path in controls]
    give(item, bob)
    assert [masked(client.get(path)) for client, path in seen_by] == before
    control_after = [masked(client.get(path)) for client, path in controls]
    assert all(old != new for old, new in zip(control_before, control_after, strict=True))


def test_recipient_sees_an_explanation_and_marks_items(
    share: str, kettle: str, item: Item, alice: User, bob: User
) -> None:
    give(item, bob)
    alices = client_of(alice)
    shown = alices.get(share)
    assert "so you can&#x27;t see what others reserve or chip in" in shown.text
    assert "Reserve<" not in shown.text
    assert "Chip in" not in shown.text
    assert badge_of(shown) == ""
    assert badge_of(alices.post(kettle, {"action": "received"}, headers=HTMX)) == "You have it"
    assert badge_of(client_of().get(share)) == "Received"
    assert (
        badge_of(alices.post(kettle, {"action": "set_aside"}, headers=HTMX)) == "You're getting it yourself"
    )
    assert badge_of(alices.post(kettle, {"action": "unmark"}, headers=HTMX)) == ""
    assert Reservation.objects.active().get().user == bob, "the reservation stays"


@pytest.mark.parametrize("action", ["reserve", "purchase", "release"])
def test_recipient_who_tries_to_give_is_refused_and_learns_nothing(
    kettle: str, item: Item, alice: User, bob: User, action: str
) -> None:
    def tried() -> tuple[int, bytes, int, bytes]:
        pressed = client_of(alice).post(kettle, {"action": action}, headers=HTMX)
        chipped = client_of(alice).post(f"{kettle}/chip-in", {"amount": "5"}, headers=HTMX)
        return pressed.status_code, masked(pressed), chipped.status_code, masked(chipped)

    before = tried()
    assert before[0] == before[2] == 403
    give(item, bob)
    assert tried() == before
    assert Reservation.objects.get().user == bob


@pytest.mark.parametrize("action", ["received", "set_aside", "unmark"])
def test_giver_cannot_mark_items(kettle: str, item: Item, action: str) -> None:
    answer = client_of().post(kettle, {"action": action, "name": "Mia"}, headers=HTMX)
    assert answer.status_code == 403
    item.refresh_from_db()
    assert item.mark == ""


@pytest.mark.once
def test_page_is_not_stored_indexed_or_framed(share: str, kettle: str) -> None:
    for path in (share, kettle, "/s/unknown"):
        answer = client_of().get(path)
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["X-Frame-Options"] == "DENY"
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
    assert '<meta name="robots" content="noindex' in client_of().get(share).text


@pytest.mark.once
def test_page_has_no_inline_code(share: str, kettle: str, item: Item) -> None:
    guest = client_of()
    assert inline_code(guest.get(share)) == []
    assert inline_code(reserve(guest, kettle, **HTMX)) == []
    assert inline_code(guest.get("/s/unknown")) == []


def test_link_preview_shows_nothing_about_giving(share: str, item: Item, bob: User) -> None:
    def preview() -> list[str]:
        return [line.strip() for line in client_of().get(share).text.splitlines() if "<meta" in line]

    before = preview()
    assert '<meta property="og:title" content="Alice&#x27;s birthday">' in before
    assert any("img/preview" in line for line in before)
    give(item, bob)
    assert preview() == before


@pytest.mark.once
def test_pictures_are_loaded_without_a_referrer(share: str, wishlist: Wishlist, alice: User) -> None:
    add_item(
        wishlist=wishlist, by=Viewer(user=alice), title="Lamp", image_url="https://shop.example/lamp.jpg"
    )
    lamp = card_of(client_of().get(share), "Lamp")
    assert 'referrerpolicy="no-referrer"' in lamp
    assert 'loading="lazy"' in lamp
    assert 'alt=""' in lamp


@pytest.mark.once
def test_markup_in_a_wish_is_escaped(share: str, wishlist: Wishlist, alice: User) -> None:
    add_item(wishlist=wishlist, by=Viewer(user=alice), title="<script>alert(1)</script>", description="<b>")
    assert "<script>alert" not in client_of().get(share).text


def test_limited_link_shows_a_preview_and_its_button_spends_a_view(limited: PublicLink, item: Item) -> None:
    share = f"/s/{link_token(limited)}"
    first, second, third = client_of(), client_of(), client_of()
    for _ in range(3):
        shown = first.get(share)
        assert (shown.status_code, "Kettle" in shown.text) == (200, False)
        assert "Open the list" in shown.text
        assert inline_code(shown) == []
    assert "Kettle" not in first.get(f"{share}/items/{item.pk}").text
    assert reserve(first, f"{share}/items/{item.pk}").status_code == 403
    for client in (first, second):
        opened = client.post(f"{share}/open")
        assert (opened.status_code, opened["Location"]) == (303, share)
        assert "Kettle" in client.get(share).text
    assert first.post(f"{share}/open").status_code == 303, (
        "a browser that has opened the link spends no second view"
    )
    limited.refresh_from_db()
    assert limited.view_count == 2
    assert [third.get(share).status_code, third.post(f"{share}/open").status_code] == [403, 403]
    assert "Kettle" in first.get(share).text, "a used-up link still works for people who opened it"


def test_cookie_of_a_limited_link_opens_no_other_link(limited: PublicLink, alice: User, item: Item) -> None:
    client = client_of()
    client.post(f"/s/{link_token(limited)}/open")
    other = create_wishlist(owner=alice, title="Other")
    second = make_link(wishlist=other, by=alice, max_views=1)[0]
    client.cookies[f"in_{second.pk.hex}"] = client.cookies[f"in_{limited.pk.hex}"].value
    assert "Open the list" in client.get(f"/s/{link_token(second)}").text


def test_owner_spends_no_view_of_their_own_link(limited: PublicLink, item: Item, alice: User) -> None:
    assert "Kettle" in client_of(alice).get(f"/s/{link_token(limited)}").text
    limited.refresh_from_db()
    assert limited.view_count == 0


def test_links_that_do_not_work_say_why(
    share: str, link: PublicLink, kettle: str, wishlist: Wishlist, alice: User
) -> None:
    unknown = client_of().get("/s/unknown")
    assert (unknown.status_code, "no list at this link" in unknown.text) == (404, True)
    link.expires_at = timezone.now() - timedelta(minutes=1)
    link.save()
    expired = client_of().get(share)
    assert (expired.status_code, "has expired" in expired.text) == (403, True)
    link.expires_at = None
    link.save()
    revoke_link(wishlist=wishlist, by=alice)
    for answer in (client_of().get(share), reserve(client_of(), kettle), client_of().get(kettle)):
        assert (answer.status_code, "was deleted" in answer.text) == (403, True)


def test_items_of_other_lists_get_404(share: str, alice: User) -> None:
    other = create_wishlist(owner=alice, title="Other")
    lamp = add_item(wishlist=other, by=Viewer(user=alice), title="Lamp")
    assert client_of().get(f"{share}/items/{lamp.pk}").status_code == 404
    assert reserve(client_of(), f"{share}/items/{lamp.pk}").status_code == 404


def test_visitor_suggests_a_wish(share: str, item: Item) -> None:
    guest = client_of()
    bad = guest.post(f"{share}/suggest", {"title": "", "link_url": "javascript:alert(1)"})
    assert bad.status_code == 422
    assert "errorlist" in bad.text
    assert guest.post(f"{share}/suggest", {"title": "A pottery class"}).status_code == 303
    assert "Your suggestion was sent." in guest.get(share).text
    assert Suggestion.objects.get().title == "A pottery class"


@pytest.mark.once
@pytest.mark.parametrize(
    "body",
    [
        {"action": "steal", "name": "Mia"},
        {"name": "Mia"},
        {"action": "reserve", "name": "M" * 81},
        {"action": "reserve", "name": "Mia", "units": "9" * 30},
        {"action": "reserve", "name": "Mia", "units": "one"},
        {"action": "reserve", "name": "a\0b"},
    ],
)
def test_invalid_action_is_refused(kettle: str, body: dict[str, str]) -> None:
    assert client_of().post(kettle, body).status_code in (400, 422)
    assert not Reservation.objects.exists()


@pytest.mark.once
@pytest.mark.both
def test_number_of_queries_does_not_grow_with_items(
    share: str, item: Item, wishlist: Wishlist, alice: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client_of().get(share).status_code == 200
        return len(captured)

    reserve(client_of(), f"{share}/items/{item.pk}")
    few = queries()
    with change():
        for number in range(30):
            added = add_item(wishlist=wishlist, by=Viewer(user=alice), title=f"Wish {number}")
            guest = join_guest(wishlist=wishlist, name="Mia")
            reserve_item(
                item=Item.objects.get(pk=added.pk),
                by=Viewer(guest=guest, by_link=True),
            )
    assert queries() == few


# --- the entity tag ---------------------------------------------------------------------------------------------------


@pytest.mark.once
def test_unchanged_page_of_a_stranger_is_not_sent_again(share: str, item: Item, alice: User) -> None:
    stranger, other = client_of(), client_of()
    stranger.get(share)
    tag = stranger.get(share)["ETag"]
    assert tag.startswith('W/"')
    again = stranger.get(share, headers={"if-none-match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    other.get(share)
    assert other.get(share)["ETag"] != tag, "the forms of another browser have another token"
    edit_item(item=Item.objects.get(pk=item.pk), by=Viewer(user=alice), title="Teapot")
    assert stranger.get(share, headers={"if-none-match": tag}).status_code == 200


@pytest.mark.once
def test_pages_of_people_who_are_known_have_no_tag(share: str, kettle: str, alice: User, bob: User) -> None:
    """They can come back to what they saw before, and their forms need new keys then."""
    guest = client_of()
    reserve(guest, kettle)
    guest.get(share)  # shows the message
    for client in (guest, client_of(alice), client_of(bob)):
        assert "ETag" not in client.get(share)
    stranger = client_of()
    stranger.post(f"{share}/suggest", {"title": "A pottery class"})
    assert "ETag" not in stranger.get(share), "nor has a page with a message"
