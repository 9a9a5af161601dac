"""Data classes that describe the demo. `occasions.py` has the content, and `build.py` creates the rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PASSWORD = "wishes come true"  # noqa: S105 - printed at each start, only for the demo's users

PEOPLE = {
    "Alice": "alice@example.com",
    "Bob": "bob@example.com",
    "Charlie": "charlie@example.com",
    "Grandma Rose": "rose@example.com",
    "Grandpa Walter": "walter@example.com",
    "Dana": "dana@example.com",
    "Eli": "eli@example.com",
    "Priya": "priya@example.com",
    "Fatima": "fatima@example.com",
    "Grace": "grace@example.com",
}
MODERATOR = ("Moderator", "admin@example.com")


WORTH_A_LOOK = (
    ("Alice", "her birthday list, a draft of hers, and no trace of what others do"),
    ("Bob", "the same list with everything on it, My gifts, and a shared list of the family for a party"),
    ("Fatima", "a revealed list: who gave what, with thank-you notes sent and still to send"),
    ("Grandma Rose", "a list for her and Walter, where neither of them sees who gives what"),
    ("Grace", "a list she keeps for her child"),
    ("Dana", "a wedding registry, where everyone sees everything"),
)
"""Which users to log in as, and what to see."""


@dataclass(frozen=True)
class Reserve:
    """A reservation. `who` is one of PEOPLE, or else the name of a guest."""

    who: str
    units: int = 1
    stage: str = "reserved"
    message: str = ""


@dataclass(frozen=True)
class ChipIn:
    who: str
    amount: str
    paid: bool = False


@dataclass(frozen=True)
class Collect:
    """A collection by one of PEOPLE, which ends in `days`."""

    who: str
    target: str
    days: int
    note: str


@dataclass(frozen=True)
class Wait:
    """An entry in the waiting line for an item that is taken."""

    who: str


@dataclass(frozen=True)
class Say:
    """A message among givers."""

    who: str
    text: str


@dataclass(frozen=True)
class Ask:
    """A question to the recipients. The list's owner answers it, unless `answer` is empty."""

    who: str
    text: str
    answer: str = ""


Act = Reserve | ChipIn | Collect | Wait | Say | Ask


@dataclass(frozen=True)
class Wish:
    """An item. `picture` names a file in static/demo. `mark` is the recipient's own flag.

    An item with `added_by` is visible to givers only, and a draft to its owner only. `instead_of` is the title of an
    earlier wish to which it is an alternative.
    """

    title: str
    picture: str
    price: str | None = None
    currency: str = "EUR"
    quantity: int | None = 1
    description: str = ""
    given: tuple[Act, ...] = ()
    mark: str = ""
    added_by: str = ""
    is_draft: bool = False
    instead_of: str = ""


@dataclass(frozen=True)
class Thank:
    """Thanks after the reveal: a note that is sent or not; without a note, the giver is ticked off as thanked."""

    who: str
    note: str = ""
    sent: bool = False


@dataclass(frozen=True)
class Occasion:
    """A list. It is due in `days`; `suggested` are suggestions, and `pot` are contributions to the whole list.

    The preset decides whether the owner is a recipient; `also_for` are other recipients. `thanked` are thanks of a
    revealed list.
    """

    title: str
    owner: str
    days: int
    description: str
    preset: str
    wishes: tuple[Wish, ...]
    let_in: dict[str, str] = field(default_factory=dict)
    also_for: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()
    """Addresses that got an invitation by e-mail, which nobody has accepted."""
    suggested: tuple[tuple[str, str, str], ...] = ()
    pot: tuple[ChipIn | Collect, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    is_revealed: bool = False
    thanked: tuple[Thank, ...] = ()


@dataclass(frozen=True)
class Thing:
    """A thing on a shared list. `who` gets it, or has ticked it off."""

    title: str
    picture: str
    quantity: int = 1
    who: str = ""
    is_done: bool = False


@dataclass(frozen=True)
class SharedList:
    """A shared list, and the group with which its owner shares it."""

    title: str
    owner: str
    group: str
    people: tuple[str, ...]
    things: tuple[Thing, ...]
