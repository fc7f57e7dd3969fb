"""LSTMs of int8: products with weights, brought to int16, and what is done with them step after step.

Vectors are widened to int16 without their zero point. Each of one or two such sources has weights; their products are
requantized on their own and saturate at int16, as does the sum.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types

from pytflite.arithmetic.inverse_sqrt import HALF_SQRT_2
from pytflite.kernels._front import helper
from pytflite.kernels.engine._ir import Loop, at, call, constant, i32, i64, load, splat, store
from pytflite.kernels.engine.epilogue import HEAD, RECIPES
from pytflite.kernels.engine.isa import ISA, LANES, int16s, int32s
from pytflite.kernels.engine.memory import carray, emitted, pointer, word

NO_SOURCE = -1
"""Stands for the recipe of a second source where there is none."""

LARGE = 1 << 18
"""Requantized products beyond saturate whatever is added to them."""


@emitted(prefer_literal=True)
def shorts(
    typing: Any, recipe1: Any, recipe2: Any, vector1: Any, pairs1: Any, vector2: Any, pairs2: Any, weights: Any,
    output: Any,
) -> Any:  # fmt: skip
    """Two vectors of sums, as int16.

    Args:
        typing: of numba.
        recipe1: index into `RECIPES`, for the first source; a literal, as is the next one.
        recipe2: for the second source, or `NO_SOURCE`.
        vector1: address of the first source: int16.
        pairs1: half of how many there are.
        vector2: address of the second source.
        pairs2: half of how many there are.
        weights: address of the block: for each source two heads, then pairs of weights.
        output: address of the results: whole vectors are written.
    """
    recipes = [recipe.literal_value for recipe in (recipe1, recipe2) if recipe.literal_value != NO_SOURCE]

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        _emit_shorts(b, recipes, [arguments[2:4], arguments[4:6]], *arguments[6:])
        return context.get_dummy_value()

    return types.void(recipe1, recipe2, *[types.int64] * 6), emit


def _emit_shorts(b: Any, recipes: list[int], sources: list[Any], weights: Any, output: Any) -> None:
    totals: list[Any] = []
    for recipe, (vector, pairs) in zip(recipes, sources, strict=False):
        heads = weights
        start = [load(b, heads, int32s, HEAD * v, 4 * LANES) for v in (0, 1)]
        loop = Loop(b, constant(i64, 0), [at(b, heads, 2 * HEAD), *start])
        matrix, *sums = loop.carried
        pair = load(b, b.add(vector, b.shl(loop.index, constant(i64, 2))), i32)
        pixels = b.bitcast(splat(b, pair, LANES), int16s)
        size = 4 * LANES
        sums = [ISA.dot(b, sums[v], pixels, load(b, matrix, int16s, size * v, size)) for v in (0, 1)]
        weights = at(b, matrix, 2 * size)
        loop.end(1, pairs, [weights, *sums])
        weights = b.and_(at(b, weights, 63), constant(i64, -64))  # each source is padded to a multiple of that
        halves = [RECIPES[recipe](b, sums[v], at(b, heads, HEAD * v + 4 * LANES)) for v in (0, 1)]
        if totals:
            halves = [b.add(total, saturated(b, half, LARGE)) for total, half in zip(totals, halves, strict=True)]
        totals = [saturated(b, half, 1 << 15) for half in halves]
    store(b, ISA.narrow_to_16(b, totals), output, align=2)


def saturated(b: Any, values: Any, limit: int) -> Any:
    """At least minus a limit, and less than it."""
    values = call(b, f"llvm.smax.v{LANES}i32", int32s, [values, constant(int32s, -limit)])
    return call(b, f"llvm.smin.v{LANES}i32", int32s, [values, constant(int32s, limit - 1)])


@helper
def widen_less(source: Any, target: Any, count: Any, zero_point: Any) -> None:
    """``count`` int8 codes to int16, without their zero point."""
    codes, shorts = carray(pointer(source, np.int8), count), carray(pointer(target, np.int16), count)
    for i in range(count):
        shorts[i] = np.int16(codes[i]) - np.int16(zero_point)


@helper
def rounding_divide(x: Any, exponent: Any) -> Any:
    """``x / 2**exponent``, halves away from zero; int64."""
    mask = (np.int64(1) << exponent) - np.int64(1)
    return (x >> exponent) + np.int64((x & mask) > (mask >> np.int64(1)) + np.int64(x < 0))


@helper
def scaled(x: Any, multiplier: Any, right_shift: Any) -> Any:
    """An int64 that fits into int32 times a multiplier, rounded twice, the second time halves away from zero."""
    return rounding_divide((x * multiplier + (np.int64(1) << np.int64(30))) >> np.int64(31), right_shift)


@helper
def within(x: Any, limit: Any) -> Any:
    """At least minus a limit, and less than it."""
    return min(max(x, -limit), limit - np.int64(1))


@helper
def toward_zero(x: Any, divisor: Any) -> Any:
    """A quotient without its fraction; int64."""
    quotient = abs(x) // divisor
    return -quotient if x < 0 else quotient


@helper
def high_product(x: Any, y: Any) -> Any:
    """The high half of ``2 * x * y``, ties up; int64."""
    return (x * y + (np.int64(1) << np.int64(30))) >> np.int64(31)


@helper
def inverse_sqrt(x: Any) -> Any:
    """`pytflite.arithmetic.inverse_sqrt` of a positive number: multiplier, and a shift to the right."""
    if x == 1:
        return np.int64((1 << 31) - 1), np.int64(0)
    shift, pairs = np.int64(11), np.int64(0)
    while x >= np.int64(1 << 29):
        x, shift = x >> np.int64(2), shift + np.int64(1)
    while x << (np.int64(2) * pairs + np.int64(2)) < np.int64(1 << 29):
        pairs += np.int64(1)
    x, shift = x << (np.int64(2) * pairs), shift - pairs
    half, root = (x // np.int64(2) + np.int64(1)) // np.int64(2), np.int64(1 << 28)
    for _ in range(5):
        cube = within(high_product(high_product(root, root), root) << np.int64(6), np.int64(1 << 31))
        less = high_product(np.int64((1 << 28) + (1 << 27)), root) - high_product(half, cube)
        root = within(np.int64(np.int32(less)) << np.int64(3), np.int64(1 << 31))
    multiplier = high_product(root, np.int64(HALF_SQRT_2))
    return (multiplier << -shift, np.int64(0)) if shift < 0 else (multiplier, shift)


@helper
def look_in(p: Any, extra: Any, gate: Any, cell: Any, n: Any) -> None:
    """Add to a gate, in place, what its peephole sees of the cell state; `lstm_integer.gate_total` has the quirk."""
    weights_place = word(p, extra)
    if weights_place == 0:
        return
    cells, outputs = word(p, CELLS), word(p, OUTPUTS)
    first, end = np.int64(0), outputs
    if word(p, TOGETHER) != 0:
        first, end = n * cells, word(p, BATCHES) * outputs
    totals, states = carray(pointer(gate, np.int16), cells), carray(pointer(cell, np.int16), cells)
    weights = carray(pointer(weights_place, np.int16), outputs)
    for c in range(min(cells, end - first)):
        seen = np.int64(weights[(first + c) % outputs]) * np.int64(states[c])
        total = np.int64(totals[c]) + scaled(seen, word(p, extra + 1), word(p, extra + 2))
        totals[c] = np.int16(within(total, np.int64(1 << 15)))


@helper
def normalize(p: Any, extra: Any, gate: Any) -> None:
    """The layer normalization of a gate, in place (`lstm_integer.normalized`)."""
    if word(p, extra + 3) == 0:
        return
    cells, step = word(p, CELLS), np.int64(1024)
    totals = carray(pointer(gate, np.int16), cells)
    weights = carray(pointer(word(p, extra + 3), np.int16), cells)
    bias = carray(pointer(word(p, extra + 4), np.int32), cells)
    sum, squares = np.int64(0), np.int64(0)
    for c in range(cells):
        sum += np.int64(totals[c])
        squares += np.int64(totals[c]) * np.int64(totals[c])
    mean = toward_zero(sum * step, cells)
    exact = toward_zero(squares * (np.int64(1 << 20) // cells) - mean * mean, np.int64(1 << 20))
    variance = np.int64(np.int32(exact))
    multiplier, shift = inverse_sqrt(variance if variance >= 1 else word(p, extra + 5))
    for c in range(cells):
        centered = scaled(step * np.int64(totals[c]) - mean, multiplier, shift)
        weighted = np.int64(np.int32(centered * np.int64(weights[c]) + np.int64(bias[c])))
        whole = toward_zero(weighted + (np.int64(512) if weighted > 0 else np.int64(-512)), step)
        code = scaled(whole, word(p, extra + 6), word(p, extra + 7))
        totals[c] = np.int16(within(code, np.int64(1 << 15)))


(
    INPUT, OUTPUT, OUTPUT_STATE, CELL_STATE, WEIGHTS, BLOCKS, BLOCK_BYTES, BATCHES, TIMES, INPUTS, CELLS, OUTPUTS,
    INPUT_TIME, INPUT_BATCH, OUTPUT_TIME, OUTPUT_BATCH, INPUT_ZERO_POINT, STATE_ZERO_POINT, LOGISTIC, TANH, CELL_TANH,
    HAS_INPUT_GATE, CELL_SHIFT, CELL_CLIP, MULTIPLIER, SHIFT, HIDDEN_ZERO_POINT,
    PROJECTION, PROJECTION_BLOCKS, PROJECTION_BYTES, PROJECTION_CLIP, TOGETHER, EXTRAS,
) = range(33)  # fmt: skip
"""Words of `make_lstm`: addresses, sizes, bytes from step to step of input and output, constants.

The gates are forget, cell, output and, if it is there, input; their tables hold 65536 int16, for 0 to -1. Behind these
words there are `EXTRA` more for each gate: address, multiplier and right shift of the peephole; addresses of the
coefficients of the normalization and of the bias, the guard, and multiplier and right shift. Addresses of what is not
there are 0."""

EXTRA = 8


def make_lstm(recipe1: int, recipe2: int, projection: int, extras: int) -> Callable[..., None]:
    """The LSTM of `ops._shared.lstm_integer`.

    Args:
        recipe1: of the products with the input.
        recipe2: of the products with the output state.
        projection: of those with the projection, or `NO_SOURCE`.
        extras: whether there are peepholes or normalizations.

    Scratch: input, output state and hidden state, then all gates, as int16, each with room for whole vectors.
    """

    def lstm(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        inputs, cells, outputs = word(p, INPUTS), word(p, CELLS), word(p, OUTPUTS)
        pairs1, pairs2, pairs3 = (inputs + 1) // 2, (outputs + 1) // 2, (cells + 1) // 2
        before, hidden_place = scratch + 4 * pairs1, scratch + 4 * (pairs1 + pairs2)
        gates_place = hidden_place + 4 * pairs3
        gates = carray(pointer(gates_place, np.uint16), 4 * cells)
        hidden = carray(pointer(hidden_place, np.int16), cells)
        logistic = carray(pointer(word(p, LOGISTIC), np.int16), 65536)
        tanh = carray(pointer(word(p, TANH), np.int16), 65536)
        cell_tanh = carray(pointer(word(p, CELL_TANH), np.int16), 65536)
        shift, clip, exponent = word(p, CELL_SHIFT), word(p, CELL_CLIP), word(p, SHIFT)
        multiplier, zero_point, state_zero_point = (
            word(p, MULTIPLIER),
            word(p, HIDDEN_ZERO_POINT),
            word(p, STATE_ZERO_POINT),
        )
        for t in range(word(p, TIMES)):
            for n in range(word(p, BATCHES)):
                step = word(p, INPUT) + t * word(p, INPUT_TIME) + n * word(p, INPUT_BATCH)
                state_place, cell_place = word(p, OUTPUT_STATE) + n * outputs, word(p, CELL_STATE) + 2 * n * cells
                widen_less(step, scratch, inputs, word(p, INPUT_ZERO_POINT))
                widen_less(state_place, before, outputs, state_zero_point)
                for block in range(word(p, BLOCKS)):
                    weights = word(p, WEIGHTS) + block * word(p, BLOCK_BYTES)
                    shorts(recipe1, recipe2, scratch, pairs1, before, pairs2, weights, gates_place + 4 * LANES * block)
                cell = carray(pointer(cell_place, np.int16), cells)
                state = carray(pointer(state_place, np.int8), outputs)
                if extras:
                    for gate in range(3 + word(p, HAS_INPUT_GATE)):
                        if gate != 2:
                            look_in(p, EXTRAS + EXTRA * gate, gates_place + 2 * gate * cells, cell_place, n)
                            normalize(p, EXTRAS + EXTRA * gate, gates_place + 2 * gate * cells)
                for c in range(cells):
                    forget = np.int64(logistic[gates[c]])
                    let_in = np.int64(32767) - forget
                    if word(p, HAS_INPUT_GATE) != 0:
                        let_in = np.int64(logistic[gates[3 * cells + c]])
                    kept = rounding_divide(forget * np.int64(cell[c]), np.int64(15))
                    new = within(
                        kept + rounding_divide(let_in * np.int64(tanh[gates[cells + c]]), shift), np.int64(1 << 15)
                    )
                    if clip > 0:
                        new = min(max(new, -clip), clip)
                    cell[c] = np.int16(new)
                if extras:
                    look_in(p, EXTRAS + EXTRA * 2, gates_place + 4 * cells, cell_place, n)
                    normalize(p, EXTRAS + EXTRA * 2, gates_place + 4 * cells)
                for c in range(cells):
                    let_out = np.int64(logistic[gates[2 * cells + c]])
                    product = let_out * np.int64(cell_tanh[np.uint16(cell[c])])
                    code = scaled(product, multiplier, exponent)
                    if projection == NO_SOURCE:
                        state[c] = np.int8(within(code + zero_point, np.int64(128)))
                    else:
                        hidden[c] = np.int16(within(code - zero_point, np.int64(128)) + zero_point)
                if projection != NO_SOURCE:
                    for block in range(word(p, PROJECTION_BLOCKS)):
                        weights = word(p, PROJECTION) + block * word(p, PROJECTION_BYTES)
                        shorts(
                            projection, NO_SOURCE, hidden_place, pairs3, 0, 0, weights,
                            gates_place + 4 * LANES * block,
                        )  # fmt: skip
                    projected, limit = carray(pointer(gates_place, np.int16), outputs), word(p, PROJECTION_CLIP)
                    for c in range(outputs):
                        code = within(np.int64(projected[c]) + state_zero_point, np.int64(128))
                        if limit > 0:
                            code = min(max(code, -limit), limit)
                        state[c] = np.int8(code)
                place = word(p, OUTPUT) + t * word(p, OUTPUT_TIME) + n * word(p, OUTPUT_BATCH)
                result = carray(pointer(place, np.int8), outputs)
                for c in range(outputs):
                    result[c] = state[c]

    return lstm


MAKERS: dict[str, Callable[..., Callable[..., None]]] = {"lstm": make_lstm}
