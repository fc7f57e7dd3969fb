"""The C library's math functions over whole arrays.

The reference kernels call ``std::exp(float)``, ``std::tanh(float)`` and so on: their results are those of the libm at
hand. NumPy's own float32 functions are polynomials that often differ in the last bit. Here NumPy's generic loops, part
of its C interface, are handed the addresses of libm's functions; that makes ufuncs of them, at the speed of C.

Guaranteed: the bits that a C program gets from the function of that name on this host. Another libm, or another version
of it, may round some results the other way, and so will tf.lite there.

Functions whose name ends in f take and return float32, the others float64.
"""

from __future__ import annotations

import ctypes
import importlib
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_LOOPS = {"f": 6, "d": 5, "ff": 14, "dd": 15}
"""Types of a C function's arguments -> slot of the loop over it in the C interface (``numpy/__ufunc_api.h``)."""
_FROM_FUNCTION = 1
_NO_IDENTITY = -1

_libm = ctypes.CDLL(None if os.name == "posix" else "ucrtbase")
_capsule = importlib.import_module("numpy._core._multiarray_umath")._UFUNC_API
_pointer_of = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
    ("PyCapsule_GetPointer", ctypes.pythonapi)
)
_interface = ctypes.cast(_pointer_of(_capsule, None), ctypes.POINTER(ctypes.c_void_p))
_from_function = ctypes.PYFUNCTYPE(
    ctypes.py_object, *[ctypes.c_void_p] * 3, *[ctypes.c_int] * 4, *[ctypes.c_char_p] * 2, ctypes.c_int
)(_interface[_FROM_FUNCTION] or 0)
_alive: list[Any] = []  # ufuncs keep pointers into these


def address_of(name: str) -> int:
    """Where the function of libm is, for compiled code."""
    return ctypes.cast(getattr(_libm, name), ctypes.c_void_p).value or 0


def _ufunc(name: str, arguments: str = "f") -> Callable[..., Array]:
    """A function of libm as a ufunc (``PyUFunc_FromFuncAndData``)."""
    loop = (ctypes.c_void_p * 1)(_interface[_LOOPS[arguments]])
    function = (ctypes.c_void_p * 1)(address_of(name))
    types = ctypes.create_string_buffer(bytes(np.dtype(kind).num for kind in arguments + arguments[0]))
    label = name.encode()
    _alive.append((loop, function, types, label))
    ufunc: Callable[..., Array] = _from_function(
        loop, function, types, 1, len(arguments), 1, _NO_IDENTITY, label, b"", 0
    )
    return ufunc


atan2 = _ufunc("atan2", "dd")
atan2f = _ufunc("atan2f", "ff")
cosf = _ufunc("cosf")
erfcf = _ufunc("erfcf")
erff = _ufunc("erff")
exp = _ufunc("exp", "d")
expf = _ufunc("expf")
expm1f = _ufunc("expm1f")
hypot = _ufunc("hypot", "dd")
hypotf = _ufunc("hypotf", "ff")
log = _ufunc("log", "d")
logf = _ufunc("logf")
pow = _ufunc("pow", "dd")
powf = _ufunc("powf", "ff")
sinf = _ufunc("sinf")
tanhf = _ufunc("tanhf")
