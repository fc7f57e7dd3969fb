"""HASHTABLE_IMPORT: fill a hash table, unless that is done.

resource_id: one number, of HASHTABLE. keys, values: int64 and strings, or the other way round, of the same shape. Of
equal keys the first counts. Not registered by BUILTIN_REF.

Source: ``hashtable_import.cc``, ``experimental/resource/static_hashtable.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Machine, Node, Op, Shape
from pytflite.ops._shared.tables import require_handle, table
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import HashtableImportOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.HASHTABLE_IMPORT, "resource_id keys values", "", HashtableImportOptions, stateful=True)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """There are no outputs."""
    require_handle(node)
    keys, values = node["keys"], node["values"]
    node.require(keys.shape == values.shape, f"{keys} and {values} must have the same shape.")
    return []


def params(node: Node) -> tuple[str, str]:
    """Dtype letters of keys and values."""
    return node["keys"].letter, node["values"].letter


@OP.rule("import", "res i64 str ->", "res str i64 ->", params=params)
def define(
    resource_id: Array, keys: Array, values: Array, p: tuple[str, str], machine: Machine
) -> Iterator[tuple[str, dict[Any, Any]]]:
    """A later import changes nothing."""
    found = table(machine, resource_id.item(), p)
    if found.entries is None:
        pairs = zip(keys.ravel().tolist(), values.ravel().tolist(), strict=True)
        found.entries = dict(reversed(list(pairs)))
    yield "entries", found.entries
