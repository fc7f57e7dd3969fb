"""Binders of operators that treat every element alike."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.requantize import (
    DoubleRounding,
    Float32,
    Float64,
    Float64Saturating,
    RoundingUp,
    RoundingUpFlat,
)
from pytflite.kernels.engine.buffers import aligned
from pytflite.kernels.engine.target import SHAPE
from pytflite.kernels.engine.words import WALK
from pytflite.ops._shared.elementwise import RescaledParams, Stages, VectorParams, rescaled
from pytflite.ops.mul import MulParams
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import (
    ANY,
    Call,
    Calls,
    Operand,
    axes_of,
    binder,
    fixed_point_of,
    flip_of,
    is_code,
    parts_of,
    walk_of,
)

Array = npt.NDArray[Any]


@binder("RESHAPE", "copy")
@binder("SQUEEZE", "copy")
@binder("EXPAND_DIMS", "copy")
def copy(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Bytes as they are; nothing where they are in place already."""
    assert inputs[0] is not None
    if inputs[0].array.ctypes.data == outputs[0].ctypes.data:
        return []
    return [Call(("copy",), [inputs[0].array, outputs[0], outputs[0].nbytes], parts_of(outputs[0].nbytes))]


@binder(ANY, "lookup")
def lookup(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A table; where it only flips bits, no table."""
    assert inputs[0] is not None
    input, (output,) = inputs[0].array, outputs
    table = node.params.table.view(np.uint8)
    if not (is_code(input) and is_code(output)):
        return [translated(input, output, node.params.table)] if input.size else []
    flipped = np.arange(256, dtype=np.uint8) ^ table
    if (flipped == flipped[0]).all():
        return [Call(("flip",), [input, output, input.size, int(flipped[0])], parts_of(input.size))]
    return [Call(("lookup",), [input, output, input.size, table.copy()], parts_of(input.size))]


@binder("QUANTIZE", "requantize_vectors")
def requantize(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A table for whole groups of 16, another one for the rest."""
    assert inputs[0] is not None
    input, output = inputs[0].array.reshape(-1), outputs[0].reshape(-1)
    epilogue = node.params.epilogue
    if not isinstance(epilogue.requantizer, RoundingUpFlat):
        return None
    grouped = output.size // 16 * 16
    calls = []
    for own, recipe in ((slice(grouped), RoundingUp), (slice(grouped, None), DoubleRounding)):
        params = node.params._replace(epilogue=epilogue._replace(requantizer=recipe(*epilogue.requantizer)))
        *_, (_, table) = replace(node, params=params).stages([np.arange(256).astype(np.uint8).view(input.dtype)])
        if output[own].size:
            words = [input[own], output[own], output[own].size, table.view(np.uint8).copy()]
            calls.append(Call(("lookup",), words, parts_of(output[own].size)))
    return calls


@binder("ABS", "int16", "int16_plain")
@binder("COS", "float16")
@binder("DEQUANTIZE", "float16")
@binder("EXP", "int16")
@binder("FLOOR", "bfloat16")
@binder("GELU", "float16", "int16")
@binder("LEAKY_RELU", "int16", "signed_alpha_int16")
@binder("LOG", "int16")
@binder("LOGICAL_NOT", "bool")
@binder("LOGISTIC", "bfloat16", "float16", "int16", "int16_gemmlowp")
@binder("NEG", "bfloat16")
@binder("RELU", "int16")
@binder("RELU6", "int16", "not_rescaled")
@binder("ROUND", "bfloat16")
@binder("SIN", "float16")
@binder("TANH", "bfloat16", "float16", "int16", "int16_gemmlowp")
def function(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A table of what the definition makes of every code."""
    assert inputs[0] is not None
    return tabulated(node, inputs[0].array, outputs[0])


@binder("DEQUANTIZE", "affine", "affine_first_scale")
def dequantize(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """The same with one scale for all."""
    assert inputs[0] is not None
    one = node.params.scale.size == node.params.zero_point.size == 1
    return tabulated(node, inputs[0].array, outputs[0]) if one else None


@binder("DEQUANTIZE", "affine_fused", "affine_vectors")
@binder("HARD_SWISH", "quantized_vectors")
def function_in_vectors(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A table for whole groups of 8, another one for the rest."""
    assert inputs[0] is not None
    input, output = inputs[0].array.reshape(-1), outputs[0].reshape(-1)
    grouped = output.size // 8 * 8
    calls: list[Call] = []
    for own, group in ((slice(grouped), 256), (slice(grouped, None), 7)):
        part = tabulated(node, input[own], output[own], group) if is_code(input) else None
        if part is None:
            return None
        calls += part
    return calls


@binder("RSQRT", "int16", "int16_fixed_point", "int8")
@binder("SQRT", "int16", "int8")
def root(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A table; codes below the zero point, which are refused, are looked for first."""
    assert inputs[0] is not None
    input, (output,), offset = inputs[0].array, outputs, getattr(node.params, "input_offset", 0)
    codes = all_codes(input.dtype)
    refused = codes.astype(np.int64) + offset < 0
    *_, (_, table) = node.stages([np.where(refused, -offset, codes).astype(input.dtype)])
    return [refuse(input, refused), translated(input, output, table)] if input.size else []


def tabulated(node: PreparedNode, input: Array, output: Array, group: int = 1 << 16) -> Calls:
    """The call for an operator that treats every code alike, whatever its place.

    Args:
        node: the operator.
        input: its codes; None is returned where they have more than two bytes.
        output: what to write.
        group: how many codes the definition is given at once.
    """
    if not input.size:
        return []
    if input.itemsize > 2:
        return None
    codes = all_codes(input.dtype)
    tables = []
    for first in range(0, len(codes), group):
        own = codes[first : first + group]
        with np.errstate(all="ignore"):
            *_, (_, values) = node.stages([own.reshape((-1,) + (1,) * (input.ndim - 1))])
        tables.append(np.asarray(values).reshape(-1))
    return [translated(input, output, np.concatenate(tables))]


def translated(input: Array, output: Array, table: Array) -> Call:
    """The call that looks every code up, by its bits, in a table that holds something for each."""
    words = [input, output, input.size, np.ascontiguousarray(table)]
    return Call(("table", input.itemsize, output.itemsize), words, parts_of(input.size))


@binder("ADD", "int8", "uint8")
@binder("SUB", "int8", "uint8")
def sum_or_difference(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A linear function that equals the definition for every pair of codes, or else a table of all pairs."""
    return pairs(defined(node), inputs, outputs[0], in_line(node.params, -1 if node.op.name == "SUB" else 1))


@binder("ADD", "shared_shift")
@binder("SUB", "shared_shift")
def shared_shift(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """The same; the definition is linear."""
    p = node.params
    both = p.input1_multiplier / 2.0**p.shift, p.input2_multiplier / 2.0**p.shift
    return pairs(defined(node), inputs, outputs[0], partial(sum_of, slopes=both))


@binder("ADD", "int8_vectors", "uint8_vectors")
def sum_in_vectors(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """The same for whole groups, and for the rest."""
    p: VectorParams = node.params
    vector, scalar = (Meant(partial(rescaled, np.add, p=own), in_line(own, 1)) for own in (p.vector, p.scalar))
    return in_groups(p, inputs, outputs[0], vector, scalar)


@binder("MUL", "vectors")
def product_in_vectors(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """The same with products."""
    p = node.params
    vector, scalar = (
        Meant(defined(replace(node, params=own)), scaled(p.scalar))
        for own in (p._replace(group=1, run=1 << 16), p._replace(run=0))
    )
    return in_groups(p, inputs, outputs[0], vector, scalar)


@binder("MUL", "int8", "uint8", "float64_scale")
def product(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A scaled product that equals the definition for every pair of codes, or else a table of all pairs."""
    return pairs(defined(node), inputs, outputs[0], scaled(node.params))


@binder("BITWISE_XOR", "integer")
@binder("EQUAL", "int8", "uint8")
@binder("GREATER", "int8", "uint8")
@binder("GREATER_EQUAL", "int8", "uint8")
@binder("LESS", "int8", "uint8")
@binder("LESS_EQUAL", "int8", "uint8")
@binder("LOGICAL_AND", "bool")
@binder("LOGICAL_OR", "bool")
@binder("NOT_EQUAL", "int8", "uint8")
@binder("RIGHT_SHIFT", "integer")
@binder("SQUARED_DIFFERENCE", "int8")
@binder("STABLEHLO_SHIFT_LEFT", "integer")
def function_of_two(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """A table of all pairs."""
    return pairs(defined(node), inputs, outputs[0], None)


@binder("PRELU", "int8", "uint8")
def prelu(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """The same; the definition takes inputs of the output's shape."""
    return pairs(lambda left, right: node.stages(np.broadcast_arrays(left, right)), inputs, outputs[0], None)


@binder("DIV", "int8", "quantized", "rounded_once", "uint8")
def quotient(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """The same; a divisor of 0, which is refused, is looked for first."""
    assert inputs[1] is not None
    divisor, zero = inputs[1].array, -node.params.input2_offset
    if not is_code(divisor):
        return None

    def define(left: Array, right: Array) -> Stages:
        return node.stages([left, np.where(right == zero, right ^ 1, right)])

    calls = pairs(define, inputs, outputs[0], None)
    return calls and [refuse(divisor, all_codes(divisor.dtype) == zero), *calls]


Define = Callable[[Array, Array], Stages]


def defined(node: PreparedNode) -> Define:
    """The definition of a node with two inputs."""
    return lambda left, right: node.stages([left, right])


def all_codes(dtype: np.dtype[Any]) -> Array:
    """Whatever elements of a type with one byte or two can be, by their bits."""
    codes = np.arange(1 << 8 * dtype.itemsize).astype(f"u{dtype.itemsize}")
    return codes != 0 if dtype == np.bool_ else codes.view(dtype)


def refuse(input: Array, refused: Array) -> Call:
    """The call that gives up where an input has codes that the definition refuses; ``refused``: by their bits."""
    failed = aligned(8).view(np.int64)
    words = [input, input.size, refused.copy(), failed]
    return Call(("refuse", input.itemsize), words, parts_of(input.size), failed=failed)


Formula = Callable[[Array, int], tuple[int, ...] | None]
"""Of a table of codes, ascending from -128 on along both axes and in what it holds, and what was exclusive-ored to that
end: numbers for `pytflite.kernels.engine.small.of_codes` that do for all of it, the first of which tells what is to be
computed; None if there are none."""


class Meant(NamedTuple):
    """What is to be computed of pairs of codes.

    Attributes:
        define: the definition.
        formula: what may do.
    """

    define: Define
    formula: Formula


def in_groups(
    p: Any, inputs: Sequence[Operand | None], output: Array, vector: Meant, scalar: Meant
) -> Calls:  # fmt: skip
    """Calls for two inputs where whole groups are treated in another way than the rest of each run.

    Args:
        p: params with a group and a run, as `pytflite.ops._shared.elementwise.VectorParams`.
        inputs: both.
        output: what to write.
        vector: of the groups.
        scalar: of the rest.
    """
    whole = together(inputs, output)
    if not output.size:
        return []
    rows = in_rows(p.run, *whole) if p.run else whole
    grouped = p.run // p.group * p.group
    calls = []
    for own, meant in ((slice(grouped), vector), (slice(grouped, None), scalar)):
        views = [row[..., own] for row in rows]
        if views and not views[2].size:
            continue
        call = call_of(*meant, views) if views else None
        if call is None:
            return None
        calls.append(call)
    return calls


def in_rows(run: int, *views: Array) -> list[Array]:
    """Views of rows of so many elements, of which there is at least one, in their order; none if there are no such."""
    axes = axes_of(*views) or [[1] * (1 + len(views))]
    size, *steps = axes.pop()
    if size % run:
        return []
    axes += [[size // run, *(run * step for step in steps)], [run, *steps]]
    sizes, *strides = zip(*axes, strict=True)
    return [np.lib.stride_tricks.as_strided(view, sizes, own) for view, own in zip(views, strides, strict=True)]


def together(inputs: Sequence[Operand | None], output: Array) -> list[Array]:
    """Both inputs and the output, broadcast to its shape."""
    arrays = [operand.array for operand in inputs if operand is not None]
    return [*(np.broadcast_to(array, output.shape) for array in arrays), output]


def pairs(define: Define, inputs: Sequence[Operand | None], output: Array, formula: Formula | None) -> Calls:
    """Calls for two inputs that broadcast.

    Args:
        define: what is to be computed of two arrays of codes, element by element.
        inputs: both.
        output: what to write.
        formula: what may do instead of a table.
    """
    left, right = (operand for operand in inputs if operand is not None)
    bytes_ = all(array.itemsize == 1 for array in (left.array, right.array, output))
    if not bytes_:
        return None
    if not output.size:
        return []
    for constant, other, arguments in ((left, right, slice(None)), (right, left, slice(None, None, -1))):
        if constant.is_constant and constant.array.size == 1 and other.array.size == output.size:
            codes = all_codes(other.array.dtype)
            *_, (_, table) = define(*(constant.array.reshape(-1), codes)[arguments])
            words = [other.array, output, output.size, table.view(np.uint8).copy()]
            return [Call(("lookup",), words, parts_of(output.size))]
    call = call_of(define, formula, together(inputs, output))
    return call and [call]


def call_of(define: Define, formula: Formula | None, views: Sequence[Array]) -> Call | None:
    """The call for views of two inputs and of an output; None if there is no walk over them."""
    left, right, output = views
    walk = walk_of(*views)
    if walk is None:
        return None
    *_, (_, table) = define(all_codes(left.dtype)[:, None], all_codes(right.dtype)[None])
    if formula:
        flip = flip_of(left)
        by_code = np.arange(256) ^ flip ^ 0x80
        ascending = table[by_code][:, by_code].astype(np.int32) - flip
        numbers = formula(ascending, flip)
        if numbers is not None:
            what, *own, offset = numbers
            offsets = aligned(4 * SHAPE.lanes).view(np.int16)
            offsets[:] = offset
            kernel = "formula", what, flip, walk[2 * WALK - 1], walk[3 * WALK - 1]
            words = [*views, *own, offsets, ascending.min(), ascending.max(), *walk]
            return Call(kernel, words, parts_of(output.size))
    return Call(("pairs",), [*views, np.ascontiguousarray(table), *walk], parts_of(output.size))


def in_line(p: RescaledParams, sign: int) -> Formula:
    """A sum, the second input with a sign."""
    scales = []
    for rescale in (p.input1, p.input2):
        scale = 2.0**rescale.left_shift
        for requantizer in (rescale.requantizer, p.epilogue.requantizer):
            (multiplier,), (shift,) = fixed_point_of(requantizer, 1)
            scale *= float(multiplier) * 2.0 ** (int(shift) - 31)
        scales.append(scale)
    return partial(sum_of, slopes=(scales[0], sign * scales[1]))


def sum_of(table: Array, flip: int, slopes: tuple[float, float]) -> tuple[int, ...] | None:
    """What `linear` finds, as of `Formula`."""
    found = linear(table, *slopes)
    return found and (0, *found, 0)


SPARSE = 7
"""Every such row and column of a table of pairs tells first whether numbers can do."""


def linear(table: Array, slope1: float, slope2: float) -> tuple[int, int, int, int] | None:
    """a, b, c, d for which ``(a * x + b * y + c) >> d``, clipped to the least and the largest, is the whole table.

    Args:
        table: int32 (256, 256), for x and y from -128 to 127.
        slope1: about what a stands for.
        slope2: about what b stands for.

    Returns:
        None if no such numbers were found.
    """
    codes = np.arange(-128, 128, dtype=np.int32)
    above, below = table > table.min(), table < table.max()
    for d in range(22, 12, -1):
        for near1, near2 in itertools.product((0, 1, -1), repeat=2):
            a, b = round(slope1 * 2**d) + near1, round(slope2 * 2**d) + near2
            if 128 * (abs(a) + abs(b)) >= 1 << 30:
                continue
            for step in (SPARSE, 1):
                own = np.s_[::step, ::step]
                rests = (table[own] << d) - (a * codes[::step, None] + b * codes[::step])
                least = max(int(np.where(above[own], rests, -(1 << 30)).max()), -(1 << 30))
                most = min(int(np.where(below[own], rests, 1 << 30).min()) + (1 << d) - 1, (1 << 30) - 1)
                if least > most:
                    break
            else:
                return a, b, (least + most) // 2, d
    return None


def scaled(p: MulParams) -> Formula:
    """A product."""
    return partial(product_of, p=p)


def product_of(table: Array, flip: int, p: MulParams) -> tuple[int, ...] | None:
    """A scaled product, as of `Formula`: rounded half away from zero, or from a little less than a half on."""
    offsets, start = (p.input1_offset + flip, p.input2_offset + flip), p.epilogue.output_offset - flip
    codes = np.arange(-128, 128, dtype=np.int32)
    products = ((codes[:, None] + offsets[0]) * (codes + offsets[1])).astype(np.float32)
    match p.epilogue.requantizer:
        case Float32(real) | Float64(real) | Float64Saturating(real):
            scale, less = np.float32(real.item()), 0.0
        case requantizer:
            (multiplier,), (shift,) = fixed_point_of(requantizer, 1)
            scale, less = np.float32(float(multiplier) * 2.0 ** (int(shift) - 31)), 2.0 ** (int(shift) - 1)
    if abs(scale) >= 1 << 13:
        return None
    for half in (np.float32(0.5), np.float32(0.5 + less)):
        reals = products * scale
        found = np.trunc(reals + np.copysign(half, reals)).astype(np.int32) + start
        if np.array_equal(np.clip(found, table.min(), table.max()), table):
            return 1, *offsets, int(scale.view(np.int32)), int(half.view(np.int32)), start
    return None
