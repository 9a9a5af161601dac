"""The pages of exchanges for people with an account: all of them, one, and to whom one gives."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.web.views.account import current_user, web_page
from core.db.change import change
from core.errors.refusals import Refusal
from core.money.money import Money, format_amount
from exchanges.access.tokens import join_token, private_token
from exchanges.models import Exchange, Participant
from exchanges.queries import (
    exchange_of,
    exchanges_of,
    organised_by,
    participant_in,
    participants_of,
    place_of,
)
from exchanges.refusals import NoSuchParticipant
from exchanges.services.drawing import draw_exchange
from exchanges.services.exchanges import (
    allow_pair,
    edit_exchange,
    exclude_pair,
    remove_exchange,
    start_exchange,
)
from exchanges.services.locking import lock_exchange
from exchanges.services.participants import (
    add_participants,
    describe_oneself,
    handed_over_by_organiser,
    join_exchange,
    leave_exchange,
    renew_private_link,
)
from exchanges.services.showing import drawn_for_account, project_drawn
from exchanges.web.forms import (
    COUPLE,
    ExchangeForm,
    ExclusionForm,
    NewExchangeForm,
    OneselfForm,
    ParticipantForm,
)
from wishlists.models import Wishlist


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def exchanges(request: HttpRequest) -> HttpResponse:
    """Show the user's exchanges. POST starts one, with everybody who takes part."""
    user = current_user(request)
    form = NewExchangeForm(request.POST or None, initial={"currency": settings.DEFAULT_CURRENCY})
    if form.is_valid():
        try:
            with change():
                made = start_exchange(by=user, **form.fields_of_exchange())
                if form.cleaned_data["with_me"]:
                    join_exchange(exchange=made, user=user)
        except Refusal as refusal:
            form.add_error("names", str(refusal.detail))
        else:
            return redirect("exchange", made.pk)
    context = {"form": form, "exchanges": [_row(one, user) for one in exchanges_of(user)]}
    return render(request, "exchanges/exchanges.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
@web_page
def one_exchange(request: HttpRequest, exchange_id: UUID) -> HttpResponse:
    user = current_user(request)
    return _show(request, exchange_of(user, exchange_id))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def exchange_edit(request: HttpRequest, exchange_id: UUID) -> HttpResponse:
    """Edit title, day, budget and note."""
    user = current_user(request)
    exchange = organised_by(user, exchange_id)
    form = _edit_form(exchange)
    if request.method == "POST":
        with change():
            exchange = lock_exchange(exchange)
            form = _edit_form(exchange, request.POST)
            if form.is_valid():
                edit_exchange(exchange_id=exchange_id, by=user, **form.fields_of_exchange())
                messages.success(request, _("Saved."))
                return redirect("exchange", exchange_id)
    context = {"exchange": exchange, "form": form}
    return render(request, "exchanges/edit.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
@web_page
def exchange_delete(request: HttpRequest, exchange_id: UUID) -> HttpResponse:
    exchange = organised_by(current_user(request), exchange_id)
    remove_exchange(exchange_id=exchange_id, by=current_user(request))
    messages.success(request, _("“{title}” was deleted.").format(title=exchange.title))
    return redirect("exchanges")


@require_POST
@login_required
@web_page
def exchange_draw(request: HttpRequest, exchange_id: UUID) -> HttpResponse:
    """Draw. If exclusions leave no way, the page says which."""
    user = current_user(request)
    exchange = organised_by(user, exchange_id)
    try:
        draw_exchange(exchange_id=exchange_id, by=user)
    except Refusal as refusal:
        return _show(request, exchange, status=refusal.status_code, trouble=str(refusal.detail))
    messages.success(request, _("Drawn! Everybody can now see to whom they give."))
    return redirect("exchange", exchange_id)


# --- who takes part -------------------------------------------------------------------------------------------------


@require_POST
@login_required
@web_page
def exchange_add(request: HttpRequest, exchange_id: UUID) -> HttpResponse:
    """Add a participant."""
    user = current_user(request)
    exchange = organised_by(user, exchange_id)
    form = ParticipantForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                add_participants(exchange=exchange, by=user, people=[form.cleaned_data])
        except Refusal as refusal:
            form.add_error("name", str(refusal.detail))
        else:
            messages.success(request, _("{name} was added.").format(name=form.cleaned_data["name"]))
            return redirect("exchange", exchange_id)
    return _show(request, exchange, status=422, participant_form=form)


@require_POST
@login_required
@web_page
def exchange_join_oneself(request: HttpRequest, exchange_id: UUID) -> HttpResponse:
    """Let the organiser take part."""
    user = current_user(request)
    join_exchange(exchange=organised_by(user, exchange_id), user=user)
    return redirect("exchange", exchange_id)


@require_POST
@login_required
@web_page
def exchange_remove(request: HttpRequest, exchange_id: UUID, participant_id: UUID) -> HttpResponse:
    """Remove a participant."""
    user = current_user(request)
    place = participant_in(organised_by(user, exchange_id), participant_id)
    leave_exchange(participant=place, by=user)
    messages.success(request, _("{name} no longer takes part.").format(name=place.name))
    return redirect("exchange", exchange_id)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def exchange_link(request: HttpRequest, exchange_id: UUID, participant_id: UUID) -> HttpResponse:
    """Show the private link of somebody without account and address, to be handed over. POST makes a new one."""
    user = current_user(request)
    exchange = organised_by(user, exchange_id)
    place = handed_over_by_organiser(participant_in(exchange, participant_id))
    if request.method == "POST":
        renew_private_link(exchange=exchange, by=user, participant_id=participant_id)
        messages.success(request, _("The old link no longer works."))
        return redirect("exchange-link", exchange_id, participant_id)
    context = {"exchange": exchange, "place": place, "address": _private_address(request, place)}
    return render(request, "exchanges/link.html", context)


@require_safe
@login_required
@web_page
def exchange_qr(request: HttpRequest, exchange_id: UUID, participant_id: UUID | None = None) -> HttpResponse:
    """Return the QR code of the link to join, or of a private link that the organiser hands over."""
    exchange = organised_by(current_user(request), exchange_id)
    if participant_id is None:
        return _qr(_join_address(request, exchange))
    place = handed_over_by_organiser(participant_in(exchange, participant_id))
    return _qr(_private_address(request, place))


# --- who may not give to whom ---------------------------------------------------------------------------------------


@require_POST
@login_required
@web_page
def exchange_exclude(request: HttpRequest, exchange_id: UUID) -> HttpResponse:
    user = current_user(request)
    exchange = organised_by(user, exchange_id)
    form = ExclusionForm(request.POST, people=_choices(exchange))
    if not form.is_valid():
        return _show(request, exchange, status=422, exclusion_form=form)
    given = {name: UUID(form.cleaned_data[name]) for name in ("giver_id", "receiver_id")}
    is_mutual = form.cleaned_data["kind"] == COUPLE
    exclude_pair(exchange_id=exchange_id, by=user, is_mutual=is_mutual, **given)
    return redirect(f"{reverse('exchange', args=[exchange_id])}#exclusions")


@require_POST
@login_required
@web_page
def exchange_allow(request: HttpRequest, exchange_id: UUID, exclusion_id: UUID) -> HttpResponse:
    allow_pair(exchange_id=exchange_id, by=current_user(request), exclusion_id=exclusion_id)
    return redirect(f"{reverse('exchange', args=[exchange_id])}#exclusions")


# --- oneself --------------------------------------------------------------------------------------------------------


@require_safe
@login_required
@web_page
def exchange_mine(request: HttpRequest, exchange_id: UUID) -> HttpResponse:
    """Show to whom the user gives, after a tap, so that nobody else sees it by chance."""
    user = current_user(request)
    exchange = exchange_of(user, exchange_id)
    drawn = project_drawn(drawn_for_account(exchange=exchange, user=user), request.build_absolute_uri)
    lists = Wishlist.objects.visible_to(user).filter(pk__in=drawn["wishlists"])
    context = {"exchange": exchange, "drawn": drawn, "lists": lists, "budget": _budget(exchange)}
    return render(request, "exchanges/mine.html", context)


@require_POST
@login_required
@web_page
def exchange_me(request: HttpRequest, exchange_id: UUID) -> HttpResponse:
    """Save what the user wishes, and which list their giver sees."""
    user = current_user(request)
    exchange = exchange_of(user, exchange_id)
    place = _own_place(user, exchange)
    form = _oneself_form(user, place, request.POST)
    if not form.is_valid():
        return _show(request, exchange, status=422, oneself_form=form)
    given: Any = form.only_edited(form.cleaned_data)
    if "wishlist_id" in given:
        given["wishlist_id"] = UUID(given["wishlist_id"]) if given["wishlist_id"] else None
    describe_oneself(participant=place, by=user, **given)
    messages.success(request, _("Saved."))
    return redirect("exchange", exchange_id)


@require_POST
@login_required
@web_page
def exchange_leave(request: HttpRequest, exchange_id: UUID) -> HttpResponse:
    user = current_user(request)
    exchange = exchange_of(user, exchange_id)
    leave_exchange(participant=_own_place(user, exchange), by=user)
    messages.success(request, _("You no longer take part in “{title}”.").format(title=exchange.title))
    return redirect("exchanges")


# --- parts ----------------------------------------------------------------------------------------------------------


def _show(request: HttpRequest, exchange: Exchange, *, status: int = 200, **more: Any) -> HttpResponse:
    user = current_user(request)
    place, is_organiser = place_of(user, exchange), exchange.organiser_id == user.pk
    people = list(participants_of(exchange))
    context: dict[str, Any] = {
        "exchange": exchange,
        "budget": _budget(exchange),
        "is_organiser": is_organiser,
        "people": people,
        "place": place,
    }
    if place is not None:
        context["oneself_form"] = _oneself_form(user, place)
    if is_organiser:
        context |= {
            "join_address": _join_address(request, exchange),
            "participant_form": ParticipantForm(auto_id="add_%s"),
            "exclusion_form": ExclusionForm(people=_choices(exchange)),
            "exclusions": exchange.exclusions.select_related("giver", "receiver").order_by("created_at"),
        }
    return render(request, "exchanges/exchange.html", context | more, status=status)


def _row(exchange: Exchange, user: User) -> dict[str, Any]:
    return {
        "exchange": exchange,
        "is_mine": exchange.organiser_id == user.pk,
        "wrapping": exchange.pk.int % 6,
    }


def _edit_form(exchange: Exchange, typed: QueryDict | None = None) -> ExchangeForm:
    names = ("title", "day", "note")
    budget = exchange.budget_minor
    earlier = Exchange.objects.live().filter(organiser=exchange.organiser).exclude(pk=exchange.pk)
    return ExchangeForm(
        typed,
        earlier=[(str(one.pk), one.title) for one in earlier.exclude(drawn_at=None).order_by("-created_at")],
        initial={
            **{name: getattr(exchange, name) for name in names},
            "budget": "" if budget is None else format_amount(budget, exchange.currency),
            "currency": exchange.currency or settings.DEFAULT_CURRENCY,
            "previous_id": str(exchange.previous_id or ""),
        },
    )


def _oneself_form(user: User, place: Participant, typed: QueryDict | None = None) -> OneselfForm:
    lists = Wishlist.objects.owned_by(user).order_by("sort_order", "created_at")
    return OneselfForm(
        typed,
        lists=[(str(one.pk), one.title) for one in lists],
        initial={"wishes": place.wishes, "wishlist_id": str(place.wishlist_id or "")},
    )


def _own_place(user: User, exchange: Exchange) -> Participant:
    place = place_of(user, exchange)
    if place is None:
        raise NoSuchParticipant
    return place


def _choices(exchange: Exchange) -> list[tuple[str, str]]:
    return [(str(one.pk), one.name) for one in participants_of(exchange)]


def _budget(exchange: Exchange) -> Money | None:
    return None if exchange.budget_minor is None else Money(exchange.budget_minor, exchange.currency)


def _join_address(request: HttpRequest, exchange: Exchange) -> str:
    return request.build_absolute_uri(reverse("exchange-invited", args=[join_token(exchange)]))


def _private_address(request: HttpRequest, place: Participant) -> str:
    return request.build_absolute_uri(reverse("exchange-private", args=[private_token(place)]))


def _qr(address: str) -> HttpResponse:
    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(picture, kind="svg", scale=8, border=2, dark="#2a1f2b")
    return HttpResponse(picture.getvalue(), "image/svg+xml")
