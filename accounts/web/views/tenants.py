"""Pages with which administrators manage the people of their tenant, and super admins the tenants (docs/tenants.md)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Tenant, User
from accounts.projections.tenants import ORDINARY, role_of
from accounts.queries.tenants import people_for, person_for, tenant_for, tenants_for
from accounts.refusals import EmailTaken, SlugTaken
from accounts.services.tenant_people import add_person, edit_person
from accounts.services.tenants import create_tenant, edit_tenant
from accounts.web.tenant_forms import FindPeopleForm, NewPersonForm, NewTenantForm, PersonForm, TenantForm
from accounts.web.views.account import current_user, web_page
from core.api.paging import PAGE_SIZE
from core.errors.refusals import Refusal

MOST_TENANTS = 200


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def people(request: HttpRequest) -> HttpResponse:
    """List and search the people, and create an account."""
    user = current_user(request)
    people_for(user)  # refuses everybody else before anything is read
    form = NewPersonForm(request.POST or None)
    if form.is_valid():
        try:
            made = add_person(by=user, **form.cleaned_data)
        except EmailTaken as refusal:
            form.add_error("email", str(refusal.detail))
        else:
            messages.success(
                request, _("{name} gets an e-mail to set a password.").format(name=made.display_name)
            )
            return redirect("managed-user", made.pk)
    find = FindPeopleForm(request.GET)
    search = find.cleaned_data["search"] if find.is_valid() else ""
    found = people_for(user, search=search)
    shown = list(found[:PAGE_SIZE])
    context = {
        "form": form,
        "find": find,
        "search": search,
        "rows": [(person, role_of(person) != ORDINARY) for person in shown],
        "more": found.count() - len(shown),
    }
    return _show(request, "people", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def person(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Edit a person."""
    by = current_user(request)
    shown = person_for(by, user_id)
    form = PersonForm(
        request.POST or None,
        initial={"display_name": shown.display_name, "tenant_role": shown.tenant_role},
    )
    if form.is_valid():
        try:
            edit_person(user=shown, by=by, **form.only_edited(form.cleaned_data))
        except Refusal as refusal:
            form.add_error("tenant_role", str(refusal.detail))
        else:
            messages.success(request, _("Saved."))
            return redirect("managed-user", shown.pk)
    may_change = by.is_superuser or not (shown.is_staff or shown.is_superuser)
    return _show(request, "person", form, {"form": form, "person": shown, "may_change": may_change})


@require_POST
@login_required
@web_page
def person_activity(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Deactivate a person, or activate them again."""
    by, wanted = current_user(request), request.POST.get("active") == "1"
    user = person_for(by, user_id)
    try:
        edit_person(user=user, by=by, is_active=wanted)
    except Refusal as refusal:
        messages.error(request, str(refusal.detail))
    else:
        messages.success(request, _told(user, wanted))
    return redirect("managed-user", user_id)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def tenants(request: HttpRequest) -> HttpResponse:
    """List the tenants, and create one."""
    user = current_user(request)
    rows = tenants_for(user)[:MOST_TENANTS]
    form = NewTenantForm(request.POST or None)
    if form.is_valid():
        try:
            made, admin = create_tenant(by=user, **form.cleaned_data)
        except EmailTaken as refusal:
            form.add_error("admin_email", str(refusal.detail))
        else:
            messages.success(
                request, _("{name} gets an e-mail to set a password.").format(name=admin.display_name)
            )
            return redirect("tenant", made.pk)
    return _show(request, "tenants", form, {"form": form, "tenants": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def tenant(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """Edit a tenant."""
    by = current_user(request)
    tenants_for(by)
    shown = tenant_for(by, tenant_id)
    form = TenantForm(request.POST or None, initial={"name": shown.name, "slug": shown.slug})
    if form.is_valid():
        try:
            edit_tenant(tenant=shown, by=by, **form.only_edited(form.cleaned_data))
        except SlugTaken as refusal:
            form.add_error("slug", str(refusal.detail))
        else:
            messages.success(request, _("Saved."))
            return redirect("tenant", shown.pk)
    return _show(request, "tenant", form, {"form": form, "tenant": shown})


@require_POST
@login_required
@web_page
def tenant_activity(request: HttpRequest, tenant_id: UUID) -> HttpResponse:
    """Deactivate a tenant, or activate it again."""
    by, wanted = current_user(request), request.POST.get("active") == "1"
    shown = tenant_for(by, tenant_id)
    try:
        edit_tenant(tenant=shown, by=by, is_active=wanted)
    except Refusal as refusal:
        messages.error(request, str(refusal.detail))
    else:
        messages.success(request, _told(shown, wanted))
    return redirect("tenant", tenant_id)


def _told(what: User | Tenant, is_active: bool) -> str:
    told = _("{name} was activated.") if is_active else _("{name} was deactivated.")
    return told.format(name=what)


def _show(request: HttpRequest, name: str, form: Form, context: dict[str, Any]) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, f"accounts/managing/{name}.html", context, status=status)
