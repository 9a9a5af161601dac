"""Every migration of every app can be reversed with data, and applied again, without losing a row (G20)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddField, CreateModel
from django.utils import timezone

from accounts.access.scopes import Scope
from accounts.models import (
    AccountActivity,
    AccountLink,
    Avatar,
    Notification,
    OneTimeCode,
    StoredAnswer,
    User,
)
from accounts.services.api_tokens import make_api_token
from accounts.services.groups import create_group, let_into_group
from accounts.services.inbox import notify
from accounts.services.people import edit_user
from accounts.services.sessions import start_session
from core.db import kept_aside
from exchanges.services.drawing import draw_exchange
from exchanges.services.exchanges import exclude_pair, start_exchange
from jobs.models import JobFile
from jobs.services.claiming import claim
from jobs.services.exporting import start_export
from moderation.models import Decision, Report
from notices.models import PushSubscription
from notices.services.choosing import choose_channels
from notices.services.feed_links import make_feed_link
from people.services.people import add_person
from sharing.models import GuestLetter, GuestMail
from webhooks.models import WebhookDelivery
from webhooks.services.managing import make_webhook
from wishlist_project.demo.build import build_demo
from wishlists.models import Budget, Contribution, Guest, Item, PersonRecipient, Reservation, Wishlist
from wishlists.services.lists.group_sharing import share_with_group

OURS = (
    "accounts",
    "jobs",
    "notices",
    "people",
    "wishlists",
    "sharing",
    "moderation",
    "exchanges",
    "realtime",
    "webhooks",
)
Rows = dict[str, list[dict[str, Any]]]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def newest() -> Iterator[None]:
    """Migrate to the newest schema after the test, even if it fails, and drop tables of kept data."""
    targets = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield
    MigrationExecutor(connection).migrate(targets)
    with connection.cursor() as cursor:
        for table in kept_tables():
            cursor.execute(f"DROP TABLE {table}")


def kept_tables() -> list[str]:
    return [name for name in connection.introspection.table_names() if "_kept_by_" in name]


def migrate(*targets: tuple[str, str | None]) -> None:
    MigrationExecutor(connection).migrate(list(targets))


def forward() -> None:
    migrate(*[leaf for leaf in MigrationExecutor(connection).loader.graph.leaf_nodes() if leaf[0] in OURS])


def our_models() -> list[type[models.Model]]:
    return [model for app in OURS for model in apps.get_app_config(app).get_models(include_auto_created=True)]


def all_rows() -> Rows:
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in our_models()}


def something_of_everything() -> None:
    """Create the demo, and rows that it lacks. Every table has a row, and every newer column a value."""
    build_demo()
    wishlist = Wishlist.objects.all()[0]
    person = wishlist.owner
    opened_from = start_session(user=person, device="Firefox on Linux")
    start_session(user=person, device="Firefox on Linux", opened_from=opened_from)
    make_api_token(user=person, name="Script", scopes=[Scope.LISTS_READ], expires_at=timezone.now())
    edit_user(user=person, language="de", time_zone="Asia/Tokyo", currency="JPY")
    job, _is_new = start_export(user=person)
    JobFile.objects.create(job=job, name="account.json", content=b"{}")
    Budget.objects.create(user=person, wishlist=wishlist, amount_minor=5, currency="EUR")
    Wishlist.objects.update(guests_identify=True, lapse_days=9, recipient_name="Ida", reveal_on="2030-01-01")
    Wishlist.objects.update(invitations_epoch=2)
    guest = Guest.objects.create(wishlist=wishlist, name="Rose")
    for stage in Reservation.Stage:
        item = Item.objects.create(wishlist=wishlist, title=stage, currency="EUR", updated_at=timezone.now())
        Reservation.objects.create(item=item, guest=guest, stage=stage, currency="EUR")
    Reservation.objects.update(is_offer=False)
    item = Item.objects.create(wishlist=wishlist, title="O", currency="EUR", updated_at=timezone.now())
    Reservation.objects.create(
        item=item,
        user=person,
        currency="EUR",
        is_offer=True,
        lapses_at=timezone.now(),
        taken_as={"title": "Tea"},
    )
    GuestMail.objects.create(guest=guest, language="de")
    for kind in GuestLetter.Kind:
        GuestLetter.objects.create(guest=guest, kind=kind, item=item, until=timezone.now())
    exchange = start_exchange(
        by=person,
        title="Christmas",
        participants=[{"name": "Gran", "email": "gran@example.com"}, {"name": "Uncle"}],
    )
    gran, uncle = exchange.participants.order_by("name")
    draw_exchange(exchange_id=exchange.pk, by=person)
    exclude_pair(exchange_id=exchange.pk, by=person, giver_id=gran.pk, receiver_id=uncle.pk)
    known = add_person(by=person, name="Gran", birthday="--02-29", sizes={"Shoes": "38"})
    PersonRecipient.objects.create(wishlist=wishlist, person=known)
    claim("reveal", 30)
    StoredAnswer.objects.create(slot="1", asked="2", headers={"a": "b"}, body="é")
    AccountLink.objects.create(user=person, purpose="password", address=person.email, mailbox=person.email)
    OneTimeCode.objects.create(purpose="reset", address=person.email, mailbox=person.email, user=person)
    User.objects.filter(pk=person.pk).update(address_verified_at="2030-01-01T00:00Z")
    AccountActivity.objects.create(user=person, kind="account_created", detail={"a": 1})
    Avatar.objects.create(user=person, webp=b"RIFF")
    notify(users=[person], kind="x", title="X", about="item 1")
    Notification.objects.filter(user=person, kind="x").update(is_listed=False)
    choose_channels(user=person, wanted={"thanks": {"email": "off"}})
    make_feed_link(user=person, kind="news")
    webhook = make_webhook(user=person, url="https://example.com/hook")
    WebhookDelivery.objects.create(webhook=webhook, wishlist=wishlist, attempt=1, status=200)
    PushSubscription.objects.create(user=person, session=opened_from, endpoint="https://push.example.com/")
    person.groups.create(name="Helpers")
    group = create_group(by=person, name="Family")
    let_into_group(group=group, user=User.objects.exclude(pk=person.pk)[0], role="member", by=person)
    share_with_group(wishlist=wishlist, by=person, group_id=group.pk, role="editor")
    Contribution.objects.filter(item=None).update(freed_unseen=True)
    report = Report.objects.create(
        tenant=person.tenant,
        target="list",
        wishlist=wishlist,
        about=person,
        quoted="Q",
        reason="spam",
        guest=guest,
    )
    Decision.objects.create(report=report, by=person, resolution="resolved", note="Done")


def test_migrating_back_and_forward_loses_no_row_and_keeps_changes_of_the_older_version() -> None:
    something_of_everything()
    before = all_rows()
    assert {label for label, rows in before.items() if not rows} <= {"accounts.User_user_permissions"}
    call_command("migrate", "wishlists", "0001", verbosity=0)
    assert not shown() & secrets(before)
    offer, given = buy_the_offer_and_take_back_what_was_given(before)
    for app in ("realtime", "accounts"):  # migrating accounts back includes the apps that depend on it
        call_command("migrate", app, "zero", verbosity=0)
    assert not {model._meta.db_table for model in our_models()} & set(connection.introspection.table_names())
    call_command("migrate", verbosity=0)
    offer |= {"stage": "ordered", "is_offer": False}
    given["stage"] = "reserved"
    after = all_rows()
    for label, rows in before.items():
        assert after[label] == rows, label
    assert kept_tables() == []
    notify(users=list(User.objects.all()[:1]), kind="x", title="New events are numbered on")


def shown() -> set[str]:
    """Return the ids of the items that the older schema shows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM wishlists_item WHERE removed_at IS NULL")
        return {str(pk).replace("-", "") for (pk,) in cursor.fetchall()}


def secrets(rows: Rows) -> set[str]:
    """Return the ids of secret additions and drafts, which the older schema would show to everybody."""
    found = {row["id"].hex for row in rows["wishlists.Item"] if row["is_secret"] or row["draft_of_id"]}
    assert len(found) > 1
    return found


def buy_the_offer_and_take_back_what_was_given(rows: Rows) -> list[dict[str, Any]]:
    """Change two reservations in the older schema. A purchased offer is no longer an offer."""
    reservations = rows["wishlists.Reservation"]
    [offer] = [row for row in reservations if row["is_offer"]]
    given = next(row for row in reservations if row["stage"] == "given" and row["guest_id"])
    field = Reservation._meta.pk
    with connection.cursor() as cursor:
        for row, old, new in ((offer, "reserved", "purchased"), (given, "purchased", "reserved")):
            pk = field.get_db_prep_value(row["id"], connection)
            cursor.execute(
                "UPDATE wishlists_reservation SET status = %s WHERE id = %s AND status = %s", [new, pk, old]
            )
            assert cursor.rowcount == 1
    return [offer, given]


def test_control_rows_are_lost_without_keep_aside(
    wishlist: Wishlist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_aside.KeptRows, "restore", lambda *_: None)
    before = all_rows()["realtime.Event"]
    migrate(("realtime", None))
    forward()
    assert (all_rows()["realtime.Event"], bool(before)) == ([], True)


@pytest.mark.slow
def test_rows_that_refer_to_something_deleted_are_not_restored(
    wishlist: Wishlist, alice: User, bob: User
) -> None:
    """Our code does not delete users, but somebody may do it in the database."""
    for user in (alice, bob):
        AccountLink.objects.create(user=user, purpose="password", address=user.email, mailbox=user.email)
    stranger = User.objects.create(email="eve@example.com", display_name="Eve")
    AccountLink.objects.create(
        user=stranger, purpose="password", address=stranger.email, mailbox=stranger.email
    )
    migrate(("accounts", "0003_mailboxes"))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_user WHERE email = 'eve@example.com'")
    forward()
    assert set(AccountLink.objects.values_list("address", flat=True)) == {alice.email, bob.email}


@pytest.mark.slow
def test_addresses_that_are_equal_in_the_older_schema_are_both_restored() -> None:
    """PostgreSQL's `LOWER()` turns the Kelvin sign into a k; our canonical form does not."""
    people = [
        User.objects.create(email=email, display_name="Mike", date_joined=f"20{year}-01-01T00:00:00Z")
        for year, email in ((20, "mi\u212ae@example.com"), (21, "mike@example.com"))
    ]
    before = all_rows()
    migrate(("accounts", "0002_stored_answers"))
    forward()
    assert all_rows() == before
    assert User.objects.filter(pk__in=[person.pk for person in people]).count() == 2


@pytest.mark.once
def test_every_migration_that_adds_columns_ends_with_keep_aside() -> None:
    """Also if the rows above have no value there."""
    ours = [one for key, one in MigrationLoader(connection).graph.nodes.items() if key[0] in OURS]
    adding = [one for one in ours if any(isinstance(step, CreateModel | AddField) for step in one.operations)]
    assert len(adding) > 10
    assert [str(one) for one in adding if not isinstance(one.operations[-1], kept_aside.KeepAside)] == []
