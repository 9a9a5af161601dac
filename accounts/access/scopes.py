"""What personal API tokens may do. Each view of the API declares it as `token_access`.

A log-in may do everything that its user may. An API token may do what its scopes say, and never more than its user. No
scope contains another one: a token that reads and writes lists has both scopes. Credentials are for log-ins alone, so that
a token that leaks can neither make another one nor change the password.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Session
from accounts.refusals import LogInOnly, ScopeMissing


class Scope(StrEnum):
    """Use the values on the wire; they are stored in tokens and never change."""

    LISTS_READ = "lists:read"
    LISTS_WRITE = "lists:write"
    GIVING = "giving"
    ACCOUNT = "account"


DESCRIPTIONS: dict[Scope, Promise] = {
    Scope.LISTS_READ: _("Read lists and items, and follow changes live"),
    Scope.LISTS_WRITE: _("Change lists and items, and share lists"),
    Scope.GIVING: _("Reserve, buy, chip in and write messages, and read what you give"),
    Scope.ACCOUNT: _("Read and change your profile and your inbox"),
}
"""What a scope allows, for pages and the documentation."""

Needed = frozenset[Scope] | None
"""Scopes of which a token needs one. With an empty set, any token will do; with None, none does."""

ANY_TOKEN: Needed = frozenset()
NO_TOKEN: Needed = None


@dataclass(frozen=True)
class TokenAccess:
    """What API tokens need for a view: to read, to write, and to delete (by default, as to write)."""

    read: Needed
    write: Needed
    delete: Needed

    @classmethod
    def of(cls, *scopes: Scope) -> TokenAccess:
        return cls(*(frozenset(scopes),) * 3)

    def needed(self, method: str) -> Needed:
        if method == "OPTIONS":
            return ANY_TOKEN  # it describes the route, and reads no data
        if method in ("GET", "HEAD"):
            return self.read
        return self.delete if method == "DELETE" else self.write


_READ, _WRITE = frozenset({Scope.LISTS_READ}), frozenset({Scope.LISTS_WRITE})

LISTS = TokenAccess(read=_READ, write=_WRITE, delete=_WRITE)
ITEM = TokenAccess(read=_READ, write=_WRITE | {Scope.GIVING}, delete=_WRITE)
"""One address edits an item and reserves it. The view says for each field which scope it needs."""
READING_LISTS = TokenAccess.of(Scope.LISTS_READ)
WRITING_LISTS = TokenAccess.of(Scope.LISTS_WRITE)
GIVING = TokenAccess.of(Scope.GIVING)
ACCOUNT = TokenAccess.of(Scope.ACCOUNT)
ONESELF = TokenAccess(read=frozenset({Scope.ACCOUNT}), write=frozenset({Scope.ACCOUNT}), delete=NO_TOKEN)
"""The profile. Deleting the account is for log-ins alone."""
OPEN = TokenAccess(ANY_TOKEN, ANY_TOKEN, ANY_TOKEN)
"""Nothing there belongs to anybody."""
LOG_INS = TokenAccess(NO_TOKEN, NO_TOKEN, NO_TOKEN)
"""Credentials."""


def may(scopes: frozenset[str] | None, scope: Scope) -> bool:
    """Return whether somebody with these scopes (None for a log-in) may do what `scope` allows."""
    return scopes is None or scope in scopes


def require_scope(session: Session | None, *scopes: Scope) -> None:
    """Raise ScopeMissing if the session belongs to an API token that lacks any of these scopes."""
    if session is None or session.scopes is None:
        return
    for scope in sorted(scopes):
        if scope not in session.scopes:
            raise ScopeMissing(scope)


def require_access(session: Session, access: TokenAccess | None, method: str) -> None:
    """Raise a refusal if the session belongs to an API token that may not send this method to a view with `access`.

    A view that declares nothing is closed to all API tokens.
    """
    if session.scopes is None:
        return
    needed = access.needed(method) if access is not None else NO_TOKEN
    if needed is None:
        raise LogInOnly
    if needed and not needed & set(session.scopes):
        raise ScopeMissing(*sorted(needed))
