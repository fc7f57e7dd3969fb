"""Binders of operators with float32 activations that keep a state: LSTMs and RNNs, of float32 or 8-bit weights.

A sequence is laid out as calls: products of the input for all steps at once, where the order of sums allows it, then
for each step those of the state before, and what becomes of the sums.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.libm import address_of
from pytflite.kernels.engine import SLACK
from pytflite.kernels.engine.buffers import aligned, with_slack
from pytflite.kernels.engine.packing import blocks_of
from pytflite.kernels.engine.target import FLOATS
from pytflite.kernels.engine.words import ACTIVATIONS, BLOCK, LANE_VECTORS, NEON, ROWS_OF_VECTOR, VECTOR
from pytflite.ops._shared.lanes import LANES, PEELED, SMALL, block_depth
from pytflite.ops._shared.lstm import Gate, gates_of
from pytflite.ops._shared.lstm_float import GATE_ORDER, FloatLstm
from pytflite.ops._shared.recurrent import Eigen, Hybrid, Neon, dequantized
from pytflite.ops._shared.rnn import Rnn
from pytflite.ops.bidirectional_sequence_rnn import BidirectionalRnn
from pytflite.ops.svdf import FloatSvdf
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import Call, Calls, Operand, arrays_of, binder, numbers
from pytflite.runtime.engine.hybrid_products import has_exact_sums, quantize, scaled_back, scaled_products
from pytflite.runtime.engine.movement import moved, together

Array = npt.NDArray[Any]

LEAST_PRODUCTS = 1 << 14
"""Smaller products are not split."""

MOST_STEPS = 1 << 12
"""Longer sequences are left to the definition: each of their steps would be some calls of the program."""

LARGEST = float(np.finfo(np.float32).max)


WAYS = "fw", "bw"


def bounds_around_0(limit: np.float32 | float, otherwise: float = np.inf) -> Array:
    """Minus and plus a limit, or another if it is 0."""
    reach = limit if limit > 0 else otherwise
    return numbers(np.float32, -reach, reach)


class Matrix(Protocol):
    """Weights, ready to be multiplied with rows."""

    def calls(self, rows: Array, output: Array) -> list[Call]:
        """Calls that add products to what sums start with.

        Args:
            rows: (rows, depth) float32.
            output: (rows, channels) float32.
        """


class Lanes(NamedTuple):
    """Float32 weights, and how sums of their products run.

    Attributes:
        blocks: packed for `kernels.engine.float_lanes`.
        shape: channels, depth.
        start: one float per channel; None for what the output is already.
        lanes: how many.
        whole: how many products lanes share.
        order: what is added to what in the end.
        bounds: of sums.
    """

    blocks: Array
    shape: tuple[int, int]
    start: Array | None
    lanes: int
    whole: int
    order: int
    bounds: Array

    def calls(self, rows: Array, output: Array) -> list[Call]:
        """As of `Matrix`."""
        (channels, depth), step = self.shape, output.strides[0]
        start = (output, step) if self.start is None else (self.start, 0)
        words = [
            rows, rows.strides[0], len(rows), output, step, *start,
            self.blocks, len(self.blocks), self.blocks.strides[0], depth, self.whole, channels, self.bounds,
        ]  # fmt: skip
        is_large = len(rows) * channels * depth > LEAST_PRODUCTS
        return [
            Call(("float_lanes", self.lanes, self.order), words, max(len(rows), len(self.blocks)) if is_large else 1)
        ]


def lanes(
    weights: Array, start: Array | None, order: int, bounds: Array, count: int = LANES, whole: int | None = None
) -> Lanes:
    """Weights (channels, depth) packed for a number of lanes, by default four as far as there are whole groups."""
    channels, depth = weights.shape
    width = LANE_VECTORS[count] * FLOATS
    blocks = -(-channels // width)
    matrix = np.zeros((blocks * width, depth), np.float32)
    matrix[:channels] = weights
    packed = np.ascontiguousarray(matrix.reshape(blocks, width, depth).swapaxes(1, 2)).reshape(blocks, -1)
    data = blocks_of(packed[:, :0].view(np.uint8), packed.view(np.uint8))
    whole = depth // count * count if whole is None else whole
    return Lanes(data, weights.shape, start, count, whole, order, bounds)


class Stacked(NamedTuple):
    """Float32 weights of several products, which take so many rows together.

    Attributes:
        batch: how many rows.
        parts: for a range of rows and one of channels, how they are summed.
    """

    batch: int
    parts: Sequence[tuple[slice, slice, Lanes]]

    def calls(self, rows: Array, output: Array) -> list[Call]:
        """As of `Matrix`."""
        return [
            call
            for first in range(0, len(rows), self.batch)
            for some, channels, own in self.parts
            for call in own.calls(
                rows[first : first + self.batch][some], output[first : first + self.batch][some][:, channels]
            )
        ]


def orders(rows: int, channels: int, depth: int) -> list[tuple[slice, slice, int, int]] | None:
    """How Eigen sums a product of several rows: rows, channels, lanes, how many products these share.

    None where there are other lanes than kernels have, see `ops._shared.lanes.eigen_products`.
    """
    if channels == 1:
        return [(slice(0, rows), slice(0, 1), LANES, depth // LANES * LANES)]
    if rows + channels + depth < SMALL or block_depth(depth) < depth:
        return None
    eights, fours, whole = channels // (2 * LANES) * 2 * LANES, channels // LANES * LANES, rows // LANES * LANES
    found = [
        (slice(0, rows), slice(0, eights), 1, 0),
        (slice(whole, rows), slice(eights, channels), 1, 0),
        (slice(0, whole), slice(eights, fours), 2, depth // PEELED * PEELED),
        (slice(0, whole), slice(fours, channels), LANES, depth // LANES * LANES),
    ]
    return [part for part in found if all(own.start < own.stop for own in part[:2])]


def stacked(weights: Sequence[Array], start: Array | None, batch: int, bounds: Array) -> Stacked | None:
    """Weights (channels, depth) of some products of a batch, one behind the other; None if they cannot be taken."""
    parts, place = [], 0
    for matrix in weights:
        own = orders(batch, *matrix.shape)
        if own is None:
            return None
        order = ROWS_OF_VECTOR if len(matrix) == 1 else BLOCK
        for rows, channels, count, whole in own:
            range_of_all = slice(place + channels.start, place + channels.stop)
            begin = None if start is None else with_slack(start[range_of_all])
            parts.append((rows, range_of_all, lanes(matrix[channels], begin, order, bounds, count, whole)))
        place += len(matrix)
    return Stacked(batch, parts)


class HybridMatrix(NamedTuple):
    """8-bit weights.

    Attributes:
        blocks: see `scaled_back`.
        adds: whether sums start with what the output is already.
        bounds: of sums.
        asymmetric: whether rows are quantized with a zero point.
    """

    blocks: Array
    adds: bool
    bounds: Array
    asymmetric: bool

    def calls(self, rows: Array, output: Array) -> list[Call]:
        """As of `Matrix`."""
        first, codes, scales = quantize(rows, len(rows), asymmetric=self.asymmetric)
        matrix = codes.reshape(rows.shape)
        return [first, scaled_products(self.blocks, self.bounds, scales, matrix, output, adds=self.adds)]


def matrix_of(
    product: Any,
    weights: Sequence[Array],
    scales: Sequence[np.float32],
    start: Array | None,
    batch: int,
    limit: np.float32 | float = 0.0,
) -> Matrix | None:
    """Weights as `ops._shared.recurrent` multiplies by them; None if the engine cannot.

    Args:
        product: how.
        weights: (channels, depth), of several products that lie one behind the other.
        scales: of each.
        start: one float per channel; None for what the output is already.
        batch: rows of a step.
        limit: sums stay within plus and minus this, if it is not 0.
    """
    every, bounds = np.concatenate(weights), bounds_around_0(limit)
    match product:
        case Hybrid(asymmetric):
            codes = every.view(np.int8)
            scale = np.repeat(np.array(scales, np.float32), [len(matrix) for matrix in weights])
            blocks = scaled_back(codes, scale, start) if has_exact_sums(codes) else None
            return None if blocks is None else HybridMatrix(blocks, start is None, bounds, asymmetric)
        case Neon():
            return lanes(every, start, NEON, bounds)
        case Eigen(together) if together and batch > 1:
            return stacked(weights, start, batch, bounds)
        case Eigen() if min(map(len, weights)) > 1:
            return lanes(every, start, VECTOR, bounds_around_0(limit, LARGEST))
    return None


def in_steps(array: Array, *, time_major: bool, backward: bool = False) -> Array:
    """A view whose first axis are the steps of a sequence in the order in which they are taken."""
    steps = array if time_major else array.swapaxes(0, 1)
    return steps[::-1] if backward else steps


def sums_of_inputs(inputs: Sequence[Array], matrices: Sequence[Matrix], channels: int) -> tuple[Array, list[Call]]:
    """Where sums of all steps are, in the layout of the inputs, and calls for the products of these.

    Args:
        inputs: each (time, batch, depth), or batch and time changed over.
        matrices: of each; the first does not add.
        channels: how many sums a step has.
    """
    places = inputs[0].shape[:2]
    sums = aligned(4 * int(np.prod(places)) * channels).view(np.float32).reshape(*places, channels)
    pairs = zip(inputs, matrices, strict=True)
    return sums, [
        call
        for input, matrix in pairs
        for call in matrix.calls(input.reshape(-1, input.shape[2]), sums.reshape(-1, channels))
    ]


def repeated(step: Sequence[Call], places: Sequence[Sequence[Array]]) -> list[Call]:
    """The calls of all steps, which are those of the first with other addresses.

    Args:
        step: calls of the first step.
        places: what has a place of its own in each step; alike in all.
    """
    bounds = [np.lib.array_utils.byte_bounds(array) for array in places[0]]
    marks = [
        (number, index, which, word.ctypes.data - places[0][which].ctypes.data)
        for number, call in enumerate(step)
        for index, word in enumerate(call.words)
        for which, (low, high) in enumerate(bounds)
        if isinstance(word, np.ndarray) and low <= word.ctypes.data < high
    ]
    calls = list(step)
    for arrays in places[1:]:
        addresses, words = [array.ctypes.data for array in arrays], [list(call.words) for call in step]
        for number, index, which, offset in marks:
            words[number][index] = addresses[which] + offset
        calls += [call._replace(words=own) for call, own in zip(step, words, strict=True)]
    return calls


def all_there(matrices: Sequence[Matrix | None]) -> list[Matrix] | None:
    """The same; None if one is missing."""
    there = [matrix for matrix in matrices if matrix is not None]
    return there if len(there) == len(matrices) else None


def lstm_calls(
    tensors: Mapping[str, Array], p: FloatLstm, inputs: Sequence[Array], output: Array, *, backward: bool = False
) -> Calls:
    """Calls for an LSTM over a sequence; nothing if its sums are none that the kernels know.

    Args:
        tensors: weights, biases and states by the names of `NAMES`.
        p: params of the rule.
        inputs: the input, and the auxiliary one if there is; each (time, batch, depth), or batch and time changed over.
        output: alike.
        backward: whether to begin at the end.
    """
    gates, scales = gates_of(tensors.get), gates_of(p.scales.get)
    order = [name for name in GATE_ORDER if name in gates]
    outputs = in_steps(output, time_major=p.time_major, backward=backward)
    (time, batch, width), cells = outputs.shape, len(gates["output"].bias)
    state, cell = (tensors[name].reshape(batch, -1) for name in ("output_state", "cell_state"))
    weights = [[gates[name].weights[k] for name in order] for k in range(len(inputs) + 1)]
    of_weights = [[scales[name].weights[k] for name in order] for k in range(len(inputs) + 1)]
    ranks = {matrix.ndim for matrix in weights[-1]}
    if len(ranks) > 1 or time > MOST_STEPS:
        return None
    if is_diagonal := ranks == {1}:
        del weights[-1], of_weights[-1]
    normed = gates["output"].norm is not None
    biases = [np.zeros(cells, np.float32) if normed else gates[name].bias for name in order]
    starts = [with_slack(np.concatenate(biases)), *[None] * len(inputs)]
    matrices = [matrix_of(p.product, *own, batch) for own in zip(weights, of_weights, starts, strict=False)]
    hidden, projection = state, tensors.get("projection_weights")
    if projection is not None:
        hidden = aligned(4 * batch * cells).view(np.float32).reshape(batch, cells)
        start = tensors.get("projection_bias", aligned(4 * width).view(np.float32))
        scale = p.scales["projection_weights"]
        matrices.append(matrix_of(p.product, [projection], [scale], start, batch, p.proj_clip))
    ready = all_there(matrices)
    if ready is None:
        return None
    sums, calls = sums_of_inputs(inputs, ready[: len(inputs)], len(order) * cells)
    words = [
        batch, cells, cell, state, hidden, bounds_around_0(p.cell_clip), address_of("expf"), int(p.time_major),
        *(word for name in order for word in extras(gates[name], scales[name], is_diagonal=is_diagonal)),
    ]  # fmt: skip
    kernel = "float_lstm", ACTIVATIONS.index(p.activation), int(len(order) == 3)
    steps = list(zip(in_steps(sums, time_major=p.time_major, backward=backward), outputs, strict=True))
    total, target = steps[0]
    place = target if projection is None else hidden
    step = [] if is_diagonal else ready[len(inputs)].calls(state, total)
    step.append(Call(kernel, [total, total.strides[0], place, place.strides[0], *words]))
    if projection is not None:
        step += ready[-1].calls(hidden, state)
        step += moved(state, target) or []
    return calls + repeated(step, steps)


def extras(gate: Gate, scale: Gate, *, is_diagonal: bool) -> list[Any]:
    """Addresses of what a gate has beside sums: peephole, diagonal, coefficients and the bias that goes with them."""
    peephole = gate.peephole
    if peephole is not None and peephole.dtype != np.float32:
        peephole = dequantized(peephole, scale.peephole)
    diagonal = gate.weights[-1] if is_diagonal else None
    found = peephole, diagonal, gate.norm, None if gate.norm is None else gate.bias
    return [0 if array is None else array for array in found]


@binder("UNIDIRECTIONAL_SEQUENCE_LSTM", "float32", "hybrid")
def unidirectional_sequence_lstm(
    node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]
) -> Calls:
    """Up to `MOST_STEPS` steps."""
    tensors = arrays_of(node, inputs, "input", "output_state", "cell_state")
    if tensors is None or not (tensors["input"].size and outputs[0].size):
        return None
    return lstm_calls(tensors, node.params, [tensors["input"]], outputs[0])


@binder("LSTM", "float32", "hybrid")
def lstm(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """One step."""
    tensors = arrays_of(node, inputs, "input", "output_state", "cell_state")
    if tensors is None or not (tensors["input"].size and outputs[0].size):
        return None
    return lstm_calls(tensors, node.params, [tensors["input"][np.newaxis]], outputs[0][np.newaxis])


@binder("BIDIRECTIONAL_SEQUENCE_LSTM", "float32", "hybrid")
def bidirectional_sequence_lstm(
    node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]
) -> Calls:
    """One direction after the other."""
    merged, *params = node.params
    states = [f"{way}_{name}" for way in WAYS for name in ("output_state", "cell_state")]
    tensors = arrays_of(node, inputs, "input", "aux_input", *states)
    if tensors is None or not all(array.size for array in (tensors["input"], *outputs)):
        return None
    input, aux = tensors["input"], tensors.get("aux_input")
    places, found = np.split(outputs[0], 2, axis=2) if merged else outputs, []
    for way, p, place in zip(WAYS, params, places, strict=True):
        own = {name.removeprefix(f"{way}_"): array for name, array in tensors.items()}
        of_way = [input if aux is None or way == "fw" else aux]
        if aux is not None and "aux_input_to_forget_weights" in own:
            of_way = [input, aux]
        found.append(lstm_calls(own, p, of_way, place, backward=way == "bw"))
    return together(found)


def rnn_calls(
    p: Rnn, inputs: Sequence[Array], weights: Sequence[Array], bias: Array, state: Array, output: Array, *,
    time_major: bool, backward: bool = False,
) -> Calls:  # fmt: skip
    """Calls for an RNN over a sequence; nothing if its sums are none that the kernels know.

    Args:
        p: params.
        inputs: the input, and the auxiliary one if there is; each (time, batch, depth), or batch and time changed over.
        weights: for the inputs and recurrent.
        bias: (units).
        state: (batch, units).
        output: as the inputs.
        time_major: whether time is their first axis.
        backward: whether to begin at the end.
    """
    starts = [bias, *[None] * len(inputs)]
    found = [
        matrix_of(p.product, [matrix], [scale], start, len(state))
        for matrix, scale, start in zip(weights, p.scales, starts, strict=True)
    ]
    ready, (batch, units) = all_there(found), state.shape
    outputs = in_steps(output, time_major=time_major, backward=backward)
    if ready is None or len(outputs) > MOST_STEPS:
        return None
    sums, calls = sums_of_inputs(inputs, ready[: len(inputs)], units)
    kernel = "activate_rows", ACTIVATIONS.index(p.activation)
    steps = list(zip(in_steps(sums, time_major=time_major, backward=backward), outputs, strict=True))
    total, target = steps[0]
    words = [total, total.strides[0], batch, units, state, state.strides[0], target, target.strides[0]]
    return calls + repeated([*ready[-1].calls(state, total), Call(kernel, words)], steps)


@binder("RNN", "float32", "hybrid")
def rnn(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """One step."""
    tensors = arrays_of(node, inputs, "input", "hidden_state")
    if tensors is None or not (tensors["input"].size and outputs[0].size):
        return None
    input, *weights, bias, state = tensors.values()
    return rnn_calls(node.params, [input[np.newaxis]], weights, bias, state, outputs[0][np.newaxis], time_major=True)


@binder("UNIDIRECTIONAL_SEQUENCE_RNN", "float32", "hybrid")
def unidirectional_sequence_rnn(
    node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]
) -> Calls:
    """Up to `MOST_STEPS` steps."""
    tensors = arrays_of(node, inputs, "input", "hidden_state")
    if tensors is None or not (tensors["input"].size and outputs[0].size):
        return None
    input, *weights, bias, state = tensors.values()
    return rnn_calls(node.params.rnn, [input], weights, bias, state, outputs[0], time_major=node.params.time_major)


@binder("BIDIRECTIONAL_SEQUENCE_RNN", "float32", "hybrid", "hybrid_once")
def bidirectional_sequence_rnn(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """One direction after the other, as often as the definition has it; up to `MOST_STEPS` steps in all."""
    p: BidirectionalRnn = node.params
    tensors = arrays_of(node, inputs, "input", "aux_input", *(f"{way}_hidden_state" for way in WAYS))
    if tensors is None or not all(array.size for array in (tensors["input"], *outputs)):
        return None
    input, aux = tensors["input"], tensors.get("aux_input")
    places = np.split(outputs[0], [len(tensors["fw_bias"])], axis=2) if p.merged else outputs
    if p.passes * len(in_steps(input, time_major=p.time_major)) > MOST_STEPS:
        return None
    found = []
    for way, place in zip(WAYS, places, strict=True):
        own = {name.removeprefix(f"{way}_"): array for name, array in tensors.items()}
        inputs_of_way, weights = [input], [own["weights"], own["recurrent_weights"]]
        if aux is not None and "aux_weights" in own:
            inputs_of_way, weights = [input, aux], [own["weights"], own["aux_weights"], own["recurrent_weights"]]
        elif aux is not None and way == "bw" and p.time_major:
            inputs_of_way = [aux]
        calls = rnn_calls(
            p.ways[way], inputs_of_way, weights, own["bias"], own["hidden_state"], place,
            time_major=p.time_major, backward=way == "bw",
        )  # fmt: skip
        found.append(calls and calls * p.passes)
    return together(found)


@binder("SVDF", "float32", "hybrid")
def svdf(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Any."""
    tensors = arrays_of(node, inputs, "input", "state")
    if tensors is None or not all(array.size for array in (*tensors.values(), *outputs)):
        return None
    p: FloatSvdf = node.params
    input, feature, time, state = (tensors[name] for name in ("input", "weights_feature", "weights_time", "state"))
    (filters, memory), batches = time.shape, len(input)
    product: Any = Neon() if node.rule.name == "float32" else Hybrid(p.asymmetric)
    start = with_slack(np.full(filters, -0.0 if node.rule.name == "hybrid" else 0.0, np.float32))
    matrix = matrix_of(product, [feature], [p.feature_scale], start, batches)
    if matrix is None:
        return None
    features = aligned(4 * batches * filters).view(np.float32).reshape(batches, filters)
    weights = time if time.dtype == np.float32 else dequantized(time, p.time_scale)
    words = [
        features, state, with_slack(weights), tensors.get("bias", 0), outputs[0], batches, filters, memory, p.rank
    ]  # fmt: skip
    calls = matrix.calls(input, features)
    return [*calls, Call(("float_svdf", ACTIVATIONS.index(p.activation)), words, scratch=4 * filters + SLACK)]
