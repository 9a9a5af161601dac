"""Send one HTTP request to a URL that a user named, within a guard and a budget, and read the answer.

Nothing is followed here: a redirect is an answer like any other, and the caller decides what it means.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import TypeVar

import requests
import urllib3.exceptions

from core.outgoing.addresses import Address
from core.outgoing.pinned_http import Budget, PinnedAdapter
from core.outgoing.targets import Guard, NotFetched, Target, addresses_of

T = TypeVar("T")

CONNECT_SECONDS = 2.0

FAILURES = (NotFetched, OSError, ValueError, http.client.HTTPException, urllib3.exceptions.HTTPError)
"""What `call` raises if there is no answer. Don't log the text of library errors: it contains the URL."""


def call(
    method: str,
    target: Target,
    guard: Guard,
    budget: Budget,
    *,
    headers: Mapping[str, str],
    read: Callable[[requests.Response], T],
    body: bytes | None = None,
) -> T:
    """Return `read(response)` from the first address to which a connection is possible."""
    failure = requests.ConnectionError()
    for address in addresses_of(target, guard, budget):
        try:
            return _ask(method, target, address, guard, budget, headers, body, read)
        except requests.ConnectionError as error:
            failure = error
    raise failure


def _ask(
    method: str,
    target: Target,
    address: Address,
    guard: Guard,
    budget: Budget,
    headers: Mapping[str, str],
    body: bytes | None,
    read: Callable[[requests.Response], T],
) -> T:
    adapter = PinnedAdapter(
        scheme=target.scheme,
        host=target.name,
        authority=target.authority,
        budget=budget,
        allow_loopback=address.is_loopback and guard.allows(address),
    )
    sent = {"Host": target.authority, **headers}
    request = requests.Request(method, target.url_at(address), headers=sent, data=body).prepare()
    # Use the adapter directly. A Session would add cookies, .netrc, proxies and redirects of its own.
    with closing(adapter):
        left = budget.seconds_left()
        with adapter.send(request, stream=True, timeout=(min(left, CONNECT_SECONDS), left)) as response:
            return read(response)
