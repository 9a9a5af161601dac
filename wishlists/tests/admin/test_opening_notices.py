"""Givers are told who opened giving on their list. An account that a recipient may be using can't open it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Notification, User
from accounts.services.account_links import send_password_link
from accounts.services.staff_accounts import create_account, edit_account
from tests.support.api_clients import Api
from wishlists.models import Activity, Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services import moderating
from wishlists.services.lists.messages import add_message
from wishlists.services.lists.people import remove_member, share_wishlist
from wishlists.services.moderating import open_giving, opened_lists, release_for_holder
from wishlists.services.reserving import reserve_item
from wishlists.services.waitlisting import wait_for_item
from wishlists.tests.admin.acting import act
from wishlists.tests.factories import seen_by, take

pytestmark = pytest.mark.django_db

REASON = "Bob asked for help"


def notices_of(user: User, kind: str = "giving_opened") -> list[Notification]:
    return list(Notification.objects.filter(user=user, kind=kind))


def browsing(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def as_superuser(user: User) -> User:
    user.is_staff = user.is_superuser = True
    user.save(update_fields=["is_staff", "is_superuser"])
    return user


def log_of(api: Api, wishlist: Wishlist) -> list[tuple[str, str]]:
    rows = api("GET", f"/wishlists/{wishlist.pk}/activity").json()
    return [(row["kind"], row["user_id"]) for row in rows if row["kind"].startswith("moderation_")]


# --- who is notified ------------------------------------------------------------------------------------------------


def test_givers_read_who_opened_giving_in_inbox_and_log(
    moderator_client: Client,
    moderator: User,
    wishlist: Wishlist,
    alice: User,
    bob: User,
    as_alice: Api,
    as_bob: Api,
) -> None:
    """Even if nobody has given anything yet, and even if the list hides givers' names."""
    Wishlist.objects.filter(pk=wishlist.pk).update(names_shown=False)
    act(moderator_client, "wishlist", "open_what_was_given", wishlist.pk, reason=REASON)
    (line,) = notices_of(bob)
    assert "Moderator" in line.title
    assert wishlist.title in line.title
    assert line.payload == {
        "list_title": wishlist.title,
        "wishlist_id": str(wishlist.pk),
        "opened_by": "Moderator",
    }
    assert REASON not in f"{line.title}{line.body}{line.payload}"
    assert log_of(as_bob, wishlist) == [("moderation_giving_opened", str(moderator.pk))]
    assert "Moderator, a moderator of this site" in browsing(bob).get(f"/lists/{wishlist.pk}/log").text

    assert not notices_of(alice)
    assert not log_of(as_alice, wishlist)
    assert "Moderator" not in browsing(alice).get(f"/lists/{wishlist.pk}/log").text


def test_each_opening_is_notified_and_logged(
    moderator_client: Client, wishlist: Wishlist, bob: User, as_bob: Api
) -> None:
    """An unread notice is updated; otherwise there is a new one. Another moderator gets a separate notice."""
    for reads, openings in ((False, 1), (True, 1), (False, 2)):
        act(moderator_client, "wishlist", "open_what_was_given", wishlist.pk, reason=REASON)
        assert notices_of(bob)[0].read_at is None
        assert len(notices_of(bob)) == openings
        if reads:
            Notification.objects.update(read_at=timezone.now())
    another = User.objects.create(email="another@example.com", display_name="Another", is_staff=True)
    open_giving(wishlist=wishlist, by=another, reason="help")
    assert len(notices_of(bob)) == 3
    assert len(log_of(as_bob, wishlist)) == 4


def test_recipients_are_not_notified_even_after_the_reveal(
    moderator_client: Client, wishlist: Wishlist, alice: User, as_alice: Api
) -> None:
    Wishlist.objects.filter(pk=wishlist.pk).update(revealed_at=timezone.now())
    act(moderator_client, "wishlist", "open_what_was_given", wishlist.pk, reason=REASON)
    assert not notices_of(alice)
    assert not log_of(as_alice, wishlist)
    assert b"moderation_" not in as_alice("GET", f"/wishlists/{wishlist.pk}/activity.csv").content


@pytest.mark.once
def test_recipient_who_moderates_cannot_see_the_opening(
    moderator_client: Client, wishlist: Wishlist, alice: User
) -> None:
    as_superuser(alice)
    act(moderator_client, "wishlist", "open_what_was_given", wishlist.pk, reason=REASON)
    pages = ("", "accounts/accountactivity/", "wishlists/activity/", "wishlists/wishlist/")
    seen = "".join(browsing(alice).get(f"/admin/{page}").text for page in pages)
    history = browsing(alice).get(f"/admin/wishlists/wishlist/{wishlist.pk}/history/").text
    assert not any(word in seen + history for word in ("giving_opened", REASON))


GIVES: dict[str, Callable[[Item, User], Any]] = {
    "reserves": lambda item, dora: take(item, dora),
    "waits": lambda item, dora: wait_for_item(item=seen_by(dora, item), by=Viewer(user=dora)),
    "speaks": lambda item, dora: add_message(
        item=seen_by(dora, item), by=Viewer(user=dora), lane="questions", text="Red?"
    ),
}


@pytest.mark.parametrize("gives", GIVES)
@pytest.mark.parametrize("is_let_in", [True, False])
def test_giver_without_access_is_notified_without_the_new_title(
    gives: str, is_let_in: bool, moderator_client: Client, item: Item, alice: User, bob: User, dora: User
) -> None:
    share_wishlist(wishlist=item.wishlist, by=alice, email=dora.email, role="viewer")
    if gives == "waits":
        take(item, bob)
    GIVES[gives](item, dora)
    if not is_let_in:
        remove_member(wishlist=item.wishlist, user=dora, by=alice)
        Wishlist.objects.filter(pk=item.wishlist_id).update(title="Called anew")
    act(moderator_client, "wishlist", "open_what_was_given", item.wishlist_id, reason=REASON)
    (line,) = notices_of(dora)
    assert ("wishlist_id" in line.payload, "Called anew" in line.title) == (is_let_in, False)


# --- an account that a recipient may be using -------------------------------------------------------------------------


def second_account(alice: User) -> User:
    second = create_account(by=alice, email="second@example.com", display_name="Second")
    return edit_account(user=second, by=alice, wanted={"is_staff": True, "is_superuser": True})


def promoted(alice: User) -> User:
    friend = User.objects.create(email="friend@example.com", display_name="Second")
    return edit_account(user=friend, by=alice, wanted={"is_staff": True, "is_superuser": True})


def readdressed(alice: User) -> User:
    staff = User.objects.create(
        email="staff@example.com", display_name="Second", is_staff=True, is_superuser=True
    )
    return edit_account(user=staff, by=alice, wanted={"email": "alice.too@example.com"})


def by_way_of_another(alice: User) -> User:
    first = second_account(alice)
    third = create_account(by=first, email="third@example.com", display_name="Third")
    return edit_account(user=third, by=first, wanted={"is_staff": True, "is_superuser": True})


TAKEN_OVER = [second_account, promoted, readdressed, by_way_of_another]


@pytest.mark.parametrize("take_over", TAKEN_OVER)
def test_account_of_a_recipient_is_refused_and_givers_are_notified(
    take_over: Callable[[User], User], item: Item, alice: User, bob: User, as_bob: Api
) -> None:
    held = take(item, bob)
    account = take_over(as_superuser(alice))
    moderator_client = browsing(account)
    act(moderator_client, "wishlist", "open_what_was_given", item.wishlist_id, reason="help")
    assert opened_lists(account) == set()
    assert release_for_holder(reservation=held, by=account) is None
    assert "0 reservations" in moderator_client.get("/admin/wishlists/reservation/").text
    assert "giving_" not in moderator_client.get("/admin/wishlists/activity/").text, "nor who else opened it"

    (line,) = notices_of(bob, "giving_opening_refused")
    assert all(name in line.title + line.body for name in ("Alice", account.display_name))
    assert str(timezone.localdate().year) in line.body
    assert log_of(as_bob, item.wishlist) == [("moderation_giving_refused", str(account.pk))]
    assert not Notification.objects.filter(user=alice, kind__startswith="giving_").exists()


def test_account_of_a_recipient_opens_other_lists(item: Item, alice: User, bob: User) -> None:
    account = second_account(as_superuser(alice))
    Wishlist.objects.get(pk=item.wishlist_id).members.filter(user=alice).update(is_recipient=False)
    assert open_giving(wishlist=item.wishlist, by=account, reason="help")
    (line,) = notices_of(bob)
    assert "Alice" not in line.body, "what other staff did is nobody's business"


def test_control_without_the_account_check_it_opens_the_list(
    item: Item, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(item, bob)
    account = second_account(as_superuser(alice))
    monkeypatch.setattr(moderating, "people_behind", lambda moderator: {moderator.pk})
    moderator_client = browsing(account)
    act(moderator_client, "wishlist", "open_what_was_given", item.wishlist_id, reason="help")
    assert "1 reservation" in moderator_client.get("/admin/wishlists/reservation/").text
    (line,) = notices_of(bob)
    assert "Alice created the account of Second" in line.body, "givers are told even so"


@pytest.mark.once
def test_account_that_a_recipient_takes_over_loses_the_opened_list(
    moderator: User, item: Item, alice: User, bob: User
) -> None:
    take(item, bob)
    assert open_giving(wishlist=item.wishlist, by=moderator, reason="help")
    edit_account(user=moderator, by=as_superuser(alice), wanted={"email": "alice.too@example.com"})
    assert opened_lists(moderator) == set()


def test_notice_mentions_a_password_link_that_a_recipient_sent(
    moderator: User, item: Item, alice: User, bob: User
) -> None:
    """The link went to the moderator's own address, so the list opens."""
    send_password_link(user=moderator, by=as_superuser(alice))
    assert open_giving(wishlist=item.wishlist, by=moderator, reason="help")
    (line,) = notices_of(bob)
    assert "Alice sent Moderator a link to set a new password" in line.body


def test_recipient_who_tries_is_logged_and_not_notified(
    wishlist: Wishlist, alice: User, bob: User, as_bob: Api
) -> None:
    assert not open_giving(wishlist=wishlist, by=as_superuser(alice), reason="curious")
    assert log_of(as_bob, wishlist) == [("moderation_giving_refused", str(alice.pk))]
    assert not Notification.objects.filter(kind__startswith="giving_").exists()
    assert Activity.objects.filter(kind="moderation_giving_refused").count() == 1


def test_former_giver_who_is_a_recipient_is_not_notified(
    moderator_client: Client, item: Item, alice: User, bob: User
) -> None:
    reserve_item(item=seen_by(bob, item), by=Viewer(user=bob), stage="ordered")
    item.wishlist.members.filter(user=bob).update(is_recipient=True)
    act(moderator_client, "wishlist", "open_what_was_given", item.wishlist_id, reason=REASON)
    assert not notices_of(bob)
