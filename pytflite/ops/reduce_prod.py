"""REDUCE_PROD: the product along axes.

input: any shape. axis: int32, any number of axes, negative ones counted from the back. output: the input without these
axes, or with 1 in their place (keep_dims).

Float32: elements are multiplied one by one in row-major order. Integers without quantization: the product wraps. bool:
whether all are true. Quantized int8, int16: starting from the first ``input - zero point``, each product and the last
result are multiplied by ``input scale / output scale ** (1 / elements)`` and rounded, so that no product grows out of
bounds; then the output zero point and the range of the type.

Source: ``reduce.cc``, ``reference/reduce.h``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.epilogue import QuantizedEpilogue
from pytflite.arithmetic.requantize import RealScale
from pytflite.ops._api import Node, Op
from pytflite.ops._shared.reduction import (
    Reduction,
    reduce,
    reduced_shapes,
    reduction_of,
    rows,
    selection_of,
)
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import ReducerOptions

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]

OP = Op(BuiltinOperator.REDUCE_PROD, "input axis", "output", ReducerOptions)

shapes = OP.shapes(reduced_shapes)


class ProductParams(NamedTuple):
    """What the quantized rule is given.

    Attributes:
        reduction: the geometry.
        input_offset: minus the input's zero point.
        epilogue: its requantizer is applied to every product, too; no activation.
    """

    reduction: Reduction
    input_offset: int
    epilogue: QuantizedEpilogue


@dataclass(frozen=True, slots=True)
class RootScale(RealScale):
    """The real number ``factor / divisor ** (1 / degree)`` (``GetQuantProdScaling``, reduce.cc).

    Attributes:
        degree: how many numbers are multiplied.
    """

    degree: int = 1

    def effective(self) -> Array:
        """In float64; the power is the C library's."""
        factor, divisor = (float(np.asarray(number, np.float32)) for number in (*self.factors, self.divisor))
        return np.array([factor / divisor ** (1.0 / self.degree)])


def quantized_params(node: Node) -> ProductParams:
    """Params of the quantized rule."""
    input, output, reduction = node["input"], node["output"], reduction_of(node)
    requantizer = node.requantizer_of(RootScale((input.scale,), output.scale, degree=max(reduction.depth, 1)))
    epilogue = QuantizedEpilogue(requantizer, output.zero_point, output.qmin, output.qmax)
    return ProductParams(reduction, -input.zero_point, epilogue)


def plain_params(node: Node) -> Reduction:
    """Params of the other rules."""
    node.require(not is_quantized(node), f"{node['input']} must not be quantized, or be int8 or int16.")
    return selection_of(node)


def is_quantized(node: Node) -> bool:
    """Whether the input is quantized."""
    return node["input"].is_quantized


@OP.rule(
    "quantized",
    "Q i32 -> Q",
    params=quantized_params,
    when=is_quantized,
    note="Without elements BUILTIN_REF writes nothing, and the output is whatever was in memory; here it is 0. Of a "
    "constant input it copies up to 8 products of one element each; here they are rescaled as all others.",
    Q="i8 i16",
)
def define_quantized(input: Array, axis: Array, p: ProductParams) -> Stages:
    """Multiply and rescale one by one."""
    if not input.size:
        yield "output", np.zeros(p.reduction.shape, input.dtype)
        return
    first, *others = rows(input, p.reduction).T + np.int64(p.input_offset)
    product = first
    for other in others:
        product = p.epilogue.requantizer(product * other)
    for stage, values in p.epilogue.stages(product, input.dtype):
        yield stage, values.reshape(p.reduction.shape)


@OP.rule("integer", "T i32 -> T", params=plain_params, T="i8 u8 i16 i32 i64")
@OP.rule("float32", "f32 i32 -> f32", params=plain_params)
def define(input: Array, axis: Array, p: Reduction) -> Array:
    """Multiply one by one."""
    return reduce(np.multiply, input, p, 1)


@OP.rule("bool", "b i32 -> b", params=plain_params)
def define_bool(input: Array, axis: Array, p: Reduction) -> Array:
    """Whether all are true."""
    return reduce(np.logical_and, input, p, True)
