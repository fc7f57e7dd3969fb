"""Kernels by name, ready to be called by address.

A kernel is loaded from disk, where it was kept the last time; that takes neither numba nor, as a rule, LLVM (`elf`).
What is not there is compiled first (`makers`).
"""

from __future__ import annotations

import ctypes
import struct
import sys
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from pytflite.kernels.engine import elf, store
from pytflite.kernels.engine.target import target_machine

Key = tuple[Any, ...]
"""Name of a kernel (`makers.MAKERS`), and the integers, or types of elements, that it is specialised for."""

_loaded: dict[Key, Callable[..., None]] = {}
_keep: list[Any] = []


def load(keys: Iterable[Key], *, progress: Callable[[int, int], None] | None = None) -> None:
    """Make kernels ready, compiling what was never compiled.

    Args:
        keys: of the kernels.
        progress: called with how many were compiled and how many will be; by default a line on a terminal tells.
    """
    progress = progress or _tell
    codes = {key: store.read(_file(key)) for key in dict.fromkeys(keys) if key not in _loaded}
    missing = [key for key, code in codes.items() if code is None or not _link(key, code)]
    for count, key in enumerate(missing):
        progress(count, len(missing))
        _compile(key)
    if missing:
        progress(len(missing), len(missing))


def kernel(key: Key) -> Callable[..., None]:
    """A kernel: takes four int64, and releases the GIL meanwhile."""
    if key not in _loaded:
        load([key])
    return _loaded[key]


def address(key: Key) -> int:
    """Where the code of a kernel begins, for as long as the process lives."""
    return ctypes.cast(kernel(key), ctypes.c_void_p).value or 0  # type: ignore[arg-type]


class _MethodDef(ctypes.Structure):
    """PyMethodDef of CPython's methodobject.h."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


METH_O = 8


@cache
def _method() -> _MethodDef:
    return _MethodDef(b"run", address(("method",)), METH_O, None)


def with_arguments(key: Key, *arguments: int) -> Callable[[object], object]:
    """A kernel and its four arguments as a function of something that it does not look at.

    Calling it takes a tenth of the time that calling the kernel takes.
    """
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.restype, make.argtypes = ctypes.py_object, (ctypes.POINTER(_MethodDef), ctypes.py_object, ctypes.c_void_p)
    words = struct.pack("5q", address(key), *arguments)
    function: Callable[[object], object] = make(_method(), words, None)
    return function


def _tell(count: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if count == total else "\r"
        print(f"pytflite: compiled {count} of {total} kernels (once; kept on disk)", end=end, file=sys.stderr)


def _compile(key: Key) -> None:
    from pytflite.kernels.engine.makers import machine_code

    code = machine_code(*key)
    if not _link(key, code):
        raise RuntimeError(f"Kernel {key} needs what is not there.")
    store.write(_file(key), code)


def _file(key: Key) -> str:
    return "-".join(map(str, key)) + ".o"


def _link(key: Key, code: bytes) -> bool:
    """Put code, as of `makers.machine_code`, into memory; False if it calls what this process does not have."""
    names, _, object_code = code.partition(b"\n")
    symbol, *called = names.decode().split()
    address = elf.place(object_code, symbol) or _link_by_llvm(symbol, called, object_code)
    if address is None:
        return False
    kernel_type = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * 4)
    _loaded[key] = kernel_type(address)
    return True


def _link_by_llvm(symbol: str, called: Iterable[str], object_code: bytes) -> int | None:
    import llvmlite.binding as llvm

    target_machine()
    if any(llvm.address_of_symbol(name) is None for name in called):
        return None
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(object_code))
    engine.finalize_object()
    _keep.append(engine)
    return int(engine.get_function_address(symbol))
