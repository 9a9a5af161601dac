"""Tenants are isolated (G21): on every route of the API, another tenant's data answers as if it did not exist.

Mallory belongs to another tenant, and everything has gone wrong that could: the list is public, and by some mistake she
is a member of it. The control removes the tenant filter, and then every route that the filter guards must let her in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Tenant, User
from accounts.services.groups import create_group
from core.db.prepared import forget_statements
from sharing.models import Suggestion
from tests.support.api_clients import Api, logged_in
from wishlists.models import Collection, Item, Member, Wishlist, lists
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item
from wishlists.services.lists.lists import create_wishlist

Call = tuple[str, str, Any]

BEHIND_THE_WALL: list[Call] = [
    ("GET", "wishlists/{wishlist_id}", None),
    ("PATCH", "wishlists/{wishlist_id}", {"title": "x"}),
    ("PUT", "wishlists/{wishlist_id}", {"title": "x"}),
    ("DELETE", "wishlists/{wishlist_id}", None),
    ("GET", "wishlists/{wishlist_id}/delete-impact", None),
    ("GET", "wishlists/{wishlist_id}/activity", None),
    ("GET", "wishlists/{wishlist_id}/activity.csv", None),
    ("GET", "wishlists/{wishlist_id}/events", None),
    ("GET", "wishlists/{wishlist_id}/items", None),
    ("POST", "wishlists/{wishlist_id}/items", {"title": "x"}),
    ("GET", "wishlists/{wishlist_id}/items/{item_id}", None),
    ("PATCH", "wishlists/{wishlist_id}/items/{item_id}", {"reservation_status": "reserved"}),
    ("PUT", "wishlists/{wishlist_id}/items/{item_id}", {"reservation_status": "available"}),
    ("DELETE", "wishlists/{wishlist_id}/items/{item_id}", None),
    ("GET", "items/{item_id}", None),
    ("PATCH", "items/{item_id}", {"reservation_status": "reserved"}),
    ("PUT", "items/{item_id}", {"reservation_status": "available"}),
    ("DELETE", "items/{item_id}", None),
    ("GET", "wishlists/{wishlist_id}/items/{item_id}/reservations", None),
    ("POST", "wishlists/{wishlist_id}/items/{item_id}/reservations", {}),
    ("POST", "wishlists/{wishlist_id}/items/{item_id}/waiting", None),
    ("DELETE", "wishlists/{wishlist_id}/items/{item_id}/waiting", None),
    ("GET", "wishlists/{wishlist_id}/items/{item_id}/contributions", None),
    ("POST", "wishlists/{wishlist_id}/items/{item_id}/contributions", {"amount": 1}),
    ("GET", "wishlists/{wishlist_id}/budget", None),
    ("PUT", "wishlists/{wishlist_id}/budget", {"amount": 5}),
    ("PATCH", "wishlists/{wishlist_id}/budget", {"amount": 5}),
    ("DELETE", "wishlists/{wishlist_id}/budget", None),
    ("GET", "wishlists/{wishlist_id}/pot/contributions", None),
    ("POST", "wishlists/{wishlist_id}/pot/contributions", {"amount": 1}),
    ("GET", "wishlists/{wishlist_id}/collections", None),
    ("POST", "wishlists/{wishlist_id}/collections", {}),
    ("GET", "wishlists/{wishlist_id}/collections/{collection_id}", None),
    ("PATCH", "wishlists/{wishlist_id}/collections/{collection_id}", {"note": "x"}),
    ("PUT", "wishlists/{wishlist_id}/collections/{collection_id}", {"note": "x"}),
    ("DELETE", "wishlists/{wishlist_id}/collections/{collection_id}", None),
    ("GET", "wishlists/{wishlist_id}/items/{item_id}/messages", None),
    ("POST", "wishlists/{wishlist_id}/items/{item_id}/messages", {"text": "x", "lane": "givers"}),
    ("POST", "wishlists/{wishlist_id}/reveal", {"confirm": True}),
    ("GET", "wishlists/{wishlist_id}/gifts", None),
    ("GET", "wishlists/{wishlist_id}/thanks", None),
    ("GET", "wishlists/{wishlist_id}/thanks/{giver_id}", None),
    ("PUT", "wishlists/{wishlist_id}/thanks/{giver_id}", {"note": "x"}),
    ("PATCH", "wishlists/{wishlist_id}/thanks/{giver_id}", {"note": "x"}),
    ("POST", "wishlists/{wishlist_id}/thanks/{giver_id}/send", None),
    ("GET", "wishlists/{wishlist_id}/shares", None),
    ("POST", "wishlists/{wishlist_id}/shares", {"email": "alice@example.com", "role": "viewer"}),
    ("DELETE", "wishlists/{wishlist_id}/shares/{user_id}", None),
    ("GET", "wishlists/{wishlist_id}/groups", None),
    ("POST", "wishlists/{wishlist_id}/groups", {"group_id": "00000000-0000-4000-8000-000000000009"}),
    ("DELETE", "wishlists/{wishlist_id}/groups/{group_id}", None),
    ("POST", "wishlists/{wishlist_id}/invite", {"email": "zoe@example.com", "role": "viewer"}),
    ("DELETE", "wishlists/{wishlist_id}/invitations", None),
    ("GET", "wishlists/{wishlist_id}/drafts", None),
    ("POST", "wishlists/{wishlist_id}/drafts", {"title": "x"}),
    ("GET", "wishlists/{wishlist_id}/recipients", None),
    ("GET", "wishlists/{wishlist_id}/who-sees", None),
    ("GET", "wishlists/{wishlist_id}/members", None),
    ("PATCH", "wishlists/{wishlist_id}/members/{user_id}", {"role": "editor"}),
    ("PUT", "wishlists/{wishlist_id}/members/{user_id}", {"role": "editor"}),
    ("DELETE", "wishlists/{wishlist_id}/members/{user_id}", None),
    ("PUT", "wishlists/{wishlist_id}/recipients", {"user_ids": []}),
    ("PATCH", "wishlists/{wishlist_id}/recipients", {"user_ids": []}),
    ("GET", "wishlists/{wishlist_id}/public-link", None),
    ("POST", "wishlists/{wishlist_id}/public-link", {}),
    ("DELETE", "wishlists/{wishlist_id}/public-link", None),
    ("GET", "wishlists/{wishlist_id}/suggestions", None),
    ("POST", "wishlists/{wishlist_id}/suggestions", {"title": "x"}),
    ("POST", "wishlists/{wishlist_id}/suggestions/{suggestion_id}/accept", None),
    ("POST", "wishlists/{wishlist_id}/suggestions/{suggestion_id}/reject", None),
    ("GET", "shopping-lists/{shared_id}", None),
    ("PATCH", "shopping-lists/{shared_id}", {"title": "x"}),
    ("PUT", "shopping-lists/{shared_id}", {"title": "x"}),
    ("DELETE", "shopping-lists/{shared_id}", None),
    ("GET", "shopping-lists/{shared_id}/delete-impact", None),
    ("GET", "shopping-lists/{shared_id}/activity", None),
    ("GET", "shopping-lists/{shared_id}/items", None),
    ("POST", "shopping-lists/{shared_id}/items", {"title": "x"}),
    ("GET", "shopping-lists/{shared_id}/items/{thing_id}", None),
    ("PATCH", "shopping-lists/{shared_id}/items/{thing_id}", {"reservation_status": "purchased"}),
    ("PUT", "shopping-lists/{shared_id}/items/{thing_id}", {"reservation_status": "available"}),
    ("DELETE", "shopping-lists/{shared_id}/items/{thing_id}", None),
    ("GET", "shopping-lists/{shared_id}/members", None),
    ("PATCH", "shopping-lists/{shared_id}/members/{user_id}", {"role": "editor"}),
    ("PUT", "shopping-lists/{shared_id}/members/{user_id}", {"role": "editor"}),
    ("DELETE", "shopping-lists/{shared_id}/members/{user_id}", None),
    ("GET", "shopping-lists/{shared_id}/shares", None),
    ("POST", "shopping-lists/{shared_id}/shares", {"email": "alice@example.com", "role": "viewer"}),
    ("DELETE", "shopping-lists/{shared_id}/shares/{user_id}", None),
]
BESIDE_THE_WALL = {
    "": "the collections",
    "auth/login": "nobody yet",
    "auth/logout": "one's own",
    "auth/google": "nobody yet",
    "auth/github": "nobody yet",
    "auth/oidc/{provider_id}": "nobody yet",
    "auth/code": "nobody yet",
    "auth/code/confirm": "nobody yet",
    "auth/password/reset": "nobody yet",
    "auth/password/reset/confirm": "nobody yet",
    "auth/resend-code": "nobody yet",
    "auth/verify-email": "nobody yet",
    "auth/passkey": "nobody yet",
    "auth/passkey/options": "nobody yet",
    "users/me/factors": "one's own",
    "users/me/factors/app": "one's own",
    "users/me/factors/app/confirm": "one's own",
    "users/me/factors/recovery-codes": "one's own",
    "users/me/factors/passkeys": "one's own",
    "users/me/factors/passkeys/options": "one's own",
    "users/me/factors/passkeys/{passkey_id}": "one's own; accounts/tests/api/test_factors.py",
    "users/me/email": "one's own",
    "users/me/email/confirm": "one's own",
    "auth/refresh": "one's own",
    "auth/register": "nobody yet",
    "auth/ping": "the same for everybody",
    "auth/me": "one's own",
    "auth/avatar": "one's own",
    "users/me/avatar": "one's own",
    "auth/password/change": "one's own",
    "auth/token/session": "one's own",
    "users/me": "one's own",
    "users": "people of one's own tenant; accounts/tests/api/test_tenants.py",
    "users/{user_id}": "people of one's own tenant; accounts/tests/api/test_tenants.py",
    "tenants": "for super admins; accounts/tests/api/test_tenants.py",
    "tenants/{tenant_id}": "one's own, or for super admins; accounts/tests/api/test_tenants.py",
    "users/me/sessions": "one's own",
    "users/me/sessions/{session_id}": "one's own; accounts/tests/api/test_sessions.py",
    "users/me/tokens": "one's own",
    "users/me/tokens/{token_id}": "one's own; accounts/tests/api/test_api_tokens.py",
    "groups": "accounts/tests/api/test_groups.py",
    "groups/{group_id}": "accounts/tests/api/test_groups.py",
    "groups/{group_id}/invite": "accounts/tests/api/test_groups.py",
    "groups/{group_id}/invitations": "accounts/tests/api/test_groups.py",
    "groups/{group_id}/members": "accounts/tests/api/test_groups.py",
    "groups/{group_id}/members/{user_id}": "accounts/tests/api/test_groups.py",
    "reports": "what the reporter may see; moderation/tests/test_reporting.py",
    "admin/reports": "staff only; moderation/tests/test_staff_routes.py",
    "admin/reports/{report_id}": "staff only; moderation/tests/test_staff_routes.py",
    "admin/reports/{report_id}/hide": "staff only; moderation/tests/test_staff_routes.py",
    "admin/reports/{report_id}/restore": "staff only; moderation/tests/test_staff_routes.py",
    "admin/users": "staff only; moderation/tests/test_staff_routes.py",
    "admin/users/{user_id}/deactivate": "staff only; moderation/tests/test_staff_routes.py",
    "admin/users/{user_id}/reactivate": "staff only; moderation/tests/test_staff_routes.py",
    "admin/wishlists/{wishlist_id}/hide": "staff only; moderation/tests/test_staff_routes.py",
    "admin/wishlists/{wishlist_id}/restore": "staff only; moderation/tests/test_staff_routes.py",
    "admin/wishlists/{wishlist_id}/hand-over": "staff only; moderation/tests/test_staff_routes.py",
    "admin/wishlists/{wishlist_id}/giving": "staff only; moderation/tests/test_staff_routes.py",
    "users/me/export": "one's own; sharing/tests/services/test_exporting.py",
    "jobs": "one's own",
    "jobs/{job_id}": "one's own; jobs/tests/api/test_jobs.py",
    "jobs/{job_id}/file": "one's own; jobs/tests/api/test_jobs.py",
    "notifications": "one's own",
    "notifications/read-all": "one's own",
    "notifications/{notification_id}/read": "one's own; test_own_data_has_nothing_of_other_tenants",
    "inbox/events": "one's own",
    "users/me/notifications": "one's own",
    "users/me/feeds": "one's own",
    "users/me/feeds/{link_id}": "one's own; notices/tests/test_feeds.py",
    "users/me/push-subscriptions": "one's own",
    "users/me/push-subscriptions/{subscription_id}": "one's own; notices/tests/test_web_push.py",
    "webhooks": "one's own",
    "webhooks/{webhook_id}": "one's own; webhooks/tests/test_webhooks.py",
    "webhooks/{webhook_id}/deliveries": "one's own; webhooks/tests/test_webhooks.py",
    "push/key": "the same for everybody",
    "calendar/{secret}.ics": "a capability",
    "feeds/{secret}.atom": "a capability",
    "invitations": "a capability",
    "invitations/accept": "a capability; sharing/tests/services/test_inviting.py",
    "invitations/reject": "a capability; sharing/tests/services/test_inviting.py",
    "metadata": "asks other sites",
    "wishlists/{wishlist_id}/drafts/{item_id}": "one's own; tests/policies/test_drafts.py",
    "wishlists/{wishlist_id}/drafts/{item_id}/show": "one's own",
    "presets": "the same for everybody",
    "contributions": "one's own",
    "contributions/{contribution_id}": "one's own; test_own_data_has_nothing_of_other_tenants",
    "wishlists/{wishlist_id}/items/{item_id}/messages/{message_id}": "one's own; wishlists/tests/api/test_messages.py",
    "reservations": "one's own",
    "reservations.csv": "one's own",
    "reservations/checkout": "one's own; test_own_data_has_nothing_of_other_tenants",
    "reservations/{reservation_id}": "one's own; test_own_data_has_nothing_of_other_tenants",
    "exchanges": "one's own; exchanges/tests/test_exchanges.py",
    "exchanges/{exchange_id}": "exchanges/tests/test_exchanges.py",
    "exchanges/{exchange_id}/draw": "exchanges/tests/test_exchanges.py",
    "exchanges/{exchange_id}/join-link": "exchanges/tests/test_exchanges.py",
    "exchanges/{exchange_id}/join": "exchanges/tests/test_exchanges.py",
    "exchanges/{exchange_id}/me": "exchanges/tests/test_exchanges.py",
    "exchanges/{exchange_id}/mine": "exchanges/tests/test_exchanges.py",
    "exchanges/{exchange_id}/participants": "exchanges/tests/test_exchanges.py",
    "exchanges/{exchange_id}/participants/{participant_id}": "exchanges/tests/test_exchanges.py",
    "exchanges/{exchange_id}/participants/{participant_id}/link": "exchanges/tests/test_exchanges.py",
    "exchanges/{exchange_id}/exclusions": "exchanges/tests/test_exchanges.py",
    "exchanges/{exchange_id}/exclusions/{exclusion_id}": "exchanges/tests/test_exchanges.py",
    "exchanges/invitation": "a capability",
    "people": "one's own; people/tests/test_people.py",
    "people/bulk": "one's own; people/tests/test_people.py",
    "people/{person_id}": "one's own; people/tests/test_people.py",
    "people/{person_id}/restore": "one's own; people/tests/test_people.py",
    "waiting": "one's own",
    "budgets": "one's own",
    "wishlists": "test_lists_of_another_tenant_are_not_listed",
    "shopping-lists": "test_lists_of_another_tenant_are_not_listed",
    "shopping-lists/reorder": "passes over what is not one's own",
    "wishlists/reorder": "passes over what is not one's own",
    "public/wishlists": "a link is a capability: it opens the list to everybody who has it, of any tenant",
    "public/wishlists/items/{item_id}": "a capability",
    "public/wishlists/items/{item_id}/contributions": "a capability",
    "public/wishlists/items/{item_id}/messages": "a capability",
    "public/wishlists/items/{item_id}/messages/{message_id}": "a capability, and one's own",
    "public/wishlists/items/{item_id}/waiting": "a capability, and one's own",
    "public/contributions": "a capability",
    "public/contributions/{contribution_id}": "a capability",
    "public/pot/contributions": "a capability",
    "public/collections": "a capability",
    "public/who-sees": "a capability",
    "public/guests": "a capability",
    "public/wishlists/suggestions": "a capability",
    "public/reservations": "a capability",
    "public/reservations/{reservation_id}": "a capability",
    "public/guests/code": "a capability",
    "public/guests/confirm": "a capability",
    "public/guests/manage-link": "a capability",
    "public/guests/name": "a capability",
    "public/guests/take-over": "a capability",
    "public/events": "a capability",
}


@pytest.fixture
def mallory(wishlist: Wishlist, password_hash: str) -> User:
    """A person of another tenant, who is a member of Alice's public list."""
    elsewhere = Tenant.objects.create(name="Elsewhere")
    made = User.objects.create(
        email="mallory@example.com", display_name="Mallory", password=password_hash, tenant=elsewhere
    )
    Member.objects.create(wishlist=wishlist, user=made, role="editor")
    wishlist.is_public = True
    wishlist.save(update_fields=["is_public"])
    return made


@pytest.fixture
def names(wishlist: Wishlist, item: Item, bob: User) -> dict[str, Any]:
    suggestion = Suggestion.objects.create(wishlist=wishlist, suggested_by=bob, title="x")
    collection = Collection.objects.create(wishlist=wishlist, organiser=bob, currency="EUR")
    shared = create_wishlist(owner=wishlist.owner, title="Groceries", preset="shared", is_public=True)
    Member.objects.bulk_create(
        Member(wishlist=shared, user=one, role="editor") for one in User.objects.exclude(pk=shared.owner_id)
    )
    thing = add_item(wishlist=shared, by=Viewer(user=wishlist.owner), title="Milk")
    return {
        "shared_id": shared.pk,
        "thing_id": thing.pk,
        "wishlist_id": wishlist.pk,
        "item_id": item.pk,
        "user_id": bob.pk,
        "suggestion_id": suggestion.pk,
        "collection_id": collection.pk,
        "giver_id": bob.pk,
        "group_id": create_group(by=wishlist.owner, name="Family").pk,
    }


def ask(api: Api, call: Call, names: dict[str, Any]) -> int:
    method, path, body = call
    return api(method, "/" + path.format(**names), body).status_code


def answers(user: User, names: dict[str, Any]) -> dict[str, int]:
    """Return this person's answers on each guarded route. Effects of a call are rolled back before the next one."""
    api = Api(logged_in(user)["access_token"])
    statuses = {}
    for call in BEHIND_THE_WALL:
        with transaction.atomic():
            statuses[f"{call[0]} {call[1]}"] = ask(api, call, names)
            transaction.set_rollback(True)
    assert len(statuses) == len(BEHIND_THE_WALL)
    return statuses


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        found |= routes(pattern.url_patterns, address) if isinstance(pattern, URLResolver) else {address}
    return found


@pytest.fixture
def in_tenant_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any], None]]:
    """Replace the filter. Statements prepared with the replacement are dropped when the test ends."""

    def replace(matching: Any) -> None:
        monkeypatch.setattr(lists, "in_tenant_of", matching)
        forget_statements()

    yield replace
    monkeypatch.undo()
    forget_statements()


def everywhere(user: User, at: str = "") -> Q:
    """Use the tenant in the statement, because a prepared statement needs a place for it, and accept any tenant."""
    theirs = Q(**{f"{at}tenant_id": user.tenant_id})
    return theirs | ~theirs


def named_as_in_urls(path: str) -> str:
    return path.replace("{shared_id}", "{wishlist_id}").replace("{thing_id}", "{item_id}")


def test_every_route_is_guarded_or_exempt() -> None:
    api = {address for address in routes(get_resolver().url_patterns) if address.startswith("api/v1")}
    spelled = {re.sub(r"<\w+:(\w+)>", r"{\1}", address) for address in api}
    known = {named_as_in_urls(path) for _method, path, _body in BEHIND_THE_WALL} | set(BESIDE_THE_WALL)
    assert {address.removeprefix("api/v1").removeprefix("/") for address in spelled} == known


def test_other_tenant_gets_404_on_every_guarded_route(mallory: User, names: dict[str, Any]) -> None:
    assert {call: status for call, status in answers(mallory, names).items() if status != 404} == {}


def test_control_every_guarded_route_answers_without_the_filter(
    mallory: User, names: dict[str, Any], in_tenant_of: Callable[[Any], None]
) -> None:
    in_tenant_of(everywhere)
    assert [call for call, status in answers(mallory, names).items() if status == 404] == []


def test_lists_of_another_tenant_are_not_listed(
    mallory: User, wishlist: Wishlist, in_tenant_of: Callable[[Any], None]
) -> None:
    api = Api(logged_in(mallory)["access_token"])
    assert api("GET", "/wishlists").json() == []
    in_tenant_of(everywhere)
    assert len(api("GET", "/wishlists").json()) == 1


def test_own_data_has_nothing_of_other_tenants(mallory: User, bob: User, names: dict[str, Any]) -> None:
    as_bob, as_mallory = (Api(logged_in(user)["access_token"]) for user in (bob, mallory))
    mine = as_bob("POST", "/wishlists/{wishlist_id}/items/{item_id}/reservations".format(**names)).json()
    [notice] = as_bob("GET", "/notifications").json()
    as_bob("POST", "/wishlists/{wishlist_id}/pot/contributions".format(**names), {"amount": 1})
    [money] = as_bob("GET", "/contributions").json()
    assert as_mallory("DELETE", f"/contributions/{money['id']}").status_code == 404
    assert as_mallory("GET", f"/reservations/{mine['id']}").status_code == 404
    assert as_mallory("POST", "/reservations/checkout", {"ids": [mine["id"]]}).status_code == 404
    assert len(as_mallory("GET", "/reservations.csv").text.splitlines()) == 1
    assert as_mallory("PATCH", f"/notifications/{notice['id']}/read").status_code == 404
    assert as_mallory("GET", "/reservations").json() == []


def test_sharing_with_another_tenant_is_refused(mallory: User, alice: User, names: dict[str, Any]) -> None:
    call = ("POST", "wishlists/{wishlist_id}/shares", {"email": mallory.email, "role": "viewer"})
    assert ask(Api(logged_in(alice)["access_token"]), call, names) == 404
