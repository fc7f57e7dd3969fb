"""What the RNN operators share: ``output = activation(W @ input + A @ aux_input + R @ output_before + bias)``.

Source: ``RnnBatchStep``, kernel_utils.cc. The kernels skip products of vectors that are all zero; the results are the
same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.hybrid import activate
from pytflite.ops._api import Node, Shape
from pytflite.ops._shared.recurrent import Hybrid, Neon, Product, fused_activation

Array = npt.NDArray[Any]


class Rnn(NamedTuple):
    """What an RNN is given.

    Attributes:
        activation: name of the fused activation.
        product: how to multiply by weights.
        scales: of the weights of the inputs and of the recurrent ones; 1 where they are float32.
    """

    activation: str
    product: Product
    scales: tuple[np.float32, ...]


def rnn_params(node: Node, names: Sequence[str]) -> Rnn:
    """Params of an RNN.

    Args:
        node: its options.
        names: the roles of its weights, the recurrent ones last.
    """
    weights = [node[name] for name in names]
    is_hybrid = weights[0].letter != "f32"
    product: Product = Hybrid(bool(node.options.asymmetric_quantize_inputs)) if is_hybrid else Neon()
    scales = tuple(spec.scale if is_hybrid else np.float32(1) for spec in weights)
    return Rnn(fused_activation(node), product, scales)


def check_rnn(node: Node, batch: int, *, prefix: str = "", weights: str = "weights") -> int:
    """The number of units of an RNN, after its tensors were checked.

    Args:
        node: the operator.
        batch: number of sequences.
        prefix: of the names of its tensors.
        weights: what the input weights are called.
    """
    input, matrix = node["input"], node[f"{prefix}{weights}"]
    node.require(len(matrix.shape) == 2, f"{matrix} must have 2 dimensions.")
    units, inputs = matrix.shape[0], input.shape[-1]
    wanted: dict[str, Shape] = {
        weights: (units, inputs),
        "recurrent_weights": (units, units),
        "bias": (units,),
        "hidden_state": (batch, units),
    }
    for name, shape in wanted.items():
        spec = node[f"{prefix}{name}"]
        node.require(spec.shape == shape, f"{spec} must be {'x'.join(map(str, shape))}.")
    state = node[f"{prefix}hidden_state"]
    node.require(state.tensor.is_variable, f"{state} must be a variable tensor.")
    return units


def run_rnn(inputs: Sequence[Array], weights: Sequence[Array], bias: Array, state: Array, p: Rnn) -> Array:
    """Run over a sequence.

    Args:
        inputs: each (time, batch, depth) float32: the input, and an auxiliary one if there is.
        weights: for the inputs and recurrent, (units, depth).
        bias: (units) float32.
        state: (batch, units) float32, the output before the first step.
        p: params.

    Returns:
        float32, (time, batch, units).
    """
    outputs = np.empty((len(inputs[0]), *state.shape), np.float32)
    for t in range(len(outputs)):
        total: Array = np.array(np.broadcast_to(bias, state.shape))
        sources = [*(input[t] for input in inputs), state]
        for vectors, matrix, scale in zip(sources, weights, p.scales, strict=True):
            total = p.product.add(total, p.product.arrive(vectors), matrix, scale)
        state = outputs[t] = activate(total, p.activation)
    return outputs
