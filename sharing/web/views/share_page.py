"""The share page: what people with a link see and do there without an account.

Caches don't store these pages, search engines don't find them, and link previews show nothing about giving.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, QueryDict
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.templatetags.people import avatar
from core.errors.error_pages import refuse, refuse_in_place
from core.errors.refusals import Refusal
from core.limits.rate_limits import RateLimited
from core.pages.drawings import draw_now, drawn, values_of
from sharing.access.capabilities import is_token, manage_token
from sharing.access.limited_links import opening_token
from sharing.access.mangled_tokens import unmangled
from sharing.refusals import LinkClosed, LinkExpired, LinkRevoked, LinkUsedUp, NoSuchLink
from sharing.services.links import spend_view
from sharing.services.suggestions import suggest_item
from sharing.templatetags.guests import manage_address
from sharing.web.forms.guests import NameForm
from sharing.web.forms.sharing import SuggestForm
from sharing.web.share_session import (
    ShareSession,
    enter,
    guest_before_log_in,
    read_share_session,
    remember_guest,
    remember_opening,
)
from sharing.web.shown_share_page import shown_share_page
from wishlists.web.cards.card_actions import (
    chip_in,
    read_feedback,
    show_card,
    show_chip_form,
    submit_card_action,
)
from wishlists.web.cards.card_pages import asks_for_more, cards_context, more_cards
from wishlists.web.cards.cards import CardFeedback
from wishlists.web.page_context import PageContext

Page = Callable[..., HttpResponse]

_TRAILING = "/.,;:!?)]}>'\"*_~ \u00a0\u2019\u201d\u00bb\u2026"
"""Characters that often follow an address in a text."""
_CLOSED = (NoSuchLink, LinkClosed, LinkRevoked, LinkExpired, LinkUsedUp)


def private(view: Page) -> Page:
    """Make a page private: not stored, not indexed. For a link that does not work, show a page that says why."""

    @wraps(view)
    def wrapped(request: HttpRequest, token: str, **named: Any) -> HttpResponse:
        clean = unmangled(token)
        try:
            if clean != token and request.method in ("GET", "HEAD"):
                answer = _to_clean_address(request, clean, named)
            else:
                answer = view(request, clean, **named)
        except _CLOSED as refusal:
            answer = _closed(request, refusal)
        except Refusal as refusal:
            answer = refuse(request, refusal)
        add_never_cache_headers(answer)
        answer["Cache-Control"] = "no-store"
        answer["X-Robots-Tag"] = "noindex"
        return answer

    return wrapped


def _closed(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return refuse(request, refusal)
    return render(request, "sharing/closed.html", {"refusal": refusal}, status=refusal.status_code)


def _to_clean_address(request: HttpRequest, token: str, named: dict[str, Any]) -> HttpResponse:
    """Redirect to the same page under the correct address."""
    assert request.resolver_match is not None
    assert request.resolver_match.url_name is not None
    query = request.META.get("QUERY_STRING", "")
    address = reverse(request.resolver_match.url_name, kwargs={"token": token, **named})
    return redirect(f"{address}?{query}" if query else address)


@require_safe
def mangled(request: HttpRequest, kind: str, rest: str) -> HttpResponse:
    """Redirect an almost correct address of a share page or a guest's page, such as one with a slash at its end."""
    head, _, tail = rest.lstrip("/").partition("/")
    token = unmangled(head)
    if not is_token(token):
        raise Http404
    page = _page_below(reverse(kind, args=[token]), tail.rstrip(_TRAILING))
    answer = redirect(page)
    add_never_cache_headers(answer)
    answer["Cache-Control"], answer["X-Robots-Tag"] = "no-store", "noindex"
    return answer


def _page_below(address: str, tail: str) -> str:
    """Return the address of the page at `tail` if there is one, else `address`."""
    page = f"{address}/{tail}"
    with suppress(Resolver404):
        if tail and resolve(page).func is not mangled:
            return page
    return address


def inside(view: Page) -> Page:
    """Pass the share session to the view. Before a view of a limited link is spent, show a preview with a button
    instead."""

    @private
    @wraps(view)
    def wrapped(request: HttpRequest, token: str, **named: Any) -> HttpResponse:
        session = read_share_session(request, token)
        return view(request, session, **named) if session.is_in else _preview(request, session)

    return wrapped


@require_safe
@inside
def share(request: HttpRequest, session: ShareSession) -> HttpResponse:
    """Show the list, or with htmx further cards of it."""
    if asks_for_more(request):
        return more_cards(request, session.page)
    return _page(request, session, feedback=read_feedback(request))


@require_POST
@private
def share_open(request: HttpRequest, token: str) -> HttpResponse:
    """Spend a view of a limited link. People who have opened it already spend none."""
    session = read_share_session(request, token)
    answer = redirect(session.page.address)
    answer.status_code = 303
    if session.is_in:
        return answer
    spend_view(link=session.link)
    return remember_opening(answer, session.link)


@require_http_methods(["GET", "HEAD", "POST"])
@inside
def share_card(request: HttpRequest, session: ShareSession, item_id: UUID) -> HttpResponse:
    """GET: one card, for the live script. POST: the form of one of its buttons."""
    if request.method != "POST":
        return show_card(request, session.page, item_id)

    def whole(page: PageContext, feedback: CardFeedback) -> HttpResponse:
        return _page(request, session, feedback=feedback)

    result = submit_card_action(
        request, session.page, item_id, enter=lambda typed: enter(session, typed), whole=whole
    )
    return remember_guest(result.answer, result.viewer, session)


@require_http_methods(["GET", "HEAD", "POST"])
@inside
def share_chip(request: HttpRequest, session: ShareSession, item_id: UUID) -> HttpResponse:
    """GET: the form to chip in. POST: chip in."""
    if request.method != "POST":
        return show_chip_form(request, session.page, item_id)
    result = chip_in(request, session.page, item_id, enter=lambda typed: enter(session, typed))
    return remember_guest(result.answer, result.viewer, session)


@require_POST
@inside
def share_name(request: HttpRequest, session: ShareSession) -> HttpResponse:
    """Ask for a name, to show what is taken."""
    form = _name_form(session, request.POST)
    if not form.is_valid():
        return _page(request, session, name_form=form)
    answer = redirect(session.page.address)
    answer.status_code = 303
    return remember_guest(answer, enter(session, form.cleaned_data), session)


@require_POST
@inside
def share_suggest(request: HttpRequest, session: ShareSession) -> HttpResponse:
    """Suggest a wish to the owner."""
    form = SuggestForm(request.POST)
    if not form.is_valid():
        return _page(request, session, suggest_form=form)
    try:
        suggest_item(
            wishlist=session.page.wishlist,
            by=session.page.viewer,
            visitor=session.visitor,
            **form.cleaned_data,
        )
    except RateLimited as refusal:
        form.add_error(None, str(refusal.detail))
        return refuse_in_place(_page(request, session, suggest_form=form), refusal)
    messages.success(request, _("Thank you! Your suggestion was sent."))
    answer = redirect(session.page.address)
    answer.status_code = 303
    return answer


def names_for_live(session: ShareSession) -> dict[str, str | None]:
    """Return what the page's script needs to follow the list."""
    limited = session.link.max_views is not None
    guest = session.page.viewer.guest if session.page.wishlist.guests_identify else None
    return {
        "token": session.page.address.rsplit("/", 1)[1],
        "opening": opening_token(session.link) if limited else None,
        "live_guest": manage_token(guest) if guest else None,
    }


def _name_form(session: ShareSession, typed: QueryDict | None = None) -> NameForm:
    asks_email = session.page.wishlist.guests_confirm
    return NameForm(typed, asks_email=asks_email, initial={"name": session.guest_name}, auto_id="who_%s")


def _page(
    request: HttpRequest,
    session: ShareSession,
    *,
    feedback: CardFeedback | None = None,
    suggest_form: SuggestForm | None = None,
    name_form: NameForm | None = None,
) -> HttpResponse:
    page = session.page
    cards = cards_context(request, page, feedback)
    before = guest_before_log_in(request, session)
    shown = shown_share_page(
        request,
        page,
        cards,
        gave_before_log_in=before is not None,
        is_limited=session.link.max_views is not None,
        suggest_form=suggest_form,
        name_form=name_form,
    )
    own = {name: cards[name] for name in ("cards", "received", "more")} | {
        "address": page.address,
        "guest_name": page.guest_name,
        "name": _name_of(page),
        "avatar": avatar(page.viewer.user) if page.viewer.user else "",
        "manage_address": manage_address(page.viewer.guest) if page.viewer.guest else "",
        "name_before": before.name if before else "",
        "address_before": manage_address(before) if before else "",
        **{name: value for name, value in names_for_live(session).items() if value is not None},
    }
    source = (draw_now if shown.is_for_one else drawn)(shown)
    tag = "" if shown.is_for_one or feedback else _tag(request, page, (source.digest, *cards["digests"]))
    if tag and tag in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponseNotModified(headers={"ETag": tag})
    answer = HttpResponse(
        source.filled(values_of(request, **own)), status=422 if suggest_form or name_form else 200
    )
    if tag:
        answer["ETag"] = tag
    return answer


def _tag(request: HttpRequest, page: PageContext, digests: tuple[bytes, ...]) -> str:
    """Return the entity tag of the page, "" for people who are known.

    It is made of all that the page shows and of the cookie by which its forms are accepted. It is weak, because each answer
    has new keys for its forms. People who are known can come back to what they saw before: their forms need those new keys.
    """
    if page.viewer.user is not None or page.viewer.guest is not None:
        return ""
    named = [page.address, page.guest_name, request.META.get("CSRF_COOKIE", "")]
    text = b"".join(digests) + "\0".join(named).encode()
    digest = hmac.digest(b"share page" + settings.SECRET_KEY.encode(), text, "sha256")
    return f'W/"{urlsafe_b64encode(digest[:15]).decode()}"'


def _name_of(page: PageContext) -> str:
    user, guest = page.viewer.user, page.viewer.guest
    if user is not None:
        return user.display_name
    return guest.name if guest else ""


def _preview(request: HttpRequest, session: ShareSession) -> HttpResponse:
    """Show the preview of a limited link with its button. Link previews of messengers spend no view."""
    if session.link.is_used_up:
        raise LinkUsedUp
    context = {
        "wishlist": session.page.wishlist,
        "address": session.page.address,
        "preview_picture": request.build_absolute_uri(static("img/preview.png")),
    }
    return render(
        request, "sharing/preview.html", context, status=200 if request.method in ("GET", "HEAD") else 403
    )
