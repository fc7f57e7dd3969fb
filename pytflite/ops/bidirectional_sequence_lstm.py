"""BIDIRECTIONAL_SEQUENCE_LSTM: two LSTMs over sequences, one forward (fw) and one backward (bw).

input: (batch, time, inputs), or (time, batch, inputs) when time_major. Each direction has weights, biases and states as
UNIDIRECTIONAL_SEQUENCE_LSTM has them, without layer normalization; see `_shared/lstm.py`. aux_input: as the input; with
auxiliary weights both directions add its products, without them it is what the backward one reads. Outputs: one for
each direction, or both side by side when merge_outputs.

Float32: products as Eigen sums them. Hybrid: 8-bit weights, vectors quantized on arrival; uint8 weights hold int8
codes.

Source: ``bidirectional_sequence_lstm.cc``, ``lstm_eval.cc``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape, TensorSpec
from pytflite.ops._shared.lstm import GATES, NAMES, Specs, Stages, Steps, gates_of, last, lstm_sizes, states_of
from pytflite.ops._shared.lstm_float import FloatLstm, float_params, float_steps
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import BidirectionalSequenceLSTMOptions

Array = npt.NDArray[Any]

OPTIONAL = ("to_input", "cell_to", "input_gate", "projection")
"""What the names of optional tensors have in them."""

CELL = NAMES[1:18]
"""Weights and biases of one direction."""

AUX = [f"aux_input_to_{gate}_weights" for gate in GATES]

ROLES = [
    "input",
    *(f"{way}_{name}" for way in ("fw", "bw") for name in CELL),
    *(f"{way}_{name}" for way in ("fw", "bw") for name in ("output_state", "cell_state")),
    "aux_input",
    *(f"{way}_{name}" for way in ("fw", "bw") for name in AUX),
]

OP = Op(
    BuiltinOperator.BIDIRECTIONAL_SEQUENCE_LSTM,
    " ".join(f"{name}?" if "aux" in name or any(part in name for part in OPTIONAL) else name for name in ROLES),
    "fw_output bw_output?",
    BidirectionalSequenceLSTMOptions,
    mutates="fw_output_state fw_cell_state bw_output_state bw_cell_state",
)


def type_row(weights: str) -> str:
    """The dtypes: float32, but for weights and peepholes."""
    letters = [weights if name.endswith("weights") else "f32" for name in ROLES]
    words = [f"{letter}?" if role.optional else letter for letter, role in zip(letters, OP.input_roles, strict=True)]
    return f"{' '.join(words)} -> f32 f32?"


def direction(node: Node, way: str) -> Specs:
    """The tensors of one direction, named as `_shared/lstm.py` does."""
    names = (*CELL, "output_state", "cell_state", *AUX)
    specs = {name: node.get(f"{way}_{name}") for name in names}
    return {"input": node["input"], **specs}


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """As the input, of output vectors; one shape when merged, else two."""
    input, options, aux = node["input"], node.options, node.get("aux_input")
    node.require(len(input.shape) == 3, f"{input} must have 3 dimensions.")
    sizes = []
    for way in ("fw", "bw"):
        specs = direction(node, way)
        sizes.append(lstm_sizes(node, specs, input.shape[1 if options.time_major else 0], diagonal=False))
        check_aux(node, specs, aux, sizes[-1].cells)
    fw, bw = sizes
    node.require(fw == bw, "Both directions must have as many cells and outputs.")
    if options.merge_outputs:
        return [(*input.shape[:2], 2 * fw.output)]
    return [(*input.shape[:2], fw.output)] * 2


def check_aux(node: Node, specs: Specs, aux: TensorSpec | None, cells: int) -> None:
    """Refuse an auxiliary input or weights of it that do not fit."""
    input, present = node["input"], [name for name in AUX if specs[name] is not None]
    if aux is not None:
        wanted = f"{aux} must be as {input}, but for the last dimension if there are auxiliary weights."
        node.require(aux.shape[:2] == input.shape[:2] and (present or aux.shape == input.shape), wanted)
    if not present:
        return
    gates = gates_of(specs.get)
    node.require(aux is not None, "aux_input is missing.")
    for name in (f"aux_input_to_{gate}_weights" for gate in gates):
        spec = specs[name]
        shape = (cells, aux.shape[2] if aux else 0)
        node.require(spec is not None and spec.shape == shape, f"{name} must be {shape[0]}x{shape[1]}.")


def params(node: Node) -> tuple[bool, FloatLstm, FloatLstm]:
    """Whether outputs are merged, and the params of both directions."""
    fw, bw = (
        float_params(node, direction(node, way), time_major=bool(node.options.time_major)) for way in ("fw", "bw")
    )
    return bool(node.options.merge_outputs), fw, bw


@OP.rule(
    "float32",
    type_row("f32"),
    params=params,
    note="Exact for ai_edge_litert 2.3; the Eigen of TensorFlow 2.21 differs in the last bits. The real kernel writes "
    "beyond its states where it merges outputs of several sequences that are not time-major.",
)
@OP.rule("hybrid", type_row("W"), W="i8 u8", params=params)
def define(*arguments: Any) -> Stages:
    """Forward, then backward."""
    *inputs, (merged, fw, bw) = arguments
    tensors = dict(zip(ROLES, inputs, strict=True))
    outputs = {}
    for way, p in (("fw", fw), ("bw", bw)):
        steps = run(tensors, way, p)
        for name, gate in steps.gates.items():
            yield f"{way}_{name}_gate", laid_out(gate, p)
        outputs[way] = laid_out(steps.output, p)
        for name, states in (("output_state", steps.output), ("cell_state", steps.cell)):
            yield f"{way}_{name}", last(states[order_of(way)], tensors[f"{way}_{name}"])
    if merged:
        yield "fw_output", np.concatenate([outputs["fw"], outputs["bw"]], axis=2)
        return
    yield "fw_output", outputs["fw"]
    yield "bw_output", outputs["bw"]


def run(tensors: dict[str, Any], way: str, p: FloatLstm) -> Steps:
    """One direction; what it computed, by time."""
    own = {name.removeprefix(f"{way}_"): value for name, value in tensors.items()}
    input, aux = tensors["input"], tensors["aux_input"]
    has_weights = own["aux_input_to_forget_weights"] is not None
    inputs = [input, aux] if has_weights else [aux if aux is not None and way == "bw" else input]
    order = order_of(way)
    sequences = [(values if p.time_major else values.swapaxes(0, 1))[order] for values in inputs]
    steps = float_steps(own, p, sequences, *states_of(own, sequences[0].shape[1]))
    return Steps({name: gate[order] for name, gate in steps.gates.items()}, steps.cell[order], steps.output[order])


def order_of(way: str) -> slice:
    """The order of the steps of a direction."""
    return slice(None, None, -1 if way == "bw" else 1)


def laid_out(values: Array, p: FloatLstm) -> Array:
    """From (time, batch, ...) to the layout of the input."""
    return np.ascontiguousarray(values if p.time_major else values.swapaxes(0, 1))
