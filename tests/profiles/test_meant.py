"""``+meant``: each rule that imitates a bug has one that does not, and that one gives what is meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from typer.testing import CliRunner

import pytflite
from pytflite.build import ModelBuilder
from pytflite.cli.app import app
from pytflite.errors import ArgumentError
from pytflite.model.types import Model
from pytflite.ops._resolver import builtins
from pytflite.plan.prepare import prepare
from pytflite.profiles import MEANT, OPTIMIZED, PROFILES, REFERENCE, meant, named
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator
from pytflite.schema.tables import BatchMatMulOptions, DivOptions
from tests.ops.harness import Case, case, evaluate
from tests.ops.operands import Operand, Result, one_op
from tests.ops.reductions import reduction
from tests.ops.test_batch_matmul import matrix_product
from tests.ops.test_bidirectional_sequence_rnn import rnn
from tests.ops.test_lstm import lstm
from tests.ops.weight_formats import blockwise

Array = npt.NDArray[Any]

PLAIN = meant(REFERENCE)
RULES = {f"{op.name}/{rule.name}": rule for op in builtins() for rule in op.rules}


def outputs(subject: Case, profile: pytflite.Profile) -> list[Array]:
    return evaluate(subject.model, subject.inputs, kernels=True, profile=profile)


@pytest.mark.parametrize("key", MEANT)
def test_every_rule_has_one_instead_that_takes_the_same(key: str) -> None:
    stand_in = RULES[f"{key.split('/')[0]}/{MEANT[key].rules[0]}"]
    assert MEANT[key].evidence
    assert {row.text.replace("?", "") for row in RULES[key].types} <= {
        row.text.replace("?", "") for row in stand_in.types
    }


def test_every_profile_has_one() -> None:
    for name, profile in PROFILES.items():
        changed = named(f"{name}+meant")
        assert changed.name == f"{name}+meant"
        assert (
            replace(changed, name=name, reproduces=profile.reproduces, instead={}, delegate=profile.delegate) == profile
        )
        if profile.delegate is not None:
            assert changed.delegate is not None
            assert changed.delegate.arithmetic.instead == MEANT


def test_by_name() -> None:
    subject = reduction(BuiltinOperator.SUM, "i8", 0)
    model: Model = subject.model
    names = "reference", "reference+meant"
    found = [next(iter(pytflite.load(model, profile=name).run(*subject.inputs[0]).values())) for name in names]
    for array, profile in zip(found, (REFERENCE, PLAIN), strict=True):
        np.testing.assert_array_equal(array, outputs(subject, profile)[0])
    with pytest.raises(ArgumentError, match=r"Unknown profile 'none\+meant'[\s\S]*each also with \+meant"):
        named("none+meant")


def test_command_line() -> None:
    listed = CliRunner().invoke(app, ["profiles"]).stdout
    assert all(key in listed for key in MEANT)


@pytest.mark.parametrize("letter", ["i8", "i16"])
def test_sums_are_those_of_the_codes(letter: str) -> None:
    subject = reduction(BuiltinOperator.SUM, letter, 1, shape=(5, 7), axis=(1,))
    before, after = (t.quantization for t in (subject.model.main.tensors[0], subject.model.main.tensors[-1]))
    assert before is not None
    assert after is not None
    codes = subject.inputs[0][0].astype(np.int64) - before.zero_point[0]
    exact = codes.sum(axis=1) * np.float64(before.scale[0]) / np.float64(after.scale[0])
    low, high = np.iinfo(subject.inputs[0][0].dtype).min, np.iinfo(subject.inputs[0][0].dtype).max
    expected = np.clip(np.floor(np.abs(exact) + 0.5) * np.sign(exact) + after.zero_point[0], low, high)
    assert not (np.abs(exact) % 1 == 0.5).any()
    (got,) = outputs(subject, PLAIN)
    np.testing.assert_array_equal(got.ravel(), expected)
    assert (outputs(subject, REFERENCE)[0].ravel() != expected).any()


@pytest.mark.parametrize("activation", [ActivationFunctionType.NONE, ActivationFunctionType.RELU])
def test_blocks_have_their_scales_and_the_activation(activation: ActivationFunctionType) -> None:
    subject = blockwise(3, units=9, depth=96, activation=activation)
    plain = blockwise(3, units=9, depth=96)
    (scaled,) = outputs(plain, OPTIMIZED)
    expected = scaled if activation is ActivationFunctionType.NONE else np.maximum(scaled, 0)
    for profile in (REFERENCE, OPTIMIZED):
        np.testing.assert_array_equal(outputs(subject, meant(profile))[0], expected)
    assert (scaled < 0).any()
    assert (outputs(subject, REFERENCE)[0] != expected).any()


@pytest.mark.parametrize("asymmetric", [False, True])
def test_every_batch_has_its_own_scales(asymmetric: bool) -> None:
    """A product of several batches is that of each of them."""
    subject = matrix_product("hybrid", 4, batch=((3, 2), (3, 2)), asymmetric_quantize_inputs=asymmetric)
    single = matrix_product("hybrid", 4, batch=((1, 1), (1, 1)), asymmetric_quantize_inputs=asymmetric)
    (got,) = outputs(subject, PLAIN)
    left, right = subject.inputs[0]
    graph = subject.model.main
    scale = graph.tensors[1].quantization
    tensors = (single.model.main.tensors[0], replace(single.model.main.tensors[1], quantization=scale))
    one = replace(single.model.main, tensors=(*tensors, *single.model.main.tensors[2:]))
    model = replace(single.model, subgraphs=(one,))
    for i, j in np.ndindex(3, 2):
        part = slice(i, i + 1), slice(j, j + 1)
        (expected,) = outputs(case(model, left[part], right[part]), REFERENCE)
        np.testing.assert_array_equal(got[part], expected)
    assert (outputs(subject, REFERENCE)[0] != got).any()


def test_xnnpack_keeps_the_zero_point_of_rhs() -> None:
    rng = np.random.default_rng(5)
    b = ModelBuilder()
    g = b.subgraph("main")
    x = g.input("lhs", (3, 20), "i8", scale=0.05, zero_point=7)
    y = g.input("rhs", (20, 4), "i8", scale=0.03, zero_point=-9)
    z = g.output("output", (3, 4), "i8", scale=0.4, zero_point=3)
    g.operator(BuiltinOperator.BATCH_MATMUL, [x, y], [z], BatchMatMulOptions())
    left, right = (rng.integers(-128, 128, shape).astype(np.int8) for shape in ((3, 20), (20, 4)))
    subject = case(b.build(), left, right)
    accumulator = (left.astype(np.int64) - 7) @ (right.astype(np.int64) + 9)
    scale = np.float32(0.05) * np.float32(0.03) / np.float32(0.4)
    expected = np.clip(np.rint(accumulator.astype(np.float32) * scale) + 3, -128, 127)
    np.testing.assert_array_equal(outputs(subject, named("xnnpack@tf2.21+meant"))[0], expected)
    assert (outputs(subject, PROFILES["xnnpack@tf2.21"])[0] != expected).any()


def test_time_major_sequences_run_once() -> None:
    subject = rnn("hybrid", 6, time_major=True, invokes=1)
    batch_major = rnn("hybrid", 6, time_major=False, invokes=1)
    fed = [array.swapaxes(0, 1) for array in subject.inputs[0]]
    expected = outputs(Case(batch_major.model, [fed]), REFERENCE)
    for got, wanted in zip(outputs(subject, PLAIN), expected, strict=True):
        np.testing.assert_array_equal(got, wanted.swapaxes(0, 1))
    assert (outputs(subject, REFERENCE)[0] != outputs(subject, PLAIN)[0]).any()


def gates(subject: Case, profile: pytflite.Profile) -> dict[str, Array]:
    """What the first step of an LSTM computes, by stage."""
    (node,) = prepare(subject.model, 0, profile).first.nodes
    model = subject.model
    values = [None if i < 0 else model.constant(model.main.tensors[i]) for i in node.operator.inputs]
    for i, value in enumerate(values):
        if value is None and node.operator.inputs[i] >= 0:
            tensor = model.main.tensors[node.operator.inputs[i]]
            values[i] = np.zeros(tensor.shape, tensor.dtype.numpy)
    values[0] = subject.inputs[0][0]
    return dict(node.stages(values))


def test_the_output_gate_has_its_own_multiplier() -> None:
    """Made of the tensors of the forget gate, it computes the same."""
    subject = lstm("int8_products", 8, projection="bias", norm=True)
    graph = subject.model.main
    operator = graph.operators[0]
    inputs, between = list(operator.inputs), list(operator.intermediates)
    for first in (1, 5, 12, 20):
        inputs[first + 3] = inputs[first + 1]
    between[9:12] = between[3:6]
    twins = replace(operator, inputs=tuple(inputs), intermediates=tuple(between))
    same = replace(subject, model=replace(subject.model, subgraphs=(replace(graph, operators=(twins,)),)))
    found = gates(same, PLAIN)
    np.testing.assert_array_equal(found["output_gate"], found["forget_gate"])
    found = gates(same, REFERENCE)
    assert (found["output_gate"] != found["forget_gate"]).any()


def test_small_quotients_are_zero() -> None:
    quantization = [{"scale": 1e-6, "zero_point": 0}, {"scale": 1.0, "zero_point": 0}, {"scale": 1e6, "zero_point": 5}]
    values = np.arange(-120, 121, 10, dtype=np.int8), np.array([[-100], [-3], [1], [127]], np.int8)
    operands = [Operand(value, "i8", True, quantization[i]) for i, value in enumerate(values)]
    subject = one_op(BuiltinOperator.DIV, operands, [Result("i8", (), quantization[2])], DivOptions())
    assert (outputs(subject, PLAIN)[0] == 5).all()
    assert (outputs(subject, REFERENCE)[0] != 5).any()


@pytest.mark.parametrize("letter", ["i8", "u8", "i16"])
def test_other_quotients_stay_as_they_are(letter: str) -> None:
    zero = 128 if letter == "u8" else 0
    quantization: list[dict[str, Any]] = [{"scale": scale, "zero_point": zero} for scale in (0.5, 0.25, 0.03)]
    rng = np.random.default_rng(7)
    values = rng.integers(0, 256, (9, 9)), rng.integers(zero + 1, 256 if letter == "u8" else 127, (9, 9))
    dtype = {"i8": np.int8, "u8": np.uint8, "i16": np.int16}[letter]
    operands = [
        Operand((value if letter == "u8" else value - 128 * (i == 0)).astype(dtype), letter, True, quantization[i])
        for i, value in enumerate(values)
    ]
    subject = one_op(BuiltinOperator.DIV, operands, [Result(letter, (), quantization[2])], DivOptions())
    np.testing.assert_array_equal(outputs(subject, PLAIN)[0], outputs(subject, REFERENCE)[0])
