"""Moderators, and reports by people who gave on a list."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from moderation.models import Report
from tests.support.api_clients import Api, logged_in
from wishlists.models import Item, Message
from wishlists.models.viewers import Viewer
from wishlists.services.lists.messages import add_message


@pytest.fixture
def moderator(db: None, password_hash: str) -> User:
    """A superuser who is on no list."""
    return User.objects.create(
        email="mod@example.com", display_name="Mod", password=password_hash, is_staff=True, is_superuser=True
    )


@pytest.fixture
def as_mod(moderator: User) -> Api:
    return Api(logged_in(moderator)["access_token"])


@pytest.fixture
def staff_alice(alice: User) -> Api:
    """Alice, the recipient, who is a superuser as well."""
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    return Api(logged_in(alice)["access_token"])


@pytest.fixture
def in_admin(moderator: User) -> Client:
    client = Client()
    client.force_login(moderator)
    return client


@pytest.fixture
def hushed(item: Item, bob: User) -> Message:
    """A message among givers."""
    return add_message(item=item, by=Viewer(user=bob), lane="givers", text="I take the kettle, fools")


def sent(api: Api, target: str, pk: object, query: str = "", **fields: str) -> Report:
    """Send a report and return it."""
    body = {"target": target, "target_id": str(pk), "reason": "abuse"} | fields
    answer = api("POST", f"/reports{query}", body)
    assert answer.status_code == 201, answer.text
    return Report.objects.get(pk=answer.json()["id"])
