"""The native face: `load` a model, `run` it with arrays by name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite import markup
from pytflite.errors import ArgumentError
from pytflite.model.read import read
from pytflite.model.types import Model, Subgraph, Tensor
from pytflite.ops._resolver import CustomOps, OpResolver
from pytflite.profiles import Profile
from pytflite.runtime.interpreter import OpResolverType, profile_of
from pytflite.runtime.scaling import dequantize, quantize
from pytflite.runtime.wrapper import InterpreterWrapper

Array = npt.NDArray[Any]


class Entry:
    """One way to call a model: a signature, or the main subgraph.

    Attributes:
        subgraph: index of the subgraph.
        inputs: name -> tensor.
        outputs: name -> tensor.
    """

    def __init__(self, graph: Subgraph, inputs: Mapping[str, int], outputs: Mapping[str, int]) -> None:
        self.subgraph = graph.index
        self.inputs = {name: graph.tensors[index] for name, index in inputs.items()}
        self.outputs = {name: graph.tensors[index] for name, index in outputs.items()}

    def __repr__(self) -> str:
        sides = (
            ", ".join(f"{n}: {t.dtype.letter}{list(t.shape)}" for n, t in s.items())
            for s in (self.inputs, self.outputs)
        )
        return " -> ".join(f"({side})" for side in sides)


class LoadedModel:
    """A model ready to run. Made by `load`.

    Attributes:
        model: what the file says.
        profile: the arithmetic.
        entries: signature key -> how to call it; "" is the main subgraph, by tensor names.
    """

    def __init__(
        self, model: Model, profile: Profile, custom_ops: CustomOps | None, kernels: bool, engine: bool, threads: int
    ) -> None:
        self.model = model
        self.profile = profile
        self._wrapper = InterpreterWrapper(
            model, profile, resolver=OpResolver(custom_ops), kernels=kernels, engine=engine, threads=threads
        )
        self.entries = {s.key: Entry(model.subgraphs[s.subgraph], s.inputs, s.outputs) for s in model.signatures}
        main = model.main
        self.entries[""] = Entry(main, _names(main, main.inputs), _names(main, main.outputs))

    def __repr__(self) -> str:
        return f"LoadedModel({self.model!r}, profile={self.profile.name!r}, {self.entry()!r})"

    def _repr_html_(self) -> str:
        """Inputs and outputs, for notebooks."""
        entry = self.entry()
        rows = [
            (kind, name, repr(tensor))
            for kind, tensors in (("input", entry.inputs), ("output", entry.outputs))
            for name, tensor in tensors.items()
        ]
        return markup.table(f"{self.model!r}, profile {self.profile.name}", ("", "name", "tensor"), rows)

    def entry(self, signature: str | None = None) -> Entry:
        """The signature of a key; without one the only signature there is, else the main subgraph.

        Raises:
            ArgumentError: no such signature.
        """
        if signature is None:
            keys = [key for key in self.entries if key]
            return self.entries[keys[0] if len(keys) == 1 else ""]
        if signature not in self.entries:
            known = ", ".join(key for key in self.entries if key) or "none"
            raise ArgumentError(f'Invalid signature_key provided: "{signature}". The model has: {known}.')
        return self.entries[signature]

    def run(
        self,
        inputs: npt.ArrayLike | Mapping[str, npt.ArrayLike] | None = None,
        *,
        signature: str | None = None,
        as_float: bool = False,
    ) -> dict[str, Array]:
        """Run the model once; inputs whose shapes differ from the model's are resized.

        Args:
            inputs: arrays by input name (a signature's names, or tensor names), or one array for the only input.
            signature: which signature to call.
            as_float: quantize float inputs of quantized tensors, dequantize quantized outputs.

        Returns:
            Copies of the outputs by name.

        Raises:
            ArgumentError: wrong names, dtypes or ranks.
            PrepareError: the model or these shapes cannot be prepared.
            InvokeError: an operator cannot compute with the values.

        Warns:
            SaturationWarning: ``as_float``, and some numbers had to be clipped.
        """
        entry = self.entry(signature)
        values = {name: self._checked(name, tensor, value, as_float) for name, tensor, value in _bind(entry, inputs)}
        wrapper, at = self._wrapper, entry.subgraph
        for name, value in values.items():
            wrapper.fit(entry.inputs[name].index, value.shape, at)
        wrapper.AllocateTensors(at)
        for name, value in values.items():
            wrapper.SetTensor(entry.inputs[name].index, value, at)
        wrapper.Invoke(at)
        results = {name: wrapper.GetTensor(tensor.index, at) for name, tensor in entry.outputs.items()}
        if as_float:
            results = {name: self._as_float(entry.outputs[name], value) for name, value in results.items()}
        return results

    def reset(self) -> None:
        """Forget the state of variable tensors and of shipped custom operators."""
        self._wrapper.ResetVariableTensors()

    def _checked(self, name: str, tensor: Tensor, value: npt.ArrayLike, as_float: bool) -> Array:
        array = np.asarray(value)
        wanted = tensor.dtype
        if as_float and array.dtype.kind == "f" and tensor.quantization is not None and wanted.numpy.kind in "iu":
            array = quantize(array, tensor.quantization, wanted.letter)
        if array.dtype != wanted.numpy and wanted.numpy.kind != "O":
            hint = " (or floats with as_float=True)" if wanted.numpy.kind in "iu" and tensor.quantization else ""
            raise ArgumentError(
                f"Input '{name}' takes {wanted.numpy.name}{list(tensor.shape)}{hint}, got {array.dtype}."
            )
        if array.ndim != len(tensor.shape):
            raise ArgumentError(
                f"Input '{name}' takes {wanted.numpy.name}{list(tensor.shape)}, got shape {list(array.shape)}: "
                f"{len(tensor.shape)} dimensions are needed."
            )
        return array

    @staticmethod
    def _as_float(tensor: Tensor, value: Array) -> Array:
        quantized = tensor.quantization is not None and tensor.quantization.scale.size and value.dtype.kind in "iu"
        return dequantize(value, tensor.quantization) if quantized and tensor.quantization else value


def load(
    source: str | os.PathLike[str] | bytes | bytearray | memoryview | Model,
    *,
    profile: str | Profile = "reference",
    custom_ops: CustomOps | None = None,
    kernels: bool = True,
    engine: bool = True,
    threads: int = 1,
) -> LoadedModel:
    """Load a model to run.

    Args:
        source: path of a ``.tflite`` file, its bytes, or a `Model`.
        profile: which arithmetic: the name of a profile, or a `Profile`.
        custom_ops: operators of your own, made with `pytflite.custom_op`; or custom code -> `Op`.
        kernels: whether compiled kernels may stand in for definitions.
        engine: whether networks may run in the engine, many times faster; otherwise node by node in the plain kernels.
            Both give the same bits.
        threads: how many threads the engine uses at most.

    Raises:
        FormatError: the bytes are not a valid model.
        ModelError: they are, but what they say cannot be a model.
        ArgumentError: unknown profile, or no thread.
        OSError: the file cannot be read.
    """
    if threads < 1:
        raise ArgumentError(f"threads is {threads}. Accepted: 1 or more.")
    model = source if isinstance(source, Model) else read(source)
    return LoadedModel(model, profile_of(OpResolverType.BUILTIN_REF, profile), custom_ops, kernels, engine, threads)


def _names(graph: Subgraph, indices: tuple[int, ...]) -> dict[str, int]:
    """Tensor names, made unique with the tensor index where they are not, or are empty."""
    names = [graph.tensors[index].name for index in indices]
    return {
        name if name and names.count(name) == 1 else f"{name or 'tensor'}:{index}": index
        for name, index in zip(names, indices, strict=True)
    }


def _bind(entry: Entry, inputs: Any) -> list[tuple[str, Tensor, npt.ArrayLike]]:
    if inputs is None:
        inputs = {}
    if not isinstance(inputs, Mapping):
        if len(entry.inputs) != 1:
            raise ArgumentError(f"The model has {len(entry.inputs)} inputs: pass a dictionary with {_accepted(entry)}.")
        inputs = {next(iter(entry.inputs)): inputs}
    if inputs.keys() != entry.inputs.keys():
        by_tensor = {tensor.name: name for name, tensor in entry.inputs.items()}
        inputs = {name if name in entry.inputs else by_tensor.get(name, name): value for name, value in inputs.items()}
    if inputs.keys() != entry.inputs.keys():
        wrong = sorted(inputs.keys() ^ entry.inputs.keys())
        raise ArgumentError(f"Inputs {wrong} are missing or unknown. Accepted: {_accepted(entry)}.")
    return [(name, entry.inputs[name], value) for name, value in inputs.items()]


def _accepted(entry: Entry) -> str:
    return ", ".join(f"'{name}'" for name in entry.inputs) or "none"
