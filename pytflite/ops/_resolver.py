"""From an operator of a file to the `Op` that declares it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping

from pytflite import ops
from pytflite.model.types import Operator
from pytflite.ops._api import Op
from pytflite.schema.enums import BuiltinOperator


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
        if not module.name.startswith("_"):
            op = builtin(module.name.upper())
            if op is not None:
                yield op


class OpResolver:
    """Builtin operators, plus what a user registered: custom operators by name, or replacements of builtins.

    Args:
        custom: custom code, or name of a builtin operator -> its declaration.
    """

    def __init__(self, custom: Mapping[str, Op] | None = None) -> None:
        self._custom = dict(custom or {})

    def find(self, operator: Operator) -> Op | None:
        """The declaration of an operator of a file, None when there is none."""
        if operator.name in self._custom:
            return self._custom[operator.name]
        if operator.custom_code or not isinstance(operator.builtin, BuiltinOperator):
            return None
        return builtin(operator.builtin.name)
