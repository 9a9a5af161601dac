"""Read a name for everything that docs/contract.md specifies, from its tables and lists.

A name says where it was found: `GET /users/me`, `Item.price`, `RECIPIENT: units_free`, `a recipient -> reserved`,
`server item_added.item`, `close 4400`. `test_complete.py` requires a case for each name, and no case for any other.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.contract.support.markdown import (
    between,
    fields_with_values,
    section,
    shaped,
    tables,
    ticked,
    without_asides,
    words_of,
)

CONTRACT = Path(__file__).parents[3] / "docs" / "contract.md"

_METHODS_OR_PATH = re.compile(r"((?:[A-Z]{3,6}(?:, )?)+)(?= `)|`([^`]+)`")
_ROLES = re.compile(
    r"Editors also (.+?) items and change (.+?); (.+?) are the owner's\. Viewers (.+?)\.", re.DOTALL
)


def names_by_part(text: str) -> dict[str, list[str]]:
    """Return all names, by the part of the contract that they come from."""
    http, who = section(text, "HTTP"), section(text, "Who may do what, and see what")
    errors, socket = section(text, "Errors"), section(text, "WebSocket")
    seen, transitions = tables(who)
    return {
        "endpoints": [name for row in tables(http)[0].rows for name in endpoints(row[0])],
        "bodies": [name for row in tables(http)[0].rows for name in body_fields(row)],
        "answers": [name for row in tables(http)[0].rows for name in answered(row)],
        "fields": _model_fields(http),
        "notifications": _notifications(http),
        "roles": _roles(who),
        "audiences": [name for row in seen.rows for name in audience_cells(seen.header, row)],
        "transitions": [
            f"{row[0]} -> {to.strip('`')}" for row in transitions.rows for to in transitions.header[1:]
        ],
        "activity": [
            f"activity {kind}" for kind in ticked(between(who, "activity of kind ", "\n")) if "item_" in kind
        ],
        "errors": _errors(errors),
        "ways in": _ways_in(socket),
        "client messages": _messages("client", between(socket, "Client → server:", "\n"), socket),
        "server events": _messages("server", between(socket, "`event` key:", ".\n"), socket),
        "close codes": [f"close {code}" for code in sorted(set(re.findall(r"\b4[45]\d\d\b", socket)))],
    }


def endpoints(cell: str) -> list[str]:
    """Return each method with each path of `GET, PATCH `/a`; POST `/b`, `…/c``. A path after “also as” counts as one
    more."""
    found: list[str] = []
    methods: list[str] = []
    path = ""
    for words, code in _METHODS_OR_PATH.findall(cell):
        if words:
            methods = words.strip(", ").split(", ")
            continue
        path = path.rpartition("/")[0] + code.removeprefix("…") if code.startswith("…") else code
        found += [f"{method} {path}" for method in methods]
    return found


def row_name(row: list[str]) -> str:
    """Return the name of a row, which is its first path."""
    return ticked(row[0])[0]


def body_fields(row: list[str]) -> list[str]:
    """Return `body /auth/register: email`, and `body …: role=viewer` for a value that is named."""
    return [f"body {row_name(row)}: {name}" for name in fields_with_values(row[1])]


def answered(row: list[str]) -> list[str]:
    """Return `answer /auth/register: 201` and `answer /auth/register: access_token`: statuses, and every word in
    backticks."""
    path, answer = row_name(row), row[2]
    statuses = re.findall(r"\b[2-5]\d\d\b", re.sub(r"`[^`]*`", "", answer))
    words = [word for code in ticked(answer) for word in words_of(code)]
    return [f"answer {path}: {name}" for name in dict.fromkeys([*statuses, *words])]


def _model_fields(http: str) -> list[str]:
    wishlist, item = between(http, "\nWishlist:", "\nItem:"), between(http, "\nItem:", "\nNotification kinds")
    return [
        *(f"Wishlist.{name}" for name in fields_with_values(wishlist)),
        *(f"Item.{name}" for name in fields_with_values(item)),
    ]


def _notifications(http: str) -> list[str]:
    return _named("notification", shaped(between(http, "payloads that clients translate:", "; any other")))


def _roles(who: str) -> list[str]:
    found = _ROLES.search(who)
    if found is None:
        raise LookupError("The contract no longer says in one sentence what editors, owners and viewers may.")
    who_may = zip(("editor", "editor changes", "owner only", "viewer"), found.groups(), strict=True)
    return [
        f"{role}: {what.strip('`')}" for role, text in who_may for what in re.split(r", | and ", text) if what
    ]


def audience_cells(header: list[str], row: list[str]) -> list[str]:
    """Return `GIVER: units_free` for each field of the row's first cell and each audience of the header."""
    audiences = [words_of(name)[0] for name in header[1:]]
    return [f"{audience}: {field}" for field in _fields(row[0]) for audience in audiences]


def _fields(cell: str) -> list[str]:
    """Expand `a_total`, `…_paid` and words to a_total, a_paid, words."""
    names: list[str] = []
    for part in re.split(r"[,;]", without_asides(cell)):
        name = part.strip(" `")
        names.append(names[-1].rpartition("_")[0] + name[1:] if name.startswith("…") else name)
    return names


def _errors(errors: str) -> list[str]:
    problem = between(errors, "`application/problem+json`: ", "One exception")
    conflict = between(errors, "a lost reservation is 409", "A list that")
    cors = between(errors, "allowed headers include ", "; errors carry")
    allowed, exposed = cors.split("; exposed ")
    return [
        *(f"problem {word}" for code in ticked(problem) for word in words_of(code)),
        *dict.fromkeys(
            f"conflict {word}" for code in ticked(conflict) for word in words_of(code) if "+" not in code
        ),
        *(f"jsend {word}" for word in re.findall(r'status: "(\w+)"', errors)),
        *(f"cors allows {word}" for word in words_of(allowed)),
        *(f"cors exposes {word}" for word in words_of(exposed)),
    ]


def _ways_in(socket: str) -> list[str]:
    paths = between(socket, "\n\n", ". A client authenticates")
    ways = between(socket, "authenticates by one of", "Client → server")
    return [
        *(f"socket {path}" for path in ticked(paths)),
        *(f"socket by message {event}" for event in re.findall(r'"event":"(\w+)"', ways)),
        *(f"socket by {query}" for query in re.findall(r"\?\w+=", ways)),
    ]


def _messages(side: str, listed: str, socket: str) -> list[str]:
    """Return the messages in `listed`. The fields of signing in are taken from the section on signing in."""
    shapes = shaped(listed)
    for code in ticked(between(socket, "authenticates by one of", "Client → server")):
        for event, fields in re.findall(r'^(?:{"event":")?(\w+)(?:",| {)(.*)}$', code):
            if shapes.get(event) == []:
                shapes[event] = words_of(fields.replace('"', "").replace(":…", ""))
    return _named(side, shapes)


def _named(kind: str, shapes: dict[str, list[str]]) -> list[str]:
    """Return `kind name` for each shape, and `kind name.field` for each of its fields."""
    names: list[str] = []
    for name, fields in shapes.items():
        names += [f"{kind} {name}", *(f"{kind} {name}.{field}" for field in dict.fromkeys(fields))]
    return names
