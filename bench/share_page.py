"""Measure the share page: 16 visitors at once on a list that nobody changes, and one visitor after each change.

A visitor is a browser without an account that has the site's cookie and no guest. The second kind of visitor is a guest
who has reserved two of the wishes, and whose own part of the page is larger.
"""

from __future__ import annotations

from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from bench.contestants import Contestant
from bench.http_load import Outcome, Requests, request
from bench.reading import row_of
from bench.servers import UVICORN, Kind

WISHES = (30, 120)
AT_ONCE = 16
EDITS = 40
"""Changes of each round, each followed by one request."""

Row = dict[str, Any]


def measure(folder: Path, env: Mapping[str, str], *, rounds: int, requests: int) -> list[Row]:
    """Return a row for each length of the list, visitor and state, with medians over the rounds."""
    one = Contestant(Kind("uvicorn", UVICORN), folder, env)
    try:
        many, single = Requests(one, AT_ONCE), Requests(one, 1)
        made = {
            wishes: one.writer.ask(scene="giving", givers=1, items=wishes, quantity=1) for wishes in WISHES
        }
        texts = {wishes: _visitors(one, of) for wishes, of in made.items()}
        done: dict[tuple[int, str, str], list[Outcome]] = {}
        for number in range(rounds + 1):
            for wishes, visitors in texts.items():
                for who, text in visitors.items():
                    outcomes = {
                        "unchanged": many.send([text] * (requests if number else AT_ONCE)).ensure(200),
                        "unchanged, one at a time": single.send([text] * EDITS).ensure(200),
                        "changed": _after_changes(one, single, made[wishes], text),
                    }
                    for state, outcome in outcomes.items() if number else ():  # the first round only warms up
                        done.setdefault((wishes, who, state), []).append(outcome)
        sizes = {
            (w, who): _size(one.port, text) for w, texts_of in texts.items() for who, text in texts_of.items()
        }
        return [
            {
                "wishes": wishes,
                "visitor": who,
                "state": state,
                **row_of("uvicorn", outcomes),
                "bytes": sizes[wishes, who],
            }
            for (wishes, who, state), outcomes in done.items()
        ]
    finally:
        one.stop()


def _visitors(one: Contestant, made: Mapping[str, Any]) -> dict[str, str]:
    path = f"/s/{made['token']}"
    csrf = f"csrftoken={'a' * 32}"
    guest = one.writer.ask(scene="guest", wishlist_id=made["wishlist_id"], items=made["items"][:2])
    return {
        "stranger": request("GET", path, more=f"Cookie: {csrf}\r\n"),
        "guest": request("GET", path, more=f"Cookie: {csrf}; {guest['cookie']}\r\n"),
    }


def _after_changes(one: Contestant, load: Requests, made: Mapping[str, Any], text: str) -> Outcome:
    """Request the page after each of some changes of a wish, and add up the results."""
    outcomes = []
    for number in range(EDITS):
        one.writer.ask(scene="edited", item_id=made["items"][number % len(made["items"])])
        outcomes.append(load.send([text]).ensure(200))
    return Outcome(
        took=[took for outcome in outcomes for took in outcome.took],
        acknowledged=[],
        statuses={"200": EDITS},
        seconds=sum(outcome.seconds for outcome in outcomes),
        server_cpu=sum(outcome.server_cpu for outcome in outcomes),
        client_cpu=sum(outcome.client_cpu for outcome in outcomes),
    )


def _size(port: int, text: str) -> int:
    """Return the number of bytes of the page."""
    line, *headers = text.split("\r\n")
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", line.split(" ")[1], headers=dict(one.split(": ", 1) for one in headers if one))
    return len(connection.getresponse().read())
