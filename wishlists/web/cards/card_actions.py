"""Handle the forms of a card, on share pages and on a list's own page.

With htmx the response is the new card. Without JavaScript it is a redirect to the card (303), with the result in a
message that contains the card's id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.web.form_repeats import done_before, keep_facts
from core.db.change import change
from core.errors.refusals import Refusal
from wishlists.access.viewpoint import Viewpoint
from wishlists.models import Contribution, Item
from wishlists.models.viewers import Viewer
from wishlists.projections.items import project_items
from wishlists.refusals import NoSuchItem, RecipientsDoNotGive
from wishlists.services.money.contributing import contribute
from wishlists.web.cards.actions import give
from wishlists.web.cards.card_pages import card_source, cards_context, cursor_before
from wishlists.web.cards.cards import Card, CardFeedback
from wishlists.web.cards.shared_cards import read_cards
from wishlists.web.forms.lists import ChipForm, GiveForm
from wishlists.web.page_context import PageContext

Enter = Callable[[dict[str, Any]], Viewer]
"""Return who acts, given a valid form. For a viewer without a name, it is the guest that the form names. Called inside
the transaction.
"""

Whole = Callable[[PageContext, CardFeedback], HttpResponse]
"""Render the whole page, for browsers without JavaScript whose form has errors."""


@dataclass(frozen=True)
class ActionResult:
    """The response to a card's form, and the viewer, who may have become a guest by sending it."""

    answer: HttpResponse
    viewer: Viewer


def submit_card_action(
    request: HttpRequest, page: PageContext, item_id: UUID, *, enter: Enter, whole: Whole
) -> ActionResult:
    """Handle a card's form: reserve, mark as bought, release, or (for recipients) mark as received."""
    form = GiveForm(request.POST, asks_name=page.asks_name)
    return _submit(request, page, item_id, form, "give", give, enter=enter, whole=whole)


def chip_in(request: HttpRequest, page: PageContext, item_id: UUID, *, enter: Enter) -> ActionResult:
    """Chip in money."""
    rows = project_items(page.items().filter(pk=item_id), page.wishlist, page.sight)
    if not rows:
        raise NoSuchItem
    form = ChipForm(request.POST, asks_name=page.asks_name, currency=rows[0]["contributed_currency"])

    def whole(page: PageContext, feedback: CardFeedback) -> HttpResponse:
        return _chip_page(request, page, _card_of(page, item_id, feedback))

    return _submit(request, page, item_id, form, "chip", _chip, enter=enter, whole=whole)


def show_card(
    request: HttpRequest, page: PageContext, item_id: UUID, feedback: CardFeedback | None = None
) -> HttpResponse:
    """Render the current card."""
    return HttpResponse(card_source(request, page, _card_of(page, item_id, feedback)))


def show_chip_form(request: HttpRequest, page: PageContext, item_id: UUID) -> HttpResponse:
    """Render the form to chip in for an item: in its card with htmx, otherwise a page of its own."""
    page.viewpoint.require_giver()
    card = _card_of(page, item_id)
    if not card.may_chip_in:
        return back_to_card(page, item_id)
    return _chip_page(request, page, card)


def _chip_page(request: HttpRequest, page: PageContext, card: Card) -> HttpResponse:
    context = {
        "card": card,
        "page": page,
        "wishlist": page.wishlist,
        "item": card.item,
        "id": card.id,
        "guest_name": page.guest_name,
        "address": f"{page.address}/items/{card.id}",
        "way_back": address_of_card(page, card.id),
        "opened_now": card.feedback is None,
    }
    name = "wishlists/_card_chip.html" if request.htmx else "wishlists/chip_in.html"  # type: ignore[attr-defined]
    return render(request, name, context)


def _card_of(page: PageContext, item_id: UUID, feedback: CardFeedback | None = None) -> Card:
    for card in read_cards(page, feedback):
        if card.id == item_id:
            return card
    raise NoSuchItem


def read_feedback(request: HttpRequest) -> CardFeedback | None:
    """Return the feedback on the form that led back here. Reads the messages; base.html shows those that name no card."""
    found = None
    for message in messages.get_messages(request):
        kind, _sep, item_id = (message.extra_tags or "").partition(":")
        if kind == "card":
            found = CardFeedback(UUID(item_id), str(message), went_wrong=message.level >= messages.WARNING)
    return found


def _submit(
    request: HttpRequest,
    page: PageContext,
    item_id: UUID,
    form: GiveForm | ChipForm,
    opens: str,
    act: Callable[..., str],
    *,
    enter: Enter,
    whole: Whole,
) -> ActionResult:
    done = done_before(request)
    if done is not None:
        feedback = CardFeedback(item_id, done["notice"])
        return ActionResult(_answer(request, page, feedback, 200, is_new=done["is_new"]), page.viewer)
    if not form.is_valid():
        feedback = CardFeedback(item_id, went_wrong=True, opens=opens, form=form)
        answer = show_card(request, page, item_id, feedback) if request.htmx else whole(page, feedback)  # type: ignore[attr-defined]
        answer.status_code = 422
        return ActionResult(answer, page.viewer)
    item = page.item(item_id)
    try:
        with change():
            viewer = enter(form.cleaned_data)
            notice = act(item=item, viewpoint=page.viewpoint.seen_by(viewer), typed=form.cleaned_data)
    except Refusal as refusal:
        feedback = CardFeedback(item_id, str(refusal.detail), went_wrong=True)
        if isinstance(refusal, RecipientsDoNotGive):
            page = page.again()
        return ActionResult(_answer(request, page, feedback, refusal.status_code), page.viewer)
    after = page.seen_by(viewer)
    answer = _answer(request, after, CardFeedback(item_id, notice), 200, is_new=page.asks_name)
    keep_facts(answer, draw={"notice": notice, "is_new": page.asks_name})
    return ActionResult(answer, viewer)


def _answer(
    request: HttpRequest, page: PageContext, feedback: CardFeedback, status: int, *, is_new: bool = False
) -> HttpResponse:
    reloads = is_new and page.wishlist.guests_identify
    if not request.htmx or reloads:  # type: ignore[attr-defined]
        level = messages.WARNING if feedback.went_wrong else messages.SUCCESS
        messages.add_message(request, level, feedback.notice, extra_tags=f"card:{feedback.item_id}")
        if reloads and request.htmx:  # type: ignore[attr-defined]
            # The page's socket depends on who the viewer is, so the whole page is loaded again.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return back_to_card(page, feedback.item_id)
    if not is_new:
        answer = show_card(request, page, feedback.item_id, feedback)
    else:
        # All other cards ask for a name that is known now, so all of them are sent again.
        answer = show_cards(request, page, feedback)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#items", "outerHTML"
    answer.status_code = status
    return answer


def show_cards(request: HttpRequest, page: PageContext, feedback: CardFeedback) -> HttpResponse:
    """Render the cards of the list from the first one to that of the feedback and its neighbours, and the viewer's name."""
    context = {"page": page, "with_who": page.viewer.by_link} | cards_context(
        request, page, feedback, from_the_first=True
    )
    return render(request, "wishlists/_cards.html", context)


def address_of_card(page: PageContext, item_id: UUID) -> str:
    """Return the address of the page that has the card, at the card."""
    after = cursor_before(read_cards(page), item_id)
    return f"{page.address}{f'?after={after}' if after else ''}#item-{item_id}"


def back_to_card(page: PageContext, item_id: UUID) -> HttpResponse:
    """Redirect to the card (303), so that a reload doesn't repeat the action."""
    answer = redirect(address_of_card(page, item_id))
    answer.status_code = 303
    return answer


def _chip(*, item: Item, viewpoint: Viewpoint, typed: dict[str, Any]) -> str:
    amount = {name: typed[name] for name in ("amount_minor", "currency")}
    contribute(item=item, by=viewpoint.viewer, status=Contribution.Status.PLEDGED, **amount)
    return _("Thank you for chipping in!")
