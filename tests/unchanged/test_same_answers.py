"""The short way to a 304 answers what the full way would, whatever happened meanwhile and whatever is sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.access.last_use import take_uses
from accounts.access.tokens import mint_access_token
from accounts.models import Session, User
from accounts.services.sessions import start_session
from core.db.prepared import forget_statements
from core.http import unchanged
from core.http.unchanged import known_answers
from tests.support.api_clients import Api
from tests.unchanged.stage import ASKS, HEADERS, ITEMS, LINK, LIST, MEANWHILE, Answer, Ask, Stage, fully
from wishlists.api.response_cache import response_cache
from wishlists.models import Item, Wishlist

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(alice: User, bob: User, charlie: User, item: Item) -> Stage:
    known_answers.forget()
    return Stage.of(alice, bob, charlie, item)


def named(ask: Ask) -> str:
    return f"{ask.who or 'stranger'} {ask.path}"


def learned(ask: Ask, stage: Stage) -> str:
    """Ask until the short way knows all that it needs. Return the tag."""
    tag = ask.sent(stage).headers["ETag"]
    assert ask.sent(stage, **{"if-none-match": tag}).status == 304
    return tag


def both(ask: Ask, stage: Stage, headers: dict[str, str]) -> tuple[Answer, Answer]:
    """Return the answer of a server that knows the 304 of requests like this, and of one that doesn't."""
    return ask.sent(stage, **headers), fully(ask, stage, **headers)


def differs(ask: Ask, stage: Stage, meanwhile: str) -> bool:
    """Return whether the two ways give different answers after that. Undoes it."""
    response_cache.forget()
    with transaction.atomic():
        tag = learned(ask, stage)
        MEANWHILE[meanwhile](stage)
        short, full = both(ask, stage, {"if-none-match": tag})
        transaction.set_rollback(True)
    return short != full


def differs_if_sent(ask: Ask, stage: Stage, sent: str) -> bool:
    """Ask twice, because the second time the short way may know the answer to just these headers."""
    tag = learned(ask, stage)
    headers = {"if-none-match": tag} | HEADERS[sent](stage)
    full = fully(ask, stage, **headers)
    learned(ask, stage)
    return any(ask.sent(stage, **headers) != full for _time in range(2))


@pytest.mark.parametrize("ask", ASKS, ids=named)
def test_unchanged_answer_takes_one_statement(ask: Ask, stage: Stage) -> None:
    """Otherwise the tests below would compare the full way with itself."""
    tag = learned(ask, stage)
    with CaptureQueriesContext(connection) as captured:
        assert ask.sent(stage, **{"if-none-match": f'W/{tag}, "other"'}).status == 304
    assert len(captured) == 1


@pytest.mark.parametrize("ask", ASKS, ids=named)
def test_both_ways_agree_whatever_happened(ask: Ask, stage: Stage) -> None:
    assert [meanwhile for meanwhile in MEANWHILE if differs(ask, stage, meanwhile)] == []


@pytest.mark.parametrize("ask", ASKS, ids=named)
def test_both_ways_agree_whatever_is_sent(ask: Ask, stage: Stage) -> None:
    assert [sent for sent in HEADERS if differs_if_sent(ask, stage, sent)] == []


@pytest.mark.parametrize(
    "path", ["/api/v1/wishlists/{list}/", ITEMS + "?page=1", ITEMS + "?archived=false", LIST + "/members"]
)
def test_other_addresses_go_the_full_way(path: str, stage: Stage) -> None:
    tag = learned(Ask(ITEMS, "bob"), stage)
    learned(Ask(LIST, "bob"), stage)
    short, full = both(Ask(path, "bob"), stage, {"if-none-match": tag})
    assert short == full


@pytest.mark.parametrize(
    "query", ["{token}", "token={token}&x=1", "token={token}&token=x", "amp;token={token}", "token={token}."]
)
def test_other_queries_go_the_full_way(query: str, stage: Stage) -> None:
    tag = learned(Ask(LINK), stage)
    short, full = both(Ask(f"/api/v1/public/wishlists?{query}"), stage, {"if-none-match": tag})
    assert short == full


def test_a_limited_links_views_are_spent_by_conditional_requests_too(stage: Stage) -> None:
    learned(Ask(LINK), stage)
    stage.set_link(max_views=5)
    tag = Ask(LINK).sent(stage).headers["ETag"]
    assert Ask(LINK).sent(stage, **{"if-none-match": tag}).status == 304
    stage.link.refresh_from_db()
    assert stage.link.view_count == 2


def test_a_token_that_was_verified_before_still_expires(stage: Stage, time_machine: Any) -> None:
    bearer = stage.bearer("bob")
    ask = Ask(ITEMS, headers=tuple(bearer.items()))
    tag = learned(ask, stage)
    time_machine.move_to(timezone.now() + timedelta(seconds=3601))
    assert ask.sent(stage, **{"if-none-match": tag}).status == 401


# --- controls ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("meanwhile", ["sessions end", "people are deactivated", "sessions are another's"])
def test_control_who_asks_is_not_looked_at(
    meanwhile: str, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def anybody(session_id: Any, user_id: Any) -> QuerySet[Session]:
        return Session.objects.filter(pk=session_id)

    monkeypatch.setattr("wishlists.queries.unchanged.asking", anybody)
    forget_statements()
    assert differs(Ask(ITEMS, "bob"), stage, meanwhile)
    forget_statements()


@pytest.mark.parametrize("meanwhile", ["the link is revoked", "the link expires", "the list is hidden"])
def test_control_whether_a_link_works_is_not_looked_at(
    meanwhile: str, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sharing.api.unchanged.require_open", lambda link: link)
    assert differs(Ask(LINK), stage, meanwhile)


@pytest.mark.parametrize(("header", "sent"), [("HTTP_ACCEPT", "a page"), ("HTTP_ACCEPT_LANGUAGE", "German")])
def test_control_a_header_is_not_heeded(
    header: str, sent: str, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unchanged, "UNHEEDED", unchanged.UNHEEDED | {header})
    assert differs_if_sent(Ask(ITEMS, "bob"), stage, sent)


def test_unchanged_answer_is_a_use_of_the_log_in(wishlist: Wishlist, alice: User) -> None:
    """A client that only looks whether something is new is in use."""
    session = start_session(user=alice)
    api = Api(mint_access_token(session))
    known = {"if-none-match": api("GET", f"/wishlists/{wishlist.pk}/items")["ETag"]}
    api("GET", f"/wishlists/{wishlist.pk}/items", headers=known)
    take_uses()
    assert api("GET", f"/wishlists/{wishlist.pk}/items", headers=known).status_code == 304
    assert take_uses() == {session.pk}
