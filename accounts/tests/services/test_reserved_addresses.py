"""Nobody can register the placeholder address of a deleted account. Those who did before do not block a deletion."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.services import people
from accounts.services.people import remove_user
from core.mailboxes.address_checks import validate_address
from tests.support.api_clients import Api, logged_in

SPELLINGS = (
    "{}@removed.invalid",
    "{}@REMOVED.Invalid",
    "{}@removed.ｉnvalid",
    "{}\u200b@removed.inval\u00adid",
)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_placeholder_address_cannot_be_registered(api: Api, alice: User, spelling: str) -> None:
    body = {"email": spelling.format(alice.pk), "password": "a long password"}
    answer = api("POST", "/auth/register", body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "reserved_address")


@pytest.mark.parametrize("spelling", SPELLINGS[:2])
def test_taken_placeholder_address_does_not_block_a_deletion(alice: User, spelling: str) -> None:
    User.objects.create(email=spelling.format(alice.pk), display_name="Squatter")
    assert Api(logged_in(alice)["access_token"])("DELETE", "/users/me").status_code == 204
    alice.refresh_from_db()
    assert (alice.removed_at is not None, alice.email.endswith("@removed.invalid")) == (True, True)


def test_control_deletion_fails_with_the_taken_placeholder(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.create(email=f"{alice.pk}@removed.invalid", display_name="Squatter")
    monkeypatch.setattr(people, "_placeholder", lambda user: f"{user.pk}@removed.invalid")
    api = Api(logged_in(alice)["access_token"])
    api.client.raise_request_exception = False
    assert api("DELETE", "/users/me").status_code == 500


def test_address_of_a_deleted_user_is_reserved(alice: User) -> None:
    remove_user(user=alice)
    with pytest.raises(ValidationError):
        validate_address(User.objects.get(pk=alice.pk).email)
