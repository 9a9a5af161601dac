"""One of two worlds: the cast, what recipients get, and what givers do."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar, Self
from urllib.parse import urlencode
from uuid import UUID, uuid5

from django.apps import apps
from django.core.cache import cache
from django.db.models import Model
from django.test import Client
from django_tasks_db.models import DBTaskResult

from accounts.access.link_tokens import account_link_token
from accounts.access.tokens import mint_access_token
from accounts.models import AccountLink, Session, User
from accounts.services.groups import create_group, let_into_group
from accounts.services.sessions import start_session
from core.limits.rate_limit_storage import counts
from notices.models import NoticeDelivery
from notices.projections.feeds import calendar_of, news_of
from notices.services.pushing import message_of
from realtime.log.stream_reader import read_inbox_snapshot, read_snapshot
from realtime.log.streams import inbox_key, list_key
from realtime.models import Event, Stream
from sharing.access.capabilities import link_token, manage_token
from sharing.access.invitation_tokens import Kind, invitation_token
from sharing.models import PublicLink
from sharing.services.inviting import invite
from sharing.services.links import make_link
from sharing.services.suggestions import suggest_item
from wishlists.api.response_cache import response_cache
from wishlists.models import Guest, Item, Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.services.lists.group_sharing import share_with_group
from wishlists.services.lists.items import add_item
from wishlists.services.lists.lists import create_wishlist
from wishlists.services.lists.messages import add_message
from wishlists.services.lists.people import join_guest, share_wishlist
from wishlists.services.lists.recipients import set_recipients
from wishlists.services.lists.secret_additions import add_secret_item
from wishlists.services.money.contributing import contribute, contribute_to_pot
from wishlists.services.reserving import reserve_item
from wishlists.services.waitlisting import wait_for_item

CANARY = "canary"
"""Part of every text that givers write in secret. Recipients must never read it."""

NOBODY = uuid5(UUID(int=0), "nobody")

MODELS = {
    "wishlist_id": "wishlists.Wishlist",
    "item_id": "wishlists.Item",
    "user_id": "accounts.User",
    "suggestion_id": "sharing.Suggestion",
    "reservation_id": "wishlists.Reservation",
    "contribution_id": "wishlists.Contribution",
    "collection_id": "wishlists.Collection",
    "message_id": "wishlists.Message",
    "waiter_id": "wishlists.WaitlistEntry",
    "thanks_id": "wishlists.Thanks",
    "notification_id": "accounts.Notification",
    "job_id": "jobs.Job",
    "guest_id": "wishlists.Guest",
    "link_id": "notices.FeedLink",
    "webhook_id": "webhooks.Webhook",
    "subscription_id": "notices.PushSubscription",
    "giver_id": "wishlists.Guest",
    "report_id": "moderation.Report",
    "viewer_id": "accounts.User",
    "hushed_id": "wishlists.Message",
    "secret_id": "wishlists.Item",
    "group_id": "accounts.Group",
}

SOME: dict[str, dict[str, Any]] = {
    "hushed_id": {"lane": "givers"},
    "secret_id": {"is_secret": True},
    "viewer_id": {"memberships__role": "viewer"},
}
"""Filters for parameters that name only some rows of their model: messages among givers, because recipients see questions
and their removal; and secret additions; and the givers of the list, because a report about anybody else is no secret of it."""

OWNED_BY = {
    "reservation_id": "user",
    "contribution_id": "user",
    "collection_id": "organiser",
    "hushed_id": "user",
    "secret_id": "contributed_by",
}
"""The column with the only person who may change such a row."""


@dataclass(frozen=True)
class Call:
    """One request as it was sent. `who` is a name of the cast, or the guest. `api` means Bearer and JSON, otherwise it
    comes from a browser."""

    who: str
    api: bool
    method: str
    path: str
    body: dict[str, Any] | None = None


@dataclass
class World:
    """The cast of one world with a list of its own, made under a frozen clock so that both worlds are equal."""

    policy: str
    is_superuser: bool
    password_hash: str
    people: dict[str, User] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    browsers: dict[str, Client] = field(default_factory=dict)
    tags: dict[tuple[str, str], str] = field(default_factory=dict)
    """The last entity tag that each had of each path."""

    RECIPIENTS: ClassVar[tuple[str, ...]] = ("alice", "anna")
    GIVERS: ClassVar[tuple[str, ...]] = ("bob", "carol")

    def __post_init__(self) -> None:
        for name in (*self.RECIPIENTS, *self.GIVERS):
            self.people[name] = self._person(name)
        alice = self.people["alice"]
        made = create_wishlist(owner=alice, title="Birthday", policy=self.policy)
        self.wishlist: Wishlist = Wishlist.objects.get(pk=made.pk)
        for name in list(self.people)[1:]:
            role = "editor" if name == "anna" else "viewer"
            share_wishlist(wishlist=self.wishlist, by=alice, email=self.people[name].email, role=role)
        anna = self.wishlist.members.get(user=self.people["anna"])
        anna.is_recipient = True
        anna.save(update_fields=["is_recipient"])
        for title, quantity in (("Kettle", 1), ("Cups", 6), ("Socks", None), ("Lamp", 1)):
            add_item(
                wishlist=self.wishlist,
                by=Viewer(user=alice),
                title=title,
                quantity=quantity,
                price_minor=4990,
            )
        self.link: PublicLink = make_link(wishlist=self.wishlist, by=alice)[0]
        self.guest: Guest = join_guest(wishlist=self.wishlist, name="Grandma")
        seen = Wishlist.objects.get(pk=self.wishlist.pk)
        group = create_group(by=alice, name="Family")
        for name in ("anna", "bob"):
            let_into_group(group=group, user=self.people[name], role="admin", by=alice)
        share_with_group(wishlist=seen, by=alice, group_id=group.pk, role="viewer")
        address = self.people["anna"].email
        self.invitation = invite(kind=Kind.LIST, target=seen, by=alice, email=address, role="viewer")
        suggest_item(wishlist=seen, by=Viewer(user=self.people["bob"]), title="Book")
        for name, person in self.people.items():
            self.sessions[name] = start_session(user=person)
            self.browsers[name] = Client()
            self.browsers[name].force_login(person)
        self.begin()

    def begin(self) -> None:
        """Create what happened before, in both worlds."""

    def again(self) -> Self:
        """Return the world as it was when it was made, for a caller who rolled the database back. Caches are cleared:
        both worlds have the same tags, so one would get the other's cached answer."""
        cache.clear()
        response_cache.forget()
        counts().reset()
        there = {name: getattr(self, name) for name in ("people", "sessions", "wishlist", "link", "guest")}
        twin = copy.copy(self)
        vars(twin).update(copy.deepcopy(there))
        twin.tags, twin.browsers = {}, {}
        for name, browser in self.browsers.items():
            twin.browsers[name] = Client()
            twin.browsers[name].cookies = copy.deepcopy(browser.cookies)
        return twin

    def _person(self, name: str) -> User:
        is_staff = self.is_superuser and name in self.RECIPIENTS
        return User.objects.create(
            email=f"{name}@example.com",
            display_name=name.title(),
            password=self.password_hash,
            is_staff=is_staff,
            is_superuser=is_staff,
        )

    def send(self, call: Call) -> tuple[int, list[tuple[str, str]], bytes]:
        """Return the status, headers and body that the sender gets. Somebody who is logged out sends nothing."""
        if (
            call.who in self.sessions
            and not Session.objects.live().filter(user=self.people[call.who]).exists()
        ):
            return 0, [], b""
        if not call.api:
            answer = self.browsers.get(call.who, Client()).generic(
                call.method, call.path, _form(call.body), "application/x-www-form-urlencoded"
            )
        else:
            data = json.dumps(call.body) if call.body is not None else ""
            answer = Client(headers=self._known_as(call.who)).generic(
                call.method, call.path, data, "application/json"
            )
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        cookies = [("Set-Cookie", morsel.OutputString()) for morsel in answer.cookies.values()]
        if call.api and "ETag" in answer and call.method == "GET":
            content += self._whether_changed(call, answer["ETag"])
        return answer.status_code, sorted([*answer.headers.items(), *cookies]), content

    def _whether_changed(self, call: Call, tag: str) -> bytes:
        """Return what the sender gets who asks only whether it has changed since they asked last, and since now."""
        got = []
        for known in (self.tags.get((call.who, call.path), tag), tag):
            headers = self._known_as(call.who) | {"If-None-Match": known}
            answer = Client(headers=headers).generic(call.method, call.path, "", "application/json")
            got.append((answer.status_code, sorted(answer.headers.items())))
        self.tags[call.who, call.path] = tag
        return repr(got).encode()

    def _known_as(self, who: str) -> dict[str, str]:
        if who == "guest":
            return {"X-Manage-Token": manage_token(self.guest)}
        if who == "stranger":
            return {}
        return {"Authorization": f"Bearer {mint_access_token(self.sessions[who])}"}

    def observed(self) -> list[str]:
        """Return what recipients got without a request, and what their sockets get when they subscribe."""
        keys = self._streams()
        heads = Stream.objects.filter(key__in=keys).order_by("key").values_list("key", "epoch", "head")
        events = Event.objects.filter(stream__key__in=keys).order_by("stream__key", "seq")
        return [*map(str, heads), *events.values_list("frame", flat=True), *self._mail()]

    def snapshots(self) -> list[str]:
        key = list_key(self.wishlist.pk, Audience.RECIPIENT)
        there = Wishlist.objects.live().filter(pk=self.wishlist.pk).exists()
        listed = [str(read_snapshot(key, self.wishlist.pk, Audience.RECIPIENT))] if there else []
        people = [self.people[name].pk for name in self.RECIPIENTS]
        fed = [str(make(self.people[name])) for name in self.RECIPIENTS for make in (calendar_of, news_of)]
        return listed + fed + [str(read_inbox_snapshot(inbox_key(pk), pk)) for pk in people]

    def _streams(self) -> list[str]:
        own = [inbox_key(self.people[name].pk) for name in self.RECIPIENTS]
        return [list_key(self.wishlist.pk, Audience.RECIPIENT), *own]

    def _mail(self) -> list[str]:
        addresses = {self.people[name].email for name in self.RECIPIENTS}
        jobs = DBTaskResult.objects.filter(task_path__endswith="send_mail_job").order_by("enqueued_at", "id")
        mails = [job.args_kwargs["kwargs"] for job in jobs]
        links = AccountLink.objects.filter(address__in=addresses).order_by("created_at", "pk")
        linked = [f"{link.address} {link.purpose} {account_link_token(link)}" for link in links]
        sent = [json.dumps(mail, sort_keys=True) for mail in mails if mail["to"] in addresses]
        return linked + sent + self._planned()

    def _planned(self) -> list[str]:
        """Return what will be mailed and pushed to recipients, and when."""
        own = {self.people[name] for name in self.RECIPIENTS}
        rows = (
            NoticeDelivery.objects.filter(user__in=own)
            .select_related("notification")
            .order_by("due_at", "pk")
        )
        return [f"{row.pk} {row.cadence} {row.due_at} {message_of(row.notification)!r}" for row in rows]

    def item_id(self, title: str) -> UUID:
        return self.wishlist.items.get(title=title).pk

    def some(self, name: str, dice: Random, who: str = "") -> str:
        """Return a random value for the parameter: mostly an existing row, secret or not, and for givers mostly their own."""
        if name == "token":
            return link_token(self.link)
        if name == "guest_token":
            return manage_token(self.guest)
        if name == "list_id":
            # Always this one, because a report about another list is no secret of it.
            return str(self.wishlist.pk)
        if name == "invitation":
            return invitation_token(self.invitation)
        model = MODELS.get(name)
        if model is None or dice.random() < 0.05:
            return str(NOBODY)
        if name == "wishlist_id" and dice.random() < 0.95:
            return str(self.wishlist.pk)
        own = self._own(name, model, who) if who and dice.random() < 0.8 else []
        return str(dice.choice(own or _ids(apps.get_model(model), **SOME.get(name, {})) or [NOBODY]))

    def _own(self, name: str, model: str, who: str) -> list[Any]:
        """Return rows that `who` may change. For outsiders, return the items that they can see."""
        if name == "item_id" and who not in self.people:
            return _ids(apps.get_model(model), is_secret=False, draft_of=None, removed_at=None)
        owner = OWNED_BY.get(name)
        if owner is None or who == "stranger":
            return []
        whose = {"guest": self.guest} if who == "guest" else {owner: self.people[who]}
        return _ids(apps.get_model(model), **SOME.get(name, {}), **whose)


class NewRecipientWorld(World):
    """Bob gave in every way, and then became a recipient of the list too."""

    RECIPIENTS = ("alice", "anna", "bob")
    GIVERS = ("carol", "dora")

    def begin(self) -> None:
        bob, carol = self.people["bob"], self.people["carol"]
        secret = add_secret_item(
            wishlist=self._list_of(carol),
            by=Viewer(user=carol),
            title="Concert",
            quantity=4,
            price_minor=3000,
        )
        kettle, cups, socks, lamp = (item.pk for item in self.wishlist.items.open_knowledge().in_order())
        giver = Viewer(user=bob)
        for pk, stage in ((kettle, "arrived"), (secret.pk, "ordered"), (cups, "reserved")):
            reserve_item(item=self._item_of(bob, pk), by=giver, stage=stage, message="Mine")
        for pk, status in ((secret.pk, "paid"), (socks, "paid"), (cups, "pledged")):
            contribute(item=self._item_of(bob, pk), by=giver, amount_minor=500, status=status)
        contribute_to_pot(
            wishlist=self._list_of(bob), by=giver, amount_minor=700, status="paid", currency="EUR"
        )
        # The guest reserves it, because a reservation by one giver could not be released by the other.
        reserve_item(item=self._item_of(None, lamp), by=Viewer(guest=self.guest, by_link=True))
        wait_for_item(item=self._item_of(bob, lamp), by=giver)
        add_message(item=self._item_of(bob, kettle), by=giver, lane="givers", text="Who takes the cups?")
        alice = self.people["alice"]
        places = [self.people[name].pk for name in self.RECIPIENTS]
        set_recipients(wishlist=self._list_of(alice), by=alice, user_ids=places)

    def _list_of(self, person: User) -> Wishlist:
        return Wishlist.objects.get(pk=self.wishlist.pk)

    @staticmethod
    def _item_of(person: User | None, pk: UUID) -> Item:
        return Item.objects.get(pk=pk)


def _ids(model: type[Model], **whose: Any) -> list[Any]:
    return sorted(model._default_manager.filter(**whose).values_list("pk", flat=True))


def _form(body: dict[str, Any] | None) -> str:
    return urlencode(body or {}, doseq=True)
