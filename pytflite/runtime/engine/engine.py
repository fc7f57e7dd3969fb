"""A plan bound to kernels: programs of compiled calls, and between them the nodes that the engine has nothing for."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.kernels.engine.buffers import aligned, to_be_read, with_slack
from pytflite.kernels.engine.program import address, load
from pytflite.kernels.engine.words import ENTRY
from pytflite.ops._api import Machine
from pytflite.plan.node import PreparedNode
from pytflite.plan.prepare import Plan
from pytflite.runtime.engine import (  # noqa: F401
    elementwise,
    float_others,
    float_products,
    float_recurrent,
    hybrid_products,
    matrices,
    movement,
    plain,
    products,
    recurrent,
    reductions,
    resizing,
    short_others,
    short_products,
    transposed,
)
from pytflite.runtime.engine.arena import Extent, offsets
from pytflite.runtime.engine.binding import Call, Operand, binder_of
from pytflite.runtime.engine.pool import Pool

Array = npt.NDArray[Any]
Observer = Callable[[PreparedNode, Sequence[Array | None], Sequence[Array]], None]


class Fallback(NamedTuple):
    """A node that runs by itself, its results copied to where the others look for them.

    Attributes:
        node: which one.
        inputs: of the node.
        outputs: of the node.
        variables: where variable tensors are, by tensor index.
    """

    node: PreparedNode
    inputs: Sequence[Array | None]
    outputs: Sequence[Array]
    variables: Mapping[int, Array]

    def __call__(self, machine: Machine) -> None:
        """Run it."""
        results, states = self.node.run(self.inputs, machine)
        for place, result in zip(self.outputs, results, strict=True):
            place[...] = result
        for index in states.keys() & self.variables.keys():
            self.variables[index][...] = states[index]


def joined(steps: Sequence[Fallback | Sequence[Call]]) -> Iterator[Fallback | Sequence[Call]]:
    """The same with calls of neighbouring nodes in one row."""
    calls: list[Call] = []
    for step in steps:
        if not isinstance(step, Fallback):
            calls.extend(step)
            continue
        if calls:
            yield calls
        yield step
        calls = []
    if calls:
        yield calls


class Engine:
    """Runs a static plan.

    Args:
        plan: see `takes`; static.
        arrays: inputs, outputs and variable tensors of the subgraph, by tensor index; with `SLACK` behind them.
        pool: runs the programs.
        watched: whether nodes are run one at a time, every tensor with a place of its own, for `watch`.

    Attributes:
        bound: indices of the operators that run in compiled calls.
    """

    def __init__(
        self, plan: Plan, arrays: Mapping[int, Array], pool: Pool | None = None, *, watched: bool = False
    ) -> None:
        self._pool = pool or Pool()
        places: dict[int, Operand] = {index: Operand(array, False) for index, array in arrays.items()}
        places |= {index: Operand(to_be_read(value), True) for index, value in plan.first.values.items()}
        nodes = [node for node in plan.first.nodes if not _fold(node, places)]
        self._keep: list[Any] = [_allocate(plan, nodes, places, shared=not watched)]
        self.bound: set[int] = set()
        steps: list[Fallback | Sequence[Call]] = []
        variables = {tensor.index: arrays[tensor.index] for tensor in plan.subgraph.tensors if tensor.is_variable}
        for node in nodes:
            inputs = [None if i < 0 else places[i] for i in node.operator.inputs]
            outputs = [places[i].array for i in node.operator.outputs]
            bind = binder_of(node)
            own = bind(node, inputs, outputs) if bind else None
            if own is None or (variables and any(call.failed is not None for call in own)):
                steps.append(Fallback(node, [operand and operand.array for operand in inputs], outputs, variables))
            else:
                self.bound.add(node.operator.index)
                steps.append(own)
        calls = [call for step in steps if not isinstance(step, Fallback) for call in step]
        if calls:
            load([*(kernel for call in calls for kernel in call.kernels()), *self._pool.kernels])
        self._failed = [call.failed for call in calls if call.failed is not None]
        self._pool.reserve(max((call.scratch for call in calls), default=0))
        rows = steps if watched else joined(steps)
        self._steps = [step if isinstance(step, Fallback) else self._program(step) for step in rows]
        self._nodes, self._places = plan.first.nodes, places
        indices = [node.operator.index for node in nodes]
        self._step_of = dict(zip(indices, self._steps, strict=True)) if watched else {}

    @staticmethod
    def takes(plan: Plan) -> bool:
        """Whether no operator of a static plan has a state but in variable tensors, and all values are numbers.

        Every tensor must have its value from one place alone, before it is read.
        """
        return (
            _is_straight(plan)
            and not any(node.op.stateful for node in plan.first.nodes)
            and all(dtype.kind != "O" for node in plan.first.nodes for dtype in node.dtypes)
            and all(plan.subgraph.tensors[i].dtype.numpy.kind != "O" for i in plan.subgraph.inputs)
        )

    def invoke(self, machine: Machine) -> bool:
        """Run all nodes; False if a kernel could not compute with the values, which the definitions are to tell.

        That is never so where there are variable tensors, which have moved on by then.
        """
        lock = self._pool.lock
        lock.acquire()  # half of what ``with`` takes, and a small network takes no longer
        try:
            for step in self._steps:
                step(machine)
            return not (self._failed and self._has_failed())
        finally:
            lock.release()

    def watch(self, machine: Machine, observer: Observer) -> None:
        """Run all nodes, each seen by an observer; what that is given lasts until the next invoke."""
        for node in self._nodes:
            inputs = [None if index < 0 else self._places[index].array for index in node.operator.inputs]
            outputs = [self._places[index].array for index in node.operator.outputs]
            if step := self._step_of.get(node.operator.index):
                with self._pool.lock:
                    step(machine)
                    if self._has_failed():
                        Fallback(node, inputs, outputs, {})(machine)
            observer(node, inputs, outputs)

    def timed(self, machine: Machine) -> Iterator[tuple[PreparedNode, float]]:
        """Run all nodes, watched: each that is not constant, and the seconds that it took."""
        for node in self._nodes:
            if step := self._step_of.get(node.operator.index):
                with self._pool.lock:
                    before = time.perf_counter()
                    step(machine)
                    elapsed = time.perf_counter() - before
                yield node, elapsed

    def _has_failed(self) -> bool:
        """Whether a kernel could not compute with the values, asked once."""
        failed = [word for word in self._failed if word[0]]
        for word in failed:
            word[0] = 0
        return bool(failed)

    def _program(self, calls: Sequence[Call]) -> Callable[[Machine], object]:
        table = aligned(8 * ENTRY * len(calls)).view(np.int64).reshape(-1, ENTRY)
        for entry, call in zip(table, calls, strict=True):
            block, parts = call.block(), min(call.parts, self._pool.threads)
            entry[:] = address(call.kernel), block.ctypes.data, (1 << parts) - 1, parts
            self._keep += [block, call.words]
        self._keep.append(table)
        return self._pool.program(table.ctypes.data, len(calls))


def _is_straight(plan: Plan) -> bool:
    """Whether no tensor is written twice, or read, or an output, without having been written or given."""
    nodes, graph = plan.first.nodes, plan.subgraph
    written = {index for node in nodes for index in node.operator.outputs}
    known = {-1, *graph.inputs, *(tensor.index for tensor in graph.tensors if tensor.is_variable)}
    known |= plan.first.values.keys() - written
    for node in nodes:
        outputs = node.operator.outputs
        if not known.issuperset(node.operator.inputs) or not known.isdisjoint(outputs):
            return False
        known.update(outputs)
    return known.issuperset(graph.outputs) and len(written) == sum(len(node.operator.outputs) for node in nodes)


def _fold(node: PreparedNode, places: dict[int, Operand]) -> bool:
    """Whether a node has no other outputs than constants; those of a node without other inputs are computed here."""
    outputs = node.operator.outputs
    if all(index in places and places[index].is_constant for index in outputs):
        return True
    inputs = [places.get(index) for index in node.operator.inputs if index >= 0]
    computable = not (node.op.mutates or node.op.custom_code or any(index in places for index in outputs))
    if not (inputs and computable and all(operand and operand.is_constant for operand in inputs)):
        return False
    try:
        results, _ = node.run([None if index < 0 else places[index].array for index in node.operator.inputs])
    except InvokeError:  # which is for invoke to raise
        return False
    places.update((index, Operand(with_slack(result), True)) for index, result in zip(outputs, results, strict=True))
    return True


def _source(node: PreparedNode) -> int:
    """The tensor that a node gives a new shape, and no more; -1 if it does something else."""
    return node.operator.inputs[0] if binder_of(node) is elementwise.copy else -1


def _allocate(plan: Plan, nodes: Sequence[PreparedNode], places: dict[int, Operand], *, shared: bool) -> Array:
    """Give every tensor that is neither input nor output a place in one buffer, shared as lifetimes allow.

    A tensor that is another one in a new shape has the place of that.
    """
    extents: dict[int, Extent] = {}
    dtypes: dict[int, np.dtype[Any]] = {}
    origins: dict[int, int] = {}
    for position, node in enumerate(nodes):
        for index, shape, dtype in zip(node.operator.outputs, node.shapes, node.dtypes, strict=True):
            origin = origins.get(source := _source(node), source)
            if index not in places and origin in extents and shared:
                origins[index] = origin
            elif index not in places:
                assert shape is not None
                last = position if shared else len(nodes)
                extents[index] = Extent(math.prod(shape) * dtype.itemsize, position, last)
                dtypes[index] = dtype
        for index in (origins.get(index, index) for index in node.operator.inputs):
            if index in extents and shared:
                extents[index] = extents[index]._replace(last=position)
    starts, size = offsets(extents)
    buffer = aligned(size)
    for index, start in starts.items():
        part = buffer[start : start + extents[index].size].view(dtypes[index])
        places[index] = Operand(part.reshape(plan.first.shapes[index]), False)
    for index, origin in origins.items():
        places[index] = Operand(places[origin].array.reshape(plan.first.shapes[index]), False)
    return buffer
