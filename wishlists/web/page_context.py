"""The context of a page about one list: what its viewer may see and do there, computed once per page.

`wishlists/access/audience.py` decides what each audience sees. Here that becomes buttons and words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

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
from wishlists.web.cards.card_page import CardPage


@dataclass(frozen=True)
class PageContext:
    """One viewer on one list, at `address`."""

    viewpoint: Viewpoint
    address: str
    guest_name: str = ""
    """The name that forms suggest to somebody without an account."""
    has_link: bool | None = None
    """Whether the list can be opened with a link. None: to be looked up."""

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
        """Read the viewpoint again: the viewer may have become a recipient since."""
        return replace(self, viewpoint=list_at(self.viewer, self.wishlist.pk))

    def seen_by(self, viewer: Viewer) -> PageContext:
        """Return the context for another viewer, such as a guest who just gave their name."""
        return replace(self, viewpoint=self.viewpoint.seen_by(viewer))

    @cached_property
    def who_sees(self) -> WhoSees:
        """Who the list is for, and who can see what givers do."""
        return who_sees(self.wishlist, has_link=self.has_link)

    @property
    def who_sees_sentences(self) -> list[str]:
        """`who_sees` in sentences, shown before the viewer gives something."""
        if not self.may_give and not self.wishlist.is_shared:
            return [sentences_for_recipients(self.who_sees)]
        return sentences_for_givers(self.who_sees, is_keeper=self.is_owner and not self.viewer.by_link)

    @property
    def recipients(self) -> str:
        """The recipients' names, or "" if none of them has an account."""
        return joined(self.who_sees.recipients)

    @property
    def short_statement(self) -> str:
        """The sentence beside a button about who can see its effect. "" for the keeper, who would read their own name."""
        is_keeper = bool(self.who_sees.keeper) and self.is_owner and not self.viewer.by_link
        return "" if is_keeper else at_a_glance(self.who_sees)

    @property
    def guests_confirm(self) -> bool:
        """Whether people without an account must give an address, too."""
        return self.wishlist.guests_confirm

    @property
    def is_blind(self) -> bool:
        """Whether the viewer sees nothing of giving."""
        return not self.sight.sees_giving

    @property
    def is_among_givers(self) -> bool:
        """Whether the viewer may write messages to givers."""
        return self.audience is Audience.GIVER

    @property
    def may_give(self) -> bool:
        return not self.viewpoint.marks

    @property
    def may_edit(self) -> bool:
        return self.viewpoint.is_editor and not self.viewer.by_link

    @cached_property
    def may_add_in_secret(self) -> bool:
        """Whether the viewer may add wishes that only givers see."""
        return not self.viewer.by_link and may_add_in_secret(self.viewpoint)

    @cached_property
    def drafts(self) -> list[Item]:
        """The viewer's drafts on this list."""
        if not self.may_edit or self.viewer.user is None:
            return []
        return list(self.wishlist.items.drafts_of(self.viewer.user).order_by("created_at", "id"))

    def may_change(self, item: Item) -> bool:
        """Return whether the viewer may edit and remove the item."""
        return not self.viewer.by_link and may_edit_item(item, self.viewpoint)

    @property
    def may_suggest(self) -> bool:
        return self.may_give and self.viewpoint.may_suggest

    @cached_property
    def may_reveal(self) -> bool:
        """Whether the viewer may reveal the gifts, and they are not revealed yet."""
        return not self.viewer.by_link and self.wishlist.revealed_at is None and may_reveal(self.viewpoint)

    @property
    def is_owner(self) -> bool:
        return self.viewpoint.is_owner

    @property
    def must_identify(self) -> bool:
        """Whether the viewer must give a name before they see what is taken."""
        return self.audience is Audience.VISITOR

    @property
    def asks_name(self) -> bool:
        """Whether forms ask for a name, because the viewer came by a link and has not given one."""
        return self.may_give and self.viewer.user is None and self.viewer.guest is None

    @cached_property
    def for_cards(self) -> CardPage:
        """What the cards of this page have in common."""
        return CardPage(
            audience=self.audience,
            sight=self.sight,
            may_give=self.may_give,
            may_edit=self.may_edit,
            asks_name=self.asks_name,
            guests_confirm=self.asks_name and self.wishlist.guests_confirm,
            short_statement=self.short_statement if self.may_give else "",
        )

    def removed_item(self, item_id: str) -> Item | None:
        """Return the item that an editor just removed, so that the page can offer to restore it."""
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
        """Return the item of this list with its list loaded, as services need it. Raises `NoSuchItem`."""
        item = self.items().filter(pk=item_id).first()
        if item is None:
            raise NoSuchItem
        item.wishlist = self.wishlist
        return item
