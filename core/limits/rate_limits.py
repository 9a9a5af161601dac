"""Rate limits. All of them are declared here (docs/limits.md).

`refuse_beyond(limit, *who)` counts one and raises a refusal beyond the limit. `hit` only returns whether there was room,
for work that is skipped or delayed and not refused. `has_room` checks without counting, and `clear` resets the count.
Windows move: a limit of 20 an hour holds for any 60 minutes.

`spend_try(delay, *who)` counts a try of what is guessed (passwords, second factors), or refuses it for a delay that grows
with each try (core/limits/growing_delays.py). `forget_tries` resets it.

`who` is the key: the primary key of a person or a link, a canonical mailbox, or a network address. It is stored as a keyed
digest.

A call may wait for Redis, for up to a second, so do not call it in an event loop.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import time
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from limits import RateLimitItem, RateLimitItemPerSecond

from core.errors.refusals import Refusal
from core.limits.growing_delays import Growth
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


@dataclass(frozen=True)
class GrowingDelay:
    """Tries that are free, and then wait for 1, 2, 4 … seconds each, counted per key."""

    name: str
    growth: Growth
    sentence: Promise | str
    """The text of the refusal. `%(wait)s` is how long to wait."""


def spend_try(delay: GrowingDelay, *who: object) -> int:
    """Count a try, and return how many were remembered before. Raises RateLimited if it has to wait."""
    if not settings.RATE_LIMITS:
        return 0
    spent = counts().spend(delay.growth, f"{delay.name}:{_key(who)}")
    if spent.wait:
        error = RateLimited(delay.sentence % {"wait": _in_words(spent.wait)})
        error.wait = max(1.0, spent.wait)
        raise error
    return spent.before


def forget_tries(delay: GrowingDelay, *who: object) -> None:
    """Forget the tries of this key, after a right one."""
    if settings.RATE_LIMITS:
        counts().forget_tries(f"{delay.name}:{_key(who)}")


def _in_words(seconds: float) -> str:
    whole = math.ceil(seconds)
    if whole < 2 * MINUTE:
        return ngettext("%(number)d second", "%(number)d seconds", whole) % {"number": whole}
    minutes = math.ceil(whole / MINUTE)
    return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}


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
_WAIT_TO_LOG_IN = _("Too many attempts to log in. Wait %(wait)s, then try again.")

LOG_INS_OF_A_DEVICE = GrowingDelay(
    "log-ins-device", Growth(free=5, longest=15 * MINUTE, forgets_in=HOUR), _WAIT_TO_LOG_IN
)
"""Passwords of one account that one network tries, or one device on which its user has logged in before."""
LOG_INS_OF_AN_ACCOUNT = GrowingDelay(
    "log-ins-account", Growth(free=50, longest=MINUTE, forgets_in=10 * MINUTE), _WAIT_TO_LOG_IN
)
"""Passwords of one account that unknown devices everywhere try. Networks that have not tried it much count separately."""
LOG_INS_OF_A_NETWORK = GrowingDelay(
    "log-ins-network", Growth(free=200, longest=MINUTE, forgets_in=12), _WAIT_TO_LOG_IN
)
"""Passwords of all accounts that unknown devices of one network try, right ones included: 200, and 300 an hour."""
SECOND_FACTORS = GrowingDelay(
    "second-factors",
    Growth(free=5, longest=15 * MINUTE, forgets_in=HOUR),
    _("Too many codes. Wait %(wait)s, then try again."),
)
"""Codes of apps and recovery codes of one account: each known device by itself, and all other devices together."""
OWN_PASSWORDS = GrowingDelay(
    "own-passwords",
    Growth(free=5, longest=15 * MINUTE, forgets_in=HOUR),
    _("You entered your current password too often. Wait %(wait)s, then try again."),
)
"""Current passwords of one account that somebody who is logged in enters again."""
API_TOKENS = RateLimit("api-tokens", 30, HOUR, _LATER)
"""API tokens that one person makes."""
PUSH_SUBSCRIPTIONS = RateLimit("push-subscriptions", 60, HOUR, _LATER)
"""Browsers in which one person turns on web push."""
FEED_LINKS = RateLimit("feed-links", 30, HOUR, _LATER)
"""Secret addresses of calendars and news feeds that one person makes."""
WEBHOOKS = RateLimit("webhooks", 30, HOUR, _LATER)
"""Webhooks that one person makes."""
WEBHOOK_MESSAGES = RateLimit("webhook-messages", 600, MINUTE)
"""Messages to the webhooks of one person. Further ones wait."""
TOKENS_OF_A_PAGE = RateLimit("tokens-of-a-page", 60, HOUR, _LATER)
"""Pairs of tokens that one log-in of a page asks for. Each is a session of its own."""
PICTURES = RateLimit(
    "pictures",
    30,
    HOUR,
    _("You have changed your picture many times in the last hour. Try again in an hour."),
)
"""Per account."""
EXPORTS = RateLimit(
    "exports", 10, DAY, _("You have exported your data many times today. Try again tomorrow.")
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
REPORTS_A_PERSON = RateLimit("reports-person", 20, HOUR, _LATER)
"""Reports to the moderators, found or not."""
REPORTS_A_VISITOR = RateLimit("reports-visitor", 10, HOUR, _LATER)
REPORTS_A_LINK = RateLimit("reports-link", 50, HOUR, _LATER)
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
GROUPS = RateLimit("groups", 30, HOUR, _LATER)
"""Groups that one person makes."""
GROUP_SHARES = RateLimit("group-shares", 100, HOUR, _LATER)
"""Lists that one person shares with groups. Everybody in the group is notified."""
INVITATIONS = RateLimit("invitations", 100, HOUR, _LATER)
"""Invitations that one person sends. Mails to one mailbox are limited by MAILS, and wait."""
EXCHANGE_ADDRESSES = RateLimit("exchange-addresses", 200, HOUR, _LATER)
"""Addresses that one organiser adds to exchanges. Each of them is mailed."""
EXCHANGE_JOINS = RateLimit(
    "exchange-joins",
    50,
    HOUR,
    _("Many people have just joined from your network. Try again in a while, or register for an account."),
)
"""People without an account who join exchanges, per network."""
EXCHANGE_CODES = RateLimit(
    "exchange-codes", 10, HOUR, _("Too many wrong codes in the last hour. Wait a while and try again.")
)
"""Wrong codes of one private link. They have at least four digits."""
ADDRESS_CHANGES = RateLimit("address-changes", 10, HOUR)
"""Codes to a new address, per account that asks."""
CODES_A_MINUTE = RateLimit("codes-minute", 1, MINUTE)
"""One-time codes, per purpose and mailbox. People who ask do not notice this limit: the answer is the same."""
CODES = RateLimit("codes", 10, HOUR)
"""One-time codes of all purposes, per mailbox. With five tries each, an hour allows 50 guesses at a million codes."""
CODES_AN_ADDRESS = RateLimit("codes-address", 60, HOUR)
"""Requests for codes, per network of the client, for all mailboxes together."""
CODE_GUESSES_AN_ADDRESS = RateLimit("code-guesses-address", 120, HOUR)
"""Codes that were entered, per network of the client."""
PRODUCT_PAGES = RateLimit("product-pages", 300, HOUR, _LATER)
"""Pages of other sites that one person has read, by the API or by a form."""
LINKS = RateLimit("links", 200, HOUR, _LATER)
"""New public links that one person makes. Each stays as a row."""
PASSKEY_CHALLENGES = RateLimit("passkey-challenges", 300, HOUR)
"""Challenges for passkeys of people who are not logged in, per network. Each is a row for ten minutes."""
PASSWORD_LINKS = RateLimit(
    "password-links",
    5,
    HOUR,
    _("This person got several password links in the last hour. Wait a while and try again."),
)
"""Mails to one account, counted together, no matter who asks for them."""
