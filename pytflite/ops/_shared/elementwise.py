"""Operators of two inputs, element by element: broadcasting, and codes of two scales brought to a common one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.epilogue import NarrowEpilogue, QuantizedEpilogue
from pytflite.arithmetic.fixed_point import rounding_divide_by_pot
from pytflite.arithmetic.power_of_two import checked_log2
from pytflite.arithmetic.requantize import DoubleRounding, Requantizer, Truncated
from pytflite.arithmetic.rounding import wrap_int32
from pytflite.arithmetic.vectors import in_vectors
from pytflite.ops._shared.epilogues import quantized_activation, quantized_epilogue

if TYPE_CHECKING:
    from pytflite.ops._api import Node, Shape, TensorSpec

Array = npt.NDArray[Any]
Stages = Iterator[tuple[str, Array]]
Operation = Callable[[Array, Array], Array]

MAX_RANK = 8
"""Most dimensions that ``BroadcastBinaryOpSimple`` (broadcast_loop.h) takes; tensors of one shape may have more."""


def broadcast_shapes(node: Node) -> list[Shape]:
    """The shape that ``input1`` and ``input2`` broadcast to."""
    return [broadcast_shape(node, node["input1"], node["input2"])]


def broadcast_shape(node: Node, *inputs: TensorSpec, max_rank: int = MAX_RANK) -> Shape:
    """The shape that tensors broadcast to: dimensions, counted from the back, are equal or 1.

    Raises:
        PrepareError: they do not, or they differ and one has more than `max_rank` dimensions.

    Source: ``CalculateShapeForBroadcast``, kernel_util.cc.
    """
    shapes = [input.shape for input in inputs]
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        listed = ", ".join(str(list(shape)) for shape in shapes)
        raise node.error(f"Given shapes, {listed}, are not broadcastable.") from None
    for input in inputs:
        node.require(
            len(set(shapes)) == 1 or len(input.shape) <= max_rank,
            f"{input} must have at most {max_rank} dimensions to be broadcast.",
        )
    return shape


def is_unquantized(node: Node) -> bool:
    """Whether the output's integers are plain numbers."""
    return not node["output"].is_quantized


def plain(operation: Operation, input1: Array, input2: Array, p: tuple[Any, Any]) -> Stages:
    """Apply an operation to numbers, which wrap around if they are integers, and clamp; ``p``: `plain_activation`."""
    accumulator = operation(input1, input2)
    yield "accumulator", accumulator
    yield "output", np.clip(accumulator, *p)


class Rescale(NamedTuple):
    """From the codes of one input to a scale that it shares with another.

    Attributes:
        offset: minus the zero point.
        left_shift: bits gained before the multiplication, so that its rounding costs little; lost if negative.
        requantizer: to the shared scale.
    """

    offset: int
    left_shift: int
    requantizer: Requantizer

    def __call__(self, codes: Array) -> Array:
        """int64 array of int32 values, of the same shape."""
        left, right = max(self.left_shift, 0), max(-self.left_shift, 0)
        shifted = wrap_int32((codes.astype(np.int64) + self.offset) << left >> right)
        return self.requantizer(shifted).reshape(codes.shape)


class RescaledParams(NamedTuple):
    """What `rescaled` is given.

    Attributes:
        input1: to the common scale.
        input2: to the common scale.
        epilogue: from the common scale to the output.
    """

    input1: Rescale
    input2: Rescale
    epilogue: QuantizedEpilogue | NarrowEpilogue


def rescaled_params(left_shift: int) -> Callable[[Node], RescaledParams]:
    """Params whose common scale is ``2 * max(scale1, scale2) / 2**left_shift``.

    Source: add.cc, ``PrepareGeneralSubOp`` of sub.cc.
    """

    def params(node: Node) -> RescaledParams:
        input1, input2, output = node["input1"], node["input2"], node["output"]
        for tensor in (input1, input2, output):
            node.require(tensor.scale > 0, f"The scale of {tensor} must be positive.")
            low, high = (0, 0) if tensor.letter == "i16" else (tensor.qmin, tensor.qmax)
            node.require(
                low <= tensor.zero_point <= high, f"The zero point of {tensor} must be in the range [{low}, {high}]."
            )
        twice_max = 2 * max(input1.scale, input2.scale)
        divisor = np.float32(1 << left_shift) * output.scale
        node.require(
            twice_max < divisor,
            f"The scale of {output} must exceed {twice_max}/2^{left_shift}, or the output multiplier is not below 1.",
        )

        def rescale(input: TensorSpec) -> Rescale:
            requantizer = node.requantizer(input.scale, over=twice_max, precision="float64")
            return Rescale(-input.zero_point, left_shift, requantizer)

        requantizer = node.requantizer(twice_max, over=divisor, precision="float64")
        return RescaledParams(rescale(input1), rescale(input2), quantized_epilogue(node, requantizer))

    return params


def rescaled(operation: Operation, input1: Array, input2: Array, p: RescaledParams) -> Stages:
    """Bring both inputs to the common scale, apply the operation, bring the result to the output's scale."""
    rescaled1, rescaled2 = p.input1(input1), p.input2(input2)
    yield "input1_rescaled", rescaled1
    yield "input2_rescaled", rescaled2
    yield from p.epilogue.stages(operation(rescaled1, rescaled2), input1.dtype)


class VectorParams(NamedTuple):
    """What `rescaled_in_vectors` is given.

    Attributes:
        scalar: what scalar code does.
        vector: what vector code does.
        group: how many elements vectors hold at once.
        run: how many elements in memory order the code is called with; 0 where there are no vectors.
    """

    scalar: RescaledParams
    vector: RescaledParams
    group: int
    run: int


def vector_params(left_shift: int) -> Callable[[Node], VectorParams]:
    """Params of the rules that work in vectors.

    Where both inputs are walked over and are signed, their multiplication shifts first, so that it rounds just once;
    otherwise the shift afterwards does not round. Both read what is to be multiplied from `rescaled_params`.

    Source: ``AddElementwiseInt8``, ``AddElementwiseInt16``, optimized/integer_ops/add.h; ``AddElementwise``,
    ``AddScalarBroadcast``, optimized/optimized_ops.h.
    """

    def params(node: Node) -> VectorParams:
        scalar = rescaled_params(left_shift)(node)
        walked, run = inner_run(node["input1"].shape, node["input2"].shape)
        letter = node["output"].letter
        shifts_first = walked and letter != "u8"
        if letter == "i16":
            is_same = run == math.prod(node["output"].shape)
            vector = RescaledParams(shifted_first(scalar.input1), shifted_first(scalar.input2), scalar.epilogue)
            return VectorParams(scalar, vector, 16, run if walked and is_same else 0)
        prepared = shifted_first if shifts_first else truncated
        epilogue = NarrowEpilogue(*scalar.epilogue)
        vector = RescaledParams(prepared(scalar.input1), prepared(scalar.input2), epilogue)
        return VectorParams(scalar, vector, 16 if shifts_first else 8, run)

    return params


def shifted_first(rescale: Rescale) -> Rescale:
    """The same multiplication, its shift merged with that before it."""
    multiplier, shift = fixed_point_of(rescale)
    return Rescale(rescale.offset, rescale.left_shift + int(shift[0]), DoubleRounding(multiplier, np.zeros_like(shift)))


def truncated(rescale: Rescale) -> Rescale:
    """The same multiplication, whose shift does not round."""
    return rescale._replace(requantizer=Truncated(*fixed_point_of(rescale)))


def fixed_point_of(rescale: Any) -> tuple[Array, Array]:
    """Multiplier and shift of a rescaling whose requantizer has them."""
    return rescale.requantizer.multiplier, rescale.requantizer.shift


def inner_run(shape1: Shape, shape2: Shape) -> tuple[bool, int]:
    """How optimized kernels walk over two tensors that broadcast.

    Returns:
        Whether the innermost loop walks over both (else one of them stays where it is), and how many elements it sees;
        0 where a general loop without vectors is needed.

    Source: ``ProcessBroadcastShapes``, reference/process_broadcast_shapes.h; ``BinaryBroadcastFiveFold``,
    reference/binary_function.h.
    """
    rank = max(len(shape1), len(shape2))
    pairs = list(zip(*((1,) * (rank - len(shape)) + tuple(shape) for shape in (shape1, shape2)), strict=True))[::-1]
    unequal = next((pair for pair in pairs if pair[0] != pair[1]), None)
    if unequal is None:
        return True, math.prod(size for size, _ in pairs)
    if unequal[0] != 1:
        pairs = [(b, a) for a, b in pairs]

    def count(fits: Callable[[int, int], bool]) -> int:
        product = 1
        while pairs and fits(*pairs[0]):
            product *= max(pairs.pop(0))
        return product

    def equal(a: int, b: int) -> bool:
        return a == b

    both = count(equal)
    second = count(lambda a, b: a == 1)
    count(equal)
    count(lambda a, b: b == 1)
    count(equal)
    if pairs:
        return False, 0
    return (True, both) if both > 1 else (False, second)


def rescaled_in_vectors(operation: Operation, input1: Array, input2: Array, p: VectorParams) -> Stages:
    """`rescaled`, in vectors as far as they go."""
    whole1, whole2 = np.broadcast_arrays(input1, input2)
    where = in_vectors(whole1.shape, p.group, p.run)
    vectors, scalars = (rescaled(operation, whole1, whole2, params) for params in (p.vector, p.scalar))
    for (stage, vector), (_, scalar) in zip(vectors, scalars, strict=True):
        yield stage, np.where(where, vector, scalar)


class SharedShiftParams(NamedTuple):
    """What `shared_shift` is given.

    Attributes:
        input1_offset: minus the zero point of the first input.
        input2_offset: minus that of the second.
        input1_multiplier: the ratio of its scale to the output's, times ``2**shift``.
        input2_multiplier: the same of the second; negative where it is subtracted.
        shift: to the right, of the sum of both products.
        output_offset: plus the output zero point.
        activation_min: smallest code that the fused activation lets pass.
        activation_max: largest one.
    """

    input1_offset: int
    input2_offset: int
    input1_multiplier: int
    input2_multiplier: int
    shift: int
    output_offset: int
    activation_min: int
    activation_max: int


def shared_shift_params(sign: int) -> Callable[[Node], SharedShiftParams]:
    """Params of a sum (1) or a difference (-1) whose larger multiplier has 21 bits.

    Source: ``xnn_init_qs8_add_minmax_params``, src/microparams-init.c of XNNPACK.
    """

    def params(node: Node) -> SharedShiftParams:
        input1, input2, output = node["input1"], node["input2"], node["output"]
        ratio1, ratio2 = input1.scale / output.scale, input2.scale / output.scale
        shift = 21 - int(np.frexp(max(ratio1, ratio2))[1])
        multipliers = int(np.rint(np.ldexp(ratio1, shift))), sign * int(np.rint(np.ldexp(ratio2, shift)))
        offsets = -input1.zero_point, -input2.zero_point
        return SharedShiftParams(*offsets, *multipliers, shift, output.zero_point, *quantized_activation(node))

    return params


def shared_shift(input1: Array, input2: Array, p: SharedShiftParams) -> Stages:
    """Both inputs times their multipliers, summed, shifted with one rounding, ties up, that saturates at 16 bits."""
    product1 = (input1.astype(np.int64) + p.input1_offset) * p.input1_multiplier
    product2 = (input2.astype(np.int64) + p.input2_offset) * p.input2_multiplier
    accumulator = product1 + product2
    yield "accumulator", accumulator
    requantized = np.clip((accumulator + (1 << p.shift >> 1)) >> p.shift, -(1 << 15), (1 << 15) - 1)
    yield "requantized", requantized
    yield "output", np.clip(requantized + p.output_offset, p.activation_min, p.activation_max).astype(input1.dtype)


class PotParams(NamedTuple):
    """What `pot` is given.

    Attributes:
        input1_shift: right shift that brings the first input to the output's scale.
        input2_shift: the same of the second; one of the two is 0.
        activation_min: smallest code that the fused activation lets pass.
        activation_max: largest one.
    """

    input1_shift: int
    input2_shift: int
    activation_min: int
    activation_max: int


def has_pot_scales(node: Node) -> bool:
    """Whether an int16 operator asks for arithmetic with power-of-two scales, and has such scales.

    The option's default is to ask, but an operator without options does not.
    """
    tensors = node["input1"], node["input2"], node["output"]
    asks = node.operator.options is not None and node.options.pot_scale_int16
    return asks and all(
        tensor.is_quantized and tensor.scale > 0 and checked_log2(tensor.scale)[1] for tensor in tensors
    )


def pot_params(node: Node) -> PotParams:
    """Params of inputs of which at most one has a finer scale than the output."""
    output = node["output"]
    for tensor in (node["input1"], node["input2"], output):
        node.require(tensor.zero_point == 0, f"The zero point of {tensor} must be 0.")
    exponent = checked_log2(output.scale)[0]
    shift1, shift2 = (exponent - checked_log2(node[role].scale)[0] for role in ("input1", "input2"))
    node.require(
        min(shift1, shift2) == 0 and max(shift1, shift2) < 16,
        f"The scale of {output} must be 2^0..2^15 times that of one input and equal to that of the other, "
        f"it is 2^{shift1} and 2^{shift2} times theirs.",
    )
    return PotParams(shift1, shift2, *quantized_activation(node))


def pot(operation: Operation, input1: Array, input2: Array, p: PotParams) -> Stages:
    """Shift the finer input to the output's scale, rounding half away from zero, apply the operation, clamp."""
    rescaled1 = rounding_divide_by_pot(input1, p.input1_shift)
    rescaled2 = rounding_divide_by_pot(input2, p.input2_shift)
    yield "input1_rescaled", rescaled1
    yield "input2_rescaled", rescaled2
    accumulator = operation(rescaled1, rescaled2)
    yield "accumulator", accumulator
    yield "output", np.clip(accumulator, p.activation_min, p.activation_max).astype(input1.dtype)
