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

import llvmlite.binding as llvm
import numba
from llvmlite import ir
from numba.core import caching, types
from numba.core.compiler_lock import global_compiler_lock

from pytflite.kernels import _front
from pytflite.kernels.engine.target import target_machine

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


@global_compiler_lock
def optimized(function: Callable[..., Any]) -> tuple[str, Any]:
    """Compile a function of four int64, which gives nothing or an int64, to be called by address; as `kernel` does.

    It must not raise: nobody would hear of it.

    Returns:
        The symbol of the function, and the LLVM module that defines it.
    """
    compiled, arguments = _front.code_of(function), (types.int64,) * 4
    library, inner, target = compiled.library, compiled.fndesc, compiled.target_context
    module, returns = library.create_ir_module("entry"), inner.restype == types.int64
    result_type = ir.IntType(64) if returns else ir.VoidType()
    entry = ir.Function(module, ir.FunctionType(result_type, [ir.IntType(64)] * 4), f"entry.{inner.mangled_name}")
    body = ir.IRBuilder(entry.append_basic_block())
    declared = target.declare_function(module, inner)
    _, result = target.call_conv.call_function(body, declared, inner.restype, arguments, entry.args)
    body.ret(result) if returns else body.ret_void()
    library.add_ir_module(module)
    library.finalize()
    code = library._final_module
    for value in (*code.functions, *code.global_variables):
        if not value.is_declaration and value.name != entry.name:
            value.linkage = "internal"
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_unrolling = tuning.loop_vectorization = tuning.slp_vectorization = True
    builder = llvm.create_pass_builder(target_machine(), tuning)
    builder.getModulePassManager().run(code, builder)
    return entry.name, code


def object_code(function: Callable[..., Any]) -> tuple[str, list[str], bytes]:
    """The machine code of what `optimized` gives.

    Returns:
        The symbol of the function, those that it needs from elsewhere, and the object file that defines it.
    """
    symbol, code = optimized(function)
    needed = [value.name for value in (*code.functions, *code.global_variables) if value.is_declaration]
    return symbol, [name for name in needed if not name.startswith("llvm.")], target_machine().emit_object(code)
