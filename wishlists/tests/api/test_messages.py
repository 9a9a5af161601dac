"""Messages: recipients can't read those among givers, and neither recipients nor strangers learn who asked a question."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from accounts.models import Notification, User
from core.limits.rate_limits import MESSAGES_A_MINUTE
from tests.support.api_clients import Api
from wishlists.api.serializers.messages import MessageSerializer
from wishlists.models import Activity, Item, Message, Wishlist
from wishlists.models.viewers import Audience
from wishlists.projections import messages as projections
from wishlists.services.lists import messages
from wishlists.services.lists.people import share_wishlist
from wishlists.tests.shapes import agrees

CANARY = "canary-0002"


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def talk(item: Item, alice: User, dora: User) -> str:
    """The path of the messages about Alice's kettle, on which Bob and Dora are givers."""
    share_wishlist(wishlist=item.wishlist, by=alice, email=dora.email, role="viewer")
    return f"/wishlists/{item.wishlist_id}/items/{item.pk}/messages"


def post(api: Api, talk: str, lane: str, text: str = CANARY) -> Any:
    return api("POST", f"{talk}?lane={lane}", {"text": text})


def read(api: Api, talk: str, lane: str = "") -> list[Any]:
    rows: list[Any] = api("GET", f"{talk}?lane={lane}" if lane else talk).json()
    return rows


def test_givers_read_each_others_messages(as_alice: Api, as_bob: Api, as_dora: Api, talk: str) -> None:
    made = post(as_bob, talk, "givers", "Blue or red?")
    assert made.status_code == 201
    agrees(made.json(), MessageSerializer)
    [row] = read(as_dora, talk, "givers")
    assert (row["text"], row["display_name"], row["is_me"]) == ("Blue or red?", "Bob", False)
    assert read(as_alice, talk) == read(as_alice, talk, "givers") == []
    assert not Notification.objects.exclude(kind="wishlist_shared").exists()


def what_she_gets(api: Api, talk: str) -> list[Any]:
    """Return everything that Alice can request about the messages, including refusals."""
    calls = [
        ("GET", talk, None),
        ("GET", f"{talk}?lane=givers", None),
        ("POST", f"{talk}?lane=givers", {"text": "?"}),
    ]
    answers = [api(*call) for call in calls]
    return [(answer.status_code, answer.headers.get("ETag"), _stable(answer.json())) for answer in answers]


def test_recipient_gets_the_same_with_and_without_givers_messages(
    as_alice: Api, as_bob: Api, talk: str
) -> None:
    before = what_she_gets(as_alice, talk)
    message = post(as_bob, talk, "givers").json()
    assert what_she_gets(as_alice, talk) == before
    assert before[2][0] == 403
    assert refused(as_alice("DELETE", f"{talk}/{message['id']}")) == (404, "no_such_message")


def test_control_with_one_lane_recipients_get_givers_messages(
    as_alice: Api, as_bob: Api, talk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projections, "talk_audiences", lambda _lane, _item: list(Audience))
    before = what_she_gets(as_alice, talk)
    post(as_bob, talk, "givers")
    assert what_she_gets(as_alice, talk) != before


def test_control_question_with_its_author_names_him(
    as_alice: Api, as_bob: Api, talk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projections, "names_author", lambda _row, _wishlist, _audience: True)
    post(as_bob, talk, "questions")
    assert read(as_alice, talk)[0]["display_name"] == "Bob"


def _stable(body: Any) -> Any:
    return (
        {name: value for name, value in body.items() if name != "request_id"}
        if isinstance(body, dict)
        else body
    )


def test_givers_lane_stays_hidden_after_the_reveal(as_alice: Api, as_bob: Api, talk: str, item: Item) -> None:
    post(as_bob, talk, "givers")
    as_alice("POST", f"/wishlists/{item.wishlist_id}/reveal", {"confirm": True})
    assert read(as_alice, talk) == []


def test_question_has_no_author_for_recipients(
    as_alice: Api, as_bob: Api, as_dora: Api, talk: str, alice: User, bob: User
) -> None:
    asked = post(as_bob, talk, "questions", "Which size?").json()
    [row] = read(as_alice, talk)
    assert (row["text"], row["user_id"], row["display_name"], row["is_me"]) == (
        "Which size?",
        None,
        None,
        False,
    )
    assert read(as_dora, talk)[0]["display_name"] == "Bob"
    [notice] = Notification.objects.filter(user=alice, kind="question_asked")
    assert "Bob" not in f"{notice.title}{notice.body}{notice.payload}"
    assert str(bob.pk) not in f"{notice.payload}"
    answered = as_alice("POST", talk, {"text": "A large one", "answer_to": asked["id"]})
    assert (answered.status_code, answered.json()["lane"], answered.json()["display_name"]) == (
        201,
        "questions",
        "Alice",
    )
    assert [row["text"] for row in read(as_dora, talk, "questions")] == ["Which size?", "A large one"]
    assert Notification.objects.get(user=bob, kind="question_answered").body == "A large one"


def test_messages_are_not_logged(as_alice: Api, as_bob: Api, talk: str, item: Item) -> None:
    """Otherwise recipients could read in the log, after the reveal, who asked."""
    before = Activity.objects.count()
    post(as_bob, talk, "questions")
    post(as_bob, talk, "givers")
    assert Activity.objects.count() == before


def test_only_recipients_and_editors_answer_questions(
    as_alice: Api, as_bob: Api, as_dora: Api, talk: str, item: Item, dora: User
) -> None:
    asked = post(as_bob, talk, "questions").json()["id"]
    assert refused(as_dora("POST", talk, {"text": "x", "answer_to": asked})) == (403, "answers_only")
    item.wishlist.members.filter(user=dora).update(role="editor")
    answer = as_dora("POST", talk, {"text": "x", "answer_to": asked}).json()
    assert refused(as_alice("POST", talk, {"text": "x", "answer_to": answer["id"]})) == (
        404,
        "no_such_message",
    )
    assert refused(post(as_alice, talk, "questions")) == (403, "answers_only")
    secret = post(as_bob, talk, "givers").json()["id"]
    assert refused(as_alice("POST", talk, {"text": "x", "answer_to": secret})) == (404, "no_such_message")


def test_author_removes_their_message(as_alice: Api, as_bob: Api, as_dora: Api, talk: str) -> None:
    asked = post(as_bob, talk, "questions").json()["id"]
    as_alice("POST", talk, {"text": "x", "answer_to": asked})
    assert refused(as_dora("DELETE", f"{talk}/{asked}")) == (404, "no_such_message")
    assert as_bob("DELETE", f"{talk}/{asked}").status_code == 204
    assert read(as_alice, talk) == read(as_dora, talk) == []
    assert refused(as_bob("DELETE", f"{talk}/{asked}")) == (404, "no_such_message")


def test_hidden_giver_names_are_hidden_in_messages(as_bob: Api, as_dora: Api, talk: str) -> None:
    Wishlist.objects.update(names_shown=False)
    post(as_bob, talk, "givers")
    post(as_bob, talk, "questions")
    assert {(row["user_id"], row["display_name"]) for row in read(as_dora, talk)} == {(None, None)}


def test_public_reads_questions_without_names(as_bob: Api, as_charlie: Api, talk: str) -> None:
    Wishlist.objects.update(is_public=True)
    post(as_bob, talk, "givers")
    post(as_bob, talk, "questions", "Which size?")
    [row] = read(as_charlie, talk)
    assert (row["text"], row["user_id"], row["display_name"]) == ("Which size?", None, None)
    assert refused(post(as_charlie, talk, "givers")) == (403, "members_only")
    assert post(as_charlie, talk, "questions").status_code == 201


def test_question_about_a_secret_wish_is_refused(as_bob: Api, talk: str, item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(is_secret=True)
    assert refused(post(as_bob, talk, "questions")) == (409, "secret_item")
    assert post(as_bob, talk, "givers").status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"text": "x"},
        {"text": "", "lane": "givers"},
        {"text": "x" * 2001, "lane": "givers"},
        {"text": "x", "lane": "all"},
    ],
)
def test_invalid_message_is_refused(body: dict[str, Any], as_bob: Api, talk: str) -> None:
    assert as_bob("POST", talk, body).status_code == 400


def test_unknown_lane_is_refused(as_bob: Api, talk: str) -> None:
    assert refused(as_bob("GET", f"{talk}?lane=x")) == (400, "bad_lane")


def test_message_limits(
    as_alice: Api, as_bob: Api, as_dora: Api, talk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Limits per person and minute, and per lane. Messages among givers don't use up what recipients may answer."""
    few = replace(MESSAGES_A_MINUTE, amount=2)
    monkeypatch.setattr(messages, "MESSAGES_A_MINUTE", few)
    asked = [post(as_bob, talk, "questions").json()["id"] for _ in range(2)]
    fast = post(as_bob, talk, "givers")
    assert (refused(fast), fast["Retry-After"]) == ((429, "too_many_messages"), "60")
    monkeypatch.setattr(messages, "MESSAGES_A_MINUTE", replace(few, amount=100))
    monkeypatch.setattr(messages, "MAX_MESSAGES", 2)
    assert refused(post(as_dora, talk, "questions")) == (409, "talk_full")
    assert as_alice("POST", talk, {"text": "x", "answer_to": asked[0]}).status_code == 201
    assert as_alice("POST", talk, {"text": "x", "answer_to": asked[0]}).status_code == 201
    assert refused(as_alice("POST", talk, {"text": "x", "answer_to": asked[0]})) == (409, "talk_full")


def test_removed_message_stays_in_the_database(as_bob: Api, talk: str) -> None:
    """A moderator may still need to read it."""
    as_bob("DELETE", f"{talk}/{post(as_bob, talk, 'givers').json()['id']}")
    assert Message.objects.get().removed_at is not None
