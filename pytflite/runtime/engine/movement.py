"""Binders of operators that put elements elsewhere: CONCATENATION, GATHER, PAD, SPLIT, TILE, TRANSPOSE and the like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.kernels.engine.buffers import aligned
from pytflite.kernels.engine.words import AXES
from pytflite.ops._shared.paddings import Borders
from pytflite.ops.gather import GatherParams
from pytflite.plan.node import PreparedNode
from pytflite.runtime.engine.binding import Call, Calls, Operand, axes_of, binder, parts_of

Array = npt.NDArray[Any]


def moved(source: Array, target: Array, table: Array | None = None) -> Calls:
    """Calls that copy one view to another.

    Args:
        source: where elements are.
        target: of the same shape and dtype: where they are to be.
        table: 256 codes, what to make of each on the way.

    Returns:
        None if there are too many axes that cannot be walked over as one.
    """
    size = target.dtype.itemsize
    axes = axes_of(source, target)
    run = axes.pop()[0] if axes and axes[-1][1:] == [size, size] else 1
    if len(axes) > AXES:
        return None
    if not target.size:
        return []
    if not axes and table is None:
        return [Call(("copy",), [source, target, target.nbytes], parts_of(target.nbytes))]
    axes = [[1, 0, 0]] * (AXES - len(axes)) + axes
    rows = target.size // (run * axes[-1][0])
    words = [source, target, run * size, rows, 0 if table is None else table, *np.ravel(axes).tolist()]
    return [Call(("move", int(table is not None)), words, parts_of(target.nbytes))]


class Folds(NamedTuple):
    """An array of which some neighbouring axes are to be folded into one element.

    Attributes:
        calls: that bring it into this form.
        array: where it is then.
        sizes: how many elements are before, along and behind these axes.
    """

    calls: list[Call]
    array: Array
    sizes: tuple[int, int, int]


def folds(input: Array, axes: tuple[int, ...]) -> Folds | None:
    """An array with the axes to be folded, in their order, as neighbours; None where too many axes are to be moved."""
    if not axes:
        return Folds([], input, (1, 1, input.size))
    if axes[-1] - axes[0] == len(axes) - 1:
        outer, middle, inner = np.split(np.array(input.shape, np.int64), (axes[0], axes[-1] + 1))
        return Folds([], input, (prod(outer.tolist()), prod(middle.tolist()), prod(inner.tolist())))
    kept = [axis for axis in range(input.ndim) if axis not in axes]
    moved_there = input.transpose(*kept, *axes)
    array = aligned(input.nbytes).view(input.dtype).reshape(moved_there.shape)
    calls, depth = moved(moved_there, array), prod(input.shape[axis] for axis in axes)
    return None if calls is None else Folds(calls, array, (input.size // depth, depth, 1))


def together(moves: Iterable[Calls]) -> Calls:
    """The calls of several moves; None if there are none of one."""
    calls: list[Call] = []
    for move in moves:
        if move is None:
            return None
        calls += move
    return calls


def slices(array: Array, axis: int) -> list[Array]:
    """Views of what is at each position along an axis."""
    return [np.moveaxis(array, axis, 0)[i, ...] for i in range(array.shape[axis])]


@binder("CONCATENATION", "copy", "uint8")
def concatenation(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """One after the other, uint8 through tables where scales differ."""
    arrays = [np.atleast_1d(operand.array) for operand in inputs if operand is not None]
    axis, ratios = (node.params, [None] * len(arrays)) if node.rule.name == "copy" else node.params
    ends = np.cumsum([array.shape[axis] for array in arrays])
    places = np.split(outputs[0].view(), ends[:-1], axis)
    codes = np.arange(256, dtype=np.uint8)
    tables = [ratio and ratio(codes) for ratio in ratios]
    return together(map(moved, arrays, places, tables))


@binder("PACK", "copy")
def pack(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """One after the other along a new axis."""
    arrays = [operand.array for operand in inputs if operand is not None]
    return together(map(moved, arrays, slices(outputs[0], node.params)))


@binder("SPLIT", "copy")
def split(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Equal parts."""
    assert inputs[1] is not None
    return together(map(moved, np.split(inputs[1].array, *node.params), outputs))


@binder("UNPACK", "copy")
def unpack(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Each slice along an axis."""
    assert inputs[0] is not None
    return together(map(moved, slices(inputs[0].array, node.params), outputs))


@binder("STRIDED_SLICE", "copy")
def strided_slice(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """What the index picks."""
    assert inputs[0] is not None
    return moved(inputs[0].array[node.params], outputs[0])


@binder("SLICE", "copy")
def slice_(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """The box from a constant begin on, which must be within the input."""
    assert inputs[0] is not None
    assert inputs[1] is not None
    if not inputs[1].is_constant or inputs[1].array.min(initial=0) < 0:
        return None
    starts = inputs[1].array.tolist()
    box = inputs[0].array[tuple(slice(start, start + size) for start, size in zip(starts, node.params, strict=True))]
    return moved(box, outputs[0]) if box.shape == outputs[0].shape else None


@binder("TRANSPOSE", "copy")
def transpose(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Axes in another order."""
    assert inputs[0] is not None
    return moved(inputs[0].array.transpose(node.params), outputs[0])


@binder("PAD", "copy")
def pad(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Borders, and the input in the middle."""
    assert inputs[0] is not None
    borders, fill = node.params
    return bordered(inputs[0].array, outputs[0], borders, np.asarray(fill, outputs[0].dtype))


@binder("PADV2", "copy")
def padv2(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """The same; what fills the borders is constant."""
    assert inputs[0] is not None
    assert inputs[2] is not None
    fill = inputs[2]
    return bordered(inputs[0].array, outputs[0], node.params, fill.array.reshape(())) if fill.is_constant else None


def bordered(input: Array, output: Array, borders: Borders, fill: Array) -> Calls:
    """Calls that put an array into the middle of another one.

    Args:
        input: what to put there.
        output: where.
        borders: elements before and after each axis.
        fill: what is all around, one element.
    """

    def moves() -> Iterator[Calls]:
        middle = output
        for axis, (before, after) in enumerate(borders):
            first, middle, last = np.split(middle, [before, middle.shape[axis] - after], axis)
            for border in (first, last):
                row = np.full(border.shape[-2:], fill)
                yield moved(np.broadcast_to(row, border.shape), border)
        yield moved(input, middle)

    return together(moves())


FIRST_PLACE = 1 << 30
"""The number that stands for the first element of an input; what fills is below."""


@binder("BATCH_TO_SPACE_ND", "copy")
@binder("BROADCAST_TO", "copy")
@binder("DEPTH_TO_SPACE", "copy")
@binder("DILATE", "copy")
@binder("GATHER_ND", "copy")
@binder("MATRIX_DIAG", "copy")
@binder("MIRROR_PAD", "copy")
@binder("REVERSE_SEQUENCE", "copy")
@binder("REVERSE_V2", "copy")
@binder("SPACE_TO_BATCH_ND", "copy", "copy_between_zeros")
@binder("SPACE_TO_DEPTH", "copy")
@binder("SPLIT_V", "copy")
@binder("STABLEHLO_GATHER", "copy")
@binder("STABLEHLO_PAD", "copy")
@binder("TILE", "copy")
def rearranged(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """What the definition does with the numbers of elements tells where each one comes from."""
    return gathered(node, inputs, outputs, 1)


@binder("RESIZE_NEAREST_NEIGHBOR", "copy")
def resize_nearest_neighbor(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """The same with whole pixels."""
    return gathered(node, inputs, outputs, outputs[0].shape[-1])


def gathered(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array], inner: int) -> Calls:
    """Calls that put elements elsewhere.

    Args:
        node: an operator that does so whatever they are, and may fill in others.
        inputs: all but the first one are constant.
        outputs: what to write.
        inner: so many elements along the last axis always stay together, and are given to the definition as one.
    """
    first, *others = inputs
    assert first is not None
    size = first.array.size // max(inner, 1)
    small = max(first.array.nbytes, FIRST_PLACE, *(output.nbytes for output in outputs)) == FIRST_PLACE
    if not small or any(other is not None and not other.is_constant for other in others):
        return None
    shape = (*first.array.shape[:-1], size // max(prod(first.array.shape[:-1]), 1)) if inner > 1 else first.array.shape
    rest = [other and other.array for other in others]
    numbers = FIRST_PLACE + np.arange(size, dtype=np.int32).reshape(shape)
    *_, (_, places) = node.stages([numbers, *rest])
    *_, (_, filled) = node.stages([np.zeros(shape, first.array.dtype), *rest])
    if not node.op.output_roles[0].variadic:
        places, filled = [places], [filled]
    sources = zip(places, filled, outputs, strict=True)
    return together(placed(first.array, place, fill, output, inner) for place, fill, output in sources)


def placed(input: Array, numbers: Array, filled: Array, output: Array, inner: int) -> Calls:
    """The call that copies elements of an input one behind the other.

    Args:
        input: where they are.
        numbers: which ones, from `FIRST_PLACE` on; others are filled in.
        filled: what with.
        output: where to put them.
        inner: how many elements each of the numbers stands for.
    """
    numbers, filled = np.asarray(numbers).reshape(-1), np.asarray(filled).reshape(-1)
    fills = numbers < FIRST_PLACE
    fill = filled[np.argmax(fills)] if fills.any() else output.dtype.type(0)
    if not output.size:
        return []
    if (filled[fills].view(f"V{output.itemsize}") != np.array(fill).view(f"V{output.itemsize}")).any():
        return None
    steps = np.where(fills[1:] | fills[:-1], fills[1:] != fills[:-1], np.diff(numbers) != 1)
    run = int(np.gcd.reduce([numbers.size, *(1 + np.flatnonzero(steps))]))
    places = (numbers[::run].astype(np.int64) - FIRST_PLACE) * inner * output.itemsize
    places[fills[::run]] = -1
    size = run * inner * output.itemsize
    words = [input, output, size, len(places), places.astype(np.int32), np.full(run * inner, fill)]
    return [Call(("gather", size if size in (1, 2, 4, 8) else 0), words, parts_of(output.nbytes))]


@binder("GATHER", "copy")
def gather(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Positions that are constant, or computed; the kernel gives up where there is nothing at one."""
    input, positions = inputs
    assert input is not None
    assert positions is not None
    p: GatherParams = node.params
    return picked(input.array, positions.array, outputs[0], p.batches, p.outer, p.size)


@binder("EMBEDDING_LOOKUP", "copy")
def embedding_lookup(node: PreparedNode, inputs: Sequence[Operand | None], outputs: Sequence[Array]) -> Calls:
    """Rows of a table."""
    lookup, value = inputs
    assert lookup is not None
    assert value is not None
    return picked(value.array, lookup.array, outputs[0], 1, 1, len(value.array))


def picked(input: Array, numbers: Array, output: Array, batches: int, outer: int, size: int) -> Calls:
    """The call that picks slices by number; see `kernels.engine.movement.make_pick`."""
    failed = aligned(8).view(np.int64)
    if not output.size or not input.size:
        return None
    wanted = numbers.size // batches
    inner = input.nbytes // (batches * outer * size)
    words = [input, output, numbers, batches, outer, size, wanted, inner, failed]
    return [Call(("pick", numbers.itemsize), words, parts_of(output.nbytes), failed=failed)]
