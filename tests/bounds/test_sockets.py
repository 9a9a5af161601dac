"""WebSockets are limited per link, address and person, and so is the data that they load.

Nothing is counted twice or forever.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from accounts.models import User
from realtime.delivery.socket_places import REFUSED_WITH_A_WORD
from realtime.log.streams import list_key, position_of
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from tests.bounds.attacks import connected, others_watched
from tests.bounds.conftest import SMALL_SOCKETS
from tests.nemesis.actors.raw import handshake
from tests.sockets.people import bearer, token_of
from tests.support.running.live import StartSite
from tests.support.running.site import Site
from tests.support.socket_client import NO_TLS, SECONDS, SocketClient
from wishlists.models import Item, Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.services.lists.items import add_item
from wishlists.services.lists.people import share_wishlist

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]

PER_ADDRESS, PER_LINK, PER_PERSON = (
    int(SMALL_SOCKETS[f"SOCKETS_PER_{name}"]) for name in ("ADDRESS", "LINK", "PERSON")
)
BYTES = int(SMALL_SOCKETS["SNAPSHOT_BYTES_PER_SOCKET"])


@pytest.fixture
def link(wishlist: Wishlist, alice: User) -> PublicLink:
    return PublicLink.objects.create(wishlist=wishlist, created_by=alice)


@pytest.fixture(autouse=True)
def nobody_is_left(few_sockets: Site) -> Iterator[None]:
    """Wait after each test until its sockets are no longer counted."""
    yield
    _wait_until(lambda: _is_free(few_sockets))


def _is_free(site: Site) -> bool:
    """Return whether the maximum number of anonymous sockets can be opened."""
    with ExitStack() as stack:
        try:
            clients = [opened(stack, site, source="127.0.0.3") for _ in range(PER_ADDRESS)]
        except (InvalidStatus, ConnectionError):
            return False
        return all(ws.ask("ping")["event"] == "pong" for ws in clients)


def opened(stack: ExitStack, site: Site, query: str = "", source: str = "127.0.0.1") -> SocketClient:
    return stack.enter_context(
        SocketClient(f"ws://127.0.0.1:{site.port}/ws{query}", source_address=(source, 0), close_timeout=1)
    )


def how_it_goes(
    stack: ExitStack, site: Site, query: str = "", source: str = "127.0.0.1", **message: Any
) -> Any:
    """Return the first event, the code of an error, or the status of a refusal before accept."""
    try:
        ws = opened(stack, site, query, source)
        if message:
            with suppress(ConnectionClosed):  # it may be refused before it can send
                ws.send(**message)
        frame = ws.next()
    except InvalidStatus as refused:
        return refused.response.status_code
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None
    if frame["event"] != "error":
        return frame["event"]
    assert frame["code"] != "too_many_sockets" or ws.closed() == 4429
    return frame["code"]


def test_sockets_per_link_are_limited_and_members_can_connect(
    few_sockets: Site, link: PublicLink, wishlist: Wishlist, bob: User
) -> None:
    query = f"?public_token={link_token(link)}"
    with ExitStack() as stack, others_watched(few_sockets.port) as health:
        outcomes = Counter(how_it_goes(stack, few_sockets, query) for _ in range(PER_LINK + 3))
        assert outcomes == {"subscribed": PER_LINK, "too_many_on_link": 3}
        ws = opened(stack, few_sockets)
        ws.ask("auth", access_token=token_of(bob))
        assert ws.ask("subscribe_public", public_token=link_token(link))["code"] == "too_many_on_link"
        assert ws.ask("subscribe", wishlist_id=wishlist.pk)["event"] == "subscribed"
    assert health.is_fine(), health


def test_sockets_per_address_are_limited(few_sockets: Site) -> None:
    with ExitStack() as stack, others_watched(few_sockets.port) as health:
        outcomes = Counter(how_it_goes(stack, few_sockets, event="ping") for _ in range(PER_ADDRESS + 3))
        assert outcomes == {"pong": PER_ADDRESS, "too_many_sockets": 3}
        assert how_it_goes(stack, few_sockets, source="127.0.0.4", event="ping") == "pong"
    assert health.is_fine(), health


def test_too_many_refused_sockets_get_403(few_sockets: Site) -> None:
    """A refused socket counts until it is closed. If there are too many of them, others get 403 before accept."""
    with ExitStack() as stack:
        statuses: Counter[int] = Counter()
        for _ in range(PER_ADDRESS + REFUSED_WITH_A_WORD + 5):
            one = stack.enter_context(connected(few_sockets.port, "127.0.0.7"))
            one.sendall(handshake(few_sockets.port))
            statuses[int(one.recv(65_536).split()[1])] += 1
    assert statuses == {101: PER_ADDRESS + REFUSED_WITH_A_WORD, 403: 5}


def test_sockets_per_person_are_limited(few_sockets: Site, bob: User) -> None:
    query = f"?access_token={token_of(bob)}"
    with ExitStack() as stack:
        outcomes = Counter(how_it_goes(stack, few_sockets, query) for _ in range(PER_PERSON + 2))
    assert outcomes == {"authenticated": PER_PERSON, "too_many_sockets": 2}


def test_closed_sockets_free_their_slots(
    few_sockets: Site, link: PublicLink, wishlist: Wishlist, bob: User
) -> None:
    """Sockets end in every way and at any time. Afterwards all slots are free again."""
    dice = random.Random(9)
    queries = ["", f"?public_token={link_token(link)}", f"?access_token={token_of(bob)}", "?public_token=x"]
    messages = [
        {"event": "subscribe_public", "public_token": link_token(link)},
        {"event": "subscribe", "wishlist_id": str(wishlist.pk)},
        {"event": "unsubscribe", "wishlist_id": str(wishlist.pk)},
        {"event": "auth", "access_token": token_of(bob)},
        {"event": "nonsense"},
    ]

    def live(_number: int) -> None:
        with ExitStack() as stack, suppress(InvalidStatus, ConnectionClosed, ConnectionError):
            ws = opened(stack, few_sockets, dice.choice(queries))
            for message in dice.choices(messages, k=dice.randrange(4)):
                ws.socket.send(json.dumps(message))
            if dice.random() < 0.6:
                ws.socket.socket.close()  # without a close frame

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(live, range(120)))

    def all_places_are_free() -> bool:
        query = f"?public_token={link_token(link)}"
        with ExitStack() as stack:
            return {how_it_goes(stack, few_sockets, query) for _ in range(PER_LINK)} == {"subscribed"}

    _wait_until(all_places_are_free)


@pytest.fixture
def long_list(wishlist: Wishlist, alice: User) -> Wishlist:
    """A list with a snapshot of more than 30,000 bytes."""
    for number in range(6):
        add_item(wishlist=wishlist, by=Viewer(user=alice), title=f"Wish {number}", description="x" * 5_000)
    return wishlist


def test_data_per_socket_is_limited_with_retry_after(
    few_sockets: Site, long_list: Wishlist, bob: User
) -> None:
    """It stays open, keeps its subscriptions, and still gets events."""
    with ExitStack() as stack:
        ws = opened(stack, few_sockets, f"?access_token={token_of(bob)}")
        ws.next()
        loaded, answer = _loads_until_refused(ws, long_list)
        assert BYTES <= loaded < 2 * BYTES
        assert (answer["code"], answer["wishlist_id"]) == ("too_much_at_once", str(long_list.pk))
        assert 0 < answer["retry_after"] <= 120
        item = Item.objects.filter(wishlist=long_list)[0]
        item.title = "Told all the same"
        item.save(update_fields=["title"])
        assert ws.until("item_updated")[-1]["item"]["title"] == "Told all the same"


def _loads_until_refused(ws: SocketClient, wishlist: Wishlist) -> tuple[int, dict[str, Any]]:
    """Subscribe repeatedly with an unknown epoch, to get snapshots, until the server refuses."""
    loaded = 0
    for _ in range(20):
        ws.send("subscribe", wishlist_id=wishlist.pk, epoch="none", since=0)
        answer = ws.next()
        if answer["event"] == "error":
            return loaded, answer
        loaded += len(json.dumps(ws.until("resync")[-1]))
    raise AssertionError(f"{loaded} bytes were loaded.")


def test_replay_counts_like_a_snapshot(few_sockets: Site, long_list: Wishlist, bob: User) -> None:
    position = position_of(list_key(long_list.pk, Audience.GIVER))
    with ExitStack() as stack:
        ws = opened(stack, few_sockets, f"?access_token={token_of(bob)}")
        ws.next()
        for _ in range(20):
            ws.send("subscribe", wishlist_id=long_list.pk, epoch=position.epoch, since=0)
            answer = ws.next()
            if answer["event"] == "error":
                break
            for _missed in range(position.seq - answer["seq"]):
                ws.next()
    assert answer["code"] == "too_much_at_once"


def test_guest_socket_beyond_the_data_limit_is_closed_with_4429(
    few_sockets: Site, long_list: Wishlist, link: PublicLink
) -> None:
    with ExitStack() as stack:
        ws = opened(stack, few_sockets)
        for _ in range(20):
            ws.send("subscribe_public", public_token=link_token(link), epoch="none", since=0)
            if (answer := ws.next())["event"] == "error":
                break
            ws.until("resync")
            ws.ask("unsubscribe", wishlist_id=long_list.pk)
        assert (answer["code"], ws.closed()) == ("too_much_at_once", 4429)


def test_sockets_of_a_person_share_a_data_limit(
    few_sockets: Site, long_list: Wishlist, charlie: User, alice: User
) -> None:
    """HTTP requests for events share it too."""
    share_wishlist(wishlist=long_list, by=alice, email=charlie.email, role="viewer")
    loaded = 0
    with ExitStack() as stack:
        for _ in range(PER_PERSON):
            ws = opened(stack, few_sockets, f"?access_token={token_of(charlie)}", source="127.0.0.5")
            if ws.next()["event"] == "error":
                break
            loaded += _loads_until_refused(ws, long_list)[0]
        address = f"{few_sockets.url}/api/v1/wishlists/{long_list.pk}/events"
        answer = httpx.get(address, headers=bearer(charlie), verify=NO_TLS, timeout=SECONDS)
    assert loaded < 2 * int(SMALL_SOCKETS["SNAPSHOT_BYTES_PER_PERSON"])
    assert (answer.status_code, answer.json()["code"]) == (429, "too_much_at_once")
    assert int(answer.headers["retry-after"]) > 0


def test_long_polls_per_address_are_limited(few_sockets: Site, wishlist: Wishlist, link: PublicLink) -> None:
    position = position_of(list_key(wishlist.pk, Audience.PUBLIC))
    query: dict[str, str | int] = {
        "token": link_token(link),
        "epoch": position.epoch,
        "after": position.seq,
        "wait": 20,
    }

    def ask(_number: int) -> int:
        transport = httpx.HTTPTransport(local_address="127.0.0.6", verify=NO_TLS)
        with httpx.Client(transport=transport, timeout=3) as client, suppress(httpx.ReadTimeout):
            return client.get(f"{few_sockets.url}/api/v1/public/events", params=query).status_code
        return 0

    with ThreadPoolExecutor(12) as threads:
        answers = Counter(threads.map(ask, range(12)))
    assert answers == {
        0: int(SMALL_SOCKETS["LONG_POLLS_PER_ADDRESS"]),
        429: 12 - int(SMALL_SOCKETS["LONG_POLLS_PER_ADDRESS"]),
    }


@contextmanager
def _all(stack: ExitStack, site: Site, query: str, number: int) -> Iterator[list[Any]]:
    with ThreadPoolExecutor(16) as threads:
        yield list(threads.map(lambda _: how_it_goes(stack, site, query), range(number)))


def test_default_limits_allow_150_sockets_from_one_address(start_site: StartSite, link: PublicLink) -> None:
    """With the default limits. This is also a control of the tests above."""
    site = start_site(SERVER="daphne")
    with ExitStack() as stack, _all(stack, site, f"?public_token={link_token(link)}", 150) as outcomes:
        assert Counter(outcomes) == {"subscribed": 150}


def test_control_socket_loads_without_limit_with_the_default_budget(
    start_site: StartSite, long_list: Wishlist, bob: User
) -> None:
    site = start_site(SERVER="daphne")
    with ExitStack() as stack:
        ws = opened(stack, site, f"?access_token={token_of(bob)}")
        ws.next()
        with pytest.raises(AssertionError, match=r"\d{6,} bytes were loaded"):
            _loads_until_refused(ws, long_list)


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
