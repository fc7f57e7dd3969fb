"""`Interpreter`: the face of ``tf.lite.Interpreter`` and ``ai_edge_litert.interpreter.Interpreter``.

Same constructor, methods, dictionaries, exception classes and first sentences of messages; what runs is pytflite.
"""

from __future__ import annotations

import enum
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from pytflite.errors import ArgumentError, FormatError, StateError
from pytflite.model.read import read
from pytflite.model.types import Model
from pytflite.ops._api import Op
from pytflite.ops._resolver import CustomOps, OpResolver, by_name
from pytflite.profiles import OPTIMIZED, REFERENCE, XNNPACK, Profile, named
from pytflite.runtime.wrapper import InterpreterWrapper

Array = npt.NDArray[Any]
Details = dict[str, Any]


@enum.unique
class OpResolverType(enum.Enum):
    """Which kernels tf.lite would run: XNNPACK and optimized, reference, or optimized alone."""

    AUTO = 0
    BUILTIN = 1
    BUILTIN_REF = 2
    BUILTIN_WITHOUT_DEFAULT_DELEGATES = 3


RESOLVED = {
    OpResolverType.AUTO: XNNPACK,
    OpResolverType.BUILTIN: XNNPACK,
    OpResolverType.BUILTIN_REF: REFERENCE,
    OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES: OPTIMIZED,
}
"""Whose numbers tf.lite gives."""


def profile_of(resolver_type: OpResolverType, profile: str | Profile | None) -> Profile:
    """The profile for an ``OpResolverType``, or the one asked for by name.

    Raises:
        ArgumentError: no such resolver type or profile.
    """
    if isinstance(profile, Profile):
        return profile
    if profile is not None:
        return named(profile)
    if not isinstance(resolver_type, OpResolverType):
        raise ArgumentError(f"Unrecognized passed in op resolver type: {resolver_type}")
    return RESOLVED[resolver_type]


class Delegate:
    """Delegates are native code, which pytflite does not run."""

    def __init__(self, library: str, options: Mapping[str, Any] | None = None) -> None:
        raise ArgumentError(f"Failed to load delegate from {library}\npytflite runs no delegates.")


def load_delegate(library: str, options: Mapping[str, Any] | None = None) -> NoReturn:
    """Refuse to load a delegate.

    Raises:
        ArgumentError: always; a script's ``except ValueError`` falls back to the CPU.
    """
    Delegate(library, options)
    raise AssertionError


class SignatureRunner:
    """Calls one signature of a model: keywords in, dictionary out. Made by `Interpreter.get_signature_runner`."""

    def __init__(self, interpreter: Interpreter | None = None, signature_key: str | None = None) -> None:
        if not interpreter:
            raise ArgumentError("None interpreter provided.")
        if not signature_key:
            raise ArgumentError("None signature_key provided.")
        signatures = interpreter._get_full_signature_list()
        if signature_key not in signatures:
            raise ArgumentError(
                f'Invalid signature_key provided: "{signature_key}". The model has: {", ".join(signatures) or "none"}.'
            )
        self._interpreter = interpreter
        self._wrapper = interpreter._interpreter
        self._signature_key = signature_key
        self._inputs: dict[str, int] = signatures[signature_key]["inputs"]
        self._outputs: dict[str, int] = signatures[signature_key]["outputs"]
        self._subgraph_index = self._wrapper.GetSubgraphIndexFromSignature(signature_key)

    def __call__(self, **kwargs: Array) -> dict[str, Array]:
        """Resize the inputs to the given shapes, run, return copies of the outputs by name.

        Raises:
            ArgumentError: wrong number or names of inputs, wrong dtypes.
            PrepareError: the shapes are impossible.
        """
        if len(kwargs) != len(self._inputs):
            raise ArgumentError(
                "Invalid number of inputs provided for running a SignatureDef, "
                f"expected {len(self._inputs)} vs provided {len(kwargs)}. Accepted: {', '.join(self._inputs)}."
            )
        values = {name: np.asarray(value) for name, value in kwargs.items()}
        for name, value in values.items():
            if name not in self._inputs:
                raise ArgumentError(
                    f"Invalid Input name ({name}) for SignatureDef. Accepted: {', '.join(self._inputs)}."
                )
            self._wrapper.fit(self._inputs[name], value.shape, self._subgraph_index)
        self._wrapper.AllocateTensors(self._subgraph_index)
        for name, value in values.items():
            self._wrapper.SetTensor(self._inputs[name], value, self._subgraph_index)
        self._wrapper.Invoke(self._subgraph_index)
        return {name: self._wrapper.GetTensor(index, self._subgraph_index) for name, index in self._outputs.items()}

    def get_input_details(self) -> dict[str, Details]:
        """Details of the inputs by name; see `Interpreter.get_tensor_details`."""
        return self._details(self._inputs)

    def get_output_details(self) -> dict[str, Details]:
        """Details of the outputs by name; see `Interpreter.get_tensor_details`."""
        return self._details(self._outputs)

    def _details(self, names: Mapping[str, int]) -> dict[str, Details]:
        describe = self._interpreter._get_tensor_details
        return {name: describe(index, self._subgraph_index) for name, index in names.items()}


class Interpreter:
    """A drop-in for ``tf.lite.Interpreter``.

    Args:
        model_path: path of a ``.tflite`` file.
        model_content: its bytes (or any other buffer), instead of a path.
        experimental_delegates: refused unless empty.
        num_threads: how many threads to use at most; one if None. Results never depend on it.
        experimental_op_resolver_type: which kernels' numbers to give.
        experimental_preserve_all_tensors: keep every intermediate tensor. Without it, reading one whose memory was
            given back raises; it never returns stale numbers.
        experimental_disable_delegate_clustering: accepted, without effect.
        experimental_default_delegate_latest_features: accepted, without effect.
        experimental_compress_quantization_zero_points: accepted, without effect on results.
        experimental_disable_delegate_node_fusion: accepted, without effect.
        experimental_force_delegate_node_profiling: accepted, without effect.
        profile: name of an arithmetic profile, or a `Profile`; wins over the resolver type.
        custom_ops: operators of your own, made with `pytflite.custom_op`; or custom code -> `Op`.
        kernels: whether compiled kernels may stand in for definitions.
        engine: whether networks may run in the engine, many times faster; otherwise node by node in the plain kernels.
            Both give the same bits.

    Raises:
        FormatError: (a ValueError) the file is missing or not a valid model.
        ArgumentError: (a ValueError) the arguments contradict each other or are out of range.
    """

    def __init__(
        self,
        model_path: str | os.PathLike[str] | None = None,
        model_content: bytes | bytearray | memoryview | None = None,
        experimental_delegates: Sequence[Any] | None = None,
        num_threads: int | None = None,
        experimental_op_resolver_type: OpResolverType = OpResolverType.AUTO,
        experimental_preserve_all_tensors: bool = False,
        experimental_disable_delegate_clustering: bool = False,
        experimental_default_delegate_latest_features: bool = False,
        experimental_compress_quantization_zero_points: bool = False,
        experimental_disable_delegate_node_fusion: bool = False,
        experimental_force_delegate_node_profiling: bool = False,
        *,
        profile: str | Profile | None = None,
        custom_ops: CustomOps | None = None,
        kernels: bool = True,
        engine: bool = True,
    ) -> None:
        self._experimental_compress_quantization_zero_points = experimental_compress_quantization_zero_points
        chosen = profile_of(experimental_op_resolver_type, profile)
        if num_threads is not None:
            if not isinstance(num_threads, int):
                raise ArgumentError("type of num_threads should be int")
            if num_threads < 1:
                raise ArgumentError("num_threads should >= 1")
        if experimental_delegates:
            raise ArgumentError("pytflite runs no delegates: experimental_delegates must be empty.")
        self._delegates: list[Any] = []
        self._interpreter = InterpreterWrapper(
            _open(model_path, model_content),
            chosen,
            resolver=OpResolver(custom_ops),
            preserve_all=experimental_preserve_all_tensors,
            kernels=kernels,
            engine=engine,
            threads=num_threads or 1,
        )
        self._signature_defs = self.get_signature_list()

    # ------------------------------------------------------------------------------------------------- running

    def allocate_tensors(self) -> None:
        """Prepare the model for the shapes that its inputs have now.

        Raises:
            StateError: (a RuntimeError) a live view is still held.
            PrepareError: (a RuntimeError) the model cannot be prepared; all that is unsupported is listed at once.
        """
        self._interpreter.AllocateTensors()

    def invoke(self) -> None:
        """Run the model.

        Raises:
            StateError: (a RuntimeError) it is not allocated, or a live view is still held.
            InvokeError: (a RuntimeError) an operator cannot compute with the values.
        """
        self._interpreter.Invoke()

    def reset_all_variables(self) -> None:
        """Set all variable tensors to their initial values."""
        self._interpreter.ResetVariableTensors()

    def resize_tensor_input(self, input_index: int, tensor_size: npt.ArrayLike, strict: bool = False) -> None:
        """Ask for another shape of an input; call `allocate_tensors` afterwards.

        Raises:
            ArgumentError: (a ValueError) no such tensor, or a size beyond int32.
            StateError: (a RuntimeError) ``strict`` and a known dimension would change, or a live view is still held.
        """
        try:
            shape = np.array(tensor_size, dtype=np.int32)
        except OverflowError as fault:
            raise ArgumentError(f"Cannot resize tensor {input_index} to {tensor_size!r}: {fault}.") from fault
        self._interpreter.ResizeInputTensor(input_index, shape, strict)

    # ------------------------------------------------------------------------------------------------- values

    def set_tensor(self, tensor_index: int, value: npt.ArrayLike) -> None:
        """Copy a value into a tensor: exactly its dtype and shape, nothing is cast or broadcast.

        Raises:
            ArgumentError: (a ValueError) naming the tensor and what would have been accepted.
        """
        self._interpreter.SetTensor(tensor_index, value)

    def get_tensor(self, tensor_index: int, subgraph_index: int = 0) -> Array:
        """A copy of a tensor's value.

        Raises:
            ArgumentError: (a ValueError) no such tensor, or it holds no value now.
        """
        return self._interpreter.GetTensor(tensor_index, subgraph_index)

    def tensor(self, tensor_index: int) -> Callable[[], Array]:
        """A function that gives a live view of a tensor; drop the view before invoke, allocate or resize."""
        return lambda: self._interpreter.tensor(self._interpreter, tensor_index)

    # ------------------------------------------------------------------------------------------------- details

    def get_input_details(self) -> list[Details]:
        """Details of the inputs, in the model's order; see `get_tensor_details`."""
        return [self._get_tensor_details(i, 0) for i in self._interpreter.InputIndices()]

    def get_output_details(self) -> list[Details]:
        """Details of the outputs, in the model's order; see `get_tensor_details`."""
        return [self._get_tensor_details(i, 0) for i in self._interpreter.OutputIndices()]

    def get_tensor_details(self, subgraph_index: int = 0) -> list[Details]:
        """Details of every tensor of a subgraph.

        Returns:
            Dictionaries with ``name``, ``index``, ``shape``, ``shape_signature`` (int32 arrays), ``dtype`` (the NumPy
            class), ``quantization`` ((0.0, 0) when none or per axis), ``quantization_parameters`` (``scales``,
            ``zero_points``, ``quantized_dimension``, ``block_size``) and ``sparsity_parameters``.

        Raises:
            ArgumentError: (a ValueError) no such subgraph.
        """
        count = self._interpreter.NumSubgraphs()
        if not 0 <= subgraph_index < count:
            raise ArgumentError(
                f"subgraph_index is out of range: {subgraph_index} for the model, which has {count} subgraphs."
            )
        tensors = range(self._interpreter.NumTensors(subgraph_index))
        return [self._get_tensor_details(i, subgraph_index) for i in tensors]

    def num_subgraphs(self) -> int:
        """How many subgraphs the model has."""
        return self._interpreter.NumSubgraphs()

    @property
    def experimental_compress_quantization_zero_points(self) -> bool:
        """What the constructor was given."""
        return self._experimental_compress_quantization_zero_points

    # ------------------------------------------------------------------------------------------------- signatures

    def get_signature_list(self) -> dict[str, dict[str, list[str]]]:
        """Signature key -> ``{"inputs": [names], "outputs": [names]}``."""
        return {
            key: {"inputs": list(signature["inputs"]), "outputs": list(signature["outputs"])}
            for key, signature in self._get_full_signature_list().items()
        }

    def get_signature_runner(self, signature_key: str | None = None) -> SignatureRunner:
        """A callable for a signature, by key; None when the model has just one.

        Raises:
            ArgumentError: (a ValueError) no such signature, or None where there is not exactly one.
        """
        if signature_key is None:
            if len(self._signature_defs) != 1:
                raise ArgumentError(
                    f"SignatureDef signature_key is None and model has {len(self._signature_defs)} Signatures. "
                    "None is only allowed when the model has 1 SignatureDef"
                )
            signature_key = next(iter(self._signature_defs))
        return SignatureRunner(self, signature_key)

    # ------------------------------------------------------------- private in tf.lite, used in the wild all the same

    def _get_full_signature_list(self) -> dict[str, Any]:
        return self._interpreter.GetSignatureDefs()

    def _get_op_details(self, op_index: int) -> Details:
        wrapper = self._interpreter
        inputs, outputs = wrapper.NodeInputs(op_index), wrapper.NodeOutputs(op_index)
        return {
            "index": int(op_index),
            "op_name": wrapper.NodeName(op_index),
            "inputs": inputs,
            "outputs": outputs,
            "operand_types": [wrapper.TensorType(i) for i in inputs if i != -1],
            "result_types": [wrapper.TensorType(i) for i in outputs if i != -1],
        }

    def _get_ops_details(self) -> list[Details]:
        return [self._get_op_details(i) for i in range(self._interpreter.NumNodes())]

    def _get_tensor_details(self, tensor_index: int, subgraph_index: int = 0) -> Details:
        wrapper, at = self._interpreter, (int(tensor_index), int(subgraph_index))
        scales, zero_points, quantized_dimension, block_size = wrapper.TensorQuantizationParameters(*at)
        return {
            "name": wrapper.TensorName(*at),
            "index": at[0],
            "shape": wrapper.TensorSize(*at),
            "shape_signature": wrapper.TensorSizeSignature(*at),
            "dtype": wrapper.TensorType(*at),
            "quantization": wrapper.TensorQuantization(*at),
            "quantization_parameters": {
                "scales": scales,
                "zero_points": zero_points,
                "quantized_dimension": quantized_dimension,
                "block_size": block_size,
            },
            "sparsity_parameters": wrapper.TensorSparsityParameters(*at),
        }

    def _native_handle(self) -> int:
        return self._interpreter.interpreter()

    def _safe_to_run(self) -> bool:
        try:
            self._interpreter.ensure_safe()
        except StateError:
            return False
        return True

    def _ensure_safe(self) -> None:
        self._interpreter.ensure_safe()


class InterpreterWithCustomOps(Interpreter):
    """An `Interpreter` with custom operators.

    Args:
        custom_op_registerers: operators made with `pytflite.custom_op`, or functions that take a dictionary (custom
            code -> `Op`) and add to it. tf.lite also takes names of native symbols here; those are refused.
        **kwargs: passed on to `Interpreter`.

    Raises:
        ArgumentError: (a ValueError) a registerer is neither.
    """

    def __init__(
        self, custom_op_registerers: Sequence[Op | Callable[[dict[str, Op]], None]] | None = None, **kwargs: Any
    ) -> None:
        self._custom_op_registerers = list(custom_op_registerers or [])
        custom_ops = by_name(kwargs.pop("custom_ops", None))
        for register in self._custom_op_registerers:
            if isinstance(register, Op):
                custom_ops[register.name] = register
            elif callable(register):
                register(custom_ops)
            else:
                raise ArgumentError(
                    f"Custom op registerer {register!r} is a native symbol. Accepted: an Op made with "
                    "pytflite.custom_op, or a Python function that adds such to a dictionary by custom code."
                )
        super().__init__(custom_ops=custom_ops, **kwargs)


def _open(path: str | os.PathLike[str] | None, content: bytes | bytearray | memoryview | None) -> Model:
    if path and content is not None and len(content):
        raise ArgumentError("Can't both provide `model_path` and `model_content`")
    if isinstance(content, str):
        raise TypeError("incompatible function arguments: model_content must be bytes, not str")
    source = path or content
    if source is None or not source:
        raise ArgumentError("`model_path` or `model_content` must be specified.")
    try:
        return read(source)
    except FormatError as fault:
        message = f"The model is not a valid Flatbuffer buffer: {fault.message}"
        raise FormatError(message, offset=fault.offset, path=fault.path) from fault
    except OSError as fault:
        raise FormatError(f"Could not open '{path}'. {fault.strerror}") from fault
