"""The pages of the reveal and of messages, without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Notification, User
from tests.support.browsing import as_user
from tests.support.markup import inline_code, masked
from wishlists.models import Item, Message, Thanks, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.messages import add_message
from wishlists.services.reserving import reserve_item


@pytest.fixture
def address(wishlist: Wishlist) -> str:
    return f"/lists/{wishlist.pk}"


def bobs_item(item: Item, bob: User) -> Item:
    return Item.objects.get(pk=item.pk)


@pytest.mark.once
def test_reveal_is_explained_and_confirmed(
    alices: Client, bobs: Client, address: str, item: Item, bob: User
) -> None:
    before = alices.get(f"{address}/reveal")
    assert (before.status_code, "You can't undo this." in before.text) == (200, True)
    assert f'href="{address}/reveal"' in alices.get(address).text
    reserve_item(item=bobs_item(item, bob), by=Viewer(user=bob), message="With love")
    assert masked(alices.get(f"{address}/reveal")) == masked(before)
    assert alices.get(f"{address}/gifts").status_code == 409
    assert alices.post(f"{address}/reveal", {}).status_code == 422
    done = alices.post(f"{address}/reveal", {"confirm": "true"})
    assert (done.status_code, done["Location"]) == (302, f"{address}/gifts")
    page = alices.get(f"{address}/gifts")
    assert ["Kettle" in page.text, "With love" in page.text, "Bob" in page.text] == [True, True, True]
    assert inline_code(page) == []
    assert alices.get(f"{address}/reveal")["Location"] == f"{address}/gifts"
    assert f'href="{address}/reveal"' not in alices.get(address).text
    theirs = bobs.get(f"{address}/gifts")
    assert ("Kettle" in theirs.text, "Thanks to" in theirs.text) == (True, False)


@pytest.mark.once
def test_givers_cannot_reveal(bobs: Client, address: str) -> None:
    assert f'href="{address}/reveal"' not in bobs.get(address).text
    assert bobs.get(f"{address}/reveal").status_code == bobs.post(f"{address}/reveal").status_code == 403
    assert not Wishlist.objects.exclude(revealed_at=None).exists()


@pytest.mark.once
def test_thanks_note_is_saved_and_sent(alices: Client, address: str, item: Item, bob: User) -> None:
    reserve_item(item=bobs_item(item, bob), by=Viewer(user=bob))
    alices.post(f"{address}/reveal", {"confirm": "true"})
    own = f"{address}/gifts/{bob.pk}"
    for action, message in (("send", "Write a note first"), ("tick", ""), ("untick", "")):
        answer = alices.post(own, {"action": action, "note": ""})
        assert (answer.status_code, answer["Location"]) == (
            303,
            f"{own.replace(str(bob.pk), '')[:-1]}#giver-{bob.pk}",
        )
        assert message in alices.get(f"{address}/gifts").text
    alices.post(own, {"action": "send", "note": "Thank you, Bob"})
    assert Notification.objects.get(user=bob, kind="thanks").body == "Thank you, Bob"
    page = alices.get(f"{address}/gifts").text
    assert ("Sent " in page, "Thanked" in page and "Undo" in page) == (True, True)
    assert alices.post(own, {"action": "save", "note": "x" * 2001}).status_code == 303
    assert Thanks.objects.get().note == "Thank you, Bob"


# --- messages -----------------------------------------------------------------------------------------------------


@pytest.fixture
def talk(address: str, item: Item) -> str:
    return f"{address}/items/{item.pk}/talk"


def test_givers_see_two_lanes_and_recipients_one(alices: Client, bobs: Client, talk: str) -> None:
    assert [word in bobs.get(talk).text for word in ("Among givers", "Questions")] == [True, True]
    before = alices.get(talk)
    posted = bobs.post(talk, {"lane": "givers", "text": "canary-0003"})
    assert (posted.status_code, posted["Location"]) == (303, talk)
    assert "canary-0003" in bobs.get(talk).text
    assert masked(alices.get(talk)) == masked(before)
    assert "Among givers" not in before.text
    assert inline_code(before) == []


@pytest.mark.once
def test_question_is_asked_and_answered(alices: Client, bobs: Client, talk: str) -> None:
    bobs.post(talk, {"lane": "questions", "text": "Which <size>?"})
    asked = Message.objects.get()
    page = alices.get(talk).text
    assert ["Which &lt;size&gt;?" in page, "Bob" in page, "Someone" in page] == [True, False, True]
    alices.post(talk, {"lane": "questions", "text": "Large", "answer_to": str(asked.pk)})
    assert "Large" in bobs.get(talk).text
    assert alices.post(f"{talk}/{asked.pk}/remove").status_code == 404
    assert bobs.post(f"{talk}/{asked.pk}/remove").status_code == 303
    assert "Large" not in alices.get(talk).text


@pytest.mark.once
@pytest.mark.parametrize("typed", [{"text": "x"}, {"lane": "givers", "text": ""}, {"lane": "x", "text": "x"}])
def test_invalid_message_shows_an_error(typed: dict[str, Any], bobs: Client, talk: str) -> None:
    answer = bobs.post(talk, typed)
    assert (answer.status_code, "errorlist" in answer.text) == (422, True)


@pytest.mark.once
def test_refusal_is_shown_on_the_page(alices: Client, talk: str) -> None:
    answer = alices.post(talk, {"lane": "givers", "text": "Anybody?"})
    assert (answer.status_code, "so you can&#x27;t give anything on it" in answer.text) == (403, True)


def test_stranger_gets_404(talk: str, address: str, item: Item, bob: User, charlie: User) -> None:
    words = add_message(item=bobs_item(item, bob), by=Viewer(user=bob), lane="givers", text="x")
    charlies = as_user(charlie)
    assert charlies.get(talk).status_code == charlies.post(talk).status_code == 404
    assert charlies.post(f"{talk}/{words.pk}/remove").status_code == 404
    for path in ("/gifts", "/reveal"):
        assert charlies.get(address + path).status_code == 404
