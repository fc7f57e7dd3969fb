"""Tiles of products of float32 with 8-bit weights: rows are quantized on arrival.

Codes come without their zero point, as int16; sums of products are scaled back, then the bias is added.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import types

from pytflite.arithmetic.hybrid import GROUP
from pytflite.kernels._front import helper
from pytflite.kernels.engine._ir import Loop, at, constant, f32, i64, load, splat, store, vector
from pytflite.kernels.engine.convolution import make_strip
from pytflite.kernels.engine.epilogue import HEAD
from pytflite.kernels.engine.float_vectors import clamp, load_floats, store_floats
from pytflite.kernels.engine.isa import LANES, int32s
from pytflite.kernels.engine.memory import carray, emitted, pointer, share, word
from pytflite.kernels.engine.short_gemm import multiply_pairs

floats = vector(f32, LANES)


@emitted
def extremes(typing: Any, source: Any, vectors: Any, output: Any) -> Any:
    """The smallest and the largest of 0 and ``vectors`` vectors, at least one, lane by lane: two vectors."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        source, vectors, output = arguments
        zero, size = constant(floats, 0.0), 4 * LANES
        loop = Loop(b, constant(i64, 0), [source, zero, zero])
        address, low, high = loop.carried
        values = load(b, address, floats, align=4)
        low = b.select(b.fcmp_ordered("<", values, low), values, low)
        high = b.select(b.fcmp_ordered(">", values, high), values, high)
        loop.end(1, vectors, [at(b, address, size), low, high])
        store(b, low, output, align=4)
        store(b, high, output, size, 4)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), emit


@helper
def truncate(x: Any) -> Any:
    """Toward zero; the smallest int32 for what int32 cannot hold."""
    return np.int64(x) if -2147483649.0 < x < 2147483648.0 else np.int64(-(1 << 31))


@helper
def round_half_away(x: Any) -> Any:
    """Nearest integer, ties away from zero."""
    whole = np.trunc(x)
    if abs(x - whole) >= 0.5:
        whole += np.copysign(1.0, x)
    return truncate(whole)


@helper
def round_by_adding(x: Any) -> Any:
    """Add a half in float32 and truncate; saturates upward."""
    shifted = x + np.float32(-0.5 if x < 0 else 0.5)
    return np.int64((1 << 31) - 1) if shifted >= np.float32(2.0**31) else truncate(np.float64(shifted))


def make_quantize(asymmetric: int) -> Callable[..., None]:
    """`arithmetic.hybrid.quantize_rows`: codes as int16 without their zero points.

    Words: input, codes, rows, depth, scales. Scratch: two vectors.
    """

    def quantize_rows(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        rows, depth = word(p, 2), word(p, 3)
        scales = carray(pointer(word(p, 4), np.float32), rows)
        ends = carray(pointer(scratch, np.float32), 2 * LANES)
        whole, vectors = depth // GROUP * GROUP, depth // LANES
        first, last = share(rows, part, parts)
        for n in range(first, last):
            values = carray(pointer(word(p, 0) + 4 * n * depth, np.float32), depth)
            codes = carray(pointer(word(p, 1) + 2 * n * depth, np.int16), depth)
            low, high = np.float32(0), np.float32(0)
            if vectors > 0:
                extremes(word(p, 0) + 4 * n * depth, vectors, scratch)
                for k in range(LANES):
                    low, high = min(low, ends[k]), max(high, ends[LANES + k])
            for i in range(vectors * LANES, depth):
                low, high = min(low, values[i]), max(high, values[i])
            scale, inverse, zero_point = np.float32(1), np.float32(0), np.int64(0)
            if low != high:
                if asymmetric != 0:
                    exact = np.float64(high - low) / 255
                    below, above = low / exact, high / exact
                    nearest = -128 - below if 128 + abs(below) < 127 + abs(above) else 127 - above
                    zero_point = min(max(round_half_away(nearest), np.int64(-128)), np.int64(127))
                    scale = np.float32(exact)
                    inverse = np.float32(1 / np.float64(scale)) if scale != 0 else np.float32(0)
                else:
                    reach = max(-low, high)
                    scale, inverse = reach / np.float32(127), np.float32(127) / reach
            scales[n] = scale
            lowest = np.int64(-128 if asymmetric != 0 else -127)
            start = np.int64(0)
            if np.float32(1e-30) < inverse < np.float32(1e30):
                least, most, shift = np.int32(lowest), np.int32(127), np.int32(zero_point)
                for i in range(whole):
                    scaled = values[i] * inverse
                    code = np.int32(scaled + (np.float32(-0.5) if scaled < 0 else np.float32(0.5))) + shift
                    code = least if code < least else code
                    codes[i] = np.int16((most if code > most else code) - shift)
                start = whole
            for i in range(start, depth):
                scaled = values[i] * inverse
                rounded = round_by_adding(scaled) if i < whole else round_half_away(np.float64(scaled))
                wrapped = np.int64(np.int32(rounded + zero_point))
                codes[i] = np.int16(min(max(wrapped, lowest), np.int64(127)) - zero_point)

    return quantize_rows


class ScaledBack(NamedTuple):
    """A tile.

    Attributes:
        rows: how many.
        steps: 2 to multiply by the scale of the weights first and then by that of the row, 1 for their product.
        extra_step: bytes from the scale of a row to that of the next.
        adds: whether to add to what the output is, in place of the bias; then ``rows`` is 1, so that none is met twice.
        unit: bytes of a pair.
        head: bytes of the constants of two vectors.
        group: bytes of their pairs.
    """

    rows: int
    steps: int
    extra_step: int
    adds: int
    unit: int = 4
    head: int = 2 * HEAD
    group: int = 8 * LANES

    def start(self, b: Any, block: Any, numbers: Any) -> list[Any]:
        """Zeros, as integers are here."""
        return [load(b, block, int32s, HEAD * v, 4 * LANES) for v in (0, 1)] * self.rows

    def multiply(self, b: Any, totals: list[Any], pixels: list[Any], weights: Any) -> list[Any]:
        """Pairs."""
        return multiply_pairs(b, totals, pixels, weights)

    def finish(
        self, b: Any, totals: list[Any], block: Any, constants: Any, numbers: Any, outputs: list[Any], count: Any
    ) -> None:
        """Scale back, add the bias, clamp."""
        for m, output in enumerate(outputs):
            row_scale = splat(b, load(b, numbers, f32, self.extra_step * m, 4), LANES)
            for v in (0, 1):
                exact = b.sitofp(b.sub(totals[2 * m + v], constant(int32s, -(1 << 31))), floats)
                head = at(b, block, HEAD * v + 4 * LANES)
                weight_scale, place = load(b, head, floats), at(b, output, 4 * LANES * v)
                left = b.sub(count, constant(i64, LANES * v))
                start = load_floats(b, place, left, LANES) if self.adds else load(b, head, floats, 4 * LANES)
                if self.steps == 2:
                    real = b.fmul(b.fmul(exact, weight_scale), row_scale)
                else:
                    real = b.fmul(exact, b.fmul(row_scale, weight_scale))
                store_floats(b, clamp(b, b.fadd(start, real), constants), place, left)


def make(rows: int, steps: int, extra_step: int, adds: int) -> Callable[..., None]:
    """A strip of `ScaledBack`."""
    return make_strip(ScaledBack(rows, steps, extra_step, adds))


MAKERS: dict[str, Callable[..., Callable[..., None]]] = {"quantize_rows": make_quantize, "hybrid_gemm": make}
