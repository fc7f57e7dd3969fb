"""Prepare: one pass over the operators in which everything is decided.

Shapes flow from the inputs. Where a shape depends on a value that only running can tell, the pass stops: what is prepared
so far is a *segment*, and the rest is prepared when that value is known (`Plan.following`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import PrepareError
from pytflite.kernels import load_kernel
from pytflite.model.types import Model, Operator, Subgraph
from pytflite.ops._api import Node, Op, Role, Rule, Shape, TensorSpec, ValueNeeded, operator_error
from pytflite.ops._resolver import OpResolver
from pytflite.plan.node import PreparedNode
from pytflite.profiles import Profile

Array = npt.NDArray[Any]

FOLD_LIMIT = 1024
"""Largest tensor, in elements, whose value is computed in prepare because all its inputs are known."""


@dataclass(slots=True)
class Facts:
    """What is known of the tensors of a subgraph: shapes, and some values, by tensor index."""

    shapes: dict[int, Shape]
    values: dict[int, Array]


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of prepared nodes.

    Attributes:
        nodes: in execution order.
        shapes: of every tensor known when the segment was closed.
        values: of the tensors known in prepare, by tensor index.
        end: index of the first operator that is not prepared yet.
        needs: the tensor whose value or shape stopped prepare, or None when the segment runs to the end.
    """

    nodes: tuple[PreparedNode, ...]
    shapes: Mapping[int, Shape]
    values: Mapping[int, Array]
    end: int
    needs: int | None


@dataclass(frozen=True)
class Plan:
    """How one subgraph is run under one profile for given input shapes. Immutable, but for a cache of segments."""

    model: Model
    subgraph: Subgraph
    profile: Profile
    chosen: tuple[tuple[Op, Rule], ...]
    first: Segment
    last_use: Mapping[int, int]
    kernels: bool = True
    _cache: dict[Any, Segment] = field(default_factory=dict, repr=False)

    @property
    def is_static(self) -> bool:
        """Whether every shape was known in prepare."""
        return self.first.needs is None

    def following(self, segment: Segment, arrays: Mapping[int, Array]) -> Segment:
        """The segment after one that has run, prepared for the arrays that it left.

        Raises:
            PrepareError: an operator cannot take them.
        """
        needs = segment.needs
        assert needs is not None
        shapes = {index: array.shape for index, array in arrays.items()}
        value = arrays[needs]
        key = (segment.end, tuple(sorted(shapes.items())), value.dtype.str, value.tobytes())
        if key not in self._cache:
            facts = Facts({**segment.shapes, **shapes}, {**segment.values, needs: value})
            self._cache[key] = _segment(self, segment.end, facts)
        return self._cache[key]


def prepare(
    model: Model,
    subgraph: int,
    profile: Profile,
    *,
    resolver: OpResolver | None = None,
    shapes: Mapping[int, Shape] | None = None,
    kernels: bool = True,
) -> Plan:
    """Decide how a subgraph is run.

    Args:
        model: the model.
        subgraph: index of the subgraph.
        profile: the arithmetic.
        resolver: where operators come from, by default the builtin ones.
        shapes: tensor index -> shape, for tensors that were resized.
        kernels: whether compiled kernels may stand in for definitions.

    Raises:
        PrepareError: operators, dtypes, shapes or parameters that cannot be run; what is not supported at all is
            listed for the whole subgraph at once.
    """
    graph = model.subgraphs[subgraph]
    chosen = _choose(graph, profile, resolver or OpResolver())
    facts = Facts({t.index: t.shape for t in graph.tensors}, {})
    produced = {index for operator in graph.operators for index in operator.outputs}
    for tensor in graph.tensors:
        if tensor.index not in produced and not tensor.is_variable:
            value = model.constant(tensor)
            if value is not None:
                facts.values[tensor.index] = value
    facts.shapes.update(shapes or {})
    last_use = {index: operator.index for operator in graph.operators for index in operator.inputs}
    empty = Segment((), {}, {}, 0, None)
    plan = Plan(model, graph, profile, chosen, empty, last_use, kernels)
    return replace(plan, first=_segment(plan, 0, facts), _cache={})


def _choose(graph: Subgraph, profile: Profile, resolver: OpResolver) -> tuple[tuple[Op, Rule], ...]:
    chosen: list[tuple[Op, Rule]] = []
    missing: list[PrepareError] = []
    for operator in graph.operators:
        op = resolver.find(operator)
        if op is None:
            missing.append(_unresolved(operator))
            continue
        letters = [[_letter(graph, i) for i in side] for side in (operator.inputs, operator.outputs)]
        rule = op.select(*letters, profile)
        if rule is None:
            missing.append(_untyped(operator, op, *letters))
        else:
            chosen.append((op, rule))
    if missing:
        lines = list(dict.fromkeys(str(fault) for fault in missing))
        raise PrepareError("\n".join(lines))
    return tuple(chosen)


def _letter(graph: Subgraph, index: int) -> str | None:
    return None if index < 0 else graph.tensors[index].dtype.letter


def _unresolved(operator: Operator) -> PrepareError:
    if operator.custom_code:
        url = "https://www.tensorflow.org/lite/guide/ops_custom"
        return operator_error(
            operator, f"Encountered unresolved custom op: {operator.custom_code}.\nSee instructions: {url}"
        )
    return operator_error(operator, f"Operator {operator.name} is not supported by this version of pytflite.")


def _untyped(operator: Operator, op: Op, inputs: list[str | None], outputs: list[str | None]) -> PrepareError:
    given = " -> ".join(" ".join(letter or "absent" for letter in side) for side in (inputs, outputs))
    rows = [row.text for rule in op.rules for row in rule.types]
    more = f" and {len(rows) - 12} more" if len(rows) > 12 else ""
    accepted = "; ".join(rows[:12]) + more
    return operator_error(operator, f"Type combination {given} is not supported. Accepted: {accepted}.")


def _segment(plan: Plan, start: int, facts: Facts) -> Segment:
    nodes: list[PreparedNode] = []
    for operator in plan.subgraph.operators[start:]:
        op, rule = plan.chosen[operator.index]
        try:
            node = _prepare_node(plan, operator, op, rule, facts)
        except ValueNeeded as wanted:
            return Segment(tuple(nodes), dict(facts.shapes), dict(facts.values), operator.index, wanted.tensor)
        nodes.append(node)
        for index, shape in zip(operator.outputs, node.shapes, strict=True):
            if shape is None:
                return Segment(tuple(nodes), dict(facts.shapes), dict(facts.values), operator.index + 1, index)
            facts.shapes[index] = shape
            facts.values.pop(index, None)
        _fold(node, facts)
    return Segment(tuple(nodes), dict(facts.shapes), dict(facts.values), len(plan.subgraph.operators), None)


def _prepare_node(plan: Plan, operator: Operator, op: Op, rule: Rule, facts: Facts) -> PreparedNode:
    def spec(index: int, role: str) -> TensorSpec | None:
        if index < 0:
            return None
        return TensorSpec(plan.subgraph.tensors[index], role, facts.shapes[index], facts.values.get(index))

    inputs = tuple(spec(i, role) for i, role in zip(operator.inputs, _names(op.input_roles, operator.inputs), strict=True))
    outputs = tuple(
        out
        for i, role in zip(operator.outputs, _names(op.output_roles, operator.outputs), strict=True)
        if (out := spec(i, role)) is not None
    )
    node = Node(operator, op, rule, plan.profile, inputs, outputs)
    try:
        shapes = tuple(shape if shape is None else tuple(int(d) for d in shape) for shape in op.infer(node))
        if len(shapes) != len(outputs):
            raise PrepareError(f"{len(outputs)} outputs where {len(shapes)} are computed.")
        sized = tuple(out if shape is None else replace(out, shape=shape) for out, shape in zip(outputs, shapes, strict=True))
        node = Node(operator, op, rule, plan.profile, inputs, sized)
        params = rule.params(node) if rule.params else None
    except PrepareError as fault:
        if f"Node number {operator.index} " in str(fault):
            raise
        raise operator_error(operator, str(fault)) from None
    kernel = load_kernel(rule.kernel) if rule.kernel and plan.kernels and None not in shapes else None
    why = f"rule {rule.name} of profile {plan.profile.name}; " + (f"kernel {rule.kernel}" if kernel else "definition")
    return PreparedNode(operator, op, rule, params, kernel, shapes, tuple(o.dtype for o in outputs), why)


def _names(roles: Sequence[Role], tensors: Sequence[int]) -> list[str]:
    names = [role.name for role in roles]
    if roles and roles[-1].variadic:
        names = names[:-1] + [f"{names[-1]}[{i}]" for i in range(len(tensors) - len(names) + 1)]
    if len(tensors) > len(names):
        raise PrepareError(f"{len(tensors)} tensors given, {len(names)} accepted ({', '.join(names)}).")
    return names[: len(tensors)]


def _fold(node: PreparedNode, facts: Facts) -> None:
    """Compute small outputs whose inputs are all known, so that shapes made from them are known too."""
    present = [index for index in node.operator.inputs if index >= 0]
    small = all(shape is not None and np.prod(shape) <= FOLD_LIMIT for shape in node.shapes)
    known = all(index in facts.values and facts.values[index].size <= FOLD_LIMIT for index in present)
    if node.op.mutates or not small or not (known or node.op.shape_only):
        return
    inputs = [
        None if i < 0 else facts.values[i] if i in facts.values else np.broadcast_to(np.int8(0), facts.shapes[i])
        for i in node.operator.inputs
    ]
    outputs, _ = node.run(inputs)
    facts.values.update(zip(node.operator.outputs, outputs, strict=True))
