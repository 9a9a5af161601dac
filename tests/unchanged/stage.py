"""A stage for comparing the short way to a 304 with the full one: who asks for what, and what may happen meanwhile."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from accounts.access.tokens import mint_access_token, mint_refresh_token
from accounts.models import Session, Tenant, User
from core.db.change import change
from core.http.unchanged import known_answers
from sharing.access.capabilities import link_token, manage_token
from sharing.models import PublicLink
from sharing.services.links import make_link, moderate_link, revoke_link
from wishlists.models import Guest, Item, Member, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item
from wishlists.services.lists.lists import edit_wishlist, remove_wishlist
from wishlists.services.lists.people import join_guest, remove_member
from wishlists.services.lists.recipients import set_recipients
from wishlists.services.reserving import reserve_item

JSEND = "application/vnd.jsend+json"


@dataclass
class Stage:
    """Alice's list with Bob as a viewer, a public list, and a link. Charlie is no member of either."""

    people: dict[str, User]
    wishlist: Wishlist
    item: Item
    link: PublicLink
    guest: Guest
    sessions: dict[str, Session] = field(default_factory=dict)

    @staticmethod
    def of(alice: User, bob: User, charlie: User, item: Item) -> Stage:
        wishlist = item.wishlist
        link, _ = make_link(wishlist=wishlist, by=alice)
        people = {"alice": alice, "bob": bob, "charlie": charlie}
        made = Stage(people, wishlist, item, link, join_guest(wishlist=wishlist, name="Grandma"))
        made.sessions = {name: Session.objects.create(user=person) for name, person in people.items()}
        return made

    @property
    def now(self) -> Wishlist:
        return Wishlist.objects.get(pk=self.wishlist.pk)

    @property
    def item_now(self) -> Item:
        return Item.objects.get(pk=self.item.pk)

    def bearer(self, name: str) -> dict[str, str]:
        return {"authorization": f"Bearer {mint_access_token(self.sessions[name])}"}

    def end_session(self, name: str) -> None:
        Session.objects.filter(pk=self.sessions[name].pk).update(ended_at=timezone.now())

    def is_recipient(self, name: str) -> None:
        alice = self.people["alice"]
        places = [alice.pk, self.people[name].pk]
        set_recipients(wishlist=self.now, by=alice, user_ids=places)

    def set(self, **columns: Any) -> None:
        """Past all services, as somebody does it with SQL."""
        Wishlist.objects.filter(pk=self.wishlist.pk).update(**columns)

    def edit(self, **fields: Any) -> None:
        edit_wishlist(wishlist=self.now, by=self.people["alice"], **fields)

    def set_link(self, **columns: Any) -> None:
        PublicLink.objects.filter(pk=self.link.pk).update(**columns)


@dataclass(frozen=True)
class Ask:
    """A GET. `who` is a name of the stage, or "" for nobody."""

    path: str
    who: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    def sent(self, stage: Stage, **more: str) -> Answer:
        headers = (stage.bearer(self.who) if self.who else {}) | dict(self.headers) | more
        path = self.path.format(list=stage.wishlist.pk, token=link_token(stage.link))
        answer = Client().get(path, headers=headers)
        kept = {name: value for name, value in answer.items() if name != "X-Request-ID"}
        is_page = answer.get("Content-Type", "").startswith("text/html")
        body = b"a page, with keys of its own" if is_page else answer.content
        return Answer(answer.status_code, kept, body, "X-Request-ID" in answer)


@dataclass(frozen=True)
class Answer:
    """What the client gets, but for the id of the request, which is new for each."""

    status: int
    headers: dict[str, str]
    body: bytes
    has_id: bool


def fully(ask: Ask, stage: Stage, **more: str) -> Answer:
    """Send it the full way. What is learned from it is forgotten, and so is what was known."""
    known_answers.forget()
    answer = ask.sent(stage, **more)
    known_answers.forget()
    return answer


LIST, ITEMS = "/api/v1/wishlists/{list}", "/api/v1/wishlists/{list}/items"
LINK = "/api/v1/public/wishlists?token={token}"

ASKS = [
    *(Ask(path, who) for path in (LIST, ITEMS) for who in ("alice", "bob")),
    Ask(LINK),
]
"""What the short way answers."""


def _nothing(_stage: Stage) -> None:
    pass


def _another_tenant(stage: Stage) -> None:
    tenant = Tenant.objects.create(name="Elsewhere")
    User.objects.filter(pk__in=[person.pk for person in stage.people.values()]).update(tenant=tenant)


def _members_place_ends(stage: Stage) -> None:
    Member.objects.filter(user=stage.people["bob"]).update(removed_at=timezone.now())


def _member_is_removed(stage: Stage) -> None:
    remove_member(wishlist=stage.now, user=stage.people["bob"], by=stage.people["alice"])


def _item_is_added(stage: Stage) -> None:
    add_item(wishlist=stage.now, by=Viewer(user=stage.people["alice"]), title="Tea")


def _item_is_reserved(stage: Stage) -> None:
    reserve_item(item=stage.item_now, by=Viewer(guest=stage.guest, by_link=True))


def _sessions_end(stage: Stage) -> None:
    for name in stage.sessions:
        stage.end_session(name)


def _people_are_deactivated(stage: Stage) -> None:
    """Past `User.save`, which would end the sessions."""
    User.objects.filter(pk__in=[person.pk for person in stage.people.values()]).update(is_active=False)


def _sessions_move(stage: Stage) -> None:
    """The token names a person whose session this is not."""
    Session.objects.filter(pk=stage.sessions["bob"].pk).update(user=stage.people["charlie"])
    Session.objects.filter(pk=stage.sessions["alice"].pk).update(user=stage.people["charlie"])


def _delete(rows: QuerySet[Any]) -> None:
    with change():
        rows.delete()


def _is_removed_from_a_public_list(stage: Stage) -> None:
    stage.set(is_public=True)
    _member_is_removed(stage)


def _becomes_an_editor(stage: Stage) -> None:
    Member.objects.filter(user=stage.people["bob"]).update(role="editor")


MEANWHILE: dict[str, Callable[[Stage], object]] = {
    "nothing": _nothing,
    "sessions end": _sessions_end,
    "sessions are deleted": lambda _: _delete(Session.objects.all()),
    "sessions are another's": _sessions_move,
    "people are deactivated": _people_are_deactivated,
    "people are in another tenant": _another_tenant,
    "the member is removed": _member_is_removed,
    "the member's row ends": _members_place_ends,
    "the member is removed from a public list": _is_removed_from_a_public_list,
    "the member becomes a recipient": lambda stage: stage.is_recipient("bob"),
    "the member becomes an editor": _becomes_an_editor,
    "the list is removed": lambda s: remove_wishlist(wishlist=s.now, by=s.people["alice"]),
    "the list is hidden": lambda stage: stage.set(hidden_at=timezone.now()),
    "the list is renamed": lambda stage: stage.edit(title="Christmas"),
    "the list becomes public": lambda stage: stage.edit(is_public=True),
    "names are hidden": lambda stage: stage.edit(names_shown=False),
    "the policy changes past the streams": lambda stage: stage.set(policy="open"),
    "it is revealed past the streams": lambda stage: stage.set(revealed_at=timezone.now()),
    "names are hidden past the streams": lambda stage: stage.set(names_shown=False),
    "guests must say who they are": lambda stage: stage.edit(guests_identify=True),
    "guests must say who they are, past the streams": lambda stage: stage.set(guests_identify=True),
    "an item is added": _item_is_added,
    "an item is reserved": _item_is_reserved,
    "the link is revoked": lambda s: revoke_link(wishlist=s.now, by=s.people["alice"]),
    "a moderator revokes the link": lambda s: moderate_link(link=s.link, by=s.people["alice"], reason="Spam"),
    "the link expires": lambda stage: stage.set_link(expires_at=timezone.now()),
    "the link becomes limited": lambda stage: stage.set_link(max_views=3),
    "the link is used up": lambda stage: stage.set_link(max_views=3, view_count=3),
    "the link is deleted": lambda _: _delete(PublicLink.objects.all()),
}
"""What may happen between two requests."""

HEADERS: dict[str, Callable[[Stage], dict[str, str]]] = {
    "as before": lambda _: {},
    "another tag": lambda _: {"if-none-match": '"other"'},
    "any tag": lambda _: {"if-none-match": "*"},
    "nothing at all": lambda _: {"if-none-match": ""},
    "no tag": lambda _: {"if-none-match": "nonsense"},
    "a page": lambda _: {"accept": "text/html"},
    "JSON": lambda _: {"accept": "application/json"},
    "JSend": lambda _: {"accept": JSEND},
    "what we don't have": lambda _: {"accept": "image/png"},
    "a broken Accept": lambda _: {"accept": ";;;,"},
    "German": lambda _: {"accept-language": "de"},
    "another origin": lambda _: {"origin": "https://elsewhere.example"},
    "our client's origin": lambda _: {"origin": "http://localhost:3000"},
    "an unknown host": lambda _: {"host": "elsewhere.example"},
    "a forged scheme": lambda _: {"x-forwarded-proto": "https"},
    "its own id": lambda _: {"x-request-id": "mine"},
    "a bad token": lambda _: {"authorization": "Bearer nonsense"},
    "no token": lambda _: {"authorization": ""},
    "two tokens": lambda s: {"authorization": ", ".join([s.bearer("bob")["authorization"]] * 2)},
    "a refresh token": lambda s: {"authorization": f"Bearer {mint_refresh_token(s.sessions['bob'])}"},
    "a stranger's token": lambda stage: stage.bearer("charlie"),
    "another scheme": lambda _: {"authorization": "Basic YTpi"},
    "an unsigned token": lambda s: {"authorization": s.bearer("bob")["authorization"][:-3] + "AAA"},
    "a guest's token": lambda stage: {"x-manage-token": manage_token(stage.guest)},
    "a key": lambda _: {"idempotency-key": str(uuid.uuid4())},
    "a cookie": lambda _: {"cookie": "sessionid=nonsense; django_language=de"},
}
"""What may be sent instead of, or beside, what a client sends."""
