"""Declare the fields of responses and events, and who may see each of them. Everything else is hidden.

A projection lists fields in the order in which they are sent:

    ITEM = Projection(
        "item", Sight,
        Field("title", sights=EVERYBODY),
        Field("reservation_message", column="holder__message", sights={Sight.FULL}),
    )

A field that the reader may not see has the value `hidden_as`, so that all answers have the same keys. A field that is
not declared is never sent: putting it into a row raises `UndeclaredField` with its name.

A *sight* is a member of an enum that distinguishes readers. If all readers see the same, the enum is `Reader`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import Any, ClassVar, Generic, TypeVar

logger = logging.getLogger(__name__)

S = TypeVar("S", bound=StrEnum)

Get = Callable[[Any, Any], Any]
"""Returns a value, given a row and what it is shown with: a list, the person who asks, or nothing."""

Read = Callable[..., Callable[[Any], Any]]
"""`itemgetter` if sources are rows, `attrgetter` if they are objects."""


class Reader(StrEnum):
    """The only sight of things that look the same to everybody who may see them."""

    READER = "reader"


READER = frozenset({Reader.READER})


class UndeclaredField(Exception):
    """Raised if a field is not declared, or if the reader of the row may not see it."""

    def __init__(self, projection: str, names: Iterable[str]) -> None:
        super().__init__(f"{projection}: {', '.join(sorted(names))} is not declared for this reader.")


@dataclass(frozen=True)
class Field(Generic[S]):
    """One key of a response, and the sights that may see its value.

    The value is read from `column` (by default the column of the same name), returned by `get`, or with `given` passed
    by the caller. Readers who may not see it get `hidden_as`, or what `otherwise` returns. With `empty_is_null`, an empty
    text is sent as null.
    """

    name: str
    sights: Collection[S]
    column: str | None = None
    empty_is_null: bool = False
    get: Get | None = None
    given: bool = False
    hidden_as: Any = None
    otherwise: Get | None = None

    @property
    def read_from(self) -> str | None:
        """The column that the value is read from, if there is one."""
        return None if self.get is not None or self.given else self.column or self.name


@dataclass(frozen=True)
class Rights:
    """The name of a row's projection, and the fields that its reader may see."""

    projection: str
    open: frozenset[str]


class Shown(dict[str, Any]):
    """A row that was projected for a reader. Setting a key that this reader may not see raises `UndeclaredField`.

    A page that needs more keys for its template makes a plain dict: `{**row, "name": …}`.
    """

    __slots__ = ("_rights",)

    _rights: Rights

    def _admit(self, names: Iterable[str]) -> None:
        if strange := set(names) - self._rights.open:
            raise _undeclared(self._rights.projection, strange)

    def __setitem__(self, name: str, value: Any) -> None:
        self._admit([name])
        super().__setitem__(name, value)

    def __or__(self, other: Any) -> Any:
        """Merge with a dict or with another projected row, whose keys are allowed too. This row's rights decide about keys in
        both."""
        beside = other._rights.open - self.keys() if isinstance(other, Shown) else frozenset()
        self._admit(other.keys() - beside)
        rights = Rights(self._rights.projection, self._rights.open | beside)
        return _shown({**self, **other}, rights)

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def update(self, *others: Any, **named: Any) -> None:
        new = dict(*others, **named)
        self._admit(new)
        super().update(new)

    def setdefault(self, name: str, default: Any = None) -> Any:
        self._admit([name])
        return super().setdefault(name, default)

    def copy(self) -> Shown:
        return _shown(self, self._rights)

    def __reduce_ex__(self, _protocol: Any) -> Any:
        """Copies and pickles are plain dicts."""
        return dict, (dict(self),)


def _shown(row: Mapping[str, Any], rights: Rights) -> Shown:
    shown = Shown(row)
    shown._rights = rights
    return shown


class Projection(Generic[S]):
    """The fields of one kind of thing. `read` is `itemgetter` for rows and `attrgetter` for objects."""

    all: ClassVar[dict[str, Projection[Any]]] = {}
    """All projections, by name."""

    def __init__(self, name: str, sights: type[S], *fields: Field[S], read: Read = itemgetter) -> None:
        self.name, self.sights, self.fields, self._read = name, sights, fields, read
        self.names = tuple(field.name for field in fields)
        if len(set(self.names)) != len(self.names):
            raise TypeError(f"{name} declares a field twice.")
        self._plans = {sight: _Plan(self, sight) for sight in sights}
        Projection.all[name] = self

    def also(self, name: str, *fields: Field[S]) -> Projection[S]:
        """Return a projection with these fields, too."""
        return Projection(name, self.sights, *self.fields, *fields, read=self._read)

    def of_shown(self, name: str, *fields: Field[S]) -> Projection[S]:
        """Return a projection with these fields, too, whose sources are rows that this one has projected."""
        own = (Field(one.name, one.sights, hidden_as=one.hidden_as) for one in self.fields)
        return Projection(name, self.sights, *own, *fields)

    def columns(self, *sights: S) -> tuple[str, ...]:
        """Return the columns to read for these sights. Columns that only `get` or `otherwise` use are not included."""
        read = (one.read_from for one in self.fields if any(sight in one.sights for sight in sights))
        return tuple(dict.fromkeys(column for column in read if column is not None))

    def project(self, source: Any, sight: S, about: Any = None, /, **given: Any) -> Shown:
        """Return `source` as readers with this sight may see it. `given` has the values of all fields declared with `given`."""
        return self._plans[sight].project_given(source, about, given)

    def shown_to(self, sight: S) -> Callable[[Any, Any], Shown]:
        """Return `project` for this sight, for projecting many rows. No field may be declared with `given`."""
        return self._plans[sight].project

    def checked(self, values: Mapping[str, Any], sight: S) -> Shown:
        """Return a row with these values, which must be exactly the declared fields, in the declared order."""
        if strange := values.keys() ^ set(self.names):
            raise _undeclared(self.name, strange)
        return _shown({name: values[name] for name in self.names}, self._plans[sight].rights)


class _Plan:
    """A projection for one sight, prepared at import: which values are copied, computed, or replaced."""

    def __init__(self, projection: Projection[Any], sight: StrEnum) -> None:
        seen = [field for field in projection.fields if sight in field.sights]
        self.rights = Rights(projection.name, frozenset(field.name for field in seen))
        self._template = {field.name: field.hidden_as for field in projection.fields}
        columns = [(field, column) for field in seen if (column := field.read_from) is not None]
        copied = [(field.name, column) for field, column in columns if not field.empty_is_null]
        texts = [(field.name, column) for field, column in columns if field.empty_is_null]
        self._copied: Sequence[str] = tuple(name for name, _ in copied)
        self._read = _reading(projection._read, [column for _, column in copied])
        self._texts: Sequence[str] = tuple(name for name, _ in texts)
        self._read_texts = _reading(projection._read, [column for _, column in texts])
        made = [(field.name, field.get) for field in seen if field.get is not None] + [
            (field.name, field.otherwise)
            for field in projection.fields
            if sight not in field.sights and field.otherwise is not None
        ]
        self._made: Sequence[str] = tuple(name for name, _ in made)
        self._makers: Sequence[Get] = tuple(make for _, make in made)
        self._given = frozenset(field.name for field in projection.fields if field.given)

    def project(self, source: Any, about: Any = None, /) -> Shown:
        shown = Shown(self._template)
        shown._rights = self.rights
        _fill(shown, zip(self._copied, self._read(source), strict=True))
        _fill(shown, zip(self._texts, [text or None for text in self._read_texts(source)], strict=True))
        _fill(shown, zip(self._made, [make(source, about) for make in self._makers], strict=True))
        return shown

    def project_given(self, source: Any, about: Any, given: Mapping[str, Any]) -> Shown:
        if strange := given.keys() ^ self._given:
            raise _undeclared(self.rights.projection, strange)
        shown = self.project(source, about)
        if given:
            _fill(shown, [(name, given[name]) for name in given.keys() & self.rights.open])
        return shown


_fill = dict.update
"""Fills a row without its checks, which would cost time for every value."""


def _reading(read: Read, columns: Sequence[str]) -> Callable[[Any], Sequence[Any]]:
    """Return a function that reads all `columns`. For a single column the getters of `operator` return no tuple."""
    if len(columns) > 1:
        return read(*columns)
    getters = [read(column) for column in columns]
    return lambda source: [get(source) for get in getters]


def _undeclared(projection: str, names: Iterable[str]) -> UndeclaredField:
    """Return the error, and log the names without the values, which may be secret."""
    refusal = UndeclaredField(projection, names)
    logger.error("%s", refusal)
    return refusal


def refuse_undeclared(payload: Mapping[str, Any]) -> None:
    """Raise `UndeclaredField` unless all dicts in an outgoing payload are rows of a projection."""
    for name, value in payload.items():
        rows = value if isinstance(value, list) else [value]
        if any(isinstance(row, dict) and not isinstance(row, Shown) for row in rows):
            raise _undeclared("not from a projection", [name])
