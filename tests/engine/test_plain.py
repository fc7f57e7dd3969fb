"""Operators of plain numbers, and tables of codes and of pairs of codes, bit for bit; inputs broadcast in any way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from pytflite.build import ModelBuilder
from pytflite.errors import InvokeError
from pytflite.model.dtypes import dtype_from_letter
from pytflite.plan.prepare import prepare
from pytflite.profiles import OPTIMIZED, REFERENCE, XNNPACK, Profile
from pytflite.runtime.engine.engine import Engine
from pytflite.schema.enums import BuiltinOperator, TensorType
from pytflite.schema.tables import ArgMaxOptions, ArgMinOptions, DivOptions
from tests.engine.engines import agree, run
from tests.ops import (
    test_add,
    test_add_n,
    test_arg_max,
    test_arg_min,
    test_bitwise_xor,
    test_cast,
    test_dequantize,
    test_div,
    test_elu,
    test_equal,
    test_exp,
    test_floor_div,
    test_floor_mod,
    test_gelu,
    test_greater,
    test_greater_equal,
    test_hard_swish,
    test_leaky_relu,
    test_less,
    test_less_equal,
    test_log,
    test_logical_and,
    test_logical_not,
    test_logical_or,
    test_logistic,
    test_maximum,
    test_minimum,
    test_mul,
    test_neg,
    test_not_equal,
    test_prelu,
    test_reduce_all,
    test_reduce_any,
    test_reduce_max,
    test_reduce_min,
    test_reduce_prod,
    test_right_shift,
    test_round,
    test_rsqrt,
    test_select,
    test_select_v2,
    test_sign,
    test_sqrt,
    test_squared_difference,
    test_sub,
    test_sum,
    test_tanh,
)
from tests.ops.harness import Case
from tests.ops.pairs import broadcastable

PROFILES = [REFERENCE, OPTIMIZED, XNNPACK]

GOLDEN = [
    test_add_n, test_cast, test_dequantize, test_elu, test_equal, test_exp, test_gelu, test_greater, test_greater_equal,
    test_hard_swish, test_leaky_relu, test_less, test_less_equal, test_log, test_logical_not, test_logistic, test_neg,
    test_not_equal, test_reduce_all, test_reduce_any, test_reduce_max, test_reduce_min, test_reduce_prod, test_round,
    test_rsqrt, test_select, test_select_v2, test_sign, test_sqrt, test_sum, test_tanh,
]  # fmt: skip


def bound_by(subject: Case, profile: Profile) -> set[int]:
    """Which operators of a case the engine runs, all inputs of it being as by the definition."""
    bound: set[int] = set()
    plan = prepare(subject.model, 0, profile)
    runs = plan.is_static and Engine.takes(plan) and subject.model.main.inputs
    for inputs in subject.inputs if runs else ():
        bound |= agree(subject.model, inputs, profile=profile, threads=2).bound
    return bound


@pytest.mark.parametrize("module", GOLDEN, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_kind(module: Any) -> None:
    for profile in PROFILES:
        bound = [bound_by(subject, profile) for subject in module.golden_cases().values()]
        assert any(bound), profile.name


OF_TWO: list[tuple[Callable[..., Case], list[str]]] = [
    (test_add.addition, ["int8", "uint8", "int16", "float32", "int32", "int64"]),
    (test_sub.subtraction, ["int8", "uint8", "int16", "float32", "int32"]),
    (test_mul.multiplication, ["int8", "uint8", "int16", "float32", "int32", "uint32", "int64", "int16_plain"]),
    (test_div.division, ["i8", "u8", "i32", "f32"]),
    (test_maximum.maximum, ["i8", "u8", "i16", "i32", "i64", "f32"]),
    (test_minimum.minimum, ["i8", "u8", "i16", "i32", "i64", "f32"]),
    (test_squared_difference.squares, ["i8", "i32", "f32"]),
    (test_logical_and.conjunction, ["b"]),
    (test_logical_or.disjunction, ["b"]),
    (test_bitwise_xor.exclusive, ["i8", "u8"]),
    (test_right_shift.shift, ["i8", "u8"]),
]


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([(make, kind) for make, kinds in OF_TWO for kind in kinds]),
    st.integers(0, 2**32),
    broadcastable(5),
    st.sampled_from(PROFILES),
)
def test_two_inputs(subject: tuple[Callable[..., Case], str], seed: int, shapes: Any, profile: Profile) -> None:
    make, kind = subject
    bound_by(make(kind, seed, shapes), profile)


@pytest.mark.parametrize(("make", "kinds"), OF_TWO, ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize(
    "shapes",
    [((2, 3, 37), (2, 3, 37)), ((), (4, 19)), ((3, 40, 5), (3, 1, 5)), ((1, 8), (7, 1)), ((0, 3), (1, 3))],
    ids=str,
)
def test_bound(make: Callable[..., Case], kinds: list[str], shapes: Any) -> None:
    for profile in PROFILES:
        for kind in kinds:
            bound = [bound_by(make(kind, seed, shapes), profile) for seed in range(2)]
            assert any(bound), (profile.name, kind)


@settings(max_examples=60, deadline=None)
@given(test_prelu.prelus(), st.sampled_from(PROFILES))
def test_prelu_of_any_shape(subject: Case, profile: Profile) -> None:
    bound_by(subject, profile)


@pytest.mark.parametrize("kind", ["int8", "uint8"])
@pytest.mark.parametrize("make", [test_add.addition, test_sub.subtraction, test_mul.multiplication])
@pytest.mark.parametrize("first", [False, True])
def test_a_constant_number(make: Callable[..., Case], kind: str, first: bool) -> None:
    for seed in range(6):
        subject = make(kind, seed, ((1,), (3, 5, 7)) if first else ((3, 5, 7), ()))
        tensors = subject.model.main.tensors
        values, number = (subject.inputs[0][::-1] if first else subject.inputs[0])[:2]
        g = (b := ModelBuilder()).subgraph("main")
        quantized = [{"scale": t.quantization.scale, "zero_point": t.quantization.zero_point} for t in tensors]
        letter = tensors[0].dtype.letter
        inputs = [g.input("values", values.shape, letter, **quantized[first])]
        inputs.insert(0 if first else 1, g.constant("number", number, letter, **quantized[not first]))
        operator = subject.model.main.operators[0]
        g.operator(BuiltinOperator[operator.name], inputs, [g.output("y", (0,), letter, **quantized[2])])
        model = b.build()
        for profile in PROFILES:
            assert agree(model, [values], profile=profile).bound == {0}


@pytest.mark.parametrize("letter", ["i8", "u8"])
def test_a_refused_code(letter: str) -> None:
    subject = test_div.division(letter, 0)
    values = subject.inputs[0]
    values[1].reshape(-1)[3] = subject.model.main.tensors[1].quantization.zero_point[0]
    with pytest.raises(AssertionError):
        run(subject.model, values)
    with pytest.raises(InvokeError, match="Division by 0"):
        agree(subject.model, values)


@pytest.mark.parametrize("module", [test_arg_max, test_arg_min])
@pytest.mark.parametrize("letter", ["i8", "u8", "i32", "b", "f32"])
def test_searches(module: Any, letter: str) -> None:
    name = module.OP.name
    for shape, axis in (((1,), 0), ((3, 40), 1), ((5, 3, 2), 1), ((2, 0), 0)):
        rng = np.random.default_rng(len(shape))
        g = (b := ModelBuilder()).subgraph("main")
        values = rng.integers(0, 9, shape).astype(dtype_from_letter(letter).numpy)
        operands = [g.input("values", shape, letter), g.constant("axis", np.int32(axis), "i32")]
        options = (ArgMaxOptions if name == "ARG_MAX" else ArgMinOptions)(output_type=TensorType.INT32)
        g.operator(BuiltinOperator[name], operands, [g.output("y", (0,) * (len(shape) - 1), "i32")], options)
        model = b.build()
        assert agree(model, [values]).bound == {0}
        if letter == "f32" and values.size:
            values.reshape(-1)[-1] = np.nan
            with pytest.raises(AssertionError):
                run(model, [values])


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
@pytest.mark.parametrize("letter", ["i8", "u8", "i16"])
def test_quantize(profile: Profile, letter: str) -> None:
    rng = np.random.default_rng(0)
    array = (rng.integers(-400, 400, (3, 101)) / 4).astype(np.float32)
    array[0, :9] = [np.inf, -np.inf, np.nan, 1e38, -1e38, 0.24999999, -0.24999999, 2.0**30, -(2.0**30)]
    for scale in (0.5, 0.1, 1e-30):
        for zero_point in (0,) if letter == "i16" else (-7, 100) if letter == "i8" else (3, 255):
            g = (b := ModelBuilder()).subgraph("main")
            y = g.output("y", (0, 0), letter, scale=np.float32(scale), zero_point=zero_point)
            g.operator(BuiltinOperator.QUANTIZE, [g.input("x", array.shape, "f32")], [y])
            assert agree(b.build(), [array], profile=profile).bound == {0}


@pytest.mark.parametrize("module", [test_div, test_floor_div, test_floor_mod])
def test_divisions_of_integers(module: Any) -> None:
    for letter in ("i32",) if module is test_div else ("i8", "i16", "i32", "i64"):
        if letter == "i64" and module is test_floor_div:
            continue
        dtype = dtype_from_letter(letter).numpy
        low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
        numbers = np.array([low, low + 1, -7, -1, 0, 1, 7, high], dtype)
        others = np.array([low, -3, -2, -1, 1, 2, 3, high], dtype)
        g = (b := ModelBuilder()).subgraph("main")
        operands = [g.input("x", (8, 1), letter), g.input("y", (8,), letter)]
        operator = BuiltinOperator.DIV if module is test_div else BuiltinOperator[module.OP.name]
        g.operator(operator, operands, [g.output("z", (0, 0), letter)], DivOptions() if module is test_div else None)
        model = b.build()
        assert agree(model, [numbers[:, None], others]).bound == {0}
        others[5] = 0
        with pytest.raises(AssertionError):
            run(model, [numbers[:, None], others])
        with pytest.raises(InvokeError, match="Division by 0"):
            agree(model, [numbers[:, None], others])


@pytest.mark.parametrize("make", [test_rsqrt.inverse_root, test_sqrt.root])
@pytest.mark.parametrize("letter", ["i8", "i16"])
def test_a_number_below_0(make: Callable[..., Case], letter: str) -> None:
    subject = make(letter, 1)
    assert agree(subject.model, subject.inputs[0]).bound == {0}
    zero_point = subject.model.main.tensors[0].quantization.zero_point[0]
    subject.inputs[0][0].reshape(-1)[5] = zero_point - 1
    with pytest.raises(AssertionError):
        run(subject.model, subject.inputs[0])
