"""What float32 LSTMs and RNNs do with sums of products: gates, cells and outputs of one step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types

from pytflite.arithmetic.eigen import LANES, LOGISTIC_END
from pytflite.kernels._front import helper
from pytflite.kernels.engine._ir import constant, counted, i64, load
from pytflite.kernels.engine.eigen_vectors import activate, logistic, number
from pytflite.kernels.engine.float_small import call_libm
from pytflite.kernels.engine.float_vectors import below, clamp, floats, store_floats
from pytflite.kernels.engine.memory import carray, emitted, pointer, share, word
from pytflite.kernels.engine.target import FLOATS
from pytflite.kernels.engine.words import ACTIVATIONS

EPSILON = np.float32(1e-8)
"""`ops._shared.lstm_float.EPSILON`."""


def gate_value(b: Any, address: Any, offset: Any, index: Any, first: Any, end: Any) -> Any:
    """A vector of a gate: the logistic function from ``first`` to ``end``, elsewhere what is there already."""
    values = load(b, b.add(address, offset), floats, align=4)
    packed = b.and_(b.not_(below(b, b.sub(first, index), FLOATS)), below(b, b.sub(end, index), FLOATS))
    return b.select(packed, logistic(b, values), values)


@emitted(prefer_literal=True)
def update(
    typing: Any, activation: Any, coupled: Any,
    let_in: Any, new: Any, forget: Any, cell: Any, count: Any, bounds: Any, first1: Any, end1: Any, first2: Any,
    end2: Any,
) -> Any:  # fmt: skip
    """The next cell states of a vector.

    Args:
        typing: of numba.
        activation: of the cell gate; a literal, as is the next one.
        coupled: whether there is no input gate.
        let_in: address of the input gate.
        new: of the cell gate.
        forget: of the forget gate.
        cell: of the cell state.
        count: how many cells.
        bounds: address of the two bounds of a cell.
        first1: from where on the logistic function of the input gate is to be taken.
        end1: up to where.
        first2: the same of the forget gate.
        end2: the same.
    """
    literals = activation.literal_value, coupled.literal_value

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        activation, coupled = literals
        let_in, new, forget, cell, count, bounds, *places = arguments[2:]

        def turn(index: Any, carried: list[Any]) -> list[Any]:
            offset = b.shl(index, constant(i64, 2))
            kept = gate_value(b, forget, offset, index, *places[2:])
            taken = b.fsub(number(1), kept) if coupled else gate_value(b, let_in, offset, index, *places[:2])
            added = activate(b, load(b, b.add(new, offset), floats, align=4), activation)
            before = load(b, b.add(cell, offset), floats, align=4)
            state = clamp(b, b.fadd(b.fmul(kept, before), b.fmul(added, taken)), bounds)
            store_floats(b, state, b.add(cell, offset), b.sub(count, index))
            return []

        counted(b, constant(i64, 0), FLOATS, count, [], turn)
        return context.get_dummy_value()

    return types.void(activation, coupled, *[types.int64] * 10), emit


@emitted(prefer_literal=True)
def let_out(
    typing: Any, activation: Any, gate: Any, cell: Any, count: Any, first: Any, end: Any, hidden: Any, output: Any
) -> Any:
    """The output gate times the activated cell states of a vector.

    Args:
        typing: of numba.
        activation: a literal.
        gate: address of the output gate.
        cell: of the cell states.
        count: how many cells.
        first: from where on the logistic function of the gate is to be taken.
        end: up to where.
        hidden: address of a result.
        output: where it is written as well.
    """
    literal = activation.literal_value

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        gate, cell, count, first, end, *targets = arguments[1:]

        def turn(index: Any, carried: list[Any]) -> list[Any]:
            offset = b.shl(index, constant(i64, 2))
            value = gate_value(b, gate, offset, index, first, end)
            activated = activate(b, load(b, b.add(cell, offset), floats, align=4), literal)
            for target in targets:
                store_floats(b, b.fmul(value, activated), b.add(target, offset), b.sub(count, index))
            return []

        counted(b, constant(i64, 0), FLOATS, count, [], turn)
        return context.get_dummy_value()

    return types.void(activation, *[types.int64] * 7), emit


@helper
def add_products(total: Any, left: Any, right: Any, count: Any) -> None:
    """Add products, element by element, to what is at an address."""
    sums, x, y = (
        carray(pointer(total, np.float32), count),
        carray(pointer(left, np.float32), count),
        carray(pointer(right, np.float32), count),
    )
    for c in range(count):
        sums[c] += x[c] * y[c]


@helper
def normalize(total: Any, coefficients: Any, bias: Any, count: Any) -> None:
    """The layer normalization, in place; sums one by one."""
    x, weights, offsets = (
        carray(pointer(total, np.float32), count),
        carray(pointer(coefficients, np.float32), count),
        carray(pointer(bias, np.float32), count),
    )
    size = np.float32(count)
    sum, squares = x[0], np.float32(0)
    for c in range(1, count):
        sum += x[c]
    mean = sum / size
    for c in range(count):
        x[c] -= mean
        squares += x[c] * x[c]
    factor = np.float32(1) / np.sqrt(squares / size + EPSILON)
    for c in range(count):
        x[c] = offsets[c] + weights[c] * (x[c] * factor)


@helper
def packed_from(place: Any) -> Any:
    """Where the first packet begins of a vector that is so many numbers behind a multiple of 16 bytes."""
    return -place % LANES


@helper
def take_logistic(gate: Any, first: Any, last: Any, expf: Any) -> None:
    """The logistic function of numbers that are in no packet, in place."""
    values, one = carray(pointer(gate, np.float32), max(last, np.int64(0))), np.float32(1)
    for c in range(max(first, np.int64(0)), last):
        capped = np.float32(LOGISTIC_END) if values[c] > np.float32(LOGISTIC_END) else values[c]
        exponential = call_libm(expf, capped)
        values[c] = exponential / (one + exponential)


(
    GATES, GATES_STEP, OUTPUT, OUTPUT_STEP, BATCHES, CELLS, CELL_STATE, OUTPUT_STATE, HIDDEN, BOUNDS, EXPF, TOGETHER,
    EXTRAS,
) = range(13)  # fmt: skip
"""Words of the LSTM: addresses, and bytes from row to row, of sums of gates and of the output; sizes; and four words
for each gate: addresses of the peephole, a diagonal of recurrent weights, the coefficients of the normalization and the
bias that then goes with them, 0 where there is none."""

EXTRA = 4


def make_lstm(activation: int, coupled: int) -> Callable[..., None]:
    """One step of the LSTM of `ops._shared.lstm_float`, from the sums of gates on: input, cell, forget, output.

    Args:
        activation: index into `words.ACTIVATIONS`; without one, what is let out is the cell gate.
        coupled: whether there is no input gate.
    """
    gates, lets_gate_out = 3 if coupled else 4, ACTIVATIONS[activation] == "NONE"

    def float_lstm(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        batches, cells, together = word(p, BATCHES), word(p, CELLS), word(p, TOGETHER)
        size = cells * batches if together != 0 else cells
        begin, end = share(batches, part, parts)
        for n in range(begin, end):
            row, cell = word(p, GATES) + n * word(p, GATES_STEP), word(p, CELL_STATE) + 4 * n * cells
            first1, end1, first2, end2 = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
            for gate in range(gates):
                place, own = row + 4 * gate * cells, EXTRAS + EXTRA * gate
                if gate == gates - 1:
                    update(
                        activation, coupled, row, place - 8 * cells, place - 4 * cells, cell, cells, word(p, BOUNDS),
                        first1, end1, first2, end2,
                    )  # fmt: skip
                if word(p, own + 1) != 0:
                    add_products(place, word(p, own + 1), word(p, OUTPUT_STATE) + 4 * n * cells, cells)
                if word(p, own) != 0:
                    add_products(place, word(p, own), cell, cells)
                if word(p, own + 2) != 0:
                    normalize(place, word(p, own + 2), word(p, own + 3), cells)
                if gate != gates - 3:
                    before = n * cells if together != 0 else np.int64(0)
                    start = packed_from(gate * batches * cells + n * cells - before)
                    stop = start + (size - start) // LANES * LANES - before
                    start -= before
                    take_logistic(place, np.int64(0), min(start, cells), word(p, EXPF))
                    take_logistic(place, max(start, stop), cells, word(p, EXPF))
                    first1, end1, first2, end2 = first2, end2, start, stop
            let_out(
                activation, row + 4 * (gates - 1) * cells, row + 4 * (gates - 3) * cells if lets_gate_out else cell,
                cells, first2, end2,
                word(p, HIDDEN) + 4 * n * cells, word(p, OUTPUT) + n * word(p, OUTPUT_STEP),
            )  # fmt: skip

    return float_lstm


@emitted(prefer_literal=True)
def activate_row(typing: Any, activation: Any, source: Any, count: Any, state: Any, output: Any) -> Any:
    """Write ``count`` activated floats to two places.

    Args:
        typing: of numba.
        activation: a literal.
        source: address.
        count: how many.
        state: address.
        output: address.
    """
    literal = activation.literal_value

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        source, count, *targets = arguments[1:]

        def turn(index: Any, carried: list[Any]) -> list[Any]:
            offset = b.shl(index, constant(i64, 2))
            values = activate(b, load(b, b.add(source, offset), floats, align=4), literal)
            for target in targets:
                store_floats(b, values, b.add(target, offset), b.sub(count, index))
            return []

        counted(b, constant(i64, 0), FLOATS, count, [], turn)
        return context.get_dummy_value()

    return types.void(activation, *[types.int64] * 4), emit


def make_activate(activation: int) -> Callable[..., None]:
    """Rows of activated floats, to two places.

    Words: source, bytes from row to row, rows, count, state, bytes from row to row, output, bytes from row to row.

    Args:
        activation: index into `words.ACTIVATIONS`.
    """

    def activate_rows(p: Any, scratch: Any, part: Any, parts: Any) -> None:
        first, last = share(word(p, 2), part, parts)
        for n in range(first, last):
            activate_row(
                activation, word(p, 0) + n * word(p, 1), word(p, 3), word(p, 4) + n * word(p, 5),
                word(p, 6) + n * word(p, 7),
            )  # fmt: skip

    return activate_rows


MAKERS: dict[str, Callable[..., Callable[..., None]]] = {"float_lstm": make_lstm, "activate_rows": make_activate}
