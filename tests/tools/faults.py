"""Faults planted into runs of networks, and what identify and diff make of them.

Nothing here is computed by pytflite but what it is asked: a fault is planted by editing the model and running it in the
real runtime, by feeding that other inputs, or, for arithmetic that it has not, by a few lines of NumPy of their own;
what follows the planted operator is computed by the real runtime from the faulty numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import pytflite
from pytflite.model.types import Model, Operator, Quantization, Tensor
from pytflite.schema.enums import ActivationFunctionType, BuiltinOperator, Padding, TensorType
from pytflite.tools.oracle import Oracle
from pytflite.tools.parity import random_inputs

Array = Any


@dataclass
class Net:
    """A network, an input, and what the real runtime makes of it."""

    name: str
    model: Model
    inputs: list[Array]
    right: dict[int, Array]

    @classmethod
    def load(cls, name: str, path: Path) -> Net:
        model = pytflite.read(path)
        inputs = random_inputs(model, 11)
        return cls(name, model, inputs, run(model, inputs))

    def find(self, op: str, nth: int = 0, where: Callable[[Operator], bool] = lambda o: True) -> Operator | None:
        fitting = [o for o in self.model.main.operators if o.name == op and where(o)]
        return fitting[min(nth, len(fitting) - 1)] if fitting else None

    def tensor(self, index: int) -> Tensor:
        return self.model.main.tensors[index]

    def constant(self, index: int) -> Array:
        return np.array(self.model.constant(self.tensor(index)))


def run(model: Model, inputs: list[Array]) -> dict[int, Array]:
    """Every tensor, by the reference kernels of the real runtime."""
    oracle = Oracle(bytes(model.to_bytes()), "BUILTIN_REF")
    oracle.invoke(*inputs)
    return oracle.tensors()


PROFILES = ("reference", "optimized", "xnnpack", "tflm")
"""What identify tries."""

# ------------------------------------------------------------------------------------------------- editing the model


def with_tensor(model: Model, index: int, **changes: Any) -> Model:
    tensors = tuple(replace(t, **changes) if t.index == index else t for t in model.main.tensors)
    return replace(model, subgraphs=(replace(model.main, tensors=tensors), *model.subgraphs[1:]))


def with_constant(model: Model, index: int, value: Array) -> Model:
    data = np.frombuffer(np.ascontiguousarray(value).tobytes(), np.uint8)
    model = replace(model, buffers=(*model.buffers, data))
    return with_tensor(model, index, buffer=len(model.buffers) - 1)


def with_operators(model: Model, *operators: Operator) -> Model:
    numbered = tuple(replace(o, index=i) for i, o in enumerate(operators))
    return replace(model, subgraphs=(replace(model.main, operators=numbered), *model.subgraphs[1:]))


def with_options(model: Model, operator: Operator, **changes: Any) -> Model:
    changed = replace(operator, options=operator.options.replace(**changes))
    return with_operators(model, *(changed if o.index == operator.index else o for o in model.main.operators))


def add_tensor(model: Model, like: Tensor, value: Array | None = None, **changes: Any) -> tuple[Model, int]:
    """A new tensor, perhaps a constant."""
    index = len(model.main.tensors)
    tensor = replace(like, index=index, buffer=0, **changes)
    tensors = (*model.main.tensors, tensor)
    model = replace(model, subgraphs=(replace(model.main, tensors=tensors), *model.subgraphs[1:]))
    return (model, index) if value is None else (with_constant(model, index, value), index)


def plain(builtin: BuiltinOperator, inputs: tuple[int, ...], outputs: tuple[int, ...], version: int = 1) -> Operator:
    return Operator(0, builtin, "", version, inputs, outputs)


def relabelled(net: Net, operator: Operator, changes: dict[int, Quantization]) -> Model:
    """An operator that sees its input or output under other quantization parameters: RESHAPEs in between move codes."""
    model, before, after, swap = net.model, [], [], {}
    for index, label in changes.items():
        tensor = net.tensor(index)
        model, other = add_tensor(model, tensor, name=f"relabelled {index}", quantization=label)
        shape = np.array(tensor.shape, np.int32)
        model, sizes = add_tensor(
            model, tensor, shape, name="shape", type=TensorType.INT32, shape=shape.shape, quantization=None
        )
        swap[index] = other
        if index in operator.inputs:
            before.append(plain(BuiltinOperator.RESHAPE, (index, sizes), (other,)))
        else:
            after.append(plain(BuiltinOperator.RESHAPE, (other, sizes), (index,)))
    if operator.name == "FULLY_CONNECTED":  # which insists on the scale of its bias
        source, filter, bias = operator.inputs
        scale = changes.get(source, quantization(net, source)).scale * quantization(net, filter).scale
        model = with_tensor(model, bias, quantization=replace(quantization(net, bias), scale=scale))
    inputs, outputs = (tuple(swap.get(i, i) for i in side) for side in (operator.inputs, operator.outputs))
    there = [*before, replace(operator, inputs=inputs, outputs=outputs), *after]
    others = list(model.main.operators)
    return with_operators(model, *others[: operator.index], *there, *others[operator.index + 1 :])


def padded_before(net: Net, operator: Operator, pads: list[list[int]], value: int | None = None) -> Model:
    """A convolution whose image is padded by an operator of its own."""
    image = net.tensor(operator.inputs[0])
    shape = tuple(size + sum(pad) for size, pad in zip(image.shape, pads, strict=True))
    model, padded = add_tensor(net.model, image, name="padded", shape=shape, shape_signature=None)
    model, amounts = add_tensor(
        model, image, np.array(pads, np.int32), name="pads", type=TensorType.INT32, shape=(4, 2), quantization=None
    )
    given = (operator.inputs[0], amounts)
    if value is not None:
        model, constant = add_tensor(model, image, np.full(1, value, np.int8), name="value", shape=(1,))
        given = (*given, constant)
    builtin = BuiltinOperator.PAD if value is None else BuiltinOperator.PADV2
    options = operator.options.replace(padding=Padding.VALID)
    there = [
        plain(builtin, given, (padded,), 2),
        replace(operator, inputs=(padded, *operator.inputs[1:]), options=options),
    ]
    others = list(model.main.operators)
    return with_operators(model, *others[: operator.index], *there, *others[operator.index + 1 :])


def pads_of(net: Net, operator: Operator) -> tuple[list[int], list[int]]:
    """(before, after) of rows and columns under SAME padding: the odd one after."""
    options, image = operator.options, net.tensor(operator.inputs[0]).shape
    filter, output = net.tensor(operator.inputs[1]).shape, net.tensor(operator.outputs[0]).shape
    totals = [
        max((output[1] - 1) * options.stride_h + filter[1] - image[1], 0),
        max((output[2] - 1) * options.stride_w + filter[2] - image[2], 0),
    ]
    return [total // 2 for total in totals], [total - total // 2 for total in totals]


# ------------------------------------------------------------------------------------- arithmetic of NumPy's own kind


def accumulators(net: Net, operator: Operator) -> Array:
    """int64 sums of a convolution or matrix product, bias included, from windows and einsum."""
    codes, weights, bias = (
        np.asarray(a) for a in (net.right[operator.inputs[0]], *map(net.constant, operator.inputs[1:]))
    )
    image = codes.astype(np.int64) - int(quantization(net, operator.inputs[0]).zero_point[0])
    weights = weights.astype(np.int64)
    if operator.name == "FULLY_CONNECTED":
        return image.reshape(-1, weights.shape[1]) @ weights.T + bias
    before, after = pads_of(net, operator) if operator.options.padding == Padding.SAME else ([0, 0], [0, 0])
    image = np.pad(image, ((0, 0), (before[0], after[0]), (before[1], after[1]), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(image, weights.shape[1:3], (1, 2))
    windows = windows[:, :: operator.options.stride_h, :: operator.options.stride_w]
    what = "nyxcij,zijc->nyxc" if operator.name == "DEPTHWISE_CONV_2D" else "nyxcij,oijc->nyxo"
    return np.einsum(what, windows, weights, optimize=True) + bias


def quantization(net: Net, index: int) -> Quantization:
    found = net.tensor(index).quantization
    assert found is not None
    return found


def scale_of(net: Net, operator: Operator) -> Array:
    """The real multiplier, float64, one per channel."""
    one, other, out = (
        quantization(net, i).scale.astype(np.float64) for i in (*operator.inputs[:2], operator.outputs[0])
    )
    return one * other / out


def ended(net: Net, operator: Operator, scaled: Array) -> Array:
    """The output zero point and the clamp."""
    out = quantization(net, operator.outputs[0])
    zero = int(out.zero_point[0])
    bounds = {"RELU": (0, np.inf), "RELU6": (0, 6), "NONE": (-np.inf, np.inf)}[
        operator.options.fused_activation_function.name
    ]
    low, high = (np.clip(np.round(b / float(out.scale[0])) + zero, -128, 127) for b in bounds)
    return np.clip(scaled + zero, low, high).astype(np.int8).reshape(net.right[operator.outputs[0]].shape)


def multiplier_of(real: Array) -> tuple[Array, Array]:
    """A 31-bit multiplier and a shift to the right of the 64-bit product."""
    mantissa, exponent = np.frexp(real)
    return np.round(mantissa * 2.0**31).astype(np.int64), 31 - exponent.astype(np.int64)


def shifted(accumulator: Array, real: Array, added: Callable[[Array, Array], Array]) -> Array:
    """The product with the multiplier, something added to it, shifted."""
    multiplier, right = multiplier_of(real)
    product = accumulator * multiplier
    return (product + added(product, right)) >> right


REQUANTIZED: dict[str, Callable[[Array, Array], Array]] = {
    "one rounding, ties up": lambda a, m: shifted(a, m, lambda p, r: np.int64(1) << (r - 1)),
    "no rounding: toward minus infinity": lambda a, m: shifted(a, m, lambda p, r: np.int64(0)),
    "no rounding: toward zero": lambda a, m: shifted(a, m, lambda p, r: ((np.int64(1) << r) - 1) * (p < 0)),
    "a product in float64, ties to even": lambda a, m: np.round(a * m),
    "a product in float64, ties up": lambda a, m: np.floor(a * m + 0.5),
    "a product in float64, toward zero": lambda a, m: np.trunc(a * m),
}


def wrapped(a: Array, bits: int) -> Array:
    return (a + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1)


def saturated(a: Array, bits: int) -> Array:
    return np.clip(a, -(1 << bits - 1), (1 << bits - 1) - 1)


def two_roundings(a: Array, real: Array) -> Array:
    """As gemmlowp does: the high half with ties up, then a division with ties away from zero."""
    multiplier, right = multiplier_of(real)
    left, right = np.maximum(31 - right, 0), np.maximum(right - 31, 0)
    high = ((a << left) * multiplier + (1 << 30)) >> 31
    magnitude = np.abs(high) + ((np.int64(1) << right) >> 1)
    return np.where(high < 0, -(magnitude >> right), magnitude >> right)


# ------------------------------------------------------------------------------------------------------------- faults

Dump = dict[int, Array]
Fault = tuple[str, Operator, str, Callable[[], Dump]]
"""Kind, operator, what identify should say, what makes the dump."""


def continued(net: Net, operator: Operator, output: Array) -> Dump:
    """The dump of a run in which one operator gave something else: the real runtime computes what follows."""
    made: Dump = {**net.right, operator.outputs[0]: output}
    graph = net.model.main
    later = graph.operators[operator.index + 1 :]
    if not later:
        return made
    written = {i for o in later for i in o.outputs}
    read = dict.fromkeys(i for o in later for i in o.inputs if i >= 0 and i not in written)
    alive = tuple(i for i in read if net.model.buffers[graph.tensors[i].buffer] is None)
    rest = replace(graph, inputs=alive)
    model = with_operators(replace(net.model, subgraphs=(rest, *net.model.subgraphs[1:]), signatures=()), *later)
    ran = run(model, [made[i] for i in alive])
    return made | {i: ran[i] for i in written}


def faults(net: Net) -> Iterator[Fault]:
    """What can be planted into a network."""
    model = net.model
    sums = [
        o for name in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED") if (o := net.find(name, 2, is_simple(net)))
    ]
    telling = [o for o in sums if net.right[o.outputs[0]].size > 100]
    for operator, (words, requantize) in zip(telling * 6, REQUANTIZED.items(), strict=False):
        yield (
            "requantization",
            operator,
            words,
            lambda o=operator, r=requantize: continued(
                net, o, ended(net, o, r(accumulators(net, o), scale_of(net, o)))
            ),
        )
    for bits, words, narrow in ((16, "wraps", wrapped), (16, "saturates", saturated)):
        operator = max(sums, key=lambda o: np.abs(accumulators(net, o)).max())
        if np.abs(accumulators(net, operator)).max() >= 1 << (bits - 1):
            yield (
                "accumulator",
                operator,
                f"an accumulator of {bits} bits that {words}",
                (
                    lambda o=operator, n=narrow, b=bits: continued(
                        net, o, ended(net, o, two_roundings(n(accumulators(net, o), b), scale_of(net, o)))
                    )
                ),
            )
    operator = sums[0]
    source, filter, bias, target = *operator.inputs, operator.outputs[0]
    zeros = replace(quantization(net, source), zero_point=np.zeros(1, np.int64))
    if quantization(net, source).zero_point[0]:
        yield (
            "zero point",
            operator,
            "zero point of input forgotten",
            lambda: run(relabelled(net, operator, {source: zeros}), net.inputs),
        )
    taken = replace(quantization(net, target), zero_point=quantization(net, source).zero_point)
    if quantization(net, source).zero_point[0] != quantization(net, target).zero_point[0]:
        yield (
            "zero point",
            operator,
            "zero point of output taken from input",
            lambda: run(relabelled(net, operator, {target: taken}), net.inputs),
        )
    other = replace(quantization(net, source), scale=quantization(net, target).scale)
    yield (
        "scale",
        operator,
        "scale of input taken from output",
        lambda: run(relabelled(net, operator, {source: other}), net.inputs),
    )
    own = quantization(net, filter)
    if own.scale.size > 1:
        first = replace(own, scale=np.full_like(own.scale, own.scale[0]))
        yield (
            "scale",
            operator,
            "one scale of filter for all channels, the first",
            lambda: run(with_tensor(model, filter, quantization=first), net.inputs),
        )
    weights, offsets = net.constant(filter), net.constant(bias)
    yield "bias", operator, "bias missing", lambda: run(with_constant(model, bias, offsets * 0), net.inputs)
    yield (
        "bias",
        operator,
        "bias not rescaled, added to the output's codes",
        lambda: continued(
            net,
            operator,
            ended(
                net, operator, two_roundings(accumulators(net, operator) - offsets, scale_of(net, operator)) + offsets
            ),
        ),
    )
    clamped = next((o for o in model.main.operators if is_clamped(net, o)), None)
    if clamped is not None:
        name = clamped.options.fused_activation_function.name
        yield (
            "clamp",
            clamped,
            f"activation {name} missing",
            lambda: run(
                with_options(model, clamped, fused_activation_function=ActivationFunctionType.NONE), net.inputs
            ),
        )
    yield (
        "offset by 128",
        operator,
        "output off by 128",
        lambda: continued(net, operator, (net.right[target].view(np.uint8) ^ 128).view(np.int8)),
    )
    if weights.ndim == 4:
        yield from image_faults(net, operator)
    add = net.find("ADD")
    if add is not None:
        one, two = add.inputs
        exchanged = {
            one: replace(quantization(net, one), scale=quantization(net, two).scale),
            two: replace(quantization(net, two), scale=quantization(net, one).scale),
        }
        yield (
            "scale",
            add,
            "scales of input1 and input2 exchanged",
            lambda: run(relabelled(net, add, exchanged), net.inputs),
        )
    softmax = net.find("SOFTMAX")
    if softmax is not None:
        yield "beta", softmax, "beta 0.5 instead of 1", lambda: run(with_options(model, softmax, beta=0.5), net.inputs)
    yield from input_faults(net)


def is_simple(net: Net) -> Callable[[Operator], bool]:
    """Whether an operator is a sum of products that `accumulators` can do: no groups, no dilation."""

    def holds(operator: Operator) -> bool:
        image, filter = (net.tensor(i).shape for i in operator.inputs[:2])
        if operator.name == "FULLY_CONNECTED":
            return True
        channels = filter[3] if operator.name == "CONV_2D" else image[3] * (filter[3] // image[3] == 1)
        return channels == image[3] and operator.options.dilation_h_factor == 1

    return holds


def is_clamped(net: Net, operator: Operator) -> bool:
    """Whether a fused activation changes anything."""
    if not getattr(operator.options, "fused_activation_function", 0):
        return False
    output = operator.outputs[0]
    return bool((net.right[output] == quantization(net, output).zero_point[0]).mean() > 0.02)


def image_faults(net: Net, operator: Operator) -> Iterator[Fault]:
    """Faults of layouts and padding."""
    model, filter = net.model, operator.inputs[1]
    output = net.right[operator.outputs[0]]
    if min(output.shape[3], output.shape[1] * output.shape[2]) > 1:
        yield (
            "image layout",
            operator,
            "output stored as NCHW",
            lambda: continued(net, operator, np.ascontiguousarray(output.transpose(0, 3, 1, 2)).reshape(output.shape)),
        )
    weights = net.constant(filter)
    o, h, w, i = weights.shape
    yield (
        "filter layout",
        operator,
        "filter stored as HWIO, read as OHWI",
        lambda: run(with_constant(model, filter, np.moveaxis(weights, 0, 3).reshape(o, h, w, i)), net.inputs),
    )

    def is_odd(operator: Operator) -> bool:
        return operator.options.padding == Padding.SAME and pads_of(net, operator)[0] != pads_of(net, operator)[1]

    odd = net.find("CONV_2D", where=is_odd) or net.find("DEPTHWISE_CONV_2D", where=is_odd)
    if odd is not None:
        before, after = pads_of(net, odd)
        turned = padded_before(net, odd, [[0, 0], [after[0], before[0]], [after[1], before[1]], [0, 0]])
        words = "the odd row and column of padding before the image"
        yield "padding", odd, words, lambda: run(turned, net.inputs)

    def is_padded(operator: Operator) -> bool:
        zero = quantization(net, operator.inputs[0]).zero_point[0]
        return operator.options.padding == Padding.SAME and any(map(any, pads_of(net, operator))) and zero != 0

    padded = net.find("DEPTHWISE_CONV_2D", 1, is_padded) or net.find("CONV_2D", 1, is_padded)
    if padded is not None:
        before, after = pads_of(net, padded)
        filled = padded_before(net, padded, [[0, 0], [before[0], after[0]], [before[1], after[1]], [0, 0]], 0)
        yield "padding", padded, "padded with code 0", lambda: run(filled, net.inputs)


def input_faults(net: Net) -> Iterator[Fault]:
    """Other numbers than the codes in the input; the dump does not hold the input."""
    index = net.model.main.inputs[0]
    tensor = net.tensor(index)
    first = next(o for o in net.model.main.operators if index in o.inputs)
    if tensor.type != TensorType.INT8:
        return
    own = quantization(net, index)
    real = (net.inputs[0].astype(np.int64) - own.zero_point[0]) * float(own.scale[0])
    fed = {
        "not quantized but cut to integers": np.clip(np.trunc(real), -128, 127).astype(np.int8),
        "off by 128": (net.inputs[0].view(np.uint8) ^ 128).view(np.int8),
    }
    for words, codes in fed.items():
        kind = "input of the model" if "quantized" in words else "offset by 128"
        yield kind, first, words, lambda c=codes: without(run(net.model, [c]), index)


def without(dump: Dump, index: int) -> Dump:
    return {i: array for i, array in dump.items() if i != index}


# -------------------------------------------------------------------------------------------------------------- table


@dataclass
class Result:
    """What identify and diff made of one fault."""

    net: str
    kind: str
    operator: int
    op: str
    planted: str
    said: str
    found: bool
    others: tuple[int, ...]
    located: bool


def shows(net: Net, fault: Fault) -> bool:
    """Whether a fault changes the output of its operator."""
    _, operator, _, make = fault
    return not np.array_equal(make()[operator.outputs[0]], net.right[operator.outputs[0]])


def examine(net: Net, fault: Fault) -> Result:
    """Plant a fault and ask."""
    kind, operator, planted, make = fault
    written = {i for o in net.model.main.operators for i in o.outputs}
    dump = {f"tensor {i}": array for i, array in make().items() if i in written}
    found = pytflite.identify(net.model, dump, net.inputs, profiles=PROFILES)
    line = next(line for line in found.operators if line.operator == operator.index)
    words = [name for c in line.consistent for name in ((c.deviation,) if c.deviation else c.arithmetic)]
    others = tuple(other.operator for other in found.operators if other is not line and not is_reference(other))
    right = not is_reference(line) and any(planted in word for word in words) and not others
    compared = pytflite.diff(net.model, dump, net.inputs)
    makers = {tensor.operator for tensor in compared.tensors if tensor.injected}
    first = compared.first
    at_input = kind == "input of the model" or planted == "off by 128"
    diffed = first is not None and first.operator == operator.index and (at_input or makers == {operator.index})
    return Result(net.name, kind, operator.index, operator.name, planted, line.verdict, right, others, diffed)


def is_reference(line: Any) -> bool:
    return any("reference" in candidate.arithmetic and not candidate.deviation for candidate in line.consistent)
