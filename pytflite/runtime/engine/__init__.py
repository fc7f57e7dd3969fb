"""Plans bound to the compiled engine (`pytflite.kernels.engine`): nothing above knows which nodes it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from pytflite.kernels import can_compile
from pytflite.plan.prepare import Plan
from pytflite.runtime.engine.pool import Pool

if TYPE_CHECKING:
    from pytflite.runtime.engine.engine import Engine


def bind(plan: Plan, arrays: Mapping[int, npt.NDArray[Any]], pool: Pool, *, watched: bool = False) -> Engine | None:
    """A plan bound to the engine, None where that has nothing for it.

    Args:
        plan: what to run.
        arrays: inputs and computed outputs of the subgraph, by tensor index, with slack behind them.
        pool: runs what is compiled.
        watched: whether it is to be watched node by node.
    """
    if not (plan.kernels and plan.is_static and can_compile()):
        return None
    from pytflite.runtime.engine.engine import Engine

    engine = Engine(plan, arrays, pool, watched=watched) if Engine.takes(plan) else None
    return engine if engine and engine.bound else None
