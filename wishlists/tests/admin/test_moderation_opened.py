"""Messages, collections, waitlists and thanks: hidden from moderators until they open the list with a reason."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db.models import Model, QuerySet
from django.test import Client

from accounts.models import Tenant, User
from wishlists.models import Activity, Item, Member, Message, Thanks, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services import moderating
from wishlists.services.lists.messages import add_message, answer_message
from wishlists.services.lists.people import share_wishlist
from wishlists.services.lists.reveal import reveal_wishlist
from wishlists.services.money.collecting import open_collection
from wishlists.services.thanking import send_thanks, write_thanks
from wishlists.services.waitlisting import wait_for_item
from wishlists.tests.admin.acting import act
from wishlists.tests.factories import seen_by, take

pytestmark = pytest.mark.django_db

MODELS = ("message", "waitlistentry", "collection", "thanks")
WORDS = {
    "message": "Blue or red?",
    "waitlistentry": "Dora",
    "collection": "From all of us",
    "thanks": "How kind!",
}
"""A text that the page of one row contains."""
REMOVED = "moderation_message_removed"

Messages = dict[str, Message]
Rows = dict[str, Model]


@pytest.fixture
def messages(item: Item, alice: User, bob: User) -> Messages:
    """Bob's message to givers, his question, and Alice's answer."""
    words = {
        lane: add_message(item=seen_by(bob, item), by=Viewer(user=bob), lane=lane, text="Blue or red?")
        for lane in ("givers", "questions")
    }
    asked, by = words["questions"].pk, Viewer(user=alice)
    answer = answer_message(item=seen_by(alice, item), by=by, question_id=asked, text="Blue")
    return words | {"answer": answer}


@pytest.fixture
def rows(messages: Messages, item: Item, alice: User, bob: User, dora: User) -> Rows:
    """Bob has the kettle and collects for it, Dora waits for it, and after the reveal Alice thanks Bob."""
    share_wishlist(wishlist=item.wishlist, by=alice, email=dora.email, role="viewer")
    take(item, bob)
    waits, _is_new = wait_for_item(item=seen_by(dora, item), by=Viewer(user=dora))
    collects = open_collection(
        wishlist=seen_by(bob, item).wishlist, by=bob, currency="EUR", item_id=item.pk, note="From all of us"
    )
    reveal_wishlist(wishlist=listed(alice, item), by=alice)
    write_thanks(wishlist=listed(alice, item), by=alice, giver_id=bob.pk, note="How kind!")
    thanks = send_thanks(wishlist=listed(alice, item), by=alice, giver_id=bob.pk)
    return {"message": messages["givers"], "waitlistentry": waits, "collection": collects, "thanks": thanks}


def listed(user: User, item: Item) -> Wishlist:
    return Wishlist.objects.get(pk=item.wishlist_id)


def shown(moderator_client: Client, row: Model) -> tuple[bool, int]:
    """Return whether the list has this row, and the status of the row's own page."""
    address = f"/admin/wishlists/{row._meta.model_name}/"
    page = moderator_client.get(f"{address}{row.pk}/change/")
    assert (page.status_code == 200) == (WORDS[str(row._meta.model_name)] in page.content.decode())
    return listed_at(moderator_client, address, row), page.status_code


def listed_at(moderator_client: Client, address: str, row: Model) -> bool:
    return f"/{row.pk}/change/" in moderator_client.get(address).content.decode()


def open_list(moderator_client: Client, item: Item) -> None:
    act(moderator_client, "wishlist", "open_what_was_given", item.wishlist_id, reason="asked for help")


def moderating_as(user: User) -> Client:
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(user)
    return client


def removals() -> QuerySet[Activity]:
    return Activity.objects.filter(kind=REMOVED)


# --- who sees it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS)
def test_rows_are_hidden_until_opened_with_a_reason(
    moderator_client: Client, rows: Rows, item: Item, model: str
) -> None:
    assert shown(moderator_client, rows[model]) == (False, 302)
    open_list(moderator_client, item)
    assert shown(moderator_client, rows[model]) == (True, 200)
    assert moderator_client.post(f"/admin/wishlists/{model}/{rows[model].pk}/change/", {}).status_code == 403
    assert moderator_client.get(f"/admin/wishlists/{model}/add/").status_code == 403
    assert moderator_client.get(f"/admin/wishlists/{model}/{rows[model].pk}/delete/").status_code == 403


def test_unsent_thanks_are_hidden_from_moderators(moderator_client: Client, rows: Rows, item: Item) -> None:
    open_list(moderator_client, item)
    Thanks.objects.filter(pk=rows["thanks"].pk).update(sent_at=None)
    assert shown(moderator_client, rows["thanks"]) == (False, 302)


@pytest.mark.parametrize("model", MODELS)
def test_search_finds_only_rows_of_opened_lists(
    moderator_client: Client, rows: Rows, item: Item, model: str
) -> None:
    address = f"/admin/wishlists/{model}/?q="
    assert not listed_at(moderator_client, f"{address}birthday", rows[model])
    open_list(moderator_client, item)
    assert listed_at(moderator_client, f"{address}birthday", rows[model])
    assert not listed_at(moderator_client, f"{address}wedding", rows[model])


def test_recipients_never_see_the_rows(rows: Rows, item: Item, alice: User) -> None:
    moderator_client = moderating_as(alice)
    open_list(moderator_client, item)
    assert {shown(moderator_client, row) for row in rows.values()} == {(False, 302)}


def test_control_without_the_recipient_check_they_see_the_rows(
    rows: Rows, item: Item, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moderating, "receives", lambda _moderator, _wishlist: False)
    monkeypatch.setattr(
        moderating, "receives_any", lambda _moderator: Member.objects.none().values("wishlist_id")
    )
    moderator_client = moderating_as(alice)
    open_list(moderator_client, item)
    assert {shown(moderator_client, row) for row in rows.values()} == {(True, 200)}


def test_moderator_who_becomes_a_recipient_loses_the_rows(
    moderator_client: Client, moderator: User, rows: Rows, item: Item
) -> None:
    open_list(moderator_client, item)
    item.wishlist.members.create(user=moderator, role="viewer", is_recipient=True)
    assert {shown(moderator_client, row) for row in rows.values()} == {(False, 302)}


def test_staff_of_another_tenant_see_nothing_even_if_opened(rows: Rows, item: Item) -> None:
    """Even if the list was opened for them by mistake."""
    staff = User.objects.create(
        email="s@example.com",
        display_name="Staff",
        tenant=Tenant.objects.create(name="Elsewhere"),
        is_staff=True,
    )
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label="wishlists"))
    moderating.open_giving(wishlist=item.wishlist, by=staff, reason="help")
    moderator_client = Client()
    moderator_client.force_login(staff)
    assert {shown(moderator_client, row) for row in rows.values()} == {(False, 302)}
    act(moderator_client, "message", "remove_unwanted", rows["message"].pk, reason="spam")
    assert Message.objects.live().filter(pk=rows["message"].pk).exists()

    User.objects.filter(pk=staff.pk).update(tenant=item.wishlist.tenant_id)
    assert {shown(moderator_client, row) for row in rows.values()} == {(True, 200)}


# --- removing messages --------------------------------------------------------------------------------------------


def test_removing_a_message_is_logged_once(
    moderator_client: Client, moderator: User, messages: Messages, item: Item
) -> None:
    """The log names the message and doesn't quote it."""
    open_list(moderator_client, item)
    gone = messages["givers"]
    assert "Removed: 1." in act(moderator_client, "message", "remove_unwanted", gone.pk, reason="spam")
    assert set(Message.objects.live()) == {messages["questions"], messages["answer"]}
    row = removals().get()
    assert (row.user, row.item, row.circle) == (moderator, item, "moderators")
    assert row.detail == {"lane": "givers", "message": str(gone.pk), "reason": "spam"}
    assert "Removed: 0." in act(moderator_client, "message", "remove_unwanted", gone.pk, reason="spam")
    assert removals().count() == 1


def test_removing_a_question_removes_its_answers(
    moderator_client: Client, messages: Messages, item: Item
) -> None:
    open_list(moderator_client, item)
    page = moderator_client.get(f"/admin/wishlists/message/{messages['answer'].pk}/change/").content.decode()
    assert "Blue or red?" in page, "an answer is shown with what was asked"
    act(moderator_client, "message", "remove_unwanted", messages["questions"].pk, reason="spam")
    assert set(Message.objects.live()) == {messages["givers"]}
    assert removals().count() == 1


def test_each_selected_message_is_logged(moderator_client: Client, messages: Messages, item: Item) -> None:
    open_list(moderator_client, item)
    chosen = [message.pk for message in messages.values()]
    assert "Removed: 3." in act(moderator_client, "message", "remove_unwanted", *chosen, reason="spam")
    assert {row.detail["message"] for row in removals()} == set(map(str, chosen))
    assert not Message.objects.live().exists()


def test_messages_of_removed_or_hidden_lists_can_be_removed(
    moderator_client: Client, moderator: User, messages: Messages, item: Item
) -> None:
    open_list(moderator_client, item)
    moderating.remove_unwanted_item(item=item, by=moderator)
    moderating.hide_wishlist(wishlist=item.wishlist, by=moderator, reason="spam")
    assert "Removed: 1." in act(
        moderator_client, "message", "remove_unwanted", messages["givers"].pk, reason="spam"
    )


def test_messages_of_unopened_lists_cannot_be_removed(
    moderator_client: Client, moderator: User, messages: Messages, item: Item, alice: User
) -> None:
    """Not by the service either, and not by moderators who have become recipients."""

    def removed(by: User) -> Any:
        return moderating.remove_unwanted_message(message=messages["givers"], by=by)

    assert "Removed: 0." in act(
        moderator_client, "message", "remove_unwanted", messages["givers"].pk, reason="spam"
    )
    assert removed(moderator) is removed(alice) is None
    open_list(moderator_client, item)
    place = item.wishlist.members.create(user=moderator, role="viewer", is_recipient=True)
    assert removed(moderator) is None
    assert Message.objects.live().count() == 3
    assert not removals().exists()
    place.delete()
    assert removed(moderator) == messages["givers"]


@pytest.mark.parametrize("lane", ["givers", "questions"])
def test_recipients_cannot_see_that_a_message_was_removed(
    moderator_client: Client, messages: Messages, item: Item, alice: User, lane: str
) -> None:
    """It would show that somebody wrote to givers. So it is never in their log, and they can't see it in the admin."""
    alices = moderating_as(alice)
    places = ("/admin/wishlists/activity/", f"/lists/{item.wishlist_id}/log")
    open_list(moderator_client, item)
    before = [page_at(alices, place) for place in places]
    act(moderator_client, "message", "remove_unwanted", messages[lane].pk, reason="spam")
    assert [page_at(alices, place) for place in places] == before
    assert REMOVED in page_at(moderator_client, places[0])
    reveal_wishlist(wishlist=listed(alice, item), by=alice)
    revealed = [
        page_at(alices, place) for place in (*places, f"/api/v1/wishlists/{item.wishlist_id}/activity.csv")
    ]
    assert "moderation_" not in "".join(revealed)


def page_at(browser: Client, address: str) -> str:
    """Return the page without the mask of the CSRF token, which is random."""
    answer = browser.get(address)
    assert answer.status_code == 200
    return re.sub(r'(?:csrfmiddlewaretoken|form_key)" value="[\w.-]+"', "", answer.content.decode())
