"""Running a model for a tool: where inputs come from, what every node saw and gave."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import ArgumentError, InvokeError
from pytflite.model.read import read
from pytflite.model.types import Model
from pytflite.plan.node import PreparedNode
from pytflite.plan.prepare import prepare
from pytflite.profiles import Profile
from pytflite.runtime.interpreter import OpResolverType, profile_of
from pytflite.runtime.session import Session
from pytflite.tools.oracle import same_bits

Array = npt.NDArray[Any]
Source = str | os.PathLike[str] | bytes | Model
Inputs = npt.ArrayLike | Sequence[npt.ArrayLike] | Mapping[str, npt.ArrayLike]
Progress = Callable[[int, int, str], None]
"""Told how much is done, of how much, and what is at work."""


def no_progress(done: int, total: int, what: str) -> None:
    """For those who do not want to know."""


def model_of(source: Source) -> Model:
    """A model from a path, bytes, or itself."""
    return source if isinstance(source, Model) else read(source)


def named_profile(profile: str | Profile) -> Profile:
    """A profile from its name, or itself; ArgumentError when there is none of that name."""
    return profile_of(OpResolverType.BUILTIN_REF, profile)


def bind(model: Model, inputs: Inputs) -> dict[int, Array]:
    """Arrays for the inputs of the main subgraph, by tensor index.

    Args:
        model: the model.
        inputs: one array, a list in the order of the inputs, or arrays by tensor name.

    Raises:
        ArgumentError: wrong number, names, dtypes or ranks; NaN where a tensor is no float.
    """
    tensors = [model.main.tensors[index] for index in model.main.inputs]
    if isinstance(inputs, Mapping):
        missing = [tensor.name for tensor in tensors if tensor.name not in inputs]
        if missing:
            raise ArgumentError(f"Inputs {', '.join(missing)} are missing; given are {', '.join(inputs) or 'none'}.")
        values = [np.asarray(inputs[tensor.name]) for tensor in tensors]
    elif isinstance(inputs, np.ndarray):
        values = [inputs]
    else:
        values = [np.asarray(value) for value in inputs]  # type: ignore[union-attr]
    if len(values) != len(tensors):
        raise ArgumentError(f"{len(values)} inputs given, the model takes {len(tensors)}.")
    for tensor, value in zip(tensors, values, strict=True):
        wanted = tensor.dtype.numpy
        if (value.dtype != wanted and wanted.kind != "O") or value.ndim != len(tensor.shape):
            raise ArgumentError(
                f"Input '{tensor.name}' takes {wanted.name}{list(tensor.shape)}, got {value.dtype}{list(value.shape)}."
            )
    return {tensor.index: value for tensor, value in zip(tensors, values, strict=True)}


def open_session(model: Model, profile: Profile, inputs: Mapping[int, Array], *, kernels: bool = True) -> Session:
    """A session for inputs of these shapes, with the inputs set."""
    shapes = {index: array.shape for index, array in inputs.items()}
    session = Session(prepare(model, 0, profile, shapes=shapes, kernels=kernels))
    feed(session, inputs)
    return session


def feed(session: Session, inputs: Mapping[int, Array]) -> None:
    """Set the inputs of a session."""
    for index, array in inputs.items():
        session.set(index, array)


def operator_matches(node: PreparedNode, choice: int | str) -> bool:
    """Whether a node is meant: by the index of its operator, or its name."""
    return choice in (node.operator.index, node.operator.name) or str(choice).upper() == node.op.name


def stages_of(node: PreparedNode, inputs: Sequence[Array | None]) -> dict[str, Array]:
    """The stages of a node's definition by name, ``output[1]`` where a stage is several arrays.

    Operators that act on an interpreter's resources have none: to run them again would change what they act on.
    """
    if node.op.stateful:
        return {}
    with np.errstate(all="ignore"):
        found = list(node.stages(inputs))
    return {
        name if len(values) == 1 else f"{name}[{i}]": np.asarray(value)
        for name, stage in found
        for values in [stage if isinstance(stage, list | tuple) else [stage]]
        for i, value in enumerate(values)
    }


def checked_stages(node: PreparedNode, inputs: Sequence[Array | None], outputs: Sequence[Array]) -> dict[str, Array]:
    """The stages, once it is sure that they end in what the run produced.

    Raises:
        InvokeError: they do not: the kernel that ran and the definition disagree.
    """
    stages = stages_of(node, inputs)
    names = output_names(node)
    if stages and not all(
        name in stages and same_bits(stages[name], output) for name, output in zip(names, outputs, strict=True)
    ):
        raise InvokeError(
            f"The definition of {node.operator.name} and what ran ({node.why}) disagree. "
            f"Node number {node.operator.index} ({node.operator.name}) cannot be looked into."
        )
    return stages


def output_names(node: PreparedNode) -> list[str]:
    """The stages that are a node's outputs, in their order."""
    count, roles = len(node.operator.outputs), node.op.output_roles
    if roles and roles[-1].variadic and count > 1:
        return [f"{roles[-1].name}[{i}]" for i in range(count)]
    return [role.name for role in roles][:count]
