"""HASHTABLE: the number of a hash table.

output: one number, table_id. Keys are int64 and values strings, or the other way round, as key_dtype and value_dtype
say; the table is empty until HASHTABLE_IMPORT fills it. Not registered by BUILTIN_REF.

Source: ``hashtable.cc``, ``experimental/resource/static_hashtable.cc``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Machine, Node, Op, Shape
from pytflite.ops._shared.tables import LETTERS, TABLES, Table
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import HashtableOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.HASHTABLE, "", "resource_id", HashtableOptions, stateful=True)


class Params(NamedTuple):
    """The number, and the dtype letters of keys and values."""

    table_id: int
    key: str
    value: str


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """One number."""
    types = {node.options.key_dtype, node.options.value_dtype}
    node.require(types == set(LETTERS), "Keys and values must be INT64 and STRING, or STRING and INT64.")
    return [(1,)]


def params(node: Node) -> Params:
    """What the options say."""
    options = node.options
    return Params(options.table_id, LETTERS[options.key_dtype], LETTERS[options.value_dtype])


@OP.rule("handle", "-> res", params=params)
def define(p: Params, machine: Machine) -> Array:
    """Make the table, the first time."""
    machine.resources.setdefault(TABLES, {}).setdefault(p.table_id, Table(p.key, p.value))
    return np.array([p.table_id], np.int32)
