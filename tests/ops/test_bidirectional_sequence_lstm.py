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
from pytflite.schema.tables import BidirectionalSequenceLSTMOptions
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.lstms import LstmBuilder, lstm_cases

KINDS = ["float32", "hybrid", "hybrid_uint8"]
GATES = ("input", "forget", "cell", "output")
TANH = ActivationFunctionType.TANH


def lstm(
    kind: str,
    seed: int,
    *,
    batch: int = 2,
    time: int = 3,
    inputs: int = 5,
    cells: int = 7,
    outputs: int = 6,
    backward_cells: int | None = None,
    aux: int = 0,
    aux_weights: bool = True,
    cifg: bool = False,
    peephole: bool = False,
    projection: str = "",
    norm: bool = False,
    invokes: int = 2,
    time_major: bool = False,
    fused_activation_function: ActivationFunctionType = TANH,
    **options: Any,
) -> Case:
    """Two LSTMs with random weights; `aux` is the depth of an auxiliary input, 0 for none."""
    rng = np.random.default_rng(seed)
    b = ModelBuilder()
    g = b.subgraph("main")
    shared: dict[str, Any] = {"batch": batch, "inputs": inputs, "projection": projection}
    fw = LstmBuilder(g, rng, kind, cells=cells, outputs=outputs, cifg=cifg, peephole=peephole, **shared)
    bw = LstmBuilder(g, rng, kind, cells=backward_cells or cells, outputs=outputs, **shared)
    first = (time, batch) if time_major else (batch, time)
    x = g.input("input", (*first, inputs), "f32")
    layers = [layer.tensors(x, short=True) for layer in (fw, bw)]
    second = g.input("aux_input", (*first, aux), "f32") if aux else None
    auxiliary = [
        layer.weights(f"aux_input_to_{gate}_weights", layer.cells, aux) if aux_weights and gate in layer.gates else None
        for layer in (fw, bw)
        for gate in GATES
    ]
    refs = [x, *layers[0][1:18], *layers[1][1:18], *layers[0][18:], *layers[1][18:], second]
    merged = options.get("merge_outputs")
    y = [g.output(f"output{i}", (0, 0, 0), "f32") for i in range(1 if merged else 2)]
    g.operator(
        BuiltinOperator.BIDIRECTIONAL_SEQUENCE_LSTM,
        refs + (auxiliary if aux else [None] * 8),
        y,
        BidirectionalSequenceLSTMOptions(
            fused_activation_function=fused_activation_function, time_major=time_major, **options
        ),
    )
    depths = [inputs, aux] if aux else [inputs]
    return Case(b.build(), [[fw.data((*first, depth)) for depth in depths] for _ in range(invokes)])


@st.composite
def lstms(draw: st.DrawFn) -> Case:
    case = draw(lstm_cases(KINDS)) | {"norm": False}
    time_major, merged = draw(st.booleans()), draw(st.booleans())
    aux_weights = draw(st.booleans())
    aux = draw(st.sampled_from([0, 3, 9] if aux_weights else [0, case["inputs"]]))
    return lstm(
        **case,
        aux=aux,
        aux_weights=aux_weights,
        # Merging sequences that are not time-major, the real kernel writes beyond its states.
        batch=draw(st.integers(1, 4)) if time_major or not merged else 1,
        time=draw(st.integers(1, 4)),
        time_major=time_major,
        merge_outputs=merged,
    )


@settings(max_examples=100, deadline=None)
@given(lstms())
def test_agrees(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    cases = {kind: lstm(kind, 3 + i) for i, kind in enumerate(KINDS)}
    cases |= {f"{kind}_aux": lstm(kind, 5, aux=3, peephole=True, cell_clip=1.5) for kind in ("float32", "hybrid")}
    cases["float32_merged"] = lstm("float32", 6, merge_outputs=True, time_major=True, projection="bias")
    cases["hybrid_stacked"] = lstm("hybrid", 7, aux=5, aux_weights=False, asymmetric_quantize_inputs=True)
    return cases


def test_golden() -> None:
    agrees_with_golden("bidirectional_sequence_lstm")


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("input", {"shape": (2, 15)}, "input .* must have 3 dimensions"),
        ("input_to_cell_weights", {"shape": (7, 4)}, "input_to_cell_weights .* must be 7x5"),
        ("aux_input", {"shape": (2, 4, 3)}, "aux_input .* must be as input"),
        ("aux_input_to_cell_weights", {"shape": (7, 2)}, "aux_input_to_cell_weights must be 7x3"),
        ("output_state", {"shape": (3, 7)}, "output_state .* must have 14 elements"),
    ],
)
def test_refuses(name: str, change: dict[str, Any], message: str) -> None:
    subject = lstm("float32", 0, aux=3)
    tensors = tuple(replace(t, **change) if t.name == name else t for t in subject.model.main.tensors)
    graph = replace(subject.model.main, tensors=tensors)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 .* failed to prepare"):
        prepare(replace(subject.model, subgraphs=(graph,)), 0, REFERENCE)


def test_refuses_directions_of_two_sizes() -> None:
    subject = lstm("float32", 0, backward_cells=8)
    with pytest.raises(PrepareError, match=r"Both directions must have as many cells[\s\S]*failed to prepare"):
        prepare(subject.model, 0, REFERENCE)


def test_refuses_auxiliary_weights_without_input() -> None:
    subject = lstm("float32", 0, aux=3)
    operator = subject.model.main.operators[0]
    inputs = tuple(-1 if i == 39 else index for i, index in enumerate(operator.inputs))
    graph = replace(subject.model.main, operators=(replace(operator, inputs=inputs),))
    with pytest.raises(PrepareError, match=r"aux_input is missing[\s\S]*failed to prepare"):
        prepare(replace(subject.model, subgraphs=(graph,)), 0, REFERENCE)
