"""What goes wrong where people write integer inference themselves: each deviation makes other cases of a case.

A deviation changes an operator, its constants, its quantization parameters, its requantizer, or what comes in and goes
out; the ordinary definition then computes with that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic import deviating
from pytflite.arithmetic.deviating import ROUNDINGS
from pytflite.arithmetic.epilogue import NarrowEpilogue, QuantizedEpilogue
from pytflite.arithmetic.requantize import DoubleRounding, Float32, Float64, Single, Truncated
from pytflite.arithmetic.tables import CodeTable
from pytflite.errors import PrepareError
from pytflite.model.types import Tensor
from pytflite.profiles import REFERENCE, Profile
from pytflite.schema.enums import ActivationFunctionType, Padding, TensorType
from pytflite.tools.cases import Case, scale_of, zero_points_of
from pytflite.tools.sides import real_values

Array = npt.NDArray[Any]
Variants = Iterator[tuple[str, Case]]


@dataclass(frozen=True, slots=True)
class Deviation:
    """One kind of fault.

    Attributes:
        kind: what it is called.
        variants: from a case to the cases that it may be instead, each with what is different in words.
    """

    kind: str
    variants: Callable[[Case], Variants]


# ---------------------------------------------------------------------------------------------------- requantization


@cache
def requantized(recipe: str) -> Profile:
    """The reference rules with one requantizer everywhere."""
    return replace(REFERENCE, name=recipe, requantizer=recipe, recipes={})


def exchanged(one: type[Any], make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A change of params: every requantizer of a class is replaced."""

    def change(params: Any) -> Any:
        if type(params) is one:
            return make(params)
        if isinstance(params, tuple):
            parts = [change(part) for part in params]
            return type(params)(*parts) if hasattr(params, "_fields") else tuple(parts)
        return params

    return change


SCALED = {
    *("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "CONV_3D", "FULLY_CONNECTED", "BATCH_MATMUL", "QUANTIZE"),
    *("ADD", "SUB", "MUL", "SQUARED_DIFFERENCE", "PRELU"),
}
"""Operators that ask for requantizers and take any."""

AVERAGING = {"MEAN"}
"""Operators that ask for requantizers with a multiplier and a shift."""


def requantizations(case: Case) -> Variants:
    """Every other way from an accumulator to the output scale, under the reference's rules."""
    name = case.operator.name
    if name not in SCALED | AVERAGING:
        return
    made = {recipe: replace(case, profile=requantized(recipe)) for recipe in (*FIXED_POINT, *FLOATS)}
    for recipe, words in FIXED_POINT.items():
        yield words, made[recipe]
    for rounding in (name for name in ROUNDINGS if name != "ties up"):
        words = f"one rounding, {rounding}" if "ties" in rounding else f"no rounding: {rounding}"
        yield words, made["single"].refitted(exchanged(Single, partial(_integer_product, rounding)))
    for words, rounds in {"then rounded": True, "then shifted without rounding": False}.items():
        change = exchanged(Single, partial(_high_half, rounds))
        yield f"the high half cut off, {words}", made["single"].refitted(change)
    truncated = exchanged(DoubleRounding, lambda r: Truncated(*r))
    yield "the high half rounded, then shifted without rounding", made["double_rounding"].refitted(truncated)
    if name in SCALED:
        for recipe, whole in FLOATS.items():
            for rounding, function in ROUNDINGS.items():
                change = exchanged(whole, partial(_float_product, function))
                yield f"a product in {recipe}, {rounding}", made[recipe].refitted(change)


def _integer_product(rounding: str, single: Single) -> deviating.IntegerProduct:
    return deviating.IntegerProduct(single.multiplier, single.shift, rounding)


def _high_half(rounds: bool, single: Single) -> deviating.HighHalf:
    return deviating.HighHalf(single.multiplier, single.shift, rounds)


def _float_product(rounding: Callable[[Array], Array], product: Float32 | Float64) -> deviating.FloatProduct:
    return deviating.FloatProduct(product.scale, rounding)


def _narrow(bits: int, saturates: bool, requantizer: Any) -> deviating.Narrow:
    return deviating.Narrow(requantizer, bits, saturates)


FIXED_POINT = {
    "double_rounding": "two roundings, the second with ties away from zero",
    "rounding_up": "two roundings, both with ties up",
    "single": "one rounding, ties up",
    "wide": "one rounding with a multiplier of 16 bits",
}
FLOATS: dict[str, type[Any]] = {"float32": Float32, "float64": Float64}


# ------------------------------------------------------------------------------------------------------ quantization


def quantized_roles(case: Case) -> dict[str, Tensor]:
    """Inputs and output whose integers are codes, by role; biases have no scale of their own."""
    tensors = {role: case.tensor(role) for role in (*case.roles, "output")}
    return {role: t for role, t in tensors.items() if t is not None and scale_of(t) is not None and role != "bias"}


def zero_points(case: Case) -> Variants:
    """Zero points that are forgotten, or those of another tensor."""
    tensors = quantized_roles(case)
    for role, tensor in tensors.items():
        assert tensor.quantization is not None
        own = zero_points_of(tensor.quantization)
        others = {f"taken from {r}": zero_points_of(t.quantization)[:1] for r, t in tensors.items() if t.quantization}
        for words, other in {"forgotten": np.zeros(1, np.int64), **others}.items():
            if other[0] != own[0] or np.unique(own).size > 1:
                zero_point = np.broadcast_to(other, own.shape).copy()
                yield f"zero point of {role} {words}", case.with_quantization(role, zero_point=zero_point)


def scales(case: Case) -> Variants:
    """Scales of another tensor; one scale where there is one per channel, or in another order."""
    tensors = quantized_roles(case)
    single = {role: scale_of(t) for role, t in tensors.items()}
    for role, own in single.items():
        assert own is not None
        for other, scale in single.items():
            if scale is not None and other != role and own.size == 1 and scale[0] != own[0]:
                yield f"scale of {role} taken from {other}", _matched(case.with_quantization(role, scale=scale[:1]))
        if own.size > 1:
            for words, scale in {
                "the first": own[:1],
                "the largest": own.max(keepdims=True),
                "the smallest": own.min(keepdims=True),
                "the mean": own.mean(keepdims=True, dtype=np.float32),
            }.items():
                yield f"one scale of {role} for all channels, {words}", _one_scale(case, role, scale)
            yield f"scales of {role} in reverse", case.with_quantization(role, scale=own[::-1].copy())
    first, second = single.get("input1"), single.get("input2")
    if first is not None and second is not None and first[0] != second[0]:
        yield (
            "scales of input1 and input2 exchanged",
            case.with_quantization("input1", scale=second).with_quantization("input2", scale=first),
        )


def _matched(case: Case) -> Case:
    """The same with the scale that the bias should have, on which some kernels insist."""
    bias, product = scale_of(case.tensor("bias")), _product_scale(case)
    return case if bias is None or product is None else case.with_quantization("bias", scale=product)


def _one_scale(case: Case, role: str, scale: Array) -> Case:
    tensor = case.tensor(role)
    assert tensor is not None
    assert tensor.quantization is not None
    return case.with_quantization(role, scale=np.full_like(tensor.quantization.scale, scale[0]))


def offsets(case: Case) -> Variants:
    """128 more or less, modulo 256, as between int8 and uint8."""

    def moved(array: Array) -> Array:
        return (array.view(np.uint8) ^ np.uint8(128)).view(array.dtype)

    eight = {
        role: array
        for role in case.roles
        if (array := case.array(role)) is not None and array.dtype in (np.int8, np.uint8)
    }
    for role, array in eight.items():
        yield f"{role} off by 128", case.with_array(role, moved(array))
    output = case.tensor("output")
    if output is not None and output.dtype.numpy in (np.int8, np.uint8):
        yield "output off by 128", case.let_out(moved)
        for role, array in eight.items():
            if not case.is_constant(case.roles.index(role)):
                yield f"{role} and output off by 128", case.with_array(role, moved(array)).let_out(moved)


def in_float(case: Case) -> Variants:
    """Dequantized, computed in float32, quantized: what converters to other formats make of it."""
    output = case.tensor("output")
    tensors = quantized_roles(case)
    if output is None or scale_of(output) is None or case.operator.name in ("QUANTIZE", "DEQUANTIZE"):
        return
    if any(t.sparsity is not None or t.dtype.letter in ("i4", "i2") for t in tensors.values()):
        return
    made = case
    for role in case.roles:
        tensor, array = case.tensor(role), case.array(role)
        if tensor is None or array is None or scale_of(tensor) is None:
            continue
        real = np.ascontiguousarray(real_values(array, tensor).astype(np.float32))
        place = case.roles.index(role)
        changes: dict[str, Any] = {"type": TensorType.FLOAT32, "quantization": None}
        if case.is_constant(place):
            buffers = (*made.buffers, np.frombuffer(real.tobytes(), np.uint8))
            made = replace(made, buffers=buffers)
            changes["buffer"] = len(buffers) - 1
        made = made.with_array(role, real).with_tensor(role, **changes)
    made = made.with_tensor("output", type=TensorType.FLOAT32, quantization=None)
    if hasattr(made.operator.options, "quantized_bias_type"):
        made = made.with_options(quantized_bias_type=TensorType.FLOAT32)
    scale, zero_point = scale_of(output), zero_points_of(output.quantization) if output.quantization else None
    for rounding in ("ties away from zero", "ties to even", "toward zero"):

        def codes(real: Array, rounding: str = rounding) -> Array:
            return as_codes(ROUNDINGS[rounding](real / scale) + zero_point, output)

        yield f"computed in float32, quantized {rounding}", made.let_out(codes)


def as_codes(numbers: Array, tensor: Tensor) -> Array:
    """Whole numbers in the range and type of a tensor; 0 for NaN."""
    codes: Array = np.clip(np.nan_to_num(numbers), tensor.dtype.qmin, tensor.dtype.qmax).astype(tensor.dtype.numpy)
    return codes


# ------------------------------------------------------------------------------------------------ bias, accumulator


def change_epilogue(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A change of params that have an epilogue, of that; PrepareError for others."""

    def change(params: Any) -> Any:
        if not hasattr(params, "epilogue"):
            raise PrepareError("It has no epilogue.")
        return params._replace(epilogue=make(params.epilogue))

    return change


def change_requantizer(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A change of params that have an epilogue, of its requantizer."""
    return change_epilogue(lambda epilogue: epilogue._replace(requantizer=make(epilogue.requantizer)))


SUMS = {"CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "CONV_3D", "FULLY_CONNECTED", "BATCH_MATMUL", "MEAN", "SUM"}
"""Operators whose accumulators are long sums."""


def biases(case: Case) -> Variants:
    """A bias that is missing, added twice, not rescaled, or cut to 16 bits."""
    bias, tensor = case.array("bias"), case.tensor("bias")
    if bias is None or tensor is None or bias.dtype.kind != "i":
        return
    none = case.with_array("bias", np.zeros_like(bias))
    yield "bias missing", none
    yield "bias added twice", case.with_array("bias", bias * bias.dtype.type(2))
    later = change_requantizer(lambda r: deviating.BiasLater(r, bias.reshape(-1)))
    yield "bias not rescaled, added to the output's codes", none.refitted(later)
    yield "bias cut to 16 bits", case.with_array("bias", bias.astype(np.int16).astype(bias.dtype))
    scale, product = scale_of(tensor), _product_scale(case)
    if scale is not None and product is not None and not np.array_equal(scale, product):
        rescaled = np.rint(bias * (scale.astype(np.float64) / product)).astype(bias.dtype)
        yield "bias rescaled from its own scale", case.with_array("bias", rescaled)


def _product_scale(case: Case) -> Array | None:
    one, other = scale_of(case.tensor("input")), scale_of(case.tensor("filter"))
    return None if one is None or other is None else one * other


def accumulators(case: Case) -> Variants:
    """Accumulators of 16 and 24 bits."""
    if case.operator.name in SUMS:
        for bits in (16, 24):
            for saturates, words in ((False, "wraps"), (True, "saturates")):
                change = change_requantizer(partial(_narrow, bits, saturates))
                yield f"an accumulator of {bits} bits that {words}", case.refitted(change)


# ------------------------------------------------------------------------------------------------- windows, clamps


def paddings(case: Case) -> Variants:
    """Padding on the other side, or of another value; padding that an average counts."""
    options, image = case.operator.options, case.array("input")
    window = getattr(case.node.params, "window", None)
    if window is None or image is None or image.ndim != 4 or case.operator.name == "TRANSPOSE_CONV":
        return
    if getattr(options, "padding", Padding.VALID) != Padding.SAME:
        return
    extent_h, extent_w = _extent(case)
    after_h = max((window.output_h - 1) * window.stride_h + extent_h - image.shape[1] - window.pad_top, 0)
    after_w = max((window.output_w - 1) * window.stride_w + extent_w - image.shape[2] - window.pad_left, 0)
    for words, top, left in (
        ("the odd row and column of padding before the image", after_h, after_w),
        ("all padding after the image", 0, 0),
        ("all padding before the image", after_h + window.pad_top, after_w + window.pad_left),
    ):
        if (top, left) != (window.pad_top, window.pad_left):
            yield words, case.refitted(_moved_window(top, left))
    tensor = case.tensor("input")
    zero = int(zero_points_of(tensor.quantization)[0]) if tensor and tensor.quantization else 0
    amounts = ((0, 0), (window.pad_top, after_h), (window.pad_left, after_w), (0, 0))
    values = {"padded with code 0": 0, "padded with the smallest code": np.iinfo(image.dtype).min}
    if case.operator.name == "AVERAGE_POOL_2D":
        values = {"padding counted in the average": zero, **values}
    for words, value in values.items():
        if any(map(any, amounts)) and (value != zero or "counted" in words):
            padded = np.pad(image, amounts, constant_values=value)
            yield words, case.with_array("input", padded).refitted(_fixed_window(window))


def _extent(case: Case) -> tuple[int, int]:
    """Rows and columns that a window spans."""
    options, filter = case.operator.options, case.array("filter")
    height, width = (options.filter_height, options.filter_width) if filter is None else filter.shape[1:3]
    dilations = getattr(options, "dilation_h_factor", 1), getattr(options, "dilation_w_factor", 1)
    return (height - 1) * dilations[0] + 1, (width - 1) * dilations[1] + 1


def _moved_window(top: int, left: int) -> Callable[[Any], Any]:
    return lambda params: params._replace(window=params.window._replace(pad_top=top, pad_left=left))


def _fixed_window(window: Any) -> Callable[[Any], Any]:
    return lambda params: params._replace(window=window._replace(pad_top=0, pad_left=0))


def clamps(case: Case) -> Variants:
    """A fused activation that is missing or another one; codes that wrap instead of saturating."""
    options = case.operator.options
    if hasattr(options, "fused_activation_function"):
        fused = options.fused_activation_function
        for activation in (ActivationFunctionType.NONE, ActivationFunctionType.RELU, ActivationFunctionType.RELU6):
            if activation != fused:
                words = "missing" if activation == ActivationFunctionType.NONE else f"taken for {activation.name}"
                name = getattr(fused, "name", fused)
                yield f"activation {name} {words}", case.with_options(fused_activation_function=activation)
    if isinstance(getattr(case.node.params, "epilogue", None), QuantizedEpilogue | NarrowEpilogue):
        free = change_epilogue(lambda e: e._replace(activation_min=-(1 << 31), activation_max=(1 << 31) - 1))
        yield "codes wrap instead of saturating", case.refitted(free)


# ----------------------------------------------------------------------------------------------- layouts and order


def image_layouts(case: Case) -> Variants:
    """Images in the other order of dimensions, flat memory taken for what it is not."""
    image, place, output = case.array("input"), case.place("input"), case.tensor("output")
    read = image is not None and place is not None and is_image(image.shape) and not case.is_constant(place)
    written = output is not None and is_image(output.shape)
    if image is not None and read:
        yield "input stored as NHWC, read as NCHW", case.with_array("input", as_nhwc(image))
        yield "input stored as NCHW, read as NHWC", case.with_array("input", as_nchw(image))
    if written:
        yield "output stored as NCHW", case.let_out(as_nchw)
    if image is not None and read and written:
        yield "input and output stored as NCHW", case.with_array("input", as_nhwc(image)).let_out(as_nchw)


def is_image(shape: tuple[int, ...]) -> bool:
    """Whether there are several channels and several pixels."""
    return len(shape) == 4 and shape[3] > 1 and shape[1] * shape[2] > 1


def as_nchw(image: Array) -> Array:
    """The elements in the order of NCHW, under the same shape."""
    return np.ascontiguousarray(image.transpose(0, 3, 1, 2)).reshape(image.shape)


def as_nhwc(image: Array) -> Array:
    """The elements in the order of NHWC, if they are in that of NCHW."""
    n, h, w, c = image.shape
    return np.ascontiguousarray(image.reshape(n, c, h, w).transpose(0, 2, 3, 1))


def filter_layouts(case: Case) -> Variants:
    """Filters in another order of dimensions; filters turned around."""
    filter = case.array("filter")
    if filter is None:
        return
    made: dict[str, Array] = {}
    if filter.ndim == 4:
        o, h, w, i = filter.shape
        if filter.shape[0] > 1:
            made["filter stored as OHWI, read as HWIO"] = filter.reshape(h, w, i, o).transpose(3, 0, 1, 2)
            made["filter stored as HWIO, read as OHWI"] = filter.transpose(1, 2, 3, 0).reshape(o, h, w, i)
            made["filter stored as OHWI, read as OIHW"] = filter.reshape(o, i, h, w).transpose(0, 2, 3, 1)
            made["filter stored as OIHW, read as OHWI"] = filter.transpose(0, 3, 1, 2).reshape(o, h, w, i)
        else:
            made["filter stored as HWC, read as CHW"] = filter.reshape(1, i, h, w).transpose(0, 2, 3, 1)
            made["filter stored as CHW, read as HWC"] = filter.transpose(0, 3, 1, 2).reshape(o, h, w, i)
        if h == w and h > 1:
            made["rows and columns of the filter exchanged"] = filter.transpose(0, 2, 1, 3)
        if max(h, w) > 1:
            made["filter turned by 180 degrees"] = filter[:, ::-1, ::-1]
    elif filter.ndim == 2:
        units, depth = filter.shape
        made["filter read in columns instead of rows"] = filter.reshape(depth, units).T
        made["filter stored in columns, read in rows"] = filter.T.reshape(units, depth)
    for words, array in made.items():
        if not np.array_equal(array, filter):
            yield words, case.with_array("filter", np.ascontiguousarray(array))


def orders(case: Case) -> Variants:
    """Inputs in another order."""
    inputs, arrays = case.operator.inputs, case.arrays
    if len(inputs) == 2 and all(a is not None for a in arrays) and len({a.dtype for a in arrays if a is not None}) == 1:
        exchanged = replace(case.operator, inputs=inputs[::-1])
        yield "inputs in the other order", replace(case, operator=exchanged, arrays=arrays[::-1])
        if arrays[0] is not None and arrays[1] is not None and arrays[0].shape == arrays[1].shape:
            yield "values of the inputs exchanged", replace(case, arrays=arrays[::-1])
    elif len(inputs) > 2 and len(set(case.roles)) == 1:
        reverse = replace(case.operator, inputs=inputs[::-1])
        yield "inputs in reverse order", replace(case, operator=reverse, arrays=arrays[::-1])


# --------------------------------------------------------------------------------------------- functions and inputs


def betas(case: Case) -> Variants:
    """Another beta of SOFTMAX."""
    if case.operator.name == "SOFTMAX" and case.operator.options is not None:
        for beta in (1.0, 0.1, 0.5, 2.0, 10.0):
            if beta != case.operator.options.beta:
                yield f"beta {beta:g} instead of {case.operator.options.beta:g}", case.with_options(beta=beta)


def tables(case: Case) -> Variants:
    """Another rounding of the entries of a lookup table."""
    output = case.tensor("output")
    if not isinstance(case.node.params, CodeTable) or output is None or output.quantization is None:
        return
    scale, zero_point = output.quantization.scale[0], zero_points_of(output.quantization)[0]
    for rounding, function in ROUNDINGS.items():

        def change(p: CodeTable, function: Any = function) -> CodeTable:
            with np.errstate(all="ignore"):
                return p._replace(table=as_codes(function(p.function / scale) + zero_point, output))

        yield f"table entries rounded {rounding}", case.refitted(change)


def inputs(case: Case) -> Variants:
    """What else than its codes may have been fed to the model."""
    for place in sorted(case.fed):
        role, array, tensor = case.roles[place], case.arrays[place], case.tensors[case.operator.inputs[place]]
        if array is None or scale_of(tensor) is None:
            continue
        for words, other in other_inputs(array, tensor):
            yield f"{role}, which is an input of the model, {words}", case.with_array(role, other)


def other_inputs(array: Array, tensor: Tensor) -> Iterator[tuple[str, Array]]:
    """What may have been fed instead of the codes of a quantized input, in words and as codes."""
    real, quantization = real_values(array, tensor), tensor.quantization
    assert quantization is not None
    scale, zero_point = quantization.scale[0], zero_points_of(quantization)[0]
    spread = {
        "to 0..255": real * 255,
        "from 0..255 to 0..1": real / 255,
        "from -1..1 to 0..1": (real + 1) / 2,
        "from 0..1 to -1..1": real * 2 - 1,
    }
    with np.errstate(all="ignore"):
        yield "not quantized but cut to integers", as_codes(np.trunc(real), tensor)
        yield "not quantized but rounded to integers", as_codes(np.rint(real), tensor)
        for words, numbers in spread.items():
            yield f"scaled {words} before it was quantized", as_codes(np.rint(numbers / scale) + zero_point, tensor)
        whole = np.trunc(real * 255)
        yield "scaled to 0..255 and not quantized, wrapping", whole.astype(np.int64).astype(array.dtype)
        yield "scaled to 0..255 and not quantized, saturating", as_codes(whole, tensor)


REQUANTIZATION = Deviation("requantization", requantizations)

DEVIATIONS = (
    Deviation("zero point", zero_points),
    Deviation("scale", scales),
    Deviation("offset by 128", offsets),
    Deviation("bias", biases),
    Deviation("accumulator", accumulators),
    Deviation("padding", paddings),
    Deviation("clamp", clamps),
    Deviation("image layout", image_layouts),
    Deviation("filter layout", filter_layouts),
    Deviation("order of inputs", orders),
    Deviation("beta", betas),
    Deviation("table", tables),
    Deviation("input of the model", inputs),
    Deviation("float", in_float),
)
"""What each operator may have had instead of its own, on top of any arithmetic."""
