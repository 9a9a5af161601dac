"""How a case says what it covers, and how all that is covered is gathered."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import TypeVar

from tests import contract

Case = TypeVar("Case", bound=Callable[..., object])


def covers(*names: str) -> Callable[[Case], Case]:
    """These promises of the contract (see tables.py for their names) are tried by this case."""

    def marked(case: Case) -> Case:
        vars(case).setdefault("covers", []).extend(names)
        return case

    return marked


def says(*sentences: str) -> Callable[[Case], Case]:
    """The contract says this outside its tables, in these very words, and this case tries it."""

    def marked(case: Case) -> Case:
        vars(case).setdefault("says", []).extend(sentences)
        return case

    return marked


def each(prefix: str, names: str) -> list[str]:
    """`prefix` before each of the words in `names`."""
    return [prefix + name for name in names.split()]


def gathered(what: str) -> set[str]:
    """All that the cases of `tests/contract` say they cover (`covers`) or quote (`says`)."""
    return {name for case in _cases() for name in getattr(case, what, ())}


def _cases() -> Iterator[FunctionType]:
    for module in pkgutil.walk_packages(contract.__path__, f"{contract.__name__}."):
        if module.name.rpartition(".")[2].startswith("test_"):
            yield from _functions(vars(importlib.import_module(module.name)))


def _functions(names: dict[str, object]) -> Iterator[FunctionType]:
    """The functions that pytest collects."""
    for name, value in names.items():
        if isinstance(value, FunctionType) and name.startswith("test_"):
            yield value
