"""Prepare: one pass over the operators in which everything is decided.

Shapes flow from the inputs. Where a shape depends on a value that only running can tell, the pass stops: what is
prepared so far is a *segment*, and the rest is prepared when that value is known (`Plan.following`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.requantize import looks_at_places
from pytflite.errors import PrepareError
from pytflite.kernels import load_kernel
from pytflite.model.types import Model, Operator, Subgraph, Tensor
from pytflite.ops._api import Given, Node, Op, Place, Role, Rule, Shape, TensorSpec, ValueNeeded, operator_error
from pytflite.ops._resolver import OpResolver
from pytflite.plan.delegation import refusal
from pytflite.plan.node import PreparedNode
from pytflite.profiles import Profile

Array = npt.NDArray[Any]

FOLD_LIMIT = 1024
"""Largest tensor, in elements, whose value is computed in prepare because all its inputs are known."""

MOST_ELEMENTS = (1 << 31) - 1
"""Most elements of a tensor: the real kernels count them in int32."""

MOST_SPANNED = 1 << 58
"""Largest product of the sizes of a tensor that are not 0."""

FOLLOWING_LIMIT = 64
"""How many segments are kept after one; where every invoke brings another shape, the oldest goes."""

CALLED_LIMIT = 64
"""How many plans of called subgraphs are kept, by input shapes; where every call brings others, the oldest goes."""

NESTING_LIMIT = 32
"""How deep calls of subgraphs may nest."""


@dataclass(slots=True)
class Facts:
    """What is known of the tensors of a subgraph: shapes, and some values, by tensor index."""

    shapes: dict[int, Shape]
    values: dict[int, Array]


class Choice(NamedTuple):
    """What computes an operator.

    Attributes:
        op: its declaration.
        rule: the arithmetic.
        profile: the profile that counts for this operator: that of a delegate, if one takes it.
        delegated: why a delegate takes it or does not, for people; "" where there is none.
    """

    op: Op
    rule: Rule
    profile: Profile
    delegated: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of prepared nodes.

    Attributes:
        nodes: in execution order.
        shapes: of every tensor known when the segment was closed.
        values: of the tensors known in prepare, by tensor index.
        end: index of the first operator that is not prepared yet.
        needs: the tensor whose value or shape stopped prepare, or None when the segment runs to the end.
        by_value: whether it is the value that is needed, not just the shape.
        following: what was prepared after this segment, by what was known then.
    """

    nodes: tuple[PreparedNode, ...]
    shapes: Mapping[int, Shape]
    values: Mapping[int, Array]
    end: int
    needs: int | None = None
    by_value: bool = False
    following: dict[Any, Segment] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True)
class Plan:
    """How one subgraph is run under one profile for given input shapes. Immutable, but for what is prepared later.

    That is segments, and plans of called subgraphs by index and input shapes, which a plan shares with those it calls.
    """

    model: Model
    subgraph: Subgraph
    profile: Profile
    chosen: tuple[Choice, ...]
    first: Segment
    last_use: Mapping[int, int]
    resolver: OpResolver
    kernels: bool = True
    called: dict[tuple[int, tuple[Shape, ...]], Plan] = field(default_factory=dict, repr=False, compare=False)
    places: dict[int, Place] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_static(self) -> bool:
        """Whether every shape was known in prepare."""
        return self.first.needs is None

    def following(self, segment: Segment, arrays: Mapping[int, Array], needed: Array) -> Segment:
        """The segment after one that has run.

        Args:
            segment: what has run.
            arrays: what it and those before it computed, by tensor index.
            needed: the value of the tensor that stopped prepare.

        Raises:
            PrepareError: an operator cannot take them.
        """
        assert segment.needs is not None
        shapes = {index: array.shape for index, array in arrays.items()}
        known = {segment.needs: needed.copy()} if segment.by_value else {}
        key = (tuple(sorted(shapes.items())), tuple(value.tobytes() for value in known.values()))
        if key not in segment.following:
            if len(segment.following) == FOLLOWING_LIMIT:
                del segment.following[next(iter(segment.following))]
            facts = Facts({**segment.shapes, **shapes}, {**segment.values, **known})
            segment.following[key] = _segment(self, segment.end, facts)
        return segment.following[key]


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
            listed for the subgraph and all that it calls at once.
    """
    resolver = resolver or OpResolver()
    _require_supported(model, subgraph, profile, resolver)
    return _plan(model, subgraph, profile, resolver, shapes or {}, kernels, {})


def _plan(
    model: Model,
    subgraph: int,
    profile: Profile,
    resolver: OpResolver,
    shapes: Mapping[int, Shape],
    kernels: bool,
    called: dict[tuple[int, tuple[Shape, ...]], Plan],
) -> Plan:
    graph = model.subgraphs[subgraph]
    facts = _facts(model, graph)
    chosen = _choose(graph, profile, resolver, facts)
    for index, shape in shapes.items():
        _require_size(replace(graph.tensors[index], shape=shape))
    facts.shapes.update(shapes)
    last_use = {index: operator.index for operator in graph.operators for index in operator.inputs}
    empty = Segment((), {}, {}, 0)
    plan = Plan(model, graph, profile, chosen, empty, last_use, resolver, kernels, called)
    return replace(plan, first=_segment(plan, 0, facts))


def _facts(model: Model, graph: Subgraph) -> Facts:
    """What the file says of a subgraph's tensors."""
    facts = Facts({t.index: t.shape for t in graph.tensors}, {})
    produced = {index for operator in graph.operators for index in operator.outputs}
    for tensor in graph.tensors:
        if tensor.index not in produced and not tensor.is_variable:
            value = model.constant(tensor)
            if value is None and 0 in tensor.shape and tensor.index not in graph.inputs:
                _require_size(tensor)
                value = np.empty(tensor.shape, tensor.dtype.numpy)
            if value is not None:
                facts.values[tensor.index] = value
    return facts


def prepare_called(plan: Plan, subgraph: int, shapes: tuple[Shape, ...]) -> Plan:
    """The plan of a subgraph that an operator of a plan calls, for input shapes.

    Raises:
        PrepareError: it cannot be prepared.
    """
    key = (subgraph, shapes)
    if key not in plan.called:
        if len(plan.called) == CALLED_LIMIT:
            del plan.called[next(iter(plan.called))]
        resized = dict(zip(plan.model.subgraphs[subgraph].inputs, shapes, strict=True))
        plan.called[key] = _plan(plan.model, subgraph, plan.profile, plan.resolver, resized, plan.kernels, plan.called)
    return plan.called[key]


def _outline(plan: Plan, subgraph: int, inputs: Sequence[TensorSpec], letters: Sequence[str]) -> list[Given]:
    """See `Node.outline`."""
    graph = plan.model.subgraphs[subgraph]
    given = [tensor.letter for tensor in inputs]
    for side, indices, wanted in (("takes", graph.inputs, given), ("gives", graph.outputs, letters)):
        own = [graph.tensors[index].dtype.letter for index in indices]
        if own != list(wanted):
            raise PrepareError(f"Subgraph {subgraph} {side} ({' '.join(own)}), not ({' '.join(wanted)}).")
    called = prepare_called(plan, subgraph, tuple(tensor.shape for tensor in inputs))
    return [
        Given(
            called.first.shapes[index] if called.is_static else None,
            graph.inputs.index(index) if index in graph.inputs else None,
        )
        for index in graph.outputs
    ]


def _body(model: Model, subgraph: int) -> Sequence[Operator]:
    """See `Node.body`."""
    if not 0 <= subgraph < len(model.subgraphs):
        raise PrepareError(f"It refers to subgraph {subgraph}, the model has {len(model.subgraphs)}.")
    return model.subgraphs[subgraph].operators


def _require_supported(model: Model, subgraph: int, profile: Profile, resolver: OpResolver) -> None:
    """Look through a subgraph and all that it calls for calls without end and for what no rule takes."""
    nesting: dict[int, int] = {}
    _require_end(model, subgraph, resolver, nesting, ())
    missing: list[PrepareError] = []
    for index in reversed(nesting):
        graph = model.subgraphs[index]
        _choose(graph, profile, resolver, _facts(model, graph), missing)
    if missing:
        raise PrepareError("\n".join(dict.fromkeys(str(fault) for fault in missing)))


def _require_end(
    model: Model, subgraph: int, resolver: OpResolver, nesting: dict[int, int], callers: tuple[int, ...]
) -> int:
    """How deep calls nest in a subgraph, itself included; also put into ``nesting``."""
    callers = (*callers, subgraph)
    if subgraph not in nesting:
        deepest = 0
        for operator in model.subgraphs[subgraph].operators:
            for called in _called(operator, resolver):
                if not 0 <= called < len(model.subgraphs):
                    raise operator_error(operator, f"It calls subgraph {called}, the model has {len(model.subgraphs)}.")
                if called in callers:
                    raise operator_error(operator, f"Subgraph {called} calls itself.")
                if len(callers) == NESTING_LIMIT:
                    raise operator_error(operator, f"Calls of subgraphs nest deeper than {NESTING_LIMIT}.")
                deepest = max(deepest, _require_end(model, called, resolver, nesting, callers))
        nesting[subgraph] = deepest + 1
    if len(callers) + nesting[subgraph] - 1 > NESTING_LIMIT:
        raise PrepareError(f"Calls of subgraphs nest deeper than {NESTING_LIMIT}.")
    return nesting[subgraph]


def _called(operator: Operator, resolver: OpResolver) -> list[int]:
    """The subgraphs that an operator may call."""
    op = resolver.find(operator)
    if op is None or op.options is None:
        return []
    options = op.options() if operator.options is None else operator.options
    return [int(index) for name in op.calls.split() for index in np.ravel(getattr(options, name))]


def _choose(
    graph: Subgraph,
    profile: Profile,
    resolver: OpResolver,
    facts: Facts,
    missing: list[PrepareError] | None = None,
) -> tuple[Choice, ...]:
    """What computes each operator; what is missing is added to a list."""
    missing = [] if missing is None else missing
    chosen: list[Choice] = []
    for operator in graph.operators:
        op = resolver.find(operator)
        if op is None:
            missing.append(_unresolved(operator))
            continue
        choice = _choice(graph, operator, op, profile, facts)
        if choice is None:
            missing.append(_untyped(graph, operator, op))
        else:
            chosen.append(choice)
    return tuple(chosen)


def _choice(graph: Subgraph, operator: Operator, op: Op, profile: Profile, facts: Facts) -> Choice | None:
    """What computes an operator, None when no rule takes it."""

    def accepts(rule: Rule) -> bool:
        return rule.when is None or rule.when(_node(graph, operator, op, rule, profile, facts))

    rule = op.select(*_letters(graph, operator), profile, accepts)
    if rule is None or profile.delegate is None:
        return None if rule is None else Choice(op, rule, profile)
    reason = refusal(profile.delegate, _node(graph, operator, op, rule, profile, facts))
    taken = None if reason else _choice(graph, operator, op, profile.delegate.arithmetic, facts)
    if taken is None:
        return Choice(op, rule, profile, reason)
    return taken._replace(delegated=f"{profile.delegate.name} takes it")


def _letters(graph: Subgraph, operator: Operator) -> tuple[list[str | None], list[str | None]]:
    """Dtype letters of the inputs and outputs of an operator, None where absent."""
    inputs, outputs = (
        [None if index < 0 else graph.tensors[index].dtype.letter for index in side]
        for side in (operator.inputs, operator.outputs)
    )
    return inputs, outputs


def _unresolved(operator: Operator) -> PrepareError:
    if operator.custom_code:
        url = "https://www.tensorflow.org/lite/guide/ops_custom"
        return operator_error(
            operator, f"Encountered unresolved custom op: {operator.custom_code}.\nSee instructions: {url}"
        )
    return operator_error(operator, f"Operator {operator.name} is not supported by this version of pytflite.")


def _untyped(graph: Subgraph, operator: Operator, op: Op) -> PrepareError:
    given = " -> ".join(" ".join(letter or "absent" for letter in side) for side in _letters(graph, operator))
    rows = [row.text for rule in op.rules if not rule.by_name for row in rule.types]
    more = f" and {len(rows) - 12} more" if len(rows) > 12 else ""
    accepted = "; ".join(rows[:12]) + more
    return operator_error(operator, f"Type combination {given} is not supported. Accepted: {accepted}.")


def _segment(plan: Plan, start: int, facts: Facts) -> Segment:
    nodes: list[PreparedNode] = []
    end = len(plan.subgraph.operators)
    needs: int | None = None
    by_value = False
    for operator in plan.subgraph.operators[start:]:
        try:
            node = _prepare_node(plan, operator, plan.chosen[operator.index], facts)
        except ValueNeeded as wanted:
            end, needs, by_value = operator.index, wanted.tensor, True
            break
        nodes.append(node)
        shapes = dict(zip(operator.outputs, node.shapes, strict=True))
        facts.shapes |= {index: shape for index, shape in shapes.items() if shape is not None}
        if None in shapes.values():
            end, needs = operator.index + 1, next(index for index, shape in shapes.items() if shape is None)
            break
        _fold(node, facts)
    return Segment(tuple(nodes), facts.shapes, facts.values, end, needs, by_value)


def _node(graph: Subgraph, operator: Operator, op: Op, rule: Rule, profile: Profile, facts: Facts) -> Node:
    def spec(index: int, role: str) -> TensorSpec | None:
        if not 0 <= index < len(graph.tensors):
            return None
        return TensorSpec(graph.tensors[index], role, facts.shapes[index], facts.values.get(index))

    inputs = tuple(
        spec(i, role) for i, role in zip(operator.inputs, _names(op.input_roles, operator.inputs), strict=True)
    )
    outputs = tuple(
        out
        for i, role in zip(operator.outputs, _names(op.output_roles, operator.outputs), strict=True)
        if (out := spec(i, role)) is not None
    )
    intermediates = tuple(
        TensorSpec(graph.tensors[i], f"intermediates[{k}]", facts.shapes[i])
        for k, i in enumerate(operator.intermediates)
        if i >= 0
    )
    return Node(operator, op, rule, profile, inputs, outputs, intermediates, tensor=spec)


def _prepare_node(plan: Plan, operator: Operator, choice: Choice, facts: Facts) -> PreparedNode:
    op, rule, profile, delegated = choice
    node = _node(plan.subgraph, operator, op, rule, profile, facts)
    node = replace(
        node,
        outline=partial(_outline, plan),
        place=plan.places.setdefault(operator.index, Place()),
        body=partial(_body, plan.model),
    )
    try:
        for condition in profile.required_of(op.name, rule.name):
            given = ", ".join(str(spec) for spec in node.inputs if spec is not None)
            wanted = f"The runtime of {profile.name} takes it only if {condition.text}"
            node.require(condition.holds(node), f"{wanted}; given are {given}.")
        shapes = tuple(shape if shape is None else tuple(int(d) for d in shape) for shape in op.infer(node))
        if len(shapes) != len(node.outputs):
            raise PrepareError(f"{len(node.outputs)} outputs where {len(shapes)} are computed.")
        sized = tuple(
            out if shape is None else replace(out, shape=shape) for out, shape in zip(node.outputs, shapes, strict=True)
        )
        for out in sized:
            _require_size(replace(out.tensor, shape=out.shape))
        node = replace(node, outputs=sized)
        params = rule.params(node) if rule.params else None
    except PrepareError as fault:
        if f"Node number {operator.index} " in str(fault):
            raise
        raise operator_error(operator, str(fault)) from None
    compiled = rule.kernel and plan.kernels and None not in shapes and not looks_at_places(params)
    kernel = load_kernel(rule.kernel) if compiled else None
    reasons = f"rule {rule.name} of profile {profile.name}", f"kernel {rule.kernel}" if kernel else "definition"
    why = "; ".join(filter(None, (delegated, *reasons)))
    return PreparedNode(operator, op, rule, params, kernel, shapes, tuple(out.dtype for out in node.outputs), why)


def _require_size(tensor: Tensor) -> None:
    spanned = math.prod(size for size in tensor.shape if size)  # NumPy counts so even where nothing is in them
    if min(tensor.shape, default=0) < 0 or math.prod(tensor.shape) > MOST_ELEMENTS or spanned > MOST_SPANNED:
        raise PrepareError(
            f"Tensor {tensor.index} '{tensor.name}' cannot have shape {list(tensor.shape)}: sizes from 0, and at most "
            f"{MOST_ELEMENTS} elements in all are accepted."
        )


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
    if node.op.mutates or node.op.stateful or node.op.custom_code or not small or not (known or node.op.shape_only):
        return
    inputs = [
        None if i < 0 else facts.values[i] if i in facts.values else np.broadcast_to(np.int8(0), facts.shapes[i])
        for i in node.operator.inputs
    ]
    outputs, _ = node.run(inputs)
    facts.values.update(zip(node.operator.outputs, outputs, strict=True))
