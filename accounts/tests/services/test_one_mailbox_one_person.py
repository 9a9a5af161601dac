"""One account per mailbox: registration, log-in, the admin and commands compare canonical addresses (G25)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from accounts.models import User
from accounts.refusals import EmailTaken
from accounts.services.people import check_credentials, register_user, remove_user
from core.mailboxes import mailbox_columns
from core.mailboxes.mailbox_forms import canonical_address
from core.tests.corpus import corpus
from tests.support.api_clients import Api

KNOWN = corpus("addresses")
ONE_MAILBOX = [addresses for form, _why, addresses in KNOWN["same"] if form != "canonical"]
PASSWORD = "correct horse battery"
MUELLER = ["jo@müller.example", "jo@MÜLLER.example", "jo@mu\u0308ller.example", "jo@xn--mller-kva.example"]


@pytest.fixture
def mueller(db: None, password_hash: str) -> User:
    return User.objects.create(email=MUELLER[0], display_name="Jo", password=password_hash)


def test_other_spellings_of_the_corpus_cannot_register(db: None) -> None:
    """The first spelling has an account; registering with each of the others is refused."""
    for first, *others in ONE_MAILBOX:
        registered = User.objects.create(email=first.strip(), display_name="One")
        for other in others:
            with pytest.raises(EmailTaken):
                register_user(email=other, password=PASSWORD)
        assert User.objects.with_address(others[-1]) == [registered]
        registered.delete()


@pytest.mark.parametrize("spelling", MUELLER[1:])
def test_other_spelling_is_taken_and_can_log_in(api: Api, mueller: User, spelling: str) -> None:
    again = api("POST", "/auth/register", {"email": spelling, "password": PASSWORD})
    assert (again.status_code, again.json()["code"]) == (409, "email_taken")
    assert api("POST", "/auth/login", {"email": spelling, "password": PASSWORD}).status_code == 200
    page = Client().post("/login", {"email": spelling, "password": PASSWORD})
    assert page.status_code == 302
    assert api("POST", "/auth/login", {"email": spelling, "password": "wrong"}).status_code == 401


def test_only_one_of_two_concurrent_registrations_succeeds(
    mueller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other registration commits between the look and the write: the constraint refuses, on either database."""
    monkeypatch.setattr(type(User.objects), "with_address", lambda self, email: [])
    with pytest.raises(EmailTaken):
        register_user(email=MUELLER[3], password=PASSWORD)


def test_control_both_registrations_succeed_without_the_mailbox_column(
    mueller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox_columns, "own_mailbox", str.lower)
    monkeypatch.setattr(type(User.objects), "with_address", lambda self, email: [])
    register_user(email=MUELLER[1], password=PASSWORD)
    assert User.objects.count() == 2


def test_bad_addresses_of_the_corpus_are_refused_over_http(api: Api) -> None:
    for email, verdict, why in KNOWN["new"]:
        if verdict != "ok":
            answer = api("POST", "/auth/register", {"email": email, "password": PASSWORD})
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, verdict), why
            page = Client().post("/register", {"email": email, "password": PASSWORD})
            assert page.status_code == 422, why
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "disguised", ["m\u0131ke@example.com", "mi\u212ae@example.com", "m\u0130ke@example.com"]
)
def test_old_look_alike_account_does_not_block_the_plain_address(
    api: Api, password_hash: str, disguised: str
) -> None:
    old = User.objects.create(email=disguised, display_name="Mike", password=password_hash)
    body = {"email": "mike@example.com", "password": "another password"}
    assert api("POST", "/auth/register", body).status_code == 201
    mike = User.objects.get(email="mike@example.com")
    for spelling in ("mike@example.com", "MIKE@example.com"):
        assert User.objects.with_address(spelling) == [mike]
    assert User.objects.with_address("mi\u212ae@example.com")[0] == mike
    assert check_credentials(email=disguised, password=PASSWORD) == old


def test_address_is_stored_as_typed(api: Api) -> None:
    api("POST", "/auth/register", {"email": "Jo.Smith+x@GoogleMail.com", "password": PASSWORD})
    user = User.objects.get()
    assert (user.email, user.mailbox) == ("Jo.Smith+x@GoogleMail.com", "josmith@gmail.com")


def test_change_of_address_changes_the_mailbox(mueller: User) -> None:
    mueller.email = "jo@elsewhere.example"
    mueller.save(update_fields=["email"])
    mueller.refresh_from_db()
    assert (mueller.mailbox, User.objects.with_address(MUELLER[1])) == ("jo@elsewhere.example", [])


def test_address_of_a_deleted_user_can_be_registered(mueller: User) -> None:
    remove_user(user=mueller)
    assert register_user(email=MUELLER[3], password=PASSWORD).mailbox == MUELLER[3]


# --- the admin and commands ----------------------------------------------------------------------------------------


@pytest.fixture
def as_root(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com", None, display_name="Root"))
    return client


def edited(admin: Client, user: User, **typed: str) -> Any:
    """Post the admin page of `user` with its current values, changed by `typed`."""
    shown = {"email": user.email, "display_name": user.display_name, "is_active": "on"}
    rights = {"tenant": str(user.tenant_id), "tenant_role": user.tenant_role}
    return admin.post(f"/admin/accounts/user/{user.pk}/change/", shown | rights | typed)


def test_admin_refuses_an_address_of_a_taken_mailbox(as_root: Client, mueller: User, alice: User) -> None:
    typed = {
        "email": MUELLER[3],
        "display_name": "X",
        "password1": "a long password",
        "password2": "a long password",
    }
    page = as_root.post("/admin/accounts/user/add/", typed)
    assert (page.status_code, str(EmailTaken.default_detail) in page.text) == (200, True)
    page = edited(as_root, alice, email=MUELLER[3])
    assert (page.status_code, str(EmailTaken.default_detail) in page.text) == (200, True)
    assert User.objects.count() == 3


def test_admin_can_edit_a_user_with_an_old_look_alike_address(as_root: Client) -> None:
    old = User.objects.create(email="mıke@example.com", display_name="Mike")
    page = edited(as_root, old, display_name="Mike M.")
    old.refresh_from_db()
    assert (page.status_code, old.display_name) == (302, "Mike M.")


@pytest.mark.parametrize("spelling", MUELLER)
def test_admin_search_finds_an_address_in_any_spelling(as_root: Client, mueller: User, spelling: str) -> None:
    page = as_root.get("/admin/accounts/user/", {"q": spelling})
    assert (str(mueller.pk) in page.text, "root@example.com</" in page.text) == (True, False)


def test_createsuperuser_validates_the_address(mueller: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "DJANGO_SUPERUSER_PASSWORD", "a long password")
    for email in (MUELLER[3], "mıke@example.com", f"{mueller.pk}@removed.invalid"):
        with pytest.raises(CommandError):
            call_command(
                "createsuperuser", interactive=False, email=email, display_name="X", stdout=StringIO()
            )
    assert User.objects.count() == 1


# --- accounts from before mailboxes were unique ---------------------------------------------------------------------

BEFORE = ("accounts", "0002_stored_answers")
TWINS = ("jo@müller.example", "jo@xn--mller-kva.example")
OTHERS = {"mıke@example.com": "mıke@example.com", "mi\u212ae@example.com": "mi\u212ae@example.com"}


@pytest.fixture
def newest() -> Iterator[Callable[[], None]]:
    """Return a function that migrates to the newest schema. It is also called after the test, even if it fails."""
    targets = MigrationExecutor(connection).loader.graph.leaf_nodes()

    def migrate() -> None:
        MigrationExecutor(connection).migrate(targets)

    yield migrate
    migrate()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_old_accounts_work_after_migrating_forward_and_back(
    password_hash: str, newest: Callable[[], None]
) -> None:
    MigrationExecutor(connection).migrate([BEFORE])
    old = MigrationExecutor(connection).loader.project_state([BEFORE]).apps.get_model("accounts", "User")
    for email in (*TWINS, *OTHERS):
        old.objects.create(email=email, display_name="Old", password=password_hash)
    newest()
    mailboxes = dict(User.objects.values_list("email", "mailbox"))
    assert mailboxes == dict.fromkeys(TWINS, canonical_address(TWINS[0])) | OTHERS
    assert sorted(User.objects.filter(email__in=TWINS).values_list("mailbox_copy", flat=True)) == [0, 1]
    for email in (*TWINS, *OTHERS):
        assert check_credentials(email=email, password=PASSWORD).email == email
    MigrationExecutor(connection).migrate([BEFORE])
    assert set(old.objects.values_list("email", flat=True)) == {*TWINS, *OTHERS}


@pytest.fixture
def twins(mueller: User) -> tuple[User, User]:
    """Two accounts with the same mailbox, as the migration leaves them. The younger has another password."""
    younger = User(email=TWINS[1], display_name="Jo's other", mailbox=mueller.mailbox, mailbox_copy=1)
    younger.set_password("the younger's own")
    younger.save()
    return mueller, younger


def test_two_accounts_with_one_mailbox_log_in_with_any_spelling(twins: tuple[User, User]) -> None:
    elder, younger = twins
    for spelling in MUELLER:
        assert check_credentials(email=spelling, password=PASSWORD) == elder
        assert check_credentials(email=spelling, password="the younger's own") == younger


def test_exact_spelling_wins_and_then_the_older_account(twins: tuple[User, User]) -> None:
    elder, younger = twins
    assert [User.objects.with_address(spelling)[0] for spelling in (*TWINS, MUELLER[1])] == [
        elder,
        younger,
        elder,
    ]


def test_mailbox_with_two_accounts_accepts_no_third(twins: tuple[User, User]) -> None:
    remove_user(user=twins[0])
    with pytest.raises(EmailTaken):
        register_user(email=MUELLER[0], password=PASSWORD)


def test_younger_of_two_accounts_can_be_edited(as_root: Client, twins: tuple[User, User]) -> None:
    younger = twins[1]
    younger.display_name = "Jo the younger"
    younger.save()
    assert edited(as_root, younger, display_name="Joanna").status_code == 302
    younger.refresh_from_db()
    assert (younger.display_name, younger.mailbox_copy) == ("Joanna", 1)
