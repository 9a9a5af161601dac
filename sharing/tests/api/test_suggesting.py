"""The owner decides who may suggest wishes."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from sharing.access.capabilities import link_token
from sharing.services.links import make_link
from tests.support.api_clients import Api
from wishlists.models import Wishlist

pytestmark = pytest.mark.django_db

STATUSES = {"anyone": (201, 201, 201), "members": (201, 403, 403), "nobody": (403, 403, 403)}


@pytest.mark.parametrize("allowed", STATUSES)
def test_only_people_whom_the_owner_allows_suggest(
    api: Api, as_bob: Api, as_charlie: Api, wishlist: Wishlist, alice: User, allowed: str
) -> None:
    """Tested for a member, for a user on a public list, and for a guest by link. The page offers suggesting to the
    same people."""
    Wishlist.objects.filter(pk=wishlist.pk).update(suggestions_from=allowed, is_public=True)
    token = link_token(make_link(wishlist=wishlist, by=alice)[0])
    by_id, by_link = f"/wishlists/{wishlist.pk}/suggestions", f"/public/wishlists/suggestions?token={token}"
    answers = [
        asker("POST", path, {"title": "Tea"})
        for asker, path in ((as_bob, by_id), (as_charlie, by_id), (api, by_link))
    ]
    assert tuple(answer.status_code for answer in answers) == STATUSES[allowed]
    assert {answer.json().get("code") for answer in answers if answer.status_code == 403} <= {
        "suggestions_off"
    }
    page = Client()
    assert ("Suggest a wish" in page.get(f"/s/{token}").text) is (allowed == "anyone")
    assert page.post(f"/s/{token}/suggest", {"title": "Tea"}).status_code == (
        303 if allowed == "anyone" else 403
    )
    assert as_bob("POST", by_link, {"title": "Tea"}).status_code == STATUSES[allowed][0]
