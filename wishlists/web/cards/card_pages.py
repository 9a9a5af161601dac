"""The cards that one page shows: the first fifty of a long list, or those after a place in it.

A place is named by the values by which cards are ordered, so it stays right when cards before it come and go.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct, error
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from core.pages.drawings import Drawn, draw_now, drawn, values_of
from wishlists.web.cards.cards import Card, CardFeedback
from wishlists.web.cards.shared_cards import read_cards
from wishlists.web.page_context import PageContext

CARDS_A_PAGE = 50

_PLACE = Struct(">?iq16s")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Place = tuple[bool, int, datetime, UUID]


def cards_context(
    request: HttpRequest,
    page: PageContext,
    feedback: CardFeedback | None = None,
    *,
    from_the_first: bool = False,
) -> dict[str, Any]:
    """Return what `wishlists/_cards.html` needs.

    Shows the cards after `?after`, or those among which `?item` or the feedback is; `from_the_first`: and all before them.
    """
    cards = read_cards(page, feedback)
    after = place_at(request.GET.get("after", ""))
    wanted_id = str(feedback.item_id) if feedback else request.GET.get("item", "")
    if wanted_id:
        after = place_at(cursor_before(cards, wanted_id))
    first = 0 if after is None else sum(card.place <= after for card in cards)
    end = first + CARDS_A_PAGE
    shown = cards[0 if from_the_first else first : end]
    pieces = _drawn(shown)
    sources = _filled(request, page, pieces)
    wanted = sum(not card.item["received_at"] for card in shown)
    rest = cards[end : end + CARDS_A_PAGE]
    return {
        "cards": _joined(sources[:wanted]),
        "received": _joined(sources[wanted:]),
        "has_received": any(card.item["received_at"] for card in cards),
        "has_more": bool(rest),
        "more": f"{page.address}?after={cursor_at(shown[-1].place)}" if rest else "",
        "more_number": len(rest),
        "more_are_received": bool(rest) and bool(rest[0].item["received_at"]),
        "is_later": first > 0 and not from_the_first,
        "digests": tuple(piece.digest for piece in pieces),
        "is_empty": not wanted and not any(not card.item["received_at"] for card in cards),
    }


def asks_for_more(request: HttpRequest) -> bool:
    """Return whether the link to further cards was followed with htmx."""
    return bool(request.htmx) and request.htmx.target == "more"  # type: ignore[attr-defined]


def more_cards(request: HttpRequest, page: PageContext) -> HttpResponse:
    """Render the cards after those that are shown."""
    return render(request, "wishlists/_more_cards.html", cards_context(request, page))


def card_source(request: HttpRequest, page: PageContext, card: Card) -> SafeString:
    """Return the source of one card, with the viewer's tokens filled in."""
    return _filled(request, page, _drawn([card]))[0]


def _drawn(cards: Sequence[Card]) -> list[Drawn]:
    # What somebody typed is drawn for them alone.
    return [(draw_now if card.feedback else drawn)(card) for card in cards]


def _filled(request: HttpRequest, page: PageContext, pieces: Sequence[Drawn]) -> list[SafeString]:
    values = values_of(request, address=page.address, guest_name=page.guest_name)
    return [SafeString(piece.filled(values)) for piece in pieces]


def cursor_before(cards: Sequence[Card], item_id: UUID | str) -> str:
    """Return the cursor of the page that has this card. "" for the first page, and for a card that is not there."""
    number = next((number for number, card in enumerate(cards) if str(card.id) == str(item_id)), 0)
    first = number - number % CARDS_A_PAGE
    return cursor_at(cards[first - 1].place) if first else ""


def cursor_at(place: Place) -> str:
    """Return the text that names a place in the order of cards."""
    is_received, position, created_at, item_id = place
    packed = _PLACE.pack(
        is_received, position, (created_at - _EPOCH) // timedelta(microseconds=1), item_id.bytes
    )
    return urlsafe_b64encode(packed).decode().rstrip("=")


def place_at(cursor: str) -> Place | None:
    """Return the place that a cursor names. None for the beginning, and for what is no cursor."""
    try:
        packed = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        is_received, position, created, item_id = _PLACE.unpack(packed)
        return is_received, position, _EPOCH + timedelta(microseconds=created), UUID(bytes=item_id)
    except (ValueError, error, OverflowError):
        return None


def _joined(sources: Sequence[str]) -> SafeString:
    return SafeString("\n".join(sources))
