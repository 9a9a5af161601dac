"""Our own source code as syntax trees, for tests of the structure."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "core",
    "accounts",
    "jobs",
    "notices",
    "people",
    "wishlists",
    "sharing",
    "moderation",
    "exchanges",
    "realtime",
    "webhooks",
    "wishlist_project",
    "tests",
)


@dataclass(frozen=True)
class Module:
    root: Path
    path: Path
    name: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree. Parsed only when needed, because most tests skip most modules."""
        return ast.parse((self.root / self.path).read_text(), str(self.path))

    @property
    def is_test(self) -> bool:
        return "tests" in self.path.parts or self.path.name == "conftest.py"


def modules(root: Path = ROOT) -> Iterator[Module]:
    """Yield every module of ours under `root`, including tests and migrations."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            inside = path.relative_to(root)
            name = ".".join(inside.with_suffix("").parts).removesuffix(".__init__")
            yield Module(root, inside, name)


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Yield line and full name of everything that `module` imports, at any place, including imports for types only."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = _absolute(module, node)
            yield from ((node.lineno, f"{source}.{alias.name}") for alias in node.names)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module.name.split(".")
    up = node.level - (module.path.name == "__init__.py")
    return ".".join([*package[: len(package) - up], *filter(None, [node.module])])


def calls(module: Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))
