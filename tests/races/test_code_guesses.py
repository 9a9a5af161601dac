"""At most five comparisons of a one-time code, however many guess at once, through services and through HTTP (G10).

The bound is one conditional update in the database. The controls count in Python, as code that keeps the count in a
session or a cache does, and must then compare more often.
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter

import httpx
import pytest
from django.conf import settings as site_settings
from django.db import connection

from accounts.access import code_digits
from accounts.access.code_digits import digits_of
from accounts.models import OneTimeCode, User
from accounts.models.one_time_codes import TRIES
from accounts.refusals import CodeExpired, WrongCode
from accounts.services.signing_in import one_time_codes
from accounts.services.signing_in.one_time_codes import check_code, mail_code_to
from core.errors.refusals import Refusal
from tests.races.storms import all_at_once
from tests.support.running.live import StartSite
from tests.support.socket_client import NO_TLS

pytestmark = pytest.mark.django_db(transaction=True)

RESET = OneTimeCode.Purpose.RESET
GUESSES, AT_ONCE = 1000, 40
COMPARED, REFUSED = WrongCode.status_code, CodeExpired.status_code


@pytest.fixture
def code(alice: User) -> OneTimeCode:
    mail_code_to(RESET, alice.email)
    return OneTimeCode.objects.get()


@pytest.fixture
def comparisons(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The digits that were compared. None of them is right."""
    compared: list[str] = []

    def compare(_code: OneTimeCode, typed: str) -> bool:
        compared.append(typed)
        return False

    monkeypatch.setattr(one_time_codes, "matches", compare)
    return compared


def guess(address: str) -> int:
    try:
        check_code(RESET, "000000", address=address)
    except Refusal as refusal:
        return refusal.status_code
    finally:
        connection.close()
    return 200


def storm(address: str) -> Counter[int]:
    """Make all guesses, in threads that start at the same moment."""

    def some(_index: int) -> int:
        met.update(guess(address) for _ in range(GUESSES // AT_ONCE))
        return 0

    met: Counter[int] = Counter()
    all_at_once(some, AT_ONCE)
    return met


def test_thousand_guesses_at_once_are_five_comparisons(code: OneTimeCode, comparisons: list[str]) -> None:
    assert storm(code.address) == {COMPARED: TRIES, REFUSED: GUESSES - TRIES}
    assert len(comparisons) == TRIES
    code.refresh_from_db()
    assert code.tries == TRIES


def test_control_count_in_python_compares_more_often(
    code: OneTimeCode, comparisons: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read the count, look, write it: what a session or a cache can do. Everybody reads before anybody writes."""
    start = threading.Barrier(2 * TRIES)

    def spend(one: OneTimeCode) -> bool:
        tries = OneTimeCode.objects.values_list("tries", flat=True).get(pk=one.pk)
        start.wait(timeout=30)
        if tries >= TRIES:
            return False
        OneTimeCode.objects.filter(pk=one.pk).update(tries=tries + 1)
        return True

    monkeypatch.setattr(one_time_codes, "_spend_try", spend)
    all_at_once(lambda _index: guess(code.address), 2 * TRIES)
    assert len(comparisons) > TRIES, "the storm would not notice"


def test_right_code_works_once_for_many_who_have_it(code: OneTimeCode, start_site: StartSite) -> None:
    """Only five requests with the right code get as far as a comparison, and only one of them sets the password."""
    digits = digits_of(code)
    site = start_site()
    body = {"email": code.address, "code": digits}

    def confirm(index: int) -> int:
        given = body | {"new_password": f"a better password {index}"}
        return client.post(f"{site.url}/api/v1/auth/password/reset/confirm", json=given).status_code

    with httpx.Client(timeout=60, verify=NO_TLS, trust_env=False) as client:
        assert all_at_once(confirm, 20) == {204: 1, REFUSED: 19}


def test_thousand_guesses_through_http_are_five_comparisons(code: OneTimeCode, start_site: StartSite) -> None:
    """The guesses go to several server processes, if the database allows them: no process counts for itself."""
    numbers = range(1 if site_settings.EMBEDDED_DATABASE else 2)
    sites = [start_site(CHANNEL_PREFIX=f"guessed-{number}") for number in numbers]
    urls = itertools.cycle([f"{site.url}/api/v1/auth/verify-email" for site in sites])
    OneTimeCode.objects.update(purpose=OneTimeCode.Purpose.VERIFY)
    code.purpose = OneTimeCode.Purpose.VERIFY
    wrong = f"{(int(code_digits.digits_of(code)) + 1) % 10**6:06}"
    met: Counter[int] = Counter()

    def some(_index: int) -> int:
        for _ in range(GUESSES // AT_ONCE):
            answer = client.post(next(urls), json={"email": code.address, "code": wrong})
            met[answer.status_code] += 1
        return 0

    limits = httpx.Limits(max_connections=AT_ONCE)
    with httpx.Client(timeout=120, verify=NO_TLS, trust_env=False, limits=limits) as client:
        all_at_once(some, AT_ONCE)
    assert met == {COMPARED: TRIES, REFUSED: GUESSES - TRIES}
    code.refresh_from_db()
    assert code.tries == TRIES
