"""A hundred clients open a link for ten at the same time (G11). The views run in threads, and exactly ten get in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, models
from pytest_django import Settings

from accounts.models import User
from core.tests.slow_writes import slow_writes
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from sharing.services.links import make_link
from tests.support.api_clients import Api, logged_in
from wishlists.models import Wishlist

OPENINGS, ALLOWED = 100, 10


@pytest.fixture
def link(transactional_db: None, wishlist: Wishlist, alice: User) -> PublicLink:
    return make_link(wishlist=wishlist, by=alice, max_views=ALLOWED)[0]


def open_at_once(link: PublicLink) -> Counter[int]:
    """Return how often each status was returned."""
    address = f"/public/wishlists?token={link_token(link)}"

    def open_it(_number: int) -> int:
        try:
            return Api()("GET", address).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(OPENINGS) as threads:
        return Counter(threads.map(open_it, range(OPENINGS)))


@contextmanager
def without_constraint(name: str) -> Iterator[None]:
    """Drop the constraint. It is restored when the counts that violate it are gone."""
    constraint = next(known for known in PublicLink._meta.constraints if known.name == name)
    assert isinstance(constraint, models.CheckConstraint)
    with connection.schema_editor() as editor:
        editor.remove_constraint(PublicLink, constraint)
    try:
        yield
    finally:
        PublicLink.objects.update(view_count=0)
        with connection.schema_editor() as editor:
            editor.add_constraint(PublicLink, constraint)


def test_exactly_ten_of_a_hundred_get_in(link: PublicLink) -> None:
    assert open_at_once(link) == {200: ALLOWED, 403: OPENINGS - ALLOWED}
    link.refresh_from_db()
    assert link.view_count == ALLOWED


@pytest.mark.django_db(transaction=True)
def test_twenty_requests_at_once_create_one_link(wishlist: Wishlist, alice: User) -> None:
    access_token = logged_in(alice)["access_token"]

    def press(_number: int) -> tuple[int, str]:
        try:
            answer = Api(access_token)("POST", f"/wishlists/{wishlist.pk}/public-link")
            return answer.status_code, answer.json()["token"]
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        statuses, tokens = zip(*threads.map(press, range(20)), strict=True)
    assert Counter(statuses) == {201: 1, 200: 19}
    assert len(set(tokens)) == 1


@pytest.mark.postgresql
def test_without_the_lock_the_constraint_still_holds(link: PublicLink, settings: Settings) -> None:
    settings.TEST_WITHOUT_LOCKS = True
    assert open_at_once(link) == {200: ALLOWED, 403: OPENINGS - ALLOWED}


@pytest.mark.postgresql
def test_control_without_lock_and_constraint_too_many_get_in(link: PublicLink, settings: Settings) -> None:
    """PostgreSQL only: SQLite's single write lock cannot be switched off."""
    settings.TEST_WITHOUT_LOCKS = True
    with without_constraint("link_views_within_limit"), slow_writes(PublicLink):
        for _try in range(3):
            PublicLink.objects.update(view_count=0)
            if open_at_once(link)[200] > ALLOWED:
                return
    pytest.fail("this test would not notice that the lock is gone")
