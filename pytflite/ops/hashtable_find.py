"""HASHTABLE_FIND: values of a hash table by key.

resource_id: one number, of HASHTABLE. keys: int64 or strings. default_value: its first element stands for what is not
found. output: values, of the shape of the keys. Not registered by BUILTIN_REF.

Source: ``hashtable_find.cc``, ``experimental/resource/static_hashtable.cc``.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Machine, Node, Op, Shape
from pytflite.ops._shared.tables import require_handle, table
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import HashtableFindOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.HASHTABLE_FIND, "resource_id keys default_value", "output", HashtableFindOptions, stateful=True)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """That of the keys."""
    require_handle(node)
    default = node["default_value"]
    node.require(prod(default.shape), f"{default} must have an element.")
    return [node["keys"].shape]


def params(node: Node) -> tuple[str, str]:
    """Dtype letters of keys and values."""
    return node["keys"].letter, node["output"].letter


@OP.rule("find", "res i64 str -> str", "res str i64 -> i64", params=params)
def define(resource_id: Array, keys: Array, default_value: Array, p: tuple[str, str], machine: Machine) -> Array:
    """Look up each key."""
    entries = table(machine, resource_id.item(), p).entries
    if entries is None:
        raise InvokeError("hashtable need to be initialized before using.")
    default = default_value.ravel()[0]
    output = np.empty(keys.size, default_value.dtype)
    output[:] = [entries.get(key, default) for key in keys.ravel().tolist()]
    return output.reshape(keys.shape)
