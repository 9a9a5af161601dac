"""A real OpenID Connect provider for tests, which can be told to cheat."""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import httpx
import jwt
from django.test import Client
from oidc_provider_mock._app import app as provider_app
from oidc_provider_mock._server import _threaded_server
from pytest_django import Settings

CLIENT = "wishes"
Claims = dict[str, Any]


@dataclass
class Provider:
    """A running provider. `change` edits the claims of ID tokens, `sign` signs them in another way."""

    app: flask.Flask
    url: str = ""
    change: Callable[[Claims], Claims] | None = None
    sign: Callable[[Claims, str], str] | None = None
    verifiers: list[str] = field(default_factory=list)

    def know(self, uid: str, **claims: Any) -> None:
        httpx.put(f"{self.url}/users/{uid}", json=claims, trust_env=False).raise_for_status()

    def log_in_there(self, asked: str, uid: str) -> str:
        """Log in at the provider, and return the address to which it sends the browser back."""
        answer = httpx.post(asked, data={"sub": uid}, trust_env=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    @property
    def private_key(self) -> Any:
        with self.app.test_request_context():
            self.app.preprocess_request()
            return flask.g.oidc_provider_mock_storage.jwk

    def signed(self, claims: Claims, key: Any = None) -> str:
        """Return an ID token, signed as the provider does it."""
        own = self.private_key
        return jwt.encode(claims, key or own.get_private_key(), "RS256", {"kid": own.as_dict()["kid"]})

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        """Serve a request, and look at those for tokens."""
        if environ["PATH_INFO"] != "/oauth2/token":
            return self.app(environ, start)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.verifiers += parse_qs(body.decode()).get("code_verifier", [])
        told: list[Any] = []
        answer = self.app(environ | {"wsgi.input": BytesIO(body)}, _noting(told))
        text = b"".join(answer)
        if told[0].startswith("200") and (self.change or self.sign):
            text = self._cheat(json.loads(text))
        headers = [(name, value) for name, value in told[1] if name.lower() != "content-length"]
        start(told[0], [*headers, ("Content-Length", str(len(text)))])
        return [text]

    def _cheat(self, tokens: dict[str, Any]) -> bytes:
        claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
        claims = self.change(claims) if self.change else claims
        tokens["id_token"] = self.sign(claims, tokens["id_token"]) if self.sign else self.signed(claims)
        return json.dumps(tokens).encode()


def _noting(told: list[Any]) -> Any:
    """Return what WSGI calls with status and headers."""

    def start(status: str, headers: list[tuple[str, str]], *_error: Any) -> None:
        told.extend([status, headers])

    return start


@contextmanager
def running_provider(settings: Settings) -> Iterator[Provider]:
    """Run a provider, and configure the site with it."""
    provider = Provider(provider_app(require_nonce=True))
    with _threaded_server(provider) as server:
        provider.url = f"http://localhost:{server.server_port}"
        configure(settings, provider.url)
        yield provider


def configure(settings: Settings, issuer: str) -> None:
    app = {
        "provider_id": "oidc",
        "name": "Home",
        "client_id": CLIENT,
        "secret": "a secret",
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}, "github": {"APPS": []}}


def asked_with(address: str) -> dict[str, str]:
    """Return the parameters of a request to the provider, or of an answer of it."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def challenge_of(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def began(browser: Client, to: str = "/gifts") -> str:
    """Begin to log in, and return the address of the provider."""
    answer = browser.get(f"/api/v1/auth/oidc/oidc?next={to}")
    assert answer.status_code == 302, answer.content
    return answer["Location"]
