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
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator, LSTMKernelType
from pytflite.schema.tables import LSTMOptions
from tests.ops.harness import Case, agree, agrees_with_golden
from tests.ops.lstms import LstmBuilder, lstm_cases
from tests.ops.quantized import codes, tie_prone_scale

WHOLE = ["float32", "hybrid", "hybrid_uint8", "int8"]
TANH = ActivationFunctionType.TANH


def lstm(
    kind: str,
    seed: int,
    *,
    batch: int = 2,
    inputs: int = 5,
    cells: int = 7,
    outputs: int = 6,
    cifg: bool = False,
    peephole: bool = False,
    projection: str = "",
    norm: bool = False,
    short: bool = False,
    invokes: int = 3,
    fused_activation_function: ActivationFunctionType = TANH,
    **options: Any,
) -> Case:
    """A whole LSTM with random weights over several steps."""
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
    x = g.input("input", (batch, inputs), layer.io, **layer.input_quantization)
    y = g.output("output", (0, 0), layer.io, **layer.state_quantization)
    g.operator(
        BuiltinOperator.LSTM,
        layer.tensors(x, short=short),
        [y],
        LSTMOptions(fused_activation_function=fused_activation_function, **options),
        intermediates=layer.intermediates(),
    )
    return Case(b.build(), [[layer.data((batch, inputs))] for _ in range(invokes)])


def basic(
    kind: str, seed: int, *, batch: int = 2, inputs: int = 5, units: int = 7, variable: bool = False, invokes: int = 3
) -> Case:
    """A basic LSTM cell; states are variable tensors or fed."""
    rng = np.random.default_rng(seed)
    io, state_type = ("f32", "f32") if kind == "basic_float32" else ("u8", "i16")
    b = ModelBuilder()
    g = b.subgraph("main")
    activations = {} if io == "f32" else {"scale": 1 / 128, "zero_point": 128}
    states = {} if io == "f32" else {"scale": 2.0**-11}
    bias_scale = tie_prone_scale(rng, 1e-5, 1e-3)

    def values(letter: str, *shape: int) -> Any:
        return rng.standard_normal(shape).astype(np.float32) if letter == "f32" else codes(rng, letter, shape)

    def fed(name: str, letter: str, shape: tuple[int, ...], **quantized: Any) -> Any:
        if variable and name != "input":
            return g.tensor(name, shape, letter, variable=True, **quantized)
        return g.input(name, shape, letter, **quantized)

    refs = [
        fed("input", io, (batch, inputs), **activations),
        fed("previous", io, (batch, units), **activations),
        g.constant(
            "weights",
            values(io, 4 * units, inputs + units),
            io,
            **({} if io == "f32" else {"scale": bias_scale * 128, "zero_point": codes(rng, "u8", ())}),
        ),
        g.constant("bias", values("f32", 4 * units), "f32")
        if io == "f32"
        else g.constant("bias", rng.integers(-9000, 9000, 4 * units), "i32", scale=bias_scale),
        fed("state", state_type, (batch, units), **states),
    ]
    outs = [
        g.output("activation", (0, 0), io, **activations),
        g.output("new_state", (0, 0), state_type, **states),
        g.output("concatenated", (0, 0), io, **activations),
        g.output("gates", (0, 0), state_type, **({} if io == "f32" else {"scale": 2.0**-12})),
    ]
    g.operator(BuiltinOperator.LSTM, refs, outs, LSTMOptions(TANH, kernel_type=LSTMKernelType.BASIC))
    shapes = [(io, batch, inputs)] + ([] if variable else [(io, batch, units), (state_type, batch, units)])
    return Case(b.build(), [[values(*shape) for shape in shapes] for _ in range(invokes)])


@settings(max_examples=100, deadline=None)
@given(
    st.builds(
        lambda case, batch, short: lstm(**case, batch=batch, short=short),
        lstm_cases(WHOLE),
        st.integers(1, 5),
        st.booleans(),
    )
)
def test_agrees(subject: Case) -> None:
    agree(subject)


@st.composite
def lstms_with_int8_products(draw: st.DrawFn) -> Case:
    case = draw(lstm_cases(["int8_products"])) | {"projection": "bias", "norm": True}
    return lstm(**case, batch=draw(st.integers(1, 5)))


@settings(max_examples=60, deadline=None)
@given(lstms_with_int8_products())
def test_agrees_where_products_are_int8(subject: Case) -> None:
    agree(subject)


@settings(max_examples=60, deadline=None)
@given(
    st.builds(
        basic,
        st.sampled_from(["basic_float32", "basic_uint8"]),
        st.integers(0, 2**32),
        batch=st.integers(1, 5),
        inputs=st.integers(1, 40),
        units=st.integers(1, 20),
        variable=st.booleans(),
    )
)
def test_agrees_where_basic(subject: Case) -> None:
    agree(subject)


def golden_cases() -> dict[str, Case]:
    cases = {kind: lstm(kind, 3 + i) for i, kind in enumerate(WHOLE)}
    whole: dict[str, Any] = {"peephole": True, "projection": "bias", "norm": True, "cell_clip": 1.5, "proj_clip": 0.5}
    cases |= {f"{kind}_whole": lstm(kind, 5, **whole) for kind in ("float32", "hybrid", "int8")}
    cases["int8_products"] = lstm("int8_products", 8, projection="bias", norm=True, cell_clip=0.5, cifg=True)
    cases |= {kind: basic(kind, 6) for kind in ("basic_float32", "basic_uint8")}
    return cases


def test_golden() -> None:
    agrees_with_golden("lstm")


INT8_PRODUCTS = lstm("int8_products", 0, projection="bias", norm=True)


@pytest.mark.parametrize(
    ("absent", "message"),
    [(17, "projection_bias is missing"), (21, "forget_layer_norm_coefficients is missing")],
)
def test_refuses_int8_products_without(absent: int, message: str) -> None:
    operator = INT8_PRODUCTS.model.main.operators[0]
    inputs = tuple(-1 if i == absent else index for i, index in enumerate(operator.inputs))
    graph = replace(INT8_PRODUCTS.model.main, operators=(replace(operator, inputs=inputs),))
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(LSTM\) failed to prepare"):
        prepare(replace(INT8_PRODUCTS.model, subgraphs=(graph,)), 0, REFERENCE)


@pytest.mark.parametrize(
    ("subject", "name", "change", "message"),
    [
        (lstm("int8", 0), "input", {"shape": (10,)}, "input .* must have 2 dimensions"),
        (lstm("float32", 0), "recurrent_to_output_weights", {"shape": (7,)}, "must have 2 dimensions"),
        (lstm("int8", 0), "cell_state", {"quantization": quantization(0.01)}, "must be a power of two"),
        (INT8_PRODUCTS, "cell_state", {"quantization": quantization(2.0**-14)}, "cell_state.* must be 3.05"),
        (basic("basic_uint8", 0), "previous", {"shape": (14,)}, "previous.* must have 2 dimensions"),
        (basic("basic_uint8", 0), "weights", {"shape": (28, 11)}, "weights.* must be 28x12"),
        (basic("basic_uint8", 0), "bias", {"shape": (27,)}, "bias.* must be 28"),
        (basic("basic_uint8", 0), "state", {"shape": (2, 6)}, "state.* must be 2x7"),
        (basic("basic_uint8", 0), "state", {"quantization": quantization(2.0**-12)}, "state.* must be 0.00048828125"),
    ],
)
def test_refuses(subject: Case, name: str, change: dict[str, Any], message: str) -> None:
    tensors = tuple(replace(t, **change) if t.name == name else t for t in subject.model.main.tensors)
    graph = replace(subject.model.main, tensors=tensors)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(LSTM\) failed to prepare"):
        prepare(replace(subject.model, subgraphs=(graph,)), 0, REFERENCE)


def test_refuses_the_inputs_of_the_other_kernel() -> None:
    subject = basic("basic_float32", 0)
    operator = replace(subject.model.main.operators[0], options=LSTMOptions(TANH, kernel_type=LSTMKernelType.FULL))
    graph = replace(subject.model.main, operators=(operator,))
    with pytest.raises(PrepareError, match=r"5 inputs given\. The whole kernel has 20 or 24"):
        prepare(replace(subject.model, subgraphs=(graph,)), 0, REFERENCE)
