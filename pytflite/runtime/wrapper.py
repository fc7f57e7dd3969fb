"""The part of an interpreter below its public face, named as in the C++ wrapper of tf.lite.

Scripts reach for ``interpreter._interpreter.NodeInputs(i)`` and the like, so the names and results are those of
``interpreter_wrapper.cc``; so are the first sentences of its errors.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import ArgumentError, PrepareError, StateError
from pytflite.model.types import Model, Operator, Quantization, Subgraph, Tensor
from pytflite.ops._api import Shape
from pytflite.ops._resolver import OpResolver
from pytflite.plan.prepare import prepare
from pytflite.profiles import Profile
from pytflite.runtime.engine.pool import Pool
from pytflite.runtime.live import LiveViews
from pytflite.runtime.session import Session

Array = npt.NDArray[Any]


class _Subject:
    """One subgraph of an interpreter: wanted shapes, and the session that was allocated last."""

    def __init__(self, graph: Subgraph) -> None:
        self.graph = graph
        self.shapes: dict[int, Shape] = {}
        self.session: Session | None = None


class InterpreterWrapper:
    """Runs the subgraphs of a model.

    Args:
        model: the model.
        profile: the arithmetic.
        resolver: where operators come from.
        preserve_all: keep every intermediate tensor.
        kernels: whether compiled kernels may stand in for definitions.
        engine: whether plans may be bound to the compiled engine.
        threads: how many threads the engine uses at most.

    A pickle holds no values of tensors: allocate them again.
    """

    def __init__(
        self,
        model: Model,
        profile: Profile,
        *,
        resolver: OpResolver | None = None,
        preserve_all: bool = False,
        kernels: bool = True,
        engine: bool = True,
        threads: int = 1,
    ) -> None:
        self.model = model
        self.profile = profile
        self._resolver = resolver
        self._preserve_all = preserve_all
        self._kernels = kernels
        self._engine = engine
        self._pool = Pool(threads)
        self._subjects = [_Subject(graph) for graph in model.subgraphs]
        self._ready: dict[int, Session] = {}
        self._live = LiveViews()
        self._resources: dict[Hashable, Any] = {}

    def __getstate__(self) -> dict[str, Any]:
        shapes = [subject.shapes for subject in self._subjects]
        lost = ("_subjects", "_ready", "_live", "_resources", "_pool")
        kept = {name: value for name, value in vars(self).items() if name not in lost}
        return {**kept, "shapes": shapes, "threads": self._pool.threads}

    def __setstate__(self, state: dict[str, Any]) -> None:
        shapes, threads = state.pop("shapes"), state.pop("threads")
        vars(self).update(state)
        self._subjects = [_Subject(graph) for graph in self.model.subgraphs]
        for subject, wanted in zip(self._subjects, shapes, strict=True):
            subject.shapes = wanted
        self._ready, self._live, self._resources, self._pool = {}, LiveViews(), {}, Pool(threads)

    # ------------------------------------------------------------------------------------------------- running

    def AllocateTensors(self, subgraph_index: int = 0) -> None:
        """Prepare a subgraph for the shapes that its inputs have now.

        Raises:
            StateError: a live view is still held.
            PrepareError: the model cannot be prepared.
        """
        self.ensure_safe()
        subject = self._subject(subgraph_index)
        if subgraph_index in self._ready:
            return
        try:
            plan = prepare(
                self.model,
                subgraph_index,
                self.profile,
                resolver=self._resolver,
                shapes=subject.shapes,
                kernels=self._kernels,
            )
            session = Session(
                plan,
                preserve_all=self._preserve_all,
                resources=self._resources,
                engine=self._engine,
                pool=self._pool,
            )
            session.bind()
        except MemoryError as fault:
            raise PrepareError(f"The model does not fit into memory: {fault}") from fault
        subject.session = self._ready[subgraph_index] = session

    def Invoke(self, subgraph_index: int = 0) -> None:
        """Run a subgraph.

        Raises:
            StateError: it is not allocated, or a live view is still held.
            InvokeError: an operator cannot compute with the values.
        """
        if self._live.alive:
            self.ensure_safe()
        session = self._ready.get(subgraph_index)
        if session is None:
            self._subject(subgraph_index)
            raise StateError("Invoke called on model that is not ready. Run allocate_tensors() first.")
        session.invoke()

    def ResetVariableTensors(self) -> None:
        """Set the variable tensors of every subgraph to their initial values; shipped custom operators begin anew."""
        for subject in self._subjects:
            if subject.session is not None:
                subject.session.reset()

    def ResizeInputTensor(self, i: int, value: Array, strict: bool = False, subgraph_index: int = 0) -> None:
        """Ask for another shape of a tensor, to take effect when tensors are allocated.

        Args:
            i: tensor index.
            value: dimensions.
            strict: allow only dimensions that the model leaves open (-1 in its shape signature) to change.
            subgraph_index: where the tensor is.

        Raises:
            ArgumentError: no such tensor.
            StateError: ``strict`` forbids it, or a live view is still held.
        """
        self.ensure_safe()
        tensor = self._tensor(i, subgraph_index)
        shape = tuple(int(size) for size in np.ravel(value))
        signature = tensor.shape_signature or tensor.shape
        if strict and len(shape) != len(signature):
            raise StateError(
                f"ResizeInputTensorStrict only allows tensor {i} '{tensor.name}' to have {len(signature)} dimensions."
            )
        for dimension, (known, wanted) in enumerate(zip(signature, shape, strict=True) if strict else ()):
            if known not in (-1, wanted):
                raise StateError(
                    f"Attempting to resize dimension {dimension} of tensor {i} with value {known} to {wanted}. "
                    "ResizeInputTensorStrict only allows mutating unknown dimensions identified by -1."
                )
        self.fit(tensor.index, shape, subgraph_index)

    def fit(self, i: int, shape: Shape, subgraph_index: int) -> None:
        """`ResizeInputTensor`, not strict, in fewer words."""
        self.ensure_safe()
        subject = self._subject(subgraph_index)
        if self._shape(subject, self._tensor(i, subgraph_index)) != shape:
            subject.shapes[i] = shape
            self._ready.pop(subgraph_index, None)

    def ensure_safe(self) -> None:
        """Refuse to go on while somebody holds a live view of a tensor (StateError)."""
        if self._live.alive:
            raise StateError(
                "There is at least 1 reference to internal data in the interpreter in the form of a numpy array or "
                "slice. Be sure to only hold the function returned from tensor() if you are using raw data access."
            )

    # ------------------------------------------------------------------------------------------------- values

    def SetTensor(self, i: int, value: npt.ArrayLike, subgraph_index: int = 0) -> None:
        """Copy a value into a tensor.

        Raises:
            ArgumentError: no such tensor, not allocated, wrong dtype, wrong shape, or a constant.
        """
        tensor = self._tensor(i, subgraph_index)
        session = self._session(
            subgraph_index, "Cannot set tensor: Tensor is unallocated. Try calling allocate_tensors() first"
        )
        array = np.asarray(value)
        wanted = tensor.dtype.numpy
        if wanted.kind == "O" and array.dtype.kind in "OSU":
            array = np.vectorize(_as_bytes, otypes=[object])(array) if array.size else array.astype(object)
        if array.dtype != wanted:
            raise ArgumentError(
                f"Cannot set tensor: Got value of type {_type_name(array.dtype)} but expected type "
                f"{tensor.type.name} for input {i}, name: {tensor.name} "
            )
        target = session.get(tensor.index)
        shape = self._shape(self._subject(subgraph_index), tensor) if target is None else target.shape
        if array.ndim != len(shape):
            raise ArgumentError(
                f"Cannot set tensor: Dimension mismatch. Got {array.ndim} but expected {len(shape)} for input {i}. "
                f"Tensor '{tensor.name}' has shape {list(shape)}."
            )
        if array.shape != shape:
            sizes = enumerate(zip(array.shape, shape, strict=True))
            dimension, (got, expected) = next((d, pair) for d, pair in sizes if pair[0] != pair[1])
            raise ArgumentError(
                f"Cannot set tensor: Dimension mismatch. Got {got} but expected {expected} for dimension "
                f"{dimension} of input {i}. Tensor '{tensor.name}' has shape {list(shape)}."
            )
        session.set(tensor.index, array)

    def GetTensor(self, i: int, subgraph_index: int = 0) -> Array:
        """A copy of a tensor's value.

        Raises:
            ArgumentError: no such tensor, or it holds no value now.
        """
        return self._held(i, subgraph_index).copy()

    def tensor(self, base: object, i: int) -> Array:
        """A live view of a tensor of the main subgraph; ``base`` is accepted for compatibility."""
        return self._live.view(self._held(i, 0))

    def _held(self, i: int, subgraph_index: int) -> Array:
        tensor = self._tensor(i, subgraph_index)
        session = self._session(subgraph_index, "Tensor data is null. Run allocate_tensors() first")
        array = session.get(tensor.index)
        if array is None:
            raise ArgumentError(
                f"Tensor data is null. Tensor {i} '{tensor.name}' is an intermediate whose memory is given back after "
                "its last use, or it was not computed yet: construct the interpreter with "
                "experimental_preserve_all_tensors=True and invoke it."
            )
        return array

    # ------------------------------------------------------------------------------------------------- structure

    def InputIndices(self) -> Array:
        """Tensor indices of the main subgraph's inputs, int32."""
        return np.array(self.model.main.inputs, np.int32)

    def OutputIndices(self) -> Array:
        """Tensor indices of the main subgraph's outputs, int32."""
        return np.array(self.model.main.outputs, np.int32)

    def NumSubgraphs(self) -> int:
        """How many subgraphs there are."""
        return len(self._subjects)

    def NumTensors(self, subgraph_index: int = 0) -> int:
        """How many tensors a subgraph has."""
        return len(self._subject(subgraph_index).graph.tensors)

    def NumNodes(self) -> int:
        """How many operators the main subgraph has."""
        return len(self.model.main.operators)

    def NodeName(self, i: int) -> str:
        """Name of an operator of the main subgraph."""
        return self._operator(i).name

    def NodeInputs(self, i: int) -> Array:
        """Tensor indices, int32; -1 where an optional input is absent."""
        return np.array(self._operator(i).inputs, np.int32)

    def NodeOutputs(self, i: int) -> Array:
        """Tensor indices, int32."""
        return np.array(self._operator(i).outputs, np.int32)

    def TensorName(self, i: int, subgraph_index: int = 0) -> str:
        """Name of a tensor."""
        return self._tensor(i, subgraph_index).name

    def TensorType(self, i: int, subgraph_index: int = 0) -> type[Any]:
        """NumPy scalar class of a tensor's elements."""
        scalar: type[Any] = self._tensor(i, subgraph_index).dtype.numpy.type
        return np.bytes_ if scalar is np.object_ else scalar

    def TensorSize(self, i: int, subgraph_index: int = 0) -> Array:
        """Dimensions of a tensor now, int32."""
        return np.array(self._shape(self._subject(subgraph_index), self._tensor(i, subgraph_index)), np.int32)

    def TensorSizeSignature(self, i: int, subgraph_index: int = 0) -> Array:
        """Dimensions in the file, -1 where unknown, int32."""
        tensor = self._tensor(i, subgraph_index)
        signature = tensor.shape_signature
        return np.array(signature, np.int32) if signature else self.TensorSize(i, subgraph_index)

    def TensorQuantization(self, i: int, subgraph_index: int = 0) -> tuple[float, int]:
        """Scale and zero point; (0.0, 0) when there is none, or more than one."""
        quantization = self._tensor(i, subgraph_index).quantization
        if quantization is None or quantization.scale.size != 1:
            return 0.0, 0
        return float(quantization.scale[0]), int(quantization.zero_point[0]) if quantization.zero_point.size else 0

    def TensorQuantizationParameters(self, i: int, subgraph_index: int = 0) -> tuple[Array, Array, int, int]:
        """Scales (float32), zero_points (int32), quantized_dimension, block_size."""
        quantization = self._tensor(i, subgraph_index).quantization
        if quantization is None:
            return np.empty(0, np.float32), np.empty(0, np.int32), 0, 0
        return (
            quantization.scale.astype(np.float32),
            quantization.zero_point.astype(np.int32),
            quantization.quantized_dimension,
            _block_size(quantization),
        )

    def TensorSparsityParameters(self, i: int, subgraph_index: int = 0) -> dict[str, Any]:
        """How a sparse tensor is encoded; empty for a dense one."""
        sparsity = self._tensor(i, subgraph_index).sparsity
        return {} if sparsity is None else {"traversal_order": np.array(sparsity.traversal_order, np.int32)}

    def GetSignatureDefs(self) -> dict[str, Any]:
        """Signature key -> {"inputs": {name: tensor index}, "outputs": {name: tensor index}}."""
        return {s.key: {"inputs": dict(s.inputs), "outputs": dict(s.outputs)} for s in self.model.signatures}

    def GetSubgraphIndexFromSignature(self, signature_key: str) -> int:
        """The subgraph that a signature calls, -1 when there is no such signature."""
        return next((s.subgraph for s in self.model.signatures if s.key == signature_key), -1)

    def SetNumThreads(self, num_threads: int) -> None:
        """How many threads to use at most, from the next time that tensors are allocated; -1 leaves it to us."""
        self._pool = Pool(max(num_threads, 1))
        self._ready.clear()

    def ModifyGraphWithDelegate(self, delegate: object) -> None:
        """Refused: delegates are native code (StateError)."""
        raise StateError("pytflite runs no delegates: it computes every operator itself, in Python.")

    def interpreter(self) -> int:
        """Refused: there is no C++ interpreter behind this one (StateError)."""
        raise StateError("There is no native interpreter handle: pytflite is not a binding of the C++ runtime.")

    # ------------------------------------------------------------------------------------------------- lookups

    def _subject(self, index: int) -> _Subject:
        if not 0 <= index < len(self._subjects):
            raise ArgumentError(f"Invalid subgraph index {index} exceeds max subgraph index {len(self._subjects)}")
        return self._subjects[index]

    def _session(self, subgraph_index: int, message: str) -> Session:
        session = self._ready.get(subgraph_index)
        if session is None:
            self._subject(subgraph_index)
            raise ArgumentError(message)
        return session

    def _tensor(self, i: int, subgraph_index: int) -> Tensor:
        tensors = self._subject(subgraph_index).graph.tensors
        if not isinstance(i, (int, np.integer)):
            raise TypeError(f"incompatible function arguments: a tensor index must be an int, got {type(i).__name__}")
        if not 0 <= i < len(tensors):
            raise ArgumentError(f"Invalid tensor index {i} exceeds max tensor index {len(tensors)}")
        return tensors[i]

    def _operator(self, i: int) -> Operator:
        operators = self.model.main.operators
        if not 0 <= i < len(operators):
            raise ArgumentError(f"Invalid node index {i}: the model has {len(operators)} operators")
        return operators[i]

    def _shape(self, subject: _Subject, tensor: Tensor) -> Shape:
        if tensor.index in subject.shapes:
            return subject.shapes[tensor.index]
        session = self._ready.get(subject.graph.index)
        if session is not None:
            held = session.get(tensor.index)
            return held.shape if held is not None else session.plan.first.shapes.get(tensor.index, tensor.shape)
        return tensor.shape


def _block_size(quantization: Quantization) -> int:
    return int(getattr(quantization.details, "block_size", 0))


def _as_bytes(value: Any) -> bytes:
    if not isinstance(value, (bytes, str)):
        raise ArgumentError(f"Cannot set tensor: strings are given as bytes or str, got {type(value).__name__}.")
    return value if isinstance(value, bytes) else value.encode()


def _type_name(dtype: np.dtype[Any]) -> str:
    names: Mapping[str, str] = {"bool": "BOOL", "object": "STRING", "str": "STRING", "bytes": "STRING"}
    return names.get(dtype.name, dtype.name.upper())
