"""The events of a stream over HTTP: the socket's frames, once and in order, for clients that can wait but hold no
socket."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.db import connection

from accounts.models import Notification, User
from realtime.log.stream_reader import REPLAYED
from realtime.log.streams import append, inbox_key, list_key, position_of
from realtime.models import Event
from sharing.access.capabilities import link_token
from sharing.models import PublicLink
from tests.sockets.people import following, retitle
from tests.support.polling import (
    LONG,
    SOON,
    EventsPoller,
    Position,
    ask_until_refused,
    events_poller,
    stand_in_line,
)
from tests.support.running.live import OpenSocket, StartSite
from tests.support.running.site import Site
from tests.support.socket_client import NO_TLS
from wishlists.models import Item, Member, Wishlist
from wishlists.models.viewers import Audience, Viewer
from wishlists.services.reserving import reserve_item

A_PERSON = settings.LONG_POLLS_PER_PERSON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_traceback(site: Site) -> Iterator[None]:
    before = len(site.output())
    yield
    assert "Traceback" not in site.output()[before:]


@pytest.fixture
def aside() -> Iterator[Callable[..., Future[Any]]]:
    """`aside(work, …)` runs it in another thread."""
    with ThreadPoolExecutor(A_PERSON * 4) as threads:
        yield threads.submit


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_frames_equal_those_of_the_socket(
    site: Site, connect: OpenSocket, wishlist: Wishlist, item: Item, bob: User
) -> None:
    bobs, socket = events_poller(site, bob, wishlist), following(connect, bob, wishlist)
    start = bobs.poll()
    assert start == {"epoch": start["epoch"], "seq": start["seq"], "events": []}
    for title in "ABC":
        retitle(item, title)
    answer = bobs.poll(start, wait=LONG)
    assert answer["events"] == [socket.next() for _ in "ABC"]
    assert answer["seq"] == start["seq"] + 3
    assert bobs.poll(answer)["events"] == []


def test_waiting_request_is_answered_when_an_event_happens(
    site: Site, wishlist: Wishlist, item: Item, bob: User, aside: Callable[..., Future[Any]]
) -> None:
    bobs = events_poller(site, bob, wishlist)
    known = bobs.poll()
    waiting = [aside(events_poller(site, bob, wishlist).poll, known, wait=LONG) for _ in range(5)]
    nothing = bobs.poll(known, wait=1)
    assert nothing == known | {"events": []}
    assert not any(future.done() for future in waiting)
    retitle(item, "News")
    for future in waiting:
        [frame] = future.result(SOON)["events"]
        assert (frame["event"], frame["item"]["title"], frame["seq"]) == (
            "item_updated",
            "News",
            known["seq"] + 1,
        )


def test_polling_leaves_no_gap_and_no_duplicate(
    site: Site, wishlist: Wishlist, item: Item, bob: User
) -> None:
    """A hundred changes happen while somebody polls. Each number comes once, whether the event came before, during or
    after a wait."""
    bobs = events_poller(site, bob, wishlist)
    known, changes = bobs.poll(), 100
    numbers: list[int] = []

    def write() -> None:
        for number in range(changes):
            retitle(item, f"{number}")
        connection.close()

    expected = list(range(known["seq"] + 1, known["seq"] + 1 + changes))
    writer = threading.Thread(target=write)
    writer.start()
    while len(numbers) < changes:
        known = bobs.poll(known, wait=LONG)
        numbers += [frame["seq"] for frame in known["events"]]
    writer.join()
    assert numbers == expected


def test_recipient_gets_no_events_of_giving(
    site: Site, wishlist: Wishlist, item: Item, alice: User, bob: User
) -> None:
    pollers = {user.pk: events_poller(site, user, wishlist) for user in (alice, bob)}
    known = {pk: one.poll() for pk, one in pollers.items()}
    item.wishlist = Wishlist.objects.get(pk=wishlist.pk)
    reserve_item(item=item, by=Viewer(user=bob))
    assert [frame["event"] for frame in pollers[bob.pk].poll(known[bob.pk])["events"]] == ["item_updated"]
    assert pollers[alice.pk].poll(known[alice.pk], wait=1) == known[alice.pk]


def test_inbox_events_over_http(site: Site, bob: User, aside: Callable[..., Future[Any]]) -> None:
    bobs = EventsPoller(site, "/inbox/events", bob)
    known = bobs.poll()
    waiting = aside(bobs.poll, known, wait=LONG)
    Notification.objects.create(user=bob, kind="x", title="A")
    [frame] = waiting.result(SOON)["events"]
    assert (frame["stream"], frame["notification"]["title"]) == ("inbox", "A")


def test_link_events_over_http(site: Site, wishlist: Wishlist, item: Item, alice: User) -> None:
    link = PublicLink.objects.create(wishlist=wishlist, created_by=alice, max_views=1)
    guest = EventsPoller(site, "/public/events")
    guest.client.params = {"token": link_token(link)}
    known = guest.poll()
    # The epoch is signed: by a limited link a client gets no past events (sharing/access/limited_links.py).
    assert known["epoch"].startswith(position_of(list_key(wishlist.pk, Audience.PUBLIC)).epoch + ".")
    retitle(item, "A")
    [frame] = guest.poll(known, wait=LONG)["events"]
    assert frame["item"]["title"] == "A"
    link.refresh_from_db()
    assert link.view_count == 0
    link.revoked_at = link.created_at
    link.save(update_fields=["revoked_at"])
    assert guest.ask(known).status_code == 403


# --- events that are not available ---------------------------------------------------------------------------------


def nothing(key: str, item: Item) -> None:
    """Change nothing: only the position is wrong."""


def renewed(key: str, item: Item) -> None:
    append({}, renewed=[key])


def too_far(key: str, item: Item) -> None:
    append({key: [{"event": "item_updated"}] * (REPLAYED + 1)})


def pruned(key: str, item: Item) -> None:
    retitle(item, "A")
    retitle(item, "B")
    Event.objects.filter(stream__key=key, seq__lt=position_of(key).seq).delete()


@pytest.mark.parametrize(
    ("meanwhile", "differently"),
    [
        (nothing, {"epoch": "elsewhere"}),
        (nothing, {"after": 10**9}),
        (renewed, {}),
        (too_far, {}),
        (pruned, {}),
    ],
)
def test_resync_gives_a_position_to_continue_from(
    site: Site,
    wishlist: Wishlist,
    item: Item,
    bob: User,
    meanwhile: Callable[[str, Item], None],
    differently: Position,
) -> None:
    bobs, key = events_poller(site, bob, wishlist), list_key(wishlist.pk, Audience.GIVER)
    known = bobs.poll()
    meanwhile(key, item)
    refused = bobs.ask(known, **({"wait": LONG} | differently))
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (410, "resync")
    position = position_of(key)
    assert (problem["epoch"], problem["seq"]) == (position.epoch, position.seq)
    retitle(item, "Later")
    assert [frame["item"]["title"] for frame in bobs.poll(problem)["events"]] == ["Later"]


def test_stream_without_new_events_answers_an_empty_list(site: Site, bob: User) -> None:
    known = EventsPoller(site, "/inbox/events", bob).poll()
    position = position_of(inbox_key(bob.pk))
    assert (known["epoch"], known["seq"]) == (position.epoch, position.seq)
    assert EventsPoller(site, "/inbox/events", bob).poll(known) == known


@pytest.mark.parametrize("query", ["after=0", "epoch=x", "epoch=x&after=-1", "wait=26", "epoch=x&after=1e99"])
def test_invalid_query_is_refused(site: Site, wishlist: Wishlist, bob: User, query: str) -> None:
    bobs = events_poller(site, bob, wishlist)
    assert bobs.client.get(f"{bobs.path}?{query}").status_code == 400


# --- access and limits ---------------------------------------------------------------------------------------------


def test_stranger_gets_404(site: Site, wishlist: Wishlist, charlie: User) -> None:
    assert events_poller(site, charlie, wishlist).ask().status_code == 404
    assert EventsPoller(site, f"/wishlists/{wishlist.pk}/events").ask().status_code == 401
    assert EventsPoller(site, "/inbox/events").ask().status_code == 401
    assert EventsPoller(site, "/public/events").ask(token="x").status_code == 404


def test_access_is_checked_again_after_waiting(
    site: Site, wishlist: Wishlist, item: Item, bob: User, aside: Callable[..., Future[Any]]
) -> None:
    bobs = events_poller(site, bob, wishlist)
    known = bobs.poll()
    waiting = [aside(stand_in_line, bobs, known) for _ in range(A_PERSON)]
    ask_until_refused(bobs, known)
    member = Member.objects.get(wishlist=wishlist, user=bob)
    member.removed_at = member.created_at
    member.save(update_fields=["removed_at"])
    retitle(item, "Not for Bob")
    refused = [future.result(SOON) for future in waiting]
    assert {answer.status_code for answer in refused} == {404}
    assert not any("Not for Bob" in answer.text for answer in refused)


def test_waiting_requests_are_limited_and_hold_no_thread_connection_or_gate_slot(
    start_site: StartSite,
    wishlist: Wishlist,
    item: Item,
    alice: User,
    bob: User,
    charlie: User,
    aside: Callable[..., Future[Any]],
) -> None:
    site = start_site(REALTIME_LOOK_SECONDS="0.3", HTTP_CONCURRENCY="2", DATABASE_POOL="5")
    wishlist.is_public = True
    wishlist.save(update_fields=["is_public"])
    people = [events_poller(site, user, wishlist) for user in (alice, bob, charlie)]
    known = [one.poll() for one in people]
    assert all(one.poll(position, wait=1) == position for one, position in zip(people, known, strict=True))
    before = threads_of(site)
    waiting = [
        aside(stand_in_line, one, position)
        for one, position in zip(people, known, strict=True)
        for _ in range(A_PERSON)
    ]
    refused = [ask_until_refused(one, position) for one, position in zip(people, known, strict=True)]
    assert [answer.json()["code"] for answer in refused] == ["too_many_of_yours_wait"] * 3
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
    assert all(one.ask().status_code == 200 for one in people)
    # The pools of the server start their few threads when they are first needed.
    wait_until(lambda: threads_of(site) < before + len(waiting) // 2)
    assert not any(future.done() for future in waiting)
    retitle(item, "News")
    answers = [future.result(SOON) for future in waiting]
    assert [answer.json()["events"][0]["item"]["title"] for answer in answers] == ["News"] * len(waiting)


def threads_of(site: Site) -> int:
    return len(list(Path(f"/proc/{site.process.pid}/task").iterdir()))


@pytest.mark.once
@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_client_that_leaves_frees_its_place(
    start_site: StartSite, wishlist: Wishlist, item: Item, bob: User, server: str
) -> None:
    site = start_site(REALTIME_LOOK_SECONDS="0.3", SERVER=server)
    bobs = events_poller(site, bob, wishlist)
    known = bobs.poll()
    for _ in range(A_PERSON + 2):
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(
                f"{site.url}/api/v1{bobs.path}",
                params={"epoch": known["epoch"], "after": known["seq"], "wait": LONG},
                headers=dict(bobs.client.headers),
                timeout=httpx.Timeout(SOON, read=0.3),
                verify=NO_TLS,
            )
    assert bobs.poll(known, wait=1) == known
    retitle(item, "News")
    assert len(bobs.poll(known, wait=LONG)["events"]) == 1
    assert "Traceback" not in site.output()
