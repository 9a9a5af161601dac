"""Signing in with GitHub, against a server that answers as GitHub does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from django.test import Client
from oidc_provider_mock._server import _threaded_server
from pytest_django import Settings

from accounts.models import User
from accounts.tests.provider_server import asked_with, challenge_of

pytestmark = pytest.mark.django_db

ADDRESSES = [
    {"email": "old@example.com", "primary": False, "verified": True},
    {"email": "ada@example.com", "primary": True, "verified": True},
]


class GitHub:
    """Answers a request for a token, for the person, and for their addresses."""

    def __init__(self) -> None:
        self.addresses: Any = ADDRESSES
        self.verifiers: list[str] = []

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        self.verifiers += parse_qs(body).get("code_verifier", [])
        answers = {
            "/token": {"access_token": "t"},
            "/user": {"id": 7, "login": "ada", "name": "Ada"},
            "/emails": self.addresses,
        }
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(answers[environ["PATH_INFO"]]).encode()]


@pytest.fixture
def github(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    app = {
        "provider_id": "github",
        "name": "GitHub",
        "client_id": "wishes",
        "secret": "a secret",
        "settings": {"oauth_pkce_enabled": True},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}, "github": {"APPS": [app]}}
    running = GitHub()
    with _threaded_server(running) as server:
        here = f"http://localhost:{server.server_port}"
        addresses = {"access_token_url": "/token", "profile_url": "/user", "emails_url": "/emails"}
        for name, path in addresses.items():
            monkeypatch.setattr(GitHubOAuth2Adapter, name, here + path)
        yield running


def come_back(browser: Client) -> tuple[dict[str, str], Any]:
    """Return what GitHub is asked with, and the answer of our callback."""
    began = browser.get("/api/v1/auth/github?next=/gifts")["Location"]
    assert began.startswith("https://github.com/login/oauth/authorize?")
    asked = asked_with(began)
    return asked, browser.get(f"/login/github/callback?state={asked['state']}&code=c")


def test_github_signs_in_with_the_primary_verified_address(github: GitHub) -> None:
    asked, answer = come_back(Client())
    assert answer["Location"] == "/gifts"
    assert [challenge_of(one) for one in github.verifiers] == [asked["code_challenge"]]
    ada = User.objects.get()
    assert (ada.email, ada.display_name, SocialAccount.objects.get().uid) == ("ada@example.com", "Ada", "7")
    assert come_back(Client())[1]["Location"] == "/gifts"
    assert User.objects.count() == 1


@pytest.mark.parametrize("addresses", [[], [ADDRESSES[1] | {"verified": False}], [ADDRESSES[0]], {"x": 1}])
def test_without_a_primary_verified_address_nobody_gets_in(addresses: Any, github: GitHub) -> None:
    github.addresses = addresses
    assert come_back(Client())[1]["Location"] == "/login"
    assert not User.objects.exists()


def test_foreign_state_is_refused(github: GitHub) -> None:
    asked, _answer = come_back(Client())
    refused = Client().get(f"/login/github/callback?state={asked['state']}&code=c")
    assert refused["Location"] == "/login"
