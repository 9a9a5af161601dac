"""The pages of groups: the groups of the user, one group with its people and lists, and its forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Group, GroupMember
from accounts.queries.groups import group_of, groups_of, place_of
from accounts.services.groups import (
    add_to_group,
    change_group_role,
    create_group,
    lock_group,
    remove_from_group,
    remove_group,
    rename_group,
)
from accounts.web.views.account import web_page
from core.db.change import change
from core.errors.error_pages import refuse_in_place
from core.errors.refusals import Refusal
from core.limits.rate_limits import RateLimited
from wishlists.queries.group_places import lists_of_group
from wishlists.web.forms.groups import GroupNameForm, GroupPersonForm, NewGroupForm
from wishlists.web.lookups import current_user


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def groups(request: HttpRequest) -> HttpResponse:
    """Show the user's groups. POST creates one."""
    form = NewGroupForm(request.POST or None)
    if form.is_valid():
        try:
            made = create_group(by=current_user(request), **form.cleaned_data)
        except Refusal as refusal:
            return _refused(form, "name", refusal, lambda: _show_all(request, form))
        return redirect("group", made.pk)
    return _show_all(request, form)


@require_safe
@login_required
@web_page
def show_group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    return group_page(request, _group(request, group_id))


@require_POST
@login_required
@web_page
def group_name(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Rename the group."""
    with change():
        group = lock_group(_group(request, group_id))
        form = GroupNameForm(request.POST, initial={"name": group.name})
        if form.is_valid():
            rename_group(group=group, by=current_user(request), **({"name": group.name} | _edited(form)))
            messages.success(request, _("Saved."))
            return redirect("group", group_id)
    return group_page(request, _group(request, group_id), name_form=form)


@require_POST
@login_required
@web_page
def group_people(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Add a person by e-mail address, or change their role."""
    group = _group(request, group_id)
    form = GroupPersonForm(request.POST, auto_id="person_%s")
    if form.is_valid():
        try:
            place, is_new = add_to_group(group=group, by=current_user(request), **form.cleaned_data)
        except Refusal as refusal:
            return _refused(form, "email", refusal, lambda: group_page(request, group, person_form=form))
        told = _("{name} was added.") if is_new else _("What {name} can do was changed.")
        messages.success(request, told.format(name=place.user.display_name))
        return redirect("group", group_id)
    return group_page(request, group, person_form=form)


@require_POST
@login_required
@web_page
def group_person(request: HttpRequest, group_id: UUID, user_id: UUID) -> HttpResponse:
    """Change the role of a person, remove them, or leave the group."""
    group, by = _group(request, group_id), current_user(request)
    action = request.POST.get("action")
    if action in GroupMember.Role.values:
        place = change_group_role(group=group, by=by, user_id=user_id, role=str(action))
        told = _("What {name} can do was changed.").format(name=place.user.display_name)
        messages.success(request, told)
        return redirect("group", group_id)
    remove_from_group(group=group, by=by, user_id=user_id)
    if user_id == by.pk:
        messages.success(request, _("You left “{group}”.").format(group=group.name))
        return redirect("groups")
    messages.success(request, _("Removed from the group."))
    return redirect("group", group_id)


@require_POST
@login_required
@web_page
def group_delete(request: HttpRequest, group_id: UUID) -> HttpResponse:
    group = _group(request, group_id)
    remove_group(group=group, by=current_user(request))
    messages.success(request, _("“{title}” was deleted.").format(title=group.name))
    return redirect("groups")


def _group(request: HttpRequest, group_id: UUID) -> Group:
    return group_of(current_user(request), group_id)


def _edited(form: GroupNameForm) -> dict[str, Any]:
    return form.only_edited(form.cleaned_data)


def _refused(form: Form, field: str, refusal: Refusal, show: Callable[[], HttpResponse]) -> HttpResponse:
    """Return the page with the refusal at a field of the form."""
    form.add_error(field, str(refusal.detail))
    return refuse_in_place(show(), refusal) if isinstance(refusal, RateLimited) else show()


def _show_all(request: HttpRequest, form: NewGroupForm) -> HttpResponse:
    context = {"form": form, "groups": groups_of(current_user(request))}
    return render(request, "wishlists/groups.html", context, status=422 if form.errors else 200)


def group_page(request: HttpRequest, group: Group, **forms: Form) -> HttpResponse:
    """Render the page of a group, with forms that have errors."""
    user = current_user(request)
    mine = place_of(group, user)
    context = {
        "group": group,
        "is_admin": mine is not None and mine.role == GroupMember.Role.ADMIN,
        "lists": lists_of_group(group, user),
        "name_form": GroupNameForm(initial={"name": group.name}),
        "person_form": GroupPersonForm(auto_id="person_%s"),
        **forms,
    }
    return render(request, "wishlists/group.html", context, status=422 if forms else 200)
