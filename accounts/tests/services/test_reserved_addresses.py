"""Nobody gets the address of a deleted account. People who took one before cannot block a deletion."""

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
def test_nobody_registers_the_address_of_a_deleted_account(api: Api, alice: User, spelling: str) -> None:
    body = {"email": spelling.format(alice.pk), "password": "a long password"}
    answer = api("POST", "/auth/register", body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "reserved_address")


@pytest.mark.parametrize("spelling", SPELLINGS[:2])
def test_somebody_who_took_it_before_stops_no_deletion(alice: User, spelling: str) -> None:
    User.objects.create(email=spelling.format(alice.pk), display_name="Squatter")
    assert Api(logged_in(alice)["access_token"])("DELETE", "/users/me").status_code == 204
    alice.refresh_from_db()
    assert (alice.removed_at is not None, alice.email.endswith("@removed.invalid")) == (True, True)


def test_control_with_the_same_placeholder_it_is_refused(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.create(email=f"{alice.pk}@removed.invalid", display_name="Squatter")
    monkeypatch.setattr(people, "_placeholder", lambda user: f"{user.pk}@removed.invalid")
    api = Api(logged_in(alice)["access_token"])
    api.client.raise_request_exception = False
    assert api("DELETE", "/users/me").status_code == 500


def test_what_a_deletion_leaves_is_reserved(alice: User) -> None:
    remove_user(user=alice)
    with pytest.raises(ValidationError):
        validate_address(User.objects.get(pk=alice.pk).email)
