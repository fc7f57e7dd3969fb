"""The one way to compile a kernel: numba with a disk cache that cannot go stale.

numba's own cache looks only at the file of the function: an edit of a callee in another module leaves old machine code
in use (numba issue 1833). Here the stamp of every cached kernel is the hash of all sources that compiled code is made
of, so any edit to any of them compiles everything anew: arithmetic and kernels, and the operators, whose params kernels
read by position.
"""

from __future__ import annotations

import contextlib
import hashlib
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core import caching
from numba.core.ccallback import CFunc

PACKAGE = Path(__file__).resolve().parent.parent


@cache
def sources_stamp() -> str:
    """SHA-256 over the sources of `pytflite.arithmetic`, `pytflite.kernels` and `pytflite.ops`."""
    digest = hashlib.sha256()
    for folder in ("arithmetic", "kernels", "ops"):
        for path in sorted((PACKAGE / folder).rglob("*.py")):
            digest.update(str(path.relative_to(PACKAGE)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class _StampedCache(caching.FunctionCache):
    """A function cache whose index is valid only for the present sources."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]
        self._cache_file._version += sources_stamp()  # looked at before anything is unpickled, unlike the source stamp

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        """The cached code of a signature; a line on a terminal says when there is none and compiling begins."""
        found = super().load_overload(signature, target_context)  # type: ignore[no-untyped-call]
        if found is None and sys.stderr.isatty():
            print(f"pytflite: compiling {self._name} (once; cached on disk)", file=sys.stderr)
        return found


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: compile with numba in nopython mode, without the GIL, cached on disk, floats in strict order."""
    compiled: Any = numba.njit(function, nogil=True, error_model="numpy", fastmath=False)
    if hasattr(compiled, "_cache"):  # not under NUMBA_DISABLE_JIT
        with contextlib.suppress(RuntimeError):  # numba found nowhere to write
            compiled._cache = _StampedCache(compiled.py_func)
    wrapped: Callable[..., Any] = compiled
    return wrapped


def callback(function: Callable[..., None]) -> Any:
    """Compile a kernel of the engine to be called by address, with the same options and the same cache as `kernel`.

    The address is good for as long as what is returned lives.
    """
    options = {"nopython": True, "error_model": "numpy", "fastmath": False}
    compiled: Any = CFunc(function, ((numba.types.int64,) * 4, numba.types.void), {}, options)
    with contextlib.suppress(RuntimeError):
        compiled._cache = _StampedCache(function)
    compiled.compile()
    return compiled
