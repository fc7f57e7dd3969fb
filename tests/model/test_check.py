"""Every rule finds what it is about, in a model that is otherwise sound."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pytflite.build import ModelBuilder, SubgraphBuilder, TensorRef, quantization
from pytflite.errors import ModelError
from pytflite.model.check import RULES, check
from pytflite.model.types import Model, Signature
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import (
    BlockwiseQuantization,
    Conv2DOptions,
    FullyConnectedOptions,
    IfOptions,
    MultiAxisQuantization,
    WhileOptions,
)
from tests.model.test_read import small

FOUND: dict[str, list[tuple[Model, str, str]]] = {}
"""Rule -> models that break it, where, and the message."""


def breaks(rule: str, where: str, message: str) -> Callable[[Callable[[], Model]], Callable[[], Model]]:
    """Declare a model that breaks one rule and no other."""

    def declare(make: Callable[[], Model]) -> Callable[[], Model]:
        FOUND.setdefault(rule, []).append((make(), where, message))
        return make

    return declare


def graph() -> tuple[ModelBuilder, SubgraphBuilder]:
    builder = ModelBuilder()
    return builder, builder.subgraph()


def convolution(**changes: Any) -> Model:
    """int8 CONV_2D; changes are options of input (x), weights (w) and bias (b)."""
    builder, g = graph()
    x = g.input("x", (1, 4, 4, 1), "i8", **{"scale": 0.5, **changes.get("x", {})})
    w = g.constant("w", np.ones((2, 1, 1, 1), np.int8), **{"scale": [0.25, 0.125], **changes.get("w", {})})
    b = g.constant("b", np.zeros(2, np.int32), **{"scale": [0.125, 0.0625], **changes.get("b", {})})
    y = g.output("y", (1, 4, 4, 2), "i8", scale=1.0)
    g.operator(BuiltinOperator.CONV_2D, [x, w, b], [y], Conv2DOptions(stride_w=1, stride_h=1))
    return builder.build()


def relu(dtype: str = "f32", **options: Any) -> Model:
    """RELU; options are those of its input."""
    builder, g = graph()
    x, y = g.input("x", (1, 2), dtype, **options), g.output("y", (1, 2), dtype)
    g.operator(BuiltinOperator.RELU, [x], [y])
    return builder.build()


def test_sound_models_break_no_rule() -> None:
    for model in (small(), convolution(), relu(), fully_connected_without_bias()):
        assert model.findings == ()


def fully_connected_without_bias() -> Model:
    builder, g = graph()
    x = g.input("x", (1, 2), "i8", scale=0.5)
    w = g.constant("w", np.ones((3, 2), np.int8), scale=0.5)
    y = g.output("y", (1, 3), "i8", scale=1.0)
    g.operator(BuiltinOperator.FULLY_CONNECTED, [x, w, None], [y], FullyConnectedOptions())
    return builder.build()


# ------------------------------------------------------------------------------------------------------------- errors


@breaks("schema-version", "version", "schema version 4, only 3 is in use")
def _() -> Model:
    return replace(small(), version=4)


@breaks("no-subgraph", "subgraphs", "the model has no subgraph")
def _() -> Model:
    return replace(small(), subgraphs=(), signatures=())


@breaks("tensor-index", "subgraphs[0].inputs", "no tensors [-1, 9], the subgraph has 4")
def _() -> Model:
    model = small()
    return replace(model, subgraphs=(replace(model.main, inputs=(-1, 0, 9)),))


@breaks("tensor-index", "subgraphs[0].operators[1] SOFTMAX", "no tensors [7], the subgraph has 4")
def _() -> Model:
    main = small().main
    operators = (main.operators[0], replace(main.operators[1], intermediates=(7,)))
    return replace(small(), subgraphs=(replace(main, operators=operators),))


@breaks("buffer-index", "subgraphs[0].tensors[1]", "no buffer 1, the model has 1")
def _() -> Model:
    return replace(small(), buffers=(None,), metadata={})


@breaks("signature-index", "signature 'one'", "no subgraph 3, the model has 1")
def _() -> Model:
    return replace(small(), signatures=(Signature("one", 3, {}, {}),))


@breaks("signature-index", "signature 'one'", "no tensors [9], its subgraph has 4")
def _() -> Model:
    return replace(small(), signatures=(Signature("one", 0, {"x": 0}, {"y": 9}),))


# ----------------------------------------------------------------------------------------------------------- warnings


@breaks("metadata-index", "metadata 'note'", "no buffer 50, the model has 3")
def _() -> Model:
    return replace(small(), metadata={"note": 50})


@breaks("custom-code", "subgraphs[0].operators[0] CUSTOM", "a custom operator without a name")
def _() -> Model:
    builder, g = graph()
    g.operator(BuiltinOperator.CUSTOM, [g.input("x", (1,), "f32")], [g.output("y", (1,), "f32")])
    return builder.build()


@breaks("custom-code", "subgraphs[0].operators[0] RELU", "custom options of 2 bytes, which nobody reads")
def _() -> Model:
    builder, g = graph()
    x, y = g.input("x", (1,), "f32"), g.output("y", (1,), "f32")
    g.operator(BuiltinOperator.RELU, [x], [y], custom_options=b"ab")
    return builder.build()


@breaks("called-subgraph", "subgraphs[0].operators[0] IF", "else_subgraph_index is 2, the model has 2 subgraphs")
def _() -> Model:
    builder, g = graph()
    x, y = g.input("x", (1,), "b"), g.output("y", (1,), "b")
    g.operator(BuiltinOperator.IF, [x], [y], IfOptions(1, 2))
    builder.subgraph("branch")
    return builder.build()


@breaks("called-subgraph", "subgraphs[0].operators[0] WHILE", "cond_subgraph_index is -1, the model has 1 subgraphs")
def _() -> Model:
    builder, g = graph()
    x, y = g.input("x", (1,), "b"), g.output("y", (1,), "b")
    g.operator(BuiltinOperator.WHILE, [x], [y], WhileOptions(-1, 0))
    return builder.build()


@breaks("execution-order", "subgraphs[0].operators[0] RELU", "reads tensor 1 't' before anything has computed it")
def _() -> Model:
    builder, g = graph()
    x, t, y = g.input("x", (1,), "f32"), g.tensor("t", (1,), "f32"), g.output("y", (1,), "f32")
    g.operator(BuiltinOperator.RELU, [t], [y])
    g.operator(BuiltinOperator.RELU, [x], [t])
    return builder.build()


@breaks("execution-order", "subgraphs[0].outputs", "tensor 1 'y' is never computed")
def _() -> Model:
    builder, g = graph()
    g.input("x", (1,), "f32")
    g.output("y", (1,), "f32")
    return builder.build()


def twice(target: Callable[[SubgraphBuilder], TensorRef]) -> Model:
    builder, g = graph()
    x, y = g.input("x", (1,), "f32"), target(g)
    g.mark_output(y)
    g.operator(BuiltinOperator.RELU, [x], [y])
    return builder.build()


@breaks("overwritten", "subgraphs[0].operators[0] RELU", "writes tensor 1 'c', which is a constant")
def _() -> Model:
    return twice(lambda g: g.constant("c", np.float32([1])))


@breaks("overwritten", "subgraphs[0].operators[0] RELU", "writes tensor 1 'z', which is an input of the subgraph")
def _() -> Model:
    return twice(lambda g: g.input("z", (1,), "f32"))


@breaks("overwritten", "subgraphs[0].operators[1] RELU", "writes tensor 1 'y', which is computed by operator 0")
def _() -> Model:
    builder, g = graph()
    x, y = g.input("x", (1,), "f32"), g.output("y", (1,), "f32")
    for _ in range(2):
        g.operator(BuiltinOperator.RELU, [x], [y])
    return builder.build()


@breaks("in-place", "subgraphs[0].operators[0] CONV_2D", "tensor 0 's' is both input and output")
def _() -> Model:
    builder, g = graph()
    s = g.tensor("s", (1, 1, 1, 1), "f32", variable=True)
    g.mark_output(s)
    g.operator(BuiltinOperator.CONV_2D, [s], [s], Conv2DOptions())
    return builder.build()


@breaks("shape", "subgraphs[0].tensors[0]", "'x' has the shape (1, -1)")
def _() -> Model:
    builder, g = graph()
    x, y = g.input("x", (1, -1), "f32"), g.output("y", (1,), "f32")
    g.operator(BuiltinOperator.RELU, [x], [y])
    return builder.build()


@breaks("shape", "subgraphs[0].tensors[0]", "'x' has the shape (1, 2) and the signature (-1, 3)")
def _() -> Model:
    return relu(shape_signature=(-1, 3))


@breaks("shape", "subgraphs[0].tensors[0]", "'x' has the shape (1, 2) and the signature (-1,)")
def _() -> Model:
    return relu(shape_signature=(-1,))


@breaks("buffer-size", "subgraphs[0].tensors[1]", "'c', i8 of shape (1, 4), needs 4 bytes, its buffer holds 3")
def _() -> Model:
    model = small()
    return replace(model, buffers=(None, np.zeros(3, np.uint8), model.buffers[2]))


@breaks("variable-buffer", "subgraphs[0].tensors[1]", "the variable tensor 'c' has a buffer")
def _() -> Model:
    main = small().main
    tensors = (main.tensors[0], replace(main.tensors[1], is_variable=True), *main.tensors[2:])
    return replace(small(), subgraphs=(replace(main, tensors=tensors),))


@breaks("quantization-size", "subgraphs[0].tensors[0]", "'x' has 1 scales and 2 zero points")
def _() -> Model:
    return relu("i8", quantization=replace(quantization(0.5), zero_point=np.zeros(2, np.int64)))


@breaks("quantization-size", "subgraphs[0].tensors[0]", "'x' of shape (1, 2) has the quantized_dimension 3")
def _() -> Model:
    return relu("i8", scale=0.5, quantized_dimension=3)


@breaks("quantization-size", "subgraphs[0].tensors[0]", "'x' of shape (1, 2) has 3 scales along dimension 1")
def _() -> Model:
    return relu("i8", scale=[0.5] * 3, quantized_dimension=1)


@breaks("quantization-range", "subgraphs[0].tensors[0]", "'x' has a scale that is not positive and finite")
def _() -> Model:
    return relu("i8", scale=[0.5, np.nan], quantized_dimension=1)


@breaks("quantization-range", "subgraphs[0].tensors[0]", "'x' has a zero point outside of i8: -128..127")
def _() -> Model:
    return relu("i8", scale=0.5, zero_point=128)


@breaks("weight-zero-point", "subgraphs[0].operators[0] CONV_2D", "tensor 1 'w' has zero points other than 0, which")
def _() -> Model:
    return convolution(w={"zero_point": [0, 1]})


@breaks("bias-scale", "subgraphs[0].operators[0] CONV_2D", "the scale of the bias tensor 2 'b' is not input scale * we")
def _() -> Model:
    return convolution(b={"scale": [0.125, 0.06251]})


@breaks("bias-scale", "subgraphs[0].operators[0] CONV_2D", "scales of input, weights and bias are 4, 2 and 2")
def _() -> Model:
    return convolution(x={"scale": [0.5] * 4, "quantized_dimension": 1})


@breaks("signature-tensors", "signature 'serving_default'", "2 signatures have this key")
def _() -> Model:
    return replace(small(), signatures=small().signatures * 2)


@breaks("signature-tensors", "signature 'one'", "does not name the input tensor 0 'x'")
def _() -> Model:
    return replace(small(), signatures=(Signature("one", 0, {}, {"y": 3}),))


@breaks("signature-tensors", "signature 'one'", "tensor 2 's' is not among the subgraph's outputs")
def _() -> Model:
    return replace(small(), signatures=(Signature("one", 0, {"x": 0}, {"y": 2}),))


# -------------------------------------------------------------------------------------------------------------- notes


@breaks("duplicate-name", "subgraphs[0]", "2 tensors are called 'x'")
def _() -> Model:
    builder, g = graph()
    x, y = g.input("x", (1,), "f32"), g.output("x", (1,), "f32")
    g.operator(BuiltinOperator.RELU, [x], [y])
    return builder.build()


@breaks("unused-tensor", "subgraphs[0].tensors[2]", "'t' is not used")
def _() -> Model:
    builder, g = graph()
    x, y = g.input("x", (1,), "f32"), g.output("y", (1,), "f32")
    g.tensor("t", (1,), "f32")
    g.operator(BuiltinOperator.RELU, [x], [y])
    return builder.build()


@breaks("external-buffer", "subgraphs[0].tensors[0]", "the value of 'x' is in external buffer 5, outside of the file")
def _() -> Model:
    model = relu()
    main = model.main
    return replace(
        model, subgraphs=(replace(main, tensors=(replace(main.tensors[0], external_buffer=5), main.tensors[1])),)
    )


CASES = [pytest.param(rule, *case, id=f"{rule}-{i}") for rule, cases in FOUND.items() for i, case in enumerate(cases)]


@pytest.mark.parametrize(("rule", "model", "where", "message"), CASES)
def test_a_rule_finds_what_it_is_about(rule: str, model: Model, where: str, message: str) -> None:
    (finding,) = check(model)
    assert finding.rule == rule
    assert finding.where == where
    assert finding.message.startswith(message)
    severity = {declared.id: declared.severity for declared in RULES}[rule]
    assert finding.severity == severity
    assert str(finding).startswith(f"{severity}: {where}: {message}")


def test_every_rule_has_a_case() -> None:
    assert set(FOUND) == {rule.id for rule in RULES}
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.summary.endswith(".") for rule in RULES)


@pytest.mark.parametrize("details", [BlockwiseQuantization(2, 3, 4), MultiAxisQuantization(2, 3, 4, (0,))])
def test_tensors_that_hold_scales_are_used(details: Any) -> None:
    builder, g = graph()
    q = replace(quantization([]), details=details)
    x, y = g.input("x", (1,), "i8", quantization=q), g.output("y", (1,), "i8")
    g.constant("scales", np.ones(1, np.float16))
    g.constant("zero_points", np.ones(1, np.int8))
    g.operator(BuiltinOperator.RELU, [x], [y])
    assert builder.build().findings == ()


def test_rounding_of_a_bias_scale_is_no_finding() -> None:
    third = np.float32(1 / 3)
    scale = np.float32([third * np.float32(0.1), third * np.float32(0.7)])
    assert convolution(x={"scale": third}, w={"scale": [0.1, 0.7]}, b={"scale": scale}).findings == ()


def test_errors_are_raised_and_the_first_few_are_told() -> None:
    builder, g = graph()
    for _ in range(5):
        g.operator(BuiltinOperator.RELU, [TensorRef(7)], [TensorRef(8)])
    with pytest.raises(ModelError) as caught:
        builder.build()
    assert str(caught.value).count("no tensors [7, 8], the subgraph has 0") == 3
    assert str(caught.value).endswith("; 2 more")
