"""The share page without its visitor: all that is drawn on it, apart from the cards (docs/drawings.md).

A `ShownSharePage` is a `Drawing`, and the `page` of its template. It says whether the visitor is a guest or a user, but not
which one. Names, tokens and the cards are filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import get_language

from core.pages.drawings import Drawing, SomeUser, draw_template, mark
from sharing.web.forms.guests import NameForm
from sharing.web.forms.sharing import SuggestForm
from wishlists.web.cards.card_page import CardPage
from wishlists.web.page_context import PageContext


@dataclass(frozen=True)
class ShownList:
    """What the head of the page says of the list."""

    pk: UUID
    title: str
    description: str
    due_date: date | None
    owner_name: str
    guests_confirm: bool

    @property
    def owner(self) -> Any:
        return SimpleNamespace(display_name=self.owner_name)


@dataclass(frozen=True)
class ShownGuest:
    """Some guest. The address of their private page is filled in."""

    confirmed_at: bool
    name: str = field(default_factory=lambda: mark("name"), compare=False)
    manage_address: str = field(default_factory=lambda: mark("manage_address"), compare=False)


@dataclass(frozen=True)
class ShownMessage:
    """A message about what the visitor did just now."""

    level_tag: str
    text: str
    extra_tags: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class ShownSharePage(Drawing):
    """A share page, for all visitors to whom it looks the same."""

    wishlist: ShownList
    for_cards: CardPage
    who_sees_sentences: tuple[str, ...]
    preview_picture: str
    guest: ShownGuest | None
    is_logged_in: bool
    is_owner: bool
    is_member: bool
    may_suggest: bool
    must_identify: bool
    gave_before_log_in: bool
    is_limited: bool
    """Whether the link counts its views. The page's script then needs a proof that it was opened."""
    follows_as_guest: bool
    """Whether the page's script says which guest it follows the list for."""
    is_empty: bool
    has_received: bool
    is_later: bool
    more_number: int
    more_are_received: bool
    messages: tuple[ShownMessage, ...] = ()
    name_form: NameForm | None = field(default=None, hash=False)
    suggest_form: SuggestForm | None = field(default=None, hash=False)

    @property
    def is_for_one(self) -> bool:
        """Whether it shows what one visitor has typed or done, so that it is not worth keeping."""
        return bool(self.messages or self.name_form or self.suggest_form)

    @property
    def asks_name(self) -> bool:
        return self.for_cards.asks_name

    @property
    def may_give(self) -> bool:
        return self.for_cards.may_give

    @property
    def may_edit(self) -> bool:
        return self.for_cards.may_edit

    @property
    def address(self) -> str:
        return mark("address")

    @property
    def viewer(self) -> Any:
        return SimpleNamespace(user=SomeUser() if self.is_logged_in else None, guest=self.guest)

    def draw(self) -> str:
        asks_email = self.wishlist.guests_confirm
        suggested = {"name": mark("guest_name")}
        return draw_template(
            "sharing/share.html",
            user=SomeUser() if self.is_logged_in else None,
            page=self,
            wishlist=self.wishlist,
            preview_picture=self.preview_picture,
            messages=self.messages,
            guest_before=self.gave_before_log_in
            and {"name": mark("name_before"), "address": mark("address_before")},
            name_form=self.name_form or NameForm(asks_email=asks_email, initial=suggested, auto_id="who_%s"),
            suggest_form=self.suggest_form or SuggestForm(auto_id="suggest_%s"),
            token=mark("token"),
            opening=self.is_limited and mark("opening"),
            live_guest=self.follows_as_guest and mark("live_guest"),
            cards=mark("cards"),
            received=mark("received"),
            more=mark("more"),
            has_more=bool(self.more_number),
            **{
                name: getattr(self, name)
                for name in ("is_empty", "has_received", "is_later", "more_number", "more_are_received")
            },
        )


def shown_share_page(
    request: HttpRequest, page: PageContext, cards: dict[str, Any], **more: Any
) -> ShownSharePage:
    """Return the page as it is shown to this visitor. Reads the messages for them."""
    wishlist, guest = page.wishlist, page.viewer.guest
    return ShownSharePage(
        language=get_language() or "",
        wishlist=ShownList(
            wishlist.pk,
            wishlist.title,
            wishlist.description,
            wishlist.due_date,
            wishlist.owner.display_name,
            wishlist.guests_confirm,
        ),
        for_cards=page.for_cards,
        who_sees_sentences=tuple(page.who_sees_sentences),
        preview_picture=request.build_absolute_uri(static("img/preview.png")),
        guest=ShownGuest(confirmed_at=guest.confirmed_at is not None) if guest else None,
        is_logged_in=page.viewer.user is not None,
        is_owner=page.is_owner,
        is_member=page.viewpoint.is_member,
        may_suggest=page.may_suggest,
        must_identify=page.must_identify,
        follows_as_guest=guest is not None and wishlist.guests_identify,
        messages=_messages(request),
        is_empty=cards["is_empty"],
        has_received=cards["has_received"],
        is_later=cards["is_later"],
        more_number=cards["more_number"],
        more_are_received=cards["more_are_received"],
        **more,
    )


def _messages(request: HttpRequest) -> tuple[ShownMessage, ...]:
    said: Sequence[Any] = [one for one in get_messages(request) if not one.extra_tags]
    return tuple(ShownMessage(one.level_tag, str(one.message)) for one in said)
