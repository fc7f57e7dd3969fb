"""Vectors of float32: what the float kernels share.

Lanes are output channels. Each adds up its own products in the order of the reference kernels, rounded one by one:
nothing is contracted unless a kernel says so.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from pytflite.kernels.engine._ir import call, constant, f32, i32, i64, load, splat, store, vector
from pytflite.kernels.engine.target import FLOATS

floats = vector(f32, FLOATS)


def clamp(b: Any, values: Any, bounds: Any) -> Any:
    """Within the two floats at an address; NaN passes."""
    for offset, outside in ((0, "<"), (4, ">")):
        limit = splat(b, load(b, bounds, f32, offset, 4), values.type.count)
        values = b.select(b.fcmp_ordered(outside, values, limit), limit, values)
    return values


def below(b: Any, count: Any, lanes: int) -> Any:
    """A mask of the lanes before the one of a number, which fits into int32."""
    numbers = ir.Constant(vector(i32, lanes), list(range(lanes)))
    return b.icmp_signed("<", numbers, splat(b, b.trunc(count, i32), lanes))


def store_floats(b: Any, values: Any, address: Any, count: Any) -> None:
    """Write the first ``count`` floats (all if it is more, none if it is negative), and no byte behind them."""
    lanes = values.type.count
    whole, part, done = (b.append_basic_block(name) for name in ("whole", "part", "stored"))
    b.cbranch(b.icmp_signed(">=", count, constant(i64, lanes)), whole, part)
    b.position_at_end(whole)
    store(b, values, address, align=4)
    b.branch(done)
    b.position_at_end(part)
    mask = below(b, count, lanes)
    target = b.inttoptr(address, values.type.as_pointer())
    call(b, f"llvm.masked.store.v{lanes}f32.p0", ir.VoidType(), [values, target, constant(i32, 4), mask])
    b.branch(done)
    b.position_at_end(done)


def load_floats(b: Any, address: Any, count: Any, lanes: int = FLOATS) -> Any:
    """A vector of which the first ``count`` floats are read, and no byte behind them."""
    type = vector(f32, lanes)
    mask = below(b, count, lanes)
    source = b.inttoptr(address, type.as_pointer())
    return call(b, f"llvm.masked.load.v{lanes}f32.p0", type, [source, constant(i32, 4), mask, constant(type, 0.0)])


def multiply_add(b: Any, total: Any, left: Any, right: Any, *, fused: bool) -> Any:
    """``total + left * right``, with one rounding or with two."""
    if fused:
        return call(b, f"llvm.fma.v{FLOATS}f32", floats, [left, right, total])
    return b.fadd(total, b.fmul(left, right))
