"""`change`: the only way to write rows that are pushed to clients.

A change is *lock, look, write*. The outermost `change` opens a transaction, and inner ones join it. So a service may call
a service, and the admin's own transaction is not split. While a change is open, code may `note` a fact ("this item
changed"). When the outermost `change` ends, still inside the transaction, it sends all facts by the signal
`change_closing`. The receiver projects them and appends the events, so a rollback removes the events too.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import ContextDecorator, ExitStack
from contextvars import ContextVar
from functools import wraps
from types import TracebackType
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db import models, transaction
from django.dispatch import Signal

from core.db.write_lock import write_lock
from core.errors.refusals import Refusal

change_closing = Signal()
"""Sent once by each outermost change, with `facts: list[Hashable]`, oldest first and without duplicates."""

change_refused = Signal()
"""Sent with `error` after a service refused and its change was rolled back. `error.asked` holds the service's arguments."""

F = TypeVar("F", bound=Callable[..., Any])
M = TypeVar("M", bound=models.Model)
T = TypeVar("T")


class _Open:
    """The state of an outermost change while it is open. `facts` is a dict: it keeps the order and drops duplicates."""

    def __init__(self) -> None:
        with ExitStack() as stack:
            stack.enter_context(write_lock())
            stack.enter_context(transaction.atomic())
            self.transaction = stack.pop_all()
        self.facts: dict[Hashable, None] = {}
        self.read: dict[Hashable, Any] = {}
        self.held: list[models.Model] = []


_open: ContextVar[_Open | None] = ContextVar("open_change", default=None)


class change(ContextDecorator):  # noqa: N801 - read as a word, like `atomic`
    """Open a change, or join the one that is open. Use as `@change()` or `with change():`."""

    def __init__(self) -> None:
        self._outermost: list[bool] = []

    def _recreate_cm(self) -> change:
        return change()

    def __call__(self, func: F) -> F:
        """Decorate a service. If it refuses, its arguments are kept on the refusal, for the log of denials."""

        @wraps(func)
        def verb(*args: Any, **kwargs: Any) -> Any:
            with self._recreate_cm():
                try:
                    return func(*args, **kwargs)
                except Refusal as refusal:
                    if refusal.asked is None:
                        refusal.asked = kwargs
                    raise

        return cast("F", verb)

    def __enter__(self) -> None:
        joins = _open.get() is not None
        self._outermost.append(not joins)
        if not joins:
            _open.set(_Open())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._outermost.pop():
            return
        opened = _open.get()
        assert opened is not None
        try:
            if kind is None:
                self._close(opened)
        except BaseException as failure:
            _open.set(None)
            opened.transaction.__exit__(type(failure), failure, failure.__traceback__)
            raise
        _open.set(None)
        opened.transaction.__exit__(kind, error, trace)
        if isinstance(error, Refusal):
            tell_refused(error)

    @staticmethod
    def _close(opened: _Open) -> None:
        if opened.facts:
            change_closing.send(sender=change, facts=list(opened.facts))


def refused(error: Refusal, **asked: Any) -> Refusal:
    """Return `error` with arguments for the log of denials, to refuse outside a service.

    For example: `raise refused(OwnersOnly(), wishlist=…, by=…)`.
    """
    error.asked = asked
    if _open.get() is None:
        tell_refused(error)
    return error


def tell_refused(error: Refusal) -> None:
    """Send `change_refused`, after the rollback. Errors of the receivers, such as a failing log, are ignored."""
    if error.asked is not None:
        change_refused.send_robust(sender=change, error=error)


def note(fact: Hashable) -> None:
    """Add a fact to the open change. Raises RuntimeError outside a change: the fact would have no transaction."""
    opened = _open.get()
    if opened is None:
        raise RuntimeError("note() needs an open change")
    opened.facts.setdefault(fact, None)
    opened.read.clear()


def read_once(key: Hashable, read: Callable[[], T]) -> T:
    """Return `read()`, cached by `key` within the open change until the next fact is noted.

    Use it only for rows that this change has locked: nobody else can have changed them.
    """
    opened = _open.get()
    if opened is None:
        return read()
    if key not in opened.read:
        opened.read[key] = read()
    found: T = opened.read[key]
    return found


def know(key: Hashable, value: Any) -> None:
    """Let `read_once` return this value for `key`, until the next fact is noted: the change knows it without reading."""
    opened = _open.get()
    if opened is not None:
        opened.read[key] = value


def hold(row: M) -> M:
    """Remember that this object was read under its lock, so that it need not be locked and read again."""
    opened = _open.get()
    if opened is not None:
        opened.held.append(row)
    return row


def is_held(row: models.Model) -> bool:
    opened = _open.get()
    return opened is not None and any(row is held for held in opened.held)


def lock(rows: models.QuerySet[M], *, of: tuple[str, ...] = ("self",)) -> models.QuerySet[M]:
    """Return `rows` with row locks, taken when they are read, in the order of `of`.

    The lock (FOR NO KEY UPDATE) does not block foreign-key checks of child rows. SQLite has no row locks: there every
    change holds the database's only write lock from its first statement. `TEST_WITHOUT_LOCKS` is the negative control of
    the race tests; settings refuse it outside tests.
    """
    return rows.select_for_update(of=of, no_key=True) if locks() else rows


def locks() -> bool:
    """Return whether `lock` takes locks. Prepared statements take it as an argument: with and without are two statements."""
    return not settings.TEST_WITHOUT_LOCKS
