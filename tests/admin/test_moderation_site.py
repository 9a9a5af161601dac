"""The admin has pages only for our own models, each a WalledAdmin; models of libraries are left out."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.test import Client, RequestFactory
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from core.admin.walled_admin import WalledAdmin
from wishlist_project.moderation import ModerationSite

pytestmark = [pytest.mark.django_db, pytest.mark.once]

OUR_APPS = {"accounts", "wishlists", "sharing", "moderation"}


@pytest.fixture
def browser(alice: User) -> Client:
    alice.is_staff = alice.is_superuser = True
    alice.save()
    client = Client()
    client.force_login(alice)
    return client


def test_every_admin_class_is_ours_and_a_walled_admin() -> None:
    assert {model._meta.app_label for model in admin.site._registry} == OUR_APPS
    assert all(isinstance(one, WalledAdmin) for one in admin.site._registry.values())


class _Plain(ModelAdmin[Model]):
    """An admin class as libraries have it."""


class _Walled(WalledAdmin[Model]):
    """An admin class of ours."""


@pytest.mark.parametrize("brought", [None, ModelAdmin, _Plain])
def test_models_registered_by_libraries_are_left_out(brought: type[ModelAdmin[Model]] | None) -> None:
    site = ModerationSite()
    site.register(apps.get_models(), brought)
    site.register(DBTaskResult, brought, list_display=("args_kwargs",))
    assert not site._registry
    site.register(DBTaskResult, _Walled)
    assert set(site._registry) == {DBTaskResult}


@pytest.mark.parametrize("model", apps.get_models(), ids=lambda model: model._meta.label)
def test_models_of_libraries_have_no_pages(model: type[Model], browser: Client) -> None:
    label = model._meta.app_label
    there = browser.get(f"/admin/{label}/{model._meta.model_name}/").status_code
    assert there == (200 if admin.site.is_registered(model) else 404)
    assert browser.get(f"/admin/{label}/").status_code == (200 if label in OUR_APPS else 404)


def test_views_for_any_model_get_404(browser: Client, alice: User) -> None:
    """Django's views would reveal a row by its key (`r/`) or by a search (`autocomplete/`)."""
    kind = ContentType.objects.get_for_model(User)
    assert browser.get(f"/admin/r/{kind.pk}/{alice.pk}/").status_code == 404
    asked = {"app_label": "wishlists", "model_name": "reservation", "field_name": "user"}
    assert browser.get("/admin/autocomplete/", asked).status_code == 404


def test_no_admin_page_can_delete(rf: RequestFactory) -> None:
    asked = rf.get("/admin/")
    asked.user = User(is_staff=True, is_superuser=True, is_active=True)
    for one in admin.site._registry.values():
        assert not one.has_delete_permission(asked)
        assert "delete_selected" not in one.get_actions(asked)


def test_password_change_redirects_to_the_account_page(browser: Client) -> None:
    for address in ("password_change/", "password_change/done/"):
        answer = browser.get(f"/admin/{address}")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/account")
    form = {
        "old_password": "correct horse battery",
        "new_password1": "another one",
        "new_password2": "another one",
    }
    browser.post("/admin/password_change/", form)
    assert User.objects.get(display_name="Alice").check_password("correct horse battery")
