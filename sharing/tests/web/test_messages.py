"""Questions on a share page, by people without an account."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from wishlists.models import Item, Message


@pytest.fixture
def talk(token: str, item: Item) -> str:
    return f"/s/{token}/items/{item.pk}/talk"


def test_guest_gives_a_name_and_others_do_not_see_it(talk: str, token: str, alice: User) -> None:
    guest, other, alices = Client(), Client(), Client()
    alices.force_login(alice)
    assert f"{talk}" in guest.get(f"/s/{token}").text
    assert "Messages and questions" not in guest.get(f"/s/{token}").text
    nameless = guest.post(talk, {"lane": "questions", "text": "Which size?"})
    assert (nameless.status_code, "Enter a name" in nameless.text) == (422, True)
    asked = guest.post(talk, {"lane": "questions", "text": "Which size?", "name": "Mia"})
    assert (asked.status_code, asked["Location"], asked["Cache-Control"]) == (303, talk, "no-store")
    for client, own in ((guest, True), (other, False), (alices, False)):
        page = client.get(talk).text
        assert ("Which size?" in page, "Mia" in page, "This can't be undone." in page) == (True, False, own)
    message = Message.objects.get()
    assert other.post(f"{talk}/{message.pk}/remove").status_code == 404
    assert guest.post(f"{talk}/{message.pk}/remove").status_code == 303
    assert "Which size?" not in alices.get(talk).text


def test_answer_without_a_name_is_labelled_answer(talk: str, item: Item, alice: User) -> None:
    guest, alices = Client(), Client()
    alices.force_login(alice)
    guest.post(talk, {"lane": "questions", "text": "Which size?", "name": "Mia"})
    hers = f"/lists/{item.wishlist_id}/items/{item.pk}/talk"
    typed = {"lane": "questions", "answer_to": str(Message.objects.get().pk), "text": "Ten"}
    assert "Answer posted for everyone." in alices.post(hers, typed, follow=True).text
    page = Client().get(talk).text
    assert (
        "Ten" in page,
        "<strong>The answer</strong>" in page,
        f"<strong>{alice.display_name}<" in page,
    ) == (
        True,
        True,
        False,
    )
    assert "The answers will be deleted too." in guest.get(talk).text


def test_messages_between_givers_are_not_available(talk: str) -> None:
    guest = Client()
    assert "Among givers" not in guest.get(talk).text
    answer = guest.post(talk, {"lane": "givers", "text": "Hello", "name": "Mia"})
    assert (answer.status_code, Message.objects.exists()) == (403, False)
