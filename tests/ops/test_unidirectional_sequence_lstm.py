from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.build import ModelBuilder, quantization
from pytflite.errors import PrepareError
from pytflite.plan.prepare import prepare
from pytflite.profiles import REFERENCE
from pytflite.runtime.state import State
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator
from pytflite.schema.tables import UnidirectionalSequenceLSTMOptions
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.lstms import KINDS as ALL_KINDS
from tests.ops.lstms import LstmBuilder, lstm_cases

KINDS = [kind for kind in ALL_KINDS if kind not in ("int8_products", "int16")]
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
    cifg: bool = False,
    peephole: bool = False,
    projection: str = "",
    norm: bool = False,
    short: bool = False,
    invokes: int = 2,
    time_major: bool = False,
    fused_activation_function: ActivationFunctionType = TANH,
    **options: Any,
) -> Case:
    """An LSTM with random weights that runs over several sequences, the state going on between them."""
    rng = np.random.default_rng(seed)
    b = ModelBuilder()
    g = b.subgraph("main")
    layer = LstmBuilder(
        g,
        rng,
        kind,
        batch=batch,
        inputs=inputs,
        cells=cells,
        outputs=outputs,
        cifg=cifg,
        peephole=peephole,
        projection=projection,
        norm=norm,
    )
    first = (time, batch) if time_major else (batch, time)
    x = g.input("input", (*first, inputs), layer.io, **layer.input_quantization)
    y = g.output("output", (0, 0, 0), layer.io, **layer.state_quantization)
    g.operator(
        BuiltinOperator.UNIDIRECTIONAL_SEQUENCE_LSTM,
        layer.tensors(x, short=short),
        [y],
        UnidirectionalSequenceLSTMOptions(
            fused_activation_function=fused_activation_function, time_major=time_major, **options
        ),
        intermediates=layer.intermediates(),
    )
    return Case(b.build(), [[layer.data((*first, inputs))] for _ in range(invokes)])


@st.composite
def lstms(draw: st.DrawFn) -> Case:
    return lstm(
        **draw(lstm_cases(sorted(KINDS))),
        batch=draw(st.integers(1, 5)),
        time=draw(st.integers(1, 4)),
        short=draw(st.booleans()),
        time_major=draw(st.booleans()),
    )


@settings(max_examples=100, deadline=None)
@given(lstms())
def test_agrees(subject: Case) -> None:
    agree(subject)


@pytest.mark.parametrize(("cells", "inputs", "batch"), [(3, 700, 3), (30, 1361, 5), (13, 40, 9), (1, 33, 1)])
def test_agrees_where_sums_are_long(cells: int, inputs: int, batch: int) -> None:
    agree(lstm("float32", 3, cells=cells, inputs=inputs, batch=batch, time_major=True))


@pytest.mark.parametrize("kind", ["float32", "hybrid", "int8"])
@pytest.mark.parametrize("empty", ["time", "batch", "inputs"])
@pytest.mark.parametrize("time_major", [False, True])
def test_agrees_where_something_is_empty(kind: str, empty: str, time_major: bool) -> None:
    agree(lstm(kind, 5, time_major=time_major, peephole=True, **{empty: 0}))


def test_agrees_without_activation() -> None:
    subject = lstm("hybrid", 5, fused_activation_function=ActivationFunctionType.NONE)
    agree(subject)


def golden_cases() -> dict[str, Case]:
    cases = {kind: lstm(kind, 3 + i) for i, kind in enumerate(KINDS)}
    whole: dict[str, Any] = {"peephole": True, "projection": "bias", "norm": True, "cell_clip": 1.5, "proj_clip": 0.5}
    cases |= {f"{kind}_whole": lstm(kind, 5, **whole) for kind in ("float32", "hybrid", "int8")}
    cases |= {f"{kind}_cifg": lstm(kind, 6, cifg=True, time_major=True) for kind in ("float32", "hybrid", "int8")}
    cases["hybrid_asymmetric"] = lstm("hybrid", 7, projection="weights", asymmetric_quantize_inputs=True)
    return cases


def test_golden() -> None:
    agrees_with_golden("unidirectional_sequence_lstm")


def test_stages_name_the_gates() -> None:
    subject = lstm("int8", 0, cifg=True)
    node = prepare(subject.model, 0, REFERENCE).first.nodes[0]
    state = State(subject.model.main).variables
    constants = [None if i < 0 else subject.model.constant(subject.model.main.tensors[i]) for i in node.operator.inputs]
    inputs = [*subject.inputs[0], *constants[1:18], *state.values(), *constants[20:]]
    stages = dict(node.stages(inputs))
    assert list(stages) == ["forget_gate", "cell_gate", "output_gate", "cell", "output", "output_state", "cell_state"]
    assert stages["forget_gate"].shape == stages["cell"].shape == (2, 3, 7)
    assert np.array_equal(stages["cell"][:, -1], stages["cell_state"])


@pytest.mark.parametrize("kind", ["float32", "int8"])
def test_refuses(kind: str) -> None:
    subject = lstm(kind, 0, cell_clip=-1.0)
    with pytest.raises(PrepareError, match=r"Clips must not be negative[\s\S]*Node number 0 .* failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("input_to_cell_weights", {"shape": (7, 4)}, "input_to_cell_weights .* must be 7x5"),
        ("recurrent_to_cell_weights", {"shape": (7, 6)}, "recurrent_to_cell_weights .* must be 7x7"),
        ("recurrent_to_output_weights", {"shape": (7, 6)}, "recurrent_to_output_weights .* must be square"),
        ("forget_gate_bias", {"shape": (6,)}, "forget_gate_bias .* must be 7"),
        ("output_state", {"shape": (3, 7)}, "output_state .* must have 14 elements"),
        ("cell_state", {"is_variable": False}, "cell_state .* must be a variable tensor"),
        ("cell_state", {"quantization": quantization(0.01)}, "scale of cell_state .* must be a power of two"),
    ],
)
def test_refuses_tensors(name: str, change: dict[str, Any], message: str) -> None:
    subject = lstm("int8", 0)
    tensors = [replace(t, **change) if t.name == name else t for t in subject.model.main.tensors]
    changed = replace(subject.model, subgraphs=(replace(subject.model.main, tensors=tuple(tensors)),))
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 .* failed to prepare"):
        prepare(changed, 0, REFERENCE)


@pytest.mark.parametrize(
    ("absent", "message"),
    [
        (1, "input_to_input_weights and recurrent_to_input_weights must both be present"),
        (12, "input_gate_bias must be present if and only if"),
        (10, r"cell_to_\*_weights must be present for every gate"),
        (22, "cell_layer_norm_coefficients is missing"),
        (16, "projection_bias needs projection_weights"),
    ],
)
def test_refuses_what_is_half_there(absent: int, message: str) -> None:
    subject = lstm("int8", 0, peephole=True, norm=True, projection="bias", outputs=7)
    operator = subject.model.main.operators[0]
    inputs = tuple(-1 if i == absent else index for i, index in enumerate(operator.inputs))
    graph = replace(subject.model.main, operators=(replace(operator, inputs=inputs),))
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 .* failed to prepare"):
        prepare(replace(subject.model, subgraphs=(graph,)), 0, REFERENCE)
