"""Windows that are reduced to one element each: REDUCE_WINDOW and STABLEHLO_REDUCE_WINDOW."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.schema.enums import ReduceWindowFunction

if TYPE_CHECKING:
    from pytflite.ops._api import Node, Shape

Array = npt.NDArray[Any]

Step = Callable[[Array, Array], Array]
"""From what is reduced so far and the next element to what is reduced then."""

REDUCED = "f32 f64 i8 u8 i16 i32 i64 b"
"""Element types; booleans are reduced as int8."""

MAX_RANK = 6

STEPS: dict[ReduceWindowFunction, Step] = {
    ReduceWindowFunction.ADD: np.add,
    ReduceWindowFunction.MUL: np.multiply,
    ReduceWindowFunction.MINIMUM: lambda first, second: np.where(first <= second, first, second),
    ReduceWindowFunction.MAXIMUM: lambda first, second: np.where(first >= second, first, second),
    ReduceWindowFunction.ALL: np.logical_and,
    ReduceWindowFunction.ANY: np.logical_or,
}
"""NaN gives way to what follows it where elements are compared."""


class Windows(NamedTuple):
    """What is reduced.

    Attributes:
        function: how.
        sizes: of a window.
        strides: steps between windows.
        dilations: steps between the elements of a window.
        shape: of the output.
    """

    function: ReduceWindowFunction
    sizes: Shape
    strides: Shape
    dilations: Shape
    shape: Shape


def windows_of(
    node: Node, input: Shape, function: ReduceWindowFunction, sizes: Shape, strides: Shape, dilations: Shape
) -> Windows:
    """Windows over a shape, and as many as fit into it.

    Raises:
        PrepareError: wrong ranks, or numbers that are not positive.
    """
    rank = len(input)
    node.require(1 <= rank <= MAX_RANK, f"{node['input']} must have 1 to {MAX_RANK} dimensions.")
    for name, numbers in (("dimensions", sizes), ("strides", strides), ("dilations", dilations)):
        node.require(len(numbers) == rank, f"There are {len(numbers)} window {name} for {node['input']}.")
        node.require(min(numbers) > 0, f"Window {name} must be positive.")
    node.require(node["init_value"].shape in ((), (1,)), f"{node['init_value']} must have one element.")
    extents = [(size - 1) * dilation + 1 for size, dilation in zip(sizes, dilations, strict=True)]
    shape = tuple(max((n - e) // s + 1, 0) for n, e, s in zip(input, extents, strides, strict=True))
    return Windows(function, sizes, strides, dilations, shape)


def reduce_windows(input: Array, init_value: Array, p: Windows) -> Array:
    """Start from the initial value and take the elements of a window in row-major order; integers wrap."""
    numbers, start = (array.view(np.int8) if array.dtype == bool else array for array in (input, init_value))
    output = np.full(p.shape, start.reshape(()), numbers.dtype)
    if output.size:
        for tap in np.ndindex(*p.sizes):
            starts = [i * dilation for i, dilation in zip(tap, p.dilations, strict=True)]
            ends = [first + (n - 1) * s + 1 for first, n, s in zip(starts, p.shape, p.strides, strict=True)]
            elements = numbers[tuple(map(slice, starts, ends, p.strides))]
            output = STEPS[p.function](output, elements).astype(numbers.dtype)
    return output.view(input.dtype)
