"""One operator cut out of a model, with all that its numbers depend on: to be changed, prepared and run by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.requantize import looks_at_places
from pytflite.errors import PrepareError
from pytflite.model.types import Model, Operator, Quantization, Subgraph, Tensor
from pytflite.plan.node import PreparedNode
from pytflite.plan.prepare import prepare
from pytflite.profiles import Profile
from pytflite.tools.running import output_names

Array = npt.NDArray[Any]
Change = Callable[[Any], Any]


@dataclass(frozen=True)
class Case:
    """An operator, its tensors, its inputs, and the arithmetic.

    Attributes:
        operator: its tensors are numbered by their places in ``tensors``.
        tensors: what the operator refers to.
        buffers: those of the model.
        arrays: its inputs, constants too, None where absent.
        roles: names of the inputs.
        profile: the arithmetic.
        fed: places of the inputs that are inputs of the model.
        refits: what is done to the params after they were derived.
        outlets: what is done to the outputs.
        plain: the same without refits, which is prepared just once.
    """

    operator: Operator
    tensors: tuple[Tensor, ...]
    buffers: tuple[Array | None, ...]
    arrays: tuple[Array | None, ...]
    roles: tuple[str, ...]
    profile: Profile
    fed: frozenset[int] = frozenset()
    refits: tuple[Change, ...] = ()
    outlets: tuple[Change, ...] = ()
    plain: Case | None = None

    def place(self, role: str) -> int | None:
        """The place of an input, None when there is none of that role."""
        place = self.roles.index(role) if role in self.roles else None
        return place if place is not None and self.operator.inputs[place] >= 0 else None

    def tensor(self, role: str) -> Tensor | None:
        """The tensor of an input, or of the first output for ``output``."""
        if role == "output":
            return self.tensors[self.operator.outputs[0]]
        place = self.place(role)
        return None if place is None else self.tensors[self.operator.inputs[place]]

    def array(self, role: str) -> Array | None:
        """The value of an input."""
        place = self.place(role)
        return None if place is None else self.arrays[place]

    def is_constant(self, place: int) -> bool:
        """Whether the model holds the value of an input."""
        return self.buffers[self.tensors[self.operator.inputs[place]].buffer] is not None

    def with_array(self, role: str, array: Array) -> Case:
        """The same with another value of an input."""
        place = self.place(role)
        arrays = tuple(array if i == place else a for i, a in enumerate(self.arrays))
        return replace(self, arrays=arrays, plain=None)

    def with_tensor(self, role: str, **changes: Any) -> Case:
        """The same with another tensor."""
        tensor = self.tensor(role)
        assert tensor is not None
        changed = replace(tensor, **changes)
        tensors = tuple(changed if t.index == changed.index else t for t in self.tensors)
        return replace(self, tensors=tensors, plain=None)

    def with_quantization(self, role: str, **changes: Any) -> Case:
        """The same with other quantization parameters of a tensor."""
        tensor = self.tensor(role)
        assert tensor is not None
        assert tensor.quantization is not None
        return self.with_tensor(role, quantization=replace(tensor.quantization, **changes))

    def with_options(self, **changes: Any) -> Case:
        """The same with other options."""
        operator = replace(self.operator, options=self.operator.options.replace(**changes))
        return replace(self, operator=operator, plain=None)

    def refitted(self, change: Change) -> Case:
        """The same with something done to the params."""
        return replace(self, refits=(*self.refits, change), plain=self.plain or self)

    def let_out(self, change: Change) -> Case:
        """The same with something done to the outputs."""
        return replace(self, outlets=(*self.outlets, change))

    @cached_property
    def node(self) -> PreparedNode:
        """The operator, prepared.

        Raises:
            PrepareError: it cannot be, or not without knowing values.
        """
        node = self._prepared if self.plain is None else self.plain._prepared
        for change in self.refits:
            node = replace(node, params=change(node.params))
        return node

    @cached_property
    def _prepared(self) -> PreparedNode:
        inputs = [i for i in self.operator.inputs if i >= 0 and self.buffers[self.tensors[i].buffer] is None]
        given = zip(self.operator.inputs, self.arrays, strict=True)
        shapes = {i: array.shape for i, array in given if array is not None and i in inputs}
        fed = tuple(dict.fromkeys(i for i in inputs if not self.tensors[i].is_variable))
        graph = Subgraph(0, "", self.tensors, fed, self.operator.outputs, (self.operator,))
        kernels = any(self.tensors[i].dtype.numpy.kind == "f" for i in self.operator.outputs)
        plan = prepare(Model(3, "", (graph,), self.buffers), 0, self.profile, shapes=shapes, kernels=kernels)
        if not plan.first.nodes:
            raise PrepareError("Its shapes depend on values.")
        return plan.first.nodes[0]


def cut(
    model: Model, operator: Operator, roles: Sequence[str], arrays: Sequence[Array | None], profile: Profile
) -> Case:
    """An operator of the main subgraph by itself.

    Args:
        model: the model.
        operator: the operator.
        roles: names of its inputs.
        arrays: its inputs. Small integers that no constant holds become constants: shapes may depend on them.
        profile: the arithmetic.
    """
    tensors = model.main.tensors
    own = dict.fromkeys(i for i in (*operator.inputs, *operator.outputs, *operator.intermediates) if i >= 0)
    if any(t.quantization is not None and t.quantization.details is not None for t in (tensors[i] for i in own)):
        own = dict.fromkeys(range(len(tensors)))
    places = {index: place for place, index in enumerate(own)} | {-1: -1}
    buffers = list(model.buffers)
    kept = [replace(tensors[index], index=place) for index, place in places.items() if index >= 0]
    for index, array in zip(operator.inputs, arrays, strict=True):
        if index >= 0 and array is not None and decides_shapes(tensors[index], array, buffers):
            kept[places[index]] = replace(kept[places[index]], buffer=len(buffers), shape=array.shape)
            buffers.append(np.frombuffer(array.tobytes(), np.uint8))
    inputs, outputs, intermediates = (
        tuple(places[index] for index in side) for side in (operator.inputs, operator.outputs, operator.intermediates)
    )
    return Case(
        replace(operator, index=0, inputs=inputs, outputs=outputs, intermediates=intermediates),
        tuple(kept),
        tuple(buffers),
        tuple(arrays),
        tuple(roles),
        profile,
        frozenset(place for place, index in enumerate(operator.inputs) if index in model.main.inputs),
    )


def decides_shapes(tensor: Tensor, array: Array, buffers: Sequence[Array | None]) -> bool:
    """Whether a computed tensor may hold a shape, axes or the like."""
    plain = tensor.dtype.letter in ("i32", "i64") and tensor.quantization is None
    return plain and array.size <= 64 and array.ndim <= 2 and buffers[tensor.buffer] is None and not tensor.is_variable


class Rows:
    """Some rows of an image-like output: a window is moved down to the first and ends after the last.

    Args:
        first: of the rows.
        count: how many.
    """

    def __init__(self, first: int, count: int) -> None:
        self.first, self.count = first, count

    def params(self, params: Any) -> Any:
        """Params with a ``window`` that sees these rows only."""
        window = params.window
        top = window.pad_top - self.first * window.stride_h
        return params._replace(window=window._replace(pad_top=top, output_h=self.count))

    def of(self, output: Array) -> Array:
        """These rows of a whole output."""
        return output[:, self.first : self.first + self.count]


class Bench:
    """Runs cases. Those that differ in what happens to the accumulator only share the accumulator."""

    def __init__(self) -> None:
        self._accumulators: list[tuple[PreparedNode, tuple[Array | None, ...], Rows | None, Array]] = []

    def outputs(self, case: Case, rows: Rows | None = None) -> list[Array]:
        """What a case computes.

        Args:
            case: to be run.
            rows: of the first output, where it has a window and no outlets; None for all.

        Raises:
            PytfliteError: it cannot be run.
        """
        node = case.node
        if rows is not None:
            node = replace(node, params=rows.params(node.params))
        outputs = self._run(node, case, rows)
        for change in case.outlets:
            outputs = [change(output) for output in outputs]
        return outputs

    def _run(self, node: PreparedNode, case: Case, rows: Rows | None) -> list[Array]:
        if ends_in_epilogue(node):
            accumulator = self.accumulator(node, case, rows)
            return [finished(node, accumulator)]
        if rows is None and not case.refits:
            return node.run(case.arrays)[0]
        with np.errstate(all="ignore"):
            stages = dict(node.stages(case.arrays))
        return [np.asarray(stages[name]) for name in output_names(node)]

    def accumulator(self, node: PreparedNode, case: Case, rows: Rows | None = None) -> Array:
        """The stage ``accumulator`` of a node, computed once for all that share it."""
        rest = node.params._replace(epilogue=None)
        for other, arrays, seen, accumulator in self._accumulators:
            if (
                other.rule.define is node.rule.define
                and seen is rows
                and all(a is b for a, b in zip(arrays, case.arrays, strict=True))
                and same_params(other.params._replace(epilogue=None), rest)
            ):
                return accumulator
        accumulator = next(value for stage, value in node.stages(case.arrays) if stage == "accumulator")
        self._accumulators.append((node, case.arrays, rows, accumulator))
        return accumulator


def ends_in_epilogue(node: PreparedNode) -> bool:
    """Whether a definition hands its accumulator to an epilogue, and that is all."""
    return hasattr(getattr(node.params, "epilogue", None), "stages") and node.dtypes[0].kind in "iu"


def finished(node: PreparedNode, accumulator: Array) -> Array:
    """Outputs from accumulators of any number of rows, through the node's epilogue."""
    *_, (_, output) = node.params.epilogue.stages(accumulator, node.dtypes[0])
    finished: Array = np.asarray(output)
    return finished


def is_alike_everywhere(node: PreparedNode) -> bool:
    """Whether the epilogue does the same to an accumulator wherever it is."""
    return not looks_at_places(node.params)


def same_arithmetic(one: PreparedNode, other: PreparedNode) -> bool:
    """Whether two nodes of one operator compute the same."""
    return one.rule.define is other.rule.define and same_params(one.params, other.params)


def same_params(one: Any, other: Any) -> bool:
    """Whether params are equal, arrays included."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        one, other = np.asarray(one), np.asarray(other)
        return bool(one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes())
    if isinstance(one, tuple) and isinstance(other, tuple):
        return type(one) is type(other) and len(one) == len(other) and all(map(same_params, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same_params(one[key], other[key]) for key in one)
    return bool(type(one) is type(other) and one == other)


def scale_of(tensor: Tensor | None) -> Array | None:
    """The scales of a quantized integer tensor, None of others."""
    quantization = None if tensor is None else tensor.quantization
    if tensor is None or quantization is None or not quantization.scale.size or not tensor.dtype.is_integer:
        return None
    return quantization.scale


def zero_points_of(quantization: Quantization) -> Array:
    """As many zero points as scales."""
    if quantization.zero_point.size:
        return quantization.zero_point
    return np.zeros(quantization.scale.shape, np.int64)
