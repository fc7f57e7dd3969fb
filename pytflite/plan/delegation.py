"""Which nodes a profile's delegate takes."""

from __future__ import annotations

from pytflite.ops._api import Node, TypeRow
from pytflite.profiles.delegate import Delegate, Takes


def refusal(delegate: Delegate, node: Node) -> str:
    """Why a delegate leaves a node to the runtime, "" when it takes it.

    Args:
        delegate: of the profile.
        node: with the shapes of the file and its constants.
    """
    kinds = delegate.takes.get(node.op.name)
    if kinds is None:
        return f"{delegate.name} changes nothing about {node.op.name}"
    inputs = [None if tensor is None else tensor.letter for tensor in node.inputs]
    outputs = [tensor.letter for tensor in node.outputs]
    rows = ((kind, TypeRow(text)) for kind in kinds for text in kind.types)
    reasons = [unfulfilled(kind, node) for kind, row in rows if row.matches(inputs, outputs)]
    if "" in reasons:
        return ""
    given = " -> ".join(" ".join(letter or "absent" for letter in side) for side in (inputs, outputs))
    return f"{delegate.name} takes it only if {reasons[0]}" if reasons else f"{delegate.name} does not take {given}"


def unfulfilled(kind: Takes, node: Node) -> str:
    """The first condition that does not hold, "" when all do."""
    for role in kind.constant.split():
        tensor = node.get(role)
        if tensor is not None and tensor.value is None:
            return f"{role} is a constant"
    return next((condition.text for condition in kind.conditions if not condition.holds(node)), "")
