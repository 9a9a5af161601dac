"""Links and suggestions in the admin: found, revoked through the service, and never shown with a token."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import Tenant, User
from sharing.access.capabilities import link_token
from sharing.models import PublicLink, Suggestion
from sharing.services.suggestions import suggest_item
from sharing.tests.conftest import refused
from tests.support.api_clients import Api
from wishlists.models import Activity, Wishlist
from wishlists.models.viewers import Viewer

pytestmark = pytest.mark.both

LINKS = "admin:sharing_publiclink_changelist"
SUGGESTIONS = "admin:sharing_suggestion_changelist"


def staff(name: str, **fields: object) -> User:
    return User.objects.create(email=f"{name}@example.com", display_name=name, is_staff=True, **fields)


def browsing(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def moderator(db: None) -> User:
    """A moderator of the default tenant who may see links and suggestions, and who is no superuser."""
    made = staff("mod")
    made.user_permissions.set(Permission.objects.filter(codename__in=["view_publiclink", "view_suggestion"]))
    return made


@pytest.fixture
def suggestion(wishlist: Wishlist, bob: User) -> Suggestion:
    return suggest_item(wishlist=wishlist, by=Viewer(user=bob), title="Cheap watches")


def test_search_finds_links_and_shows_no_token(moderator: User, link: PublicLink, token: str) -> None:
    client = browsing(moderator)
    found = client.get(
        reverse(LINKS), {"q": "birthday", "revoked_at__isempty": "1", "max_views__isempty": "1"}
    )
    opened = client.get(reverse("admin:sharing_publiclink_change", args=[link.pk]))
    for page in (found, opened):
        assert page.status_code == 200
        assert "birthday" in page.content.decode()
        assert token not in page.content.decode()
    assert (
        "birthday"
        not in client.get(reverse(LINKS), {"q": "wedding"}).content.decode().split("result_list")[-1]
    )


def test_revoking_needs_a_reason_and_is_logged(
    moderator: User, link: PublicLink, token: str, anybody: Api
) -> None:
    client = browsing(moderator)
    form = {"action": "revoke", "_selected_action": [str(link.pk)]}

    asked = client.post(reverse(LINKS), form)
    assert asked.status_code == 200
    link.refresh_from_db()
    assert link.revoked_at is None
    client.post(reverse(LINKS), form | {"reason": "spam"})
    assert refused(anybody("GET", f"/public/wishlists?token={token}")) == (403, "link_revoked")
    row = Activity.objects.get(kind="moderation_link_revoked")
    assert (row.user, row.circle, row.detail) == (
        moderator,
        "moderators",
        {"link": str(link.pk), "reason": "spam"},
    )
    client.post(reverse(LINKS), form | {"reason": "again"})
    assert Activity.objects.filter(kind="moderation_link_revoked").count() == 1


def test_moderator_removes_a_suggestion(moderator: User, suggestion: Suggestion) -> None:
    client = browsing(moderator)
    assert "Cheap watches" in client.get(reverse(SUGGESTIONS), {"q": "watches"}).content.decode()
    for _ in range(2):
        client.post(reverse(SUGGESTIONS), {"action": "take_away", "_selected_action": [str(suggestion.pk)]})
    suggestion.refresh_from_db()
    assert suggestion.status == "rejected"
    assert Activity.objects.filter(kind="moderation_suggestion_rejected", user=moderator).count() == 1


def test_admin_is_read_only(link: PublicLink, suggestion: Suggestion) -> None:
    client = browsing(staff("root", is_superuser=True))
    for row in (link, suggestion):
        name = f"admin:sharing_{row._meta.model_name}"
        assert client.get(reverse(f"{name}_add")).status_code == 403
        assert client.get(reverse(f"{name}_delete", args=[row.pk])).status_code == 403
        assert client.post(reverse(f"{name}_change", args=[row.pk]), {"title": "x"}).status_code == 403


def test_staff_see_their_tenant_only(moderator: User, link: PublicLink, suggestion: Suggestion) -> None:
    moderator.tenant = Tenant.objects.create(name="Elsewhere")
    moderator.save()
    client = browsing(moderator)
    superuser = browsing(staff("root", is_superuser=True))
    for row in (link, suggestion):
        name = f"admin:sharing_{row._meta.model_name}"
        assert str(row.pk) in superuser.get(reverse(f"{name}_changelist")).content.decode()
        assert str(row.pk) not in client.get(reverse(f"{name}_changelist")).content.decode()
        assert superuser.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200
        assert client.get(reverse(f"{name}_change", args=[row.pk])).status_code == 302
    client.post(reverse(LINKS), {"action": "revoke", "_selected_action": [str(link.pk)], "reason": "spam"})
    link.refresh_from_db()
    assert link.revoked_at is None
    assert link_token(link) not in superuser.get(reverse(LINKS)).content.decode()
