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
    """The kernel of a name, None where nothing can be compiled."""
    if not can_compile():
        return None
    kernel: Callable[..., None] = getattr(importlib.import_module(f"{__name__}.{name}"), name)
    return kernel


def can_compile() -> bool:
    """Whether numba is installed, and not told to be idle (NUMBA_DISABLE_JIT)."""
    return importlib.util.find_spec("numba") is not None and os.environ.get("NUMBA_DISABLE_JIT", "0") == "0"
