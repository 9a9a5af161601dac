"""A list is shared with the owner of the typed mailbox, in any spelling, and never with a look-alike."""

from __future__ import annotations

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from core.tests.corpus import corpus
from tests.support.api_clients import Api
from wishlists.models import Member, Wishlist
from wishlists.refusals import NoSuchPerson
from wishlists.services.lists.people import share_wishlist

ONE_MAILBOX = [addresses for form, _why, addresses in corpus("addresses")["same"] if form != "canonical"]


def test_every_spelling_in_the_corpus_finds_the_same_person(wishlist: Wishlist, alice: User) -> None:
    wishlist = Wishlist.objects.get(pk=wishlist.pk)
    for first, *others in ONE_MAILBOX:
        person = User.objects.create(email=first.strip(), display_name="One")
        for spelling in others:
            member, _is_new = share_wishlist(wishlist=wishlist, by=alice, email=spelling, role="viewer")
            assert member.user == person, spelling
        person.email = f"{person.pk}@elsewhere.example"
        person.save(update_fields=["email"])


@pytest.mark.parametrize("spelling", ["mi\u212ae@example.com", "MIKE@EXAMPLE.COM", "mike@example.com"])
def test_look_alike_address_gets_no_access(as_alice: Api, wishlist: Wishlist, spelling: str) -> None:
    """Both accounts are from before look-alikes were refused; the look-alike comes first in the table."""
    disguised = User.objects.create(email="m\u0131ke@example.com", display_name="Mike")
    mike = User.objects.create(email="mike@example.com", display_name="Mike")
    answer = as_alice("POST", f"/wishlists/{wishlist.pk}/shares", {"email": spelling, "role": "viewer"})
    assert (answer.status_code, answer.json()["user_id"]) == (201, str(mike.pk))
    assert not Member.objects.filter(user=disguised).exists()


def test_exact_spelling_wins_between_two_old_accounts(wishlist: Wishlist, alice: User) -> None:
    wishlist = Wishlist.objects.get(pk=wishlist.pk)
    elder = User.objects.create(email="jo@müller.example", display_name="Jo")
    younger = User.objects.create(
        email="jo@xn--mller-kva.example", display_name="Jo", mailbox=elder.mailbox, mailbox_copy=1
    )
    for spelling, person in ((younger.email, younger), ("jo@MÜLLER.example", elder)):
        assert share_wishlist(wishlist=wishlist, by=alice, email=spelling, role="viewer")[0].user == person
    User.objects.filter(pk=younger.pk).update(is_active=False)
    assert share_wishlist(wishlist=wishlist, by=alice, email=younger.email, role="viewer")[0].user == elder
    User.objects.filter(pk=elder.pk).update(is_active=False)
    with pytest.raises(NoSuchPerson):
        share_wishlist(wishlist=wishlist, by=alice, email=younger.email, role="viewer")


def test_address_that_nobody_verified_gets_no_share(
    wishlist: Wishlist, alice: User, charlie: User, settings: Settings
) -> None:
    """Whoever registered first with somebody's address must not get what is shared with them."""
    settings.VERIFY_ADDRESSES = True
    with pytest.raises(NoSuchPerson):
        share_wishlist(wishlist=wishlist, by=alice, email=charlie.email, role="viewer")
    User.objects.filter(pk=charlie.pk).update(address_verified_at=timezone.now())
    assert share_wishlist(wishlist=wishlist, by=alice, email=charlie.email, role="viewer")[1]


def test_list_is_shared_by_handle(as_alice: Api, wishlist: Wishlist, settings: Settings) -> None:
    """A handle needs no verification: there is no mailbox of somebody else behind it."""
    settings.VERIFY_ADDRESSES = True
    mia = User.objects.create(email="Mia7", display_name="Mia")
    shared = as_alice("POST", f"/wishlists/{wishlist.pk}/shares", {"email": "MIA7", "role": "viewer"})
    assert (shared.status_code, shared.json()["user_id"]) == (201, str(mia.pk))
    unknown = as_alice("POST", f"/wishlists/{wishlist.pk}/shares", {"email": "mia8", "role": "viewer"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no_such_person")
