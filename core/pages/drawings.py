"""Draw a piece of a page once for all who get the same, and fill in what is each visitor's own (docs/drawings.md).

A `Drawing` is a frozen dataclass: all that the piece is made of, and its method `draw`. It is also the key under which the
result is kept, so nothing can be in the result that is not in the key. What differs from visitor to visitor (the CSRF
token, form keys, the address with a link's token, a name) is drawn as a mark, and filled in for each response.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from threading import Lock
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import loader
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import override

from core.pages.form_keys import new_form_key
from core.time.moments import moments_in

Values = Mapping[str, str | Callable[[], str]]
"""What is filled in for each mark. A function is called for each place of its mark."""

MOST_BYTES = 32 * 1024 * 1024
"""How much all drawings and rows of a process may take together, roughly."""

_SECRET = secrets.token_hex(8)
"""Nobody outside this process knows it, so no text that people type contains a mark."""
_MARKS = re.compile(f"~{_SECRET}\\.([a-z_]+)~")
_TOKEN, _KEY = "csrf_token", "form_key"
_TAG = re.compile(r"<[^<>]*\s[^<>]*>")
_SPACE = re.compile(r"\s+")
_SPACE_BESIDE_TAG = re.compile(r"(?<=>)\s+|(?<!\s)\s+(?=<)")


def mark(name: str) -> SafeString:
    """Return the text that is drawn in place of a value that differs from visitor to visitor."""
    return SafeString(f"~{_SECRET}.{name}~")


class Drawn:
    """A drawn piece of a page, cut at its marks."""

    def __init__(self, text: str) -> None:
        self._parts = _MARKS.split(text)
        self.size = len(text)
        self.digest = hashlib.blake2b("\0".join(self._parts).encode(), digest_size=16).digest()
        """The same in each process for the same piece, because it is made of the names of the marks."""

    def filled(self, values: Values) -> str:
        """Return the piece with the values of `values_of`."""
        parts = self._parts.copy()
        for place in range(1, len(parts), 2):
            value = values[parts[place]]
            parts[place] = value() if callable(value) else value
        return "".join(parts)


@dataclass(frozen=True)
class Drawing(ABC):
    """All that a piece of a page is made of. Every field must be hashable and say everything by its value."""

    language: str

    @abstractmethod
    def draw(self) -> str:
        """Return the source of the piece, in the language that is active. It must use nothing but the fields."""


def drawn(drawing: Drawing) -> Drawn:
    """Return the piece, drawn now or earlier."""
    found: Drawn = kept.get(drawing, lambda: Drawn(squeezed(_source(drawing))), lambda made: 2 * made.size)
    return found


def draw_now(drawing: Drawing) -> Drawn:
    """Draw the piece without keeping it, because it shows what somebody typed."""
    return Drawn(_source(drawing))


def _source(drawing: Drawing) -> str:
    with override(drawing.language), moments_in(""):
        return drawing.draw()


def draw_template(name: str, **context: Any) -> str:
    """Draw a template that gets nothing of a request: its tokens and keys are marks."""
    nobody = SimpleNamespace(_form_keys=_EndlessMarks(), user=context.pop("user", None))
    return loader.render_to_string(name, {"csrf_token": mark(_TOKEN), "request": nobody, **context})


class SomeUser:
    """The logged-in user of a page that is drawn for all users. Their name and picture are filled in."""

    is_authenticated = True
    display_name = mark("name")
    avatar = mark("avatar")


class _EndlessMarks:
    def __next__(self) -> str:
        return mark(_KEY)


def values_of(request: HttpRequest, **own: str) -> Values:
    """Return what is filled in for this visitor: `own`, and the tokens of their forms."""
    if not hasattr(request, "_csrf_token_of_page"):
        request._csrf_token_of_page = get_token(request)  # type: ignore[attr-defined]  # masked once for all pieces
    token: str = request._csrf_token_of_page  # type: ignore[attr-defined]
    safe = {name: conditional_escape(value) for name, value in own.items()}
    return {_TOKEN: token, _KEY: lambda: new_form_key(request), **safe}


def squeezed(source: str) -> str:
    """Return the source without indentation inside of tags and beside them. What people typed stays as it is."""
    in_tags = _TAG.sub(lambda tag: _SPACE.sub(_without_break(" "), tag[0]).replace(" >", ">"), source)
    return _SPACE_BESIDE_TAG.sub(_without_break("\n"), in_tags)


def _without_break(instead: str) -> Callable[[re.Match[str]], str]:
    """Return what replaces a run of spaces that contains a line break."""
    return lambda space: instead if "\n" in space[0] else space[0]


V = TypeVar("V")


class Kept(Generic[V]):
    """A cache that forgets what was not used for longest once it takes more than `most` bytes."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most, self._size = most, 0
        self._lock = Lock()
        self._values: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], V], size_of: Callable[[V], int]) -> V:
        """Return the value for `key`, made now or earlier. Two threads may make it at the same time."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key][0]
        made = make()
        size = size_of(made)
        with self._lock:
            if key not in self._values and size <= self._most:
                self._values[key] = made, size
                self._size += size
            while self._size > self._most:
                self._size -= self._values.popitem(last=False)[1][1]
        return made

    @property
    def size(self) -> int:
        return self._size

    def forget(self) -> None:
        """Remove everything. For tests."""
        with self._lock:
            self._values.clear()
            self._size = 0


kept: Kept[Any] = Kept()
