"""From accumulators to codes: requantize, add the output offset, clamp, store. Emitted behind each tile.

For every vector of channels there are `HEAD` bytes: the bias, then what the recipe needs (`packing.heads`). Codes
are computed as int8; where the output is uint8, offset and bounds are 128 less and the highest bit is flipped at last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pytflite.kernels.engine import packing
from pytflite.kernels.engine._ir import at, call, constant, f32, f64, i32, i64, load, shuffle, store, vector
from pytflite.kernels.engine.isa import ISA, LANES, int32s

HEAD = packing.HEAD
"""Bytes for a vector of channels: bias, and the constants of the recipe."""

int64s, doubles, floats = vector(i64, LANES // 2), vector(f64, LANES // 2), vector(f32, LANES)


def fixed_point(b: Any, accumulator: Any, constants: Any, *, ties_away: bool) -> Any:
    """A product with a multiplier M and a right shift e, without a left shift, in one rounding or two.

    The high product, with the half that the last rounding adds, must fit into int32.

    The accumulator comes with 2**31 added (in the bias), so that unsigned products serve. With ``u = x + 2**31`` and
    ``A = N + (C << 32)``, where N is 2**31 if there is a first rounding, the high half of ``u * 2M + A`` is what that
    gives, plus ``M + C``; C takes M away again and adds the half of the last rounding. Where ties of that go away from
    zero, C is 1 less; the 1 comes back where x is not negative, which is the top bit of ``u``: masked, for not all
    channels round so, and there is no second rounding if e is 0.

    Constants: 2M of the even and the odd channels (int64 each), A likewise, the mask, e (int32 each).
    """
    even, odd, add_even, add_odd = (load(b, constants, int64s, 4 * LANES * k) for k in range(4))
    low = constant(int64s, 0xFFFFFFFF)
    pairs = b.bitcast(accumulator, int64s)
    product_even = b.add(b.mul(b.and_(pairs, low), b.and_(even, low)), add_even)
    product_odd = b.add(b.mul(b.lshr(pairs, constant(int64s, 32)), b.and_(odd, low)), add_odd)
    halves = b.bitcast(product_even, int32s), b.bitcast(product_odd, int32s)
    high = shuffle(b, [lane for k in range(1, LANES, 2) for lane in (k, LANES + k)], *halves)
    if ties_away:
        mask = load(b, constants, int32s, 16 * LANES)
        high = b.add(high, b.and_(b.lshr(accumulator, constant(int32s, 31)), mask))
    return b.ashr(high, load(b, constants, int32s, 20 * LANES))


def ties_away(b: Any, accumulator: Any, constants: Any) -> Any:
    """`fixed_point` where some channels round ties away from zero."""
    return fixed_point(b, accumulator, constants, ties_away=True)


def ties_up(b: Any, accumulator: Any, constants: Any) -> Any:
    """`fixed_point` where none does."""
    return fixed_point(b, accumulator, constants, ties_away=False)


def float64(b: Any, accumulator: Any, constants: Any) -> Any:
    """A float64 product, rounded half away from zero; it must fit into int32. Constants: float64."""
    exact, half = b.sub(accumulator, constant(int32s, -(1 << 31))), LANES // 2
    codes = []
    for first in (0, half):
        scale = load(b, constants, doubles, 8 * first)
        product = b.fmul(b.sitofp(shuffle(b, range(first, first + half), exact), doubles), scale)
        codes.append(b.fptosi(call(b, f"llvm.round.v{half}f64", doubles, [product]), vector(i32, half)))
    return shuffle(b, range(LANES), *codes)


def float32(b: Any, accumulator: Any, constants: Any) -> Any:
    """A float32 product, rounded half to even; it must fit into int32. Constants: float32."""
    exact = b.sub(accumulator, constant(int32s, -(1 << 31)))
    product = b.fmul(b.sitofp(exact, floats), load(b, constants, floats))
    return b.fptosi(call(b, f"llvm.rint.v{LANES}f32", floats, [product]), int32s)


def wide(b: Any, accumulator: Any, constants: Any) -> Any:
    """A product in 64 bits, shifted to the right with ties up, of which 32 bits are left.

    Constants: the multiplier, a half, and the shift, of the even and the odd channels (int64 each).
    """
    exact = b.bitcast(b.sub(accumulator, constant(int32s, -(1 << 31))), int64s)
    multipliers, halves, shifts = ([load(b, constants, int64s, 4 * LANES * k) for k in (n, n + 1)] for n in (0, 2, 4))
    high = constant(int64s, 32)
    signed = b.ashr(b.shl(exact, high), high), b.ashr(exact, high)
    even, odd = (b.ashr(b.add(b.mul(signed[k], multipliers[k]), halves[k]), shifts[k]) for k in (0, 1))
    low = b.and_(even, constant(int64s, 0xFFFFFFFF))
    return b.bitcast(b.or_(low, b.shl(odd, high)), int32s)


Recipe = Callable[[Any, Any, Any], Any]

RECIPES: Sequence[Recipe] = (ties_away, ties_up, float64, float32, wide)
"""In the order of `packing.TIES_AWAY`, `packing.TIES_UP`, `packing.FLOAT64`, `packing.FLOAT32`, `packing.WIDE`."""


OFFSET, LOW, HIGH, FLIPS = range(0, 256, 64)
"""Where the constants of `finish` are: 64 bytes each."""


def finish(b: Any, requantized: list[Any], constants: Any, *, spread: bool = False) -> Any:
    """Up to `packing.TOGETHER` vectors of requantized numbers to codes.

    Constants: the output offset (int16), lower and upper bound, bits to flip.

    Args:
        b: the builder.
        requantized: the vectors.
        constants: address of the constants.
        spread: whether the vectors are in the order of `packing.spread`.
    """
    output = ISA.narrow(b, requantized, at(b, constants, OFFSET), spread=spread)
    for name, first in (("smax", LOW), ("smin", HIGH)):
        bound = load(b, constants, output.type, first)
        output = call(b, f"llvm.{name}.v{output.type.count}i8", output.type, [output, bound])
    output = b.xor(output, load(b, constants, output.type, FLIPS))
    return shuffle(b, range(LANES * len(requantized)), output)


def store_codes(b: Any, values: Any, output: Any, count: Any) -> None:
    """Write the first ``count`` codes (all if it is more, none if it is negative), and no byte behind them."""
    for first in range(0, values.type.count, ISA.stored):
        size = min(values.type.count - first, ISA.stored)
        _store(
            b, shuffle(b, range(first, first + size), values), at(b, output, first), b.sub(count, constant(i64, first))
        )


def _store(b: Any, values: Any, output: Any, count: Any) -> None:
    count = call(b, "llvm.smax.i64", i64, [count, constant(i64, 0)])
    whole, part, done = (b.append_basic_block(name) for name in ("whole", "part", "stored"))
    b.cbranch(b.icmp_signed(">=", count, constant(i64, values.type.count)), whole, part)
    b.position_at_end(whole)
    store(b, values, output)
    b.branch(done)
    b.position_at_end(part)
    ISA.store_part(b, values, output, count)
    b.branch(done)
    b.position_at_end(done)
