"""VAR_HANDLE: the number of a variable.

output: one number, the same for the same container and name wherever in the model they are.

Source: ``var_handle.cc``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Machine, Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import VarHandleOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.VAR_HANDLE, "", "resource_id", VarHandleOptions, stateful=True)


class Params(NamedTuple):
    """What a variable is called, and the shape of its number."""

    container: str
    shared_name: str
    shape: Shape


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """What the file says: one element."""
    handle = node["resource_id"]
    node.require(set(handle.shape) <= {1}, f"{handle} must have one element.")
    return [handle.shape]


def params(node: Node) -> Params:
    """The names, empty where the file has none."""
    options = node.options
    return Params(options.container or "", options.shared_name or "", node["resource_id"].shape)


@OP.rule("handle", "-> H", params=params, H="res i32")
def define(p: Params, machine: Machine) -> Array:
    """Numbers are given in the order in which variables are first asked for."""
    numbers = machine.resources.setdefault("variable numbers", {})
    return np.full(p.shape, numbers.setdefault((p.container, p.shared_name), len(numbers)), np.int32)
