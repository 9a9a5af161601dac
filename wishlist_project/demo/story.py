"""How the demo's occasions are told. What is told is in `occasions.py`; what it becomes, in `build.py`."""

from __future__ import annotations

from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class Reserve:
    """`who` is one of PEOPLE, or else a guest of that name."""

    who: str
    units: int = 1
    bought: bool = False
    message: str = ""


@dataclass(frozen=True)
class ChipIn:
    who: str
    amount: str
    paid: bool = False


@dataclass(frozen=True)
class Wish:
    """`picture` names a file in static/demo. `mark` is the recipient's own flag."""

    title: str
    picture: str
    price: str | None = None
    currency: str = "EUR"
    quantity: int | None = 1
    description: str = ""
    given: tuple[Reserve | ChipIn, ...] = ()
    mark: str = ""


@dataclass(frozen=True)
class Occasion:
    """A list. `days` is how far away it is; `suggested` is who proposed what."""

    title: str
    owner: str
    days: int
    description: str
    policy: str
    wishes: tuple[Wish, ...]
    let_in: dict[str, str] = field(default_factory=dict)
    suggested: tuple[tuple[str, str, str], ...] = ()
    for_someone_else: bool = False
    names_shown: bool = True
    is_public: bool = False
