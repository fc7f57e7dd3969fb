"""READ_VARIABLE: the value of a variable.

resource_id: one number, of VAR_HANDLE. output: of the variable's dtype. If the file gives it dimensions it has those,
filled with the first elements of the variable; a scalar in the file means the shape of the variable.

Source: ``read_variable.cc``.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.ops._api import Machine, Node, Op, Shape
from pytflite.ops._shared.variables import variables
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ReadVariableOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.READ_VARIABLE, "resource_id", "output", ReadVariableOptions, stateful=True)


class Params(NamedTuple):
    """The dtype that is expected, and the shape, None for that of the variable."""

    dtype: np.dtype[Any]
    shape: Shape | None


@OP.shapes
def shapes(node: Node) -> list[Shape | None]:
    """That of the file, unless it may be anything."""
    handle = node["resource_id"]
    node.require(set(handle.shape) <= {1}, f"{handle} must have one element.")
    return [params(node).shape]


def params(node: Node) -> Params:
    """What the file says."""
    output = node["output"]
    return Params(output.dtype, output.tensor.shape or None)


@OP.rule("read", "H -> any", params=params, H="res i32")
def define(resource_id: Array, p: Params, machine: Machine) -> Array:
    """A copy."""
    number = resource_id.item()
    value = variables(machine).get(number)
    if value is None:
        raise InvokeError(f"Variable {number} is read before it is assigned.")
    if value.dtype != p.dtype:
        raise InvokeError(f"Variable {number} is {value.dtype}, not {p.dtype}.")
    if p.shape is None:
        return value.copy()
    count = prod(p.shape)
    if value.size < count:
        raise InvokeError(f"Variable {number} has {value.size} elements, {count} are read.")
    return value.reshape(-1)[:count].reshape(p.shape).copy()
