"""What an output element is made of, and what its operator's family is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.steps import Step
from pytflite.ops._api import group
from pytflite.plan.node import PreparedNode

Array = npt.NDArray[Any]


Index = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One element that an output element sees, and what it adds.

    Attributes:
        role: of the input that it is of.
        at: index of the element.
        code: the element.
        value: the element without its zero point.
        weight_at: index of the weight, None where there is none.
        weight: the weight without its zero point, None where there is none.
        product: what it adds where terms are summed, else its value.
    """

    role: str
    at: Index
    code: int
    value: int
    weight_at: Index | None
    weight: int | None
    product: int | float

    def negated(self) -> Term:
        """The same, subtracted."""
        return replace(self, product=-self.product)


@dataclass(frozen=True, slots=True)
class Anatomy:
    """What an output element is made of.

    Attributes:
        terms: in the order in which the definition sums.
        summed: whether the output comes from the sum of terms.
        outside: taps that fall outside of the image.
        zero_points: the sum of products of codes and what zero points add to it, by name; they add up to the products.
        bias: None where there is none.
        accumulator: what terms and bias add up to, None where they are not simply added.
        steps: from the terms to the accumulator, where that takes more than adding; or to the output.
        epilogue: what brings the accumulator to the output, None for the one among the params.
        window: rows and columns of the image under the window, those outside included; empty without a window.
    """

    terms: tuple[Term, ...] = ()
    summed: bool = False
    outside: int = 0
    zero_points: dict[str, int] = field(default_factory=dict)
    bias: int | None = None
    accumulator: int | None = None
    steps: tuple[Step, ...] = ()
    epilogue: Any = None
    window: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())


class Subject(NamedTuple):
    """What a family is asked about.

    Attributes:
        node: the operator.
        inputs: its input arrays.
        stages: of its definition.
        at: index of the output element.
    """

    node: PreparedNode
    inputs: Sequence[Array | None]
    stages: dict[str, Array]
    at: Index

    def roles(self) -> dict[str, Any]:
        """Input arrays by role."""
        roles = self.node.op.input_roles
        return {role.name: value for role, value in zip(roles, group(roles, self.inputs), strict=True)}

    def stage(self, name: str) -> Any:
        """The element of a stage."""
        return at(self.stages[name], self.at)

    def output(self) -> int:
        """The output element."""
        return int(at(self.stages[self.node.op.output_roles[0].name], self.at))


def at(stage: Array, index: Index) -> Any:
    """The element of a stage that belongs to an output element: where a size is 1, it is shared."""
    kept = index[len(index) - stage.ndim :]
    return stage[tuple(0 if size == 1 else i for i, size in zip(kept, stage.shape, strict=True))].item()


def stage_steps(subject: Subject) -> tuple[Step, ...]:
    """The definition's own stages at the element, the output last."""
    role = subject.node.op.output_roles[0].name
    output = subject.stages[role].shape
    stages = {name: stage for name, stage in subject.stages.items() if broadcasts(stage.shape, output)}
    names = [*(name for name in stages if name.split("[")[0] != role), role]
    return tuple(Step(name, "stage of the definition", at(stages[name], subject.at)) for name in names)


def elements(role: str, array: Array, places: Sequence[Index], offset: int = 0) -> tuple[Term, ...]:
    """Elements of an input, without their zero point."""
    codes = [int(array[place]) for place in places]
    return tuple(
        Term(role, place, code, code + offset, None, None, code + offset)
        for place, code in zip(places, codes, strict=True)
    )


def broadcasts(shape: Index, to: Index) -> bool:
    """Whether an array of one shape has an element, maybe a shared one, for each of another."""
    return len(shape) <= len(to) and all(a in (1, b) for a, b in zip(shape, to[len(to) - len(shape) :], strict=True))


def shared(index: Index, shape: Index) -> Index:
    """The element of a tensor of a shape that is broadcast to where an index points."""
    kept = index[len(index) - len(shape) :]
    return tuple(0 if size == 1 else i for i, size in zip(kept, shape, strict=True))


def unflat(number: int, shape: Index) -> Index:
    """The index of an element from its place in memory."""
    return tuple(int(i) for i in np.unravel_index(number, shape))
