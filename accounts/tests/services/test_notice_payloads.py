"""Payloads of notifications have the keys that are declared for their kind. Any other is refused by its name."""

from __future__ import annotations

import pytest

from accounts.models import Notification, User
from accounts.projections import notice_payloads
from accounts.projections.notice_payloads import declare_payload
from accounts.services import inbox
from accounts.services.inbox import NoticeText, notify
from core.money.money import Money
from core.projections.fields import UndeclaredField

NOTE = "Shh, it's the red one."


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice_payloads, "_declared", {})
    declare_payload("paid", "amount", "currency", sometimes=("wishlist_id",))


def test_declared_keys_are_stored_as_clients_get_them(alice: User) -> None:
    paid = {"amount": Money(4990, "EUR"), "currency": "EUR"}
    [row] = notify(users=[alice], kind="paid", title="Paid", payload=paid)
    assert Notification.objects.get().payload == row.payload == {"amount": 49.9, "currency": "EUR"}
    notify(users=[alice], kind="paid", title="Paid", payload=paid | {"wishlist_id": alice.pk})
    assert Notification.objects.filter(payload__wishlist_id=str(alice.pk)).count() == 1


@pytest.mark.parametrize(
    ("kind", "payload", "named"),
    [
        ("paid", {"amount": 5, "currency": "EUR", "note": NOTE}, "payload of paid: note"),
        ("paid", {"amount": 5}, "payload of paid: currency"),
        ("other", {"note": NOTE}, "payload of other: note"),
    ],
)
def test_key_that_is_not_declared_is_refused_by_its_name(
    kind: str, payload: dict[str, object], named: str, alice: User
) -> None:
    with pytest.raises(UndeclaredField, match=named) as refusal:
        notify(users=[alice], kind=kind, title="Hm", payload=payload)
    assert NOTE not in str(refusal.value)
    assert not Notification.objects.exists()


def test_key_that_a_merge_adds_is_refused(alice: User) -> None:
    def merge(unread: Notification, new: NoticeText) -> NoticeText:
        return new._replace(payload={"note": NOTE})

    notify(users=[alice], kind="other", title="1", about="x")
    with pytest.raises(UndeclaredField, match="note"):
        notify(users=[alice], kind="other", title="2", about="x", merge=merge)
    assert Notification.objects.get().title == "1"


def test_control_without_the_check_it_is_stored(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "require_declared", lambda kind, payload: None)
    notify(users=[alice], kind="other", title="Hm", payload={"note": NOTE})
    assert Notification.objects.get().payload == {"note": NOTE}
