"""Invitations by e-mail: only the invited address can accept, and nobody learns who has an account."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Notification, Tenant, User
from core.limits.rate_limits import INVITATIONS
from sharing.access.invitation_tokens import GOOD_FOR, TOKEN_LENGTH, clean_token, read_invitation
from tests.support.api_clients import Api, logged_in, refused
from tests.support.workers import run_queued_jobs
from wishlists.models import Activity, Member, Wishlist
from wishlists.services.lists.lists import remove_wishlist

EDITOR = {"role": "editor"}


@pytest.fixture
def as_dora(dora: User) -> Api:
    return Api(logged_in(dora)["access_token"])


@pytest.fixture
def dora(db: None, password_hash: str) -> User:
    return User.objects.create(email="Dora@example.com", display_name="Dora", password=password_hash)


def invited(as_alice: Api, wishlist: Wishlist, email: str, role: str = "viewer", **more: Any) -> str:
    """Send an invitation and return the token from the mail."""
    answer = as_alice("POST", f"/wishlists/{wishlist.pk}/invite", {"email": email, "role": role, **more})
    assert answer.status_code == 202, answer.text
    mail.outbox.clear()
    run_queued_jobs()
    [letter] = mail.outbox
    assert letter.to == [email]
    [token] = re.findall(r"/join/([\w-]+)", str(letter.body))
    return str(token)


def accept(api: Api, token: str) -> Any:
    return api("POST", "/invitations/accept", {"token": token})


def places(wishlist: Wishlist, user: User) -> int:
    return Member.objects.live().filter(wishlist=wishlist, user=user).count()


def test_invited_person_previews_accepts_and_accepts_again(
    as_alice: Api, as_dora: Api, api: Api, alice: User, dora: User, wishlist: Wishlist
) -> None:
    token = invited(as_alice, wishlist, "dora@EXAMPLE.com", "editor")
    assert len(token) == TOKEN_LENGTH
    seen = api("GET", f"/invitations?token={token}")
    assert seen["Cache-Control"] == "no-store"
    shown = seen.json()
    assert shown.pop("expires_at")
    assert shown == {
        "kind": "list",
        "title": "Alice's birthday",
        "role": "editor",
        "is_recipient": False,
        "inviter": {"id": str(alice.pk), "display_name": "Alice", "avatar_url": None},
    }
    answers = [accept(as_dora, token) for _ in range(2)]
    assert [answer.json() for answer in answers] == [{"wishlist_id": str(wishlist.pk), "role": "editor"}] * 2
    assert as_dora("GET", f"/wishlists/{wishlist.pk}").json()["my_role"] == "editor"
    told = Notification.objects.filter(user=alice, kind="invitation_accepted")
    assert [notice.title for notice in told] == ["Dora joined “Alice's birthday”"]
    kinds = Activity.objects.filter(wishlist=wishlist).values_list("kind", flat=True)
    assert {"person_invited", "invitation_accepted"} <= set(kinds)


def test_mail_contains_nothing_that_the_inviter_typed(as_alice: Api, wishlist: Wishlist) -> None:
    """Anybody can enter any address, so invitations must not carry advertisements."""
    invited(as_alice, wishlist, "stranger@example.org")
    [letter] = mail.outbox
    assert "Alice" not in f"{letter.subject}{letter.body}"


def test_answer_rows_and_statements_are_the_same_for_known_and_unknown_addresses(
    as_alice: Api, dora: User, wishlist: Wishlist
) -> None:
    seen = []
    with time_machine.travel(timezone.now(), tick=False):
        for email in ("warm-up@example.com", dora.email, "nobody@example.com"):
            known = set(Activity.objects.values_list("pk", flat=True))
            with CaptureQueriesContext(connection) as statements:
                answer = as_alice(
                    "POST", f"/wishlists/{wishlist.pk}/invite", {"email": email, "role": "viewer"}
                )
            rows = [row.kind for row in Activity.objects.exclude(pk__in=known)]
            headers = {name: text for name, text in answer.headers.items() if name != "X-Request-ID"}
            text = answer.text.replace(email, "ADDRESS")
            headers.pop("Content-Length", None)
            seen.append((answer.status_code, text, headers, rows, len(statements)))
    assert seen[1] == seen[2]
    assert seen[1][0] == 202


def test_forwarded_invitation_is_refused(
    as_alice: Api, as_bob: Api, as_charlie: Api, charlie: User, dora: User, wishlist: Wishlist
) -> None:
    token = invited(as_alice, wishlist, dora.email)
    for path in ("accept", "reject"):
        assert refused(as_charlie("POST", f"/invitations/{path}", {"token": token})) == (403, "other_address")
    assert places(wishlist, charlie) == 0
    assert refused(accept(as_bob, token)) == (403, "other_address")  # members, too


def test_address_must_be_verified(
    as_alice: Api, as_dora: Api, dora: User, wishlist: Wishlist, settings: Settings
) -> None:
    token = invited(as_alice, wishlist, dora.email)
    settings.VERIFY_ADDRESSES = True
    assert refused(accept(as_dora, token)) == (403, "other_address")
    User.objects.filter(pk=dora.pk).update(address_verified_at=timezone.now())
    assert accept(as_dora, token).status_code == 200


def test_account_of_another_tenant_is_refused(
    as_alice: Api, dora: User, as_dora: Api, wishlist: Wishlist
) -> None:
    token = invited(as_alice, wishlist, dora.email)
    dora.tenant = Tenant.objects.create(name="Elsewhere")
    dora.save(update_fields=["tenant"])
    assert refused(accept(as_dora, token)) == (403, "other_address")


def test_expired_revoked_and_orphaned_invitations_are_over(
    as_alice: Api, as_dora: Api, api: Api, alice: User, dora: User, wishlist: Wishlist
) -> None:
    token = invited(as_alice, wishlist, dora.email)

    def over() -> list[tuple[int, str]]:
        return [refused(accept(as_dora, token)), refused(api("GET", f"/invitations?token={token}"))]

    with time_machine.travel(timezone.now() + GOOD_FOR + timedelta(seconds=1)):
        assert refused(api("GET", f"/invitations?token={token}")) == (410, "invitation_over")
    assert as_alice("DELETE", f"/wishlists/{wishlist.pk}/invitations").status_code == 204
    assert over() == [(410, "invitation_over")] * 2
    token = invited(as_alice, wishlist, dora.email)
    assert api("GET", f"/invitations?token={token}").status_code == 200
    remove_wishlist(wishlist=wishlist, by=alice)
    assert over() == [(410, "invitation_over")] * 2
    assert refused(api("GET", f"/invitations?token=B{token[1:]}")) == (404, "no_such_invitation")
    assert refused(api("GET", "/invitations")) == (404, "no_such_invitation")


def test_invitation_that_was_revoked_before_it_was_mailed_is_not_mailed(
    as_alice: Api, wishlist: Wishlist
) -> None:
    path = f"/wishlists/{wishlist.pk}"
    as_alice("POST", f"{path}/invite", {"email": "x@example.com", "role": "viewer"})
    as_alice("DELETE", f"{path}/invitations")
    run_queued_jobs()
    assert mail.outbox == []


def test_removed_member_cannot_come_back_by_the_same_invitation(
    as_alice: Api, as_dora: Api, dora: User, wishlist: Wishlist
) -> None:
    token = invited(as_alice, wishlist, dora.email)
    accept(as_dora, token)
    member = f"/wishlists/{wishlist.pk}/members/{dora.pk}"
    assert as_dora("DELETE", member).status_code == 204
    assert accept(as_dora, token).status_code == 200, "who left may come back"
    assert as_alice("DELETE", member).status_code == 204
    assert refused(accept(as_dora, token)) == (410, "invitation_over")
    assert accept(as_dora, invited(as_alice, wishlist, dora.email)).status_code == 200


def test_owner_changes_roles_and_invitations_change_nothing_of_members(
    as_alice: Api, as_bob: Api, as_dora: Api, alice: User, bob: User, dora: User, wishlist: Wishlist
) -> None:
    members = f"/wishlists/{wishlist.pk}/members"
    assert as_alice("PATCH", f"{members}/{bob.pk}", EDITOR).json()["role"] == "editor"
    assert accept(as_bob, invited(as_alice, wishlist, bob.email)).json()["role"] == "editor"
    assert refused(as_bob("PATCH", f"{members}/{bob.pk}", EDITOR)) == (403, "owner_only")
    assert refused(as_alice("PATCH", f"{members}/{alice.pk}", EDITOR)) == (409, "already_owner")
    assert refused(as_alice("PATCH", f"{members}/{dora.pk}", EDITOR)) == (404, "no_such_person")
    assert as_dora("PATCH", f"{members}/{bob.pk}", EDITOR).status_code == 404


def test_inviting_is_for_owners(as_alice: Api, as_bob: Api, as_charlie: Api, wishlist: Wishlist) -> None:
    path, body = f"/wishlists/{wishlist.pk}", {"email": "x@example.com", "role": "viewer"}
    assert refused(as_bob("POST", f"{path}/invite", body)) == (403, "owner_only")
    assert refused(as_bob("DELETE", f"{path}/invitations")) == (403, "owner_only")
    assert as_charlie("POST", f"{path}/invite", body).status_code == 404
    assert refused(as_alice("POST", f"{path}/invite", body | {"email": "ALICE@example.com"})) == (
        409,
        "own_address",
    )
    assert refused(as_alice("POST", f"{path}/invite", body | {"role": "owner"})) == (400, "invalid_input")


def test_new_recipient_is_blind_from_the_start(
    as_alice: Api, as_dora: Api, dora: User, wishlist: Wishlist
) -> None:
    accept(as_dora, invited(as_alice, wishlist, dora.email, is_recipient=True))
    [row] = Member.objects.live().filter(wishlist=wishlist, user=dora)
    assert row.is_recipient


def test_inviter_is_told_once_that_somebody_declined(
    as_alice: Api, as_dora: Api, alice: User, dora: User, wishlist: Wishlist
) -> None:
    token = invited(as_alice, wishlist, dora.email)
    for _ in range(2):
        assert as_dora("POST", "/invitations/reject", {"token": token}).status_code == 204
        Notification.objects.filter(user=alice).update(read_at=timezone.now())
    told = Notification.objects.filter(user=alice, kind="invitation_declined")
    assert [notice.payload for notice in told] == [{"name": "Dora", "title": "Alice's birthday"}]
    assert accept(as_dora, token).status_code == 200, "they changed their mind"


def test_secret_of_links_can_be_rotated(
    as_alice: Api, as_dora: Api, dora: User, wishlist: Wishlist, settings: Settings
) -> None:
    token = invited(as_alice, wishlist, dora.email)
    settings.LINK_SECRET_FALLBACKS = [settings.LINK_SECRET]
    settings.LINK_SECRET = "another secret of at least thirty-two characters"
    assert accept(as_dora, token).status_code == 200
    settings.LINK_SECRET_FALLBACKS = []
    assert read_invitation(token) is None


def test_token_survives_what_mail_programs_do_to_it(as_alice: Api, wishlist: Wishlist) -> None:
    token = invited(as_alice, wishlist, "x@example.com")
    assert [clean_token(text) for text in (f"{token}.", f"<{token}>", f"{token[:60]}=\n{token[60:]}")] == [
        token
    ] * 3


def test_many_invitations_are_refused(
    as_alice: Api, wishlist: Wishlist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sharing.services.inviting.INVITATIONS", few := _few())
    answers = [
        as_alice("POST", f"/wishlists/{wishlist.pk}/invite", {"email": f"{n}@example.com", "role": "viewer"})
        for n in range(few.amount + 1)
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert "Retry-After" in answers[-1]


def _few() -> Any:
    return type(INVITATIONS)(f"few-{uuid4()}", 2, 3600)


def invited_to_group(as_alice: Api, group_id: str, email: str) -> str:
    answer = as_alice("POST", f"/groups/{group_id}/invite", {"email": email, "role": "admin"})
    assert (answer.status_code, answer.json()["role"]) == (202, "admin")
    mail.outbox.clear()
    run_queued_jobs()
    [token] = re.findall(r"/join/([\w-]+)", str(mail.outbox[0].body))
    return str(token)


def test_invitation_to_a_group_lets_in_to_its_lists_until_it_is_revoked(
    as_alice: Api, as_dora: Api, as_bob: Api, api: Api, alice: User, dora: User, bob: User, wishlist: Wishlist
) -> None:
    group_id = as_alice("POST", "/groups", {"name": "Family"}).json()["id"]
    as_alice("POST", f"/wishlists/{wishlist.pk}/groups", {"group_id": group_id})
    token = invited_to_group(as_alice, group_id, dora.email)
    preview = api("GET", f"/invitations?token={token}").json()
    assert (preview["kind"], preview["title"], preview["role"]) == ("group", "Family", "admin")
    assert refused(accept(as_bob, token)) == (403, "other_address")
    joined = [accept(as_dora, token).json() for _ in range(2)]
    assert joined == [{"group_id": group_id, "role": "admin"}] * 2
    assert places(wishlist, dora) == 1
    assert Notification.objects.filter(user=alice, kind="group_invitation_accepted").count() == 1
    # Somebody who was removed cannot come back with an invitation from before.
    as_alice("DELETE", f"/groups/{group_id}/members/{dora.pk}")
    assert refused(accept(as_dora, token)) == (410, "invitation_over")
    again = invited_to_group(as_alice, group_id, dora.email)
    assert as_alice("DELETE", f"/groups/{group_id}/invitations").status_code == 204
    assert refused(accept(as_dora, again)) == (410, "invitation_over")
    assert places(wishlist, dora) == 0


def test_sharing_sends_invitations_where_that_is_set(
    as_alice: Api, dora: User, wishlist: Wishlist, settings: Settings
) -> None:
    """The answers for somebody with an account and for somebody without one differ in the address alone."""
    settings.SHARE_BY_INVITATION = True
    path, answers = f"/wishlists/{wishlist.pk}/shares", []
    with time_machine.travel(timezone.now(), tick=False):
        for email in (dora.email, "nobody@example.com"):
            answer = as_alice("POST", path, {"email": email, "role": "viewer"})
            answers.append((answer.status_code, answer.text.replace(email, "ADDRESS")))
    assert answers[0] == answers[1]
    assert answers[0][0] == 202
    assert places(wishlist, dora) == 0
    run_queued_jobs()
    assert sorted(letter.to[0] for letter in mail.outbox) == ["Dora@example.com", "nobody@example.com"]
