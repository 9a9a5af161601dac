"""The AsyncAPI document is valid, complete, and correct for every frame that is sent; and the page that shows it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.finders import find
from django.test import Client
from jsonschema import Draft7Validator, FormatChecker

from accounts.models import Notification, User
from jobs.services.exporting import start_export
from realtime.models import Event
from realtime.protocol import COMMANDS, Close, SocketError, read_command
from realtime.reference.dictionary import ANSWERED, CLOSES, TOLD
from sharing.services.suggestions import reject_suggestion, suggest_item
from tests.contract.support.tables import CONTRACT, names_by_part
from tests.sockets.people import token_of
from tests.support.running.live import OpenSocket
from tests.support.sources import modules
from tests.support.workers import run_queued_jobs
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Viewer
from wishlists.services.lists.items import add_item, remove_item
from wishlists.services.lists.lists import remove_wishlist
from wishlists.services.lists.messages import add_message, remove_message
from wishlists.services.lists.people import remove_member, share_wishlist
from wishlists.services.money.collecting import end_collection, open_collection
from wishlists.services.money.contributing import contribute_to_pot
from wishlists.services.reserving import reserve_item

Document = dict[str, Any]

ADDED = {
    "server pong": "The answer to a client's ping: the contract may be added to.",
    "server message_added": "docs/talk.md",
    "server message_removed": "docs/talk.md",
    "server collection_updated": "docs/chipping-in.md",
    "server collection_removed": "docs/chipping-in.md",
    "server pot_updated": "docs/chipping-in.md",
}


@pytest.fixture
def document(client: Client) -> Document:
    answer: Document = client.get("/api/asyncapi").json()
    return answer


@pytest.fixture
def fits(document: Document) -> Callable[[str, Any], None]:
    """Return a function that validates a frame by the document: `fits("server", frame)`."""

    def check(side: str, frame: Any) -> None:
        message = document["components"]["messages"][f"{side}.{frame['event']}"]
        schema = message["payload"] | {"components": document["components"]}
        Draft7Validator(schema, format_checker=FormatChecker()).validate(frame)

    return check


@pytest.mark.django_db
def test_document_is_valid(document: Document) -> None:
    schema = json.loads((Path(__file__).parent / "asyncapi" / "3.0.0.json").read_text())
    Draft7Validator(schema).validate(document)


@pytest.mark.django_db
def test_control_invalid_document_is_detected(document: Document) -> None:
    schema = json.loads((Path(__file__).parent / "asyncapi" / "3.0.0.json").read_text())
    document["operations"]["tell"]["action"] = "publish"
    assert not Draft7Validator(schema).is_valid(document)


@pytest.mark.django_db
def test_every_reference_resolves(document: Document) -> None:
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document))):
        place: Any = document
        for step in reference.split("/"):
            place = place[step]


def named(document: Document) -> set[str]:
    return {name.replace(".", " ", 1) for name in document["components"]["messages"]}


@pytest.mark.django_db
def test_document_and_contract_have_the_same_messages(document: Document) -> None:
    found = names_by_part(CONTRACT.read_text())
    promised = {*found["client messages"], *found["server events"]}
    assert {name for name in promised if "." not in name} == named(document) - ADDED.keys()


@pytest.mark.django_db
def test_document_has_every_field_of_the_contract(document: Document) -> None:
    found = names_by_part(CONTRACT.read_text())
    for name in [*found["client messages"], *found["server events"]]:
        message, _, field = name.replace(" ", ".", 1).partition(".")[2].partition(".")
        side = name.partition(" ")[0]
        properties = document["components"]["messages"][f"{side}.{message}"]["payload"]["properties"]
        assert not field or field.partition(".")[0] in properties, name


@pytest.mark.django_db
def test_close_codes_are_those_of_the_contract(document: Document) -> None:
    promised = {name.removeprefix("close ") for name in names_by_part(CONTRACT.read_text())["close codes"]}
    assert set(document["channels"]["socket"]["x-close-codes"]) == promised
    assert set(CLOSES) == set(Close)


def test_every_answer_is_a_known_frame() -> None:
    assert ANSWERED.keys() <= COMMANDS.keys()
    assert {name for answers in ANSWERED.values() for name in answers} <= TOLD.keys()


def events_built() -> set[str]:
    """Return the names of the events that the source code builds."""
    dicts = [
        node
        for module in modules()
        if str(module.path).startswith("realtime/capture/")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Dict)
    ]
    pairs = [pair for node in dicts for pair in zip(node.keys, node.values, strict=True)]
    return {
        value.value
        for key, value in pairs
        if isinstance(key, ast.Constant) and key.value == "event"
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


def test_every_built_event_is_described() -> None:
    assert "list_deleted" in events_built()
    assert events_built() - TOLD.keys() == set()


@pytest.mark.django_db
def test_server_accepts_the_examples_of_client_messages(
    document: Document, fits: Callable[[str, Any], None]
) -> None:
    for name, message in document["components"]["messages"].items():
        example = message["examples"][0]["payload"]
        fits(name.partition(".")[0], example)
        if name.startswith("client."):
            assert read_command(json.dumps(example)).event == message["name"]


@pytest.mark.django_db
def test_required_fields_are_those_that_the_server_requires(document: Document) -> None:
    """The server refuses a message without a required field, and accepts one without an optional field."""
    for event in COMMANDS:
        message = document["components"]["messages"][f"client.{event}"]
        example = message["examples"][0]["payload"]
        for field in set(example) - {"event"}:
            without = json.dumps({name: value for name, value in example.items() if name != field})
            if field in message["payload"]["required"]:
                with pytest.raises(SocketError):
                    read_command(without)
            else:
                read_command(without)


@pytest.mark.django_db(transaction=True)
def test_every_sent_event_matches_the_document(
    wishlist: Wishlist, item: Item, alice: User, bob: User, charlie: User, fits: Callable[[str, Any], None]
) -> None:
    share_wishlist(wishlist=wishlist, by=alice, email=charlie.email, role="viewer")
    remove_member(wishlist=wishlist, user=charlie, by=alice)
    remove_member(wishlist=wishlist, user=bob, by=bob)
    share_wishlist(wishlist=wishlist, by=alice, email=bob.email, role="viewer")
    item.wishlist = Wishlist.objects.get(pk=wishlist.pk)
    reserve_item(item=item, by=Viewer(user=bob))
    bob.avatar_url = "https://example.com/bob.png"
    bob.save(update_fields=["avatar_url"])
    wishlist.title = "Other"
    wishlist.save(update_fields=["title"])
    seen = Wishlist.objects.get(pk=wishlist.pk)
    suggestion = suggest_item(wishlist=seen, by=Viewer(user=bob), title="Pan")
    suggestion.wishlist = Wishlist.objects.get(pk=wishlist.pk)
    reject_suggestion(suggestion=suggestion, by=alice)
    other = add_item(wishlist=wishlist, by=Viewer(user=alice), title="Pot")
    remove_item(item=other, by=Viewer(user=alice))
    for lane in ("givers", "questions"):
        item.wishlist = Wishlist.objects.get(pk=wishlist.pk)
        words = add_message(item=item, by=Viewer(user=bob), lane=lane, text="Which?")
    remove_message(message=words, by=Viewer(user=bob))
    pot = Wishlist.objects.get(pk=wishlist.pk)
    collection = open_collection(wishlist=pot, by=bob, currency="EUR", target_minor=500)
    contribute_to_pot(wishlist=pot, by=Viewer(user=bob), amount_minor=None, status="pledged", currency="EUR")
    collection.wishlist = pot
    end_collection(collection=collection, by=bob)
    Notification.objects.create(user=bob, kind="x", title="A", payload={"list_title": "x"})
    start_export(user=bob)
    run_queued_jobs()
    remove_wishlist(wishlist=Wishlist.objects.get(pk=wishlist.pk), by=alice)
    frames = [json.loads(frame) for frame in Event.objects.values_list("frame", flat=True)]
    for frame in frames:
        fits("server", frame)
    of_streams = {
        name for name, message in TOLD.items() if "seq" in message.says and "epoch" not in message.says
    }
    assert {frame["event"] for frame in frames} == of_streams - {"head"}


@pytest.mark.django_db(transaction=True)
def test_every_answer_of_a_socket_matches_the_document(
    connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User, fits: Callable[[str, Any], None]
) -> None:
    wire = connect()
    wire.send("auth", access_token=token_of(bob), epoch="elsewhere", since=0)
    frames = wire.until("resync")
    wire.send("subscribe", wishlist_id=wishlist.pk, epoch="elsewhere", since=0)
    frames += wire.until("resync")
    frames += [wire.ask("subscribe", wishlist_id=bob.pk), wire.ask("ping")]
    frames += [wire.ask("unsubscribe", wishlist_id=wishlist.pk)]
    for frame in frames:
        fits("server", frame)
    assert {frame["event"] for frame in frames} == {
        "authenticated", "subscribed", "resync", "error", "pong", "unsubscribed"
    }  # fmt: skip


@pytest.mark.django_db
def test_page_is_complete_without_javascript_or_external_files(client: Client, document: Document) -> None:
    answer = client.get("/docs/ws")
    page = answer.content.decode()
    for key, message in document["components"]["messages"].items():
        assert f'id="{key}"' in page
        assert f"<code>{message['name']}</code>" in page
    for code in document["channels"]["socket"]["x-close-codes"]:
        assert f"<td>{code}</td>" in page
    assert not re.search(r"""(src|href)=["']https?://""", page)
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    assert all(find(name) for name in re.findall(r'(?:src|href)="/static/([^"]+)"', page))
