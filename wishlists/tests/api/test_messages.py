"""Talk: givers among themselves unheard by recipients, and questions whose author no recipient and no stranger learns."""

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
    """What is said of the kettle, which Alice wishes for and Bob and Dora may give."""
    share_wishlist(wishlist=item.wishlist, by=alice, email=dora.email, role="viewer")
    return f"/wishlists/{item.wishlist_id}/items/{item.pk}/messages"


def say(api: Api, talk: str, lane: str, text: str = CANARY) -> Any:
    return api("POST", f"{talk}?lane={lane}", {"text": text})


def heard(api: Api, talk: str, lane: str = "") -> list[Any]:
    rows: list[Any] = api("GET", f"{talk}?lane={lane}" if lane else talk).json()
    return rows


def test_givers_talk_among_themselves(as_alice: Api, as_bob: Api, as_dora: Api, talk: str) -> None:
    made = say(as_bob, talk, "givers", "Blue or red?")
    assert made.status_code == 201
    agrees(made.json(), MessageSerializer)
    [row] = heard(as_dora, talk, "givers")
    assert (row["text"], row["display_name"], row["is_me"]) == ("Blue or red?", "Bob", False)
    assert heard(as_alice, talk) == heard(as_alice, talk, "givers") == []
    assert not Notification.objects.exclude(kind="wishlist_shared").exists()


def what_she_gets(api: Api, talk: str) -> list[Any]:
    """Everything that Alice may ask of the talk about her wish, refusals included."""
    calls = [
        ("GET", talk, None),
        ("GET", f"{talk}?lane=givers", None),
        ("POST", f"{talk}?lane=givers", {"text": "?"}),
    ]
    told = [api(*call) for call in calls]
    return [(answer.status_code, answer.headers.get("ETag"), _stable(answer.json())) for answer in told]


def test_what_recipients_get_is_what_there_is_without(as_alice: Api, as_bob: Api, talk: str) -> None:
    before = what_she_gets(as_alice, talk)
    message = say(as_bob, talk, "givers").json()
    assert what_she_gets(as_alice, talk) == before
    assert before[2][0] == 403
    assert refused(as_alice("DELETE", f"{talk}/{message['id']}")) == (404, "no_such_message")


def test_control_one_lane_for_all_would_reach_her(
    as_alice: Api, as_bob: Api, talk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projections, "talk_audiences", lambda _lane, _item: list(Audience))
    before = what_she_gets(as_alice, talk)
    say(as_bob, talk, "givers")
    assert what_she_gets(as_alice, talk) != before


def test_control_a_question_with_its_author_would_name_him(
    as_alice: Api, as_bob: Api, talk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projections, "names_author", lambda _row, _wishlist, _audience: True)
    say(as_bob, talk, "questions")
    assert heard(as_alice, talk)[0]["display_name"] == "Bob"


def _stable(body: Any) -> Any:
    return (
        {name: value for name, value in body.items() if name != "request_id"}
        if isinstance(body, dict)
        else body
    )


def test_the_givers_lane_stays_theirs_after_the_reveal(
    as_alice: Api, as_bob: Api, talk: str, item: Item
) -> None:
    say(as_bob, talk, "givers")
    as_alice("POST", f"/wishlists/{item.wishlist_id}/reveal", {"confirm": True})
    assert heard(as_alice, talk) == []


def test_a_question_has_no_author_for_those_who_are_asked(
    as_alice: Api, as_bob: Api, as_dora: Api, talk: str, alice: User, bob: User
) -> None:
    asked = say(as_bob, talk, "questions", "Which size?").json()
    [row] = heard(as_alice, talk)
    assert (row["text"], row["user_id"], row["display_name"], row["is_me"]) == (
        "Which size?",
        None,
        None,
        False,
    )
    assert heard(as_dora, talk)[0]["display_name"] == "Bob"
    [told] = Notification.objects.filter(user=alice, kind="question_asked")
    assert "Bob" not in f"{told.title}{told.body}{told.payload}"
    assert str(bob.pk) not in f"{told.payload}"
    answered = as_alice("POST", talk, {"text": "A large one", "answer_to": asked["id"]})
    assert (answered.status_code, answered.json()["lane"], answered.json()["display_name"]) == (
        201,
        "questions",
        "Alice",
    )
    assert [row["text"] for row in heard(as_dora, talk, "questions")] == ["Which size?", "A large one"]
    assert Notification.objects.get(user=bob, kind="question_answered").body == "A large one"


def test_no_log_tells_who_asked(as_alice: Api, as_bob: Api, talk: str, item: Item) -> None:
    """Not even after the reveal, when recipients read the givers' log too."""
    before = Activity.objects.count()
    say(as_bob, talk, "questions")
    say(as_bob, talk, "givers")
    assert Activity.objects.count() == before


def test_who_answers(as_alice: Api, as_bob: Api, as_dora: Api, talk: str, item: Item, dora: User) -> None:
    asked = say(as_bob, talk, "questions").json()["id"]
    assert refused(as_dora("POST", talk, {"text": "x", "answer_to": asked})) == (403, "answers_only")
    item.wishlist.members.filter(user=dora).update(role="editor")
    answer = as_dora("POST", talk, {"text": "x", "answer_to": asked}).json()
    assert refused(as_alice("POST", talk, {"text": "x", "answer_to": answer["id"]})) == (
        404,
        "no_such_message",
    )
    assert refused(say(as_alice, talk, "questions")) == (403, "answers_only")
    secret = say(as_bob, talk, "givers").json()["id"]
    assert refused(as_alice("POST", talk, {"text": "x", "answer_to": secret})) == (404, "no_such_message")


def test_ones_own_words_are_taken_back(as_alice: Api, as_bob: Api, as_dora: Api, talk: str) -> None:
    asked = say(as_bob, talk, "questions").json()["id"]
    as_alice("POST", talk, {"text": "x", "answer_to": asked})
    assert refused(as_dora("DELETE", f"{talk}/{asked}")) == (404, "no_such_message")
    assert as_bob("DELETE", f"{talk}/{asked}").status_code == 204
    assert heard(as_alice, talk) == heard(as_dora, talk) == []
    assert refused(as_bob("DELETE", f"{talk}/{asked}")) == (404, "no_such_message")


def test_where_givers_are_hidden_so_are_those_who_talk(as_bob: Api, as_dora: Api, talk: str) -> None:
    Wishlist.objects.update(names_shown=False)
    say(as_bob, talk, "givers")
    say(as_bob, talk, "questions")
    assert {(row["user_id"], row["display_name"]) for row in heard(as_dora, talk)} == {(None, None)}


def test_the_public_reads_questions_and_no_names(as_bob: Api, as_charlie: Api, talk: str) -> None:
    Wishlist.objects.update(is_public=True)
    say(as_bob, talk, "givers")
    say(as_bob, talk, "questions", "Which size?")
    [row] = heard(as_charlie, talk)
    assert (row["text"], row["user_id"], row["display_name"]) == ("Which size?", None, None)
    assert refused(say(as_charlie, talk, "givers")) == (403, "members_only")
    assert say(as_charlie, talk, "questions").status_code == 201


def test_of_a_secret_wish_nobody_is_asked(as_bob: Api, talk: str, item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(is_secret=True)
    assert refused(say(as_bob, talk, "questions")) == (409, "secret_item")
    assert say(as_bob, talk, "givers").status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"text": "x"},
        {"text": "", "lane": "givers"},
        {"text": "x" * 2001, "lane": "givers"},
        {"text": "x", "lane": "all"},
    ],
)
def test_bad_input(body: dict[str, Any], as_bob: Api, talk: str) -> None:
    assert as_bob("POST", talk, body).status_code == 400


def test_a_lane_that_there_is_not(as_bob: Api, talk: str) -> None:
    assert refused(as_bob("GET", f"{talk}?lane=x")) == (400, "bad_lane")


def test_bounds(as_alice: Api, as_bob: Api, as_dora: Api, talk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person in a minute, and a lane in all. What givers say leaves recipients' room to answer as it is."""
    few = replace(MESSAGES_A_MINUTE, amount=2)
    monkeypatch.setattr(messages, "MESSAGES_A_MINUTE", few)
    asked = [say(as_bob, talk, "questions").json()["id"] for _ in range(2)]
    fast = say(as_bob, talk, "givers")
    assert (refused(fast), fast["Retry-After"]) == ((429, "too_many_messages"), "60")
    monkeypatch.setattr(messages, "MESSAGES_A_MINUTE", replace(few, amount=100))
    monkeypatch.setattr(messages, "MAX_MESSAGES", 2)
    assert refused(say(as_dora, talk, "questions")) == (409, "talk_full")
    assert as_alice("POST", talk, {"text": "x", "answer_to": asked[0]}).status_code == 201
    assert as_alice("POST", talk, {"text": "x", "answer_to": asked[0]}).status_code == 201
    assert refused(as_alice("POST", talk, {"text": "x", "answer_to": asked[0]})) == (409, "talk_full")


def test_what_was_said_stays_in_the_rows(as_bob: Api, talk: str) -> None:
    """Taken back is not deleted: a moderator may still have to look."""
    as_bob("DELETE", f"{talk}/{say(as_bob, talk, 'givers').json()['id']}")
    assert Message.objects.get().removed_at is not None
