"""REDUCE_WINDOW: windows of a tensor, each reduced to one element.

input: rank 1 to 6. init_value: one element, from which every reduction starts. window_dimensions, window_strides,
window_dilations: (rank) int64. output: as many windows as fit into the input.

The elements of a window are added, multiplied, compared or taken for truth values one after the other in row-major
order, in their own type; booleans in int8.

Source: ``stablehlo_reduce_window.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.movement import integers
from pytflite.ops._shared.reducing_windows import REDUCED, STEPS, Windows, reduce_windows, windows_of
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ReduceWindowOptions

Array = npt.NDArray[Any]

OP = Op(
    BuiltinOperator.REDUCE_WINDOW,
    "input init_value window_dimensions window_strides window_dilations",
    "output",
    ReduceWindowOptions,
)


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """How many windows there are."""
    return [params(node).shape]


def params(node: Node) -> Windows:
    """The windows."""
    function = node.options.reduce_function
    node.require(function in STEPS, "reduce_function must be one of " + ", ".join(known.name for known in STEPS) + ".")
    numbers = (integers(node, f"window_{name}") for name in ("dimensions", "strides", "dilations"))
    return windows_of(node, node["input"].shape, function, *numbers)


@OP.rule("reduce", "T T i64 i64 i64 -> T", params=params, T=REDUCED)
def define(
    input: Array,
    init_value: Array,
    window_dimensions: Array,
    window_strides: Array,
    window_dilations: Array,
    p: Windows,
) -> Array:
    """Element by element."""
    return reduce_windows(input, init_value, p)
