"""Every text input is declared as one line, many lines or text for programs: in requests, forms, the admin and
columns."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import RequestFactory
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers

from accounts.models import User
from core.mailboxes.address_fields import AddressField, AddressFormField, LoginNameFormField
from core.mailboxes.mailbox_columns import MailboxColumn
from core.text.text_columns import LineColumn, LinesColumn
from core.text.text_fields import LineField, RawTextField
from core.text.text_form_fields import LineFormField, RawTextFormField
from realtime.reference import dictionary
from tests.support.sources import PACKAGES, modules

DECLARED = (LineField, RawTextField, AddressField, serializers.URLField)
DECLARED_IN_FORMS = (
    LineFormField,
    RawTextFormField,
    AddressFormField,
    LoginNameFormField,
    forms.URLField,
    forms.UUIDField,
    forms.JSONField,
)
DECLARED_COLUMNS = (LineColumn, LinesColumn, MailboxColumn, models.URLField, models.EmailField)
LOOKED_UP = {
    "wishlists.api.serializers.people.ShareInputSerializer.email", "wishlists.web.forms.lists.ShareForm.email",
    "accounts.admin.AddUserForm.email", "accounts.admin.UserForm.email",
}  # fmt: skip
"""Addresses that are looked up, and addresses in the admin, which the column checks."""
FOR_PROGRAMS = {
    "accounts.AccountLink.mailbox", "accounts.Notification.about", "accounts.Notification.kind", "jobs.PeriodicRun.name",
    "jobs.Job.kind", "jobs.JobFile.name",
    "accounts.User.currency", "accounts.User.time_zone", "accounts.User.language",
    "people.Person.birthday",
    "accounts.OneTimeCode.mailbox",
    "accounts.ApiToken.digest", "accounts.Session.device",
    "accounts.StoredAnswer.asked", "accounts.StoredAnswer.body", "accounts.StoredAnswer.slot", "accounts.User.password",
    "realtime.Event.frame", "realtime.Stream.epoch", "realtime.Stream.key", "sharing.GuestMail.language",
    "wishlists.Activity.kind",
    "wishlists.Budget.currency", "wishlists.Collection.currency", "wishlists.Contribution.currency",
    "wishlists.Guest.visitor", "wishlists.Item.currency", "wishlists.Reservation.currency",
    "wishlists.Wishlist.time_zone",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def everything_is_imported() -> None:
    for module in modules():
        if not module.is_test and not {"migrations", "settings", "asgi"} & {*module.name.split(".")}:
            importlib.import_module(module.name)


def ours(base: type[Any]) -> Iterator[type[Any]]:
    """Return all classes of the site that derive from `base`, without those of tests."""
    for kind in base.__subclasses__():
        yield from ours(kind)
        if kind.__module__.partition(".")[0] in PACKAGES and ".tests" not in kind.__module__:
            yield kind


def answers() -> set[type[Any]]:
    """Return the serializers that only produce output, and their base classes."""
    generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]
    generator.get_schema(request=None, public=True)
    asked: set[type[Any]] = set()
    outputs = {kind for kind in vars(dictionary).values() if isinstance(kind, type)}
    for (name, _kind), component in generator.registry._components.items():
        shown = component.object if isinstance(component.object, type) else type(component.object)
        (asked if name.endswith("Request") else outputs).add(shown)
    return {base for kind in outputs for base in kind.__mro__} - {
        base for kind in asked for base in kind.__mro__
    }


def undeclared_in_requests(kinds: Iterable[type[Any]]) -> list[str]:
    found = []
    for kind in kinds:
        for name, field in kind().fields.items():
            one = getattr(field, "child", field)
            if isinstance(one, serializers.CharField) and not one.read_only and not isinstance(one, DECLARED):
                found.append(f"{kind.__module__}.{kind.__name__}.{name}")
    return sorted(set(found) - LOOKED_UP)


def undeclared_in_forms(kinds: Iterable[type[Any]]) -> list[str]:
    found = {
        f"{kind.__module__}.{kind.__name__}.{name}"
        for kind in kinds
        for name, field in kind.base_fields.items()
        if is_undeclared(field)
    }
    return sorted(found - LOOKED_UP)


def is_undeclared(field: Any) -> bool:
    """Passwords are normalized in `User.set_password`, whichever form they come from."""
    is_password = isinstance(getattr(field, "widget", None), forms.PasswordInput)
    return isinstance(field, forms.CharField) and not isinstance(field, DECLARED_IN_FORMS) and not is_password


def undeclared_in_columns(tables: Iterable[type[models.Model]]) -> list[str]:
    return sorted(
        f"{column.model._meta.label}.{column.name}"
        for table in tables
        for column in table._meta.get_fields()
        if isinstance(column, models.CharField | models.TextField)
        and not column.choices
        and not isinstance(column, DECLARED_COLUMNS)
        and f"{column.model._meta.label}.{column.name}" not in FOR_PROGRAMS
    )


@pytest.mark.once
def test_every_text_of_a_request_is_declared() -> None:
    requests = set(ours(serializers.BaseSerializer)) - answers()
    assert {"RegisterSerializer", "PublicEventsQuerySerializer", "DraftSerializer"} <= {
        kind.__name__ for kind in requests
    }
    assert undeclared_in_requests(requests) == []


@pytest.mark.once
def test_every_text_of_a_form_is_declared() -> None:
    kinds = set(ours(forms.BaseForm))
    assert {"LoginForm", "TalkForm", "ReasonForm", "UserForm"} <= {kind.__name__ for kind in kinds}
    assert undeclared_in_forms(kinds) == []


@pytest.mark.once
def test_every_text_of_the_admin_is_declared(rf: RequestFactory) -> None:
    request = rf.get("/admin/")
    request.user = User(is_superuser=True, is_staff=True)
    found = []
    for page in admin.site._registry.values():
        for column in page.model._meta.fields:
            name = f"{column.model._meta.label}.{column.name}"
            if (
                not column.editable
                or isinstance(column, models.URLField | models.EmailField)
                or name in FOR_PROGRAMS
            ):
                continue
            if is_undeclared(page.formfield_for_dbfield(column, request)):
                found.append(f"{page}.{column.name}")
    assert found == []


@pytest.mark.once
def test_every_text_column_is_declared() -> None:
    tables = [table for table in apps.get_models() if table.__module__.partition(".")[0] in PACKAGES]
    assert undeclared_in_columns(tables) == []


@pytest.mark.once
def test_planted_undeclared_text_is_named() -> None:
    class Asked(serializers.Serializer[Any]):
        title = serializers.CharField()
        tags = serializers.ListField(child=serializers.CharField())
        token = RawTextField()

    class Typed(forms.Form):
        title = forms.CharField()
        name = LineFormField()

    assert [name.rpartition(".")[2] for name in undeclared_in_requests([Asked])] == ["tags", "title"]
    assert [name.rpartition(".")[2] for name in undeclared_in_forms([Typed])] == ["title"]
