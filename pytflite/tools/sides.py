"""What a run can be compared with: another profile, another model, the real runtime, a dump."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import ArgumentError
from pytflite.model.read import read
from pytflite.model.types import Model, Tensor
from pytflite.model.write import write
from pytflite.profiles import PROFILES, REFERENCE, SUFFIX, Profile, named
from pytflite.runtime.scaling import dequantize, quantize
from pytflite.runtime.session import Session
from pytflite.tools.dump import match, read_dumps, surely
from pytflite.tools.oracle import Oracle
from pytflite.tools.running import feed, named_profile, open_session
from pytflite.tools.topology import match_tensors

Array = npt.NDArray[Any]
Arrays = Mapping[str, Array]
Against = str | os.PathLike[str] | Profile | Model | Arrays
ORACLE = "litert"


@dataclass(frozen=True)
class Side:
    """The tensors of the other side after one invoke.

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


Other = Callable[[Mapping[int, Array]], Side]
"""The other side: told the inputs of each invoke in turn, by tensor index, which it may need."""


def side_of(model: Model, against: Against | Sequence[Against], profile: str | Profile = REFERENCE) -> Other:
    """The other side of a comparison.

    Args:
        model: ours.
        against: the name of a profile or a `Profile`; ``litert`` or ``litert:BUILTIN`` for the real runtime, with the
            name of an ``OpResolverType``; a path of a .tflite file or a `Model`; a path of a dump (`read_dump`) or its
            arrays by name. Dumps of several invokes are a list, or a trace of as many.
        profile: the arithmetic of another model.

    Raises:
        ArgumentError: it is none of these.
        ModuleNotFoundError: the real runtime is asked for and not installed.
    """
    if isinstance(against, Sequence) and not isinstance(against, str):
        several = [side_of(model, each, profile) for each in against]
        return _in_turn(several)
    if isinstance(against, Profile):
        return _of_profile(model, against)
    if isinstance(against, Model):
        return _of_model(model, against, named_profile(profile))
    if isinstance(against, Mapping):
        return _of_dump(model, "the dump", [against])
    text = os.fspath(against)
    if text.removesuffix(SUFFIX) in PROFILES:
        return _of_profile(model, named(text))
    if text.split(":")[0] == ORACLE:
        return _of_oracle(model, text.partition(":")[2] or "BUILTIN_REF")
    path = Path(text)
    if not path.exists():
        raise ArgumentError(
            f"'{text}' is no profile ({', '.join(PROFILES)}), not {ORACLE} or {ORACLE}:RESOLVER, and no file or folder."
        )
    if path.suffix == ".tflite":
        return _of_model(model, read(path), named_profile(profile))
    return _of_dump(model, path.name, read_dumps(path))


def _in_turn(others: Sequence[Other]) -> Other:
    """One of several sides for each invoke."""
    left = iter(others)

    def next_side(inputs: Mapping[int, Array]) -> Side:
        other = next(left, None)
        if other is None:
            raise ArgumentError(f"There are {len(others)} to compare with, and more inputs than that.")
        return other(inputs)

    return next_side


def _of_dump(model: Model, name: str, dumps: Sequence[Arrays]) -> Other:
    """Arrays that were read from a dump, for each invoke."""

    def matched(arrays: Arrays) -> Other:
        def side(inputs: Mapping[int, Array]) -> Side:
            shapes = {**shapes_of(model, inputs), **{index: array.shape for index, array in inputs.items()}}
            dump = match(arrays, model.main, shapes)
            return Side(name, {**inputs, **dump.tensors}, notes=dump.notes)

        return side

    return _in_turn([matched(arrays) for arrays in dumps])


def inputs_in(model: Model, dumps: Sequence[Path]) -> list[list[Array]]:
    """The inputs of the model for each invoke, if dumps hold all of them under their names or numbers; else []."""
    shapes = {index: model.main.tensors[index].shape for index in model.main.inputs}
    invokes = [surely(arrays, model.main, shapes) for path in dumps for arrays in read_dumps(path)]
    if not all(len(found) == len(shapes) for found in invokes):
        return []
    return [[found[index] for index in model.main.inputs] for found in invokes]


def shapes_of(model: Model, inputs: Mapping[int, Array]) -> dict[int, tuple[int, ...]]:
    """Shapes of the tensors that operators of the main subgraph write, found by a run where prepare cannot tell."""
    written = [index for operator in model.main.operators for index in operator.outputs]
    session = open_session(model, REFERENCE, inputs)
    known: Mapping[int, tuple[int, ...]] = session.plan.first.shapes
    if not session.plan.is_static:
        ran = _run(session, inputs)
        known = {index: array.shape for index, array in ran.items()}
    return {index: known[index] for index in written if index in known}


def run_all(model: Model, profile: Profile, inputs: Mapping[int, Array]) -> dict[int, Array]:
    """Every tensor that a run computes, and its inputs."""
    return _run(open_session(model, profile, inputs), inputs)


def _run(session: Session, inputs: Mapping[int, Array]) -> dict[int, Array]:
    found = {index: np.array(array) for index, array in inputs.items()}
    session.invoke(
        lambda node, given, outputs: found.update(
            zip(node.operator.outputs, (array.copy() for array in outputs), strict=True)
        )
    )
    return found


def _runner(model: Model, profile: Profile) -> Callable[[Mapping[int, Array]], dict[int, Array]]:
    """Runs a model invoke by invoke; state lasts from one to the next as long as shapes are the same."""
    held: list[Session] = []

    def run(inputs: Mapping[int, Array]) -> dict[int, Array]:
        if held and all(held[0].inputs[index].shape == array.shape for index, array in inputs.items()):
            feed(held[0], inputs)
        else:
            held[:] = [open_session(model, profile, inputs)]
        return {**_run(held[0], inputs), **held[0].state.variables}

    return run


def _of_profile(model: Model, profile: Profile) -> Other:
    run = _runner(model, profile)
    return lambda inputs: Side(profile.name, run(inputs))


def _of_oracle(model: Model, resolver: str) -> Other:
    data = Path(model.path).read_bytes() if model.path else bytes(write(model))
    try:
        oracle = Oracle(data, resolver)
    except KeyError:
        raise ArgumentError(f"There is no OpResolverType '{resolver}'.") from None

    def side(inputs: Mapping[int, Array]) -> Side:
        oracle.invoke(*inputs.values())
        return Side(f"{ORACLE}:{resolver}", oracle.tensors())

    return side


def _of_model(model: Model, other: Model, profile: Profile) -> Other:
    pairs = match_tensors(model.main, other.main)
    if len(model.main.inputs) != len(other.main.inputs):
        raise ArgumentError(f"The models take {len(model.main.inputs)} and {len(other.main.inputs)} inputs.")
    run = _runner(other, profile)
    written = {index for operator in model.main.operators for index in operator.outputs}
    unmatched = len(written - set(pairs))
    notes = (f"{unmatched} of {len(written)} tensors have no counterpart.",) if unmatched else ()

    def side(inputs: Mapping[int, Array]) -> Side:
        fed = {
            theirs: as_tensor(array, model.main.tensors[ours], other.main.tensors[theirs])
            for (ours, array), theirs in zip(inputs.items(), other.main.inputs, strict=True)
        }
        ran = run(fed)
        tensors: dict[int, Array] = {}
        reals: dict[int, Array] = {}
        for ours, theirs in pairs.items():
            if theirs in ran and ran[theirs].shape == (inputs[ours].shape if ours in inputs else ran[theirs].shape):
                tensors[ours] = as_tensor(ran[theirs], other.main.tensors[theirs], model.main.tensors[ours])
                reals[ours] = real_values(ran[theirs], other.main.tensors[theirs])
        return Side(str(other.path.name if other.path else "the other model"), tensors, reals, notes)

    return side


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
