"""A plan with its arrays: invoke it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy.typing as npt

from pytflite.errors import ArgumentError, PrepareError, StateError
from pytflite.kernels.engine.buffers import with_slack
from pytflite.ops._api import Shape
from pytflite.ops._shared.state import STATES
from pytflite.plan.node import PreparedNode
from pytflite.plan.prepare import CALLED_LIMIT, Plan, Segment, prepare_called
from pytflite.runtime.engine import bind
from pytflite.runtime.engine.pool import Pool
from pytflite.runtime.state import State, zeros

if TYPE_CHECKING:
    from pytflite.runtime.engine.engine import Engine

Array = npt.NDArray[Any]
Observer = Callable[[PreparedNode, Sequence[Array | None], Sequence[Array]], None]


class Call(NamedTuple):
    """A subgraph that an operator runs.

    Attributes:
        operator: index of the operator, in its own subgraph.
        subgraph: index of what it runs.
        number: how many subgraphs it ran before in the same invoke.
    """

    operator: int
    subgraph: int
    number: int


Within = Callable[[tuple[Call, ...]], Observer | None]
"""Who observes a called subgraph, told by the calls that lead there from the subgraph that was invoked."""


class Session:
    """Runs one plan.

    Args:
        plan: what to run.
        preserve_all: keep every intermediate tensor; otherwise each is dropped after its last use.
        resources: what resource tensors stand for, shared by the sessions of an interpreter.
        engine: whether a static plan is bound to the compiled engine: by `bind`, or on the first invoke that nobody
            observes; and once more, each tensor at a place of its own, on the second one that somebody does.
        pool: the threads of the engine, shared by the sessions of an interpreter.

    A session is the `pytflite.ops._api.Machine` of its stateful operators.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        preserve_all: bool = False,
        resources: dict[Hashable, Any] | None = None,
        engine: bool = True,
        pool: Pool | None = None,
    ) -> None:
        self.plan = plan
        self.preserve_all = preserve_all
        self.resources = {} if resources is None else resources
        self._called: dict[tuple[int, tuple[Shape, ...]], Session] = {}
        self.state = State(plan.subgraph)
        self._kept = {*plan.subgraph.inputs, *plan.subgraph.outputs, -1}
        self._constants = dict(plan.first.values)
        self.inputs = {
            index: self._allocate(index) for index in plan.subgraph.inputs if index not in self.state.variables
        }
        self.arrays: dict[int, Array] = {}
        if plan.is_static:
            self.arrays = {index: self._allocate(index) for index in plan.subgraph.outputs if self._is_computed(index)}
        self._outputs = self.arrays
        self._uses_engine = engine
        self._binds = engine and not preserve_all
        self._pool = pool or Pool()
        self._engine: Engine | None = None
        self._watches = engine and not self.state.variables
        self._observed = 0
        self._watched: Engine | None = None
        self._within: Within | None = None
        self._path: tuple[Call, ...] = ()
        self._next_call = Call(0, 0, 0)

    def _allocate(self, index: int) -> Array:
        shape, tensor = self.plan.first.shapes[index], self.plan.subgraph.tensors[index]
        try:
            return with_slack(zeros(shape, tensor.dtype.numpy))
        except MemoryError as fault:
            raise PrepareError(f"Tensor {index} '{tensor.name}' of shape {list(shape)}: {fault}") from fault

    def _is_computed(self, index: int) -> bool:
        return index not in self.inputs and index not in self._constants and index not in self.state.variables

    def get(self, index: int) -> Array | None:
        """The value of a tensor now, None when it is not (or no longer) held. Not a copy."""
        for store in (self.inputs, self.arrays, self.state.variables, self._constants):
            if index in store:
                return store[index]
        return None

    def set(self, index: int, value: Array) -> None:
        """Copy a value into a tensor.

        Raises:
            ArgumentError: the tensor is a constant of the model.
        """
        if index in self._constants:
            name = self.plan.subgraph.tensors[index].name
            raise ArgumentError(f"Cannot set tensor: tensor {index} '{name}' is a constant of the model.")
        held = self.get(index)
        if held is None:
            self.arrays = {**self.arrays, index: value.copy()}
        else:
            held[...] = value

    def reset(self) -> None:
        """Set the variable tensors, also of called subgraphs, to their initial values, and forget states of nodes."""
        self.resources.pop(STATES, None)
        self.state.reset()
        for called in self._called.values():
            called.reset()

    def invoke(
        self, observer: Observer | None = None, within: Within | None = None, path: tuple[Call, ...] = ()
    ) -> None:
        """Run every node.

        Args:
            observer: called after each node with the node, its inputs and its outputs.
            within: gives the observers of subgraphs that operators run.
            path: the calls that led here.

        Raises:
            InvokeError: an operator cannot compute with the values.
            PrepareError: an operator cannot take the shapes that only now became known.
        """
        if observer is None and within is None and (engine := self._engine or self.bind()) and engine.invoke(self):
            self.arrays = self._outputs
            return
        if observer is not None and (watched := self._bound_to_watch()):
            watched.watch(self, observer)
            self.arrays = self._outputs
            return
        outputs = self.arrays
        self.arrays, self._within, self._path = {}, within, path
        segment = self.plan.first
        self._run(segment, observer)
        while segment.needs is not None:
            segment = self.plan.following(segment, self.arrays, self._require(segment.needs))
            self._run(segment, observer)
        self._settle(outputs)

    def bind(self) -> Engine | None:
        """The engine, bound when this is called for the first time; None where it has nothing for the plan.

        Raises:
            PrepareError: memory does not suffice.
        """
        if self._binds:
            self._binds = False
            self._engine = self._bound(watched=False)
        return self._engine

    def _bound_to_watch(self) -> Engine | None:
        self._observed += 1
        if self._watches and self._observed > 1:
            self._watches = False
            self._watched = self._bound(watched=True)
        return self._watched

    def _bound(self, *, watched: bool) -> Engine | None:
        arrays = {**self.inputs, **self._outputs, **self.state.variables}
        try:
            return bind(self.plan, arrays, self._pool, watched=watched)
        except MemoryError as fault:
            raise PrepareError(f"The tensors and weights of the model do not fit into memory: {fault}") from fault

    def call(self, subgraph: int, inputs: Sequence[Array]) -> list[Array]:
        """Run a subgraph on behalf of an operator: copies of its outputs.

        Raises:
            PrepareError: the subgraph cannot take inputs of these shapes.
            InvokeError: one of its operators cannot compute with the values.
        """
        key = (subgraph, tuple(array.shape for array in inputs))
        if key not in self._called:
            if len(self._called) == CALLED_LIMIT:
                del self._called[next(iter(self._called))]
            self._called[key] = Session(
                prepare_called(self.plan, *key), resources=self.resources, engine=self._uses_engine, pool=self._pool
            )
        session = self._called[key]
        for index, array in zip(session.plan.subgraph.inputs, inputs, strict=True):
            session.set(index, array)
        call = self._next_call._replace(subgraph=subgraph)
        self._next_call = call._replace(number=call.number + 1)
        path, within = (*self._path, call), self._within
        session.invoke(within(path) if within else None, within, path)
        return [session._require(index).copy() for index in session.plan.subgraph.outputs]

    def _run(self, segment: Segment, observer: Observer | None) -> None:
        for node in segment.nodes:
            operator = node.operator
            inputs = [None if i < 0 else self._require(i) for i in operator.inputs]
            self._next_call = Call(operator.index, 0, 0)
            outputs, states = node.run(inputs, self)
            if observer is not None:
                observer(node, inputs, outputs)
            self.arrays.update(zip(operator.outputs, outputs, strict=True))
            self.state.update(states)
            if not self.preserve_all:
                for index in operator.inputs:
                    if self.plan.last_use[index] == operator.index and index not in self._kept:
                        self.arrays.pop(index, None)

    def _require(self, index: int) -> Array:
        array = self.get(index)
        if array is None:
            name = self.plan.subgraph.tensors[index].name
            raise StateError(f"Tensor {index} '{name}' is read before any operator has written it.")
        return array

    def _settle(self, outputs: dict[int, Array]) -> None:
        """Copy results into the arrays that callers may hold views of, where their shapes are still the same."""
        for index, array in outputs.items():
            fresh = self.arrays.get(index)
            if index in self._kept and fresh is not None and fresh.shape == array.shape and fresh.dtype == array.dtype:
                array[...] = fresh
                self.arrays[index] = array
