"""From an operator of a file to the `Op` that declares it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from pytflite import ops
from pytflite.errors import ArgumentError
from pytflite.model.types import Operator
from pytflite.ops import custom
from pytflite.ops._api import Op
from pytflite.schema.enums import BuiltinOperator

CustomOps = Mapping[str, Op] | Iterable[Op]
"""Operators by custom code (or by name of the builtin operator that they replace), or just operators."""


def builtin(name: str) -> Op | None:
    """The declaration of a builtin operator by its schema name, None when this version has none."""
    module = f"{ops.__name__}.{name.lower()}"
    try:
        op: Op = importlib.import_module(module).OP
    except ModuleNotFoundError as missing:
        if missing.name != module:
            raise
        return None
    return op


def builtins() -> Iterator[Op]:
    """Every builtin operator that this version declares, by name."""
    for module in sorted(pkgutil.iter_modules(ops.__path__), key=lambda m: m.name):
        if not module.ispkg and not module.name.startswith("_"):
            op = builtin(module.name.upper())
            if op is not None:
                yield op


@cache
def customs() -> Mapping[str, Op]:
    """The custom operators that come with this version, by custom code."""
    modules = pkgutil.iter_modules(custom.__path__)
    found = [importlib.import_module(f"{custom.__name__}.{m.name}") for m in modules if not m.name.startswith("_")]
    return {code: module.OP for module in found for code in (module.OP.custom_code, *getattr(module, "ALSO", ()))}


def by_name(custom: CustomOps | None) -> dict[str, Op]:
    """Operators by the name that they are found by.

    Raises:
        ArgumentError: something among them is no declaration.
    """
    pairs = custom.items() if isinstance(custom, Mapping) else ((getattr(op, "name", ""), op) for op in custom or ())
    named = dict(pairs)
    for op in named.values():
        if not isinstance(op, Op):
            raise ArgumentError(f"Custom operator {op!r} is no Op: make one of a function with pytflite.custom_op.")
    return named


class OpResolver:
    """Builtin operators, those that come with this version, and before them what a user registered.

    Args:
        custom: the latter.

    Raises:
        ArgumentError: something among them is no declaration.
    """

    def __init__(self, custom: CustomOps | None = None) -> None:
        self._custom = by_name(custom)

    def find(self, operator: Operator) -> Op | None:
        """The declaration of an operator of a file, None when there is none."""
        if operator.name in self._custom:
            return self._custom[operator.name]
        if operator.builtin is BuiltinOperator.CUSTOM:
            return customs().get(operator.custom_code)
        return builtin(operator.builtin.name) if isinstance(operator.builtin, BuiltinOperator) else None
