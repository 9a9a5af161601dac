"""Guests: their private page, how many may come, and confirming their address with a code (G10)."""

from __future__ import annotations

import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_network
from itertools import chain
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.limits.rate_limits import LETTERS_ASKED_FOR
from jobs.worker import Worker
from sharing.access.capabilities import guest_code, link_token, manage_token
from sharing.models import GuestLetter, PublicLink
from sharing.queries.links import guest_holding
from sharing.refusals import CodeSpent, WrongCode
from sharing.services import confirming
from sharing.services import guest_mail as letters_sent
from sharing.services.confirming import TRIES, confirm_guest
from sharing.services.guest_mail import send_code
from sharing.services.guests import GUESTS_A_LINK, GUESTS_A_VISITOR_AND_HOUR
from sharing.services.links import make_link, revoke_link
from sharing.tasks import free_unconfirmed
from sharing.tests.conftest import ShareLink, refused
from sharing.tests.factories import RESERVE, ask, mine, page_of
from tests.support.api_clients import Api
from wishlists.models import Activity, Contribution, Guest, Item, Reservation, Wishlist
from wishlists.services.lapsing import lapse_due_reservations
from wishlists.services.lists.people import join_guest


@pytest.fixture
def asks(wishlist: Wishlist) -> Wishlist:
    """A list whose guests confirm their address."""
    Wishlist.objects.filter(pk=wishlist.pk).update(guests_confirm=True)
    return wishlist


def letters() -> list[str]:
    while Worker().run_ready():
        pass
    return [str(letter.body) for letter in mail.outbox]


# --- the API ------------------------------------------------------------------------------------------------------


def test_guest_reads_changes_and_deletes_a_reservation(
    anybody: Api, share_link: ShareLink, item: Item
) -> None:
    token = mine(share_link, anybody)
    pk = Reservation.objects.get().pk
    path = f"reservations/{pk}"
    assert ask(anybody, "GET", path, share_link, token).json()["stage"] == "reserved"
    changed = ask(anybody, "PATCH", path, share_link, token, {"stage": "wrapped", "message": "soon"}).json()
    assert (changed["stage"], changed["status"], changed["message"]) == ("wrapped", "purchased", "soon")
    body = {"status": "reserved", "manage_token": token}
    assert anybody("PUT", f"/public/{path}?token={share_link.token}", body).json()["stage"] == "reserved"
    assert ask(anybody, "DELETE", path, share_link, token).status_code == 204
    assert refused(ask(anybody, "GET", path, share_link, token)) == (404, "no_such_reservation")


def test_others_cannot_read_or_change_a_guests_reservation(
    anybody: Api, as_alice: Api, as_bob: Api, share_link: ShareLink, wishlist: Wishlist
) -> None:
    mine(share_link, anybody)
    path = f"reservations/{Reservation.objects.get().pk}"
    other = manage_token(join_guest(wishlist=wishlist, name="Uncle"))
    for method, body in (("GET", None), ("PATCH", {"stage": "given"}), ("DELETE", None)):
        assert refused(ask(anybody, method, path, share_link, other, body)) == (404, "no_such_reservation")
        assert refused(ask(anybody, method, path, share_link, "", body)) == (400, "manage_token_required")
        assert refused(ask(anybody, method, path, share_link, "x" * 43, body)) == (403, "no_such_guest")
        for api in (as_alice, as_bob):
            assert refused(ask(api, method, path, share_link, other, body)) == (404, "no_such_reservation")


# --- the page -----------------------------------------------------------------------------------------------------


def test_page_links_back_to_the_link_that_the_browser_used(token: str, item: Item, alice: User) -> None:
    """People who came by the old link do not learn the new one."""
    browser = Client()
    browser.post(f"/s/{token}/items/{item.pk}", {"action": "reserve", "name": "Mia"})
    own = manage_token(Guest.objects.get())
    assert f'href="/s/{token}"' in page_of(own, browser)
    assert "/s/" not in page_of(own), "another device did not come by a link"
    wishlist = Wishlist.objects.get(pk=item.wishlist_id)
    revoke_link(wishlist=wishlist, by=alice)
    new = link_token(make_link(wishlist=wishlist, by=alice)[0])
    page = page_of(own, browser)
    assert (f'href="/s/{token}"' in page, new in page) == (True, False)


def test_guest_changes_a_reservation_on_another_device(anybody: Api, share_link: ShareLink) -> None:
    token, other = mine(share_link, anybody), Client()
    assert "Kettle" in page_of(token)
    pk = Reservation.objects.get().pk
    saved = other.post(f"/g/{token}/gifts/{pk}", {"action": "arrived"})
    assert (saved.status_code, saved["Location"]) == (303, f"/g/{token}")
    assert Reservation.objects.get().stage == "arrived"
    other.post(f"/g/{token}/gifts/{pk}", {"action": "release"})
    assert not Reservation.objects.active().exists()
    assert "No gifts at the moment." in page_of(token, other)


def test_guest_changes_the_quantity(anybody: Api, share_link: ShareLink) -> None:
    Item.objects.update(quantity=None, cap=None)
    token, browser = mine(share_link, anybody), Client()
    address = f"/g/{token}/gifts/{Reservation.objects.get().pk}"
    assert 'name="initial-units" value="1"' in page_of(token)
    opened = {"action": "units", "initial-units": "1"}
    browser.post(address, opened | {"units": "3"})
    assert Reservation.objects.get().units == 3
    clash = browser.post(address, opened | {"units": "2"}, follow=True).text
    assert "It now says: “3”. You typed: “2”." in clash
    browser.post(address, {"action": "again"})
    assert Reservation.objects.get().units == 3


def test_guest_and_member_get_the_same_card(
    anybody: Api, as_bob: Api, bob: User, share_link: ShareLink, item: Item
) -> None:
    """Only the address of the form, the box to check out and the link to the list differ."""
    Item.objects.update(quantity=None, cap=None)
    token, browser = mine(share_link, anybody), Client()
    as_bob("POST", f"/wishlists/{item.wishlist_id}/items/{item.pk}/reservations", {})
    browser.force_login(bob)
    card = re.compile(r'<div class="face">.*?</li>', re.DOTALL)
    cards = [card.search(page)[0] for page in (page_of(token), browser.get("/gifts").text)]  # type: ignore[index]
    buttons = [re.findall(r'name="action" value="(\w+)"', one) for one in cards]
    assert buttons[0] == buttons[1] != []
    assert {"ordered", "release", "units"} <= set(buttons[0])


def test_guest_changes_a_contribution_on_another_device(anybody: Api, share_link: ShareLink) -> None:
    answer = share_link.chip_in(anybody, {"amount": 5, "guest_name": "Grandma"})
    token, other = answer.json()["manage_token"], Client()
    pk = Contribution.objects.get().pk
    other.post(f"/g/{token}/money/{pk}", {"action": "save", "amount": "7,50", "paid": "1"})
    made = Contribution.objects.get()
    assert (made.amount_minor, made.status) == (750, "paid")
    assert "7.5" in page_of(token, other)
    other.post(f"/g/{token}/money/{pk}", {"action": "withdraw"})
    assert not Contribution.objects.standing().exists()


def test_token_form_accepts_link_and_token(anybody: Api, share_link: ShareLink) -> None:
    token = mine(share_link, anybody)
    assert Client().get("/g").status_code == 200
    for typed in (token, f" https://example.org/g/{token} ", f"/g/{token}/"):
        answer = Client().post("/g", {"token": typed})
        assert (answer.status_code, answer["Location"]) == (303, f"/g/{token}")
    assert Client().post("/g", {"token": "nonsense"}).status_code == 422


def test_page_needs_the_token_and_a_link_that_works(
    anybody: Api, share_link: ShareLink, as_alice: Api, wishlist: Wishlist
) -> None:
    token = mine(share_link, anybody)
    for wrong in ("x" * 43, share_link.token, token[:-1] + ("A" if token[-1] != "A" else "B")):
        assert Client().get(f"/g/{wrong}").status_code == 403
    as_alice("DELETE", f"/wishlists/{wishlist.pk}/public-link")
    assert Client().get(f"/g/{token}").status_code == 403, "the link by which they came is revoked"
    assert (
        Client().post(f"/g/{token}/gifts/{Reservation.objects.get().pk}", {"action": "release"}).status_code
        == 403
    )
    as_alice("POST", f"/wishlists/{wishlist.pk}/public-link", {})
    assert "Kettle" in page_of(token)
    Wishlist.objects.filter(pk=wishlist.pk).update(removed_at=timezone.now())
    assert "No longer wanted" in page_of(token)


def test_share_page_links_to_the_private_page_after_reserving(share_link: ShareLink, client: Client) -> None:
    path = f"/s/{share_link.token}/items/{share_link.item.pk}"
    assert "/g/" not in client.get(f"/s/{share_link.token}").content.decode()
    client.post(path, {"action": "reserve", "name": "Grandma"})
    [token] = set(re.findall(r"/g/([\w-]+)", client.get(f"/s/{share_link.token}").content.decode()))
    assert guest_holding(token) == Guest.objects.get()
    assert "/g/" not in Client().get(f"/s/{share_link.token}").content.decode()


@pytest.mark.both
def test_private_link_is_mailed_on_request(anybody: Api, share_link: ShareLink) -> None:
    token = mine(share_link, anybody)
    Client().post(f"/g/{token}/mail")
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=False):
        assert ask(anybody, "POST", "guests/manage-link", share_link, token).status_code == 204
    assert [token in letter for letter in letters()] == [True, True]
    assert "Kettle" not in "".join(letters()), "an unconfirmed address gets nothing that somebody typed"
    assert token not in stored_jobs()
    nobody = manage_token(join_guest(wishlist=share_link.item.wishlist, name="Uncle"))
    assert refused(ask(anybody, "POST", "guests/manage-link", share_link, nobody)) == (409, "no_address")


def stored_jobs() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args_kwargs FROM django_tasks_database_dbtaskresult")
        return str(cursor.fetchall())


# --- limits -------------------------------------------------------------------------------------------------------


def test_guests_of_a_visitor_are_limited_per_hour(
    anybody: Api, share_link: ShareLink, link: PublicLink
) -> None:
    def come(address: str = "203.0.113.7") -> Any:
        return share_link.chip_in(anybody, {"amount": 1, "guest_name": "G"}, REMOTE_ADDR=address)

    assert come().status_code == 201
    first = Guest.objects.get()
    Guest.objects.bulk_create(
        Guest(wishlist=first.wishlist, name="G", visitor=first.visitor)
        for _ in range(GUESTS_A_VISITOR_AND_HOUR - 2)
    )
    assert come().status_code == 201
    late = come()
    assert refused(late) == (429, "too_many_guests")
    assert int(late["Retry-After"]) >= 60
    assert come("203.0.113.8").status_code == 201
    assert Guest.objects.filter(visitor__contains="203.0.113").count() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1), tick=False):
        assert come().status_code == 201


def addresses_counted(anybody: Api, share_link: ShareLink) -> int:
    """Return how many visitors were counted, for two requests from this machine with different addresses in a
    header."""
    for address in ("198.51.100.1", "198.51.100.2"):
        headers = {"x-forwarded-for": f"1.2.3.4, {address}"}
        share_link.chip_in(anybody, {"amount": 1, "guest_name": "G"}, headers=headers)
    return len(set(Guest.objects.values_list("visitor", flat=True)))


def test_address_headers_do_not_raise_the_limit(anybody: Api, share_link: ShareLink) -> None:
    assert addresses_counted(anybody, share_link) == 1


def test_behind_a_trusted_proxy_visitors_are_counted_by_their_address(
    anybody: Api, share_link: ShareLink, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]
    assert addresses_counted(anybody, share_link) == 2


def test_guests_of_a_link_are_limited(
    anybody: Api, share_link: ShareLink, wishlist: Wishlist, as_alice: Api
) -> None:
    Guest.objects.bulk_create([Guest(wishlist=wishlist, name="G") for _ in range(GUESTS_A_LINK)])
    assert refused(share_link.patch(anybody, RESERVE)) == (429, "too_many_guests")
    as_alice("DELETE", f"/wishlists/{wishlist.pk}/public-link")
    share_link.token = as_alice("POST", f"/wishlists/{wishlist.pk}/public-link", {}).json()["token"]
    assert share_link.patch(anybody, RESERVE).status_code == 200


# --- confirming an address ----------------------------------------------------------------------------------------


@pytest.mark.both
def test_guest_confirms_with_the_mailed_code(anybody: Api, share_link: ShareLink, asks: Wishlist) -> None:
    token = mine(share_link, anybody)
    [held] = Reservation.objects.all()
    assert held.lapses_at == pytest.approx(held.created_at + timedelta(days=1), abs=timedelta(minutes=1))
    [letter] = letters()
    [code] = re.findall(r"^\d{6}$", letter, re.MULTILINE)
    assert code not in str(list(GuestLetter.objects.values())) + stored_jobs()
    bought = {"reservation_status": "purchased", "manage_token": token}
    assert refused(share_link.patch(anybody, bought)) == (409, "confirm_first")
    body = {"code": f"{code[:3]} {code[3:]}"}
    answer = ask(anybody, "POST", "guests/confirm", share_link, token, body)
    assert (answer.status_code, answer.json()["name"]) == (200, "Grandma")
    assert Reservation.objects.get().lapses_at is None
    assert refused(ask(anybody, "POST", "guests/confirm", share_link, token, body)) == (409, "code_spent")
    assert Activity.objects.filter(kind="guest_confirmed", circle="givers").count() == 1
    assert share_link.patch(anybody, bought).status_code == 200


def test_gifts_of_an_unconfirmed_guest_lapse_in_a_day(
    anybody: Api, share_link: ShareLink, asks: Wishlist
) -> None:
    token = mine(share_link, anybody)
    money = {"amount": 5, "manage_token": token}
    assert share_link.chip_in(anybody, money).status_code == 201
    for hours, left in ((23, 1), (25, 0)):
        with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=False):
            lapse_due_reservations()
            free_unconfirmed()
            assert Reservation.objects.active().count() == left
            assert Contribution.objects.standing().count() == left


def test_address_is_required(anybody: Api, share_link: ShareLink, asks: Wishlist, client: Client) -> None:
    nameless = {"reservation_status": "reserved", "guest_name": "Grandma"}
    assert refused(share_link.patch(anybody, nameless)) == (400, "guest_email_required")
    assert not Guest.objects.exists()


def test_guest_confirms_on_the_page(anybody: Api, share_link: ShareLink, asks: Wishlist) -> None:
    token = mine(share_link, anybody)
    assert "Confirm your e-mail address" in page_of(token)
    code = guest_code(GuestLetter.objects.get())
    Client().post(f"/g/{token}/confirm", {"code": code})
    assert "Confirm your e-mail address" not in page_of(token)


def test_only_the_newest_code_is_valid(anybody: Api, share_link: ShareLink, asks: Wishlist) -> None:
    token = mine(share_link, anybody)
    old = guest_code(GuestLetter.objects.get())
    assert ask(anybody, "POST", "guests/code", share_link, token).status_code == 204
    new = guest_code(GuestLetter.objects.order_by("-created_at")[0])
    assert refused(ask(anybody, "POST", "guests/confirm", share_link, token, {"code": old})) == (
        403,
        "wrong_code",
    )
    assert ask(anybody, "POST", "guests/confirm", share_link, token, {"code": new}).status_code == 200


def test_code_expires_after_ten_minutes(anybody: Api, share_link: ShareLink, asks: Wishlist) -> None:
    token = mine(share_link, anybody)
    body = {"code": guest_code(GuestLetter.objects.get())}
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1), tick=False):
        assert refused(ask(anybody, "POST", "guests/confirm", share_link, token, body)) == (409, "code_spent")
        assert letters() == [], "expired codes are not mailed"


def test_five_tries_even_with_idempotency_keys(anybody: Api, share_link: ShareLink, asks: Wishlist) -> None:
    """The endpoint ignores idempotency keys. With a key, a refusal is rolled back as a whole, and guesses would not
    count."""
    token = mine(share_link, anybody)
    right = guest_code(GuestLetter.objects.get())
    path = f"/public/guests/confirm?token={share_link.token}"
    codes = []
    for number in range(TRIES + 1):
        body = {"code": f"{(int(right) + 1 + number) % 10**6:06}"}
        headers = {"x-manage-token": token, "idempotency-key": f"key-{number}"}
        codes.append(refused(anybody("POST", path, body, headers=headers)))
    assert codes == [(403, "wrong_code")] * TRIES + [(409, "code_spent")]
    answer = ask(anybody, "POST", "guests/confirm", share_link, token, {"code": right})
    assert refused(answer) == (409, "code_spent")


def ask_for_codes(api: Api, share_link: ShareLink, token: str, times: int) -> list[int]:
    """Send this many requests, one a minute."""
    statuses: list[int] = []
    for _ in range(times):
        with time_machine.travel(timezone.now() + timedelta(seconds=61 * len(statuses)), tick=False):
            statuses.append(ask(api, "POST", "guests/code", share_link, token).status_code)
    return statuses


def test_codes_are_limited_to_one_a_minute(anybody: Api, share_link: ShareLink, asks: Wishlist) -> None:
    """The first code, which is sent without asking, does not count, because it may have been lost."""
    token = mine(share_link, anybody)
    assert ask(anybody, "POST", "guests/code", share_link, token).status_code == 204
    late = ask(anybody, "POST", "guests/code", share_link, token)
    assert refused(late) == (429, "mail_just_sent")
    assert 1 <= int(late["Retry-After"]) <= 60
    assert ask(anybody, "POST", "guests/manage-link", share_link, token).status_code == 204
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=False):
        assert ask(anybody, "POST", "guests/code", share_link, token).status_code == 204


def test_letters_of_a_guest_are_limited(anybody: Api, share_link: ShareLink, asks: Wishlist) -> None:
    token, most = mine(share_link, anybody), LETTERS_ASKED_FOR.amount
    assert ask_for_codes(anybody, share_link, token, most) == [204] * (most - 1) + [429]
    assert len(letters()) == most


def test_limit_does_not_tell_that_an_address_got_mail(
    anybody: Api, share_link: ShareLink, asks: Wishlist
) -> None:
    """Otherwise recipients who are logged out could find out which of their friends give."""
    token = mine(share_link, anybody)
    ask_for_codes(anybody, share_link, token, LETTERS_ASKED_FOR.amount - 1)
    answers = []
    for address in (RESERVE["guest_email"], "G+gifts@example.org", "nobody@example.org"):
        share_link.patch(anybody, {"reservation_status": "available", "manage_token": token})
        reserved = share_link.patch(anybody, RESERVE | {"guest_email": address})
        token = reserved.json()["manage_token"]
        answers.append([reserved.status_code, *ask_for_codes(anybody, share_link, token, 6)])
    assert answers == [[200, 204, 204, 204, 204, 429, 429]] * 3
    letters()
    addresses = [letter.to[0] for letter in mail.outbox]
    assert Counter(addresses) == dict.fromkeys((RESERVE["guest_email"], "nobody@example.org"), 5)


def test_control_an_error_for_the_mailbox_limit_would_tell(
    anybody: Api, share_link: ShareLink, asks: Wishlist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters_sent, "_asks", lambda guest: ("mailbox", guest.email))
    ask_for_codes(anybody, share_link, mine(share_link, anybody), LETTERS_ASKED_FOR.amount - 1)
    assert refused(share_link.patch(anybody, RESERVE)) == (429, "too_many_mails")


# --- a thousand guesses at once -----------------------------------------------------------------------------------


GUESSES, THREADS = 1000, 16


def storm(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> tuple[int, Counter[str]]:
    """Return how many of a thousand wrong guesses were compared, and how often each outcome occurred."""
    compared: list[str] = []
    matches = confirming._matches

    def counted(letter: GuestLetter, code: str) -> bool:
        compared.append(code)
        return matches(letter, code)

    monkeypatch.setattr(confirming, "_matches", counted)
    right = int(guest_code(GuestLetter.objects.get()))

    def guess(number: int) -> str:
        try:
            confirm_guest(guest=guest, code=f"{(right + 1 + number) % 10**6:06}")
        except (WrongCode, CodeSpent) as refusal:
            return type(refusal).__name__
        return "confirmed"

    def guess_on(first: int) -> list[str]:
        """Guess over one connection, because opening a thousand takes longer than the guesses."""
        try:
            return [guess(number) for number in range(first, GUESSES, THREADS)]
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        outcomes = Counter(chain.from_iterable(threads.map(guess_on, range(THREADS))))
    return len(compared), outcomes


@pytest.fixture
def invited(asks: Wishlist) -> Guest:
    asks.refresh_from_db()
    guest = join_guest(wishlist=asks, name="Grandma", email="g@example.org")
    send_code(guest=guest)
    return guest


@pytest.mark.django_db(transaction=True)
def test_only_five_of_a_thousand_guesses_at_once_are_compared(
    invited: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared, outcomes = storm(invited, monkeypatch)
    assert compared == TRIES
    assert outcomes == {"WrongCode": TRIES, "CodeSpent": GUESSES - TRIES}


@pytest.mark.django_db(transaction=True)
def test_control_counting_after_the_comparison_compares_more(
    invited: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read the count, then write it. The count stays within the constraint, which would only fail after the
    comparison."""
    gate = threading.Barrier(8, timeout=1)

    def looks_first(letter: GuestLetter) -> bool:
        tries = GuestLetter.objects.get(pk=letter.pk).tries
        with suppress(threading.BrokenBarrierError):
            gate.wait()
        GuestLetter.objects.filter(pk=letter.pk).update(tries=min(tries + 1, TRIES))
        return tries < TRIES

    monkeypatch.setattr(confirming, "_spend_try", looks_first)
    compared, _outcomes = storm(invited, monkeypatch)
    assert compared > TRIES
