"""What the payload of a notification says, declared by kind: the keys that clients translate it with.

A key that is not declared reaches nobody: `notify` refuses it by its name, as a projection refuses an undeclared field
(core/projections/fields.py). A kind that is not declared has an empty payload.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from core.projections.fields import UndeclaredField


class _Keys(NamedTuple):
    always: frozenset[str]
    sometimes: frozenset[str]


_NONE = _Keys(frozenset(), frozenset())
_declared: dict[str, _Keys] = {}


def declare_payload(kind: str, *keys: str, sometimes: Collection[str] = ()) -> None:
    """Declare the keys of a kind. `sometimes`: keys that some of its notifications don't have."""
    _declared[kind] = _Keys(frozenset(keys), frozenset(sometimes))


def require_declared(kind: str, payload: Mapping[str, Any]) -> None:
    """Raise `UndeclaredField` if `payload` has a key that is not declared for `kind`, or lacks one that is."""
    always, sometimes = _declared.get(kind, _NONE)
    if strange := (payload.keys() ^ always) - sometimes:
        raise UndeclaredField(f"payload of {kind}", strange)
