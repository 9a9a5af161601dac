"""Nobody reads to whom others give: not the organiser, not moderators, not somebody with a copy of the database."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client

from accounts.models import User
from exchanges.access.sealing import seal, unseal
from exchanges.access.tokens import private_token
from exchanges.models import Exchange, Participant
from exchanges.projections import Eyes
from exchanges.services.drawing import draw_exchange
from exchanges.services.participants import join_exchange
from exchanges.tests.factories import drawn, place, started
from realtime.models import Event
from tests.support.api_clients import Api, logged_in
from tests.twin_worlds.routes import admin_routes

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def everything_stored() -> dict[str, str]:
    """Return all rows of all tables as text, with bytes as hex."""
    return {
        model._meta.label: str(
            [
                {
                    name: value.hex() if isinstance(value, bytes | memoryview) else value
                    for name, value in row.items()
                }
                for row in map(_plain, model._base_manager.values())
            ]
        )
        for model in apps.get_models()
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}


@pytest.fixture
def exchange(alice: User, bob: User) -> Exchange:
    """Alice organises it and takes part; she has drawn it."""
    made = started(alice, "Canary Gran", "Canary Walter", "Canary Mia")
    for user in (alice, bob):
        join_exchange(exchange=made, user=user)
    draw_exchange(exchange_id=made.pk, by=alice)
    return Exchange.objects.get(pk=made.pk)


def test_database_does_not_tell_who_gives_to_whom(exchange: Exchange) -> None:
    """Each participant's row has its own id and no other's, in any form, and all sealed texts have the same length."""
    people = list(exchange.participants.live())
    for one in people:
        text = str(
            {
                name: bytes(value).hex() if name == "sealed" else value
                for name, value in vars(one).items()
                if name[0] != "_"
            }
        )
        for other in people:
            assert other is one or (other.pk.hex not in text and str(other.pk) not in text)
    assert len({len(bytes(one.sealed or b"")) for one in people}) == 1
    assert len({bytes(one.sealed or b"") for one in people}) == len(people)


def test_rows_say_nothing_about_each_other_anywhere_else(exchange: Exchange) -> None:
    """No other table has changed but inboxes, their streams and stored jobs, and these say the same to all."""
    before = everything_stored()
    Exchange.objects.update(needs_draw=True)
    draw_exchange(exchange_id=exchange.pk, by=exchange.organiser)
    after = everything_stored()
    changed = {label for label in after if after[label] != before[label]}
    assert changed <= {
        "exchanges.Exchange", "exchanges.Participant", "accounts.Notification", "realtime.Event", "realtime.Stream",
    }  # fmt: skip
    frames = "".join(Event.objects.filter(frame__contains="exchange_drawn").values_list("frame", flat=True))
    assert "Canary" not in frames
    assert "exchange_drawn" in frames


def test_copied_row_cannot_be_read(exchange: Exchange) -> None:
    """Somebody who may write into the database copies what another drew into their own row."""
    alice, gran = place(exchange, "Alice"), place(exchange, "Canary Gran")
    assert unseal(gran, draw_number=exchange.draw_number) is not None
    alice.sealed = gran.sealed
    assert unseal(alice, draw_number=exchange.draw_number) is None
    assert unseal(gran, draw_number=exchange.draw_number + 1) is None


def test_older_secrets_still_open_and_others_do_not(exchange: Exchange, settings: Any) -> None:
    gran, old = place(exchange, "Canary Gran"), settings.LINK_SECRET
    settings.LINK_SECRET, settings.LINK_SECRET_FALLBACKS = "another" * 8, [old]
    assert unseal(gran, draw_number=exchange.draw_number) is not None
    settings.LINK_SECRET_FALLBACKS = []
    assert unseal(gran, draw_number=exchange.draw_number) is None
    assert len(seal(gran, gran.pk, draw_number=1)) == len(bytes(gran.sealed or b""))


def answers_of(user: User, exchange: Exchange, client: Client) -> str:
    """Return everything that the API, pages and the admin answer to this user about the exchange, without `mine`."""
    api, path = Api(logged_in(user)["access_token"]), f"/exchanges/{exchange.pk}"
    texts = [
        api("GET", address).text
        for address in (
            "/exchanges",
            path,
            f"{path}/participants",
            f"{path}/exclusions",
            "/notifications",
            "/inbox/events",
        )
    ]
    for one in exchange.participants.live():
        texts.append(api("GET", f"{path}/participants/{one.pk}/link").text)
        texts.append(client.get(f"/exchanges/{exchange.pk}/people/{one.pk}/link").text)
    texts += [
        client.get(address).text
        for address in ("/exchanges", f"/exchanges/{exchange.pk}", f"/exchanges/{exchange.pk}/edit", "/inbox")
    ]
    ids = [str(one.pk) for model in (Exchange, Participant) for one in model.objects.all()]
    for address in admin_routes():
        for pk in ids if "{" in address else [""]:
            filled = address.replace("{object_id}", pk) if "{object_id}" in address else address
            if "{" not in filled:
                texts.append(client.get(f"/{filled}").text)
    return "\n".join(texts)


SIGHTINGS = ("Canary Gran", "Canary Walter", "Canary Mia")


def test_organiser_and_superuser_read_no_pair(exchange: Exchange, alice: User) -> None:
    """The whole world is the same for them when everybody else gives to somebody else. So no answer depends on it."""
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    alice.refresh_from_db()
    client = Client()
    client.force_login(alice)
    first = comparable(answers_of(alice, exchange, client))
    assert all(name in first for name in SIGHTINGS), "names are shown, as people who take part"
    swap(exchange, "Canary Gran", "Canary Walter")
    assert comparable(answers_of(alice, exchange, client)) == first


def test_control_answers_that_show_pairs_differ(
    exchange: Exchange, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A field that would show the organiser who gives to whom is found."""
    from core.projections.fields import Field
    from exchanges import projections

    leak = Field("gives_to", sights=frozenset(Eyes), get=lambda one, _: drawn(one.exchange).get(one.name))
    planted = projections.PARTICIPANT.also("planted", leak)
    from core.projections.fields import Projection

    del Projection.all["planted"]
    monkeypatch.setattr(projections, "PARTICIPANT", planted)
    client = Client()
    client.force_login(alice)
    first = comparable(answers_of(alice, exchange, client))
    swap(exchange, "Canary Gran", "Canary Walter")
    assert comparable(answers_of(alice, exchange, client)) != first


def swap(exchange: Exchange, one: str, other: str) -> None:
    """Let two participants give to the receiver of the other one."""
    places = [place(exchange, name) for name in (one, other)]
    receivers = [unseal(where, draw_number=exchange.draw_number) for where in places]
    for where, receiver in zip(places, reversed(receivers), strict=True):
        assert receiver is not None
        where.sealed = seal(where, receiver, draw_number=exchange.draw_number)
        where.save(update_fields=["sealed"])


def comparable(text: str) -> str:
    """Return the text without keys of forms, CSRF tokens and messages, which are new with each page."""
    new = ("csrfmiddlewaretoken", "form_key", 'class="message')
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not any(word in line for word in new))


def test_exchanges_are_not_in_the_admin() -> None:
    assert not [model for model in admin.site._registry if model._meta.app_label == "exchanges"]


def test_organiser_gets_no_link_of_people_with_account_address_or_own_link(
    as_alice: Api, exchange: Exchange, bob: User
) -> None:
    Participant.objects.filter(name="Canary Mia").update(email="mia@example.com", mailbox="mia@example.com")
    Participant.objects.filter(name="Canary Walter").update(is_self_made=True)
    statuses = {
        one.name: as_alice("GET", f"/exchanges/{exchange.pk}/participants/{one.pk}/link").status_code
        for one in exchange.participants.live()
    }
    assert statuses == {"Canary Gran": 200, "Canary Mia": 403, "Canary Walter": 403, "Alice": 403, "Bob": 403}


def test_private_token_opens_only_its_own_exchange(exchange: Exchange, alice: User, as_alice: Api) -> None:
    other = started(alice)
    token = {"x-manage-token": private_token(place(exchange, "Canary Gran"))}
    assert Api()("GET", f"/exchanges/{other.pk}/mine", headers=token).status_code == 404
    assert Api()("GET", f"/exchanges/{exchange.pk}/mine", headers=token).status_code == 403, (
        "handed over by the organiser"
    )
    assert Api()("GET", f"/exchanges/{exchange.pk}/mine").status_code == 404
