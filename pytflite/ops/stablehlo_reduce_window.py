"""STABLEHLO_REDUCE_WINDOW: windows of a tensor with gaps and borders, each reduced to one element.

input: rank 1 to 6. init_value: one element, from which every reduction starts and which fills gaps and borders.
output: as many windows as fit. Between elements are gaps of ``base_dilations - 1``; ``padding``, two numbers for each
dimension, is put around them or, where negative, cut off. Lists of the options that are empty stand for ones, in
``padding`` for zeros.

The one operator of the body says how elements of a window are combined, one after the other in row-major order, in
their own type; booleans in int8.

Source: ``stablehlo_reduce_window.cc``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.places import Places, placed, places_of
from pytflite.ops._shared.reducing_windows import REDUCED, Windows, reduce_windows, windows_of
from pytflite.schema.enums import BuiltinOperator, ReduceWindowFunction
from pytflite.schema.tables import StablehloReduceWindowOptions

Array = npt.NDArray[Any]

OP = Op(BuiltinOperator.STABLEHLO_REDUCE_WINDOW, "input init_value", "output", StablehloReduceWindowOptions)

FUNCTIONS = {
    BuiltinOperator.ADD: ReduceWindowFunction.ADD,
    BuiltinOperator.MUL: ReduceWindowFunction.MUL,
    BuiltinOperator.MINIMUM: ReduceWindowFunction.MINIMUM,
    BuiltinOperator.MAXIMUM: ReduceWindowFunction.MAXIMUM,
    BuiltinOperator.LOGICAL_AND: ReduceWindowFunction.ALL,
    BuiltinOperator.LOGICAL_OR: ReduceWindowFunction.ANY,
    BuiltinOperator.STABLEHLO_ADD: ReduceWindowFunction.ADD,
    BuiltinOperator.STABLEHLO_MULTIPLY: ReduceWindowFunction.MUL,
    BuiltinOperator.STABLEHLO_MINIMUM: ReduceWindowFunction.MINIMUM,
    BuiltinOperator.STABLEHLO_MAXIMUM: ReduceWindowFunction.MAXIMUM,
    BuiltinOperator.STABLEHLO_AND: ReduceWindowFunction.ALL,
}
"""What the operator of a body means, whatever it says of types."""


class ReduceParams(NamedTuple):
    """What is reduced.

    Attributes:
        places: where elements are before they are reduced.
        windows: over those.
    """

    places: Places
    windows: Windows


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """How many windows there are."""
    return [params(node).windows.shape]


def params(node: Node) -> ReduceParams:
    """The elements with gaps and borders, and the windows over them."""
    input, options = node["input"], node.options
    rank = len(input.shape)
    ones = (1,) * rank
    steps, padding = options.base_dilations or ones, options.padding or (0,) * 2 * rank
    node.require(len(steps) == rank and min(steps, default=1) > 0, f"base_dilations must be {rank} positive numbers.")
    node.require(len(padding) == 2 * rank, f"padding must be {2 * rank} numbers, two for each dimension.")
    numbers = zip(input.shape, steps, padding[::2], padding[1::2], strict=True)
    node.require(0 not in input.shape or max(steps, default=1) == 1, f"{input} must have no size 0, or no gaps.")
    shape = tuple(low + (size - 1) * step + 1 + high for size, step, low, high in numbers)
    node.require(min(shape, default=1) > 0 or not any(padding), f"padding leaves nothing of {input}.")
    windows = windows_of(
        node,
        shape,
        function_of(node),
        options.window_dimensions,
        options.window_strides or ones,
        options.window_dilations or ones,
    )
    return ReduceParams(places_of(input.shape, zip(padding[::2], steps, strict=True), shape), windows)


def function_of(node: Node) -> ReduceWindowFunction:
    """What the one operator of the body means."""
    body = node.body(node.options.body_subgraph_index)
    node.require(
        len(body) == 1 and body[0].builtin in FUNCTIONS,
        "Its body must be one of " + ", ".join(known.name for known in FUNCTIONS) + ".",
    )
    return FUNCTIONS[BuiltinOperator(body[0].builtin)]


@OP.rule("reduce", "T T -> T", params=params, T=REDUCED)
def define(input: Array, init_value: Array, p: ReduceParams) -> Array:
    """Put every element in its place, then reduce."""
    return reduce_windows(placed(input, init_value, p.places), init_value, p.windows)
