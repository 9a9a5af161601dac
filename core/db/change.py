"""`change`: the one way in which anything that is pushed gets written.

A change is *lock, look, write*. The outermost `change` opens a transaction, inner ones join it, so that a
service may call a service, and the admin's own transaction stays whole. While it is open, anybody may `note`
a fact ("this item changed"). As the outermost leaves, still inside the transaction, `change_closing` carries
all facts upstairs, where they are projected and appended: a rollback takes the facts with it.
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
"""Sent once by each outermost change with `facts: list[Hashable]`, oldest first, each fact once."""

change_refused = Signal()
"""Sent with `error` when a verb refused and everything of its change was rolled back; `error.asked` is what it was asked."""

F = TypeVar("F", bound=Callable[..., Any])
M = TypeVar("M", bound=models.Model)
T = TypeVar("T")


class _Open:
    """What one outermost change holds while it is open. A dict keeps the order and drops repetitions."""

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
        """As a decorator it also remembers, for the log of denials, what the verb that refuses was asked."""

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
    """`error`, to be raised where no verb was called yet: `raise refused(OwnersOnly(), wishlist=…, by=…)`."""
    error.asked = asked
    if _open.get() is None:
        tell_refused(error)
    return error


def tell_refused(error: Refusal) -> None:
    """Once what was refused is undone. A log that cannot be written changes nothing about the refusal."""
    if error.asked is not None:
        change_refused.send_robust(sender=change, error=error)


def note(fact: Hashable) -> None:
    """Say that something changed. Outside a change this is a bug: the fact would have no transaction."""
    opened = _open.get()
    if opened is None:
        raise RuntimeError("note() needs an open change")
    opened.facts.setdefault(fact, None)
    opened.read.clear()


def read_once(key: Hashable, read: Callable[[], T]) -> T:
    """What `read` finds; within a change, asked again under the same key, only if something was noted meanwhile.

    For rows that this change holds: nobody else can have changed them.
    """
    opened = _open.get()
    if opened is None:
        return read()
    if key not in opened.read:
        opened.read[key] = read()
    found: T = opened.read[key]
    return found


def hold(row: M) -> M:
    """Remember that this very object was read under its lock, so that nobody need lock and read it again."""
    opened = _open.get()
    if opened is not None:
        opened.held.append(row)
    return row


def is_held(row: models.Model) -> bool:
    opened = _open.get()
    return opened is not None and any(row is held for held in opened.held)


def lock(rows: models.QuerySet[M], *, of: tuple[str, ...] = ("self",)) -> models.QuerySet[M]:
    """`rows`, to be locked when read, in the order of `of`. Weak enough that foreign-key checks of children pass.

    SQLite ignores row locks: there every change holds the database's one write lock from its first statement.
    `TEST_WITHOUT_LOCKS` is the negative control of the race tests; settings refuse it outside tests.
    """
    return rows.select_for_update(of=of, no_key=True) if locks() else rows


def locks() -> bool:
    """What `lock` goes by. A prepared statement takes it as an argument: with and without are two."""
    return not settings.TEST_WITHOUT_LOCKS
