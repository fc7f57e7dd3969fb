"""Integer-only TFLite inference you can read: a from-scratch ``.tflite`` parser and interpreter, equal to tf.lite.

    model = pytflite.load("model.tflite")
    outputs = model.run(array)                      # integers in, integers out
    outputs = model.run(array, as_float=True)       # quantizes and dequantizes for you

    interpreter = pytflite.Interpreter("model.tflite")   # the face of tf.lite.Interpreter

Names are loaded when first used: importing this package imports neither NumPy's heavier parts nor numba.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytflite.build import ModelBuilder
    from pytflite.errors import (
        ArgumentError,
        CacheWarning,
        FormatError,
        InvokeError,
        ModelError,
        PrepareError,
        PytfliteError,
        StateError,
    )
    from pytflite.model.read import read
    from pytflite.model.types import Model, Operator, Quantization, Subgraph, Tensor
    from pytflite.ops._api import Node, Op
    from pytflite.ops._custom_op import custom_op
    from pytflite.profiles import PROFILES, Profile
    from pytflite.runtime.interpreter import (
        Delegate,
        Interpreter,
        InterpreterWithCustomOps,
        OpResolverType,
        SignatureRunner,
        load_delegate,
    )
    from pytflite.runtime.native import LoadedModel, load
    from pytflite.runtime.scaling import SaturationWarning, dequantize, quantize
    from pytflite.tools.audit import Audit, audit
    from pytflite.tools.compare import Comparison, compare
    from pytflite.tools.diff import Diff, diff
    from pytflite.tools.explain import Explained, explain
    from pytflite.tools.identify import Identity, identify
    from pytflite.tools.report import Report, report
    from pytflite.tools.trace import Record, Trace, load_trace, trace
    from pytflite.tools.vectors import Vectors, vectors

__version__ = "0.1.0"

_HOMES = {
    "pytflite.build": ("ModelBuilder",),
    "pytflite.errors": (
        "ArgumentError",
        "CacheWarning",
        "FormatError",
        "InvokeError",
        "ModelError",
        "PrepareError",
        "PytfliteError",
        "StateError",
    ),
    "pytflite.model.read": ("read",),
    "pytflite.model.types": ("Model", "Operator", "Quantization", "Subgraph", "Tensor"),
    "pytflite.ops._api": ("Node", "Op"),
    "pytflite.ops._custom_op": ("custom_op",),
    "pytflite.profiles": ("PROFILES", "Profile"),
    "pytflite.runtime.interpreter": (
        "Delegate",
        "Interpreter",
        "InterpreterWithCustomOps",
        "OpResolverType",
        "SignatureRunner",
        "load_delegate",
    ),
    "pytflite.runtime.native": ("LoadedModel", "load"),
    "pytflite.runtime.scaling": ("SaturationWarning", "dequantize", "quantize"),
    "pytflite.tools.audit": ("Audit", "audit"),
    "pytflite.tools.compare": ("Comparison", "compare"),
    "pytflite.tools.diff": ("Diff", "diff"),
    "pytflite.tools.explain": ("Explained", "explain"),
    "pytflite.tools.identify": ("Identity", "identify"),
    "pytflite.tools.report": ("Report", "report"),
    "pytflite.tools.trace": ("Record", "Trace", "load_trace", "trace"),
    "pytflite.tools.vectors": ("Vectors", "vectors"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [  # noqa: RUF022 - in the order that people meet them
    "load",
    "read",
    "Interpreter",
    "InterpreterWithCustomOps",
    "SignatureRunner",
    "OpResolverType",
    "Delegate",
    "load_delegate",
    "quantize",
    "dequantize",
    "LoadedModel",
    "Model",
    "Subgraph",
    "Tensor",
    "Operator",
    "Quantization",
    "ModelBuilder",
    "custom_op",
    "Op",
    "Node",
    "trace",
    "load_trace",
    "Trace",
    "Record",
    "explain",
    "Explained",
    "compare",
    "Comparison",
    "diff",
    "Diff",
    "identify",
    "Identity",
    "audit",
    "Audit",
    "vectors",
    "Vectors",
    "report",
    "Report",
    "Profile",
    "PROFILES",
    "PytfliteError",
    "FormatError",
    "ModelError",
    "ArgumentError",
    "StateError",
    "PrepareError",
    "InvokeError",
    "SaturationWarning",
    "CacheWarning",
    "__version__",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
