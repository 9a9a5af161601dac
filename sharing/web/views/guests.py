"""A guest's own page, `/g/<manage token>`: what they reserved and paid on one list, from any device.

Anybody with the address can do what the guest can do, so caches must not store it and search engines must not find it.
It stops working when the link by which the guest came is revoked. A new link of the list lets them in again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors.refusals import Refusal
from core.money.money import format_amount
from core.pages.edit_forms import EditForm
from sharing.access.capabilities import manage_token
from sharing.models import GuestMail
from sharing.queries.guest_gifts import find_guests_reservation
from sharing.queries.links import guest_holding
from sharing.refusals import LinkClosed, LinkRevoked, NoSuchGuest
from sharing.services.confirming import confirm_guest
from sharing.services.guest_mail import send_code, send_link, want_notices
from sharing.services.renaming import rename_guest
from sharing.services.taking_over import holds_anything, take_over
from sharing.web.forms.guests import CodeForm, MoneyForm, RenameForm, TokenForm
from sharing.web.share_session import know_on_this_device, way_back
from sharing.web.views.share_page import Page, private
from wishlists.models import Contribution, Guest, Item
from wishlists.models.viewers import Sight, Viewer
from wishlists.projections.money import contributions_by, project_own_contributions
from wishlists.projections.reservations import project_reservations, reservations_of
from wishlists.projections.waitlist import places_of, project_places
from wishlists.projections.who_sees import who_sees
from wishlists.projections.who_sees_sentences import sentences_for_givers
from wishlists.queries.activity import openings_of
from wishlists.queries.lists import list_at
from wishlists.queries.money import find_contribution
from wishlists.refusals import NoSuchItem
from wishlists.services.money.contributing import change_contribution, withdraw_contribution
from wishlists.services.waitlisting import stop_waiting
from wishlists.web.cards.gifts import Gift, change_gift
from wishlists.web.forms.my_gifts import GiftForm
from wishlists.web.lookups import user_of

OPENINGS_SHOWN = 5


def of_guest(view: Page) -> Page:
    """Pass the guest whose token is in the address to the view."""

    def known(request: HttpRequest, token: str, **named: Any) -> HttpResponse:
        guest = guest_holding(token)
        if guest is None or guest.wishlist.hidden_at is not None:
            raise NoSuchGuest
        link = guest.wishlist.public_links.with_closed().filter(revoked_at=None).first()
        if link is None:
            raise LinkRevoked
        if link.is_closed:
            raise LinkClosed
        _refuse_recipients(request, guest)
        return view(request, guest, **named)

    return private(known)


def _refuse_recipients(request: HttpRequest, guest: Guest) -> None:
    """Refuse recipients who are logged in. In the API, too, the account takes precedence over a guest's token."""
    user = user_of(request)
    if user is None:
        return
    viewpoint = list_at(Viewer(user=user, by_link=True), guest.wishlist_id)
    if viewpoint.sight is not Sight.FULL:
        viewpoint.require_giver()


@require_http_methods(["GET", "HEAD", "POST"])
def enter_token(request: HttpRequest) -> HttpResponse:
    """Open the private page by its link or token, typed from paper or pasted from another program."""
    form = TokenForm(request.POST or None)
    if form.is_valid():
        guest = guest_holding(form.cleaned_data["token"])
        if guest is not None:
            return _to(guest)
        form.add_error("token", str(NoSuchGuest.default_detail))
    answer = render(request, "sharing/guest_token.html", {"form": form}, status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
@of_guest
def show(request: HttpRequest, guest: Guest) -> HttpResponse:
    giver = _giver(guest)
    address, list_address = _address(guest), way_back(request, guest.wishlist)
    of_list = reservations_of(giver).filter(item__wishlist=guest.wishlist)
    context = {
        "guest": guest,
        "page": {"who_sees_sentences": sentences_for_givers(who_sees(guest.wishlist))},
        "wishlist": guest.wishlist,
        "address": address,
        "gifts": [
            Gift(row, f"{address}/gifts/{row['id']}", list_address, guest.wishlist.time_zone)
            for row in project_reservations(of_list, giver)
        ],
        "money": project_own_contributions(contributions_by(giver), giver),
        "places": project_places(places_of(giver), giver),
        "notices_stopped": GuestMail.objects.filter(guest=guest, stopped_at__isnull=False).exists(),
        "unconfirmed": guest.wishlist.guests_confirm and guest.confirmed_at is None,
        "may_take_over": _may_take_over(request, guest),
        "code_form": CodeForm(),
        "name_form": RenameForm(initial={"name": guest.name}, auto_id="own_%s"),
        "way_back": list_address,
        "openings": openings_of(guest.wishlist, since=guest.created_at)[:OPENINGS_SHOWN],
    }
    return know_on_this_device(request, render(request, "sharing/guest.html", context), guest)


@require_POST
@of_guest
def gift(request: HttpRequest, guest: Guest, reservation_id: UUID) -> HttpResponse:
    """Change the stage or the quantity of a reservation, or release it."""
    giver = _giver(guest)
    try:
        mine, _viewpoint = find_guests_reservation(giver, guest.wishlist_id, reservation_id)
    except Refusal as refusal:
        messages.warning(request, str(refusal.detail))
        return _to(guest)
    form = GiftForm(request.POST, initial={"units": mine.units})
    return _done(
        request,
        guest,
        form.is_valid(),
        lambda: change_gift(reservation=mine, by=giver, form=form),
        form,
    )


@require_POST
@of_guest
def money(request: HttpRequest, guest: Guest, contribution_id: UUID) -> HttpResponse:
    """Change the amount of a contribution, mark it as paid, or withdraw it."""
    giver = _giver(guest)
    mine = find_contribution(giver, contribution_id)
    is_paid = mine.status == Contribution.Status.PAID
    now = {"amount": format_amount(mine.amount_minor, mine.currency), "paid": is_paid}
    form = MoneyForm(request.POST, currency=mine.currency, initial=now)

    def act() -> str:
        if form.cleaned_data["action"] == "withdraw":
            withdraw_contribution(contribution=mine, by=giver)
            return _("Contribution withdrawn.")
        status = Contribution.Status.PAID if form.cleaned_data["paid"] else Contribution.Status.PLEDGED
        edited = form.edited
        change_contribution(
            contribution=mine,
            by=giver,
            amount_minor=form.cleaned_data["amount_minor"] if "amount" in edited else None,
            status=status if "paid" in edited else None,
        )
        return _("Saved.")

    wrong = form.errors.get("amount")
    return _done(request, guest, form.is_valid(), act, form, said=str(wrong[0]) if wrong else "")


@require_POST
@of_guest
def line(request: HttpRequest, guest: Guest, item_id: UUID) -> HttpResponse:
    """Leave the waiting list of an item."""
    giver = _giver(guest)

    def act() -> str:
        item = Item.objects.filter(pk=item_id, wishlist=guest.wishlist_id).first()
        if item is None:
            raise NoSuchItem
        stop_waiting(item=item, by=giver)
        return _("You left the waiting list.")

    return _done(request, guest, True, act)


@require_POST
@of_guest
def notices(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Turn mail about changes on or off."""

    def act() -> str:
        wanted = "wanted" in request.POST
        want_notices(guest=guest, wanted=wanted)
        return _("E-mail updates are on.") if wanted else _("E-mail updates are off.")

    return _done(request, guest, True, act)


@require_POST
@of_guest
def name(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Correct the name that givers see."""
    form = RenameForm(request.POST, initial={"name": guest.name})

    def act() -> str:
        if not form.edited:
            return _("You take part as {name}.").format(name=guest.name)
        renamed = rename_guest(guest=guest, name=form.cleaned_data["name"])
        return _("Your name is now {name}.").format(name=renamed.name)

    wrong = [] if form.is_valid() else form.errors["name"]
    return _done(request, guest, not wrong, act, form, said=str(wrong[0]) if wrong else "")


@require_POST
@login_required
@of_guest
def take_into_account(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Move what the guest holds to the account of the user."""
    user = user_of(request)
    assert user is not None

    def act() -> str:
        taken = take_over(guest=guest, by=user)
        if taken.left:
            return _("Your gifts were moved to your account, except those that your account already had.")
        return _("Your gifts were moved to your account.")

    return _done(request, guest, True, act)


@require_POST
@of_guest
def mail(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Mail the address of this page to the guest."""

    def act() -> str:
        send_link(guest=guest)
        return _("We've sent the link to {email}.").format(email=guest.email)

    return _done(request, guest, True, act)


@require_POST
@of_guest
def code(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Send a new code."""

    def act() -> str:
        send_code(guest=guest)
        return _("We've sent a new code to {email}.").format(email=guest.email)

    return _done(request, guest, True, act)


@require_POST
@of_guest
def confirm(request: HttpRequest, guest: Guest) -> HttpResponse:
    form = CodeForm(request.POST)

    def act() -> str:
        confirm_guest(guest=guest, code=form.cleaned_data["code"])
        return _("Thank you! Your address is confirmed.")

    return _done(request, guest, form.is_valid(), act)


def _done(
    request: HttpRequest,
    guest: Guest,
    is_valid: bool,
    act: Callable[[], str],
    form: EditForm | None = None,
    *,
    said: str = "",
) -> HttpResponse:
    """Do it, and go back to the page with a message. `said` is the error message if the form has a specific one."""
    if form is not None and form.clashes:
        for name in form.clashes:
            messages.warning(request, str(form.errors[name][0]))
        return _to(guest)
    if not is_valid:
        messages.warning(request, said or _("Please check the fields below."))
        return _to(guest)
    try:
        messages.success(request, act())
    except Refusal as refusal:
        messages.warning(request, str(refusal.detail))
    return _to(guest)


def _may_take_over(request: HttpRequest, guest: Guest) -> bool:
    """Return whether the user is signed in and no recipient, and the guest has anything to take over."""
    user = user_of(request)
    if user is None or list_at(Viewer(user=user), guest.wishlist_id).is_recipient:
        return False
    return holds_anything(guest)


def _giver(guest: Guest) -> Viewer:
    return Viewer(guest=guest, by_link=True)


def _address(guest: Guest) -> str:
    return reverse("guest", args=[manage_token(guest)])


def _to(guest: Guest) -> HttpResponse:
    answer = redirect(_address(guest))
    answer.status_code = 303
    return answer
