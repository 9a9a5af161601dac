"""The day of the reveal in the list's time zone, when the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from core.time.days import start_of_day
from tests.support.api_clients import Api
from wishlists.models import Wishlist
from wishlists.services.lists.reveal import reveal_due_wishlists

pytestmark = pytest.mark.django_db

DAYS: dict[str, tuple[str, date, str]] = {
    "Berlin, before spring": ("Europe/Berlin", date(2026, 3, 29), "2026-03-28T23:00:00Z"),
    "Berlin, after spring": ("Europe/Berlin", date(2026, 3, 30), "2026-03-29T22:00:00Z"),
    "Berlin, before autumn": ("Europe/Berlin", date(2026, 10, 25), "2026-10-24T22:00:00Z"),
    "Berlin, after autumn": ("Europe/Berlin", date(2026, 10, 26), "2026-10-25T23:00:00Z"),
    "New York, before spring": ("America/New_York", date(2026, 3, 8), "2026-03-08T05:00:00Z"),
    "New York, after spring": ("America/New_York", date(2026, 3, 9), "2026-03-09T04:00:00Z"),
    "New York, before autumn": ("America/New_York", date(2026, 11, 1), "2026-11-01T04:00:00Z"),
    "New York, after autumn": ("America/New_York", date(2026, 11, 2), "2026-11-02T05:00:00Z"),
    "Auckland, before autumn": ("Pacific/Auckland", date(2026, 4, 5), "2026-04-04T11:00:00Z"),
    "Auckland, after autumn": ("Pacific/Auckland", date(2026, 4, 6), "2026-04-05T12:00:00Z"),
    "Auckland, before spring": ("Pacific/Auckland", date(2026, 9, 27), "2026-09-26T12:00:00Z"),
    "Auckland, after spring": ("Pacific/Auckland", date(2026, 9, 28), "2026-09-27T11:00:00Z"),
    "Santiago has no midnight": ("America/Santiago", date(2026, 9, 6), "2026-09-06T04:00:00Z"),
    "Beirut has no midnight": ("Asia/Beirut", date(2026, 3, 29), "2026-03-28T22:00:00Z"),
    "Havana has two": ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00:00Z"),
}
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def made(api: Api, **fields: Any) -> dict[str, Any]:
    answer = api("POST", "/wishlists", {"title": "Birthday"} | fields)
    assert answer.status_code == 201, answer.json()
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.parametrize("case", DAYS)
def test_reveal_happens_when_the_day_begins_there(as_alice: Api, case: str) -> None:
    """Not a microsecond before. The moment is the first of that day on local clocks."""
    zone, day, begins = DAYS[case]
    body = made(as_alice, reveal_on=str(day), time_zone=zone)
    assert (body["reveal_at"], body["reveal_on"], body["time_zone"]) == (begins, str(day), zone)
    moment = datetime.fromisoformat(begins)
    assert moment.astimezone(ZoneInfo(zone)).date() == day
    assert (moment - MOMENT).astimezone(ZoneInfo(zone)).date() == day - timedelta(days=1)
    with time_machine.travel(moment - MOMENT, tick=False):
        assert reveal_due_wishlists() == 0
    with time_machine.travel(moment, tick=False):
        assert reveal_due_wishlists() == 1
        assert reveal_due_wishlists() == 0


def test_new_time_zone_moves_the_reveal(as_alice: Api) -> None:
    body = made(as_alice, reveal_on="2027-05-01", time_zone="Europe/Berlin")
    moved = as_alice("PATCH", f"/wishlists/{body['id']}", {"time_zone": "Pacific/Auckland"}).json()
    assert (moved["reveal_at"], moved["reveal_on"]) == ("2027-04-30T12:00:00Z", "2027-05-01")


def test_explicit_time_of_the_reveal_needs_no_day(as_alice: Api) -> None:
    body = made(as_alice, reveal_on="2027-05-01", time_zone="Europe/Berlin")
    path = f"/wishlists/{body['id']}"
    outright = as_alice("PATCH", path, body | {"reveal_at": "2027-05-01T18:00:00Z"}).json()
    assert (outright["reveal_at"], outright["reveal_on"]) == ("2027-05-01T18:00:00Z", None)
    moved = as_alice("PATCH", path, {"time_zone": "Pacific/Auckland"}).json()
    assert moved["reveal_at"] == "2027-05-01T18:00:00Z"


def test_removing_the_day_removes_the_time(as_alice: Api) -> None:
    body = made(as_alice, reveal_on="2027-05-01")
    gone = as_alice("PATCH", f"/wishlists/{body['id']}", {"reveal_on": None}).json()
    assert (gone["reveal_at"], gone["reveal_on"]) == (None, None)


@pytest.mark.parametrize(
    ("fields", "sealed"),
    [
        ({"reveal_on": "2027-04-30"}, True),
        ({"reveal_on": "2027-05-02"}, False),
        ({"time_zone": "Pacific/Auckland"}, True),
        ({"time_zone": "America/New_York"}, False),
        ({"reveal_on": "2027-05-02", "time_zone": "Pacific/Auckland"}, False),
        ({"reveal_at": "2027-04-30T21:59:59Z"}, True),
        ({"reveal_at": "2027-04-30T22:00:00Z"}, False),
        ({"reveal_on": None}, False),
    ],
)
def test_earlier_reveal_after_sharing_is_refused(
    as_alice: Api, bob: Any, fields: dict[str, Any], sealed: bool
) -> None:
    body = made(as_alice, reveal_on="2027-05-01", time_zone="Europe/Berlin")
    as_alice("POST", f"/wishlists/{body['id']}/shares", {"email": bob.email, "role": "viewer"})
    answer = as_alice("PATCH", f"/wishlists/{body['id']}", fields)
    assert answer.status_code == (409 if sealed else 200), answer.json()
    if sealed:
        assert answer.json()["code"] == "secret_sealed"
        found = Wishlist.objects.get(pk=body["id"])
        assert found.reveal_at == start_of_day(date(2027, 5, 1), "Europe/Berlin")


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "europe/berlin", 7])
def test_unknown_time_zone_is_refused(as_alice: Api, name: Any) -> None:
    answer = as_alice("POST", "/wishlists", {"title": "x", "time_zone": name})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/time_zone")


@pytest.mark.parametrize(
    "fields", [{"lapse_days": 0}, {"lapse_days": 366}, {"secret_additions": "all"}, {"suggestions_from": ""}]
)
def test_settings_outside_their_limits_are_refused(as_alice: Api, fields: dict[str, Any]) -> None:
    assert as_alice("POST", "/wishlists", {"title": "x"} | fields).status_code == 400
