"""One-time codes over HTTP: verify, log in, set a new password, change the address (docs/signing-in.md)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from accounts.access.code_digits import digits_of
from accounts.access.hashing import BoundedArgon2PasswordHasher as Hasher
from accounts.models import AccountActivity, AccountLink, OneTimeCode, Session, User
from accounts.services.people import check_credentials, deactivate_user, remove_user
from accounts.services.sessions import start_session
from conftest import PASSWORD
from tests.support.api_clients import Api, refused
from tests.support.workers import run_queued_jobs

pytestmark = pytest.mark.django_db

NEW = "a better password"
RESET, CONFIRM = "/auth/password/reset", "/auth/password/reset/confirm"
ASKING = {
    "/auth/resend-code": {"email": ...},
    "/auth/code": {"email": ...},
    RESET: {"email": ...},
}
ENTERING = {
    "/auth/verify-email": {"email": ..., "code": "000000"},
    "/auth/code/confirm": {"email": ..., "code": "000000"},
    CONFIRM: {"email": ..., "code": "000000", "new_password": NEW},
}
PURPOSE = {
    "/auth/verify-email": "/auth/resend-code",
    "/auth/code/confirm": "/auth/code",
    CONFIRM: RESET,
}


def mailed(to: str) -> str:
    """Return the code in the only new mail to `to`."""
    run_queued_jobs()
    (letter,) = (letter for letter in mail.outbox if letter.to == [to] and "code" in letter.subject)
    mail.outbox.clear()
    found = re.search(r"^(\d{6})$", str(letter.body), re.MULTILINE)
    assert found is not None, letter.body
    return found[1]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def with_address(body: dict[str, Any], email: str) -> dict[str, Any]:
    return body | {"email": email}


@pytest.fixture
def dora(settings: Settings, password_hash: str) -> User:
    """Somebody who just registered on a site that sends mail."""
    settings.VERIFY_ADDRESSES = True
    return User.objects.create(email="Dora@example.com", display_name="Dora", password=password_hash)


# --- verify --------------------------------------------------------------------------------------------------------


def test_registration_mails_a_code_that_verifies_the_address(api: Api, settings: Settings) -> None:
    settings.VERIFY_ADDRESSES = True
    made = api("POST", "/auth/register", {"email": "dora@example.com", "password": PASSWORD})
    assert made.status_code == 201
    dora = User.objects.get()
    assert (dora.address_verified_at, dora.address_counts) == (None, False)
    answer = api(
        "POST", "/auth/verify-email", {"identifier": "DORA@example.com", "code": mailed("dora@example.com")}
    )
    assert (answer.status_code, answer.json()["email"]) == (200, "dora@example.com")
    dora.refresh_from_db()
    assert dora.address_counts
    assert AccountActivity.objects.get(kind="account_address_verified").user == dora


def test_without_mail_every_address_counts(api: Api) -> None:
    api("POST", "/auth/register", {"email": "dora@example.com", "password": PASSWORD})
    assert User.objects.get().address_counts
    assert not OneTimeCode.objects.exists()


def test_verified_address_gets_no_further_code(api: Api, dora: User) -> None:
    User.objects.update(address_verified_at=timezone.now())
    assert api("POST", "/auth/resend-code", {"email": dora.email}).status_code == 202
    run_queued_jobs()
    assert mail.outbox == []


def test_new_address_of_an_account_is_not_verified(dora: User) -> None:
    dora.take_verified_address("dora@example.org")
    dora.save()
    assert dora.address_counts
    dora.email = "Dora@Example.org"
    dora.save()
    assert dora.address_counts, "the same mailbox"
    dora.email = "else@example.org"
    dora.save(update_fields=["email"])
    dora.refresh_from_db()
    assert not dora.address_counts


# --- log in --------------------------------------------------------------------------------------------------------


def test_mailed_code_logs_in_once(api: Api, dora: User) -> None:
    api("POST", "/auth/code", {"username": dora.email})
    body = {"email": dora.email, "code": mailed(dora.email)}
    answer = api("POST", "/auth/code/confirm", body | {"code": f" {body['code'][:3]} {body['code'][3:]} "})
    assert answer.json().keys() == {"access_token", "refresh_token", "token_type"}
    assert AccountActivity.objects.get(kind="account_logged_in").detail == {"method": "code"}
    assert refused(api("POST", "/auth/code/confirm", body)) == (410, "code_expired")


def test_code_does_not_log_in_to_a_closed_account(api: Api, dora: User) -> None:
    api("POST", "/auth/code", {"email": dora.email})
    code = mailed(dora.email)
    deactivate_user(user=dora)
    assert refused(api("POST", "/auth/code/confirm", {"email": dora.email, "code": code})) == (
        410,
        "code_expired",
    )
    assert not Session.objects.live().exists()


# --- set a new password --------------------------------------------------------------------------------------------


def test_reset_sets_the_password_and_ends_all_sessions(api: Api, dora: User) -> None:
    sessions = [start_session(user=dora), start_session(user=dora)]
    assert api("POST", RESET, {"email": dora.email}).status_code == 202
    body = {"email": dora.email, "code": mailed(dora.email), "new_password": NEW}
    assert refused(api("POST", CONFIRM, body | {"new_password": "short"}))[0] == 400
    answer = api("POST", CONFIRM, body)
    assert (answer.status_code, answer.content) == (204, b"")
    assert not Session.objects.live().filter(pk__in=[session.pk for session in sessions]).exists()
    assert check_credentials(email=dora.email, password=NEW) == dora
    assert refused(api("POST", CONFIRM, body)) == (410, "code_expired")
    dora.refresh_from_db()
    assert dora.address_counts, "the code also proved the address"
    run_queued_jobs()
    assert [letter.subject for letter in mail.outbox] == ["Your password was changed"]
    assert AccountActivity.objects.filter(kind="account_password_reset").count() == 1


def test_reset_ends_other_codes_and_links(api: Api, dora: User) -> None:
    api("POST", "/auth/code", {"email": dora.email})
    other = mailed(dora.email)
    link = AccountLink.objects.create(user=dora, purpose="password", address=dora.email, mailbox=dora.mailbox)
    api("POST", RESET, {"email": dora.email})
    api("POST", CONFIRM, {"email": dora.email, "code": mailed(dora.email), "new_password": NEW})
    assert refused(api("POST", "/auth/code/confirm", {"email": dora.email, "code": other})) == (
        410,
        "code_expired",
    )
    assert not AccountLink.objects.live().filter(pk=link.pk).exists()


def test_code_of_one_purpose_or_mailbox_is_not_good_for_another(api: Api, dora: User, bob: User) -> None:
    api("POST", "/auth/code", {"email": dora.email})
    code = mailed(dora.email)
    body = {"email": dora.email, "code": code, "new_password": NEW}
    assert refused(api("POST", CONFIRM, body)) == (410, "code_expired")
    api("POST", RESET, {"email": bob.email})
    assert mailed(bob.email) != code
    assert refused(api("POST", CONFIRM, body | {"email": bob.email})) == (400, "wrong_code")


# --- change the address --------------------------------------------------------------------------------------------


@pytest.fixture
def moving(as_bob: Api, bob: User) -> Callable[..., Any]:
    User.objects.filter(pk=bob.pk).update(address_verified_at=timezone.now())

    def ask(email: str = "bobby@example.org", password: str = PASSWORD) -> Any:
        return as_bob("POST", "/users/me/email", {"new_email": email, "current_password": password})

    return ask


def test_new_address_gets_a_code_and_the_old_one_a_notice(
    as_bob: Api, bob: User, moving: Callable[..., Any]
) -> None:
    assert moving().status_code == 202
    code = mailed("bobby@example.org")
    assert refused(as_bob("POST", "/users/me/email/confirm", {"code": wrong(code)})) == (400, "wrong_code")
    answer = as_bob("POST", "/users/me/email/confirm", {"code": code})
    assert (answer.status_code, answer.json()["email"]) == (200, "bobby@example.org")
    run_queued_jobs()
    (letter,) = mail.outbox
    assert (letter.to, "/keep-address/" in letter.body) == ([bob.email], True)
    assert as_bob("GET", "/users/me").status_code == 200, "this session stays"
    bob.refresh_from_db()
    assert bob.address_verified_at is not None
    assert refused(as_bob("POST", "/users/me/email/confirm", {"code": code})) == (410, "code_expired")


def test_old_address_that_nobody_proved_gets_no_way_back(as_bob: Api, bob: User, settings: Settings) -> None:
    settings.VERIFY_ADDRESSES = True
    as_bob("POST", "/users/me/email", {"new_email": "bobby@example.org", "current_password": PASSWORD})
    as_bob("POST", "/users/me/email/confirm", {"code": mailed("bobby@example.org")})
    run_queued_jobs()
    (letter,) = mail.outbox
    assert (letter.to, "/keep-address/" in letter.body) == ([bob.email], False)
    assert not AccountLink.objects.exists()


def test_wrong_password_changes_no_address(moving: Callable[..., Any]) -> None:
    assert refused(moving(password="wrong")) == (400, "wrong_password")
    assert not OneTimeCode.objects.exists()


def test_address_of_somebody_else_is_refused_to_who_reads_its_mail_only(
    as_bob: Api, alice: User, moving: Callable[..., Any]
) -> None:
    answers = [moving(email) for email in (alice.email, "free@example.org")]
    assert len({answer.content for answer in answers}) == 1
    OneTimeCode.objects.exclude(address=alice.email).delete()
    assert refused(as_bob("POST", "/users/me/email/confirm", {"code": mailed(alice.email)})) == (
        409,
        "email_taken",
    )


# --- the bounds of a code (accounts/tests/services/signing_in has the concurrent ones) ------------------------------


def test_five_wrong_codes_are_the_end(api: Api, dora: User) -> None:
    api("POST", RESET, {"email": dora.email})
    body = {"email": dora.email, "code": mailed(dora.email), "new_password": NEW}
    for _ in range(5):
        assert refused(api("POST", CONFIRM, body | {"code": wrong(body["code"])})) == (400, "wrong_code")
    assert refused(api("POST", CONFIRM, body)) == (410, "code_expired")


def test_code_ends_after_ten_minutes(api: Api, dora: User) -> None:
    api("POST", RESET, {"email": dora.email})
    body = {"email": dora.email, "code": mailed(dora.email), "new_password": NEW}
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        assert refused(api("POST", CONFIRM, body)) == (410, "code_expired")


def test_only_the_newest_code_is_good(api: Api, dora: User) -> None:
    api("POST", RESET, {"email": dora.email})
    older = mailed(dora.email)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        api("POST", RESET, {"email": dora.email})
        newer = mailed(dora.email)
        body = {"email": dora.email, "new_password": NEW}
        assert refused(api("POST", CONFIRM, body | {"code": older})) == (400, "wrong_code")
        assert api("POST", CONFIRM, body | {"code": newer}).status_code == 204


def test_there_is_one_mail_a_minute(api: Api, dora: User) -> None:
    for _ in range(3):
        assert api("POST", RESET, {"email": dora.email}).status_code == 202
    assert api("POST", "/auth/code", {"email": dora.email}).status_code == 202
    run_queued_jobs()
    assert len(mail.outbox) == 2, "one of each purpose"
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        api("POST", RESET, {"email": dora.email})
        run_queued_jobs()
    assert len(mail.outbox) == 3


def test_nothing_stored_gives_the_code_away(api: Api, dora: User) -> None:
    api("POST", RESET, {"email": dora.email})
    code = digits_of(OneTimeCode.objects.get())
    run_queued_jobs()
    stored = f"{list(OneTimeCode.objects.values())} {list(DBTaskResult.objects.values())}"
    assert f"'{code}'" not in stored
    assert code in mail.outbox[0].body


def test_deleting_the_account_deletes_its_codes(api: Api, dora: User) -> None:
    api("POST", RESET, {"email": dora.email})
    remove_user(user=dora)
    assert not OneTimeCode.objects.exists()


# --- nobody learns who has an account ------------------------------------------------------------------------------


def work_for(api: Api, path: str, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what a request answered and did: bytes, headers, statements, hashes, rows and jobs."""
    hashes: list[str] = []
    with monkeypatch.context() as patch:
        for name in ("encode", "verify"):
            patch.setattr(Hasher, name, _counted(getattr(Hasher, name), hashes))
        before = (OneTimeCode.objects.count(), DBTaskResult.objects.count())
        with _Statements() as statements:
            answer = api("POST", path, body)
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}
    grown = (OneTimeCode.objects.count() - before[0], DBTaskResult.objects.count() - before[1])
    return answer.status_code, answer.content, headers, statements.shapes, hashes, grown


def _counted(original: Callable[..., Any], calls: list[str]) -> Callable[..., Any]:
    def counted(*args: Any) -> Any:
        calls.append(original.__name__)
        return original(*args)

    return counted


class _Statements:
    """Collects the statements of a block without their values."""

    def __enter__(self) -> _Statements:
        self._captured = CaptureQueriesContext(connection)
        self._captured.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self._captured.__exit__(*error)
        found = [query["sql"] for query in self._captured.captured_queries]
        self.shapes = [re.sub(r"'[^']*'|\b[0-9a-f]{32}\b|\d+", "?", one) for one in found]


@pytest.mark.parametrize("path", ASKING)
def test_asking_for_a_code_is_the_same_work_for_unknown_addresses(
    path: str, api: Api, dora: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    deactivate_user(user=bob)
    known, *others = [
        work_for(api, path, {"email": email}, monkeypatch)
        for email in (dora.email, "nobody@example.com", bob.email, "not an address")
    ]
    assert all(other == known for other in others)
    assert known[0] == 202
    assert known[-1] == (1, 1), "a row and a job for everybody"


@pytest.mark.parametrize("path", ENTERING)
def test_entering_a_wrong_code_is_the_same_work_for_unknown_addresses(
    path: str, api: Api, dora: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = (dora.email, "nobody@example.com", "not an address")
    for email in addresses:
        api("POST", PURPOSE[path], {"email": email})
    monkeypatch.setattr("accounts.access.code_digits.digits_of", lambda _code: "123456")
    tried = [
        [work_for(api, path, with_address(ENTERING[path], email), monkeypatch) for _ in range(7)]
        for email in addresses
    ]
    assert [status for status, *_ in tried[0]] == [400] * 5 + [410] * 2
    assert all(other == tried[0] for other in tried[1:])


def test_control_work_that_looks_for_the_account_is_noticed(
    api: Api, dora: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the request itself looked whether there is an account, the comparison above would fail."""
    from accounts.services.signing_in.password_resets import ask_for_reset

    def hasty(*, email: str, network: str) -> None:
        if User.objects.with_address(email):
            ask_for_reset(email=email, network=network)

    monkeypatch.setattr("accounts.api.sign_in_views.ask_for_reset", hasty)
    known, unknown = (
        work_for(api, RESET, {"email": email}, monkeypatch) for email in (dora.email, "nobody@example.com")
    )
    assert known != unknown
