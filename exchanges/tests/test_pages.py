"""The pages of exchanges: from names to the draw, and private links that are handed over."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import StoredAnswer, User
from exchanges.access.tokens import join_token, private_token
from exchanges.models import Exchange, Participant
from exchanges.services.drawing import draw_exchange
from exchanges.services.participants import leave_exchange
from exchanges.tests.factories import drawn, place, started

pytestmark = [pytest.mark.django_db, pytest.mark.once]

KEY = {"form_key": "kBvQ1x.0123456789abcdef.1"}


def opened(page: str) -> Client:
    """Return a browser that has looked at this page, and so has the cookie that identifies it."""
    client = Client()
    client.get(page)
    return client


def test_from_names_to_the_draw(alices: Client, alice: User) -> None:
    names = "Gran\n Walter <walter@example.com>\nMia\nnoah@example.com"
    typed = {"title": "Christmas", "names": names, "budget": "20", "currency": "EUR", "with_me": "on"}
    made = alices.post("/exchanges", typed)
    exchange = Exchange.objects.get()
    assert made["Location"] == f"/exchanges/{exchange.pk}"
    rows = list(exchange.participants.order_by("joined_at").values_list("name", "email"))
    assert rows == [
        ("Gran", ""),
        ("Walter", "walter@example.com"),
        ("Mia", ""),
        ("noah", "noah@example.com"),
        ("Alice", ""),
    ]
    page = alices.get(made["Location"]).text
    assert "5 people take part" in page
    assert "€20.00" in page
    assert alices.post(f"{made['Location']}/draw").status_code == 302
    assert "Drawn!" in alices.get(made["Location"]).text
    assert drawn(exchange)["Alice"] in alices.get(f"{made['Location']}/mine").text


def test_bad_names_are_said(alices: Client) -> None:
    for names in ("Gran not@an@address", "Gran\nGran", "\n".join(map(str, range(101)))):
        answer = alices.post("/exchanges", {"title": "x", "names": names, "currency": "EUR"})
        assert answer.status_code == 422, names
    assert not Exchange.objects.exists()


def test_clashing_exclusions_are_said(alices: Client, alice: User) -> None:
    exchange = started(alice, "Gran", "Walter")
    gran, walter = place(exchange, "Gran"), place(exchange, "Walter")
    here = f"/exchanges/{exchange.pk}"
    same = {"giver_id": gran.pk, "receiver_id": gran.pk, "kind": "couple"}
    assert alices.post(f"{here}/exclusions", same).status_code == 422
    assert alices.post(f"{here}/exclusions", same | {"receiver_id": walter.pk}).status_code == 302
    answer = alices.post(f"{here}/draw")
    assert answer.status_code == 409
    assert "Gran and Walter" in answer.text


@pytest.fixture
def exchange(alice: User) -> Exchange:
    return started(alice)


def page_of(exchange: Exchange, name: str) -> str:
    return f"/x/{private_token(place(exchange, name))}"


def test_handed_over_link_shows_the_draw_once(exchange: Exchange, alice: User, alices: Client) -> None:
    page = page_of(exchange, "Gran")
    there = alices.get(f"/exchanges/{exchange.pk}/people/{place(exchange, 'Gran').pk}/link")
    assert page in there.text
    assert "Not drawn yet" in Client().get(page).text
    draw_exchange(exchange_id=exchange.pk, by=alice)
    receiver = drawn(exchange)["Gran"]
    phone = opened(page)
    assert receiver not in phone.get(page).text
    shown = phone.post(f"{page}/show", KEY)
    assert receiver in shown.text
    assert receiver in phone.post(f"{page}/show", KEY).text, "a double tap"
    Participant.objects.update(opened_at=timezone.now() - timedelta(seconds=11))
    assert phone.post(f"{page}/show", KEY)["Location"] == page, (
        "somebody else has the phone now, and goes back"
    )
    assert receiver not in "".join(StoredAnswer.objects.values_list("body", flat=True))
    later = Client().post(f"{page}/show")
    assert (later.status_code, receiver in later.text) == (403, False)
    assert "already shown once" in Client().get(page).text


def test_code_keeps_others_out(exchange: Exchange, alice: User) -> None:
    """Gran chooses a code while the phone goes round. The organiser has the link, and sees nothing."""
    page = page_of(exchange, "Gran")
    for wrong in ("123", "abcd", "123456789"):
        assert Client().post(f"{page}/code", {"new_code": wrong}).status_code == 422
    assert Client().post(f"{page}/code", {"new_code": "2580"}).status_code == 302
    assert Client().post(f"{page}/code", {"new_code": "1111"}).status_code == 409, "chosen once"
    assert "2580" not in str(Participant.objects.values())
    draw_exchange(exchange_id=exchange.pk, by=alice)
    receiver = drawn(exchange)["Gran"]
    for typed in ({}, {"code": "1111"}):
        answer = Client().post(f"{page}/show", typed)
        assert (answer.status_code, receiver in answer.text) == (403, False)
    for _ in range(2):
        assert receiver in Client().post(f"{page}/show", {"code": "2580"}).text, "as often as she likes"


def test_codes_cannot_be_guessed(exchange: Exchange, alice: User) -> None:
    page = page_of(exchange, "Gran")
    Client().post(f"{page}/code", {"new_code": "2580"})
    draw_exchange(exchange_id=exchange.pk, by=alice)
    statuses = [Client().post(f"{page}/show", {"code": f"{number:04}"}).status_code for number in range(12)]
    assert statuses == [403] * 10 + [429] * 2
    assert Client().post(f"{page}/show", {"code": "2580"}).status_code == 429


def test_code_is_chosen_while_looking(exchange: Exchange, alice: User) -> None:
    page = page_of(exchange, "Gran")
    draw_exchange(exchange_id=exchange.pk, by=alice)
    receiver = drawn(exchange)["Gran"]
    assert receiver in Client().post(f"{page}/show", {"new_code": "2580"}).text
    assert receiver not in Client().post(f"{page}/show").text
    assert receiver in Client().post(f"{page}/show", {"code": "2580"}).text


def test_after_another_draw_everybody_may_look_again(exchange: Exchange, alice: User) -> None:
    """Also those whose receiver has not changed: otherwise the page would tell whose did."""
    pages = {name: page_of(exchange, name) for name in ("Gran", "Walter", "Mia")}
    draw_exchange(exchange_id=exchange.pk, by=alice)
    for page in pages.values():
        Client().post(f"{page}/show")
    leave_exchange(participant=place(exchange, "Noah"), by=alice)
    draw_exchange(exchange_id=exchange.pk, by=alice)
    told = drawn(exchange)
    assert all(told[name] in Client().post(f"{page}/show").text for name, page in pages.items())


def test_joining_by_link_gives_a_private_link_once(exchange: Exchange, alice: User) -> None:
    there = f"/j/{join_token(exchange)}"
    phone = opened(there)
    assert "Christmas" in phone.get(there).text
    assert phone.post(there, {"name": ""}).status_code == 422
    joined = phone.post(there, {"name": "Rose", "wishes": "Jam"} | KEY)
    rose = place(exchange, "Rose")
    assert f"/x/{private_token(rose)}" in joined.text
    again = phone.post(there, {"name": "Rose", "wishes": "Jam"} | KEY)
    assert f"/x/{private_token(rose)}" in again.text, "a double tap"
    assert Participant.objects.filter(name="Rose").count() == 1
    assert private_token(rose) not in "".join(StoredAnswer.objects.values_list("body", flat=True))
    draw_exchange(exchange_id=exchange.pk, by=alice)
    page = page_of(exchange, "Rose")
    for _ in range(2):
        assert drawn(exchange)["Rose"] in Client().post(f"{page}/show").text, "only she has this link"


def test_account_joins_by_link(exchange: Exchange, bobs: Client, bob: User) -> None:
    there = f"/j/{join_token(exchange)}"
    assert 'name="name"' not in bobs.get(there).text
    assert bobs.post(there, {"wishes": "Jam"})["Location"] == f"/exchanges/{exchange.pk}"
    assert bobs.get(there)["Location"] == f"/exchanges/{exchange.pk}"
    assert bobs.post(f"/exchanges/{exchange.pk}/leave").status_code == 302
    assert bobs.get(f"/exchanges/{exchange.pk}").status_code == 404


@pytest.mark.parametrize("page", ["/x/nothing", "/j/nothing", "/x/{join}", "/j/{private}"])
def test_other_tokens_open_nothing(page: str, exchange: Exchange) -> None:
    tokens = {"join": join_token(exchange), "private": private_token(place(exchange, "Gran"))}
    assert Client().get(page.format(**tokens)).status_code == 404


def test_new_link_replaces_the_old_one(exchange: Exchange, alices: Client) -> None:
    old, gran = page_of(exchange, "Gran"), place(exchange, "Gran")
    here = f"/exchanges/{exchange.pk}/people/{gran.pk}"
    assert alices.post(f"{here}/link").status_code == 302
    assert Client().get(old).status_code == 404
    assert Client().get(page_of(exchange, "Gran")).status_code == 200
    assert alices.get(f"{here}/qr.svg")["Content-Type"] == "image/svg+xml"


def test_private_page_says_wishes_and_leaves(exchange: Exchange) -> None:
    page = page_of(exchange, "Gran")
    client: Any = opened(page)
    assert client.post(f"{page}/wishes", {"wishes": "Wool"}).status_code == 302
    assert re.search(r"<textarea[^>]*>\s*Wool", client.get(page).text)
    assert client.post(f"{page}/leave").status_code == 302
    assert client.get(page).status_code == 404
