"""The page to choose one's picture, and the pictures themselves."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Avatar
from accounts.services.avatars import is_in_use, remove_avatar, upload_avatar
from accounts.web.forms import PictureForm
from accounts.web.views.account import current_user, web_page
from core.errors.error_pages import refuse_in_place
from core.errors.refusals import NotFound, Refusal
from core.pictures.remaking import Square


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def account_picture(request: HttpRequest) -> HttpResponse:
    """Show the page to choose a picture, and take one."""
    user = current_user(request)
    if request.method != "POST":
        return _show(request, PictureForm())
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form, status=422)
    chosen = dict(form.cleaned_data)
    try:
        upload_avatar(user=user, upload=chosen.pop("file"), square=Square(**chosen))
    except Refusal as refusal:
        form.add_error("file", str(refusal.detail))
        return refuse_in_place(_show(request, form), refusal)
    messages.success(request, _("Your picture was changed."))
    return redirect("account-picture")


@require_POST
@login_required
@web_page
def account_picture_remove(request: HttpRequest) -> HttpResponse:
    remove_avatar(user=current_user(request))
    messages.success(request, _("Your picture was removed."))
    return redirect("account-picture")


@require_safe
def avatar(request: HttpRequest, avatar_id: UUID) -> HttpResponse:
    """Send an uploaded picture to everybody who knows its address, as long as its user has it."""
    found = Avatar.objects.select_related("user").filter(pk=avatar_id).first()
    if found is None or not is_in_use(found):
        raise NotFound
    response = HttpResponse(bytes(found.webp), content_type="image/webp")
    # A new picture has a new address. Private, because the address of a picture of yours is not for proxies.
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _show(request: HttpRequest, form: PictureForm, status: int = 200) -> HttpResponse:
    return render(request, "accounts/picture.html", {"form": form}, status=status)
