"""Guesses are slowed down and nobody is locked out: the owner logs in on their own device while others guess."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from accounts import backends
from accounts.access import known_devices
from accounts.access.known_devices import COOKIE, HEADER, Origin, known_device, token_with
from accounts.models import User
from accounts.services.signing_in import log_in_tries
from core.limits.rate_limits import LOG_INS_OF_A_DEVICE, LOG_INS_OF_A_NETWORK, LOG_INS_OF_AN_ACCOUNT
from tests.support.api_clients import Api, refused

pytestmark = [pytest.mark.django_db, pytest.mark.both]

PASSWORD = "correct horse battery"
WRONG = "wrong"
FREE = LOG_INS_OF_A_DEVICE.growth.free
ADDRESSES = [f"198.51.100.{number}" for number in range(50)]
HOME = "203.0.113.7"


@pytest.fixture(autouse=True)
def quick_hashes(settings: LazySettings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture
def owner(alice: User) -> User:
    User.objects.filter(pk=alice.pk).update(password=make_password(PASSWORD))
    return User.objects.get(pk=alice.pk)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def log_in(email: str, password: str = WRONG, *, at: str = HOME, device: str = "", **headers: str) -> Any:
    sent = {HEADER: device} if device else {}
    body = {"email": email, "password": password}
    return Api()("POST", "/auth/login", body, REMOTE_ADDR=at, headers=sent | headers)


def on_page(client: Client, email: str, password: str = WRONG, *, at: str = HOME) -> Any:
    return client.post("/login", {"email": email, "password": password}, REMOTE_ADDR=at)


def guess(email: str, times: int) -> list[int]:
    """Guess from fifty addresses, each in turn."""
    return [log_in(email, at=ADDRESSES[n % len(ADDRESSES)]).status_code for n in range(times)]


# --- the owner gets in ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "has_own_tries"),
    [
        (300, True),
        pytest.param(300, False, id="control: no tries of its own"),
        pytest.param(10_000, True, marks=pytest.mark.slow),
    ],
)
@pytest.mark.usefixtures("clock")
def test_owner_logs_in_on_their_device_while_fifty_addresses_guess(
    times: int, has_own_tries: bool, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = log_in(owner.email, PASSWORD)[HEADER]
    browser = Client()
    assert on_page(browser, owner.email, PASSWORD).status_code == 302
    browser.cookies.pop("sessionid")
    if not has_own_tries:
        monkeypatch.setattr(log_in_tries, "known_device", lambda *_: "")
    statuses = guess(owner.email, times)
    assert set(statuses) == {401, 429}
    assert statuses.count(401) <= 2 * LOG_INS_OF_AN_ACCOUNT.growth.free
    expected = (200, 302) if has_own_tries else (429, 429)
    here = log_in(owner.email, PASSWORD, device=device, at=ADDRESSES[0]).status_code
    assert (here, on_page(browser, owner.email, PASSWORD, at=ADDRESSES[0]).status_code) == expected


def test_owner_logs_in_on_a_new_device_within_the_longest_delay(owner: User, clock: Any) -> None:
    """From a network in which nobody guesses, although the guesses go on."""
    guess(owner.email, 300)
    waited = 0
    while (answer := log_in(owner.email, PASSWORD)).status_code == 429:
        wait = int(answer["Retry-After"])
        waited += wait
        clock.shift(timedelta(seconds=wait))
        guess(owner.email, 100)
    assert answer.status_code == 200
    assert waited <= LOG_INS_OF_AN_ACCOUNT.growth.longest


def test_delay_of_one_network_ends(owner: User, clock: Any) -> None:
    statuses = [log_in(owner.email).status_code for _ in range(FREE + 1)]
    assert statuses == [401] * FREE + [429]
    waits: list[int] = []
    while len(waits) < 14:
        answer = log_in(owner.email)
        waits.append(int(answer["Retry-After"]))
        clock.shift(timedelta(seconds=waits[-1]))
        assert log_in(owner.email).status_code == 401
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, *[900] * 4]
    clock.shift(timedelta(seconds=900))
    assert log_in(owner.email, PASSWORD).status_code == 200
    assert log_in(owner.email).status_code == 401, "the right password forgets the wrong ones"


# --- nothing is told, and nothing gets around it ------------------------------------------------------------------------


@pytest.mark.usefixtures("clock")
def test_unknown_address_is_limited_alike(owner: User) -> None:
    def answers(email: str) -> list[Any]:
        return [
            (answer.status_code, answer.json() | {"instance": ""}, answer.get("Retry-After"))
            for answer in (log_in(email, at=address) for _ in range(7) for address in ADDRESSES)
        ]

    assert answers(owner.email) == answers("nobody@example.org")


@pytest.mark.usefixtures("clock")
def test_nothing_is_hashed_beyond_the_limit(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """For unknown addresses neither, so the time tells nothing."""
    hashed: list[str] = []

    def compare(_user: User, typed: str) -> bool:
        hashed.append(typed)
        return False

    monkeypatch.setattr(User, "check_password", compare)
    monkeypatch.setattr(backends, "hash_password", hashed.append)
    for email in (owner.email, "nobody@example.org"):
        hashed.clear()
        statuses = [log_in(email).status_code for _ in range(20)]
        assert (statuses.count(401), len(hashed)) == (FREE, FREE)


@pytest.mark.usefixtures("clock")
def test_other_spellings_are_the_same_account(owner: User) -> None:
    spellings = ["alice@example.com", " Alice@Example.COM", "ALICE@example.com.", "alice@example.com\u200b"]
    statuses = [log_in(spellings[n % 4]).status_code for n in range(12)]
    assert statuses.count(429) == 12 - FREE


@pytest.mark.usefixtures("clock")
def test_forged_header_makes_no_other_network(owner: User) -> None:
    statuses = [
        log_in(owner.email, **{"X-Forwarded-For": address, "X-Real-IP": address}).status_code
        for address in ADDRESSES[:20]
    ]
    assert statuses.count(401) == FREE


@pytest.mark.usefixtures("clock")
def test_one_network_cannot_try_many_accounts(owner: User) -> None:
    """An own account with the right password is no way around."""
    many = LOG_INS_OF_A_NETWORK.growth.free
    statuses = []
    for number in range(many + 20):
        mine = number % 10 == 0
        email = owner.email if mine else f"person{number}@example.org"
        statuses.append(log_in(email, PASSWORD if mine else "wrong").status_code)
    assert statuses.index(429) == many
    assert set(statuses[many:]) == {429}


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda token, _user: token[:-1] + ("0" if token[-1] != "0" else "1"), id="signature"),
        pytest.param(lambda token, _user: "0" * 32 + token[32:], id="another device"),
        pytest.param(lambda _token, user: token_with(user, ""), id="of another user"),
        pytest.param(lambda token, _user: token.split(".")[0], id="no signature"),
        pytest.param(lambda _token, _user: "é" * 65, id="not a token"),
    ],
)
def test_device_of_nobody_has_no_tries_of_its_own(
    forge: Callable[[str, User], str], owner: User, bob: User
) -> None:
    forged = forge(token_with(owner, ""), bob)
    assert known_device(Origin(token=forged), [owner]) == ""
    for _ in range(FREE):
        log_in(owner.email)
    assert log_in(owner.email, PASSWORD, device=forged.encode().decode("latin-1")).status_code == 429


@pytest.mark.usefixtures("clock")
def test_known_device_has_no_more_tries_than_another(owner: User) -> None:
    device = token_with(owner, "")
    assert [log_in(owner.email, device=device).status_code for _ in range(FREE + 1)] == [401] * FREE + [429]


def test_device_is_known_to_several_users_and_after_a_new_secret(
    owner: User, bob: User, settings: LazySettings
) -> None:
    token = token_with(bob, token_with(owner, ""))
    device = token.split(".")[0]
    assert [known_device(Origin(token=token), [user]) for user in (owner, bob)] == [device] * 2
    assert token_with(owner, token).count(".") == 2
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another secret " * 4, [settings.SECRET_KEY]
    assert known_device(Origin(token=token), [bob]) == device
    settings.SECRET_KEY_FALLBACKS = []
    assert known_device(Origin(token=token), [bob]) == ""


@pytest.mark.once
def test_device_knows_a_bounded_number_of_users() -> None:
    users = [User(display_name=str(number)) for number in range(12)]
    token = ""
    for user in users:
        token = token_with(user, token)
    known = [bool(known_device(Origin(token=token), [user])) for user in users]
    assert known == [False] * (12 - known_devices.MOST_USERS) + [True] * known_devices.MOST_USERS


# --- every way is limited --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("clock")
def test_pages_and_clients_count_together(owner: User) -> None:
    """The admin has no log-in of its own (tests/admin)."""
    page = Client()
    statuses = [(on_page(page, owner.email) if n % 2 else log_in(owner.email)).status_code for n in range(8)]
    assert statuses == [401, 422, 401, 422, 401, 429, 429, 429]
    answer = on_page(page, owner.email, PASSWORD)
    assert (answer.status_code, answer["Retry-After"]) == (429, "1")
    said = answer.content.decode()
    assert "Too many attempts to log in. Wait 1 second, then try again." in said
    assert f'value="{owner.email}"' in said, "what was typed is still there"
    assert refused(log_in(owner.email)) == (429, "rate_limited")


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/account/password", {"new_password": "a new long password"}),
        ("/account/delete", {"sure": "on"}),
        ("/account/email", {"email": "new@example.org"}),
    ],
)
def test_current_password_cannot_be_guessed_on_pages(path: str, typed: dict[str, str], owner: User) -> None:
    page = Client()
    page.force_login(owner)
    statuses = [page.post(path, typed | {"password": "wrong"}).status_code for _ in range(7)]
    assert statuses == [422] * 5 + [429] * 2
    answer = page.post(path, typed | {"password": PASSWORD})
    assert (answer.status_code, answer["Retry-After"]) == (429, "1")
    assert User.objects.get(pk=owner.pk, is_active=True).check_password(PASSWORD)


def test_cookie_of_the_device_is_kept_from_scripts(owner: User, settings: LazySettings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    page = Client()
    on_page(page, owner.email, PASSWORD)
    cookie = page.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)
    assert cookie["max-age"] > 360 * 24 * 3600
    assert known_device(Origin(token=cookie.value), [owner])
