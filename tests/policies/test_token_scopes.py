"""What personal API tokens may do: every route of the API declares it, and no token goes beyond its user."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from accounts.access.scopes import DESCRIPTIONS, Scope, TokenAccess
from accounts.api.authentication import SessionTokenAuthentication
from accounts.models import User
from accounts.services.api_tokens import make_api_token
from tests.support.api_clients import Api, refused
from tests.support.everything import Everything, everything
from tests.twin_worlds.routes import API, methods_of
from wishlists.models import Item, Wishlist

__all__ = ["everything"]

pytestmark = pytest.mark.once


def views(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, type[APIView]]]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            function: Any = pattern.callback
            view = getattr(function, "cls", None) or getattr(function, "view_class", None)
            if isinstance(view, type) and issubclass(view, APIView):
                yield address, view


def undeclared(found: list[tuple[str, type[APIView]]]) -> list[str]:
    return [
        address for address, view in found if not isinstance(getattr(view, "token_access", None), TokenAccess)
    ]


def test_every_view_declares_its_scopes() -> None:
    found = list(views(get_resolver().url_patterns))
    assert len(found) > 60
    assert undeclared(found) == []


def test_control_undeclared_view_is_named() -> None:
    class Planted(APIView):
        pass

    assert undeclared([("api/v1/planted", Planted)]) == ["api/v1/planted"]


def test_views_that_read_credentials_read_them_where_scopes_are_checked() -> None:
    """A view with another way to authenticate would have to check scopes by itself."""
    for address, view in views(get_resolver().url_patterns):
        ways = {way.__name__ for way in view.authentication_classes}
        assert ways <= {SessionTokenAuthentication.__name__, "PageSessionAuthentication"}, address


def test_scopes_are_described() -> None:
    assert set(DESCRIPTIONS) == set(Scope)


def needs_nothing(everything: Everything, scopes: list[Scope], user: User) -> set[str]:
    """Return the calls that a token with these scopes may send. What they answer doesn't matter."""
    _token, secret = make_api_token(user=user, name="x", scopes=scopes)
    everything.people["token"] = Api(secret)
    everything.own["token"] = everything.own["bob"]
    allowed = set()
    for route in API:
        for method in methods_of(route):
            answer = everything.ask("token", method, route, {})
            if answer.status_code != 403 or refused(answer)[1] not in ("scope_missing", "log_in_only"):
                allowed.add(f"{method} {route}")
    return allowed


def test_token_without_scopes_reaches_nothing_of_anybody(everything: Everything, bob: User) -> None:
    open_to_all = needs_nothing(everything, [], bob)
    assert {call for call in open_to_all if not call.partition(" ")[2].startswith("auth/")} == {
        "GET ",
        "GET invitations",  # its token is what lets somebody in
        "GET presets",
    }


CREDENTIALS = {
    "DELETE auth/me",
    "DELETE users/me",
    "POST auth/password/change",
    "GET users/me/sessions",
    "DELETE users/me/sessions",
    "DELETE users/me/sessions/{session_id}",
    "GET users/me/factors",
    "POST users/me/factors/app",
    "DELETE users/me/factors/app",
    "POST users/me/factors/app/confirm",
    "POST users/me/factors/recovery-codes",
    "POST users/me/factors/passkeys",
    "POST users/me/factors/passkeys/options",
    "PATCH users/me/factors/passkeys/{passkey_id}",
    "PUT users/me/factors/passkeys/{passkey_id}",
    "DELETE users/me/factors/passkeys/{passkey_id}",
    "GET users/me/tokens",
    "POST users/me/email",
    "POST users/me/email/confirm",
    "POST users/me/tokens",
    "DELETE users/me/tokens/{token_id}",
    "POST users/me/export",
    "GET users/me/feeds",
    "POST users/me/feeds",
    "DELETE users/me/feeds/{link_id}",
    "GET webhooks",
    "POST webhooks",
    "GET webhooks/{webhook_id}",
    "PUT webhooks/{webhook_id}",
    "PATCH webhooks/{webhook_id}",
    "DELETE webhooks/{webhook_id}",
    "GET webhooks/{webhook_id}/deliveries",
    "GET jobs/{job_id}/file",
    "DELETE jobs/{job_id}/file",
}


MANAGING = re.compile(r"admin/|tenants\b|users(/\{user_id\}|$)")
"""Routes of staff and of administrators. They are for people who log in."""


def test_token_with_all_scopes_reaches_everything_but_credentials(everything: Everything, bob: User) -> None:
    calls = {f"{method} {route}" for route in API for method in methods_of(route)}
    of_staff = {call for call in calls if MANAGING.match(call.partition(" ")[2])}
    assert calls - needs_nothing(everything, list(Scope), bob) == CREDENTIALS | of_staff


# --- what a token may do on a list ---------------------------------------------------------------------------------


def token_of(user: User, *scopes: Scope) -> Api:
    return Api(make_api_token(user=user, name="x", scopes=scopes or list(Scope))[1])


def test_token_acts_as_its_user(alice: User, wishlist: Wishlist) -> None:
    token = token_of(alice)
    assert token("GET", "/users/me").json()["email"] == alice.email
    assert [row["id"] for row in token("GET", "/wishlists").json()] == [str(wishlist.pk)]
    assert token("POST", f"/wishlists/{wishlist.pk}/items", {"title": "Lamp"}).status_code == 201


def test_missing_scope_is_named(alice: User, wishlist: Wishlist) -> None:
    token = token_of(alice, Scope.LISTS_READ)
    answer = token("POST", f"/wishlists/{wishlist.pk}/items", {"title": "Lamp"})
    assert refused(answer) == (403, "scope_missing")
    assert "lists:write" in answer.json()["detail"]
    assert token("GET", f"/wishlists/{wishlist.pk}/items").status_code == 200


def test_item_needs_the_scope_of_each_field(alice: User, bob: User, item: Item) -> None:
    giving, writing, both = (
        token_of(bob, *scopes)
        for scopes in ([Scope.GIVING], [Scope.LISTS_WRITE], [Scope.GIVING, Scope.LISTS_WRITE])
    )
    path, reserve, title = f"/items/{item.pk}", {"reservation_status": "reserved"}, {"title": "Pot"}
    answer = giving("PATCH", path, reserve | title)
    assert (refused(answer), "lists:write" in answer.json()["detail"]) == ((403, "scope_missing"), True)
    answer = writing("PATCH", path, reserve)
    assert (refused(answer), "“giving”" in answer.json()["detail"]) == ((403, "scope_missing"), True)
    assert giving("PATCH", path, reserve).status_code == 200
    assert refused(both("PATCH", path, title)) == (403, "editor_only"), (
        "no scope gives more than the user has"
    )
    assert token_of(alice, Scope.LISTS_WRITE)("PATCH", path, title).status_code == 200


def test_token_is_no_stranger_where_everybody_may_read(
    as_alice: Api, alice: User, wishlist: Wishlist
) -> None:
    """Without the scope it is refused: as an anonymous reader, a recipient would see what givers see."""
    link = as_alice("POST", f"/wishlists/{wishlist.pk}/public-link", {}).json()["token"]
    path = f"/public/wishlists?token={link}"
    assert refused(token_of(alice, Scope.ACCOUNT)("GET", path)) == (403, "scope_missing")
    assert token_of(alice, Scope.LISTS_READ)("GET", path).status_code == 200
