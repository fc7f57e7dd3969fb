"""What operators that hand their inputs to one of several subgraphs have in common."""

from __future__ import annotations

from collections.abc import Sequence

from pytflite.ops._api import Node, Shape


def common_shapes(node: Node, subgraphs: Sequence[int]) -> list[Shape | None]:
    """Shapes of `outputs` when `inputs` go to any of the subgraphs: None where they differ, or where values decide."""
    letters = [output.letter for output in node.all("outputs")]
    outlines = [node.outline(subgraph, node.all("inputs"), letters) for subgraph in subgraphs]
    shapes = zip(*([given.shape for given in outline] for outline in outlines), strict=True)
    return [each[0] if len(set(each)) == 1 else None for each in shapes]
