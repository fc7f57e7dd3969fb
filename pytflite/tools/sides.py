"""What a run can be compared with: another profile, another model, the real runtime, a dump."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import ArgumentError
from pytflite.model.types import Model, Tensor
from pytflite.model.write import write
from pytflite.profiles import PROFILES, REFERENCE, Profile
from pytflite.runtime.scaling import dequantize, quantize
from pytflite.tools.dump import match, read_dump
from pytflite.tools.oracle import Oracle
from pytflite.tools.running import open_session
from pytflite.tools.topology import match_tensors

Array = npt.NDArray[Any]
Against = str | os.PathLike[str] | Profile | Model
ORACLE = "litert"


@dataclass(frozen=True)
class Side:
    """The tensors of the other side.

    Attributes:
        name: what it is.
        tensors: by the tensor indices of our model, in the dtypes of our model.
        reals: real numbers, where the other side does not hold the codes of our model.
        notes: what is missing, or was converted.
    """

    name: str
    tensors: dict[int, Array]
    reals: dict[int, Array] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def side_of(model: Model, against: Against, inputs: Mapping[int, Array], shapes: Mapping[int, tuple[int, ...]]) -> Side:
    """The other side of a comparison.

    Args:
        model: ours.
        against: the name of a profile or a `Profile`; ``litert`` or ``litert:BUILTIN`` for the real runtime, with the
            name of an ``OpResolverType``; a path of a .tflite file or a `Model`; a path of a dump (`read_dump`).
        inputs: of our main subgraph, by tensor index.
        shapes: of the tensors that our run computed.

    Raises:
        ArgumentError: it is none of these.
        ModuleNotFoundError: the real runtime is asked for and not installed.
    """
    if isinstance(against, Profile):
        return Side(against.name, run_all(model, against, inputs))
    if isinstance(against, Model):
        return _of_model(model, against, inputs)
    text = os.fspath(against)
    if text in PROFILES:
        return Side(text, run_all(model, PROFILES[text], inputs))
    if text.split(":")[0] == ORACLE:
        return _of_oracle(model, text.partition(":")[2] or "BUILTIN_REF", inputs)
    path = Path(text)
    if not path.exists():
        raise ArgumentError(
            f"'{text}' is no profile ({', '.join(PROFILES)}), not {ORACLE} or {ORACLE}:RESOLVER, and no file or folder."
        )
    if path.suffix == ".tflite":
        from pytflite.model.read import read

        return _of_model(model, read(path), inputs)
    tensors = {index: model.main.tensors[index] for index in shapes}
    dump = match(read_dump(path), tensors, shapes)
    return Side(path.name, {**inputs, **dump.tensors}, notes=dump.notes)


def run_all(model: Model, profile: Profile, inputs: Mapping[int, Array]) -> dict[int, Array]:
    """Every tensor that a run computes, and its inputs."""
    found = {index: np.array(array) for index, array in inputs.items()}
    open_session(model, profile, inputs).invoke(
        lambda node, given, outputs: found.update(
            zip(node.operator.outputs, (array.copy() for array in outputs), strict=True)
        )
    )
    return found


def _of_oracle(model: Model, resolver: str, inputs: Mapping[int, Array]) -> Side:
    data = Path(model.path).read_bytes() if model.path else bytes(write(model))
    try:
        oracle = Oracle(data, resolver)
    except KeyError:
        raise ArgumentError(f"There is no OpResolverType '{resolver}'.") from None
    oracle.invoke(*inputs.values())
    return Side(f"{ORACLE}:{resolver}", oracle.tensors())


def _of_model(model: Model, other: Model, inputs: Mapping[int, Array]) -> Side:
    pairs = match_tensors(model.main, other.main)
    if len(model.main.inputs) != len(other.main.inputs):
        raise ArgumentError(f"The models take {len(model.main.inputs)} and {len(other.main.inputs)} inputs.")
    fed = {
        theirs: as_tensor(array, model.main.tensors[ours], other.main.tensors[theirs])
        for (ours, array), theirs in zip(inputs.items(), other.main.inputs, strict=True)
    }
    ran = run_all(other, REFERENCE, fed)
    tensors: dict[int, Array] = {}
    reals: dict[int, Array] = {}
    for ours, theirs in pairs.items():
        if theirs in ran and ran[theirs].shape == (inputs[ours].shape if ours in inputs else ran[theirs].shape):
            tensors[ours] = as_tensor(ran[theirs], other.main.tensors[theirs], model.main.tensors[ours])
            reals[ours] = real_values(ran[theirs], other.main.tensors[theirs])
    written = {index for operator in model.main.operators for index in operator.outputs}
    unmatched = len(written - set(pairs))
    notes = (f"{unmatched} of {len(written)} tensors have no counterpart.",) if unmatched else ()
    return Side(str(other.path.name if other.path else "the other model"), tensors, reals, notes)


def is_quantized(tensor: Tensor) -> bool:
    """Whether a tensor's integers stand for real numbers."""
    quantization = tensor.quantization
    return quantization is not None and quantization.scale.size > 0 and tensor.dtype.is_integer


def real_values(array: Array, tensor: Tensor) -> Array:
    """What the elements of a tensor stand for, in float64."""
    if is_quantized(tensor) and tensor.quantization is not None:
        return dequantize(array, tensor.quantization).astype(np.float64)
    return array.astype(np.float64) if array.dtype.kind in "iufb" else array


def as_tensor(array: Array, tensor: Tensor, wanted: Tensor) -> Array:
    """The elements of one tensor as another one would hold them."""
    if array.dtype == wanted.dtype.numpy and _same_codes(tensor, wanted):
        return array
    real = real_values(array, tensor)
    if is_quantized(wanted) and wanted.quantization is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return quantize(real, wanted.quantization, wanted.dtype.letter)
    return real.astype(wanted.dtype.numpy)


def _same_codes(one: Tensor, other: Tensor) -> bool:
    if not is_quantized(one) and not is_quantized(other):
        return True
    a, b = one.quantization, other.quantization
    return (
        a is not None
        and b is not None
        and np.array_equal(a.scale, b.scale)
        and np.array_equal(a.zero_point, b.zero_point)
    )
