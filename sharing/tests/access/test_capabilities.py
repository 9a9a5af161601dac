"""Tokens cannot be derived without the secret, have one spelling each, and survive a change of secrets."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from base64 import urlsafe_b64encode

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from core.errors.refusals import Refusal
from sharing.access.capabilities import TOKEN_LENGTH, link_token, manage_token
from sharing.models import PublicLink
from sharing.queries.links import guest_of, link_of
from sharing.refusals import NoSuchLink
from sharing.services.links import find_open_link
from wishlists.models import Guest, Wishlist

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture
def guest(wishlist: Wishlist) -> Guest:
    return Guest.objects.create(wishlist=wishlist, name="Grandma")


def test_token_names_its_link_and_list(link: PublicLink, wishlist: Wishlist) -> None:
    token = link_token(link)

    assert len(token) == TOKEN_LENGTH
    found = link_of(token)
    assert found == link
    assert found is not None
    assert found.wishlist == wishlist


def test_manage_token_names_a_guest_of_its_own_list_only(guest: Guest, wishlist: Wishlist, bob: User) -> None:
    other = Wishlist.objects.create(tenant=bob.tenant, owner=bob, title="Bob's", updated_at=timezone.now())

    assert guest_of(manage_token(guest), wishlist) == guest
    assert guest_of(manage_token(guest), other) is None


def test_one_kind_of_token_is_not_accepted_as_another(wishlist: Wishlist, alice: User) -> None:
    same_id = uuid.uuid4()
    link = PublicLink.objects.create(pk=same_id, wishlist=wishlist, created_by=alice)
    guest = Guest.objects.create(pk=same_id, wishlist=wishlist, name="Grandma")

    assert link_of(manage_token(guest)) is None
    assert guest_of(link_token(link), wishlist) is None


def test_token_cannot_be_derived_from_the_row(link: PublicLink) -> None:
    """The whole table and this module's source are not enough to build a token."""
    columns = [str(value) for value in PublicLink.objects.filter(pk=link.pk).values_list()[0]]
    assert link_token(link) not in " ".join(columns)
    for key in [b"", link.pk.bytes, str(link.pk).encode(), *(value.encode() for value in columns)]:
        mac = hmac.digest(key, b"public-link\0" + link.pk.bytes, hashlib.sha256)[:16]
        assert link_of(urlsafe_b64encode(link.pk.bytes + mac).rstrip(b"=").decode()) is None


def test_old_tokens_work_while_the_old_secret_is_a_fallback(link: PublicLink, settings: Settings) -> None:
    old_secret, old = settings.LINK_SECRET, link_token(link)
    settings.LINK_SECRET, settings.LINK_SECRET_FALLBACKS = (
        "a new secret of more than 32 characters",
        [old_secret],
    )

    assert link_token(link) != old
    assert link_of(link_token(link)) == link_of(old) == link

    settings.LINK_SECRET_FALLBACKS = []
    assert link_of(old) is None
    assert link_of(link_token(link)) == link


def test_every_changed_character_is_refused(link: PublicLink) -> None:
    """The last character has two spare bits. Its other three spellings are refused, too."""
    token = link_token(link)
    for place in range(TOKEN_LENGTH):
        for character in ALPHABET if place == TOKEN_LENGTH - 1 else "Aa0_":
            changed = token[:place] + character + token[place + 1 :]
            assert (link_of(changed) == link) is (changed == token)


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "x",
        "\0" * 43,
        "é" * 43,
        "\ud800" * 43,
        "=" * 43,
        " " * 43,
        "A" * 43,
        "A" * 42,
        "A" * 44,
        "+" * 43,
        "A" * 10**6,
    ],
    ids=lambda text: f"{text[:1]!r} x {len(text)}",
)
def test_garbage_is_no_token(garbage: str, wishlist: Wishlist) -> None:
    assert link_of(garbage) is None
    assert guest_of(garbage, wishlist) is None
    with pytest.raises(NoSuchLink):
        find_open_link(garbage)


def test_token_with_extra_characters_is_refused(link: PublicLink) -> None:
    for changed in (f" {link_token(link)}", f"{link_token(link)}\n", f"{link_token(link)}="):
        assert link_of(changed) is None


def test_open_link_returns_the_viewpoint_of_the_user(link: PublicLink, alice: User, bob: User) -> None:
    seen = {}
    for user in (None, alice, bob):
        _link, viewpoint = find_open_link(link_token(link), user=user)
        seen[user] = (viewpoint.role, viewpoint.is_recipient)

    assert seen == {None: (None, False), alice: ("owner", True), bob: ("viewer", False)}


def test_link_or_list_that_is_not_live_is_refused(link: PublicLink, wishlist: Wishlist) -> None:
    token, now = link_token(link), timezone.now()
    for change in ({"revoked_at": now}, {"expires_at": now}):
        PublicLink.objects.filter(pk=link.pk).update(**change)
        with pytest.raises(Refusal):
            find_open_link(token)
        assert not PublicLink.objects.live().filter(pk=link.pk).exists()
        PublicLink.objects.filter(pk=link.pk).update(revoked_at=None, expires_at=None)
    for change in ({"removed_at": now}, {"hidden_at": now}):
        Wishlist.objects.filter(pk=wishlist.pk).update(**change)
        with pytest.raises(Refusal):
            find_open_link(token)
        assert not PublicLink.objects.live().filter(pk=link.pk).exists()
        Wishlist.objects.filter(pk=wishlist.pk).update(removed_at=None, hidden_at=None)
    PublicLink.objects.filter(pk=link.pk).update(max_views=1, view_count=1)
    assert find_open_link(token)[0] == link
