"""A guest types another spelling of a recipient's address. No letter is sent there."""

from __future__ import annotations

import itertools

import pytest
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from core.limits.rate_limits import LETTERS_ASKED_FOR
from core.tests.corpus import corpus
from sharing.access.reachable_guests import belongs_to_blind
from sharing.models import GuestLetter
from sharing.services.guest_mail import send_code
from wishlists.access import blind_mailboxes
from wishlists.models import Guest, Wishlist
from wishlists.services.lists.people import join_guest

# Each pair: the recipient's address, and another spelling of their mailbox.
SPELLED = [
    (hers, typed)
    for _form, _why, addresses in corpus("addresses")["same"]
    for hers, typed in itertools.permutations([address.strip() for address in addresses], 2)
]


@pytest.fixture
def grandma(wishlist: Wishlist) -> Guest:
    return join_guest(wishlist=wishlist, name="Grandma", email="grandma@example.org")


def reached(alice: User, guest: Guest, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the pairs for which a letter to the guest is sent."""
    sent = []
    for hers, guest.email in pairs:
        User.objects.filter(pk=alice.pk).update(email=hers)
        if not belongs_to_blind(guest):
            sent.append((hers, guest.email))
    return sent


def test_no_other_spelling_reaches_the_recipient(alice: User, grandma: Guest) -> None:
    assert reached(alice, grandma, SPELLED) == []


def test_control_if_only_case_were_ignored_most_spellings_would_reach_the_recipient(
    alice: User, grandma: Guest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blind_mailboxes, "canonical_mailbox", str.casefold)
    assert len(reached(alice, grandma, SPELLED)) > len(SPELLED) / 2


def test_mail_to_other_mailboxes_is_sent(alice: User, grandma: Guest) -> None:
    others = [tuple(pair) for form, _why, pair in corpus("addresses")["different"] if form == "canonical"]
    assert reached(alice, grandma, others) == others


def test_letters_to_spellings_of_one_mailbox_count_together(wishlist: Wishlist) -> None:
    spellings = (
        "anna@example.org",
        "ANNA+a@Example.org",
        "anna+b@example.org",
        "anna+c@example.org",
        "Anna+d@example.org",
    )
    for spelling in (*spellings, "anna+e@example.org"):
        send_code(guest=join_guest(wishlist=wishlist, name="Anna", email=spelling))
    assert GuestLetter.objects.count() == len(spellings) + 1
    sent = DBTaskResult.objects.filter(task_path__endswith="mail_guest")
    assert sent.count() == LETTERS_ASKED_FOR.amount
