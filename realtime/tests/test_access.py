"""Sockets and REST agree on who may see a list: their rule is compared with the QuerySets that REST uses, for every
viewer."""

from __future__ import annotations

from itertools import product

import pytest
from django.utils import timezone

from accounts.models import Tenant, User
from accounts.services.sessions import end_session, start_session
from core.db.change import change
from realtime.access import Person, Way, ended_sessions, judge
from realtime.protocol import SocketError
from sharing.models import PublicLink
from wishlists.models import Member, Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.queries.lists import list_at

pytestmark = pytest.mark.django_db


def person(user: User) -> Person:
    assert user.tenant_id is not None
    return Person(user.pk, user.tenant_id, user.pk)


def lists(owner: User, people: list[User]) -> list[Wishlist]:
    """Return public and private lists, live and withdrawn. On each, people are members, recipients, removed, or
    nobody."""
    made = []
    for public, gone in product(
        [True, False], [{}, {"removed_at": timezone.now()}, {"hidden_at": timezone.now()}]
    ):
        wishlist = Wishlist.objects.create(
            owner=owner, tenant=owner.tenant, title="x", is_public=public, updated_at=timezone.now(), **gone
        )
        Member.objects.create(wishlist=wishlist, user=owner, role="owner", is_recipient=True)
        for n, user in enumerate(people):
            if n % 4:
                removed = timezone.now() if n % 4 == 3 else None
                Member.objects.create(
                    wishlist=wishlist, user=user, role="viewer", is_recipient=n % 4 == 2, removed_at=removed
                )
        made.append(wishlist)
    return made


@change()
def foreigner() -> User:
    tenant = Tenant.objects.create(name="Elsewhere")
    return User.objects.create(email="x@example.com", display_name="X", tenant=tenant)


def expected(user: User, wishlist: Wishlist) -> Audience | None:
    found = Wishlist.objects.visible_to(user).filter(pk=wishlist.pk).first()
    return list_at(Viewer(user=user), found.pk).audience if found else None


def test_sockets_and_rest_agree_on_who_sees_what(alice: User, bob: User, charlie: User) -> None:
    more = [User.objects.create(email=f"{n}@example.com", display_name=f"{n}") for n in range(2)]
    people = [alice, bob, charlie, *more, foreigner()]
    made = lists(alice, people[1:])
    ways = {(user, wishlist): Way(wishlist.pk, person(user)) for user, wishlist in product(people, made)}
    verdicts = judge(set(ways.values()))
    for (user, wishlist), way in ways.items():
        verdict = verdicts[way]
        assert (None if isinstance(verdict, SocketError) else verdict) == expected(user, wishlist)
    assert {expected(user, wishlist) for user, wishlist in ways} == {*Audience, None} - {Audience.VISITOR}


def test_everybody_but_recipients_is_the_public_by_link(
    wishlist: Wishlist, alice: User, bob: User, charlie: User
) -> None:
    link = PublicLink.objects.create(wishlist=wishlist, created_by=alice)
    verdicts = judge({Way(wishlist.pk, who, link.pk) for who in (None, *map(person, (alice, bob, charlie)))})
    found = {way.person.user_id if way.person else None: verdict for way, verdict in verdicts.items()}
    assert found == {
        None: Audience.PUBLIC,
        alice.pk: Audience.RECIPIENT,
        bob.pk: Audience.PUBLIC,
        charlie.pk: Audience.PUBLIC,
    }


@pytest.mark.parametrize("field", ["revoked_at", "expires_at"])
def test_ended_link_opens_nothing(wishlist: Wishlist, alice: User, field: str) -> None:
    link = PublicLink.objects.create(wishlist=wishlist, created_by=alice, **{field: timezone.now()})
    [verdict] = judge({Way(wishlist.pk, None, link.pk)}).values()
    assert isinstance(verdict, SocketError)
    assert verdict.close == 4410


def test_number_of_queries_does_not_grow_with_sockets(
    alice: User, bob: User, charlie: User, django_assert_num_queries: object
) -> None:
    made = lists(alice, [bob, charlie])
    ways = {Way(wishlist.pk, person(user)) for wishlist in made for user in (alice, bob, charlie)}
    with django_assert_num_queries(2):  # type: ignore[operator]
        judge(ways)


def test_deactivation_ends_sessions(alice: User, bob: User, charlie: User) -> None:
    """A deactivation by a bare statement closes no session, but must still close the sockets (G8)."""
    open_, closed, deactivated = (start_session(user=user) for user in (alice, bob, charlie))
    end_session(session=closed)
    User.objects.filter(pk=charlie.pk).update(is_active=False)
    assert ended_sessions([open_.pk, closed.pk, deactivated.pk]) == {closed.pk, deactivated.pk}
