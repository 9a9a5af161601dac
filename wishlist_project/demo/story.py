"""How the demo's occasions are told. What is told is in `occasions.py`; what it becomes, in `build.py`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PASSWORD = "wishes come true"  # noqa: S105 - printed at each start, and good for the demo's people only

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
    ("Bob", "the same list with everything on it, and My gifts"),
    ("Fatima", "a revealed list: who gave what, with thank-you notes sent and still to send"),
    ("Grandma Rose", "a list for her and Walter, where neither of them sees who gives what"),
    ("Grace", "a list she keeps for her child"),
    ("Dana", "a wedding registry, where everyone sees everything"),
)
"""As whom to log in, and for what."""


@dataclass(frozen=True)
class Reserve:
    """`who` is one of PEOPLE, or else a guest of that name."""

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
    """One of PEOPLE collects, for so many more days."""

    who: str
    target: str
    days: int
    note: str


@dataclass(frozen=True)
class Wait:
    """Get in line for what somebody else has."""

    who: str


@dataclass(frozen=True)
class Say:
    """Something among givers."""

    who: str
    text: str


@dataclass(frozen=True)
class Ask:
    """A question to those for whom it is. The list's owner answers, if there is an answer."""

    who: str
    text: str
    answer: str = ""


Act = Reserve | ChipIn | Collect | Wait | Say | Ask


@dataclass(frozen=True)
class Wish:
    """`picture` names a file in static/demo. `mark` is the recipient's own flag.

    What `added_by` adds is for givers alone; a draft is its owner's alone. `instead_of` is the title of an earlier wish
    that it is an alternative of.
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
    """After the reveal: a note that is sent, or is still to be sent; without a note, ticked off."""

    who: str
    note: str = ""
    sent: bool = False


@dataclass(frozen=True)
class Occasion:
    """A list. `days` is how far away it is, `suggested` who proposed what, `pot` what is chipped in for all of it.

    It is for its owner, as the preset says, and for `also_for`. `thanked` are those whom a revealed list thanks.
    """

    title: str
    owner: str
    days: int
    description: str
    preset: str
    wishes: tuple[Wish, ...]
    let_in: dict[str, str] = field(default_factory=dict)
    also_for: tuple[str, ...] = ()
    suggested: tuple[tuple[str, str, str], ...] = ()
    pot: tuple[ChipIn | Collect, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    is_revealed: bool = False
    thanked: tuple[Thank, ...] = ()
