"""Signing in with a real OpenID Connect provider, and ways to cheat, each of which is refused (docs/signing-in.md)."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AccountActivity, Session, User
from accounts.services.people import deactivate_user
from accounts.tests.provider_server import (
    CLIENT,
    Claims,
    Provider,
    asked_with,
    began,
    challenge_of,
    configure,
    path_of,
    running_provider,
)
from conftest import PASSWORD
from tests.support.browsing import as_user
from tests.support.workers import run_queued_jobs

pytestmark = pytest.mark.django_db

ZOE = {"email": "zoe@example.com", "email_verified": True, "name": "Zoe"}


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    with running_provider(settings) as running:
        running.know("zoe", **ZOE)
        yield running


def come_back(provider: Provider, browser: Client, uid: str = "zoe", to: str = "/gifts") -> Any:
    """Make the whole round trip, and return the answer of our callback."""
    return browser.get(path_of(provider.log_in_there(began(browser, to), uid)))


def asked_to_connect(browser: Client, password: str = PASSWORD) -> str:
    """Enter the password, follow the link, and return the address of the provider."""
    go = browser.post("/account/connections/oidc/add", {"password": password})["Location"]
    assert browser.get("/account/connections/oidc/go?go=1")["Location"].startswith("http")
    assert browser.get(go)["Location"] == "/account/connections/oidc/add", "the password is good for one time"
    browser.post("/account/connections/oidc/add", {"password": password})
    assert "Go to Home" in browser.get(go).text
    return str(browser.get(f"{go}?go=1")["Location"])


def is_logged_in(browser: Client) -> bool:
    return browser.get("/inbox").status_code == 200


# --- the round trip ------------------------------------------------------------------------------------------------


def test_round_trip_creates_an_account_and_leads_to_next(provider: Provider) -> None:
    browser = Client()
    asked = asked_with(began(browser))
    assert (asked["client_id"], asked["code_challenge_method"]) == (CLIENT, "S256")
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 16
    answer = come_back(provider, browser)
    assert (answer.status_code, answer["Location"]) == (302, "/gifts")
    assert is_logged_in(browser)
    zoe = User.objects.get(email="zoe@example.com")
    assert (zoe.display_name, zoe.has_usable_password(), zoe.address_counts) == ("Zoe", False, True)
    kept = AccountActivity.objects.get(kind="account_logged_in")
    assert kept.detail == {"method": "provider", "provider": "oidc"}
    assert come_back(provider, Client())["Location"] == "/gifts"
    assert User.objects.count() == 1, "the second time it is the same account"


def test_code_is_bound_to_the_browser_by_pkce(provider: Provider) -> None:
    browser = Client()
    asked = began(browser)
    browser.get(path_of(provider.log_in_there(asked, "zoe")))
    assert [challenge_of(one) for one in provider.verifiers] == [asked_with(asked)["code_challenge"]]


def test_verified_address_here_and_there_is_connected(provider: Provider, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(address_verified_at=timezone.now())
    provider.know("b", email="BOB@example.com", email_verified=True)
    browser = Client()
    come_back(provider, browser, "b")
    assert SocialAccount.objects.get().user == bob
    assert is_logged_in(browser)
    run_queued_jobs()
    assert [letter.to for letter in mail.outbox] == [[bob.email]], "they are told"


def test_second_factor_is_asked_for_after_the_provider(provider: Provider) -> None:
    come_back(provider, Client())
    TOTP.activate(User.objects.get(), generate_totp_secret())
    browser = Client()
    assert come_back(provider, browser)["Location"] == "/login/second-factor"
    assert not is_logged_in(browser)


def test_closed_account_stays_closed(provider: Provider) -> None:
    come_back(provider, Client())
    deactivate_user(user=User.objects.get())
    browser = Client()
    assert come_back(provider, browser)["Location"] == "/login"
    assert not is_logged_in(browser)


def test_provider_that_is_not_configured_is_404(settings: Settings) -> None:
    for name in ("google", "github", "oidc/oidc"):
        assert Client().get(f"/api/v1/auth/{name}").status_code == 404
    assert Client().get("/login/oidc/oidc/callback?state=x&code=y").status_code == 404


def test_provider_that_is_down_is_503(settings: Settings) -> None:
    configure(settings, "http://localhost:9")
    answer = Client().get("/api/v1/auth/oidc/oidc")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")


# --- groups --------------------------------------------------------------------------------------------------------


def test_group_at_the_provider_makes_staff_and_withdraws_it(provider: Provider, settings: Settings) -> None:
    settings.OIDC_STAFF_GROUPS = ["admins"]
    provider.know("zoe", **ZOE, groups=["family", "admins"])
    come_back(provider, Client())
    assert User.objects.get().is_staff
    provider.know("zoe", **ZOE, groups=["family"])
    come_back(provider, Client())
    assert not User.objects.get().is_staff
    rows = AccountActivity.objects.filter(kind="account_rights_changed").order_by("created_at")
    assert [row.detail["granted"] for row in rows] == [["is_staff"], []]


def test_provider_without_groups_changes_no_rights(provider: Provider, settings: Settings) -> None:
    settings.OIDC_STAFF_GROUPS = ["admins"]
    come_back(provider, Client())
    User.objects.update(is_staff=True)
    come_back(provider, Client())
    assert User.objects.get().is_staff


# --- ways to cheat -------------------------------------------------------------------------------------------------


def refused(provider: Provider, browser: Client, address: str) -> bool:
    """Return whether the callback logs nobody in, creates nobody, and says so."""
    before = (User.objects.count(), Session.objects.count(), SocialAccount.objects.count())
    answer = browser.get(address)
    after = (User.objects.count(), Session.objects.count(), SocialAccount.objects.count())
    return (answer.status_code, answer["Location"]) == (302, "/login") and before == after


def other_key(claims: Claims, _token: str) -> str:
    return jwt.encode(claims, rsa.generate_private_key(65537, 2048), "RS256", {"kid": "another"})


CHANGES: dict[str, Callable[[Claims], Claims]] = {
    "another nonce": lambda claims: claims | {"nonce": "of another log-in"},
    "no nonce": lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    "another issuer": lambda claims: claims | {"iss": "https://accounts.google.com"},
    "another audience": lambda claims: claims | {"aud": "somebody else's client"},
    "another authorized party": lambda claims: claims | {"azp": "somebody else's client"},
    "expired": lambda claims: claims | {"exp": int(time.time()) - 120},
    "no expiry": lambda claims: {name: value for name, value in claims.items() if name != "exp"},
    "address not verified": lambda claims: claims | {"email_verified": False},
    "address verified as text": lambda claims: claims | {"email_verified": "false"},
    "verification not mentioned": lambda claims: {k: v for k, v in claims.items() if k != "email_verified"},
}


@pytest.mark.parametrize("what", CHANGES)
def test_claims_that_do_not_fit_are_refused(what: str, provider: Provider) -> None:
    provider.change = lambda claims: CHANGES[what](claims | ZOE)
    browser = Client()
    assert refused(provider, browser, path_of(provider.log_in_there(began(browser), "zoe")))


def test_control_same_claims_unchanged_are_accepted(provider: Provider) -> None:
    provider.change = lambda claims: claims | ZOE
    assert come_back(provider, Client())["Location"] == "/gifts"


def as_none(claims: Claims, _token: str) -> str:
    return jwt.encode(claims, "", "none")


def by_the_public_key(provider: Provider) -> Callable[[Claims, str], str]:
    """Sign with the public key as if it were a shared secret."""

    def sign(claims: Claims, _token: str) -> str:
        key = provider.private_key
        return jwt.encode(claims, "x" * 40, "HS256", {"kid": key.as_dict()["kid"]})

    return sign


SIGNATURES: dict[str, Callable[[Provider], Callable[[Claims, str], str]]] = {
    "none": lambda _: as_none,
    "another key": lambda _: other_key,
    "another key under the same name": lambda provider: (
        lambda claims, _: provider.signed(claims, rsa.generate_private_key(65537, 2048))
    ),
    "public key as a secret": by_the_public_key,
    "cut off": lambda _: lambda _claims, token: token.rpartition(".")[0] + ".",
    "no token": lambda _: lambda _claims, _token: "",
    "not a token": lambda _: lambda _claims, _token: "a.b.c",
}


@pytest.mark.parametrize("how", SIGNATURES)
def test_signatures_that_are_not_the_providers_are_refused(how: str, provider: Provider) -> None:
    provider.sign = SIGNATURES[how](provider)
    browser = Client()
    assert refused(provider, browser, path_of(provider.log_in_there(began(browser), "zoe")))


def test_state_of_nobody_or_of_another_browser_is_refused(provider: Provider) -> None:
    """The second is log-in CSRF: somebody's browser is sent to the callback with the attacker's code."""
    attacker, victim = Client(), Client()
    began(victim)
    theirs = path_of(provider.log_in_there(began(attacker), "zoe"))
    assert refused(provider, victim, theirs)
    assert refused(provider, Client(), theirs)
    assert refused(provider, Client(), "/login/oidc/oidc/callback?code=x")
    assert refused(provider, victim, "/login/oidc/oidc/callback?state=x&code=x")


def test_answer_works_once(provider: Provider) -> None:
    browser = Client()
    address = path_of(provider.log_in_there(began(browser), "zoe"))
    assert browser.get(address)["Location"] == "/gifts"
    browser.post("/logout")
    assert refused(provider, browser, address)


def test_code_of_another_log_in_is_refused(provider: Provider) -> None:
    """A stolen code, put behind the thief's own state."""
    thief, owner = Client(), Client()
    stolen = asked_with(provider.log_in_there(began(owner), "zoe"))["code"]
    state = asked_with(began(thief))["state"]
    assert refused(provider, thief, f"/login/oidc/oidc/callback?state={state}&code={stolen}")


def test_cancelling_and_errors_lead_to_the_log_in(provider: Provider) -> None:
    browser = Client()
    state = asked_with(began(browser))["state"]
    assert refused(provider, browser, f"/login/oidc/oidc/callback?state={state}&error=access_denied")
    state = asked_with(began(browser))["state"]
    assert refused(provider, browser, f"/login/oidc/oidc/callback?state={state}&code=unknown")


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "%2F%2Fevil.example",
    ],
)
def test_next_leads_to_no_other_site(to: str, provider: Provider) -> None:
    assert "evil" not in come_back(provider, Client(), to=to)["Location"]


def test_connection_is_made_for_the_account_that_began_it(provider: Provider, alice: User, bob: User) -> None:
    """The session changes hands while somebody is at the provider."""
    browser = as_user(alice)
    asked = asked_to_connect(browser, PASSWORD)
    back = path_of(provider.log_in_there(asked, "zoe"))
    state = dict(browser.session.items())
    browser.force_login(bob)
    session = browser.session
    session["socialaccount_states"] = state["socialaccount_states"]
    session.save()
    assert browser.get(back)["Location"] == "/account/connections"
    assert not SocialAccount.objects.exists()


# --- connections ---------------------------------------------------------------------------------------------------


def test_user_connects_and_disconnects(provider: Provider, alice: User) -> None:
    browser = as_user(alice)
    assert browser.post("/account/connections/oidc/add", {"password": "wrong"}).status_code == 422
    asked = asked_to_connect(browser, PASSWORD)
    browser.get(path_of(provider.log_in_there(asked, "zoe")))
    row = SocialAccount.objects.get()
    assert row.user == alice
    assert "Home" in browser.get("/account/connections").text
    come_back(provider, Client())
    assert AccountActivity.objects.filter(kind="account_logged_in", user=alice).count() == 2
    browser.post(f"/account/connections/{row.pk}/remove", {"password": PASSWORD})
    assert not SocialAccount.objects.exists()


def test_identity_of_another_account_is_not_connected(provider: Provider, alice: User) -> None:
    come_back(provider, Client())
    browser = as_user(alice)
    asked = asked_to_connect(browser, PASSWORD)
    browser.get(path_of(provider.log_in_there(asked, "zoe")))
    assert SocialAccount.objects.get().user != alice


def test_last_way_in_is_not_removed(provider: Provider) -> None:
    browser = Client()
    come_back(provider, browser)
    row = SocialAccount.objects.get()
    assert browser.post(f"/account/connections/{row.pk}/remove").status_code == 422
    assert SocialAccount.objects.exists()


# --- accounts that somebody prepared (pre-hijacking) ---------------------------------------------------------------


@pytest.fixture
def attackers(settings: Settings, provider: Provider) -> Client:
    """The attacker's browser, in an account that they registered with Zoe's address."""
    settings.VERIFY_ADDRESSES = True
    browser = Client()
    browser.post("/register", {"email": ZOE["email"], "password": "the attacker's own"})
    assert is_logged_in(browser)
    return browser


def test_classic_federated_merge(attackers: Client, provider: Provider) -> None:
    """Zoe comes with a provider. She must not land in the attacker's account."""
    browser = Client()
    assert refused(provider, browser, path_of(provider.log_in_there(began(browser), "zoe")))


def test_unexpired_session(attackers: Client) -> None:
    """Zoe sets a password by mail. The attacker's session must not live on."""
    _recover()
    assert not is_logged_in(attackers)


def test_trojan_identifier(attackers: Client, provider: Provider) -> None:
    """The attacker adds their own identity or second factor to the account, and waits."""
    provider.know("attacker", email="attacker@example.com", email_verified=True)
    asked = asked_to_connect(attackers, "the attacker's own")
    attackers.get(path_of(provider.log_in_there(asked, "attacker")))
    assert not SocialAccount.objects.exists(), "not before the address is verified"
    zoe = User.objects.get()
    SocialAccount.objects.create(user=zoe, provider="oidc", uid="attacker")  # as if it had been possible once
    _recover()
    assert not SocialAccount.objects.exists()


def test_unexpired_email_change(attackers: Client) -> None:
    """The attacker asks for a code at their own address, and enters it after Zoe took the account back."""
    attackers.post("/account/email", {"email": "attacker@example.com", "password": "the attacker's own"})
    run_queued_jobs()
    code = next(str(one.body) for one in mail.outbox if one.to == ["attacker@example.com"]).split("\n\n")[2]
    _recover()
    attackers.force_login(User.objects.get())  # even with a session
    assert attackers.post("/account/email/confirm", {"code": code}).status_code == 422
    assert User.objects.get().email == ZOE["email"]


def test_non_verifying_provider(provider: Provider, alice: User, settings: Settings) -> None:
    """The attacker names Alice's address at a provider that does not check it."""
    User.objects.filter(pk=alice.pk).update(address_verified_at=timezone.now())
    for claims in ({"email_verified": False}, {}, {"email_verified": "true"}):
        provider.know("attacker", email=alice.email, **claims)
        browser = Client()
        assert refused(provider, browser, path_of(provider.log_in_there(began(browser), "attacker")))


def _recover() -> None:
    """Set a new password with the code that Zoe got by mail."""
    mail.outbox.clear()
    browser = Client()
    browser.post("/password/reset", {"email": ZOE["email"]})
    run_queued_jobs()
    (letter,) = (one for one in mail.outbox if one.to == [ZOE["email"]] and "new password" in str(one.body))
    code = re.findall(r"^\d{6}$", str(letter.body), re.MULTILINE)[0]
    sent = {"email": ZOE["email"], "code": code, "password": "Zoe's own password"}
    assert browser.post("/password/reset/confirm", sent).status_code == 303
