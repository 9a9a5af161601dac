"""The queue of reports: who reads which, what is shown before a list is opened, and what moderators do from there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import AccountActivity, Notification, User
from accounts.services.staff_accounts import create_account
from moderation import admin as queue
from moderation.models import Decision, Report
from moderation.queries.reports import readable_reports
from moderation.tests.conftest import sent
from tests.support.api_clients import Api, logged_in
from wishlists.models import Activity, Item, Member, Message, Wishlist
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.lists.people import share_wishlist
from wishlists.services.moderating import open_giving

pytestmark = pytest.mark.django_db

QUEUE = "/admin/moderation/report/"


def act(client: Client, action: str, *reports: Report, reason: str = "asked to") -> str:
    body = {"action": action, "_selected_action": [str(one.pk) for one in reports], "reason": reason}
    return client.post(QUEUE, body, follow=True).text


_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


def read(client: Client, address: str) -> str:
    """Return the page without the token that differs each time."""
    return _CSRF.sub("", client.get(address).text)


def readers(report: Report, *people: User) -> set[str]:
    return {one.display_name for one in people if readable_reports(one).filter(pk=report.pk).exists()}


def make_staff(*people: User) -> None:
    for one in people:
        one.is_staff = one.is_superuser = True
        one.save(update_fields=["is_staff", "is_superuser"])


def test_recipients_read_no_report_about_their_list(
    as_bob: Api, moderator: User, alice: User, bob: User, charlie: User, item: Item, hushed: Message
) -> None:
    """Nor accounts that they control, nor reports about people with whom the reporter is there."""
    share_wishlist(wishlist=item.wishlist, by=alice, email=charlie.email, role="viewer")
    puppet = create_account(by=alice, email="puppet@example.com", display_name="Puppet")
    make_staff(alice, bob, charlie, puppet)
    as_charlie = Api(logged_in(charlie)["access_token"])
    everybody = (moderator, alice, bob, charlie, puppet)
    assert readers(sent(as_charlie, "message", hushed.pk), *everybody) == {"Mod"}, "Bob wrote it"
    assert readers(sent(as_charlie, "item", item.pk), *everybody) == {"Mod", "Bob"}
    assert readers(sent(as_charlie, "person", bob.pk), *everybody) == {"Mod"}
    Member.objects.filter(user=charlie).update(removed_at="2026-01-01T00:00Z")
    assert readers(Report.objects.get(target="person"), *everybody) == {"Mod"}, "Charlie was there"


def test_report_about_somebody_else_is_read_by_recipients_of_other_lists(
    as_bob: Api, alice: User, charlie: User, wishlist: Wishlist
) -> None:
    make_staff(alice)
    other = create_wishlist(owner=charlie, title="Watches", is_public=True)
    assert readers(sent(as_bob, "list", other.pk), alice, charlie) == {"Alice"}
    assert readers(sent(as_bob, "person", charlie.pk), alice, charlie) == {"Alice"}


def test_recipient_gets_the_same_queue_with_and_without_reports(
    as_bob: Api, alice: User, wishlist: Wishlist, item: Item, hushed: Message
) -> None:
    make_staff(alice)
    client = Client()
    client.force_login(alice)

    def pages() -> list[str]:
        asked = (QUEUE, f"{QUEUE}?q=secret", f"{QUEUE}?state=pending", f"{QUEUE}?_facets=True", "/admin/")
        return [read(client, page) for page in asked]

    before = pages()
    reports = [
        sent(as_bob, target, pk, details="secret")
        for target, pk in (
            ("list", wishlist.pk),
            ("item", item.pk),
            ("message", hushed.pk),
            ("person", alice.pk),
        )
    ]
    assert pages() == before
    for one in reports:
        assert client.get(f"{QUEUE}{one.pk}/change/").status_code == 302
        assert client.get(f"{QUEUE}{one.pk}/history/").status_code == 302
    assert "Done: 0." in act(client, "hide_reported", *reports)
    assert not Decision.objects.exists()


def test_control_queue_that_shows_everything_is_noticed(
    as_bob: Api, alice: User, hushed: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_staff(alice)
    client = Client()
    client.force_login(alice)
    before = read(client, QUEUE)
    assert read(client, QUEUE) == before
    sent(as_bob, "message", hushed.pk)
    monkeypatch.setattr(queue, "readable_reports", lambda _moderator: Report.objects.all())
    assert read(client, QUEUE) != before


def test_what_only_givers_see_is_shown_after_opening(
    as_bob: Api, in_admin: Client, moderator: User, wishlist: Wishlist, hushed: Message
) -> None:
    report = sent(as_bob, "message", hushed.pk, details="Rude")
    page = f"{QUEUE}{report.pk}/change/"
    closed = in_admin.get(page).text
    assert ("Rude" in closed, "fools" in closed, "Only givers see this" in closed) == (True, False, True)
    refused = act(in_admin, "hide_reported", report)
    assert "Only givers see this" in refused
    assert Message.objects.live().filter(pk=hushed.pk).exists()
    act(in_admin, "open_what_was_given", report, reason="a report")
    assert Activity.objects.get(kind="moderation_giving_opened").detail == {"reason": "a report"}
    assert "fools" in in_admin.get(page).text
    assert "Done: 1." in act(in_admin, "hide_reported", report, reason="rude")
    assert not Message.objects.live().filter(pk=hushed.pk).exists()
    assert "Done: 1." in act(in_admin, "restore_reported", report, reason="not so rude")
    assert Message.objects.live().filter(pk=hushed.pk).exists()
    kinds = Activity.objects.filter(kind__startswith="moderation_message").order_by("created_at")
    assert [(row.kind, row.detail["reason"]) for row in kinds] == [
        ("moderation_message_removed", "rude"),
        ("moderation_message_restored", "not so rude"),
    ]
    told = Notification.objects.filter(user=hushed.user, kind="message_moderated").order_by("created_at")
    assert "not so rude" in told[0].body, "the unread notice is brought up to date"


def test_guest_who_reported_is_not_named(
    in_admin: Client, wishlist: Wishlist, as_mod: Api, alice: User
) -> None:
    guest = wishlist.guests.create(name="Grandma Rosemary")
    Report.objects.create(
        tenant=wishlist.tenant, target="list", wishlist=wishlist, about=alice, reason="spam", guest=guest
    )
    pages = [in_admin.get(QUEUE).text, as_mod("GET", "/admin/reports").text]
    pages.append(in_admin.get(f"{QUEUE}{Report.objects.get().pk}/change/").text)
    assert not any("Rosemary" in page for page in pages)


LISTED: dict[str, tuple[Callable[[Any], bool], Callable[[Any], bool]]] = {
    "list": (
        lambda w: Wishlist.objects.get(pk=w["list"]).hidden_at is not None,
        lambda w: Wishlist.objects.get(pk=w["list"]).hidden_at is None,
    ),
    "item": (
        lambda w: Item.objects.get(pk=w["item"]).removed_at is not None,
        lambda w: Item.objects.get(pk=w["item"]).removed_at is None,
    ),
    "person": (
        lambda w: not User.objects.get(pk=w["person"]).is_active,
        lambda w: User.objects.get(pk=w["person"]).is_active,
    ),
}


@pytest.mark.parametrize("target", LISTED)
def test_hiding_and_restoring_is_logged_and_told_with_the_reason(
    target: str, as_bob: Api, in_admin: Client, moderator: User, alice: User, wishlist: Wishlist, item: Item
) -> None:
    keys = {"list": wishlist.pk, "item": item.pk, "person": alice.pk}
    report = sent(as_bob, target, keys[target])
    hidden, back = LISTED[target]
    assert "Done: 0." not in act(in_admin, "hide_reported", report, reason="")
    assert not hidden(keys), "a reason is needed"
    act(in_admin, "hide_reported", report, reason="against the rules")
    assert hidden(keys)
    act(in_admin, "restore_reported", report, reason="a mistake")
    assert back(keys)
    rows = AccountActivity.objects.filter(by=moderator, user=alice, kind__endswith="activated")
    logged: Any = rows if target == "person" else Activity.objects.filter(kind__startswith="moderation_")
    assert sorted(row.detail["reason"] for row in logged) == ["a mistake", "against the rules"]
    told = [f"{notice.title} {notice.body}" for notice in Notification.objects.filter(user=alice)]
    assert any("a mistake" in said for said in told), "only the newest about an item is kept unread"


def test_report_is_closed_once_and_the_reporter_is_told(
    as_bob: Api, in_admin: Client, as_mod: Api, bob: User, moderator: User, wishlist: Wishlist
) -> None:
    report = sent(as_bob, "list", wishlist.pk)
    assert "Done: 1." in act(in_admin, "resolve", report, reason="Hidden")
    assert "already closed" in act(in_admin, "dismiss", report)
    decision = Decision.objects.get()
    assert (decision.by, decision.resolution, decision.note) == (moderator, "resolved", "Hidden")
    notice = Notification.objects.get(user=bob, kind="report_decided")
    assert (notice.payload, "Hidden" in notice.body) == ({"target": "list", "resolution": "resolved"}, False)
    assert sent(as_bob, "list", wishlist.pk).pk != report.pk, "it can be reported again"
    closed, pending = (
        in_admin.get(f"{QUEUE}?state=resolved").text,
        in_admin.get(f"{QUEUE}?state=pending").text,
    )
    assert (f"{report.pk}/change" in closed, f"{report.pk}/change" in pending) == (True, False)


def test_recipient_who_moderates_opens_no_giving_from_the_queue(
    as_bob: Api, alice: User, wishlist: Wishlist, hushed: Message
) -> None:
    make_staff(alice)
    report = sent(as_bob, "message", hushed.pk)
    client = Client()
    client.force_login(alice)
    act(client, "open_what_was_given", report)
    assert not Activity.objects.filter(kind="moderation_giving_opened").exists()
    assert not open_giving(wishlist=wishlist, by=alice, reason="x")
