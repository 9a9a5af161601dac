"""Create the demo by calling the services, in one change, so that it is complete or missing."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import User
from accounts.services.groups import create_group, let_into_group
from core.db.change import change
from core.money.money import to_minor
from core.time.days import start_of_day
from sharing.access.invitation_tokens import Kind
from sharing.services.inviting import invite
from sharing.services.links import make_link
from sharing.services.suggestions import suggest_item
from wishlist_project.demo.exchanges import build_exchange, build_people
from wishlist_project.demo.occasions import OCCASIONS, PARTY
from wishlist_project.demo.story import (
    MODERATOR,
    PASSWORD,
    PEOPLE,
    Act,
    Ask,
    ChipIn,
    Collect,
    Occasion,
    Reserve,
    Say,
    SharedList,
    Thank,
    Wait,
    Wish,
)
from wishlists.models import Contribution, Guest, Item, Message, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.alternatives import group_item
from wishlists.services.lists.drafts import add_draft
from wishlists.services.lists.group_sharing import share_with_group
from wishlists.services.lists.items import add_item, mark_item
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.lists.messages import add_message, answer_message
from wishlists.services.lists.people import join_guest, share_wishlist
from wishlists.services.lists.reveal import reveal_wishlist
from wishlists.services.lists.secret_additions import add_secret_item
from wishlists.services.money.collecting import open_collection
from wishlists.services.money.contributing import contribute, contribute_to_pot
from wishlists.services.reserving import reserve_item
from wishlists.services.thanking import send_thanks, write_thanks
from wishlists.services.waitlisting import wait_for_item


def build_demo() -> None:
    """Create the demo. The password is hashed before the change, which holds SQLite's only write lock."""
    password = make_password(PASSWORD)
    with change():
        people = {name: _add_person(name, email, password) for name, email in PEOPLE.items()}
        name, email = MODERATOR
        _add_person(
            name, email, password, is_staff=True, is_superuser=True, tenant_role=User.TenantRole.ADMIN
        )
        for occasion in OCCASIONS:
            _OccasionBuilder(occasion, people).build()
        _build_shared_list(PARTY, people)
        build_people(people)
        build_exchange(people)


def _add_person(name: str, email: str, password: str, **fields: object) -> User:
    return User.objects.create(email=email, display_name=name, password=password, **fields)


def _build_shared_list(told: SharedList, people: dict[str, User]) -> None:
    """Create a list that a group shares, with things that some of its people get or have ticked off."""
    owner = people[told.owner]
    group = create_group(by=owner, name=told.group)
    for name in told.people:
        let_into_group(group=group, user=people[name], role="member", by=owner)
    wishlist = create_wishlist(owner=owner, title=told.title, preset="shared")
    share_with_group(wishlist=wishlist, by=owner, group_id=group.pk, role="viewer")
    for thing in told.things:
        item = add_item(
            wishlist=wishlist,
            by=Viewer(user=owner),
            title=thing.title,
            quantity=thing.quantity,
            image_url=picture_url(thing.picture),
        )
        if thing.who:
            mark = Item.Mark.RECEIVED if thing.is_done else Item.Mark.SET_ASIDE
            mark_item(item=item, by=Viewer(user=people[thing.who]), mark=mark)


def picture_url(name: str) -> str:
    return f"{settings.SITE_URL}{settings.STATIC_URL}demo/{name}.svg"


def status_of(act: ChipIn) -> Contribution.Status:
    return Contribution.Status.PAID if act.paid else Contribution.Status.PLEDGED


class _OccasionBuilder:
    """Creates the rows of one occasion."""

    def __init__(self, occasion: Occasion, people: dict[str, User]) -> None:
        self.occasion, self.people = occasion, people
        self.owner = people[occasion.owner]
        self.guests: dict[str, Guest] = {}
        self.items: dict[str, Item] = {}

    def build(self) -> None:
        told = self.occasion
        self.wishlist = create_wishlist(
            owner=self.owner,
            preset=told.preset,
            title=told.title,
            description=told.description,
            due_date=timezone.localdate() + timedelta(days=told.days),
            **told.settings,
        )
        for name, role in told.let_in.items():
            share_wishlist(
                wishlist=self._list_of(self.owner),
                by=self.owner,
                email=self.people[name].email,
                role=role,
                is_recipient=name in told.also_for,
            )
        for email in told.invited:
            wishlist = self._list_of(self.owner)
            invite(kind=Kind.LIST, target=wishlist, by=self.owner, email=email, role="viewer")
        make_link(wishlist=self._list_of(self.owner), by=self.owner)
        for wish in told.wishes:
            self._wish(wish)
        for act in told.pot:
            self._fill_pot(act)
        for who, title, message in told.suggested:
            by = self._viewer(who)
            suggest_item(wishlist=self._list_of(by.user), by=by, title=title, message=message)
        if told.is_revealed:
            reveal_wishlist(wishlist=self._list_of(self.owner), by=self.owner)
        for thank in told.thanked:
            self._thank(thank)

    def _wish(self, wish: Wish) -> None:
        item = self._write(wish)
        self.items[wish.title] = item
        by = Viewer(user=self.owner)
        if wish.instead_of:
            other = self._seen_by(self.items[wish.instead_of], self.owner)
            group_item(item=self._seen_by(item, self.owner), by=by, other=other)
        for act in wish.given:
            self._act(item, act)
        if wish.mark:
            mark_item(item=self._seen_by(item, self.owner), by=by, mark=wish.mark)

    def _write(self, wish: Wish) -> Item:
        fields = {
            "title": wish.title,
            "description": wish.description,
            "link_url": f"https://shop.example.com/{wish.picture}",
            "image_url": picture_url(wish.picture),
            "price_minor": None if wish.price is None else to_minor(wish.price, wish.currency),
            "currency": wish.currency,
            "quantity": wish.quantity,
        }
        author = self.people[wish.added_by] if wish.added_by else self.owner
        seen = self._list_of(author)
        if wish.is_draft:
            return add_draft(wishlist=seen, by=author, **fields)
        add = add_secret_item if wish.added_by else add_item
        return add(wishlist=seen, by=Viewer(user=author), **fields)

    def _act(self, item: Item, act: Act) -> None:
        by = self._viewer(act.who)
        seen = self._seen_by(item, by.user)
        match act:
            case Reserve():
                reserve_item(item=seen, by=by, units=act.units, message=act.message, stage=act.stage)
            case ChipIn():
                contribute(
                    item=seen, by=by, amount_minor=to_minor(act.amount, item.currency), status=status_of(act)
                )
            case Collect():
                self._collect(act, item.currency, item)
            case Wait():
                wait_for_item(item=seen, by=by)
            case Say():
                add_message(item=seen, by=by, lane="givers", text=act.text)
            case Ask():
                question = add_message(item=seen, by=by, lane="questions", text=act.text)
                self._answer(item, question, act.answer)

    def _answer(self, item: Item, question: Message, text: str) -> None:
        if text:
            seen = self._seen_by(item, self.owner)
            answer_message(item=seen, by=Viewer(user=self.owner), question_id=question.pk, text=text)

    def _fill_pot(self, act: ChipIn | Collect) -> None:
        currency = settings.DEFAULT_CURRENCY
        if isinstance(act, Collect):
            self._collect(act, currency)
            return
        by = self._viewer(act.who)
        contribute_to_pot(
            wishlist=self._list_of(by.user),
            by=by,
            amount_minor=to_minor(act.amount, currency),
            status=status_of(act),
            currency=currency,
        )

    def _collect(self, act: Collect, currency: str, item: Item | None = None) -> None:
        by = self.people[act.who]
        open_collection(
            wishlist=self._list_of(by),
            by=by,
            currency=currency,
            item_id=item.pk if item else None,
            target_minor=to_minor(act.target, currency),
            deadline_at=start_of_day(
                timezone.localdate() + timedelta(days=act.days), self.wishlist.time_zone
            ),
            note=act.note,
        )

    def _thank(self, thank: Thank) -> None:
        by = self._viewer(thank.who)
        giver = by.user or by.guest
        assert giver is not None
        seen = self._list_of(self.owner)
        write_thanks(wishlist=seen, by=self.owner, giver_id=giver.pk, note=thank.note, ticked=not thank.note)
        if thank.sent:
            send_thanks(wishlist=seen, by=self.owner, giver_id=giver.pk)

    def _viewer(self, who: str) -> Viewer:
        """Return the viewer for one of the people, or for a guest by link."""
        if who in self.people:
            return Viewer(user=self.people[who])
        if who not in self.guests:
            self.guests[who] = join_guest(wishlist=self.wishlist, name=who)
        return Viewer(guest=self.guests[who], by_link=True)

    def _list_of(self, user: User | None) -> Wishlist:
        """Return the list as loaded for `user`, which services need."""
        return Wishlist.objects.get(pk=self.wishlist.pk)

    @staticmethod
    def _seen_by(item: Item, user: User | None) -> Item:
        return Item.objects.get(pk=item.pk)
