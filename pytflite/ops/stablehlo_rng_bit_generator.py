"""STABLEHLO_RNG_BIT_GENERATOR: random bits, and the state for the next ones.

initial_state: uint64, (2) or, for Philox alone, (3): a key, then a counter, in words of 32 bits. output_state: the same
key, the counter after the last number. output: the shape that the file gives it, filled word by word with what the
algorithm makes of key and counter; the default one is Philox.

Source: ``rng_bit_generator.cc``, ``rng_util.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.counter_random import philox, threefry
from pytflite.ops._api import Node, Op, Shape
from pytflite.schema.enums import BuiltinOperator, RngAlgorithm
from pytflite.schema.tables import StablehloRngBitGeneratorOptions

Array = npt.NDArray[Any]

OP = Op(
    BuiltinOperator.STABLEHLO_RNG_BIT_GENERATOR,
    "initial_state",
    "output_state output",
    StablehloRngBitGeneratorOptions,
)


class RngParams(NamedTuple):
    """What is wanted.

    Attributes:
        is_threefry: the algorithm, else it is Philox.
        shape: of the numbers.
        dtype: of the numbers, 32 or 64 bits wide.
    """

    is_threefry: bool
    shape: Shape
    dtype: np.dtype[Any]


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """The state's, and what the file says."""
    state, output_state, output = node["initial_state"], node["output_state"], node["output"]
    accepted: tuple[Shape, ...] = ((2,), (3,))
    if node.options.algorithm == RngAlgorithm.THREEFRY:
        accepted = ((2,),)
    node.require(state.shape in accepted, f"{state} must have {' or '.join(str(n) for (n,) in accepted)} elements.")
    node.require(output_state.tensor.shape == state.shape, f"{output_state} must have the shape of {state}.")
    return [state.shape, output.tensor.shape]


def params(node: Node) -> RngParams:
    """What is wanted."""
    output = node["output"]
    return RngParams(node.options.algorithm == RngAlgorithm.THREEFRY, output.shape, output.dtype)


@OP.rule("bits", "u64 -> u64 T", params=params, T="i32 u32 i64 u64")
def define(initial_state: Array, p: RngParams) -> Iterator[tuple[str, Array]]:
    """A block of words for each value of the counter."""
    key, counter = initial_state[0], initial_state[1]
    words = prod(p.shape) * p.dtype.itemsize // 4
    blocks = -(-words // (2 if p.is_threefry else 4))
    counters = counter + np.arange(blocks, dtype=np.uint64)
    stream = initial_state[2] if initial_state.size == 3 else key
    numbers = threefry(key, counters) if p.is_threefry else philox(key, counters, stream)
    output_state = initial_state.copy()
    output_state[1] = counter + np.uint64(blocks)
    yield "output_state", output_state
    yield "output", numbers.reshape(-1)[:words].view(p.dtype).reshape(p.shape)
