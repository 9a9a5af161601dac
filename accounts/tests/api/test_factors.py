"""Second factors and passkeys in the API, for apps: set up, used, removed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session as StoredSession
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.access.known_devices import HEADER
from accounts.models import AccountActivity, User
from accounts.services.signing_in import passkeys
from accounts.services.signing_in.second_factors import recovery_codes_of
from accounts.tests.soft_passkey import SoftPasskey
from accounts.tests.web.app_codes import code_of
from conftest import PASSWORD
from core.limits.rate_limits import PASSKEY_CHALLENGES
from tests.support.api_clients import Api, logged_in, refused

pytestmark = [pytest.mark.django_db, pytest.mark.both]

OWN = {"current_password": PASSWORD}


def add_passkey(user: User, api: Api, *, checks_owner: bool = True, **given: Any) -> tuple[SoftPasskey, Any]:
    begun = api("POST", "/users/me/factors/passkeys/options").json()
    assert begun["options"]["publicKey"]["authenticatorSelection"]["userVerification"] == "required"
    device = SoftPasskey(user.pk.bytes, checks_owner=checks_owner)
    credential = device.create(begun["options"]["publicKey"]["challenge"])
    body = {"name": "Phone", "challenge": begun["challenge"], "credential": credential} | OWN | given
    return device, api("POST", "/users/me/factors/passkeys", body)


def log_in(device: SoftPasskey) -> tuple[dict[str, Any], Any]:
    begun = Api()("POST", "/auth/passkey/options").json()
    answer = device.get(begun["options"]["publicKey"]["challenge"])
    body = {"challenge": begun["challenge"], "credential": answer}
    return body, Api()("POST", "/auth/passkey", body)


def test_app_is_set_up_used_and_removed(bob: User, as_bob: Api) -> None:
    begun = as_bob("POST", "/users/me/factors/app").json()
    assert begun["address"].startswith("otpauth://totp/")
    assert begun["secret"] in begun["address"]
    body = {"setup": begun["setup"], "code": code_of(begun["secret"])} | OWN
    confirm = "/users/me/factors/app/confirm"
    assert refused(as_bob("POST", confirm, body | {"code": "000000"})) == (400, "wrong_code")
    assert refused(as_bob("POST", confirm, body | {"current_password": "x"})) == (400, "wrong_password")
    assert as_bob("GET", "/users/me/factors").json() == {
        "has_app": False,
        "passkeys": [],
        "recovery_codes_left": 0,
    }
    codes = as_bob("POST", confirm, body).json()["recovery_codes"]
    assert codes == recovery_codes_of(bob)
    assert as_bob("GET", "/users/me/factors").json()["has_app"] is True
    credentials = {"email": bob.email, "password": PASSWORD}
    assert refused(Api()("POST", "/auth/login", credentials)) == (401, "second_factor_required")
    assert Api()("POST", "/auth/login", credentials | {"second_factor": codes[0]}).status_code == 200
    assert as_bob("GET", "/users/me/factors").json()["recovery_codes_left"] == 9
    renewed = as_bob("POST", "/users/me/factors/recovery-codes", OWN).json()["recovery_codes"]
    assert len(renewed) == 10
    assert not set(renewed) & set(codes)
    assert as_bob("DELETE", "/users/me/factors/app", OWN).status_code == 204
    assert not Authenticator.objects.exists()
    assert Api()("POST", "/auth/login", credentials).status_code == 200


def test_set_up_is_for_one_user_and_ten_minutes(alice: User, bob: User, as_alice: Api, as_bob: Api) -> None:
    begun = as_bob("POST", "/users/me/factors/app").json()

    def confirm(api: Api) -> tuple[int, str]:
        code = code_of(begun["secret"])
        return refused(
            api("POST", "/users/me/factors/app/confirm", {"setup": begun["setup"], "code": code} | OWN)
        )

    assert confirm(as_alice) == (410, "setup_over")
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        assert confirm(as_bob) == (410, "setup_over")


def test_passkey_is_added_renamed_used_and_removed(bob: User, as_bob: Api) -> None:
    device, added = add_passkey(bob, as_bob)
    assert added.status_code == 201
    passkey = added.json()
    assert (passkey["name"], passkey["last_used_at"]) == ("Phone", None)
    own = f"/users/me/factors/passkeys/{passkey['id']}"
    assert as_bob("PATCH", own, {"name": "Old phone"}).status_code == 204
    _, answer = log_in(device)
    assert Api(answer.json()["access_token"])("GET", "/users/me").json()["email"] == bob.email
    assert HEADER in answer
    row = AccountActivity.objects.filter(kind="account_logged_in").get()
    assert (row.user, row.detail) == (bob, {"method": "passkey"})
    [listed] = as_bob("GET", "/users/me/factors").json()["passkeys"]
    assert listed["name"] == "Old phone"
    assert listed["last_used_at"] is not None
    assert refused(as_bob("DELETE", own)) == (400, "wrong_password")
    assert as_bob("DELETE", own, OWN).status_code == 204
    assert refused(log_in(device)[1]) == (400, "wrong_passkey")
    assert StoredSession.objects.count() == 0, "no challenge is left, and no session was begun"


def test_passkey_belongs_to_its_user(alice: User, as_alice: Api, bob: User, as_bob: Api) -> None:
    own = f"/users/me/factors/passkeys/{add_passkey(bob, as_bob)[1].json()['id']}"
    assert as_alice("PATCH", own, {"name": "x"}).status_code == 404
    assert as_alice("DELETE", own, OWN).status_code == 404
    challenge = as_bob("POST", "/users/me/factors/passkeys/options").json()["challenge"]
    assert refused(add_passkey(alice, as_alice, challenge=challenge)[1]) == (400, "wrong_passkey")


def test_device_that_does_not_check_its_owner_is_refused(bob: User, as_bob: Api) -> None:
    assert refused(add_passkey(bob, as_bob, checks_owner=False)[1]) == (400, "wrong_passkey")


def test_answer_works_once_and_for_ten_minutes(bob: User, as_bob: Api) -> None:
    device, _ = add_passkey(bob, as_bob)
    body, answer = log_in(device)
    assert answer.status_code == 200
    assert refused(Api()("POST", "/auth/passkey", body)) == (400, "wrong_passkey")
    begun = Api()("POST", "/auth/passkey/options").json()
    late = {
        "challenge": begun["challenge"],
        "credential": device.get(begun["options"]["publicKey"]["challenge"]),
    }
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        assert refused(Api()("POST", "/auth/passkey", late)) == (400, "wrong_passkey")


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"id": 1},
        {"response": {"userHandle": "AAAA"}},
        {"id": "é" * 20},
        {"type": "public-key", "response": {"userHandle": "A"}},
    ],
)
@pytest.mark.parametrize("challenge", ["none", "session of a page", "good"])
def test_malformed_answer_is_refused(wrong: Any, challenge: str, alice: User) -> None:
    Api().client.force_login(alice)
    named = {
        "none": "x",
        "session of a page": StoredSession.objects.get().session_key,
        "good": Api()("POST", "/auth/passkey/options").json()["challenge"],
    }
    body = {"challenge": named[challenge], "credential": wrong}
    assert refused(Api()("POST", "/auth/passkey", body)) == (400, "wrong_passkey")


def test_challenges_are_limited(settings: Settings) -> None:
    statuses = [Api()("POST", "/auth/passkey/options").status_code for _ in range(PASSKEY_CHALLENGES.amount)]
    assert set(statuses) == {200}
    for path in ("/api/v1/auth/passkey/options", "/login/passkey/options"):
        answer = Api().client.post(path)
        assert answer.status_code == 429
        assert int(answer["Retry-After"]) > 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_taken", [True, pytest.param(False, id="control: the challenge is read only")])
def test_answer_lets_one_of_many_in(is_taken: bool, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    api = Api(logged_in(bob)["access_token"])
    device, _ = add_passkey(bob, api)
    begun = Api()("POST", "/auth/passkey/options").json()
    body = {
        "challenge": begun["challenge"],
        "credential": device.get(begun["options"]["publicKey"]["challenge"]),
    }
    if not is_taken:
        monkeypatch.setattr(passkeys, "_take", lambda _named: True)

    def send(_: int) -> int:
        try:
            return Api()("POST", "/auth/passkey", body).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        let_in = list(threads.map(send, range(6))).count(200)
    assert (let_in == 1) is is_taken
