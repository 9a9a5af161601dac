"""A page that is drawn from what is kept is the page that is drawn anew, for every viewer and after every act."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.errors.refusals import Refusal
from core.pages.drawings import Drawn, kept
from sharing.web.shown_share_page import ShownSharePage
from tests.drawings.stage import ACTS, Stage
from wishlists.web.cards.cards import Card
from wishlists.web.cards.shared_cards import SharedCards

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]

LISTS: dict[str, dict[str, Any]] = {
    "surprise": {"policy": "surprise"},
    "status": {"policy": "status"},
    "open": {"policy": "open"},
    "guests say who they are": {"policy": "surprise", "guests_identify": True},
}


@pytest.fixture(autouse=True)
def _empty() -> None:
    kept.forget()


def differences(stage: Stage) -> dict[str, list[str]]:
    """Do everything, and return after which acts which viewers got another page than they should."""
    found, refused = {}, 0
    for name, act in ACTS.items():
        try:
            act(stage)
        except Refusal:
            refused += 1  # not every list allows everything
        if wrong := stage.differences():
            found[name] = wrong
    assert refused < len(ACTS) / 3
    return found


@pytest.mark.parametrize("wanted", LISTS.values(), ids=LISTS)
def test_kept_page_is_the_page_that_is_drawn_anew(
    wanted: dict[str, Any], alice: User, bob: User, charlie: User
) -> None:
    assert differences(Stage(alice, bob, charlie, **wanted)) == {}


def test_control_cards_that_forget_their_audience_are_found(
    alice: User, bob: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes after a giver then gets what givers see. The recipient does, too."""
    forget(monkeypatch, SharedCards, "language", "wishlist_id")
    found = differences(Stage(alice, bob, charlie))
    assert "the owner's list" in {who for wrong in found.values() for who in wrong}


def test_control_recipient_reads_a_reservation_if_cards_forget_their_audience(
    alice: User, bob: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(alice, bob, charlie)
    ACTS["a member reserves"](stage)
    assert b"Reserved by Bob" not in stage.look()["the owner's list"]
    forget(monkeypatch, SharedCards, "language", "wishlist_id")
    kept.forget()
    stage._page(*stage.windows["another member's list"])
    assert b"Reserved by Bob" in stage.look()["the owner's list"]


def test_control_cards_that_forget_their_revision_are_found(
    alice: User, bob: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(monkeypatch, SharedCards, "language", "page", "wishlist_id")
    assert "a member reserves" in differences(Stage(alice, bob, charlie))


def test_control_a_card_that_forgets_its_item_is_found(
    alice: User, bob: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget(monkeypatch, Card, "language", "id")
    assert "a member reserves" in differences(Stage(alice, bob, charlie))


def forget(monkeypatch: pytest.MonkeyPatch, kind: type, *remembered: str) -> None:
    """Let values of this kind be the same if they agree in these fields."""

    def key(self: object) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in remembered)

    monkeypatch.setattr(kind, "__hash__", lambda self: hash(key(self)))
    monkeypatch.setattr(kind, "__eq__", lambda self, other: type(other) is kind and key(self) == key(other))


SECRET = (
    "a member reserves",
    "a guest reserves",
    "another guest reserves",
    "a member chips in",
    "a member adds in secret",
)


def test_recipients_page_is_the_same_whatever_givers_do(alice: User, bob: User, charlie: User) -> None:
    """Also while everybody looks, so that everything is kept for all audiences."""
    stage = Stage(alice, bob, charlie)
    before = stage.look()
    for name in SECRET:
        ACTS[name](stage)
        now = stage.look()
        for window in ("the owner's list", "the owner's link"):
            assert now[window] == before[window], name
    assert now["a member's list"] != before["a member's list"], "control: givers see it"


# --- what is kept has nothing of a visitor ----------------------------------------------------------------------------


def test_nothing_kept_contains_a_token_or_a_visitors_name(alice: User, bob: User, charlie: User) -> None:
    stage = Stage(alice, bob, charlie)
    ACTS["a guest reserves"](stage)
    stage.look()
    token = stage.share.rpartition("/")[2]
    cookies = [cookie for client, _ in stage.windows.values() for cookie in client.cookies.values()]
    secrets = [token, *(cookie.value for cookie in cookies if cookie.value)]
    texts = {key: "".join(one._parts) for key, (one, _) in kept._values.items() if isinstance(one, Drawn)}
    assert len(texts) > 20
    assert [one for one in secrets for text in texts.values() if one in text] == []
    heads = [text for key, text in texts.items() if isinstance(key, ShownSharePage)]
    assert [text for text in heads if "Mia" in text or "Charlie" in text] == []
    page = stage.mia.get(stage.share).text
    assert "You take part as Mia." in page, "control: it is filled in"
    assert token in page


def test_drawing_reads_nothing(alice: User, bob: User, charlie: User) -> None:
    """A drawing is made of its fields alone. Otherwise something that is not in its key could be in it."""
    stage = Stage(alice, bob, charlie)
    stage.look()
    drawings = [key for key in kept._values if not isinstance(key, SharedCards)]
    with CaptureQueriesContext(connection) as statements:
        for one in drawings:
            one.draw()  # type: ignore[attr-defined]
    assert len(drawings) > 20
    assert len(statements) == 0


def test_page_that_is_drawn_in_a_transaction_is_not_kept(alice: User, bob: User, charlie: User) -> None:
    """What a transaction sees may never be committed, and another one may get the same revision."""
    stage = Stage(alice, bob, charlie)
    before = stage.look()
    with transaction.atomic():
        ACTS["a member reserves"](stage)
        assert stage.look() != before, "control: it sees what it did"
        transaction.set_rollback(True)
    ACTS["the owner edits"](stage)
    assert stage.differences() == []
