"""Operators of a user's own: functions and classes, in both faces; and what is said when they are wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from flatbuffers import flexbuffers

import pytflite
from pytflite.build import ModelBuilder
from pytflite.errors import ArgumentError, InvokeError, PrepareError
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import AddOptions

Array = npt.NDArray[Any]

X = np.array([[1, 2, 3], [4, 5, 6]], np.float32)


def model(
    *letters: str, code: str = "Mine", outputs: str = "f32", shape: tuple[int, ...] = (2, 3), options: bytes = b""
) -> pytflite.Model:
    """One custom operator of such inputs (all fed) and outputs."""
    b = ModelBuilder()
    g = b.subgraph("main")
    inputs = [g.input(f"in{i}", (2, 3), letter) for i, letter in enumerate(letters or ("f32",))]
    results = [g.output(f"out{i}", shape, letter) for i, letter in enumerate(outputs.split())]
    g.operator(code, inputs, results, custom_options=options)
    return b.build()


@pytflite.custom_op("Mine", types="f32 -> f32")
def scale(input: Array, options: Any) -> Array:
    return input * np.float32(options["factor"])


HALF = bytes(flexbuffers.Dumps({"factor": 0.5}))


def test_a_function_is_given_its_custom_options() -> None:
    np.testing.assert_array_equal(pytflite.load(model(options=HALF), custom_ops=[scale]).run(X)["out0"], X / 2)


@pytest.mark.parametrize("custom_ops", [[scale], (scale,), {"Mine": scale}])
def test_both_faces_take_operators_by_name_or_alone(custom_ops: Any) -> None:
    interpreter = pytflite.Interpreter(
        model_content=model(options=HALF).to_bytes(), custom_ops=custom_ops, profile="reference"
    )
    interpreter.allocate_tensors()
    interpreter.set_tensor(0, X)
    interpreter.invoke()
    np.testing.assert_array_equal(interpreter.get_tensor(1), X / 2)
    np.testing.assert_array_equal(pytflite.load(model(options=HALF), custom_ops=custom_ops).run(X)["out0"], X / 2)


@pytest.mark.parametrize("registerer", [scale, lambda known: known.update(Mine=scale)])
def test_registerers_are_operators_or_functions(registerer: Any) -> None:
    interpreter = pytflite.InterpreterWithCustomOps(
        [registerer], model_content=model(options=HALF).to_bytes(), profile="reference"
    )
    interpreter.allocate_tensors()
    interpreter.set_tensor(0, X)
    interpreter.invoke()
    np.testing.assert_array_equal(interpreter.get_tensor(1), X / 2)


def test_params_and_shapes_come_from_the_node() -> None:
    @pytflite.custom_op(
        "Mine",
        types="i8 -> i32",
        shapes=lambda node: [node["input"].shape[:1]],
        params=lambda node: node["input"].zero_point,
    )
    def row_sums(input: Array, zero_point: int) -> Array:
        return (input.astype(np.int32) - zero_point).sum(axis=1, dtype=np.int32)

    b = ModelBuilder()
    g = b.subgraph("main")
    g.operator("Mine", [g.input("x", (2, 3), "i8", scale=0.5, zero_point=-3)], [g.output("y", (9,), "i32")])
    loaded = pytflite.load(b.build(), custom_ops=[row_sums])
    assert loaded.run(np.zeros((2, 3), np.int8))["y"].tolist() == [9, 9]
    assert loaded.run(np.zeros((4, 3), np.int8))["y"].tolist() == [9] * 4


def test_several_outputs_optional_inputs_and_stages() -> None:
    @pytflite.custom_op("Mine", inputs="input bias?", outputs="low high", types="f32 f32? -> f32 f32")
    def spread(input: Array, bias: Array | None, p: None) -> Any:
        assert p is None
        middle = input if bias is None else input + bias
        yield "middle", middle
        yield "low", middle - 1
        yield "high", middle + 1

    for letters, middle in ((("f32",), X), (("f32", "f32"), X + X)):
        outputs = pytflite.load(model(*letters, outputs="f32 f32"), custom_ops=[spread]).run(
            {f"in{i}": X for i in range(len(letters))}
        )
        np.testing.assert_array_equal(outputs["out0"], middle - 1)
        np.testing.assert_array_equal(outputs["out1"], middle + 1)


def test_any_number_of_inputs_and_outputs_of_any_dtype() -> None:
    @pytflite.custom_op("Mine", inputs="values*", outputs="results*")
    def reversed(values: tuple[Array, ...], p: None) -> tuple[Array, ...]:
        return values[::-1]

    outputs = pytflite.load(model("f32", "i8", "b", outputs="b i8 f32"), custom_ops=[reversed]).run(
        {"in0": X, "in1": X.astype(np.int8), "in2": X > 3}
    )
    assert [output.dtype for output in outputs.values()] == [np.bool_, np.int8, np.float32]


def test_a_class_keeps_its_state_until_tensors_are_allocated_again() -> None:
    @pytflite.custom_op("Mine", types="f32 -> f32")
    class Sum:
        def __init__(self, node: pytflite.Node) -> None:
            self.total = np.zeros(node["input"].shape, np.float32)

        def __call__(self, input: Array) -> Array:
            self.total += input
            return self.total.copy()

    interpreter = pytflite.Interpreter(model_content=model().to_bytes(), custom_ops=[Sum], profile="reference")
    interpreter.allocate_tensors()
    for count in (1, 2, 3):
        interpreter.set_tensor(0, X)
        interpreter.invoke()
        np.testing.assert_array_equal(interpreter.get_tensor(1), X * count)
    interpreter.resize_tensor_input(0, (1, 3))
    interpreter.allocate_tensors()
    interpreter.set_tensor(0, X[:1])
    interpreter.invoke()
    np.testing.assert_array_equal(interpreter.get_tensor(1), X[:1])


def test_a_class_is_called_in_every_invoke_even_if_nothing_is_fed() -> None:
    @pytflite.custom_op("Mine")
    class Count:
        def __init__(self, node: pytflite.Node) -> None:
            self.count = 0

        def __call__(self, input: Array) -> Array:
            self.count += 1
            return input + np.float32(self.count)

    b = ModelBuilder()
    g = b.subgraph("main")
    g.operator("Mine", [g.constant("zero", np.zeros(1, np.float32))], [g.output("y", (1,), "f32")])
    loaded = pytflite.load(b.build(), custom_ops=[Count])
    assert [loaded.run()["y"].item() for _ in range(3)] == [1, 2, 3]


def test_a_shape_may_follow_from_the_values() -> None:
    @pytflite.custom_op("Mine", types="f32 -> f32", shapes=lambda node: [None])
    def positive(input: Array, p: None) -> Array:
        return input[input > 0]

    loaded = pytflite.load(model(), custom_ops=[positive])
    assert loaded.run(X)["out0"].shape == (6,)
    assert loaded.run(X - 3)["out0"].shape == (3,)


def test_a_builtin_operator_can_be_replaced() -> None:
    @pytflite.custom_op("ADD", inputs="a b", types="f32 f32 -> f32")
    def add(a: Array, b: Array, p: None) -> Array:
        return a + b + 1

    b = ModelBuilder()
    g = b.subgraph("main")
    inputs, y = [g.input(name, (1,), "f32") for name in "ab"], g.output("y", (1,), "f32")
    g.operator(BuiltinOperator.ADD, inputs, [y], AddOptions())
    one = {name: np.ones(1, np.float32) for name in "ab"}
    assert pytflite.load(b.build()).run(one)["y"].item() == 2
    assert pytflite.load(b.build(), custom_ops=[add]).run(one)["y"].item() == 3


@pytest.mark.parametrize("custom_ops", [[len], {"Mine": len}])
def test_refuses_what_is_no_declaration(custom_ops: Any) -> None:
    with pytest.raises(ArgumentError, match=r"is no Op: make one of a function with pytflite\.custom_op"):
        pytflite.load(model(), custom_ops=custom_ops)


def test_refuses_native_symbols() -> None:
    with pytest.raises(ArgumentError, match=r"'PerceptionOpsRegisterer' is a native symbol"):
        pytflite.InterpreterWithCustomOps(["PerceptionOpsRegisterer"], model_content=model().to_bytes())  # type: ignore[list-item]


def test_refuses_unregistered_operators_and_other_dtypes() -> None:
    with pytest.raises(PrepareError, match=r"Encountered unresolved custom op: Mine"):
        pytflite.load(model()).run(X)
    with pytest.raises(PrepareError, match=r"i8 -> f32 is not supported\. Accepted: f32 -> f32\.[\s\S]*\(Mine\)"):
        pytflite.load(model("i8"), custom_ops=[scale]).run(X.astype(np.int8))


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (lambda x: x.astype(np.float64), r"Output 0 was computed as float64\[2, 3\], not float32\[2, 3\]"),
        (lambda x: x[:1], r"Output 0 was computed as float32\[1, 3\], not float32\[2, 3\]"),
        (lambda x: (), r"0 outputs were computed, the operator has 1"),
        (lambda x: np.linalg.inv(x), r"must be square"),
    ],
)
def test_refuses_wrong_results(result: Any, message: str) -> None:
    wrong = pytflite.custom_op("Mine")(lambda input, p: result(input))
    with pytest.raises(InvokeError, match=rf"{message}[\s\S]*Node number 0 \(Mine\) failed to invoke"):
        pytflite.load(model(), custom_ops=[wrong]).run(X)


@pytest.mark.parametrize("options", [b"\x01", b"\xff" * 40, bytes(range(256))])
def test_refuses_broken_options(options: bytes) -> None:
    with pytest.raises(PrepareError, match=r"custom options are no FlexBuffer[\s\S]*\(Mine\) failed to prepare"):
        pytflite.load(model(options=options), custom_ops=[scale]).run(X)
