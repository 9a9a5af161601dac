"""Pages that links open without an account: to join an exchange, and the private page of a participant."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.web.form_repeats import done_before, keep_facts
from accounts.web.views.account import web_page
from core.db.change import change
from core.errors.refusals import Refusal
from core.http.client_address import client_address, client_network
from core.money.money import Money
from exchanges.access.tokens import private_token
from exchanges.models import Exchange, Participant
from exchanges.queries import exchange_to_join, participant_in, participant_with, place_of
from exchanges.refusals import CodeNeeded, NoSuchExchange, WrongLinkCode
from exchanges.services.locking import lock_exchange
from exchanges.services.participants import describe_oneself, join_exchange, leave_exchange
from exchanges.services.showing import (
    choose_code,
    drawn_again,
    drawn_by_link,
    is_shown_out,
    needs_code,
    project_drawn,
    shown_just_now,
)
from exchanges.web.forms import JoinForm, LinkCodeForm, OneselfForm, ShowForm


@require_http_methods(["GET", "HEAD", "POST"])
@web_page
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """Join by the link. The answer to somebody without an account is a page with their private link, which is kept
    nowhere."""
    exchange = exchange_to_join(token)
    user = _member_of_tenant(request, exchange)
    if (done := done_before(request)) is not None:
        return _joined(request, participant_in(exchange, done["participant"]))
    if user is not None and place_of(user, exchange) is not None:
        return redirect("exchange", exchange.pk)
    form = JoinForm(request.POST if request.method == "POST" else None, asks_name=user is None)
    if form.is_valid():
        try:
            made = join_exchange(
                exchange=exchange,
                user=user,
                visitor=client_network(client_address(request)),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal.detail))
        else:
            return _joined(request, made) if user is None else redirect("exchange", exchange.pk)
    context = {"exchange": exchange, "budget": _budget(exchange), "form": form}
    return render(request, "exchanges/join.html", context, status=422 if form.errors else 200)


@require_safe
@web_page
def private(request: HttpRequest, token: str) -> HttpResponse:
    """Show the private page: before the draw, or a button that shows to whom its owner gives."""
    return _show(request, participant_with(token), token)


@sensitive_post_parameters("code", "new_code")
@require_POST
@web_page
def private_show(request: HttpRequest, token: str) -> HttpResponse:
    """Show to whom the owner of the link gives. If the form is sent twice, the page is the same."""
    place = participant_with(token)
    if done_before(request) is not None:
        if not shown_just_now(participant=place):  # somebody else has the phone, and goes back
            return redirect("exchange-private", token)
        return _drawn_page(request, place, token, drawn_again(participant=place))
    form = _show_form(place, request)
    if not form.is_valid():
        return _show(request, place, token, status=422, show_form=form)
    try:
        drawn = drawn_by_link(participant=place, **form.cleaned_data)
    except (CodeNeeded, WrongLinkCode) as refusal:
        form.add_error("code" if "code" in form.fields else None, str(refusal.detail))
        return _show(request, place, token, status=403, show_form=form)
    response = _drawn_page(request, place, token, drawn)
    keep_facts(response, draw={"shown": True})
    return response


@sensitive_post_parameters("new_code")
@require_POST
@web_page
def private_code(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a code for the link."""
    place = participant_with(token)
    form = LinkCodeForm(request.POST)
    if not form.is_valid():
        return _show(request, place, token, status=422, code_form=form)
    choose_code(participant=place, new_code=form.cleaned_data["new_code"])
    messages.success(request, _("From now on, this page shows the draw only with your code."))
    return redirect("exchange-private", token)


@require_POST
@web_page
def private_wishes(request: HttpRequest, token: str) -> HttpResponse:
    """Save what the owner of the link wishes."""
    place = participant_with(token)
    with change():
        lock_exchange(place.exchange)
        place = participant_with(token)
        form = _wishes_form(place, request)
        if form.is_valid():
            describe_oneself(participant=place, by=None, **form.only_edited(form.cleaned_data))
            messages.success(request, _("Saved."))
            return redirect("exchange-private", token)
    return _show(request, place, token, status=422, wishes_form=form)


@require_POST
@web_page
def private_leave(request: HttpRequest, token: str) -> HttpResponse:
    """Leave the exchange, which also ends its mails."""
    place = participant_with(token)
    leave_exchange(participant=place)
    told = _("You no longer take part in “{title}”.").format(title=place.exchange.title)
    messages.success(request, told)
    return redirect("home")


def _show(
    request: HttpRequest, place: Participant, token: str, *, status: int = 200, **forms: Any
) -> HttpResponse:
    exchange = place.exchange
    context = {
        "exchange": exchange,
        "budget": _budget(exchange),
        "place": place,
        "token": token,
        "is_shown_out": is_shown_out(place),
        "show_form": _show_form(place),
        "code_form": LinkCodeForm(auto_id="choose_%s") if not place.code_mac else None,
        "wishes_form": _wishes_form(place),
        "needs_code": needs_code(place),
    }
    return render(request, "exchanges/private.html", context | forms, status=status)


def _drawn_page(request: HttpRequest, place: Participant, token: str, drawn: Any) -> HttpResponse:
    context = {
        "exchange": place.exchange,
        "budget": _budget(place.exchange),
        "drawn": project_drawn(drawn, request.build_absolute_uri),
        "token": token,
        "once": needs_code(place) and not Participant.objects.get(pk=place.pk).code_mac,
    }
    return render(request, "exchanges/drawn.html", context)


def _joined(request: HttpRequest, place: Participant) -> HttpResponse:
    address = request.build_absolute_uri(reverse("exchange-private", args=[private_token(place)]))
    response = render(request, "exchanges/joined.html", {"exchange": place.exchange, "address": address})
    keep_facts(response, draw={"participant": str(place.pk)})
    return response


def _show_form(place: Participant, request: HttpRequest | None = None) -> ShowForm:
    typed = request.POST if request is not None else None
    return ShowForm(typed, has_code=bool(place.code_mac), may_choose=needs_code(place))


def _wishes_form(place: Participant, request: HttpRequest | None = None) -> OneselfForm:
    typed = request.POST if request is not None else None
    return OneselfForm(typed, lists=None, initial={"wishes": place.wishes}, auto_id="wishes_%s")


def _member_of_tenant(request: HttpRequest, exchange: Exchange) -> User | None:
    """Return the user who is logged in. Somebody of another tenant can't join with their account."""
    if not isinstance(request.user, User):
        return None
    if request.user.tenant_id != exchange.tenant_id:
        raise NoSuchExchange
    return request.user


def _budget(exchange: Exchange) -> Money | None:
    return None if exchange.budget_minor is None else Money(exchange.budget_minor, exchange.currency)
