"""Decorators with which a case says what it covers, and a function that collects everything that is covered."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import TypeVar

from tests import contract

Case = TypeVar("Case", bound=Callable[..., object])


def covers(*names: str) -> Callable[[Case], Case]:
    """This case tests these parts of the contract. Names are explained in tables.py."""

    def marked(case: Case) -> Case:
        vars(case).setdefault("covers", []).extend(names)
        return case

    return marked


def says(*sentences: str) -> Callable[[Case], Case]:
    """This case tests a sentence outside the contract's tables, quoted word for word."""

    def marked(case: Case) -> Case:
        vars(case).setdefault("says", []).extend(sentences)
        return case

    return marked


def each(prefix: str, names: str) -> list[str]:
    """Return the names with `prefix` before each of the words in `names`."""
    return [prefix + name for name in names.split()]


def gathered(what: str) -> set[str]:
    """Return everything that the cases of `tests/contract` cover (`covers`) or quote (`says`)."""
    return {name for case in _cases() for name in getattr(case, what, ())}


def _cases() -> Iterator[FunctionType]:
    for module in pkgutil.walk_packages(contract.__path__, f"{contract.__name__}."):
        if module.name.rpartition(".")[2].startswith("test_"):
            yield from _functions(vars(importlib.import_module(module.name)))


def _functions(names: dict[str, object]) -> Iterator[FunctionType]:
    """Return the functions that pytest collects."""
    for name, value in names.items():
        if isinstance(value, FunctionType) and name.startswith("test_"):
            yield value
