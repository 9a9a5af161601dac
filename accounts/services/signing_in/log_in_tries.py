"""Limit guesses of passwords and second factors, without a lock that strangers could close (docs/signing-in.md).

    tries = spend_log_in_try(email, origin)        before the password is compared; RateLimited
    tries.forget()                                 after a right one
    spend_second_factor_try(user, origin)          the same for second factors

A try counts in up to three places: the network for this account, all unknown devices for this account, and the network for
all accounts. A device on which the account's user has logged in before counts by itself only. Unknown addresses count like
those of accounts, so that nobody can tell them apart.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.access.known_devices import Origin, known_device
from accounts.models import User
from core.limits.rate_limits import (
    LOG_INS_OF_A_DEVICE,
    LOG_INS_OF_A_NETWORK,
    LOG_INS_OF_AN_ACCOUNT,
    SECOND_FACTORS,
    GrowingDelay,
    forget_tries,
    spend_try,
)
from core.mailboxes.mailbox_forms import account_mailbox

FEW = 3
"""So many tries of a network count in a place of their own. So a crowd that guesses does not stand in front of an owner on
a new device.
"""

Place = tuple[GrowingDelay, tuple[object, ...]]


@dataclass(frozen=True)
class Tries:
    """Where a try was counted."""

    places: tuple[Place, ...]

    def forget(self) -> None:
        for delay, who in self.places:
            forget_tries(delay, *who)


def spend_log_in_try(email: str, origin: Origin) -> Tries:
    """Count a try to log in with a password. Raises RateLimited."""
    device = known_device(origin, User.objects.with_address(email)) if origin.token else ""
    account = account_mailbox(email)
    if device:
        own: Place = (LOG_INS_OF_A_DEVICE, ("device", account, device))
        spend_try(own[0], *own[1])
        return Tries((own,))
    if origin.network:
        # Right passwords count, too, and clear nothing: else an own account would be a way to try many others.
        spend_try(LOG_INS_OF_A_NETWORK, origin.network)
    here: Place = (LOG_INS_OF_A_DEVICE, ("network", account, origin.network))
    before = spend_try(here[0], *here[1])
    everywhere: Place = (LOG_INS_OF_AN_ACCOUNT, (account, "few" if before < FEW else "many"))
    spend_try(everywhere[0], *everywhere[1])
    return Tries((here, everywhere))


def spend_second_factor_try(user: User, origin: Origin) -> Tries:
    """Count a code of somebody who has shown the first factor. Raises RateLimited."""
    place: Place = (SECOND_FACTORS, (user.pk, known_device(origin, [user])))
    spend_try(place[0], *place[1])
    return Tries((place,))
