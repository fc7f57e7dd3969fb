"""BIDIRECTIONAL_SEQUENCE_RNN: two fully connected recurrent layers over sequences, forward (fw) and backward (bw).

input: (batch, time, inputs), or (time, batch, inputs) when time_major. Each direction has weights (units, inputs),
recurrent weights (units, units), a bias (units) and a hidden state, which is a variable tensor (batch, units).
aux_input: as the input; with auxiliary weights both directions add its products; without them it is what the backward
one reads, but only when time_major. Outputs: one for each direction, or both side by side when merge_outputs.

Float32: sums in lanes, like those of ``tensor_utils``. Hybrid: 8-bit weights, vectors quantized on arrival; uint8
weights hold int8 codes. A hybrid time-major kernel runs over the sequence as often as it has steps, the state going on.

Source: ``bidirectional_sequence_rnn.cc``, ``RnnBatchStep`` of ``kernel_utils.cc``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.ops._api import Node, Op, Shape
from pytflite.ops._shared.rnn import Rnn, check_rnn, rnn_params, run_rnn
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import BidirectionalSequenceRNNOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

ROLES = [
    "input",
    *(f"{way}_{name}" for way in ("fw", "bw") for name in ("weights", "recurrent_weights", "bias", "hidden_state")),
    "aux_input",
    "fw_aux_weights",
    "bw_aux_weights",
]

OP = Op(
    BuiltinOperator.BIDIRECTIONAL_SEQUENCE_RNN,
    " ".join(f"{name}?" if "aux" in name else name for name in ROLES),
    "fw_output bw_output?",
    BidirectionalSequenceRNNOptions,
    mutates="fw_hidden_state bw_hidden_state",
)


class BidirectionalRnn(NamedTuple):
    """What all rules are given.

    Attributes:
        time_major: whether time is the first axis of the input.
        merged: whether there is one output for both directions.
        passes: how often to run over the sequence.
        ways: params of the forward and of the backward layer.
    """

    time_major: bool
    merged: bool
    passes: int
    ways: dict[str, Rnn]


@OP.shapes
def shapes(node: Node) -> list[Shape]:
    """As the input, of units; one shape when merged, else two."""
    input, options, aux = node["input"], node.options, node.get("aux_input")
    node.require(len(input.shape) == 3, f"{input} must have 3 dimensions.")
    units = [check_rnn(node, input.shape[1 if options.time_major else 0], prefix=f"{way}_") for way in ("fw", "bw")]
    weights = [node.get(f"{way}_aux_weights") for way in ("fw", "bw")]
    present = [spec for spec in weights if spec is not None]
    node.require(len(present) in (0, 2), "fw_aux_weights and bw_aux_weights must both be present, or neither.")
    node.require(aux is not None or not present, "aux_input is missing.")
    # The real kernel steps through the auxiliary input as if it were the input.
    must_equal = options.time_major or node["fw_weights"].letter != "f32" or not present
    if aux is not None:
        fits = aux.shape == input.shape if must_equal else aux.shape[:2] == input.shape[:2]
        node.require(fits, f"{aux} must be as {input}.")
        for spec, size in zip(present, units, strict=bool(present)):
            node.require(spec.shape == (size, aux.shape[2]), f"{spec} must be {size}x{aux.shape[2]}.")
    if options.merge_outputs:
        return [(*input.shape[:2], sum(units))]
    return [(*input.shape[:2], size) for size in units]


def params(node: Node) -> BidirectionalRnn:
    """Params of all rules."""
    options, input = node.options, node["input"]
    names = ["weights", *(["aux_weights"] if node.get("fw_aux_weights") else []), "recurrent_weights"]
    repeats = options.time_major and node["fw_weights"].letter != "f32"
    return BidirectionalRnn(
        bool(options.time_major),
        bool(options.merge_outputs),
        input.shape[0] if repeats else 1,
        {way: rnn_params(node, [f"{way}_{name}" for name in names]) for way in ("fw", "bw")},
    )


def once_params(node: Node) -> BidirectionalRnn:
    """Params of the rule that goes through a sequence once."""
    return params(node)._replace(passes=1)


def type_row(weights: str) -> str:
    """The dtypes: float32, but for weights."""
    letters = (weights if name.endswith("weights") else "f32" for name in ROLES)
    words = (f"{letter}?" if role.optional else letter for letter, role in zip(letters, OP.input_roles, strict=True))
    return f"{' '.join(words)} -> f32 f32?"


@OP.rule("float32", type_row("f32"), params=params)
@OP.rule(
    "hybrid",
    type_row("W"),
    W="i8 u8",
    params=params,
    note="Where outputs of several time-major sequences are merged and inputs quantized without a zero point, the real "
    "kernel reads address 4.",
)
@OP.rule("hybrid_once", type_row("W"), W="i8 u8", params=once_params, by_name=True)
def define(*arguments: Any) -> Stages:
    """Forward, then backward; the last outputs are the next states."""
    *inputs, p = arguments
    tensors = dict(zip(ROLES, inputs, strict=True))
    outputs = {}
    for way in ("fw", "bw"):
        order = slice(None, None, -1 if way == "bw" else 1)
        values = run(tensors, way, order, p)
        outputs[way] = values[order] if p.time_major else np.ascontiguousarray(values[order].swapaxes(0, 1))
        yield f"{way}_hidden_state", values[-1].copy() if len(values) else tensors[f"{way}_hidden_state"].copy()
    if p.merged:
        yield "fw_output", np.concatenate([outputs["fw"], outputs["bw"]], axis=2)
        return
    yield "fw_output", np.ascontiguousarray(outputs["fw"])
    yield "bw_output", np.ascontiguousarray(outputs["bw"])


def run(tensors: dict[str, Any], way: str, order: slice, p: BidirectionalRnn) -> Array:
    """One direction, (time, batch, units), in the order of its steps."""
    input, aux, aux_weights = tensors["input"], tensors["aux_input"], tensors[f"{way}_aux_weights"]
    is_stacked = aux is not None and aux_weights is None and way == "bw" and p.time_major
    inputs, weights = [aux if is_stacked else input], [tensors[f"{way}_weights"]]
    if aux_weights is not None:
        inputs, weights = [*inputs, aux], [*weights, aux_weights]
    sequences = [(values if p.time_major else values.swapaxes(0, 1))[order] for values in inputs]
    weights.append(tensors[f"{way}_recurrent_weights"])
    outputs: Array = sequences[0][:0]
    state = tensors[f"{way}_hidden_state"]
    for _ in range(p.passes):
        outputs = run_rnn(sequences, weights, tensors[f"{way}_bias"], state, p.ways[way])
        state = outputs[-1] if len(outputs) else state
    return outputs
