"""Cases for the tests of RNN operators."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator
from pytflite.schema.tables import RNNOptions, SequenceRNNOptions
from tests.ops.harness import Case
from tests.ops.quantized import codes, tie_prone_scale

WEIGHTS = {"float32": "f32", "hybrid": "i8", "hybrid_uint8": "u8"}
"""Kind -> letter of the weights."""


def rnn(
    operator: BuiltinOperator,
    kind: str,
    seed: int,
    *,
    batch: int = 2,
    time: int = 3,
    inputs: int = 9,
    units: int = 7,
    invokes: int = 3,
    fused_activation_function: ActivationFunctionType = ActivationFunctionType.TANH,
    **options: Any,
) -> Case:
    """An RNN, of one step or over sequences, with random weights; one input vector in four is all zero."""
    rng = np.random.default_rng(seed)
    letter = WEIGHTS[kind]
    b = ModelBuilder()
    g = b.subgraph("main")

    def weights(name: str, *shape: int) -> Any:
        if letter == "f32":
            return g.constant(name, rng.standard_normal(shape) / np.sqrt(shape[1]), "f32")
        return g.constant(name, codes(rng, letter, shape), letter, scale=tie_prone_scale(rng, 0.002, 0.01))

    shape: tuple[int, ...] = (batch, inputs)
    table: Any = RNNOptions
    if operator != BuiltinOperator.RNN:
        shape = (time, batch, inputs) if options.get("time_major") else (batch, time, inputs)
        table = SequenceRNNOptions
    refs = [
        g.input("input", shape, "f32"),
        weights("weights", units, inputs),
        weights("recurrent_weights", units, units),
        g.constant("bias", rng.standard_normal(units), "f32"),
        g.tensor("hidden_state", (batch, units), "f32", variable=True),
    ]
    y = g.output("output", (0,) * len(shape), "f32")
    g.operator(operator, refs, [y], table(fused_activation_function=fused_activation_function, **options))
    quiet = rng.random((invokes, *shape[:-1], 1)) < 0.25
    fed = np.where(quiet, 0, rng.standard_normal((invokes, *shape)) * 2).astype(np.float32)
    return Case(b.build(), [[row] for row in fed])


@st.composite
def rnns(draw: st.DrawFn, operator: BuiltinOperator) -> Case:
    is_sequence = operator != BuiltinOperator.RNN
    return rnn(
        operator,
        draw(st.sampled_from(sorted(WEIGHTS))),
        draw(st.integers(0, 2**32)),
        batch=draw(st.integers(1, 4)),
        time=draw(st.integers(1, 4)),
        inputs=draw(st.integers(1, 40)),
        units=draw(st.integers(1, 20)),
        fused_activation_function=draw(st.sampled_from(list(ActivationFunctionType))),
        asymmetric_quantize_inputs=draw(st.booleans()),
        **({"time_major": draw(st.booleans())} if is_sequence else {}),
    )


def rnn_golden_cases(operator: BuiltinOperator) -> dict[str, Case]:
    cases = {kind: rnn(operator, kind, 3 + i) for i, kind in enumerate(WEIGHTS)}
    cases["hybrid_asymmetric"] = rnn(operator, "hybrid", 7, asymmetric_quantize_inputs=True)
    cases["float32_relu6"] = rnn(operator, "float32", 8, fused_activation_function=ActivationFunctionType.RELU6)
    return cases


RNN_REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("input", {"shape": (9,)}, "input .* must have"),
    ("weights", {"shape": (7, 8)}, "weights .* must be 7x9"),
    ("recurrent_weights", {"shape": (7, 6)}, "recurrent_weights .* must be 7x7"),
    ("bias", {"shape": (6,)}, "bias .* must be 7"),
    ("hidden_state", {"shape": (1, 7)}, "hidden_state .* must be 2x7"),
    ("hidden_state", {"is_variable": False}, "hidden_state .* must be a variable tensor"),
]
"""Name of a tensor, what is changed of it, and what is said then."""
