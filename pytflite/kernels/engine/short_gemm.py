"""Tiles of products of int16 with weights of 8 bits, which come widened: two vectors of channels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from pytflite.kernels.engine._ir import at, call, constant, i8, i16, i32, i64, load, shuffle, splat, vector
from pytflite.kernels.engine.convolution import make_strip
from pytflite.kernels.engine.epilogue import HEAD, RECIPES, store_codes
from pytflite.kernels.engine.isa import ISA, LANES, int16s, int32s


class Shorts(NamedTuple):
    """A tile.

    Attributes:
        rows: how many.
        recipe: index into `RECIPES`.
        extra_step: 0.
        unit: bytes of a pair.
        head: bytes of the constants of two vectors.
        group: bytes of their pairs.
    """

    rows: int
    recipe: int
    extra_step: int = 0
    unit: int = 4
    head: int = 2 * HEAD
    group: int = 8 * LANES

    def start(self, b: Any, block: Any, numbers: Any) -> list[Any]:
        """Biases."""
        return [load(b, block, int32s, HEAD * v, 4 * LANES) for v in (0, 1)] * self.rows

    def multiply(self, b: Any, totals: list[Any], pixels: list[Any], weights: Any) -> list[Any]:
        """Pairs."""
        return multiply_pairs(b, totals, pixels, weights)

    def finish(
        self, b: Any, totals: list[Any], block: Any, constants: Any, numbers: Any, outputs: list[Any], count: Any
    ) -> None:
        """Requantize."""
        for m, output in enumerate(outputs):
            finish(b, self.recipe, totals[2 * m : 2 * m + 2], block, constants, output, count)


def multiply_pairs(b: Any, totals: list[Any], pixels: list[Any], weights: Any) -> list[Any]:
    """Add products of a pair of each row with two vectors of pairs of weights."""
    taps = [load(b, weights, int16s, 4 * LANES * v, 4 * LANES) for v in (0, 1)]
    following = []
    for m, pixel in enumerate(pixels):
        spread = b.bitcast(splat(b, load(b, pixel, i32), LANES), int16s)
        following += [ISA.dot(b, totals[2 * m + v], spread, taps[v]) for v in (0, 1)]
    return following


def finish(b: Any, recipe: int, totals: list[Any], heads: Any, bounds: Any, output: Any, count: Any) -> None:
    """Requantize two vectors of accumulators, clamp, and write ``count`` codes of int16."""
    low, high = (RECIPES[recipe](b, totals[v], at(b, heads, HEAD * v + 4 * LANES)) for v in (0, 1))
    codes = ISA.narrow_to_16(b, [low, high])
    for k, name in enumerate(("smax", "smin")):
        bound = splat(b, load(b, bounds, i16, 2 * k, 2), 2 * LANES)
        codes = call(b, f"llvm.{name}.v{2 * LANES}i16", int16s, [codes, bound])
    store_shorts(b, codes, output, count)


def store_shorts(b: Any, codes: Any, output: Any, count: Any) -> None:
    """Write the first ``count`` codes (all if it is more, none if it is negative), and no byte behind them."""
    left = b.shl(count, constant(i64, 1))
    for first in range(0, codes.type.count, 8):
        part = b.bitcast(shuffle(b, range(first, first + 8), codes), vector(i8, 16))
        store_codes(b, part, at(b, output, 2 * first), b.sub(left, constant(i64, 2 * first)))


def make(rows: int, recipe: int) -> Callable[..., None]:
    """A strip of `Shorts`."""
    return make_strip(Shorts(rows, recipe))
