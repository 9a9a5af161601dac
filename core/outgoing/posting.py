"""Post a message to a URL that a user named: to allowed addresses only, within a few seconds, following nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

import requests
from django.conf import settings

from core.outgoing.addresses import Address, is_public
from core.outgoing.calls import FAILURES, call
from core.outgoing.pinned_http import Budget
from core.outgoing.targets import Guard, NotFetched, target_of

SECONDS = 10.0
ANSWER_BYTES = 16 * 1024
"""The most bytes of an answer that are read, headers included."""
EXCERPT = 500
"""The most bytes of an answer's body that are kept."""


@dataclass(frozen=True)
class Answer:
    """What the other server answered, or why there is no answer. `status` is 0 if there is none."""

    status: int
    text: str = ""
    retry_after: str = ""

    @property
    def is_accepted(self) -> bool:
        return 200 <= self.status < 300


def posting_guard() -> Guard:
    """Return the limits: public addresses on any port, and the networks that the operator named."""
    return Guard(allows=_allows, ports=frozenset(range(1, 65536)), seconds=SECONDS, max_bytes=ANSWER_BYTES)


def _allows(address: Address) -> bool:
    return is_public(address) or any(address in network for network in settings.OUTGOING_NETWORKS)


def check_url(url: str) -> bool:
    """Return whether `url` may be called, as far as that is known without looking its host up."""
    guard = posting_guard()
    try:
        target = target_of(url, guard)
    except FAILURES:
        return False
    try:
        address = ip_address(target.host)
    except ValueError:
        return target.host.lower().rstrip(".") != "localhost" or guard.allows(ip_address("127.0.0.1"))
    return guard.allows(address)


def post(url: str, body: bytes, headers: Mapping[str, str], *, guard: Guard | None = None) -> Answer:
    """Post `body`, and return the answer. Blocks for at most `SECONDS`. A redirect is not followed.

    Without an answer, the text says why, and no more than that: the difference between "refused" and "silent" would help
    to map a network.
    """
    limits = guard or posting_guard()
    budget = Budget(seconds=limits.seconds, wire_bytes=limits.max_bytes)
    sent = {"User-Agent": "wishlist/1.0", "Connection": "close", "Accept-Encoding": "identity"} | dict(
        headers
    )
    try:
        return call("POST", target_of(url, limits), limits, budget, headers=sent, body=body, read=_read)
    except NotFetched as refused:
        return Answer(0, f"not sent: {refused}")
    except FAILURES:
        return Answer(0, "no answer")


def _read(response: requests.Response) -> Answer:
    """Return the beginning of the answer. What was announced and does not come changes nothing: the status counts."""
    try:
        body = response.raw.read1(EXCERPT)
    except FAILURES:
        body = b""
    text = body.decode(errors="replace").replace("\0", "")
    return Answer(response.status_code, text, response.headers.get("Retry-After", ""))
