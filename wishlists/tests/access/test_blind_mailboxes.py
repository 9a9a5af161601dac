"""A giver's account whose mailbox is the recipient's: no mail tells there what they give."""

from __future__ import annotations

import pytest
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services import checking_out
from wishlists.services.checking_out import check_out
from wishlists.services.lists.items import add_item
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.lists.people import share_wishlist
from wishlists.tests.factories import take


def mails() -> list[str]:
    jobs = DBTaskResult.objects.filter(task_path__contains="send_mail_job")
    return [job.args_kwargs["kwargs"]["subject"] for job in jobs]


@pytest.fixture
def shared_mailbox(bob: User) -> User:
    """Bob reads his mail where Alice reads hers."""
    bob.email = "Alice+bob@EXAMPLE.com"
    bob.save(update_fields=["email"])
    return bob


def test_what_is_bought_for_the_recipient_is_not_mailed_to_her(item: Item, shared_mailbox: User) -> None:
    taken = take(item, shared_mailbox)
    assert check_out(ids=[taken.pk], by=Viewer(user=shared_mailbox))
    assert mails() == []


def test_control_without_the_question_it_is(
    item: Item, shared_mailbox: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking_out, "reaches_blind", lambda *_asked, **_besides: False)
    check_out(ids=[take(item, shared_mailbox).pk], by=Viewer(user=shared_mailbox))
    assert mails() == ["You marked 1 gift as bought"]


def test_what_is_bought_for_others_is_mailed(item: Item, shared_mailbox: User, charlie: User) -> None:
    made = create_wishlist(owner=charlie, title="Charlie's")
    made = Wishlist.objects.get(pk=made.pk)
    share_wishlist(wishlist=made, by=charlie, email=shared_mailbox.email, role="viewer")
    lamp = add_item(wishlist=made, by=Viewer(user=charlie), title="Lamp")
    taken = [take(wish, shared_mailbox).pk for wish in (item, lamp)]
    check_out(ids=taken, by=Viewer(user=shared_mailbox))
    assert mails() == ["You marked 1 gift as bought"]
