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
from pytflite.schema.tables import BidirectionalSequenceRNNOptions
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.quantized import codes, tie_prone_scale
from tests.ops.rnns import WEIGHTS


def rnn(
    kind: str,
    seed: int,
    *,
    batch: int = 2,
    time: int = 3,
    inputs: int = 9,
    units: int = 7,
    backward_units: int = 4,
    aux: int = 0,
    aux_weights: bool = True,
    invokes: int = 2,
    time_major: bool = False,
    fused_activation_function: ActivationFunctionType = ActivationFunctionType.TANH,
    **options: Any,
) -> Case:
    """Two RNNs with random weights; `aux` is the depth of an auxiliary input, 0 for none."""
    rng = np.random.default_rng(seed)
    letter = WEIGHTS[kind]
    b = ModelBuilder()
    g = b.subgraph("main")

    def weights(name: str, *shape: int) -> Any:
        if letter == "f32":
            return g.constant(name, rng.standard_normal(shape) / np.sqrt(shape[1]), "f32")
        return g.constant(name, codes(rng, letter, shape), letter, scale=tie_prone_scale(rng, 0.002, 0.01))

    first = (time, batch) if time_major else (batch, time)
    refs = [g.input("input", (*first, inputs), "f32")]
    for way, size in (("fw", units), ("bw", backward_units)):
        refs += [
            weights(f"{way}_weights", size, inputs),
            weights(f"{way}_recurrent_weights", size, size),
            g.constant(f"{way}_bias", rng.standard_normal(size), "f32"),
            g.tensor(f"{way}_hidden_state", (batch, size), "f32", variable=True),
        ]
    extra: list[Any] = [None] * 3
    if aux:
        extra[0] = g.input("aux_input", (*first, aux), "f32")
    if aux and aux_weights:
        extra[1:] = [weights("fw_aux_weights", units, aux), weights("bw_aux_weights", backward_units, aux)]
    y = [g.output(f"output{i}", (0, 0, 0), "f32") for i in range(1 if options.get("merge_outputs") else 2)]
    table = BidirectionalSequenceRNNOptions(
        fused_activation_function=fused_activation_function, time_major=time_major, **options
    )
    g.operator(BuiltinOperator.BIDIRECTIONAL_SEQUENCE_RNN, [*refs, *extra], y, table)

    def data(depth: int) -> Any:
        quiet = rng.random((*first, 1)) < 0.25
        return np.where(quiet, 0, rng.standard_normal((*first, depth)) * 2).astype(np.float32)

    return Case(b.build(), [[data(depth) for depth in ([inputs, aux] if aux else [inputs])] for _ in range(invokes)])


@st.composite
def rnns(draw: st.DrawFn) -> Case:
    kind, inputs = draw(st.sampled_from(sorted(WEIGHTS))), draw(st.integers(1, 40))
    time_major, merged, asymmetric = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    aux_weights = draw(st.booleans())
    free = kind == "float32" and aux_weights and not time_major
    reads_address_4 = kind != "float32" and time_major and merged and not asymmetric
    return rnn(
        kind,
        draw(st.integers(0, 2**32)),
        batch=1 if reads_address_4 else draw(st.integers(1, 4)),
        time=draw(st.integers(1, 4)),
        inputs=inputs,
        units=draw(st.integers(1, 20)),
        backward_units=draw(st.integers(1, 20)),
        aux=draw(st.sampled_from([0, 3, 11] if free else [0, inputs])),
        aux_weights=aux_weights,
        time_major=time_major,
        merge_outputs=merged,
        fused_activation_function=draw(st.sampled_from(list(ActivationFunctionType))),
        asymmetric_quantize_inputs=asymmetric,
    )


@settings(max_examples=100, deadline=None)
@given(rnns())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    cases = {kind: rnn(kind, 3 + i) for i, kind in enumerate(WEIGHTS)}
    cases |= {f"{kind}_aux": rnn(kind, 5, aux=9, time_major=True) for kind in ("float32", "hybrid")}
    cases["float32_merged"] = rnn("float32", 6, merge_outputs=True, aux=3)
    cases["hybrid_stacked"] = rnn(
        "hybrid", 7, aux=9, aux_weights=False, asymmetric_quantize_inputs=True, time_major=True, merge_outputs=True
    )
    return cases


def test_golden() -> None:
    agrees_with_golden("bidirectional_sequence_rnn")


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("input", {"shape": (2, 27)}, "input .* must have 3 dimensions"),
        ("bw_weights", {"shape": (4, 8)}, "bw_weights .* must be 4x9"),
        ("bw_recurrent_weights", {"shape": (4, 3)}, "bw_recurrent_weights .* must be 4x4"),
        ("fw_hidden_state", {"shape": (3, 7)}, "fw_hidden_state .* must be 2x7"),
        ("aux_input", {"shape": (2, 4, 3)}, "aux_input .* must be as input"),
        ("bw_aux_weights", {"shape": (4, 2)}, "bw_aux_weights .* must be 4x3"),
    ],
)
def test_refuses(name: str, change: dict[str, Any], message: str) -> None:
    subject = rnn("float32", 0, aux=3)
    tensors = tuple(replace(t, **change) if t.name == name else t for t in subject.model.main.tensors)
    graph = replace(subject.model.main, tensors=tensors)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 .* failed to prepare"):
        prepare(replace(subject.model, subgraphs=(graph,)), 0, REFERENCE)


@pytest.mark.parametrize(("absent", "message"), [(9, "aux_input is missing"), (10, "must both be present, or neither")])
def test_refuses_half_an_auxiliary_input(absent: int, message: str) -> None:
    subject = rnn("float32", 0, aux=3)
    operator = subject.model.main.operators[0]
    inputs = tuple(-1 if i == absent else index for i, index in enumerate(operator.inputs))
    graph = replace(subject.model.main, operators=(replace(operator, inputs=inputs),))
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*failed to prepare"):
        prepare(replace(subject.model, subgraphs=(graph,)), 0, REFERENCE)
