from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.errors import PrepareError
from pytflite.plan.prepare import prepare
from pytflite.profiles import REFERENCE
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator
from pytflite.schema.tables import SVDFOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.quantized import codes, tie_prone_scale

KINDS = {
    "float32": ("f32", "f32", "f32", "f32", "f32"),
    "hybrid": ("f32", "i8", "i8", "f32", "f32"),
    "hybrid_uint8": ("f32", "u8", "u8", "f32", "f32"),
    "int8": ("i8", "i8", "i16", "i32", "i16"),
}
"""Kind -> letters of the input, the two weights, the bias and the state."""

INT8_STATE = {"int8_state": ("i8", "i8", "i8", "i32", "i8")}
"""What tf.lite cannot run."""

RELU = ActivationFunctionType.RELU


def svdf(
    kind: str,
    seed: int,
    *,
    batch: int = 2,
    inputs: int = 9,
    units: int = 5,
    rank: int = 2,
    memory: int = 6,
    with_bias: bool = True,
    invokes: int = 4,
    fused_activation_function: ActivationFunctionType = RELU,
    **options: Any,
) -> Case:
    """An SVDF with random weights over several steps; one input row in four is all zero."""
    rng = np.random.default_rng(seed)
    io, feature, time, bias, state = (KINDS | INT8_STATE)[kind]
    filters = units * rank

    def quantized(letter: str, low: float, high: float) -> dict[str, Any]:
        if letter == "f32":
            return {}
        zero_point = rng.integers(-60, 60) if letter == "i8" and io == "i8" else 0
        return {"scale": tie_prone_scale(rng, low, high), "zero_point": zero_point}

    def values(letter: str, shape: tuple[int, ...]) -> Any:
        return rng.standard_normal(shape) if letter == "f32" else codes(rng, letter, shape)

    b = ModelBuilder()
    g = b.subgraph("main")
    in_quantization = quantized(io, 0.01, 0.05)
    x = g.input("input", (batch, inputs), io, **in_quantization)
    weights = quantized(feature, 0.005, 0.02) | ({} if feature == "f32" else {"zero_point": 0})
    time_weights = quantized(time, *((1e-5, 1e-4) if time == "i16" else (0.005, 0.02)))
    time_weights |= {} if time == "f32" else {"zero_point": 0}
    remembered = quantized(state, *((0.05, 0.2) if state == "i8" else (1e-3, 1e-2)))
    wf = g.constant("weights_feature", values(feature, (filters, inputs)), feature, **weights)
    wt = g.constant("weights_time", values(time, (filters, memory)), time, **time_weights)
    bias_scale = {"scale": remembered["scale"] * time_weights["scale"]} if bias == "i32" else {}
    offsets = rng.integers(-90000, 90000, units) if state == "i16" else rng.integers(-2000, 2000, units)
    offsets = offsets if bias == "i32" else rng.standard_normal(units)
    c = g.constant("bias", offsets, bias, **bias_scale) if with_bias else None
    s = g.tensor("state", (batch, filters * memory), state, variable=True, **remembered)
    y = g.output("output", (batch, units), io, **quantized(io, 0.02, 0.2))
    g.operator(
        BuiltinOperator.SVDF,
        [x, wf, wt, c, s],
        [y],
        SVDFOptions(rank=rank, fused_activation_function=fused_activation_function, **options),
    )
    quiet = rng.random((invokes, batch, 1)) < 0.25
    fed = np.where(quiet, 0, values(io, (invokes, batch, inputs))).astype(np.float32 if io == "f32" else np.int8)
    return Case(b.build(), [[row] for row in fed])


@st.composite
def svdfs(draw: st.DrawFn) -> Case:
    kind = draw(st.sampled_from(sorted(KINDS)))
    return svdf(
        kind,
        draw(st.integers(0, 2**32)),
        batch=draw(st.integers(1, 4)),
        inputs=draw(st.integers(1, 40)),
        units=draw(st.integers(1, 9)),
        rank=draw(st.integers(1, 9)),
        memory=draw(st.integers(1, 11)),
        with_bias=draw(st.booleans()),
        fused_activation_function=RELU if kind == "int8" else draw(st.sampled_from(list(ActivationFunctionType))),
        asymmetric_quantize_inputs=draw(st.booleans()),
    )


@settings(max_examples=100, deadline=None)
@given(svdfs())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    cases = {kind: svdf(kind, 3 + i) for i, kind in enumerate(KINDS)}
    cases["hybrid_asymmetric"] = svdf("hybrid", 7, asymmetric_quantize_inputs=True)
    cases["float32_tanh"] = svdf("float32", 8, fused_activation_function=ActivationFunctionType.TANH, with_bias=False)
    return cases


def test_golden() -> None:
    agrees_with_golden("svdf")


def test_an_int8_state_as_on_microcontrollers() -> None:
    """Recorded with tflite_micro 0.dev20261023182759."""
    recorded = [
        [[-30, -12, -22, 17, -45], [-52, 24, -72, 3, 27]],
        [[-107, -6, -30, -9, -15], [-90, 13, -16, 15, 49]],
        [[-2, -55, -81, -31, 48], [-25, -7, -119, 86, 15]],
        [[31, -24, -86, 82, -48], [71, 90, 94, 97, 30]],
    ]
    subject = svdf("int8_state", 7)
    assert np.array_equal(evaluate(subject.model, subject.inputs, kernels=False), recorded)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fused_activation_function": ActivationFunctionType.NONE}, "Fused activation NONE given, RELU accepted"),
        ({"rank": 0}, "10 filters do not divide into units of rank 0"),
        ({"rank": 3}, "10 filters do not divide into units of rank 3"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = svdf("int8", 0)
    operator = subject.model.main.operators[0]
    options = SVDFOptions(**{"rank": 2, "fused_activation_function": RELU} | change)
    graph = replace(subject.model.main, operators=(replace(operator, options=options),))
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(SVDF\) failed to prepare"):
        prepare(replace(subject.model, subgraphs=(graph,)), 0, REFERENCE)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("input", {"shape": (2, 9, 1)}, "input .* must have 2 dimensions"),
        ("weights_feature", {"shape": (10, 8)}, "weights_feature .* must be 10x9"),
        ("bias", {"shape": (4,)}, "bias .* must be 5"),
        ("state", {"shape": (2, 59)}, "state .* must be 2x60"),
        ("state", {"is_variable": False}, "state .* must be a variable tensor"),
    ],
)
def test_refuses_tensors(name: str, change: dict[str, Any], message: str) -> None:
    subject = svdf("int8", 0)
    tensors = tuple(replace(t, **change) if t.name == name else t for t in subject.model.main.tensors)
    graph = replace(subject.model.main, tensors=tensors)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(SVDF\) failed to prepare"):
        prepare(replace(subject.model, subgraphs=(graph,)), 0, REFERENCE)
