"""Compiled code: arrays and params in, arrays out. No model types, no allocation of results.

Each module holds one plain kernel, a short numba function of the module's name that a student can read. Importing a
kernel imports numba; where numba is missing the definitions run instead, slower, with the same bits.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Callable
from functools import cache, cached_property
from typing import Any


class PlainKernel:
    """The kernel of a name; imported, and numba with it, when it is first called."""

    def __init__(self, name: str) -> None:
        self.name = name

    @cached_property
    def function(self) -> Callable[..., None]:
        """What numba compiles."""
        found: Callable[..., None] = getattr(importlib.import_module(f"{__name__}.{self.name}"), self.name)
        return found

    def __call__(self, *arguments: Any) -> None:
        """Call it with arrays and params."""
        self.function(*arguments)


@cache
def load_kernel(name: str) -> PlainKernel | None:
    """The kernel of a name, None where nothing can be compiled."""
    return PlainKernel(name) if can_compile() else None


def can_compile() -> bool:
    """Whether numba is installed, and not told to be idle (NUMBA_DISABLE_JIT)."""
    return importlib.util.find_spec("numba") is not None and os.environ.get("NUMBA_DISABLE_JIT", "0") == "0"
