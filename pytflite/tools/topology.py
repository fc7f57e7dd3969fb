"""Which tensors of two models belong together."""

from __future__ import annotations

from difflib import SequenceMatcher

from pytflite.model.types import Operator, Subgraph

CONVERSIONS = {"QUANTIZE", "DEQUANTIZE", "FAKE_QUANT"}
"""Operators that one model may have and the other not."""


def match_tensors(ours: Subgraph, theirs: Subgraph) -> dict[int, int]:
    """Tensors of our graph -> those of theirs that stand for the same.

    Inputs and outputs belong together in their order. Operators are aligned by what they are and the shapes that they
    give, conversions left out; among what that leaves over, outputs belong together whose names and shapes are equal
    and that no other shares.
    """
    pairs = dict(zip(ours.inputs, theirs.inputs, strict=False))
    a, b = ([o for o in graph.operators if o.name not in CONVERSIONS] for graph in (ours, theirs))
    blocks = SequenceMatcher(None, _keys(ours, a), _keys(theirs, b), autojunk=False).get_matching_blocks()
    for block in blocks:
        for i in range(block.size):
            one, other = a[block.a + i], b[block.b + i]
            pairs.update(zip(one.outputs, other.outputs, strict=False))
    free = {_key(theirs, index): index for index in _written(theirs) if index not in pairs.values()}
    for index in _written(ours):
        if index not in pairs and _key(ours, index) in free:
            pairs[index] = free.pop(_key(ours, index))
    for index, other_index in zip(ours.outputs, theirs.outputs, strict=False):
        pairs.setdefault(index, other_index)
    return pairs


def _keys(graph: Subgraph, operators: list[Operator]) -> list[tuple[str, tuple[int, ...]]]:
    return [(o.name, tuple(d for i in o.outputs for d in graph.tensors[i].shape)) for o in operators]


def _key(graph: Subgraph, index: int) -> tuple[str, tuple[int, ...]]:
    return graph.tensors[index].name, graph.tensors[index].shape


def _written(graph: Subgraph) -> list[int]:
    indices = [index for operator in graph.operators for index in operator.outputs]
    names = [_key(graph, index) for index in indices]
    return [index for index in indices if names.count(_key(graph, index)) == 1]
