"""The pages of people: all of them with the next birthdays, and one person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.web.views.account import current_user, web_page
from core.db.change import change
from core.errors.refusals import Refusal
from people.access.known_lists import lists_of_people
from people.models import Person
from people.queries import people_of, person_of, upcoming_birthdays
from people.services.people import add_person, edit_person, lock_people, remove_people, restore_person
from people.web.forms import PersonEditForm, PersonForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def people(request: HttpRequest) -> HttpResponse:
    """Show the user's people. POST adds one."""
    user = current_user(request)
    form = PersonForm(request.POST or None)
    if form.is_valid():
        try:
            made = add_person(by=user, **form.fields_of_person())
        except Refusal as refusal:
            form.add_error(None, str(refusal.detail))
        else:
            messages.success(request, _("{name} was added.").format(name=made.name))
            return redirect("people")
    known = list(people_of(user))
    context = {
        "form": form,
        "people": known,
        "upcoming": upcoming_birthdays(known),
        "removed": _removed(user, request.GET.get("removed", "")),
    }
    return render(request, "people/people.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@web_page
def one_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Show one person. POST changes what is noted of them."""
    user = current_user(request)
    person = person_of(user, person_id)
    form = PersonEditForm(initial=PersonForm.values_of(person))
    if request.method == "POST":
        with change():
            person = lock_people(user, [person_id])[0]
            form = PersonEditForm(request.POST, initial=PersonForm.values_of(person))
            if form.is_valid():
                edit_person(person_id=person_id, by=user, **form.fields_of_person())
                messages.success(request, _("Saved."))
                return redirect("people")
    context = {"form": form, "person": person, "lists": lists_of_people(user, [person])[person.pk]}
    return render(request, "people/person.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
@web_page
def person_remove(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Remove a person. The next page offers to undo that."""
    remove_people(by=current_user(request), ids=[person_id])
    return redirect(reverse("people", query={"removed": str(person_id)}))


@require_POST
@login_required
@web_page
def person_restore(request: HttpRequest, person_id: UUID) -> HttpResponse:
    restored = restore_person(by=current_user(request), person_id=person_id)
    messages.success(request, _("{name} is back.").format(name=restored.name))
    return redirect("people")


def _removed(user: User, person_id: str) -> Person | None:
    """Return the person whom the user just removed."""
    try:
        wanted: Any = UUID(person_id)
    except ValueError:
        return None
    return Person.objects.of(user).filter(pk=wanted).exclude(removed_at=None).first()
