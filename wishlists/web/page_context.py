"""The context of a page about one list: what its viewer may see and do there, asked once for the whole page.

`wishlists/access/audience.py` says which audience they are. Here it becomes buttons and words.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext as _

from core.money.iso4217 import EXPONENTS
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Item, Wishlist
from wishlists.models.items import ItemQuerySet
from wishlists.models.viewers import Audience, Sight, Viewer
from wishlists.projections.who_sees import WhoSees, who_sees
from wishlists.projections.who_sees_sentences import (
    at_a_glance,
    joined,
    sentences_for_givers,
    sentences_for_recipients,
)
from wishlists.queries.lists import list_at
from wishlists.refusals import NoSuchItem
from wishlists.services.lists.items import may_edit_item
from wishlists.services.lists.reveal import may_reveal
from wishlists.services.lists.secret_additions import may_add_in_secret


@dataclass(frozen=True)
class PageContext:
    """One viewer at one list, at `address`."""

    viewpoint: Viewpoint
    address: str

    @property
    def viewer(self) -> Viewer:
        return self.viewpoint.viewer

    @property
    def wishlist(self) -> Wishlist:
        return self.viewpoint.wishlist

    @cached_property
    def sight(self) -> Sight:
        return self.viewpoint.sight

    @property
    def audience(self) -> Audience:
        return self.viewpoint.audience

    def again(self) -> PageContext:
        """As it is now: the list may have become the viewer's own while they waited."""
        return replace(self, viewpoint=list_at(self.viewer, self.wishlist.pk))

    def seen_by(self, viewer: Viewer) -> PageContext:
        """For whoever turned out to be in front of it."""
        return replace(self, viewpoint=self.viewpoint.seen_by(viewer))

    @cached_property
    def who_sees(self) -> WhoSees:
        """Whom the list is for, and who can see what givers do."""
        return who_sees(self.wishlist)

    @property
    def who_sees_sentences(self) -> list[str]:
        """The same in sentences, before somebody gives."""
        if not self.may_give:
            return [sentences_for_recipients(self.who_sees)]
        return sentences_for_givers(self.who_sees, is_keeper=self.is_owner and not self.viewer.by_link)

    @property
    def recipients(self) -> str:
        """The names of those whom the list is for; "" where none of them has an account."""
        return joined(self.who_sees.recipients)

    @property
    def short_statement(self) -> str:
        """Beside a button, who else can see what it does; "" for a keeper, who would read their own name."""
        is_keeper = bool(self.who_sees.keeper) and self.is_owner and not self.viewer.by_link
        return "" if is_keeper else at_a_glance(self.who_sees)

    @property
    def is_blind(self) -> bool:
        """Sees nothing of giving, so that "still free" would be a guess."""
        return not self.sight.sees_giving

    @property
    def sees_money(self) -> bool:
        return self.sight in (Sight.TOTALS, Sight.FULL)

    @property
    def is_among_givers(self) -> bool:
        """May talk with the others, unheard by those for whom it is."""
        return self.audience is Audience.GIVER

    @property
    def may_give(self) -> bool:
        return not self.viewpoint.is_recipient

    @property
    def may_edit(self) -> bool:
        return self.viewpoint.is_editor and not self.viewer.by_link

    @cached_property
    def may_add_in_secret(self) -> bool:
        """Add wishes that only givers see."""
        return not self.viewer.by_link and may_add_in_secret(self.viewpoint)

    @cached_property
    def drafts(self) -> list[Item]:
        """What the viewer has written down here and not shown yet."""
        if not self.may_edit or self.viewer.user is None:
            return []
        return list(self.wishlist.items.drafts_of(self.viewer.user).order_by("created_at", "id"))

    def may_change(self, item: Item) -> bool:
        """Edit and remove it."""
        return not self.viewer.by_link and may_edit_item(item, self.viewpoint)

    @property
    def may_suggest(self) -> bool:
        return self.may_give and self.viewpoint.may_suggest

    @cached_property
    def may_reveal(self) -> bool:
        """End the secret, which is not out yet."""
        return not self.viewer.by_link and self.wishlist.revealed_at is None and may_reveal(self.viewpoint)

    @property
    def is_owner(self) -> bool:
        return self.viewpoint.is_owner

    @property
    def must_identify(self) -> bool:
        """What is taken is hidden until it is known who looks."""
        return self.audience is Audience.VISITOR

    @property
    def asks_name(self) -> bool:
        """Came by the link, and nobody knows who it is."""
        return self.may_give and self.viewer.user is None and self.viewer.guest is None

    @cached_property
    def words(self) -> dict[str, str]:
        """What badges say, here and in static/js/live.js. Of the blind, nobody claims to know what is free."""
        mine = self.viewpoint.is_recipient
        words = {
            "available": _("Available"),
            "some": _("{free} of {all} available"),
            "any": _("No limit"),
            "reserved": _("You're getting it yourself") if mine and self.is_blind else _("Reserved"),
            "reserved_by": _("Reserved by {name}"),
            "purchased": _("Bought"),
            "purchased_by": _("Bought by {name}"),
            "received": _("You have it") if mine else _("Received"),
            "chipped": _("{total} of {price} chipped in"),
            "chipped_only": _("{total} chipped in"),
        }
        if self.is_blind:
            words |= {"available": "", "some": _("{all} wanted"), "any": _("Any number wanted")}
        return words

    @property
    def words_json(self) -> str:
        return json.dumps(self.words)

    @property
    def decimals_json(self) -> str:
        """How many decimals amounts have, by currency, where that is not two. Browsers have other tables."""
        return json.dumps({code: decimals for code, decimals in EXPONENTS.items() if decimals != 2})

    def removed_item(self, item_id: str) -> Item | None:
        """What an editor has just taken off the list, to offer them the way back."""
        if not self.may_edit:
            return None
        try:
            gone = Item.objects.restorable().known_with(self.sight)
            removed = gone.filter(wishlist=self.wishlist, pk=UUID(item_id))
        except ValueError:
            return None
        item = removed.first()
        if item is not None:
            item.wishlist = self.wishlist
        return item

    def items(self) -> ItemQuerySet:
        return Item.objects.seen_with(self.sight).filter(wishlist=self.wishlist).in_order()

    def item(self, item_id: UUID) -> Item:
        """An item of this list, ready for services."""
        item = self.items().filter(pk=item_id).first()
        if item is None:
            raise NoSuchItem
        item.wishlist = self.wishlist
        return item
