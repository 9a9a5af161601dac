"""Two administrators who take away each other's role at the same moment: one of them stays."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection
from pytest_django import Settings

from accounts.models import Tenant, User
from accounts.refusals import LastAdmin
from accounts.services.tenant_people import edit_person
from core.tests.slow_writes import slow_writes
from tests.races.storms import all_at_once

DONE, REFUSED = 200, 409

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admins(db: None) -> list[User]:
    tenant = Tenant.objects.create(name="Elsewhere")
    return [
        User.objects.create(
            email=f"{name}@example.org", display_name=name, password="!", tenant=tenant, tenant_role="admin"
        )
        for name in ("ada", "ida")
    ]


def demote_each_other(admins: list[User]) -> Counter[int]:
    def demote(index: int) -> int:
        try:
            edit_person(user=admins[1 - index], by=admins[index], tenant_role="member")
        except LastAdmin:
            return REFUSED
        finally:
            connection.close()
        return DONE

    return all_at_once(demote, 2)


def test_one_administrator_stays(admins: list[User]) -> None:
    assert demote_each_other(admins) == {DONE: 1, REFUSED: 1}


@pytest.mark.postgresql
def test_control_without_the_lock_nobody_stays(admins: list[User], settings: Settings) -> None:
    settings.TEST_WITHOUT_LOCKS = True
    with slow_writes(User):
        for _try in range(5):
            if demote_each_other(admins) == {DONE: 2}:
                return
            User.objects.filter(pk__in=[admin.pk for admin in admins]).update(tenant_role="admin")
            for admin in admins:
                admin.refresh_from_db()
    pytest.fail("this test would not notice that the lock is gone")
