"""Ask a provider who somebody is: OpenID Connect (Google included) and GitHub, with allauth's clients.

    begin(request, provider_id, process, to) -> redirect to the provider      raises NotFound, ProviderDown
    identity_in(request, provider_id) -> Identity, State                      raises ProviderRefused, ProviderDown
    provider_names() -> {id: name}                                            those that are configured

State, PKCE verifier and nonce are in the session of the browser that began, and good for one answer. allauth does not check
the signature of an ID token that it fetched itself, and knows no nonce; here both are checked.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

import jwt
import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.refusals import ProviderDown, ProviderRefused
from core.errors.refusals import NotFound

LOG_IN, CONNECT = "login", "connect"
SIGNED_WITH = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
CLOCKS_DIFFER_BY = 60

_BROKEN = (
    OAuth2Error,
    ProviderException,
    ImmediateHttpResponse,
    jwt.PyJWTError,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
)
"""What comes of an answer that no honest provider gives."""


@dataclass(frozen=True)
class Identity:
    """Who the provider says that it is."""

    provider: str
    uid: str
    email: str
    is_verified: bool
    """Whether the provider says that the address is theirs."""
    name: str
    groups: tuple[str, ...] | None = None
    """None if the provider says nothing about groups."""


@dataclass(frozen=True)
class State:
    """What was remembered when somebody began."""

    process: str
    to: str
    user: str
    """The key of the user who wants to connect, otherwise empty."""


def provider_names() -> dict[str, str]:
    configured: dict[str, Any] = settings.SOCIALACCOUNT_PROVIDERS
    apps = [app for one in configured.values() for app in one["APPS"]]
    return {app["provider_id"]: app["name"] for app in apps}


def begin(request: HttpRequest, provider_id: str, process: str, to: str, user: str = "") -> HttpResponse:
    """Return the redirect to the provider."""
    provider, nonce = _provider(request, provider_id), secrets.token_urlsafe(24)
    params = provider.get_auth_params() | ({} if provider_id == "github" else {"nonce": nonce})
    try:
        answer: HttpResponse = provider.redirect(
            request, process, next_url=to, data={"user": user}, auth_params=params, nonce=nonce
        )
    except (requests.RequestException, *_BROKEN) as error:
        raise ProviderDown from error
    return answer


def identity_in(request: HttpRequest, provider_id: str) -> tuple[Identity, State]:
    """Check what the provider sent this browser back with."""
    provider = _provider(request, provider_id)
    kept = statekit.unstash_state(request, state_id=request.GET.get("state", ""), provider_id=provider.sub_id)
    if kept is None or "error" in request.GET or not request.GET.get("code"):
        raise ProviderRefused
    try:
        found = _exchange(request, provider, kept)
    except requests.HTTPError as error:
        raise ProviderRefused from error
    except requests.RequestException as error:
        raise ProviderDown from error
    except _BROKEN as error:
        raise ProviderRefused from error
    return found, State(kept["process"], kept.get("next", ""), (kept.get("data") or {}).get("user", ""))


def _provider(request: HttpRequest, provider_id: str) -> Any:
    if provider_id not in provider_names():
        raise NotFound
    try:
        return get_adapter(request).get_provider(request, provider=provider_id)
    except SocialApp.DoesNotExist as error:
        raise NotFound from error


def _exchange(request: HttpRequest, provider: Any, kept: dict[str, Any]) -> Identity:
    adapter, app = provider.get_oauth2_adapter(request), provider.app
    client = adapter.get_client(request, app)
    answer = adapter.get_access_token_data(
        request, app, client, pkce_code_verifier=kept["pkce_code_verifier"]
    )
    if provider.id == "github":
        return _of_github(request, adapter, app, answer)
    claims = verified_claims(answer["id_token"], adapter.openid_config, app, kept["nonce"])
    if "email" not in claims and "userinfo_endpoint" in adapter.openid_config:
        more = adapter._fetch_user_info(answer["access_token"])
        if more.get("sub") != claims["sub"]:
            raise OAuth2Error("userinfo of somebody else")
        claims = more | claims
    return _of_claims(provider.sub_id, claims)


def verified_claims(token: str, config: dict[str, Any], app: SocialApp, nonce: str) -> dict[str, Any]:
    """Return the claims of an ID token: signed by this provider, for us, for this log-in, and still good."""
    issuer = app.settings["server_url"].rstrip("/")
    if config["issuer"].rstrip("/") != issuer:
        raise OAuth2Error("another issuer")
    claims: dict[str, Any] = jwt.decode(
        token,
        _key(token, config["jwks_uri"]),
        algorithms=list(SIGNED_WITH),
        audience=app.client_id,
        issuer=config["issuer"],
        leeway=CLOCKS_DIFFER_BY,
        options={"require": ["exp", "iat", "iss", "aud", "sub"]},
    )
    if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise OAuth2Error("the token of another log-in")
    if claims.get("azp", app.client_id) != app.client_id:
        raise OAuth2Error("the token of another client")
    return claims


def _key(token: str, address: str) -> Any:
    """Return the public key that the token names. A provider with a single key may leave its name out."""
    header = jwt.get_unverified_header(token)
    if header["alg"] not in SIGNED_WITH:
        raise OAuth2Error("another kind of signature")
    with get_adapter().get_requests_session() as session:
        answer = session.get(address)
        answer.raise_for_status()
    keys = [one for one in answer.json()["keys"] if one.get("kty") != "oct"]
    if "kid" in header:
        keys = [one for one in keys if one.get("kid") == header["kid"]]
    if len(keys) != 1:
        raise OAuth2Error("an unknown key, or several")
    return jwt.PyJWK.from_json(json.dumps({"alg": header["alg"]} | keys[0])).key


def _of_claims(provider_id: str, claims: dict[str, Any]) -> Identity:
    groups = claims.get(settings.OIDC_GROUPS_CLAIM)
    return Identity(
        provider=provider_id,
        uid=str(claims["sub"]),
        email=str(claims.get("email") or ""),
        is_verified=claims.get("email_verified") is True,
        name=str(claims.get("name") or claims.get("preferred_username") or ""),
        groups=tuple(map(str, groups)) if isinstance(groups, list) and provider_id != "google" else None,
    )


def _of_github(request: HttpRequest, adapter: Any, app: SocialApp, answer: dict[str, Any]) -> Identity:
    """GitHub has no ID tokens: ask it for the person of this access token."""
    login = adapter.complete_login(request, app, adapter.parse_token(answer), response=answer)
    primary = [one for one in login.email_addresses if one.primary and one.verified]
    data = login.account.extra_data
    return Identity(
        provider="github",
        uid=str(login.account.uid),
        email=primary[0].email if primary else "",
        is_verified=bool(primary),
        name=str(data.get("name") or data.get("login") or ""),
    )
