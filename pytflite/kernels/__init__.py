"""Compiled code: arrays and params in, arrays out. No model types, no allocation of results.

Each module holds one plain kernel, a short numba function of the module's name that a student can read. Importing a
kernel imports numba; where numba is missing the definitions run instead, slower, with the same bits.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable
from functools import cache


@cache
def load_kernel(name: str) -> Callable[..., None] | None:
    """The kernel of a name, None where numba is not installed or is told not to compile (NUMBA_DISABLE_JIT)."""
    if importlib.util.find_spec("numba") is None or os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
        return None
    kernel: Callable[..., None] = getattr(importlib.import_module(f"{__name__}.{name}"), name)
    return kernel
