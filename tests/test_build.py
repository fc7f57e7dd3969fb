"""The builder: what is said is what is in the file, and the real runtime takes it."""

from typing import Any

import numpy as np
import pytest

from pytflite.build import ModelBuilder, TensorRef, quantization
from pytflite.errors import ArgumentError, ModelError
from pytflite.model.read import read
from pytflite.model.types import Quantization
from pytflite.schema.enums import BuiltinOperator, Padding, TensorType
from pytflite.schema.tables import Conv2DOptions


def test_tensors_get_indices_in_order() -> None:
    g = ModelBuilder().subgraph()
    refs = [g.input("a", (1,), "f32"), g.constant("b", [1.0]), g.tensor("c", (1,), "f32"), g.output("d", (1,), "f32")]
    assert refs == [TensorRef(index) for index in range(4)]


@pytest.mark.parametrize(
    ("dtype", "type"),
    [
        ("i8", TensorType.INT8), ("i4", TensorType.INT4), ("f32", TensorType.FLOAT32), ("b", TensorType.BOOL),
        ("int64", TensorType.INT64), (np.int16, TensorType.INT16), (np.dtype("uint8"), TensorType.UINT8),
        (TensorType.BFLOAT16, TensorType.BFLOAT16), ("str", TensorType.STRING), (np.object_, TensorType.STRING),
    ],
)  # fmt: skip
def test_types_by_letter_enum_and_numpy_name(dtype: Any, type: TensorType) -> None:
    builder = ModelBuilder()
    builder.subgraph().tensor("t", (), dtype)
    assert builder.build().main.tensors[0].type is type


def test_a_type_that_is_none() -> None:
    with pytest.raises(ArgumentError, match="no tensor type holds datetime64"):
        ModelBuilder().subgraph().tensor("t", (), "datetime64")
    with pytest.raises(ArgumentError, match="no tensor type holds 'i5'"):
        ModelBuilder().subgraph().tensor("t", (), "i5")


def test_one_zero_point_does_for_all_scales() -> None:
    made = quantization([0.5, 0.25], 3, 1)
    assert made == Quantization(np.float32([0.5, 0.25]), np.array([3, 3], np.int64), 1)
    assert quantization(0.1) == Quantization(np.float32([0.1]), np.array([0], np.int64), 0)
    assert made.is_per_axis
    assert not quantization(0.1).is_per_axis


def test_options_of_tensors() -> None:
    builder = ModelBuilder("text")
    g = builder.subgraph("main")
    given = quantization(2.0)
    g.tensor("a", [1, np.int64(4)], "i8", quantization=given, shape_signature=(-1, 4))
    g.tensor("s", (2,), "f32", variable=True)
    model = builder.build()
    a, s = model.main.tensors
    assert (a.shape, a.shape_signature, a.quantization) == ((1, 4), (-1, 4), given)
    assert all(type(size) is int for size in a.shape)
    assert (s.is_variable, s.buffer, s.quantization) == (True, 0, None)
    assert (model.description, model.main.name, model.version) == ("text", "main", 3)


def test_constants_are_stored_as_the_type_asks() -> None:
    builder = ModelBuilder()
    g = builder.subgraph()
    values = np.array([[1, -2, 3]])
    g.constant("i4", values, "i4")
    g.constant("i64", values)
    g.constant("f16", values, "f16")
    g.constant("scalar", np.float32(1.5))
    model = read(builder.build().to_bytes())
    found = [model.constant(tensor) for tensor in model.main.tensors]
    assert [value.tolist() for value in found if value is not None] == [[[1, -2, 3]]] * 3 + [1.5]
    assert [model.buffers[tensor.buffer].size for tensor in model.main.tensors] == [2, 24, 6, 4]  # type: ignore[union-attr]
    with pytest.raises(ArgumentError, match="do not fit INT2"):
        g.constant("i2", values, "i2")


def test_operators() -> None:
    builder = ModelBuilder()
    g = builder.subgraph()
    x, y, t = g.input("x", (1,), "f32"), g.output("y", (1,), "f32"), g.tensor("t", (1,), "f32")
    g.operator("Mine", [x, None], [t], custom_options=b"abc", mutating_inputs=[True, False])
    g.operator(BuiltinOperator.BROADCAST_TO, [t], [y], intermediates=[t])
    g.operator(BuiltinOperator.RELU, [t], [y], version=2)
    mine, broadcast, relu = read(builder.build().to_bytes()).main.operators
    assert (mine.builtin, mine.custom_code, mine.name) == (BuiltinOperator.CUSTOM, "Mine", "Mine")
    assert (mine.inputs, mine.outputs, mine.custom_options) == ((0, -1), (2,), b"abc")
    assert mine.mutating_inputs == (True, False)
    assert (broadcast.version, broadcast.intermediates) == (2, (2,))
    assert (relu.version, relu.options) == (2, None)


def test_several_subgraphs_and_signatures() -> None:
    builder = ModelBuilder()
    for name in ("one", "two"):
        g = builder.subgraph(name)
        x = g.tensor("x", (1,), "f32")
        g.mark_input(x)
        y = g.output("y", (1,), "f32")
        g.operator(BuiltinOperator.RELU, [x], [y])
        builder.signature(f"{name}_key", g, inputs={"a": x}, outputs={"b": y})
    model = read(builder.build().to_bytes())
    assert [graph.name for graph in model.subgraphs] == ["one", "two"]
    assert [(s.key, s.subgraph, dict(s.inputs), dict(s.outputs)) for s in model.signatures] == [
        ("one_key", 0, {"a": 0}, {"b": 1}),
        ("two_key", 1, {"a": 0}, {"b": 1}),
    ]
    assert model.findings == ()


def test_a_builder_can_go_on_after_building() -> None:
    builder = ModelBuilder()
    g = builder.subgraph()
    x, y = g.input("x", (1,), "f32"), g.output("y", (1,), "f32")
    g.operator(BuiltinOperator.RELU, [x], [y])
    before = builder.build()
    builder.metadata("more", b"x")
    g.operator(BuiltinOperator.RELU6, [x], [g.output("z", (1,), "f32")])
    assert len(before.main.operators) == 1
    assert before.metadata == {}
    assert len(builder.build().main.operators) == 2


def test_nothing_is_no_model() -> None:
    with pytest.raises(ModelError, match="no subgraph"):
        ModelBuilder().build()


def test_the_runtime_takes_the_default_version_of_all_that_it_has() -> None:
    module = pytest.importorskip("ai_edge_litert.interpreter", reason="ai_edge_litert is not installed")

    def takes(builtin: BuiltinOperator, version: int | None) -> bool:
        builder = ModelBuilder()
        g = builder.subgraph()
        x, y = g.input("x", (1, 1, 1, 1), "i8", scale=1.0), g.output("y", (1, 1, 1, 1), "i8", scale=1.0)
        g.operator(builtin, [x], [y], version=version)
        resolver = module.OpResolverType.BUILTIN_REF
        try:
            module.Interpreter(model_content=builder.build().to_bytes(), experimental_op_resolver_type=resolver)
        except ValueError as error:
            return "Didn't find op for builtin opcode" not in str(error)
        return True

    refused = [builtin for builtin in BuiltinOperator if not takes(builtin, None)]
    assert len(refused) < 60
    assert [builtin for builtin in refused if any(takes(builtin, version) for version in range(1, 16))] == []


def test_the_runtime_computes_a_convolution() -> None:
    module = pytest.importorskip("ai_edge_litert.interpreter", reason="ai_edge_litert is not installed")
    builder = ModelBuilder()
    g = builder.subgraph("main")
    x = g.input("x", (1, 2, 2, 1), "i8", scale=0.5, zero_point=3)
    w = g.constant("w", np.full((2, 1, 1, 1), 2), "i8", scale=[0.5, 0.25])
    b = g.constant("b", [4, -4], "i32", scale=[0.25, 0.125])
    y = g.output("y", (1, 2, 2, 2), "i8", scale=0.25, zero_point=-1)
    g.operator(BuiltinOperator.CONV_2D, [x, w, b], [y], Conv2DOptions(Padding.VALID, 1, 1))
    builder.signature("serving_default", g, {"x": x}, {"y": y})
    interpreter = module.Interpreter(model_content=builder.build().to_bytes())
    runner = interpreter.get_signature_runner("serving_default")
    (result,) = runner(x=np.int8([3, 4, 5, 6]).reshape(1, 2, 2, 1)).values()
    # (x - 3) * 2 + bias, requantized by 1 and 1/2, then - 1.
    assert result.reshape(4, 2).tolist() == [[3, -3], [5, -2], [7, -1], [9, 0]]
