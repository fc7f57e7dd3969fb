"""Element types: their letters, how they are stored in a file and what NumPy computes with.

Letters are the ones of operator declarations. Types narrower than a byte are held one element to a byte at run time;
bfloat16 and the 8-bit floats, which NumPy lacks, are held as their bits, uint16 and int8.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.errors import ArgumentError, FormatError, ModelError
from pytflite.model.sparse import densify
from pytflite.schema.enums import TensorType

if TYPE_CHECKING:
    from pytflite.model.types import Tensor

Array = npt.NDArray[Any]


class Dtype(NamedTuple):
    """One element type.

    Attributes:
        type: its number in the schema.
        letter: its short name, such as ``i8``.
        numpy: what elements are held as at run time.
        bits: the size of an element in a file, 0 for those without a fixed size.
    """

    type: TensorType
    letter: str
    numpy: np.dtype[Any]
    bits: int

    @property
    def qmin(self) -> int:
        """Smallest value of an integer type, else 0."""
        return -(1 << self.bits - 1) if self.numpy.kind == "i" else 0

    @property
    def qmax(self) -> int:
        """Largest value of an integer type, else 0."""
        return (1 << self.bits - (self.numpy.kind == "i")) - 1 if self.numpy.kind in "iu" else 0

    @property
    def is_integer(self) -> bool:
        """Whether elements are integers (booleans are not)."""
        return self.letter[0] in "iu"


def _declare(type: TensorType, letter: str, numpy: str, bits: int) -> Dtype:
    return Dtype(type, letter, np.dtype(numpy), bits)


DTYPES = (
    _declare(TensorType.FLOAT32, "f32", "float32", 32),
    _declare(TensorType.FLOAT16, "f16", "float16", 16),
    _declare(TensorType.INT32, "i32", "int32", 32),
    _declare(TensorType.UINT8, "u8", "uint8", 8),
    _declare(TensorType.INT64, "i64", "int64", 64),
    _declare(TensorType.STRING, "str", "object", 0),
    _declare(TensorType.BOOL, "b", "bool", 8),
    _declare(TensorType.INT16, "i16", "int16", 16),
    _declare(TensorType.COMPLEX64, "c64", "complex64", 64),
    _declare(TensorType.INT8, "i8", "int8", 8),
    _declare(TensorType.FLOAT64, "f64", "float64", 64),
    _declare(TensorType.COMPLEX128, "c128", "complex128", 128),
    _declare(TensorType.UINT64, "u64", "uint64", 64),
    _declare(TensorType.RESOURCE, "res", "int32", 0),
    _declare(TensorType.VARIANT, "var", "object", 0),
    _declare(TensorType.UINT32, "u32", "uint32", 32),
    _declare(TensorType.UINT16, "u16", "uint16", 16),
    _declare(TensorType.INT4, "i4", "int8", 4),
    _declare(TensorType.BFLOAT16, "bf16", "uint16", 16),
    _declare(TensorType.INT2, "i2", "int8", 2),
    _declare(TensorType.UINT4, "u4", "uint8", 4),
    _declare(TensorType.FLOAT8_E4M3FN, "f8e4m3fn", "int8", 8),
    _declare(TensorType.FLOAT8_E5M2, "f8e5m2", "int8", 8),
)
_OF_TYPE = {dtype.type: dtype for dtype in DTYPES}
LETTERS = {dtype.letter: dtype for dtype in DTYPES}
_OF_NUMPY = {
    dtype.numpy: dtype
    for dtype in DTYPES
    if dtype.letter == "str"
    or (dtype.bits == 8 * dtype.numpy.itemsize and dtype.letter not in ("bf16", "f8e4m3fn", "f8e5m2"))
}


def dtype_of(type: TensorType) -> Dtype:
    """The element type with a number.

    Raises:
        ModelError: it is newer than this schema.
    """
    if type not in _OF_TYPE:
        raise ModelError(f"tensor type {type} is newer than this schema, which ends at {max(TensorType)}")
    return _OF_TYPE[type]


def dtype_from_letter(letter: str) -> Dtype:
    """The element type with a letter.

    Raises:
        ArgumentError: there is none.
    """
    if letter not in LETTERS:
        raise ArgumentError(f"{letter!r} is no element type: use one of {' '.join(LETTERS)}")
    return LETTERS[letter]


def dtype_from_numpy(dtype: npt.DTypeLike) -> Dtype:
    """The element type that NumPy calls by this name; byte strings and objects are strings.

    Raises:
        ArgumentError: there is none.
    """
    try:
        numpy = np.dtype(dtype)
    except TypeError:
        raise ArgumentError(f"no tensor type holds {dtype!r}: it is no type of NumPy") from None
    if numpy.kind in "SU":
        numpy = np.dtype(object)
    if numpy not in _OF_NUMPY:
        raise ArgumentError(f"no tensor type holds {numpy}: use one of {', '.join(map(str, _OF_NUMPY))}")
    return _OF_NUMPY[numpy]


def unpack(data: Array, tensor: Tensor) -> Array:
    """The value stored in a buffer.

    Args:
        data: uint8, the content of the tensor's buffer; bytes past the end of the value are ignored, as by tf.lite.
        tensor: gives type, shape and sparsity. A sparse value comes out dense.

    Returns:
        A read-only array of the tensor's shape and run-time dtype, a view of `data` where elements are stored as they
        are held. Strings are `bytes` in an object array.

    Raises:
        FormatError: the buffer is too small, or its strings or its sparsity make no sense.
    """
    dtype = tensor.dtype
    if any(size < 0 for size in tensor.shape):
        raise FormatError(f"tensor {tensor.index} '{tensor.name}' has the shape {tensor.shape}")
    count = math.prod(tensor.shape)
    try:
        if dtype.letter == "str":
            value = _unpack_strings(data, count).reshape(tensor.shape)
        elif tensor.sparsity is not None:
            stored = _unpack_numbers(data, dtype, data.size * 8 // max(dtype.bits, 1))
            value = densify(stored, tensor.shape, tensor.sparsity)
        else:
            value = _unpack_numbers(data, dtype, count).reshape(tensor.shape)
    except ValueError as error:
        raise FormatError(
            f"tensor {tensor.index} '{tensor.name}', {dtype.letter} of shape {tensor.shape}: {error}"
        ) from None
    value.flags.writeable = False
    return value


def _unpack_numbers(data: Array, dtype: Dtype, count: int) -> Array:
    if not dtype.bits:
        raise ValueError(f"elements of type {dtype.type.name} cannot be stored")
    size = (count * dtype.bits + 7) // 8
    if data.size < size:
        raise ValueError(f"its buffer holds {data.size} bytes, it needs {size}")
    data = data[:size]
    if dtype.bits < 8:
        return _unpack_narrow(data, dtype)[:count]
    value: Array = data != 0 if dtype.numpy.kind == "b" else data.view(dtype.numpy)
    return value if value.flags.aligned else value.copy()


def _unpack_narrow(data: Array, dtype: Dtype) -> Array:
    """Several elements to a byte, the first in the lowest bits."""
    shifts = np.arange(0, 8, dtype.bits, dtype=np.uint8)
    raised = (data[:, None] >> shifts) << np.uint8(8 - dtype.bits)
    lowered: Array = raised.reshape(-1).view(dtype.numpy) >> (8 - dtype.bits)
    return lowered


def _unpack_strings(data: Array, count: int) -> Array:
    """TFLite's string format: int32 count, count + 1 int32 offsets from the start of the buffer, the characters."""
    raw = data.tobytes()
    if len(raw) < 4 * (count + 2):
        raise ValueError(f"its buffer holds {len(raw)} bytes, too few for {count} strings")
    stored, *offsets = np.frombuffer(raw, "<i4", count + 2).tolist()
    if stored != count:
        raise ValueError(f"its buffer holds {stored} strings, its shape asks for {count}")
    if offsets[0] < 4 * (count + 2) or offsets != sorted(offsets) or offsets[-1] > len(raw):
        raise ValueError("the offsets of its strings do not ascend within its buffer")
    value = np.empty(count, object)
    value[:] = [raw[start:stop] for start, stop in itertools.pairwise(offsets)]
    return value


def pack(array: npt.ArrayLike, type: TensorType) -> Array:
    """The bytes that a file stores for a value: the inverse of `unpack`.

    Args:
        array: of the type's run-time dtype, any shape; strings may be `bytes` or `str`.
        type: the element type in the file.

    Returns:
        A new uint8 array.

    Raises:
        ArgumentError: a value does not fit the type.
    """
    dtype = dtype_of(type)
    if dtype.letter == "str":
        return _pack_strings(np.asarray(array).reshape(-1).tolist())
    if not dtype.bits:
        raise ArgumentError(f"elements of type {type.name} cannot be stored")
    value = np.asarray(array)
    held = value.astype(dtype.numpy).reshape(-1)
    if dtype.is_integer and value.size and (value.min() < dtype.qmin or value.max() > dtype.qmax):
        raise ArgumentError(f"values {value.min()}..{value.max()} do not fit {type.name} ({dtype.qmin}..{dtype.qmax})")
    if dtype.bits < 8:
        return _pack_narrow(held, dtype)
    return np.frombuffer(held.tobytes(), np.uint8)


def _pack_narrow(held: Array, dtype: Dtype) -> Array:
    per_byte = 8 // dtype.bits
    padded = np.zeros(-(-held.size // per_byte) * per_byte, np.uint8)
    padded[: held.size] = held.view(np.uint8) & ((1 << dtype.bits) - 1)
    shifts = np.arange(0, 8, dtype.bits, dtype=np.uint8)
    packed: Array = np.bitwise_or.reduce(padded.reshape(-1, per_byte) << shifts, axis=1)
    return packed


def _pack_strings(values: Sequence[bytes | str]) -> Array:
    strings = [value.encode() if isinstance(value, str) else value for value in values]
    offsets = np.cumsum([4 * (len(strings) + 2), *map(len, strings)])
    header = np.array([len(strings), *offsets], "<i4").tobytes()
    return np.frombuffer(header + b"".join(strings), np.uint8)
