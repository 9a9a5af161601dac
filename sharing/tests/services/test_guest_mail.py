"""Guests get by mail what members read in their inbox. Recipients learn nothing about giving from these mails."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from accounts.services.people import remove_user
from core.db.change import change
from core.limits.rate_limits import NOTICES_CONFIRMED, NOTICES_UNCONFIRMED
from jobs.worker import Worker
from sharing import tasks
from sharing.access.capabilities import manage_token
from sharing.guest_mail_texts import MAIL_TEXTS
from sharing.models import GuestLetter, GuestMail, PublicLink
from sharing.services import guest_mail
from sharing.services.guest_mail import (
    send_code,
    send_link,
    send_notice,
)
from sharing.tests.conftest import ShareLink
from tests.support.api_clients import Api
from wishlists.models import Guest, Item, Member, Reservation, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lapsing import lapse_due_reservations, nudge_due_givers
from wishlists.services.lists.items import edit_item, mark_item, remove_item, restore_item
from wishlists.services.lists.lists import edit_wishlist, remove_wishlist
from wishlists.services.lists.messages import add_message, answer_message
from wishlists.services.lists.people import join_guest, remove_member, share_wishlist
from wishlists.services.lists.recipients import make_recipients
from wishlists.services.lists.reveal import reveal_wishlist
from wishlists.services.money.collecting import end_collection, end_due_collections, open_collection
from wishlists.services.money.contributing import contribute
from wishlists.services.reserving import release_item, reserve_item
from wishlists.services.waitlisting import wait_for_item
from wishlists.tests.factories import seen_by, take

GRANDMA = "grandma@example.org"
NAMES = ("Kettle", "Alice's birthday")

pytestmark = pytest.mark.usefixtures("link")


@pytest.fixture
def grandma(wishlist: Wishlist) -> Guest:
    """A guest with an address that is not confirmed."""
    return join_guest(wishlist=wishlist, name="Grandma", email=GRANDMA)


@pytest.fixture
def known(grandma: Guest) -> Guest:
    """The same guest, with a confirmed address."""
    grandma.confirmed_at = timezone.now()
    grandma.save(update_fields=["confirmed_at"])
    return grandma


def by(guest: Guest) -> Viewer:
    return Viewer(guest=guest, by_link=True)


def there(item: Item) -> Item:
    """Return the item, loaded again as for a guest."""
    return Item.objects.get(pk=item.pk)


def mails(to: str = GRANDMA) -> list[str]:
    """Return subject and text of the mails since the last call."""
    while Worker().run_ready():
        pass
    came = [f"{letter.subject}\n{letter.body}" for letter in mail.outbox if letter.to == [to]]
    mail.outbox.clear()
    return came


def offer(item: Item, bob: User, guest: Guest) -> None:
    """Bob takes the item, the guest waits, and Bob releases it."""
    take(item, bob)
    wait_for_item(item=there(item), by=by(guest))
    release_item(item=seen_by(bob, item), by=Viewer(user=bob))


# --- notices ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_offer_is_mailed(is_confirmed: bool, item: Item, bob: User, grandma: Guest) -> None:
    """An address that nobody confirmed gets nothing that somebody typed."""
    if is_confirmed:
        Guest.objects.update(confirmed_at=timezone.now())
    with time_machine.travel("2026-05-04T09:30:00Z", tick=False):
        offer(item, bob, grandma)
        [letter] = mails()
    assert "is available again and held for you" in letter
    assert "May 5, 2026" in letter
    assert f"/g/{manage_token(grandma)}" in letter
    assert "You can turn these e-mails off" in letter
    assert ("Kettle" in letter) == is_confirmed
    assert ("Alice's birthday" in letter) == is_confirmed
    assert "Grandma" not in letter
    [job] = DBTaskResult.objects.filter(task_path__endswith="mail_guest")
    assert manage_token(grandma) not in str(job.args_kwargs), "derived tokens are not stored"


def test_reminder_and_lapse_are_mailed(item: Item, known: Guest) -> None:
    Wishlist.objects.filter(pk=item.wishlist_id).update(lapse_days=3)
    reserve_item(item=there(item), by=by(known))
    end = Reservation.objects.get().lapses_at
    assert end is not None
    with time_machine.travel(end - timedelta(hours=1), tick=False):
        assert (nudge_due_givers(), nudge_due_givers()) == (1, 0)
        [letter] = mails()
    assert "Have you bought “Kettle” for “Alice's birthday”?" in letter
    assert "Mark it as bought by" in letter
    with time_machine.travel(end, tick=False):
        assert lapse_due_reservations() == 1
        [letter] = mails()
    assert "Your reservation of “Kettle” on “Alice's birthday” has expired" in letter


def reserved(item: Item, guest: Guest) -> None:
    reserve_item(item=there(item), by=by(guest))


def chipped_in(status: str) -> Callable[[Item, Guest], Any]:
    return lambda item, guest: contribute(item=there(item), by=by(guest), amount_minor=500, status=status)


def asked(item: Item, guest: Guest) -> None:
    add_message(item=there(item), by=by(guest), lane="questions", text="Which size?")


def removed(item: Item, alice: User) -> None:
    remove_item(item=seen_by(alice, item), by=Viewer(user=alice))


def put_back(item: Item, alice: User) -> None:
    Item.objects.filter(pk=item.pk).update(removed_at=timezone.now())
    gone = Item.objects.get(pk=item.pk)
    restore_item(item=gone, by=Viewer(user=alice))


def marked(mark: str) -> Callable[[Item, User], Any]:
    return lambda item, alice: mark_item(item=seen_by(alice, item), by=Viewer(user=alice), mark=mark)


def answered(item: Item, alice: User) -> None:
    question = item.messages.get()
    answer_message(item=seen_by(alice, item), by=Viewer(user=alice), question_id=question.pk, text="Large")


def of_alice(item: Item, alice: User) -> Wishlist:
    return Wishlist.objects.get(pk=item.wishlist_id)


Before = Callable[[Item, Guest], Any]
Act = Callable[[Item, User], Any]

TOLD: dict[str, tuple[Before, Act, str]] = {
    "item_changed": (
        reserved,
        lambda item, alice: edit_item(item=seen_by(alice, item), by=Viewer(user=alice), title="Samovar"),
        "was changed",
    ),
    "item_removed": (reserved, removed, "was removed"),
    "item_removed_pledged": (chipped_in("pledged"), removed, "Your pledge was cancelled"),
    "refund_paid": (chipped_in("paid"), removed, "Ask for your money back"),
    "item_restored": (reserved, put_back, "is back on"),
    "item_set_aside": (reserved, marked("set_aside"), "is no longer wanted"),
    "item_received": (reserved, marked("received"), "is no longer wanted"),
    "question_answered": (asked, answered, "was answered"),
    "wishlist_deleted": (
        reserved,
        lambda item, alice: remove_wishlist(wishlist=of_alice(item, alice), by=alice),
        "was deleted",
    ),
    "wishlist_revealed": (
        chipped_in("pledged"),
        lambda item, alice: reveal_wishlist(wishlist=of_alice(item, alice), by=alice),
        "has been revealed",
    ),
    "recipients_changed": (
        reserved,
        lambda item, alice: make_recipients(
            wishlist=of_alice(item, alice), members=item.wishlist.members.exclude(user=alice), by=alice
        ),
        "has a new recipient",
    ),
    "who_sees_changed": (
        reserved,
        lambda item, alice: edit_wishlist(wishlist=of_alice(item, alice), by=alice, names_shown=False),
        "The people who can see what you give on",
    ),
}


@pytest.mark.parametrize("kind", TOLD)
@pytest.mark.parametrize("is_confirmed", [False, True])
def test_notices_of_members_are_mailed_to_guests(
    kind: str, is_confirmed: bool, item: Item, grandma: Guest, alice: User
) -> None:
    before, act, words = TOLD[kind]
    if is_confirmed:
        Guest.objects.update(confirmed_at=timezone.now())
        grandma.refresh_from_db()
    before(item, grandma)
    assert mails() == []
    act(item, alice)
    [letter] = mails()
    assert words in letter
    assert GuestLetter.objects.get().kind == kind
    assert any(name in letter for name in (*NAMES, "Samovar")) == is_confirmed


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        ([], []),
        ([chipped_in("pledged")], ["wishlist_deleted"]),
        ([chipped_in("paid")], ["refund_paid", "wishlist_deleted"]),
        ([chipped_in("pledged"), chipped_in("pledged"), asked], ["wishlist_deleted"]),
    ],
)
def test_deleted_list_is_reported_once(
    given: list[Before], kinds: list[str], item: Item, known: Guest, alice: User
) -> None:
    for act in given:
        act(item, known)
    remove_wishlist(wishlist=of_alice(item, alice), by=alice)
    mails()
    assert sorted(GuestLetter.objects.values_list("kind", flat=True)) == kinds


def test_guest_on_the_waiting_list_is_told_of_a_deleted_list(
    item: Item, bob: User, known: Guest, alice: User
) -> None:
    take(item, bob)
    wait_for_item(item=there(item), by=by(known))
    remove_wishlist(wishlist=of_alice(item, alice), by=alice)
    [letter] = mails()
    assert "was deleted" in letter


@pytest.mark.parametrize(
    ("target", "ends", "words"),
    [
        (400, "at its deadline", "The group gift “Kettle” on “Alice's birthday” is fully funded"),
        (4000, "at its deadline", "The group gift “Kettle” on “Alice's birthday” didn't reach its target"),
        (4000, "now", "The group gift “Kettle” on “Alice's birthday” has ended"),
    ],
)
def test_end_of_a_collection_is_mailed(
    target: int, ends: str, words: str, item: Item, bob: User, known: Guest
) -> None:
    deadline = timezone.now() + timedelta(days=1)
    here = Wishlist.objects.get(pk=item.wishlist_id)
    collection = open_collection(
        wishlist=here, by=bob, item_id=item.pk, currency="EUR", target_minor=target, deadline_at=deadline
    )
    contribute(item=there(item), by=by(known), amount_minor=400, status="pledged")
    if ends == "now":
        end_collection(collection=collection, by=bob)
    else:
        with time_machine.travel(deadline, tick=False):
            assert end_due_collections() == 1
    [letter] = mails()
    assert words in letter


def test_every_kind_of_notice_has_a_text() -> None:
    assert set(MAIL_TEXTS) == set(GuestLetter.Kind) - set(GuestLetter.ASKED_FOR)
    assert {"item_offered", "reservation_nudged", "reservation_lapsed"} < set(MAIL_TEXTS)
    assert set(TOLD) < set(MAIL_TEXTS)
    assert kinds_sent() < set(MAIL_TEXTS)


def kinds_sent() -> set[str]:
    """Return the kinds of notices that services of wishlists send to guests, as far as the source names them."""
    kinds = set()
    for module in Path(settings.BASE_DIR, "wishlists", "services").rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("tell_holders", "tell_guests"):
                named = [word.value for word in node.keywords if word.arg == "kind"]
                kinds |= {str(word.value) for word in named if isinstance(word, ast.Constant)}
    assert "item_offered" in kinds
    return kinds


def test_guests_who_hold_nothing_get_no_mail(
    item: Item, wishlist: Wishlist, grandma: Guest, alice: User
) -> None:
    """No mail to guests who only looked, released their reservation, or gave no address."""
    silent = join_guest(wishlist=wishlist, name="Silent")
    reserved(item, grandma)
    release_item(item=there(item), by=by(grandma))
    reserved(item, silent)
    removed(item, alice)
    assert mails() == []
    assert not GuestLetter.objects.exists()


def test_rolled_back_change_sends_no_mail(item: Item, bob: User, grandma: Guest) -> None:
    class Undone(Exception):
        pass

    @change()
    def offered_and_undone() -> None:
        offer(item, bob, grandma)
        raise Undone

    with pytest.raises(Undone):
        offered_and_undone()
    assert mails() == []
    assert not GuestLetter.objects.exists()


@pytest.mark.parametrize(
    ("language", "words"), [("de", "ist wieder frei und für dich zurückgelegt"), ("en", "held for you")]
)
def test_in_the_guests_own_language(
    language: str, words: str, anybody: Api, share_link: ShareLink, item: Item, bob: User
) -> None:
    """The person who causes the mail may use another language."""
    take(item, bob)
    sent = {"guest_name": "Oma", "guest_email": GRANDMA}
    path = f"/public/wishlists/items/{item.pk}/waiting?token={share_link.token}"
    assert anybody("POST", path, sent, headers={"accept-language": language}).status_code == 201
    release_item(item=seen_by(bob, item), by=Viewer(user=bob))
    [letter] = mails()
    assert words in letter


# --- guests who get no notices ------------------------------------------------------------------------------------


def test_list_with_confirmation_mails_confirmed_addresses_only(item: Item, bob: User, grandma: Guest) -> None:
    Wishlist.objects.filter(pk=item.wishlist_id).update(guests_confirm=True)
    offer(item, bob, grandma)
    assert mails() == []
    Guest.objects.update(confirmed_at=timezone.now())
    release_item(item=there(item), by=by(grandma))
    grandma.refresh_from_db()
    offer(item, bob, grandma)
    assert len(mails()) == 1


SHUT: dict[str, Callable[[Wishlist], Any]] = {
    "the link was withdrawn": lambda wishlist: PublicLink.objects.update(revoked_at=timezone.now()),
    "the list is hidden": lambda wishlist: Wishlist.objects.filter(pk=wishlist.pk).update(
        hidden_at=timezone.now()
    ),
}


@pytest.mark.parametrize("when", ["as it happens", "before it is sent"])
@pytest.mark.parametrize("way", SHUT)
def test_guest_without_access_gets_no_notice(
    way: str, when: str, item: Item, bob: User, known: Guest
) -> None:
    if when == "before it is sent":
        offer(item, bob, known)
        assert GuestLetter.objects.count() == 1
        SHUT[way](item.wishlist)
    else:
        SHUT[way](item.wishlist)
        known.refresh_from_db()
        send_notice(guest=known, kind="item_offered", item=item)
    assert mails() == []


def test_guest_stops_and_restarts_notices(item: Item, bob: User, known: Guest) -> None:
    page, browser = f"/g/{manage_token(known)}", Client()
    assert "Stop e-mails" in browser.get(page).text
    assert browser.post(f"{page}/news").status_code == 303
    assert "Turn e-mails on" in browser.get(page).text
    offer(item, bob, known)
    assert mails() == []
    send_link(guest=known)
    assert len(mails()) == 1, "mails that they ask for are sent"
    browser.post(f"{page}/news", {"wanted": "1"})
    release_item(item=there(item), by=by(known))
    offer(item, bob, known)
    assert len(mails()) == 1


# --- the secret ---------------------------------------------------------------------------------------------------

ALICES = ("alice@example.com", "Alice@Example.COM", "alice+gifts@example.com")


def everything_for(guest: Guest, item: Item, bob: User) -> None:
    """Send the guest every kind of mail: code, link and all notices."""
    send_code(guest=guest)
    send_link(guest=guest)
    offer(item, bob, guest)
    for kind in MAIL_TEXTS:
        send_notice(guest=guest, kind=kind, item=item)


@contextmanager
def as_policy(item: Item, policy: str) -> Iterator[None]:
    Wishlist.objects.filter(pk=item.wishlist_id).update(policy=policy)
    item.wishlist.refresh_from_db()
    yield


@pytest.mark.parametrize("policy", ["surprise", "status"])
@pytest.mark.parametrize("address", ALICES)
def test_recipients_address_gets_no_mail(
    address: str, policy: str, item: Item, bob: User, wishlist: Wishlist
) -> None:
    """A shared mailbox, a typo, or a prank: a guest gave the recipient's address."""
    with as_policy(item, policy):
        guest = join_guest(wishlist=item.wishlist, name="Grandma", email=address)
        Guest.objects.update(confirmed_at=timezone.now())
        everything_for(guest, item, bob)
        assert mails(address) == []


def test_control_without_the_check_mail_is_sent_to_the_recipient(
    item: Item, bob: User, wishlist: Wishlist, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (guest_mail, tasks):
        monkeypatch.setattr(module, "belongs_to_blind", lambda guest: False)
    guest = join_guest(wishlist=wishlist, name="Grandma", email=ALICES[0])
    everything_for(guest, item, bob)
    assert len(mails(ALICES[0])) > 2


def test_recipient_who_deletes_their_account_gets_no_mail(
    item: Item, alice: User, wishlist: Wishlist
) -> None:
    """Their list is deleted with the account. When the notices are sent, the address belongs to no account any more."""
    reserved(item, join_guest(wishlist=wishlist, name="Grandma", email=alice.email))
    remove_user(user=alice)
    assert GuestLetter.objects.get().kind == "wishlist_deleted"
    assert mails(ALICES[0]) == []


def test_control_with_only_the_check_when_sending_mail_is_sent(
    item: Item, alice: User, wishlist: Wishlist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guest_mail, "belongs_to_blind", lambda guest: False)
    reserved(item, join_guest(wishlist=wishlist, name="Grandma", email=alice.email))
    remove_user(user=alice)
    assert len(mails(ALICES[0])) == 1


def test_new_and_former_recipients_get_no_mail(
    item: Item, alice: User, bob: User, charlie: User, wishlist: Wishlist
) -> None:
    """A letter to a friend who is a recipient when it is sent, and one to a recipient who left before the reveal."""
    guest = join_guest(wishlist=wishlist, name="Charlie", email=charlie.email)
    offer(item, bob, guest)
    assert GuestLetter.objects.count() == 1
    share_wishlist(wishlist=wishlist, by=alice, email=charlie.email, role="viewer", is_recipient=True)
    assert mails(charlie.email) == []
    remove_member(wishlist=of_alice(item, alice), user=charlie, by=alice)
    send_notice(guest=guest, kind="item_offered", item=item)
    assert mails(charlie.email) == []


def test_after_the_reveal_mail_is_sent(item: Item, alice: User, wishlist: Wishlist) -> None:
    guest = join_guest(wishlist=wishlist, name="Grandma", email=alice.email)
    reserved(item, guest)
    reveal_wishlist(wishlist=of_alice(item, alice), by=alice)
    assert len(mails(alice.email)) == 1


def test_giver_with_an_account_gets_mail(item: Item, bob: User, charlie: User, wishlist: Wishlist) -> None:
    Member.objects.create(wishlist=wishlist, user=charlie, role="viewer")
    guest = join_guest(wishlist=wishlist, name="Charlie", email=charlie.email)
    offer(item, bob, guest)
    assert len(mails(charlie.email)) == 1


@pytest.mark.parametrize("address", [GRANDMA, ALICES[0]])
def test_response_does_not_tell_whose_address_it_is(
    address: str, anybody: Api, share_link: ShareLink, item: Item
) -> None:
    body = {"reservation_status": "reserved", "guest_name": "G", "guest_email": address}
    token = share_link.patch(anybody, body).json()["manage_token"]
    headers = {"x-manage-token": token}
    for path in ("code", "manage-link"):
        answer = anybody("POST", f"/public/guests/{path}?token={share_link.token}", None, headers=headers)
        assert (answer.status_code, answer.content) == (204, b"")


# --- limits -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_confirmed", "most"), [(False, NOTICES_UNCONFIRMED.amount), (True, NOTICES_CONFIRMED.amount)]
)
def test_notices_are_limited_per_hour(is_confirmed: bool, most: int, item: Item, grandma: Guest) -> None:
    """Notices and letters that a guest asked for are counted separately."""
    if is_confirmed:
        grandma.confirmed_at = timezone.now()
        grandma.save(update_fields=["confirmed_at"])
    start = timezone.now()
    for minutes_ago in (10, 8, 6, 4, 2):
        with time_machine.travel(start - timedelta(minutes=minutes_ago), tick=False):
            send_link(guest=grandma)
    sent = [send_notice(guest=grandma, kind="item_offered", item=item) for _ in range(most + 2)]
    assert [letter is not None for letter in sent] == [True] * most + [False] * 2
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1), tick=False):
        assert send_notice(guest=grandma, kind="item_offered", item=item) is not None
        assert send_code(guest=grandma) is not None


def test_last_mail_before_the_limit_says_so(item: Item, known: Guest) -> None:
    for _ in range(NOTICES_CONFIRMED.amount + 3):
        send_notice(guest=known, kind="item_offered", item=item)
    saying = ["we'll pause them for a while." in body for body in mails()]
    assert saying == [False] * (NOTICES_CONFIRMED.amount - 1) + [True]


def test_spellings_of_a_mailbox_share_its_limit(item: Item, wishlist: Wishlist) -> None:
    spellings = ("Grandma+1@example.org", "grandma+2@EXAMPLE.org", GRANDMA)
    people = [join_guest(wishlist=wishlist, name="G", email=spelling) for spelling in spellings]
    sent = [
        send_notice(guest=guest, kind="item_offered", item=item)
        for _ in range(NOTICES_UNCONFIRMED.amount)
        for guest in people
    ]
    assert sum(letter is not None for letter in sent) == NOTICES_UNCONFIRMED.amount


def test_edits_of_a_wish_are_mailed_once_an_hour(item: Item, known: Guest, alice: User) -> None:
    reserved(item, known)
    for title in ("Pot", "Samovar", "Cup"):
        edit_item(item=seen_by(alice, item), by=Viewer(user=alice), title=title)
    assert len(mails()) == 1
    with time_machine.travel(timezone.now() + timedelta(hours=1, seconds=1), tick=False):
        edit_item(item=seen_by(alice, item), by=Viewer(user=alice), title="Kettle")
        assert len(mails()) == 1


# --- their page ---------------------------------------------------------------------------------------------------


def test_page_shows_what_the_mail_is_about(item: Item, bob: User, grandma: Guest) -> None:
    page, browser = f"/g/{manage_token(grandma)}", Client()
    take(item, bob)
    wait_for_item(item=there(item), by=by(grandma))
    assert "You're first in line." in browser.get(page).text
    assert browser.post(f"{page}/line/{item.pk}").status_code == 303
    assert "Waiting list" not in browser.get(page).text
    wait_for_item(item=there(item), by=by(grandma))
    release_item(item=seen_by(bob, item), by=Viewer(user=bob))
    shown = browser.get(page).text
    assert "It's your turn. We hold it for you until" in shown
    assert "Decline" in shown
    mine = Reservation.objects.active().get()
    browser.post(f"{page}/gifts/{mine.pk}", {"action": "reserved"})
    mine.refresh_from_db()
    assert not mine.is_offer


def test_page_shows_nothing_of_another_list(item: Item, grandma: Guest, charlie: User) -> None:
    other = Wishlist.objects.create(
        tenant=charlie.tenant, owner=charlie, title="x", updated_at=timezone.now()
    )
    elsewhere = Item.objects.create(wishlist=other, title="Tie", currency="EUR", updated_at=timezone.now())
    answer = Client().post(f"/g/{manage_token(grandma)}/line/{elsewhere.pk}", follow=True)
    assert "This item doesn&#x27;t exist" in answer.text


def test_one_click_in_a_mail_program_stops_notices_and_undo_restores_them(item: Item, grandma: Guest) -> None:
    reserve_item(item=item, by=Viewer(guest=grandma, by_link=True))
    edit_item(item=item, by=Viewer(user=item.wishlist.owner), title="Red kettle")
    Worker().run_ready()
    headers = mail.outbox[-1].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = headers["List-Unsubscribe"].strip("<>").removeprefix(settings.SITE_URL)
    strict = Client(enforce_csrf_checks=True)
    assert manage_token(grandma) not in stop
    assert Client().get(f"/g/{stop.split('/')[2]}").status_code == 404
    page = Client().get(stop).content.decode()
    assert not [word for word in (*NAMES, grandma.name, grandma.email) if word in page]
    assert not GuestMail.objects.filter(guest=grandma, stopped_at__isnull=False).exists()
    assert strict.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert GuestMail.objects.filter(guest=grandma, stopped_at__isnull=False).exists()
    assert strict.post(f"{stop}/undo").status_code == 200
    assert not GuestMail.objects.filter(guest=grandma, stopped_at__isnull=False).exists()
