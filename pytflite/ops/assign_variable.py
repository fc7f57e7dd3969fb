"""ASSIGN_VARIABLE: give a variable a value, and with it a dtype and a shape.

resource_id: one number, of VAR_HANDLE. value: any.

Source: ``assign_variable.cc``, ``experimental/resource/resource_variable.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Machine, Node, Op, Shape
from pytflite.ops._shared.variables import variables
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import AssignVariableOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.ASSIGN_VARIABLE, "resource_id value", "", AssignVariableOptions, stateful=True)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """There are no outputs."""
    handle = node["resource_id"]
    node.require(set(handle.shape) <= {1}, f"{handle} must have one element.")
    return []


@OP.rule("assign", "H any ->", H="res i32")
def define(resource_id: Array, value: Array, p: None, machine: Machine) -> Iterator[tuple[str, Array]]:
    """Keep a copy."""
    kept = variables(machine)[resource_id.item()] = value.copy()
    yield "variable", kept
