"""Write scripts: the requests of recipients, the visible acts of givers, and their secret acts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.twin_worlds import routes
from tests.twin_worlds.bodies import Body
from tests.twin_worlds.giving import GIVERS, SECRET, SECRET_OF_GUESTS, Act
from tests.twin_worlds.world import CANARY, Call, World

STEPS = 16
LOOKS = 14
_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Step:
    """One step of a script. A secret step happens in one world only, or somebody else does it in the other one."""

    number: int
    kind: str
    call: Call


def filled(text: str, world: World, dice: Random, who: str = "") -> str:
    return _PARAMETER.sub(lambda name: world.some(name[1], dice, who), text)


def recipients_call(world: World, dice: Random, *, last: bool) -> Call:
    """Return a request to any route with any method. Most are about the list, because nothing else could show secrets."""
    who = dice.choice(world.RECIPIENTS)
    if last:
        method, path = dice.choice(sorted(routes.LAST_CALLS))
        return Call(who, True, method, filled(f"/api/v1/{path}", world, dice))
    if world.is_superuser and dice.random() < 0.3:
        return _in_admin(who, world, dice)
    if dice.random() < 0.4:
        return _page(who, world, dice)
    path = _one_of(routes.API, dice)
    offered = [method for method in routes.methods_of(path) if (method, path) not in routes.LAST_CALLS]
    method = dice.choice(offered if offered and dice.random() < 0.95 else routes.METHODS)
    body = (
        None
        if method in ("GET", "DELETE")
        else _filled_body(dice.choice(routes.api_bodies(method, path)), world, dice)
    )
    query = filled(routes.query_of(path), world, dice)
    return Call(who, True, method, filled(f"/api/v1/{path}".removesuffix("/"), world, dice) + query, body)


def everything(world: World, dice: Random, who: str = "", *, item: str = "") -> list[Call]:
    """Near the end recipients look around: at a part of all that can be read. `who` looks at all of it, with that item."""
    read = [(True, path) for path in routes.API if "GET" in routes.methods_of(path)]
    shown = [(False, path) for path in routes.PAGES if path not in routes.PRESSED]
    calls = []
    for api, path in read + shown if who else dice.sample(read + shown, LOOKS):
        query = filled(routes.query_of(path), world, dice) if api else ""
        named = path.replace("{item_id}", item or "{item_id}")
        address = filled(f"/api/v1/{named}".removesuffix("/") if api else f"/{named}", world, dice)
        calls.append(Call(who or dice.choice(world.RECIPIENTS), api, "GET", address + query))
    return calls


def _page(who: str, world: World, dice: Random) -> Call:
    path = _one_of(routes.PAGES, dice)
    if dice.random() < (0.05 if path in routes.PRESSED else 0.6):
        return Call(who, False, "GET", filled(f"/{path}", world, dice))
    body = _filled_body(dice.choice(routes.page_bodies(path)), world, dice)
    return Call(who, False, "POST", filled(f"/{path}", world, dice), body)


def _in_admin(who: str, world: World, dice: Random) -> Call:
    address = dice.choice(routes.admin_routes())
    actions = routes.admin_actions(address)
    if actions and dice.random() < 0.4:
        body = {
            "action": dice.choice(actions),
            "_selected_action": _of_model(address, world, dice),
            "reason": "asked to",
            "apply": "1",
        }
        return Call(who, False, "POST", f"/{address}", body)
    query = dice.choice(("", "", f"?q={CANARY}", "?q=Kettle"))
    path = address.replace("{object_id}", _of_model(address, world, dice))
    return Call(who, False, "GET", "/" + filled(path, world, dice) + query)


def _of_model(address: str, world: World, dice: Random) -> str:
    """Return an object of the model of `admin/<app>/<model>/…`, if there is one in this world."""
    parts = address.split("/")
    return world.some(f"{parts[2]}_id" if len(parts) > 2 else "", dice)


def _one_of(table: dict[str, routes.Bodies], dice: Random) -> str:
    close = [path for path in table if "{wishlist_id}" in path or "{item_id}" in path]
    return dice.choice(close if dice.random() < 0.75 else list(table))


def _filled_body(body: dict[str, Any], world: World, dice: Random, who: str = "") -> dict[str, Any]:
    def fill(value: Any) -> Any:
        if isinstance(value, str):
            return filled(value, world, dice, who)
        if isinstance(value, list):
            return [fill(one) for one in value]
        return {name: fill(one) for name, one in value.items()} if isinstance(value, dict) else value

    return {name: fill(value) for name, value in body.items()}


_ITEM = "/api/v1/wishlists/{wishlist_id}/items/{item_id}"

SEEN: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("POST", "/api/v1/wishlists/{wishlist_id}/suggestions", {"title": "Tea"}),
    ("POST", f"{_ITEM}/messages", {"lane": "questions", "text": "Which colour?"}),
    ("PATCH", "/api/v1/users/me", {"avatar_url": "https://example.com/bob.png"}),
    ("GET", "/api/v1/wishlists", None),
    ("GET", "/api/v1/wishlists/{wishlist_id}", None),
)
"""What givers do in both worlds, because recipients may see it, or because it changes nothing."""


def givers_call(
    table: tuple[tuple[str, str, dict[str, Any] | None], ...], world: World, dice: Random
) -> Call:
    method, path, body = dice.choice(table)
    return Call(dice.choice(world.GIVERS), True, method, filled(path, world, dice), body)


def secret_call(world: World, dice: Random) -> Call:
    act = dice.choice(SECRET if dice.random() < 0.75 else SECRET_OF_GUESTS)
    return call_of(act, dice.choice(act.bodies(CANARY)), world, dice)


def call_of(act: Act, body: Body | None, world: World, dice: Random) -> Call:
    """Return the act as a request of a random giver, mostly about something of their own."""
    who = dice.choice(world.GIVERS) if act.who == GIVERS else act.who
    path = filled(act.path, world, dice, who)
    return Call(
        who, act.is_api, act.method, path, None if body is None else _filled_body(body, world, dice, who)
    )


def every_secret_call(world: World, dice: Random, *, thoroughly: bool = False) -> list[Call]:
    """Each secret act once, or with each of its bodies."""
    calls = []
    for act in (*SECRET, *SECRET_OF_GUESTS):
        made = act.bodies(CANARY)
        calls += [call_of(act, body, world, dice) for body in (made if thoroughly else made[:1])]
    return calls
