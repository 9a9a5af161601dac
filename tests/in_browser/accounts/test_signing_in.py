"""Authenticator apps and passkeys in a real browser, which has a virtual authenticator (docs/signing-in.md)."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import httpx
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.socialaccount.models import SocialAccount
from oidc_provider_mock import run_server_in_thread
from playwright.sync_api import CDPSession, Page, expect

from accounts.models import AccountActivity, User
from conftest import PASSWORD
from tests.in_browser.conftest import OpenWindow
from tests.support.running.live import StartSite
from tests.support.running.site import Site

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

GIFTS = re.compile(r"^[^?]+/gifts$")
"""The page, and not the log-in that leads to it."""

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def shown_site(start_site: StartSite) -> Site:
    """A site at `localhost`: passkeys belong to a host name, and an address is none."""
    started = start_site(SITE_URL="http://localhost")
    return replace(started, url=f"http://localhost:{started.port}")


def plug_in(page: Page, **options: object) -> tuple[CDPSession, str]:
    """Give the browser of `page` an authenticator."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | options})
    return session, made["authenticatorId"]


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(lambda url: "/account" not in url)


def add_passkey(page: Page) -> None:
    page.goto("/account/security/passkeys")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("Name of the passkey").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()


def test_passkey_is_set_up_and_logs_in_without_a_password(open_window: OpenWindow, bob: User) -> None:
    page = open_window("/account", by=bob)
    plug_in(page)
    add_passkey(page)
    expect(page.locator("#recovery-codes code")).to_have_count(10)
    page.goto("/account/security")
    expect(page.get_by_role("link", name="Remove : My laptop")).to_be_visible()
    log_out(page)
    page.goto("/login?next=/gifts")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(GIFTS)
    kept = AccountActivity.objects.filter(kind="account_logged_in").latest("created_at")
    assert (kept.user, kept.detail) == (bob, {"method": "passkey"})


def test_passkey_is_a_second_factor_too(open_window: OpenWindow, bob: User) -> None:
    page = open_window("/account", by=bob)
    plug_in(page)
    add_passkey(page)
    expect(page.locator("#recovery-codes code")).to_have_count(10)
    log_out(page)
    page.goto("/login?next=/gifts")
    page.get_by_label("E-mail address").fill(bob.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/login/second-factor")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(GIFTS)


def test_device_that_does_not_know_its_owner_logs_nobody_in(open_window: OpenWindow, bob: User) -> None:
    page = open_window("/account", by=bob)
    session, device = plug_in(page)
    add_passkey(page)
    expect(page.locator("#recovery-codes code")).to_have_count(10)
    log_out(page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.goto("/login")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert AccountActivity.objects.filter(kind="account_logged_in").count() == 1


def test_passkey_of_a_removed_key_is_refused(open_window: OpenWindow, bob: User) -> None:
    page = open_window("/account", by=bob)
    plug_in(page)
    add_passkey(page)
    expect(page.locator("#recovery-codes code")).to_have_count(10)
    Authenticator.objects.all().delete()
    log_out(page)
    page.goto("/login")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("#messages")).to_contain_text("couldn't be checked")


def test_app_is_set_up_and_asked_for(open_window: OpenWindow, bob: User) -> None:
    page = open_window("/account/security/app", by=bob)
    secret = page.locator("#secret").inner_text()

    def shown() -> str:
        return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))

    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("Code from the app").fill(shown())
    page.get_by_role("button", name="Set up").click()
    expect(page.locator("#recovery-codes code")).to_have_count(10)
    log_out(page)
    page.goto("/login?next=/gifts")
    page.get_by_label("E-mail address").fill(bob.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("Code", exact=True).fill(shown())
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(GIFTS)


def test_provider_is_switched_on_by_variables_alone(
    open_window: OpenWindow, start_site: StartSite, db: None
) -> None:
    """Log in and connect with a real provider: the content policy of our pages lets both happen."""
    with run_server_in_thread(require_nonce=True) as server:
        issuer = f"http://localhost:{server.server_port}"
        httpx.put(
            f"{issuer}/users/zoe",
            json={"email": "zoe@example.com", "email_verified": True, "name": "Zoe"},
            trust_env=False,
        )
        started = start_site(
            OIDC_ISSUER=issuer, OIDC_CLIENT_ID="wishes", OIDC_CLIENT_SECRET="s", OIDC_NAME="Home"
        )
        page = open_window("/login?next=/gifts", at=started)
        page.get_by_role("link", name="Log in with Home").click()
        log_in_there(page, "zoe")
        page.wait_for_url(GIFTS)
        zoe = User.objects.get(email="zoe@example.com")
        zoe.set_password(PASSWORD)
        zoe.save()
        SocialAccount.objects.all().delete()
        page = open_window("/account/connections", by=zoe, at=started)
        page.get_by_role("link", name="Connect Home").click()
        page.get_by_label("Your password").fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("button", name="Go to Home").click()
        log_in_there(page, "zoe")
        expect(page.get_by_role("link", name="Remove : Home")).to_be_visible()
    assert SocialAccount.objects.get().user == zoe


def log_in_there(page: Page, uid: str) -> None:
    page.locator("input[name=sub]").fill(uid)
    page.locator("button:not([value=deny])").first.click()
