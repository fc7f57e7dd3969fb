"""The real runtime as an oracle: `ai_edge_litert` or `tensorflow`, imported only when asked."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def runtime() -> Any:
    """The module that holds ``Interpreter`` and ``OpResolverType``.

    Raises:
        ModuleNotFoundError: neither ai_edge_litert nor tensorflow is installed.
    """
    try:
        return importlib.import_module("ai_edge_litert.interpreter")
    except ModuleNotFoundError:
        return importlib.import_module("tensorflow.lite.python.interpreter")


class Oracle:
    """A model in the real runtime.

    Args:
        model: the file's bytes.
        resolver: name of an ``OpResolverType``.
        preserve_all: keep every tensor. With the default resolver the runtime still runs XNNPACK then, in other
            partitions than without.
    """

    def __init__(self, model: bytes, resolver: str = "BUILTIN_REF", *, preserve_all: bool = True) -> None:
        module = runtime()
        self.interpreter = module.Interpreter(
            model_content=model,
            experimental_op_resolver_type=module.OpResolverType[resolver],
            experimental_preserve_all_tensors=preserve_all,
        )
        self._allocated = False

    def invoke(self, *inputs: Array) -> list[Array]:
        """Set the inputs in order (resizing them to the arrays' shapes), run, return the outputs in order."""
        interpreter = self.interpreter
        details = interpreter.get_input_details()
        for detail, array in zip(details, inputs, strict=True):
            if tuple(detail["shape"]) != array.shape:
                interpreter.resize_tensor_input(detail["index"], array.shape)
                self._allocated = False
        if not self._allocated:
            interpreter.allocate_tensors()
            self._allocated = True
        for detail, array in zip(details, inputs, strict=True):
            interpreter.set_tensor(detail["index"], array)
        interpreter.invoke()
        # The runtime refuses to hand out some empty tensors, of which shape and type say all.
        return [
            np.empty(detail["shape"], object if detail["dtype"] is np.bytes_ else detail["dtype"])
            if 0 in detail["shape"]
            else interpreter.get_tensor(detail["index"])
            for detail in interpreter.get_output_details()
        ]

    def tensors(self) -> dict[int, Array]:
        """Every tensor that the runtime can give, by index."""
        found: dict[int, Array] = {}
        for detail in self.interpreter.get_tensor_details():
            try:
                found[detail["index"]] = self.interpreter.get_tensor(detail["index"])
            except ValueError:  # no data: never written, or dropped
                continue
        return found


def same_bits(ours: Array, theirs: Array) -> bool:
    """Whether two arrays have the same dtype, shape and bits; any NaN equals any other."""
    if ours.dtype != theirs.dtype or ours.shape != theirs.shape:
        return False
    if ours.dtype.kind in "fc":
        nan = np.isnan(ours)
        if not np.array_equal(nan, np.isnan(theirs)):
            return False
        ours, theirs = np.where(nan, 0, ours), np.where(nan, 0, theirs)
    if ours.dtype.kind == "O":
        return bool(np.array_equal(ours, theirs))
    return ours.tobytes() == theirs.tobytes()


def first_difference(ours: Sequence[Array], theirs: Sequence[Array]) -> str:
    """What differs first between two lists of arrays, "" when nothing does."""
    if len(ours) != len(theirs):
        return f"{len(ours)} arrays against {len(theirs)}"
    for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        if same_bits(a, b):
            continue
        if a.dtype != b.dtype or a.shape != b.shape:
            return f"array {i}: {a.dtype}{list(a.shape)} against {b.dtype}{list(b.shape)}"
        where = np.argwhere(np.asarray(a != b))
        at = tuple(int(v) for v in where[0]) if where.size else ()
        return f"array {i}: {len(where)} of {a.size} differ, first at {list(at)}: {a[at]!r} against {b[at]!r}"
    return ""


def relative_difference(ours: Array, theirs: Array) -> float:
    """Largest difference of two float arrays of one shape, where finite, relative to the largest of ``theirs``."""
    both = np.isfinite(ours) & np.isfinite(theirs)
    here, there = ours[both].astype(np.float64), theirs[both].astype(np.float64)
    return float(np.abs(here - there).max(initial=0) / max(np.abs(there).max(initial=0), 1e-30))
