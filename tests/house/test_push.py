"""Everything that reaches a socket comes in through `realtime/capture/receivers.py` and goes out through
`realtime/log/hints.py`.

Nothing bypasses them: only services make writes that send no signal.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps

from core.db.models import PushedModel
from tests.support.sources import ROOT, Module, calls, modules

pytestmark = pytest.mark.once

PUBLISH, RECEIVERS = Path("realtime/log/hints.py"), Path("realtime/capture/receivers.py")
SAVED = {"post_save", "post_delete"}
SILENT = {
    "update",
    "bulk_create",
    "bulk_update",
    "delete",
    "aupdate",
    "abulk_create",
    "abulk_update",
    "adelete",
}
QUERIES = {
    "all", "filter", "exclude", "order_by", "objects", "select_related", "distinct", "live", "active", "open",
    "standing", "pending", "visible_to", "for_viewer", "held_by", "_default_manager", "_base_manager",
}  # fmt: skip


def _attribute(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _names(node: ast.AST) -> set[str]:
    return {found.id for found in ast.walk(node) if isinstance(found, ast.Name)}


def group_sends(root: Path) -> set[Path]:
    return {
        module.path
        for module in modules(root)
        if not module.is_test
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr == "group_send"
    }


def listeners(root: Path) -> set[Path]:
    """Return the modules that connect something to `post_save` or `post_delete`, in either way."""
    return {
        module.path
        for module in modules(root)
        if not module.is_test
        for call in calls(module)
        if (_attribute(call) == "connect" or getattr(call.func, "id", "") == "receiver")
        and _names(call) & SAVED
    }


def silent_writes(root: Path) -> list[str]:
    """Return `file:line word` for each write on a queryset that sends no signal, outside services, tests and
    migrations."""
    return [
        f"{module.path}:{call.lineno} {_attribute(call)}"
        for module in modules(root)
        if not (module.is_test or _may_write(module))
        for call in calls(module)
        if _attribute(call) in SILENT and _is_query(call)
    ]


def _may_write(module: Module) -> bool:
    """Services may, and so may the streams below them, which only the hub reads."""
    return (
        "services" in module.path.parts
        or "migrations" in module.path.parts
        or module.path.parts[0] == "realtime"
    )


def _is_query(call: ast.Call) -> bool:
    """Return whether the call is on a queryset, judged by the words before the dot. `set.update` and `dict.update` are
    not."""
    assert isinstance(call.func, ast.Attribute)
    words = {node.attr for node in ast.walk(call.func.value) if isinstance(node, ast.Attribute)}
    return bool(words & QUERIES)


def test_only_hints_send_to_the_channel_layer() -> None:
    assert group_sends(ROOT) == {PUBLISH}


def test_only_receivers_listen_to_saves() -> None:
    assert listeners(ROOT) == {RECEIVERS}


def test_only_services_write_without_signals() -> None:
    assert silent_writes(ROOT) == []


@pytest.mark.parametrize(
    "line",
    [
        "Item.objects.filter(pk=1).update(title='x')",
        "wishlist.items.live().delete()",
        "Item.objects.bulk_create([])",
        "Reservation.objects.all().bulk_update([], [])",
    ],
)
def test_planted_silent_write_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / "wishlists").mkdir()
    (tmp_path / "wishlists/admin.py").write_text(f"import x\n{line}\nseen.update(title='x')\n")
    [found] = silent_writes(tmp_path)
    assert found.startswith("wishlists/admin.py:2 ")


def test_planted_listeners_and_senders_are_found(tmp_path: Path) -> None:
    (tmp_path / "wishlists").mkdir()
    (tmp_path / "wishlists/hints.py").write_text(
        "post_save.connect(f, sender=Item)\nasync def f(layer):\n    await layer.group_send('g', {})\n"
    )
    assert group_sends(tmp_path) == listeners(tmp_path) == {Path("wishlists/hints.py")}


def test_saving_a_pushed_model_opens_a_change() -> None:
    """Every model that a receiver listens to inherits the base whose `save` and `delete` open a change."""
    pushed = {model.__name__ for model in apps.get_models() if issubclass(model, PushedModel)}
    assert {"Wishlist", "Member", "Item", "Reservation", "Contribution", "Suggestion", "PublicLink"} <= pushed
    assert {"User", "Session", "Notification"} <= pushed
