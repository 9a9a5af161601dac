"""Suggestions and questions by a link are limited: for each visitor, for each user, and for the link in total."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from accounts.models import Notification
from accounts.services import addressed_people
from core.limits.rate_limits import (
    LINKS,
    QUESTIONS_A_VISITOR,
    SHARES_WITH_NOBODY,
    SUGGESTIONS_A_LINK,
    SUGGESTIONS_A_PERSON,
    SUGGESTIONS_A_VISITOR,
)
from sharing.models import Suggestion
from sharing.services import guests, links, suggestions
from sharing.tests.conftest import ShareLink, refused
from tests.support.api_clients import Api
from wishlists.models import Wishlist
from wishlists.services.lists import messages

pytestmark = pytest.mark.both

MOST = SUGGESTIONS_A_VISITOR.amount


def suggest(api: Api, token: str, address: str = "203.0.113.7", **headers: str) -> Any:
    path = f"/public/wishlists/suggestions?token={token}"
    return api("POST", path, {"title": "Book"}, REMOTE_ADDR=address, headers=headers)


def test_suggestions_of_a_visitor_are_limited_per_hour(anybody: Api, token: str) -> None:
    """Client addresses in headers are tested in test_client_address.py."""
    answers = [
        suggest(anybody, token, **{"x-forwarded-for": f"198.51.100.{number}"}) for number in range(MOST + 10)
    ]
    assert [answer.status_code for answer in answers] == [201] * MOST + [429] * 10
    assert refused(answers[-1]) == (429, "rate_limited")
    assert 3000 < int(answers[-1]["Retry-After"]) <= 3600
    assert (
        Suggestion.objects.count() == Notification.objects.filter(kind="wishlist_suggestion").count() == MOST
    )
    assert suggest(anybody, token, "203.0.113.8").status_code == 201
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1), tick=False):
        assert suggest(anybody, token).status_code == 201


def test_control_without_limits_nothing_is_refused(
    anybody: Api, token: str, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RATE_LIMITS = False is for load tests."""
    settings.RATE_LIMITS = False
    monkeypatch.setattr(suggestions, "SUGGESTIONS_A_VISITOR", replace(SUGGESTIONS_A_VISITOR, amount=1))
    assert {suggest(anybody, token).status_code for _ in range(4)} == {201}


def test_suggestions_by_a_link_are_limited_over_all_visitors(
    anybody: Api, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "SUGGESTIONS_A_LINK", replace(SUGGESTIONS_A_LINK, amount=4))
    answers = [suggest(anybody, token, f"198.51.100.{number}").status_code for number in range(6)]
    assert answers == [201] * 4 + [429] * 2


def test_suggestions_of_a_user_are_limited_over_link_and_list(
    as_bob: Api, token: str, wishlist: Wishlist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "SUGGESTIONS_A_PERSON", replace(SUGGESTIONS_A_PERSON, amount=3))
    by_id = f"/wishlists/{wishlist.pk}/suggestions"
    answers = [suggest(as_bob, token).status_code, as_bob("POST", by_id, {"title": "Tea"}).status_code]
    answers += [suggest(as_bob, token, "203.0.113.9").status_code for _ in range(2)]
    assert answers == [201, 201, 201, 429]


def test_page_shows_the_limit_and_keeps_the_input(
    share: str, wishlist: Wishlist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "SUGGESTIONS_A_VISITOR", replace(SUGGESTIONS_A_VISITOR, amount=1))
    browser = Client()
    assert browser.post(f"{share}/suggest", {"title": "Book"}).status_code == 303
    late = browser.post(f"{share}/suggest", {"title": "A long thought", "message": "About a book"})
    assert late.status_code == 429
    assert int(late["Retry-After"]) >= 1
    for text in ("There were many suggestions from your network", "A long thought", "About a book"):
        assert text in late.text


def test_questions_of_a_visitor_are_limited_over_all_their_guests(
    anybody: Api, share_link: ShareLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "QUESTIONS_A_VISITOR", replace(QUESTIONS_A_VISITOR, amount=3))
    path = f"/public/wishlists/items/{share_link.item.pk}/messages?token={share_link.token}"
    body = {"lane": "questions", "text": "Which size?"}
    answers = [anybody("POST", path, body | {"guest_name": f"Guest {number}"}) for number in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]


@pytest.mark.parametrize(("limit", "lane"), [("QUESTIONS", "questions"), ("MESSAGES", "givers")])
def test_messages_of_a_member_are_limited(
    limit: str, lane: str, as_bob: Api, share_link: ShareLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, limit, replace(getattr(messages, limit), amount=2))
    path = f"/wishlists/{share_link.item.wishlist_id}/items/{share_link.item.pk}/messages"
    answers = [as_bob("POST", path, {"lane": lane, "text": "Hm"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert refused(answers[-1]) == (429, "rate_limited")


def test_guests_are_not_counted_where_limits_are_off(
    anybody: Api, share_link: ShareLink, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guests, "GUESTS_A_VISITOR_AND_HOUR", 1)
    body = {"amount": 1, "guest_name": "G"}
    assert [share_link.chip_in(anybody, body).status_code for _ in range(2)] == [201, 429]
    settings.RATE_LIMITS = False
    assert share_link.chip_in(anybody, body).status_code == 201


def test_limit_does_not_tell_who_has_an_account(
    as_alice: Api, wishlist: Wishlist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the limit, an address with an account gets the same answer. Members of the list do not count."""
    few = replace(SHARES_WITH_NOBODY, amount=2)
    monkeypatch.setattr(addressed_people, "SHARES_WITH_NOBODY", few)
    path = f"/wishlists/{wishlist.pk}/shares"

    def share_with(email: str) -> tuple[int, str]:
        answer = as_alice("POST", path, {"email": email, "role": "viewer"})
        return answer.status_code, answer.json().get("code", "")

    assert [share_with("bob@example.com")[0] for _ in range(4)] == [200] * 4
    assert [share_with(f"nobody{number}@example.com") for number in range(2)] == [(404, "no_such_person")] * 2
    assert share_with("nobody9@example.com") == share_with("bob@example.com") == (429, "rate_limited")


def test_new_links_of_a_person_are_limited(
    wishlist: Wishlist, as_alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "LINKS", replace(LINKS, amount=3))
    path = f"/wishlists/{wishlist.pk}/public-link"
    answers = []
    for _ in range(4):
        answers.append(as_alice("POST", path, {}))
        assert as_alice("DELETE", path).status_code == 204
    assert [answer.status_code for answer in answers] == [201] * 3 + [429]
    assert int(answers[-1]["Retry-After"]) > 0
