"""Where operators are drawn: in rows, each below what it takes its inputs from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Place(NamedTuple):
    """Of an operator: its row from the top, its column from the left."""

    row: int
    column: int


def lay_out(operators: Sequence[tuple[Sequence[int], Sequence[int]]]) -> tuple[list[Place], list[tuple[int, int]]]:
    """Places for operators, given as input and output tensors in the order of execution.

    Returns:
        A place for each, and the edges: pairs of operators, the second takes an output of the first.
    """
    maker = {tensor: index for index, (_, outputs) in enumerate(operators) for tensor in outputs}
    edges = sorted({(maker[t], i) for i, (inputs, _) in enumerate(operators) for t in inputs if maker.get(t, i) < i})
    sources: list[list[int]] = [[one for one, other in edges if other == i] for i in range(len(operators))]
    rows: list[int] = []
    for own in sources:
        rows.append(max((rows[source] + 1 for source in own), default=0))
    places: list[Place | None] = [None] * len(operators)
    for row in range(max(rows, default=-1) + 1):
        members = [i for i, own in enumerate(rows) if own == row]
        columns = [places[source] for i in members for source in sources[i][:1]]
        wanted = {i: (places[sources[i][0]] or Place(0, 0)).column if columns and sources[i] else 0 for i in members}
        taken = -1
        for i in sorted(members, key=lambda i: (wanted[i], i)):
            taken = max(taken + 1, wanted[i])
            places[i] = Place(row, taken)
    return [place or Place(0, 0) for place in places], edges
