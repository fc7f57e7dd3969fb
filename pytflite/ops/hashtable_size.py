"""HASHTABLE_SIZE: how many entries a hash table has.

resource_id: one number, of HASHTABLE. output: one int64. Not registered by BUILTIN_REF.

Source: ``hashtable_size.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Machine, Node, Op, Shape
from pytflite.ops._shared.tables import require_handle, table
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import HashtableSizeOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.HASHTABLE_SIZE, "resource_id", "output", HashtableSizeOptions, stateful=True)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """One number."""
    require_handle(node)
    return [(1,)]


@OP.rule("size", "res -> i64")
def define(resource_id: Array, p: None, machine: Machine) -> Array:
    """0 before anything is imported."""
    return np.array([len(table(machine, resource_id.item()).entries or {})], np.int64)
