"""Group gifts behind a link: guests chip in, nobody is named, and recipients learn nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from sharing.access.capabilities import link_token, manage_token
from sharing.models import PublicLink
from sharing.services.links import make_link, revoke_link
from sharing.tests.conftest import client_of
from tests.support.markup import inline_code, masked
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Collection, Contribution, Guest, Item, Wishlist
from wishlists.models.viewers import Sight, Viewer
from wishlists.projections import money
from wishlists.services.lists.items import add_item, write_item
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.money.collecting import end_collection, open_collection
from wishlists.services.money.contributing import contribute, contribute_to_pot

SPACE = "\N{NO-BREAK SPACE}"
MIA = {"name": "Mia", "email": ""}


@pytest.fixture
def address(share: str) -> str:
    return f"{share}/collecting"


@pytest.fixture
def bobs_list(item: Item, bob: User) -> Wishlist:
    return Wishlist.objects.get(pk=item.wishlist_id)


@pytest.fixture
def kettle(bobs_list: Wishlist, item: Item, bob: User) -> Collection:
    """Bob's collection of 49.90 for the kettle."""
    return open_collection(
        wishlist=bobs_list, by=bob, currency="EUR", item_id=item.pk, target_minor=4990, note="canary note"
    )


def bob_gives(item: Item, bob: User, amount_minor: int) -> None:
    there = Item.objects.get(pk=item.pk)
    contribute(item=there, by=Viewer(user=bob), amount_minor=amount_minor, status="pledged")


def section_of(page: Any, name: object) -> str:
    found = re.search(rf'<section class="panel"\s+id="collection-{name}".*?</section>', page.text, re.DOTALL)
    assert found is not None
    return found[0]


def is_there(page: Any, name: object) -> bool:
    return f'id="collection-{name}"' in page.text


def test_guest_chips_in_and_pays_the_rest(address: str, share: str, kettle: Collection) -> None:
    guest = client_of()
    assert f'href="{address}"' in guest.get(share).text
    first = section_of(guest.get(address), kettle.pk)
    assert "€0.00 of €49.90 raised" in first
    assert 'name="email"' in first
    answer = guest.post(f"{address}/{kettle.pk}", {"amount": "20"} | MIA)
    assert (answer.status_code, answer["Location"]) == (303, f"{address}#messages")
    page = guest.get(address)
    token = manage_token(Guest.objects.get())
    assert "Thank you for chipping in!" in page.text
    assert "You take part as Mia." in page.text
    assert "Kettle: €20.00" in page.text
    assert f"/g/{token}" in page.text
    section = section_of(page, kettle.pk)
    assert 'name="name"' not in section, "the guest is known now"
    assert "Give the remaining €29.90" in section
    assert guest.post(f"{address}/{kettle.pk}", {"rest": "on"}).status_code == 303
    assert "Fully funded!" in section_of(guest.get(address), kettle.pk)
    assert list(Contribution.objects.order_by("created_at").values_list("amount_minor", "guest__name")) == [
        (2000, "Mia"),
        (2990, "Mia"),
    ]


def test_pot_is_shown_with_and_without_a_collection(address: str, bobs_list: Wishlist, bob: User) -> None:
    guest, other = client_of(), client_of()
    empty = guest.get(address)
    assert "No group gifts yet." in empty.text
    assert "€0.00 raised" in section_of(empty, "pot")
    assert guest.post(f"{address}/pot", {"amount": "12,50"} | MIA).status_code == 303
    assert "€12.50 raised" in section_of(other.get(address), "pot")
    assert "Group pot: €12.50" in guest.get(address).text
    assert "Your contributions" in guest.get(address).text
    made = open_collection(wishlist=bobs_list, by=bob, currency="EUR", target_minor=2000)
    page = other.get(address)
    assert not is_there(page, "pot"), "the pot is shown once"
    assert "€12.50 of €20.00 raised" in section_of(page, made.pk)
    late = guest.post(f"{address}/pot", {"amount": "8"})
    assert (late.status_code, "Only €7.50 to go." in late.text) == (409, True)
    assert guest.post(f"{address}/{made.pk}", {"rest": "on"}).status_code == 303
    assert Contribution.objects.filter(pot=bobs_list).count() == 2


def test_form_shows_the_cap_and_keeps_the_input(
    address: str, kettle: Collection, item: Item, bob: User
) -> None:
    bob_gives(item, bob, 4000)
    guest = client_of()
    typed = {"amount": "9.91", "name": "Grandma", "email": "g@example.org"}
    lost = guest.post(f"{address}/{kettle.pk}", typed)
    section = section_of(lost, kettle.pk)
    assert lost.status_code == 409
    assert "Only €9.90 to go. Give that much or less." in section
    assert "<details open>" in section
    assert f'aria-describedby="amount-error-{kettle.pk}"' in section
    assert [f'value="{value}"' in section for value in typed.values()] == [True] * 3
    assert not Guest.objects.exists(), "a refused request creates no guest"
    bob_gives(item, bob, 990)
    full = guest.post(f"{address}/{kettle.pk}", typed)
    assert (full.status_code, "This is fully funded already." in full.text) == (409, True)
    assert "Fully funded!" in section_of(full, kettle.pk)


def test_collection_that_has_ended_is_not_paid_into(address: str, kettle: Collection, bob: User) -> None:
    guest = client_of()
    end_collection(collection=kettle, by=bob)
    answer = guest.post(f"{address}/{kettle.pk}", {"amount": "5"} | MIA)
    assert (answer.status_code, answer["Location"]) == (303, f"{address}#messages")
    page = guest.get(address)
    assert "That group gift has ended. You can chip in for the ones below." in page.text
    assert not is_there(page, kettle.pk)
    assert not Contribution.objects.exists()


@pytest.mark.once
@pytest.mark.parametrize("amount", ["", "0", "-3", "lots", "12.345", "1e999999999"])
@pytest.mark.parametrize("of", ["pot", "collection"])
def test_invalid_input_is_refused_at_its_field(
    amount: str, of: str, address: str, kettle: Collection
) -> None:
    name = kettle.pk if of == "collection" else "pot"
    answer = client_of().post(f"{address}/{name}", {"amount": amount, "name": " ", "email": "x"})
    section = section_of(answer, name)
    assert answer.status_code == 422
    assert [f'id="{field}-error-{name}"' in section for field in ("chip-name", "chip-email", "amount")] == [
        True
    ] * 3
    assert inline_code(answer) == []
    assert not Guest.objects.exists()


def test_list_with_confirmation_asks_for_an_address(
    address: str, kettle: Collection, wishlist: Wishlist
) -> None:
    Wishlist.objects.filter(pk=wishlist.pk).update(guests_confirm=True)
    guest = client_of()
    without = guest.post(f"{address}/{kettle.pk}", {"amount": "5"} | MIA)
    assert (without.status_code, "Guests must confirm it on this list" in without.text) == (400, True)
    confirmable = {"amount": "5"} | MIA | {"email": "m@example.org"}
    assert guest.post(f"{address}/{kettle.pk}", confirmable).status_code == 303
    page = guest.get(address).text
    assert "We've sent you a code." in page
    assert f"/g/{manage_token(Guest.objects.get())}" in page


def test_giver_changes_only_their_own_contribution(
    address: str, share: str, kettle: Collection, charlie: User, alice: User
) -> None:
    guest, other, charlies = client_of(), client_of(), client_of(charlie)
    guest.post(f"{address}/{kettle.pk}", {"amount": "5"} | MIA)
    other.post(f"{address}/{kettle.pk}", {"amount": "6", "name": "Tom"})
    charlies.post(f"{address}/{kettle.pk}", {"amount": "7"})
    mias, toms, his = Contribution.objects.order_by("amount_minor")
    assert "Kettle: €7.00" in charlies.get(address).text
    for client in (guest, charlies, client_of()):
        assert client.post(f"{share}/contributions/{toms.pk}", {"action": "withdraw"}).status_code == 404
    elsewhere = create_wishlist(owner=alice, title="Other")
    foreign = f"/s/{link_token(make_link(wishlist=elsewhere, by=alice)[0])}/contributions/{his.pk}"
    assert charlies.post(foreign, {"action": "withdraw"}).status_code == 404
    assert guest.post(f"{share}/contributions/{mias.pk}", {"action": "paid"}).status_code == 303
    assert charlies.post(f"{share}/contributions/{his.pk}", {"action": "withdraw"}).status_code == 303
    assert "Contribution withdrawn." in charlies.get(address).text
    standing = Contribution.objects.standing().order_by("amount_minor").values_list("amount_minor", "status")
    assert list(standing) == [(500, "paid"), (600, "pledged")]


def everything_given(item: Item, bob: User, wishlist: Wishlist) -> None:
    """Add collections, contributions, and a wish that recipients don't know about."""
    seen = Wishlist.objects.get(pk=wishlist.pk)
    secret = write_item(wishlist=seen, by=Viewer(user=bob), title="canary wish", is_secret=True)
    for what in (item.pk, secret.pk, None):
        open_collection(wishlist=seen, by=bob, currency="EUR", item_id=what, target_minor=4990, note="canary")
    bob_gives(item, bob, 777)
    contribute_to_pot(wishlist=seen, by=Viewer(user=bob), amount_minor=888, status="pledged", currency="EUR")


def test_page_by_link_shows_no_names_and_no_secret_additions(
    address: str, item: Item, bob: User, wishlist: Wishlist
) -> None:
    """Neither people without an account nor members who come by the link see names. Control: the page of the list."""
    everything_given(item, bob, wishlist)
    stranger = client_of().get(address).text
    assert "€7.77 of €49.90" in stranger
    assert "€8.88 of €49.90" in stranger
    assert "canary" not in stranger
    assert "Bob" not in stranger
    assert "canary wish" in client_of(bob).get(f"/lists/{wishlist.pk}/collecting").text


def recipients_views(user: User, share: str, item: Item) -> list[bytes]:
    """Return what a recipient gets from every page and form here."""
    client, address = client_of(user), f"{share}/collecting"
    known = [
        str(name)
        for model in (Collection, Contribution)
        for name in model.objects.order_by("created_at").values_list("pk", flat=True)
    ]
    unknown = "00000000-0000-4000-8000-000000000000"
    first, second = [*known, unknown][0], [*known, unknown][-1]
    answers = [
        client.get(share),
        client.get(address),
        client.post(f"{address}/pot", {"amount": "5"}),
        client.post(f"{address}/{first}", {"amount": "5"}),
        client.post(f"{address}/{first}", {"rest": "on"}),
        client.post(f"{share}/contributions/{second}", {"action": "withdraw"}),
    ]
    return [str(answer.status_code).encode() + masked(answer) for answer in answers]


@pytest.mark.parametrize("policy", ["surprise", "status"])
def test_recipient_gets_the_same_bytes_with_and_without_gifts(
    policy: str, share: str, item: Item, alice: User, bob: User, wishlist: Wishlist
) -> None:
    Wishlist.objects.filter(pk=wishlist.pk).update(policy=policy)
    before = recipients_views(alice, share, item)
    assert [answer[:3] for answer in before] == [b"200"] + [b"403"] * 5
    assert b"/collecting" not in before[0]
    everything_given(item, bob, wishlist)
    assert recipients_views(alice, share, item) == before
    assert b"7.77" in client_of().get(f"{share}/collecting").content, "there was something to see"


def test_control_without_checks_the_recipients_bytes_differ(
    share: str, item: Item, alice: User, bob: User, wishlist: Wishlist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Remove the check of the page and the check in the query. Each of them alone keeps the secret."""
    monkeypatch.setattr(Viewpoint, "require_giver", lambda viewpoint: viewpoint)
    monkeypatch.setattr(money, "SEEING_MONEY", tuple(Sight))
    before = recipients_views(alice, share, item)
    everything_given(item, bob, wishlist)
    assert recipients_views(alice, share, item) != before


def test_recipient_of_an_open_list_cannot_chip_in(
    share: str, alice: User, wishlist: Wishlist, item: Item
) -> None:
    Wishlist.objects.filter(pk=wishlist.pk).update(policy="open")
    assert "/collecting" not in client_of(alice).get(share).text
    assert client_of(alice).get(f"{share}/collecting").status_code == 403


def test_owner_of_a_list_for_somebody_else_is_a_giver(
    share: str, alice: User, wishlist: Wishlist, item: Item
) -> None:
    wishlist.members.filter(user=alice).update(is_recipient=False)
    assert f'href="{share}/collecting"' in client_of(alice).get(share).text
    assert client_of(alice).get(f"{share}/collecting").status_code == 200


def test_revoked_link_opens_no_group_gifts(
    address: str, share: str, kettle: Collection, wishlist: Wishlist, alice: User
) -> None:
    guest = client_of()
    guest.post(f"{address}/{kettle.pk}", {"amount": "5"} | MIA)
    mine = Contribution.objects.get()
    revoke_link(wishlist=wishlist, by=alice)
    for answer in (
        guest.get(address),
        guest.post(f"{address}/{kettle.pk}", {"amount": "5"}),
        guest.post(f"{address}/pot", {"amount": "5"}),
        guest.post(f"{share}/contributions/{mine.pk}", {"action": "withdraw"}),
    ):
        assert (answer.status_code, "was deleted" in answer.text) == (403, True)
    assert Contribution.objects.standing().count() == 1


def test_limited_link_shows_its_preview_first(limited: PublicLink, kettle: Collection) -> None:
    share = f"/s/{link_token(limited)}"
    client = client_of()
    outside = client.get(f"{share}/collecting")
    assert ("Open the list" in outside.text, "EUR" in outside.text) == (True, False)
    assert client.post(f"{share}/collecting/{kettle.pk}", {"amount": "5"} | MIA).status_code == 403
    client.post(f"{share}/open")
    inside = client.get(f"{share}/collecting")
    assert "data-live-opening=" in inside.text
    assert is_there(inside, kettle.pk)


@pytest.mark.once
def test_page_is_not_stored_or_indexed_and_has_no_inline_code(address: str, kettle: Collection) -> None:
    page = client_of().get(address)
    assert (page["Cache-Control"], page["X-Robots-Tag"]) == ("no-store", "noindex")
    assert '<meta name="robots" content="noindex">' in page.text
    assert 'property="og:' not in page.text
    assert inline_code(page) == []


@pytest.mark.once
def test_page_is_translated_to_german(address: str, kettle: Collection) -> None:
    page = client_of().get(address, headers={"Accept-Language": "de"}).text
    assert "Kein Konto nötig: Zum Dazugeben genügt dein Name." in page
    assert f"0,00{SPACE}€ von 49,90{SPACE}€ beisammen" in page
    gone = client_of()
    gone.post(f"{address}/00000000-0000-4000-8000-000000000000", headers={"Accept-Language": "de"})
    after = gone.get(address, headers={"Accept-Language": "de"}).text
    assert "Dieses Gemeinschaftsgeschenk ist beendet. Du kannst zu denen unten beitragen." in after


@pytest.mark.once
@pytest.mark.both
def test_number_of_queries_does_not_grow_with_collections(
    address: str, kettle: Collection, wishlist: Wishlist, bobs_list: Wishlist, alice: User, bob: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client_of().get(address).status_code == 200
        return len(captured)

    few = queries()
    for number in range(10):
        added = add_item(wishlist=wishlist, by=Viewer(user=alice), title=f"Wish {number}")
        open_collection(wishlist=bobs_list, by=bob, currency="EUR", item_id=added.pk, target_minor=100)
    assert queries() == few
