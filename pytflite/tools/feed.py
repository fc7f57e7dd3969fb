"""From files to input arrays: .npy, .npz, raw bytes, .csv, pictures, sounds."""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import ArgumentError
from pytflite.model.types import Tensor
from pytflite.runtime.scaling import quantize

Array = npt.NDArray[Any]

PICTURES = {".bmp", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"}
ACCEPTED = ".npy, .npz, .raw, .bin, .csv, .txt, .wav, or a picture"


@dataclass(frozen=True, slots=True)
class Feeding:
    """How real-world numbers become a model's input.

    Attributes:
        mean: subtracted from pixels (0..255) or samples first, when ``std`` is given.
        std: divides them then; None spreads the pixels over the codes of an integer input as they are, and over 0..1
            for a float one.
        as_float: numbers from .npy, .npz and .csv files are real ones, to be quantized.
        as_bytes: pixels are not brightnesses, but the bytes of codes (128..255 are the negative ones of int8).
    """

    mean: float = 0.0
    std: float | None = None
    as_float: bool = False
    as_bytes: bool = False


def load_input(path: Path, tensor: Tensor, shape: tuple[int, ...], feeding: Feeding) -> Array:
    """Read a file as the value of an input.

    Args:
        path: the file.
        tensor: the input.
        shape: its shape; a picture is scaled to it, numbers are reshaped to it where they are as many.
        feeding: how to convert.

    Raises:
        ArgumentError: an unknown kind of file, or one whose content does not fit, saying what would.
        OSError: the file cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix in PICTURES:
        return _spread(_picture(path, tensor, shape), tensor, shape, feeding)
    if suffix == ".wav":
        return _spread(_sound(path), tensor, shape, feeding)
    if suffix in (".raw", ".bin"):
        return _fitted(np.frombuffer(path.read_bytes(), tensor.dtype.numpy), tensor, shape, path)
    if suffix == ".npy":
        values = np.load(path)
    elif suffix == ".npz":
        with np.load(path) as stored:
            names = list(stored)
            if tensor.name not in names and len(names) != 1:
                raise ArgumentError(f"{path.name} has no array '{tensor.name}', only {', '.join(names)}.")
            values = stored[tensor.name if tensor.name in names else names[0]]
    elif suffix in (".csv", ".txt"):
        values = np.loadtxt(path, delimiter="," if suffix == ".csv" else None, dtype=np.float64)
        if not feeding.as_float and tensor.dtype.is_integer:
            values = np.round(values).astype(tensor.dtype.numpy)
    else:
        raise ArgumentError(f"{path.name}: files of this kind cannot be read. Accepted: {ACCEPTED}.")
    if feeding.as_float and tensor.quantization is not None and tensor.dtype.is_integer:
        values = quantize(np.asarray(values, np.float32), tensor.quantization, tensor.dtype.letter)
    elif values.dtype.kind == "f" and tensor.dtype.numpy.kind == "f":
        values = values.astype(tensor.dtype.numpy)
    return _fitted(values, tensor, shape, path)


def _fitted(values: Array, tensor: Tensor, shape: tuple[int, ...], path: Path) -> Array:
    wanted = f"{tensor.dtype.numpy.name}{list(shape)}"
    if values.dtype != tensor.dtype.numpy:
        raise ArgumentError(f"{path.name} holds {values.dtype}, input '{tensor.name}' takes {wanted}.")
    if values.shape == shape or values.ndim == len(shape):
        return values
    if values.size != np.prod(shape):
        raise ArgumentError(f"{path.name} holds {values.size} elements, input '{tensor.name}' takes {wanted}.")
    return values.reshape(shape)


def _picture(path: Path, tensor: Tensor, shape: tuple[int, ...]) -> Array:
    try:
        from PIL import Image
    except ModuleNotFoundError:
        raise ArgumentError("Pictures need Pillow: pip install pytflite[media].") from None
    if len(shape) != 4 or shape[3] not in (1, 3):
        raise ArgumentError(f"Input '{tensor.name}' of shape {list(shape)} is no picture (1, height, width, 1 or 3).")
    with Image.open(path) as image:
        scaled = image.convert("L" if shape[3] == 1 else "RGB").resize((shape[2], shape[1]), Image.Resampling.BILINEAR)
    return np.asarray(scaled, np.float32)


def _sound(path: Path) -> Array:
    with wave.open(str(path)) as sound:
        if sound.getsampwidth() != 2:
            raise ArgumentError(f"{path.name} has {8 * sound.getsampwidth()}-bit samples, 16-bit ones are accepted.")
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
        return samples.reshape(-1, sound.getnchannels())[:, 0].astype(np.float32)


def _spread(values: Array, tensor: Tensor, shape: tuple[int, ...], feeding: Feeding) -> Array:
    dtype = tensor.dtype
    if values.size != np.prod(shape):
        raise ArgumentError(f"{values.size} samples do not fit input '{tensor.name}' of shape {list(shape)}.")
    values = values.reshape(shape)
    if feeding.as_bytes:
        return values.astype(np.uint8).view(dtype.numpy)
    if feeding.std is not None:
        real = (values - np.float32(feeding.mean)) / np.float32(feeding.std)
        if dtype.is_integer and tensor.quantization is not None:
            return quantize(real, tensor.quantization, dtype.letter)
        return real.astype(dtype.numpy)
    if dtype.letter in ("i8", "u8"):
        return (values + dtype.qmin).astype(dtype.numpy)
    return (values / 255).astype(dtype.numpy) if dtype.numpy.kind == "f" else values.astype(dtype.numpy)
