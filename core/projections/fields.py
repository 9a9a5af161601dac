"""Hidden by default: what somebody is shown of a thing is declared field by field, each with the sights that may see it.

A projection is a tuple of fields in the order of the wire:

    ITEM = Projection(
        "item", Sight,
        Field("title", sights=EVERYBODY),
        Field("reservation_message", column="holder__message", sights={Sight.FULL}),
    )

A field that somebody may not see is there all the same, but says `hidden_as`, so that every answer has one shape. What
is not declared reaches nobody: a row refuses it by name, with `UndeclaredField`, wherever it is put in.

A *sight* is a member of whatever enum tells readers apart. What exists in one form only has `Reader` for that.
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
"""Makes a value of a row, and of what it is shown with: a list, an asker, or nothing."""

Read = Callable[..., Callable[[Any], Any]]
"""`itemgetter` for rows, `attrgetter` for objects."""


class Reader(StrEnum):
    """The one sight of things that look the same to all who may have them at all."""

    READER = "reader"


READER = frozenset({Reader.READER})


class UndeclaredField(Exception):
    """A field that no projection declares, or that this one does not show to those for whom the row is."""

    def __init__(self, projection: str, names: Iterable[str]) -> None:
        super().__init__(f"{projection}: {', '.join(sorted(names))} is not declared for this reader.")


@dataclass(frozen=True)
class Field(Generic[S]):
    """One key of the wire. Its value is, for those who see it, the `column` of its name (or another), what `get` makes of
    the row, or with `given` what the caller says; for all others `hidden_as`, or what `otherwise` makes.

    `empty_is_null`: a column whose empty text is null on the wire.
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
        """The column that it says, if it says one."""
        return None if self.get is not None or self.given else self.column or self.name


@dataclass(frozen=True)
class Rights:
    """Of which projection a row is, and the names that those see for whom it is."""

    projection: str
    open: frozenset[str]


class Shown(dict[str, Any]):
    """A row as somebody may have it. It takes no other keys than its projection shows to them, and those of another row
    that was shown. A page that says more of it for its template makes a plain one: `{**row, "name": …}`."""

    __slots__ = ("_rights",)

    _rights: Rights

    def _admit(self, names: Iterable[str]) -> None:
        if strange := set(names) - self._rights.open:
            raise _undeclared(self._rights.projection, strange)

    def __setitem__(self, name: str, value: Any) -> None:
        self._admit([name])
        super().__setitem__(name, value)

    def __or__(self, other: Any) -> Any:
        """With a row that another projection shows beside it, too; what both have, this one decides."""
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
        """Copies and pickles are plain rows."""
        return dict, (dict(self),)


def _shown(row: Mapping[str, Any], rights: Rights) -> Shown:
    shown = Shown(row)
    shown._rights = rights
    return shown


class Projection(Generic[S]):
    """All that a thing may say, declared once. `read` is `itemgetter` for rows and `attrgetter` for objects."""

    all: ClassVar[dict[str, Projection[Any]]] = {}
    """By name."""

    def __init__(self, name: str, sights: type[S], *fields: Field[S], read: Read = itemgetter) -> None:
        self.name, self.sights, self.fields, self._read = name, sights, fields, read
        self.names = tuple(field.name for field in fields)
        if len(set(self.names)) != len(self.names):
            raise TypeError(f"{name} declares a field twice.")
        self._plans = {sight: _Plan(self, sight) for sight in sights}
        Projection.all[name] = self

    def also(self, name: str, *fields: Field[S]) -> Projection[S]:
        """The same and more."""
        return Projection(name, self.sights, *self.fields, *fields, read=self._read)

    def of_shown(self, name: str, *fields: Field[S]) -> Projection[S]:
        """The same and more, of a row that this projection has made."""
        own = (Field(one.name, one.sights, hidden_as=one.hidden_as) for one in self.fields)
        return Projection(name, self.sights, *own, *fields)

    def columns(self, *sights: S) -> tuple[str, ...]:
        """What has to be read for them, but for what `get` and `otherwise` want besides."""
        read = (one.read_from for one in self.fields if any(sight in one.sights for sight in sights))
        return tuple(dict.fromkeys(column for column in read if column is not None))

    def project(self, source: Any, sight: S, about: Any = None, /, **given: Any) -> Shown:
        """`source` as those with that sight may have it. `given`: every field that is declared so, by its name."""
        return self._plans[sight].project_given(source, about, given)

    def shown_to(self, sight: S) -> Callable[[Any, Any], Shown]:
        """`project` for many rows of a kind that is given nothing."""
        return self._plans[sight].project

    def checked(self, values: Mapping[str, Any], sight: S) -> Shown:
        """A row that was made elsewhere, which has to have just these fields. They are put in the order of the wire."""
        if strange := values.keys() ^ set(self.names):
            raise _undeclared(self.name, strange)
        return _shown({name: values[name] for name in self.names}, self._plans[sight].rights)


class _Plan:
    """A projection for one sight, taken apart at import: what is copied, what is made, and what is said instead."""

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
"""Past what a row checks, by whom it is made."""


def _reading(read: Read, columns: Sequence[str]) -> Callable[[Any], Sequence[Any]]:
    """All of `columns` at once; the getters of `operator` give one alone without a tuple."""
    if len(columns) > 1:
        return read(*columns)
    getters = [read(column) for column in columns]
    return lambda source: [get(source) for get in getters]


def _undeclared(projection: str, names: Iterable[str]) -> UndeclaredField:
    """The name goes into the log, what it would have said does not."""
    refusal = UndeclaredField(projection, names)
    logger.error("%s", refusal)
    return refusal


def refuse_undeclared(said: Mapping[str, Any]) -> None:
    """Of what leaves: whatever is said of a thing must be a row that its projection has shown."""
    for name, value in said.items():
        rows = value if isinstance(value, list) else [value]
        if any(isinstance(row, dict) and not isinstance(row, Shown) for row in rows):
            raise _undeclared("not from a projection", [name])
