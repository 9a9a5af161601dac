"""Rate limits. All of them are declared here (docs/limits.md).

`refuse_beyond(limit, *who)` counts one and raises a refusal beyond the limit. `hit` only returns whether there was room,
for work that is skipped or delayed and not refused. `has_room` checks without counting, and `clear` resets the count: a
log-in checks before it hashes, counts failures, and clears on success. `who` is the key: the primary key of a person or a
link, a canonical mailbox, or a network address. It is stored as a keyed digest. Windows move: a limit of 20 an hour holds
for any 60 minutes.

A call may wait for Redis, for up to a second, so do not call it in an event loop.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from limits import RateLimitItem, RateLimitItemPerSecond

from core.errors.refusals import Refusal
from core.limits.rate_limit_storage import counts

MINUTE, HOUR, DAY = 60, 3600, 86_400


class RateLimited(Refusal):
    """Raised when a rate limit is reached. `wait` is the number of seconds until there is room again."""

    status_code = 429
    default_code = "rate_limited"
    default_detail = _("You have done this too often in a short time. Wait a while and try again.")
    wait: float = 1


@dataclass(frozen=True)
class RateLimit:
    """At most `amount` times in any `seconds`, counted per key."""

    name: str
    amount: int
    seconds: int
    sentence: Promise | str = RateLimited.default_detail
    """The text of the refusal."""

    @property
    def window(self) -> RateLimitItem:
        return RateLimitItemPerSecond(self.amount, self.seconds, namespace=self.name)


def refuse_beyond(limit: RateLimit, *who: object, refusal: type[Refusal] = RateLimited) -> None:
    """Count one, or raise `refusal` with the seconds until there is room again."""
    if not hit(limit, *who):
        raise refused_by(limit, *who, refusal=refusal)


def hit(limit: RateLimit, *who: object) -> bool:
    """Count one and return True, or return False without counting if the limit is reached."""
    return not settings.RATE_LIMITS or counts().hit(limit.window, _key(who))


def has_room(limit: RateLimit, *who: object) -> bool:
    """Return whether `hit` would return True, without counting."""
    return not settings.RATE_LIMITS or counts().has_room(limit.window, _key(who))


def wait_for(limit: RateLimit, *who: object) -> float:
    """Return the seconds until there is room again."""
    return max(1.0, counts().frees_at(limit.window, _key(who)) - time.time())


def refused_by(limit: RateLimit, *who: object, refusal: type[Refusal] = RateLimited) -> Refusal:
    """Return the refusal to raise when `limit` is reached."""
    error = refusal(limit.sentence) if refusal is RateLimited else refusal()
    error.wait = wait_for(limit, *who)  # type: ignore[attr-defined]  # becomes Retry-After (core/errors/problems.py)
    return error


def clear(limit: RateLimit, *who: object) -> None:
    """Reset the count of this key."""
    counts().clear(limit.window, _key(who))


def _key(who: tuple[object, ...]) -> str:
    """Return a keyed hash, so that Redis does not store plain addresses and keys of people."""
    text = "\0".join(map(str, who))
    return hmac.new(settings.SECRET_KEY.encode(), b"limit " + text.encode(), hashlib.sha256).hexdigest()[:32]


# --- the limits ----------------------------------------------------------------------------------------------------

_LATER = _("You have done this very often in the last hour. Wait a while and try again.")

REGISTRATIONS_AN_ADDRESS = RateLimit("registrations-address", 300, HOUR)
REGISTRATIONS_A_MAILBOX = RateLimit(
    "registrations-mailbox",
    5,
    HOUR,
    _("Several accounts were created with this e-mail address in the last hour. Try again in an hour."),
)
REGISTRATIONS_A_MAILBOX_AND_DAY = RateLimit(
    "registrations-mailbox-day",
    10,
    DAY,
    _("Many accounts were created with this e-mail address today. Try again tomorrow."),
)
PASSWORD_CHANGES = RateLimit(
    "password-changes", 5, HOUR, _("You have changed your password several times. Try again in an hour.")
)
"""Per account. With a limit per mailbox, the holder of another account there could keep a user from changing theirs."""
PASSWORDS_TRIED = RateLimit(
    "passwords-tried",
    10,
    HOUR,
    _("You entered a wrong current password several times. Try again in an hour."),
)
"""Wrong current passwords of one account, tried by somebody who is already logged in."""
API_TOKENS = RateLimit("api-tokens", 30, HOUR, _LATER)
"""API tokens that one person makes."""
PUSH_SUBSCRIPTIONS = RateLimit("push-subscriptions", 60, HOUR, _LATER)
"""Browsers in which one person turns on web push."""
FEED_LINKS = RateLimit("feed-links", 30, HOUR, _LATER)
"""Secret addresses of calendars and news feeds that one person makes."""
TOKENS_OF_A_PAGE = RateLimit("tokens-of-a-page", 60, HOUR, _LATER)
"""Pairs of tokens that one log-in of a page asks for. Each is a session of its own."""
PICTURES = RateLimit(
    "pictures",
    30,
    HOUR,
    _("You have changed your picture many times in the last hour. Try again in an hour."),
)
"""Per account."""
MAILS = RateLimit("mails", 10, HOUR)
"""Per mailbox: mails to accounts, and thanks. Mails about security do not count."""
LETTERS_ASKED_FOR = RateLimit("letters-asked-for", 5, HOUR)
"""Codes and private links, per guest and per mailbox. Guests see their own limit, but not that of the mailbox."""
LETTERS_A_MINUTE = RateLimit("letters-minute", 1, MINUTE)
"""Per guest and kind of letter. Only letters that the guest asks for count."""
NOTICES_CONFIRMED = RateLimit("news-confirmed", 30, HOUR)
NOTICES_UNCONFIRMED = RateLimit("news-unconfirmed", 5, HOUR)
SUGGESTIONS_A_PERSON = RateLimit("suggestions-person", 100, HOUR, _LATER)
SUGGESTIONS_A_VISITOR = RateLimit(
    "suggestions-visitor",
    20,
    HOUR,
    _("There were many suggestions from your network in the last hour. Wait a while and try again."),
)
SUGGESTIONS_A_LINK = RateLimit(
    "suggestions-link",
    100,
    HOUR,
    _("There were many suggestions through this link in the last hour. Wait a while and try again."),
)
MESSAGES_A_MINUTE = RateLimit("messages-minute", 10, MINUTE)
MESSAGES = RateLimit("messages", 120, HOUR, _LATER)
QUESTIONS = RateLimit("questions", 30, HOUR, _LATER)
"""Per person who asks. Recipients are notified of each question."""
QUESTIONS_A_VISITOR = RateLimit("questions-visitor", 60, HOUR, _LATER)
SHARES = RateLimit("shares", 1000, HOUR, _LATER)
"""Shares with people who have an account. Each of them is notified."""
SHARES_WITH_NOBODY = RateLimit(
    "shares-with-nobody",
    50,
    HOUR,
    _(
        "You have entered many addresses that have no account here in the last hour. Wait a while and try "
        "again."
    ),
)
"""Addresses without an account that one person tries. Without a limit they could find out who has an account."""
ADDRESS_CHANGES = RateLimit("address-changes", 10, HOUR)
"""Codes to a new address, per account that asks."""
SECOND_FACTORS = RateLimit(
    "second-factors", 10, HOUR, _("Too many wrong codes in the last hour. Wait a while and try again.")
)
"""Codes of apps and recovery codes, per account. A right one clears the count."""
CODES_A_MINUTE = RateLimit("codes-minute", 1, MINUTE)
"""One-time codes, per purpose and mailbox. People who ask do not notice this limit: the answer is the same."""
CODES = RateLimit("codes", 10, HOUR)
"""One-time codes of all purposes, per mailbox. With five tries each, an hour allows 50 guesses at a million codes."""
CODES_AN_ADDRESS = RateLimit("codes-address", 60, HOUR)
"""Requests for codes, per network of the client, for all mailboxes together."""
CODE_GUESSES_AN_ADDRESS = RateLimit("code-guesses-address", 120, HOUR)
"""Codes that were entered, per network of the client."""
PASSWORD_LINKS = RateLimit(
    "password-links",
    5,
    HOUR,
    _("This person got several password links in the last hour. Wait a while and try again."),
)
"""Mails to one account, counted together, no matter who asks for them."""
