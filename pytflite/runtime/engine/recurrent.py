"""Binders of operators of int8 that keep a state: LSTMs and SVDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic import gemmlowp
from pytflite.arithmetic.requantize import DoubleRounding, Requantizer
from pytflite.kernels.engine import SLACK, packing
from pytflite.kernels.engine.buffers import aligned, with_slack
from pytflite.ops._shared.lstm import Gate, gates_of
from pytflite.ops._shared.lstm_integer import GATE_BITS, GateParams, IntegerLstm
from pytflite.ops.svdf import IntegerSvdf
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import INT32_MAX, Call, Calls, Operand, arrays_of, binder, left_factors, recipe_of

Array = npt.NDArray[Any]

GATES = ("forget", "cell", "output", "input")
"""In the order in which the kernel wants them."""

NO_SOURCE = -1
"""The recipe where there is no product."""


class Source(NamedTuple):
    """Weights of one source of sums, ready for the kernel."""

    recipe: int
    blocks: Array


@cache
def table_of(function: str, integer_bits: int) -> Array:
    """A function of gemmlowp for every int16, in the order of their bits without a sign."""
    codes = np.arange(65536).astype(np.uint16).view(np.int16)
    table: Array = getattr(gemmlowp, function)(codes, integer_bits, 16).astype(np.int16)
    return table


def source_of(
    weights: Sequence[Array], biases: Sequence[Array | None], requantizers: Sequence[Requantizer], zero_point: int
) -> Source | None:
    """Products of an int8 vector without its zero point with some matrices; None if they cannot be taken exactly.

    Args:
        weights: (rows, depth) each.
        biases: (rows) each, or None.
        requantizers: one each, for all rows.
        zero_point: of the vector.
    """
    if not all(isinstance(requantizer, DoubleRounding) for requantizer in requantizers):
        return None
    counts = [len(matrix) for matrix in weights]
    fields = zip(*requantizers, strict=True)
    requantizer = DoubleRounding(*(np.repeat(np.ravel(field), counts) for field in fields))
    factor = left_factors(requantizer, sum(counts))
    matrix = np.concatenate(weights).astype(np.int64) * factor[:, None]
    start = np.concatenate([np.zeros(n) if bias is None else bias for n, bias in zip(counts, biases, strict=True)])
    start = start.astype(np.int64) * factor
    reach = np.abs(matrix).sum(axis=1) * max(127 - zero_point, 128 + zero_point) + np.abs(start)
    recipe = recipe_of(requantizer, reach, rectified=False)
    if recipe is None or np.abs(matrix).max() > np.iinfo(np.int16).max:
        return None
    return Source(recipe.kind, packing.gemm_blocks(matrix, start, recipe, 2, packing.PAIR))


def right_shift_of(requantizer: Requantizer) -> tuple[int, int] | None:
    """Multiplier and right shift of a requantizer for all channels; None if it does more than the kernels do."""
    if not isinstance(requantizer, DoubleRounding) or requantizer.shift[0] > 0:
        return None
    return int(requantizer.multiplier[0]), -int(requantizer.shift[0])


@binder("UNIDIRECTIONAL_SEQUENCE_LSTM", "int8")
def unidirectional_sequence_lstm(
    node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]
) -> Calls:
    """Any."""
    tensors = arrays_of(node, inputs, "input", "output_state", "cell_state")
    return lstm_calls(tensors, node.params, tensors["input"], outputs[0]) if tensors else None


@binder("LSTM", "int8")
def lstm(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """One step."""
    tensors = arrays_of(node, inputs, "input", "output_state", "cell_state")
    if tensors is None:
        return None
    return lstm_calls(tensors, node.params, tensors["input"][np.newaxis], outputs[0][np.newaxis])


def lstm_calls(tensors: Mapping[str, Array], p: IntegerLstm, input: Array, output: Array) -> Calls:
    """The call of an LSTM over a sequence.

    Args:
        tensors: weights, biases and states by name.
        p: params of the rule.
        input: (time, batch, inputs), or batch and time changed over.
        output: alike.
    """
    hidden, gates = right_shift_of(p.hidden), gates_of(tensors.get)
    order = [name for name in GATES if name in gates]
    if hidden is None or not (output.size and input.size):
        return None
    sources = [
        source_of(
            [gates[name].weights[k] for name in order],
            [gates[name].bias if k == 0 and gates[name].norm is None else None for name in order],
            [p.gates[name].products[k] for name in order],
            p.zero_points[k],
        )
        for k in (0, 1)
    ]
    projection, extras = projection_of(p, tensors), [extras_of(p.gates[name], gates[name]) for name in order]
    if sources[0] is None or sources[1] is None or (p.projection is not None and projection is None):
        return None
    if any(own is None for own in extras):
        return None
    packed = with_slack(np.concatenate([source.blocks for source in sources if source], axis=1))
    times, batches = output.shape[:2] if p.time_major else output.shape[1::-1]
    depth, cells, width = input.shape[2], len(gates["output"].weights[0]), output.shape[2]
    steps = [(batches * size, size) if p.time_major else (size, times * size) for size in (depth, width)]
    words = [
        input, output, tensors["output_state"], tensors["cell_state"], packed, len(packed), packed.shape[1],
        batches, times, depth, cells, width, *steps[0], *steps[1], *p.zero_points,
        table_of("logistic", GATE_BITS), table_of("tanh", GATE_BITS), table_of("tanh", 15 + p.cell_exponent),
        int("input" in gates), 30 + p.cell_exponent, p.cell_clip, *hidden, p.hidden_zero_point,
        *((projection.blocks, len(projection.blocks), projection.blocks.shape[1]) if projection else (0, 0, 0)),
        p.proj_clip, int(p.time_major), *(word for own in extras if own for word in own),
    ]  # fmt: skip
    has_extras = any(gate.peephole is not None or gate.norm is not None for gate in gates.values())
    recipes = sources[0].recipe, sources[1].recipe, projection.recipe if projection else NO_SOURCE
    scratch = 2 * (depth + width + cells + max(4 * cells, width) + 3) + 2 * SLACK
    return [Call(("lstm", *recipes, int(has_extras)), words, scratch=scratch)]


def extras_of(q: GateParams, gate: Gate) -> list[Any] | None:
    """What a gate has beside products, in the order in which the kernel reads it; None if that cannot be taken."""
    peephole = (0, 0) if q.peephole is None else right_shift_of(q.peephole)
    norm = (0, 0) if q.norm is None else right_shift_of(q.norm.requantizer)
    if peephole is None or norm is None:
        return None
    weights = 0 if gate.peephole is None else gate.peephole
    coefficients, bias, guard = (0, 0, 0) if q.norm is None else (gate.norm, gate.bias, q.norm.guard)
    return [weights, *peephole, coefficients, bias, guard, *norm]


def projection_of(p: IntegerLstm, constants: Mapping[str, Array]) -> Source | None:
    """The projection, None where there is none, or none that can be taken exactly."""
    if p.projection is None:
        return None
    weights, bias = constants["projection_weights"], constants.get("projection_bias")
    return source_of([weights], [bias], [p.projection], -p.hidden_zero_point)


@binder("SVDF", "int8")
def svdf(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """An int16 state."""
    input, feature, time, bias, state = inputs
    assert input is not None
    assert feature is not None
    assert time is not None
    assert state is not None
    p: IntegerSvdf = node.params
    constant = feature.is_constant and time.is_constant and (bias is None or bias.is_constant)
    if not (constant and outputs[0].size and time.array.size and feature.array.size):
        return None
    (filters, memory), (batches, depth), units = time.array.shape, input.array.shape, outputs[0].shape[1]
    source = source_of([feature.array], [None], [p.feature], p.input_zero_point)
    recipe = recipe_of(p.time, np.full(units, INT32_MAX - 1), rectified=False)
    if source is None or recipe is None or left_factors(p.time, 1)[0] != 1:
        return None
    vectors = -(-units // 16) * 16 // packing.LANES
    heads = with_slack(packing.heads(np.zeros(units) if bias is None else bias.array.astype(np.int64), recipe, vectors))
    groups = -(-p.rank * memory // 8)
    before = aligned(16 * groups * units).view(np.int16).reshape(units, -1)
    before[:, : p.rank * memory] = np.roll(time.array * (np.arange(memory) < memory - 1), 1, 1).reshape(units, -1)
    words = [
        input.array, outputs[0], state.array, source.blocks, len(source.blocks), source.blocks.shape[1],
        batches, depth, filters, memory, p.rank, p.input_zero_point, before, groups,
        with_slack(time.array[:, memory - 1]), heads, packing.finishing(p.output_zero_point, -128, 127, unsigned=False),
    ]  # fmt: skip
    scratch = 2 * (depth + batches * filters + 1) + 4 * units + 4 * SLACK
    return [Call(("svdf", source.recipe, recipe.kind), words, scratch=scratch)]
