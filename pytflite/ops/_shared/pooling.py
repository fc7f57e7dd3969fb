"""Pools: one value for each channel from what a window shows of an image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._shared.epilogues import plain_activation, quantized_activation
from pytflite.ops._shared.windows import Tap, Window, taps, window_of

if TYPE_CHECKING:
    from pytflite.ops._api import Node, Shape

Array = npt.NDArray[Any]


class PoolParams(NamedTuple):
    """What the rules are given.

    Attributes:
        window: geometry.
        filter_h: rows of the window.
        filter_w: columns of the window.
        activation_min: smallest output that the fused activation lets pass.
        activation_max: largest one.
    """

    window: Window
    filter_h: int
    filter_w: int
    activation_min: Any
    activation_max: Any


def pool_params(node: Node) -> PoolParams:
    """Params of every rule. Integers without a scale are clamped as plain numbers."""
    options, output = node.options, node["output"]
    activation = quantized_activation if output.is_quantized and output.letter != "f32" else plain_activation
    return PoolParams(pool_window(node), options.filter_height, options.filter_width, *activation(node))


def pool_window(node: Node) -> Window:
    """The window, which has as many rows and columns as the options say."""
    return window_of(node, node.options.filter_height, node.options.filter_width)


def pool_shapes(node: Node) -> list[Shape]:
    """(batch, output height, output width, channels)."""
    input = node["input"]
    node.require(len(input.shape) == 4, f"{input} must have 4 dimensions.")
    window = pool_window(node)
    return [(input.shape[0], window.output_h, window.output_w, input.shape[3])]


def pooled(input: Array, p: PoolParams, fill: npt.ArrayLike, dtype: npt.DTypeLike) -> tuple[Array, Iterator[Tap]]:
    """An accumulator of the shape of the output, and the taps of the window in row-major order."""
    batch, height, width, channels = input.shape
    accumulator = np.full((batch, p.window.output_h, p.window.output_w, channels), fill, dtype)
    return accumulator, taps(p.window, p.filter_h, p.filter_w, height, width)


def accumulate(input: Array, p: PoolParams, dtype: npt.DTypeLike) -> tuple[Array, Array]:
    """Sums of what is seen, and how many elements are in each: (1, output height, output width, 1)."""
    accumulator, taps = pooled(input, p, 0, dtype)
    count = np.zeros((1, *accumulator.shape[1:3], 1), np.int32)
    for tap in taps:
        accumulator[tap.positions] += input[tap.pixels]
        count[tap.positions] += 1
    return accumulator, count


def clamp(values: Array, p: PoolParams, dtype: np.dtype[Any]) -> Array:
    """The fused activation, in the type of the output."""
    return np.clip(values, p.activation_min, p.activation_max).astype(dtype)
