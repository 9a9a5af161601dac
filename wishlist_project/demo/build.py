"""The demo's story, carried out by the services, in one change: all of it is there, or nothing."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import User
from sharing.services.links import make_link
from sharing.services.suggestions import suggest_item
from wishlist_project.base.change import change
from wishlist_project.base.money import to_minor
from wishlist_project.demo.occasions import OCCASIONS
from wishlist_project.demo.story import MODERATOR, PASSWORD, PEOPLE, ChipIn, Occasion, Reserve, Wish
from wishlists.audience import Viewer
from wishlists.models import Guest, Item, Wishlist
from wishlists.services.contributing import contribute
from wishlists.services.items import add_item, mark_item
from wishlists.services.lists import create_wishlist
from wishlists.services.people import join_guest, share_wishlist
from wishlists.services.reserving import reserve_item


def build_demo() -> None:
    """People first, outside the change: hashing takes its time, and a change holds SQLite's one write lock."""
    password = make_password(PASSWORD)
    with change():
        people = {name: _add_person(name, email, password) for name, email in PEOPLE.items()}
        name, email = MODERATOR
        _add_person(
            name, email, password, is_staff=True, is_superuser=True, tenant_role=User.TenantRole.ADMIN
        )
        for occasion in OCCASIONS:
            _Telling(occasion, people).tell()


def _add_person(name: str, email: str, password: str, **fields: object) -> User:
    return User.objects.create(email=email, display_name=name, password=password, **fields)


def picture_url(name: str) -> str:
    return f"{settings.SITE_URL}{settings.STATIC_URL}demo/{name}.svg"


class _Telling:
    """One occasion on its way from words to rows."""

    def __init__(self, occasion: Occasion, people: dict[str, User]) -> None:
        self.occasion, self.people = occasion, people
        self.owner = people[occasion.owner]
        self.guests: dict[str, Guest] = {}

    def tell(self) -> None:
        told = self.occasion
        made = create_wishlist(
            owner=self.owner,
            for_someone_else=told.for_someone_else,
            title=told.title,
            description=told.description,
            due_date=timezone.localdate() + timedelta(days=told.days),
            policy=told.policy,
            names_shown=told.names_shown,
            is_public=told.is_public,
        )
        self.wishlist = Wishlist.objects.for_viewer(self.owner).get(pk=made.pk)
        for name, role in told.let_in.items():
            share_wishlist(wishlist=self.wishlist, by=self.owner, email=self.people[name].email, role=role)
        make_link(wishlist=self.wishlist, by=self.owner)
        for wish in told.wishes:
            self._wish(wish)
        for who, title, message in told.suggested:
            suggest_item(wishlist=self.wishlist, by=self._viewer(who), title=title, message=message)

    def _wish(self, wish: Wish) -> None:
        item = add_item(
            wishlist=self.wishlist,
            by=Viewer(user=self.owner),
            title=wish.title,
            description=wish.description,
            link_url=f"https://shop.example.com/{wish.picture}",
            image_url=picture_url(wish.picture),
            price_minor=None if wish.price is None else to_minor(wish.price, wish.currency),
            currency=wish.currency,
            quantity=wish.quantity,
        )
        for act in wish.given:
            self._give(item, act)
        if wish.mark:
            mark_item(item=self._seen_by(item, self.owner), by=Viewer(user=self.owner), mark=wish.mark)

    def _give(self, item: Item, act: Reserve | ChipIn) -> None:
        by = self._viewer(act.who)
        seen = self._seen_by(item, by.user)
        if isinstance(act, Reserve):
            reserve_item(item=seen, by=by, units=act.units, message=act.message, purchased=act.bought)
        else:
            minor = to_minor(act.amount, item.currency)
            contribute(item=seen, by=by, amount_minor=minor, status="paid" if act.paid else "pledged")

    def _viewer(self, who: str) -> Viewer:
        """One of the people, or a guest who comes by the link."""
        if who in self.people:
            return Viewer(user=self.people[who])
        if who not in self.guests:
            self.guests[who] = join_guest(wishlist=self.wishlist, name=who)
        return Viewer(guest=self.guests[who], by_link=True)

    @staticmethod
    def _seen_by(item: Item, user: User | None) -> Item:
        return Item.objects.for_viewer(user).get(pk=item.pk).with_asker()
