"""The page of messages about a wish, on share pages and on a list's own page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.web.views.account import web_page
from core.db.change import change
from core.errors.refusals import Refusal
from wishlists.models import Item, Message
from wishlists.models.viewers import Viewer
from wishlists.projections.messages import project_messages, talk_of
from wishlists.projections.rows import Row
from wishlists.services.lists.messages import add_message, answer_message, may_answer, take_back
from wishlists.web.forms.messages import TalkForm
from wishlists.web.lookups import page_of_list
from wishlists.web.page_context import PageContext

Enter = Callable[[dict[str, Any]], Viewer]
"""Return who writes, given a valid form. For a viewer without a name, it is the guest that the form names. Called
inside the transaction.
"""


@dataclass(frozen=True)
class PostResult:
    """The response, and the viewer, who may have become a guest by writing."""

    answer: HttpResponse
    viewer: Viewer


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def item_talk(request: HttpRequest, wishlist_id: UUID, item_id: UUID) -> HttpResponse:
    """GET: show the messages. POST: write one."""
    page = page_of_list(request, wishlist_id)
    return talk(request, page, item_id, enter=lambda _typed: page.viewer).answer


@require_POST
@login_required
@web_page
def item_talk_remove(
    request: HttpRequest, wishlist_id: UUID, item_id: UUID, message_id: UUID
) -> HttpResponse:
    return withdraw_message(request, page_of_list(request, wishlist_id), item_id, message_id)


def talk(request: HttpRequest, page: PageContext, item_id: UUID, *, enter: Enter) -> PostResult:
    item = page.item(item_id)
    if request.method != "POST":
        return PostResult(_show(request, page, item), page.viewer)
    form = TalkForm(request.POST, asks_name=page.asks_name)
    if not form.is_valid():
        return PostResult(_show(request, page, item, form, 422), page.viewer)
    try:
        with change():
            viewer = enter(form.cleaned_data)
            _post(item, viewer, form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, str(refusal.detail))
        return PostResult(_show(request, page, item, form, refusal.status_code), page.viewer)
    messages.success(request, _confirmation(form.cleaned_data, page))
    return PostResult(_back(page, item_id), viewer)


def withdraw_message(
    request: HttpRequest, page: PageContext, item_id: UUID, message_id: UUID
) -> HttpResponse:
    """Delete your message."""
    take_back(page.item(item_id), page.viewer, message_id)
    messages.success(request, _("Message deleted."))
    return _back(page, item_id)


def _post(item: Item, by: Viewer, typed: dict[str, Any]) -> None:
    if typed["answer_to"]:
        answer_message(item=item, by=by, question_id=typed["answer_to"], text=typed["text"])
    else:
        add_message(item=item, by=by, lane=typed["lane"], text=typed["text"])


def _confirmation(typed: dict[str, Any], page: PageContext) -> str:
    if typed["answer_to"]:
        return _("Answer posted for everyone.")
    if typed["lane"] == Message.Lane.GIVERS:
        return _("Posted to givers.")
    if not page.recipients:
        return _("Question sent.")
    return _("Question sent. {names} won't know it was you.").format(names=page.recipients)


def _back(page: PageContext, item_id: UUID) -> HttpResponse:
    """Redirect (303), so that a reload doesn't send the message again."""
    answer = redirect(f"{page.address}/items/{item_id}/talk")
    answer.status_code = 303
    return answer


def _show(
    request: HttpRequest, page: PageContext, item: Item, form: TalkForm | None = None, status: int = 200
) -> HttpResponse:
    rows = project_messages(talk_of(item, page.viewpoint), page.wishlist, page.audience, page.viewer)
    context = {
        "page": page,
        "wishlist": page.wishlist,
        "item": item,
        "address": f"{page.address}/items/{item.pk}/talk",
        "questions": _threads(rows),
        "asks": page.may_give and not item.is_secret,
        "answers": may_answer(page.viewpoint),
        "givers_talk": [_named(row) for row in rows if row["lane"] == Message.Lane.GIVERS],
        "among_givers": page.is_among_givers,
        "form": form,
        "typed": form.data if form else {},
    }
    return render(request, "wishlists/talk.html", context, status=status)


def _threads(rows: list[Row]) -> list[Row]:
    """Return each question with its answers."""
    answers = [_named(row) for row in rows if row["answer_to"]]
    return [
        {**_named(row), "answers": [answer for answer in answers if answer["answer_to"] == row["id"]]}
        for row in rows
        if row["lane"] == Message.Lane.QUESTIONS and not row["answer_to"]
    ]


def _named(row: Row) -> Row:
    nobody = _("The answer") if row["answer_to"] else _("Someone")
    return {**row, "name": _("You") if row["is_me"] else row["display_name"] or nobody}
