"""The pages of lists for their users: owner, giver and stranger."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.support.browsing import as_user
from tests.support.markup import CSRF, badge_of, card_of, inline_code, masked, notice_of
from wishlists.models import Item, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.lists.people import share_wishlist

HTMX = {"HX-Request": "true"}


@pytest.fixture
def address(wishlist: Wishlist) -> str:
    return f"/lists/{wishlist.pk}"


def wish(**fields: Any) -> dict[str, Any]:
    return {"title": "Lamp", "currency": "EUR", "quantity": 1} | fields


def test_anonymous_user_is_sent_to_log_in(address: str, item: Item) -> None:
    for path in ("/lists", address, f"{address}/settings"):
        answer = Client().get(path)
        assert (answer.status_code, answer["Location"]) == (302, f"/login?next={path}")
    card = Client().get(f"{address}/items/{item.pk}")
    assert card["Location"] == f"/login?next={address}", "a card is no page to be led back to"


def test_stranger_gets_404(address: str, item: Item, charlie: User) -> None:
    charlies = as_user(charlie)
    for path in ("", "/settings", "/delete", f"/items/{item.pk}", f"/items/{item.pk}/edit"):
        assert charlies.get(address + path).status_code == 404
    for path in ("/items", f"/items/{item.pk}", f"/items/{item.pk}/chip-in", f"/items/{item.pk}/remove"):
        assert charlies.post(address + path, wish(action="reserve", amount="1")).status_code == 404
    assert "Alice" not in charlies.get("/lists").text


@pytest.mark.once
def test_own_and_shared_lists_are_shown(alices: Client, bobs: Client, item: Item) -> None:
    mine, theirs = alices.get("/lists").text, bobs.get("/lists").text
    assert "Shared with me" not in mine
    assert "1 wish" in mine
    assert "Shared with me" in theirs
    assert "by Alice" in theirs
    assert "No lists yet. Give your first one a name." in theirs


def test_create_a_list(bobs: Client, bob: User) -> None:
    bad = bobs.post("/lists", {"title": " "})
    assert (bad.status_code, "errorlist" in bad.text) == (422, True)
    answer = bobs.post("/lists", {"title": "Moving house", "preset": "for_my_child"})
    made = Wishlist.objects.get(title="Moving house")
    assert answer["Location"] == f"/lists/{made.pk}"
    assert not made.members.get().is_recipient
    assert "No wishes yet. Add the first one above." in bobs.get(answer["Location"]).text


def test_list_for_two_leads_to_inviting_the_partner(bobs: Client, alice: User) -> None:
    answer = bobs.post("/lists", {"title": "Our wedding", "preset": "for_both"})
    made = Wishlist.objects.get(title="Our wedding")
    assert answer["Location"] == f"/lists/{made.pk}/sharing?both=1#people"
    asked = re.search(r"<input[^>]*is_recipient[^>]*>", bobs.get(answer["Location"]).text)
    assert asked is not None
    assert "checked" in asked[0]
    bobs.post(f"/lists/{made.pk}/people", {"email": alice.email, "role": "editor", "is_recipient": "on"})
    assert made.members.recipients().count() == 2


@pytest.mark.once
def test_owner_sets_recipients(
    alices: Client, address: str, wishlist: Wishlist, alice: User, bob: User
) -> None:
    assert alices.post(f"{address}/recipients", {"user_ids": [bob.pk]}).status_code == 422
    both = {"user_ids": [alice.pk, bob.pk], "recipient_name": "Both of us"}
    assert alices.post(f"{address}/recipients", both).status_code == 302
    assert wishlist.members.recipients().count() == 2
    assert 'value="Both of us"' in alices.get(f"{address}/settings").text


@pytest.mark.once
def test_owner_changes_settings(alices: Client, address: str, wishlist: Wishlist) -> None:
    fields = {"title": "x", "policy": "surprise", "names_shown": "on"} | {
        "guests_confirm": "on",
        "lapse_days": "30",
        "secret_additions": "editors",
        "suggestions_from": "members",
        "time_zone": "Europe/Berlin",
    }
    assert alices.post(f"{address}/settings", fields).status_code == 302
    wishlist.refresh_from_db()
    assert (wishlist.guests_confirm, wishlist.lapse_days, wishlist.time_zone) == (True, 30, "Europe/Berlin")
    assert (wishlist.secret_additions, wishlist.suggestions_from) == ("editors", "members")
    sealed = alices.post(f"{address}/settings", fields | {"reveal_on": "2030-05-04"})
    assert (sealed.status_code, "recipients can&#x27;t be shown more than before" in sealed.text) == (
        422,
        True,
    )
    assert alices.post(f"{address}/settings", fields | {"lapse_days": "366"}).status_code == 422


def test_giver_adds_a_secret_wish(alices: Client, bobs: Client, address: str, item: Item) -> None:
    assert "Add a secret wish" in bobs.get(address).text
    assert "givers only" not in alices.get(address).text
    bobs.post(f"{address}/items", wish(title="Secret", how="secret"))
    [secret] = Item.objects.filter(is_secret=True)
    assert "Only givers can see this." in card_of(bobs.get(address), "Secret")
    assert bobs.post(f"{address}/items/{secret.pk}/edit", wish(title="Better")).status_code == 303
    assert bobs.get(f"{address}/items/{item.pk}/edit").status_code == 403
    assert "Better" not in alices.get(address).text
    assert bobs.post(f"{address}/items/{secret.pk}/remove").status_code == 302
    assert bobs.post(f"{address}/items", wish(title="Open")).status_code == 403


def test_draft_is_visible_to_its_author_only(
    alices: Client, bobs: Client, address: str, wishlist: Wishlist, bob: User, item: Item
) -> None:
    wishlist.members.filter(user=bob).update(role="editor")
    alices.post(f"{address}/items", wish(title="Perhaps", how="draft"))
    draft = Item.objects.get(title="Perhaps")
    assert "Perhaps" in alices.get(address).text
    assert "Perhaps" not in bobs.get(address).text
    path = f"{address}/drafts/{draft.pk}"
    assert (alices.get(path).status_code, bobs.get(path).status_code) == (200, 404)
    assert alices.post(path, wish(title="Rather", price="x")).status_code == 422
    alices.post(path, wish(title="Rather"))
    assert "Rather" not in bobs.get(address).text
    alices.post(path, wish(title="Surely", how="show"))
    assert card_of(bobs.get(address), "Surely")
    alices.post(f"{address}/items", wish(title="Never", how="draft"))
    assert "Draft saved." in alices.get(address).text
    alices.post(f"{address}/drafts/{Item.objects.get(title='Never').pk}", {"how": "remove"})
    assert "Draft deleted." in alices.get(address).text
    assert not Item.objects.filter(title="Never").exists()


@pytest.mark.once
def test_wish_with_several_links_and_pictures(alices: Client, address: str, item: Item) -> None:
    path, more = f"{address}/items/{item.pk}/edit", "https://a.example/1\r\n\r\na.example/2\r\n"
    assert alices.post(path, wish(title="Kettle", more_links=more)).status_code == 303
    item.refresh_from_db()
    assert item.more_links == ["https://a.example/1", "https://a.example/2"]
    card = card_of(alices.get(address), "Kettle")
    assert card.count("Another link") == 2
    assert "https://a.example/2" in alices.get(path).text
    bad = alices.post(path, wish(title="Kettle", more_images="javascript:alert(1)"))
    assert (bad.status_code, "one address per line" in bad.text) == (422, True)


@pytest.mark.once
def test_received_wishes_have_their_own_section(alices: Client, address: str, item: Item) -> None:
    def shelf() -> str:
        found = re.search(r"<details[^>]*data-received[^>]*>", alices.get(address).text)
        assert found is not None
        return found[0]

    assert "hidden" in shelf()
    alices.post(f"{address}/items/{item.pk}", {"action": "received"})
    assert "hidden" not in shelf()
    assert "I still want it" in alices.get(address).text.partition("data-received")[2]
    alices.post(f"{address}/items/{item.pk}", {"action": "unmark"})
    assert "hidden" in shelf()


@pytest.mark.once
def test_owner_reads_that_giving_is_hidden_and_why(alices: Client, address: str, item: Item) -> None:
    shown = alices.get(address)
    assert "This list is for you, so you can&#x27;t see what others reserve" in shown.text
    card = card_of(shown, "Kettle")
    assert "Edit" in card
    assert "Mark as received" in card
    assert ">Reserve" not in card


@pytest.mark.once
def test_wish_with_a_title_only(alices: Client, address: str) -> None:
    answer = alices.post(f"{address}/items", wish())
    made = Item.objects.get(title="Lamp")
    assert (answer.status_code, answer["Location"]) == (303, f"{address}#item-{made.pk}")
    assert (made.price_minor, made.currency, made.quantity) == (None, "EUR", 1)


@pytest.mark.once
def test_wish_with_every_field(alices: Client, address: str) -> None:
    full = wish(
        price="1249,90",
        quantity="",
        link_url="shop.example/lamp",
        image_url="https://shop.example/lamp.jpg",
        description="The green one",
    )
    alices.post(f"{address}/items", full)
    made = Item.objects.get(title="Lamp")
    assert (made.price_minor, made.quantity, made.link_url) == (124990, None, "https://shop.example/lamp")
    card = card_of(alices.get(address), "Lamp")
    assert "€1,249.90" in card
    assert "The green one" in card


@pytest.mark.once
@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("title", ""),
        ("title", "x" * 513),
        ("price", "12,34,5"),
        ("price", "12.345"),
        ("price", "-1"),
        ("price", "much"),
        ("currency", "XXY"),
        ("quantity", "0"),
        ("quantity", "9" * 20),
        ("link_url", "javascript:alert(1)"),
        ("link_url", "ftp://shop.example"),
        ("image_url", "data:image/png;base64,AAAA"),
    ],
)
def test_errors_are_shown_at_their_field(alices: Client, address: str, field: str, typed: str) -> None:
    answer = alices.post(f"{address}/items", wish(**{field: typed}))
    assert answer.status_code == 422
    assert f'id="new_{field}_error"' in answer.text
    assert not Item.objects.filter(title="Lamp").exists()


@pytest.mark.once
def test_edit_a_wish(alices: Client, address: str, item: Item) -> None:
    path = f"{address}/items/{item.pk}"
    shown = alices.get(f"{path}/edit").text
    assert 'value="49.90"' in shown
    assert alices.post(f"{path}/edit", wish(title="")).status_code == 422
    answer = alices.post(f"{path}/edit", wish(title="Big kettle", price="60"))
    assert answer["Location"] == f"{address}#item-{item.pk}"
    item.refresh_from_db()
    assert (item.title, item.price_minor) == ("Big kettle", 6000)


@pytest.mark.once
def test_removing_a_wish_asks_for_confirmation(alices: Client, address: str, item: Item) -> None:
    path = f"{address}/items/{item.pk}/remove"
    assert "Remove “Kettle”?" in alices.get(path).text
    assert Item.objects.live().count() == 1
    shown = alices.post(path, follow=True)
    assert "“Kettle” was removed." in shown.text
    assert Item.objects.live().count() == 0


def test_removal_can_be_undone(alices: Client, address: str, item: Item) -> None:
    shown = alices.post(f"{address}/items/{item.pk}/remove", follow=True).content.decode()
    assert f"{address}/items/{item.pk}/restore" in shown
    answer = alices.post(f"{address}/items/{item.pk}/restore")
    assert answer["Location"].endswith(f"#item-{item.pk}")
    assert Item.objects.live().filter(pk=item.pk).exists()
    for removed in (str(item.pk), "nonsense", "\x00"):
        assert "/restore" not in alices.get(address, {"removed": removed}).content.decode()


def test_only_editors_undo_a_removal(bobs: Client, alices: Client, address: str, item: Item) -> None:
    alices.post(f"{address}/items/{item.pk}/remove")
    assert "/restore" not in bobs.get(address, {"removed": str(item.pk)}).content.decode()
    assert bobs.post(f"{address}/items/{item.pk}/restore").status_code == 403


def test_viewer_can_give_but_not_edit(bobs: Client, address: str, item: Item) -> None:
    path = f"{address}/items/{item.pk}"
    shown = bobs.get(address)
    assert "This list is for Alice. Alice can&#x27;t see what you do here" in shown.text
    assert "Edit" not in card_of(shown, "Kettle")
    assert bobs.post(path, {"action": "reserve"}).status_code == 303
    after = bobs.get(address)
    assert (badge_of(after), notice_of(after)) == (
        "Reserved by you",
        "Reserved for you. Others see that it's taken.",
    )
    assert bobs.post(path, {"action": "release"}, headers=HTMX).status_code == 200
    for refused in (
        f"{address}/items",
        f"{path}/edit",
        f"{path}/remove",
        f"{address}/settings",
        f"{address}/delete",
    ):
        assert bobs.post(refused, wish()).status_code == 403
    assert Item.objects.live().get().title == "Kettle"


def test_givers_see_names_if_the_list_shows_them(
    bobs: Client, address: str, wishlist: Wishlist, item: Item, alice: User, charlie: User
) -> None:
    share_wishlist(wishlist=wishlist, by=alice, email=charlie.email, role="viewer")
    as_user(charlie).post(f"{address}/items/{item.pk}", {"action": "purchase"})
    assert badge_of(bobs.get(address)) == "Bought by Charlie"
    wishlist.names_shown = False
    wishlist.save()
    assert badge_of(bobs.get(address)) == "Bought"


def test_lost_reservation_shows_the_current_card(
    bobs: Client, address: str, wishlist: Wishlist, item: Item, alice: User, charlie: User
) -> None:
    share_wishlist(wishlist=wishlist, by=alice, email=charlie.email, role="viewer")
    path = f"{address}/items/{item.pk}"
    as_user(charlie).post(path, {"action": "reserve"})
    lost = bobs.post(path, {"action": "reserve"}, headers=HTMX)
    assert lost.status_code == 409
    assert badge_of(lost) == "Reserved by Charlie"
    assert notice_of(lost) == "Someone just reserved this."


def test_card_actions_tell_recipients_nothing(alices: Client, bobs: Client, address: str, item: Item) -> None:
    path = f"{address}/items/{item.pk}"

    def tried() -> list[tuple[int, bytes]]:
        actions = ("reserve", "purchase", "release", "received", "unmark")
        answers = [alices.post(path, {"action": action}, headers=HTMX) for action in actions]
        answers.append(alices.get(f"{path}/edit"))
        answers.append(alices.get(f"{path}/remove"))
        answers.append(alices.get(f"{address}/delete"))
        return [(answer.status_code, masked(answer)) for answer in answers]

    def without_clock(seen: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
        return [
            (status, b"\n".join(line for line in body.splitlines() if b"data-edited" not in line))
            for status, body in seen
        ]

    before = without_clock(tried())
    assert bobs.post(path, {"action": "reserve"}, headers=HTMX).status_code == 200
    assert Reservation.objects.active().exists()
    assert without_clock(tried()) == before


def test_move_a_wish(
    alices: Client, bobs: Client, address: str, wishlist: Wishlist, item: Item, alice: User
) -> None:
    for title in ("Lamp", "Book"):
        add_item(wishlist=wishlist, by=Viewer(user=alice), title=title)

    def titles() -> list[str]:
        return list(Item.objects.live().in_order().values_list("title", flat=True))

    path = f"{address}/items/{item.pk}/move"
    assert alices.post(path, {"to": "down"}).status_code == 303
    assert titles() == ["Lamp", "Kettle", "Book"]
    moved = alices.post(path, {"to": "down"}, headers=HTMX)
    assert (titles(), 'id="items"' in moved.text, 'id="who"' in moved.text) == (
        ["Lamp", "Book", "Kettle"],
        True,
        False,
    )
    alices.post(path, {"to": "down"})
    assert titles() == ["Lamp", "Book", "Kettle"], "the last stays the last"
    alices.post(path, {"to": "up"})
    assert titles() == ["Lamp", "Kettle", "Book"]
    assert bobs.post(path, {"to": "up"}).status_code == 403


def test_log_shows_each_viewer_what_they_may_see(
    alices: Client, bobs: Client, address: str, item: Item
) -> None:
    before = alices.get(f"{address}/log").text
    assert "Alice added “Kettle”." in before
    bobs.post(f"{address}/items/{item.pk}", {"action": "reserve"})
    bobs.post(f"{address}/items/{item.pk}/chip-in", {"amount": "5"})
    assert masked(alices.get(f"{address}/log")).decode() == CSRF.sub("", before)
    his = bobs.get(f"{address}/log").text
    assert "Bob reserved “Kettle”." in his
    assert "Bob chipped in for “Kettle”." in his


@pytest.mark.once
def test_settings_forms_of_owner_and_editor(
    alices: Client, bobs: Client, address: str, wishlist: Wishlist, alice: User, bob: User
) -> None:
    fields = {"title": "Thirty-four", "description": "Cake!", "due_date": "2030-05-04", "policy": "surprise"}
    assert alices.post(f"{address}/settings", fields).status_code == 302
    wishlist.refresh_from_db()
    assert (wishlist.title, str(wishlist.due_date), wishlist.names_shown) == (
        "Thirty-four",
        "2030-05-04",
        False,
    )
    sealed = alices.post(f"{address}/settings", fields | {"policy": "open"})
    assert sealed.status_code == 422
    assert "recipients can&#x27;t be shown more than before" in sealed.text
    share_wishlist(wishlist=Wishlist.objects.get(), by=alice, email=bob.email, role="editor")
    assert 'name="policy"' not in bobs.get(f"{address}/settings").text
    assert (
        bobs.post(f"{address}/settings", fields | {"title": "Bob was here", "policy": "open"}).status_code
        == 302
    )
    wishlist.refresh_from_db()
    assert (wishlist.title, wishlist.policy) == ("Bob was here", "surprise")


@pytest.mark.once
def test_delete_page_says_whom_it_affects(alices: Client, bobs: Client, address: str) -> None:
    assert "1 other person is on this list" in alices.get(f"{address}/delete").text
    assert alices.post(f"{address}/delete")["Location"] == "/lists"
    assert bobs.get(address).status_code == 404


@pytest.mark.once
def test_pages_have_no_inline_code(alices: Client, bobs: Client, address: str, item: Item) -> None:
    path = f"{address}/items/{item.pk}"
    for page in (
        "/lists",
        address,
        f"{address}/settings",
        f"{address}/delete",
        f"{path}/edit",
        f"{path}/remove",
        path,
    ):
        assert inline_code(alices.get(page)) == [], page
    assert inline_code(bobs.get(address)) == []


def test_item_of_another_list_gets_404(alices: Client, address: str, alice: User) -> None:
    other = create_wishlist(owner=alice, title="Other")
    lamp = add_item(wishlist=other, by=Viewer(user=alice), title="Lamp")
    for path in ("", "/edit", "/remove"):
        assert alices.get(f"{address}/items/{lamp.pk}{path}").status_code == 404
