"""KISS FFT over real samples, version 130, in 16- and 32-bit fixed point and in float32: every rounding in its place.

Complex numbers are pairs of arrays, integers carried in int64. Before each stage fixed point divides by the number of
its inputs, so that a transform of n samples comes out divided by about n.

Source: ``kiss_fft.c``, ``_kiss_fft_guts.h`` and ``tools/kiss_fftr.c`` of kissfft.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Complex(NamedTuple):
    """Real and imaginary parts."""

    real: Array
    imag: Array


@dataclass(frozen=True)
class Number:
    """How numbers are computed with.

    Attributes:
        dtype: what they are stored as.
        carried: what arrays hold them as.
        store: what is left of a result when it is stored.
        product: a product (or a sum of two), brought back to the scale of its factors.
        fraction: a number from -1 to 1.
        divided: one k-th, where the number system needs that for room.
        half: a half of a sum that is not stored.
    """

    dtype: np.dtype[Any]
    carried: np.dtype[Any]
    store: Callable[[Array], Array]
    product: Callable[[Array], Array]
    fraction: Callable[[float], float]
    divided: Callable[[Array, int], Array]
    half: Callable[[Array], Array]


def _fixed(bits: int) -> Number:
    dtype, fraction_bits, largest = np.dtype(f"int{bits}"), bits - 1, 2 ** (bits - 1) - 1

    def store(x: Array) -> Array:
        return x.astype(dtype).astype(np.int64)

    def product(x: Array) -> Array:
        return store((x + (1 << (fraction_bits - 1))) >> fraction_bits)

    return Number(
        dtype,
        np.dtype(np.int64),
        store,
        product,
        fraction=lambda x: math.floor(0.5 + largest * x),
        divided=lambda x, k: product(x * (largest // k)),
        half=lambda x: x.astype(np.int32).astype(np.int64) >> 1,
    )


FIXED16 = _fixed(16)
FIXED32 = _fixed(32)
FLOAT32 = Number(
    np.dtype(np.float32),
    np.dtype(np.float32),
    store=lambda x: x,
    product=lambda x: x,
    fraction=lambda x: x,
    divided=lambda x, k: x,
    half=lambda x: x * np.float32(0.5),
)
NUMBERS = {number.dtype: number for number in (FIXED16, FIXED32, FLOAT32)}


def factors(length: int) -> list[int]:
    """Radices of the stages of a complex transform, the outermost first; empty where it cannot be done."""
    found: list[int] = []
    for radix in (4, 2, 3, 5):
        while length % radix == 0 and length > 1:
            found.append(radix)
            length //= radix
    return found if length == 1 else []


def rfft(samples: Array, length: int) -> Array:
    """The first half of the spectrum of real samples.

    Args:
        samples: int16, int32 or float32 of shape (..., length).
        length: even; half of it a product of 2, 3 and 5.

    Returns:
        Shape (..., length + 2): real and imaginary parts in turn.
    """
    n, half = NUMBERS[samples.dtype], length // 2
    carried = samples.astype(n.carried)
    t = _transform(n, Complex(carried[..., ::2], carried[..., 1::2]), inverse=False)
    k = np.arange(1, half // 2 + 1)
    a, b = _divided(n, _at(t, (..., k)), 2), _divided(n, _conjugate(n, _at(t, (..., half - k))), 2)
    sum, turned = _add(n, a, b), _multiply(n, _subtract(n, a, b), _twiddles(n, half, False, True))
    first = _divided(n, _at(t, (..., slice(1))), 2)
    zero = np.zeros_like(first.real)
    real, imag = np.empty((*zero.shape[:-1], half + 1), n.carried), np.empty((*zero.shape[:-1], half + 1), n.carried)
    real[..., :1], imag[..., :1] = first.real + first.imag, zero
    real[..., half:], imag[..., half:] = first.real - first.imag, zero
    real[..., k], imag[..., k] = n.half(sum.real + turned.real), n.half(sum.imag + turned.imag)
    real[..., half - k], imag[..., half - k] = n.half(sum.real - turned.real), n.half(turned.imag - sum.imag)
    return _interleaved(n, Complex(real, imag))


def irfft(spectrum: Array, length: int) -> Array:
    """The real samples of a spectrum: the inverse of `rfft`, up to scale.

    Args:
        spectrum: int16, int32 or float32 of shape (..., length + 2): real and imaginary parts in turn.
        length: see `rfft`.

    Returns:
        Shape (..., length).
    """
    n, half = NUMBERS[spectrum.dtype], length // 2
    carried = spectrum.astype(n.carried)
    f = Complex(carried[..., ::2], carried[..., 1::2])
    k = np.arange(1, half // 2 + 1)
    a, b = _divided(n, _at(f, (..., k)), 2), _divided(n, _conjugate(n, _at(f, (..., half - k))), 2)
    sum, turned = _add(n, a, b), _multiply(n, _subtract(n, a, b), _twiddles(n, half, True, True))
    ends = f.real[..., :1], f.real[..., half : half + 1]
    first = _divided(n, Complex(n.store(ends[0] + ends[1]), n.store(ends[0] - ends[1])), 2)
    t = Complex(np.empty_like(carried[..., :half]), np.empty_like(carried[..., :half]))
    for part, low, high, start in zip(
        t, _add(n, sum, turned), _conjugate(n, _subtract(n, sum, turned)), first, strict=True
    ):
        part[..., :1] = start
        part[..., k] = low
        part[..., half - k] = high
    return _interleaved(n, _transform(n, t, inverse=True))


def _transform(n: Number, x: Complex, *, inverse: bool) -> Complex:
    """A complex transform over the last axis."""
    length = x.real.shape[-1]
    radices = factors(length)
    outer = x.real.shape[:-1]
    digits = [*range(len(outer)), *range(len(outer) + len(radices) - 1, len(outer) - 1, -1)]
    x = Complex(*(part.reshape(*outer, *radices[::-1]).transpose(digits) for part in x))
    twiddles = _twiddles(n, length, inverse, False)
    for stage in reversed(range(len(radices))):
        radix, stride = radices[stage], math.prod(radices[:stage])
        size = length // (radix * stride)
        x = Complex(*(part.reshape(*outer, stride, radix, size) for part in x))
        at = np.arange(size) * stride
        turned = [_divided(n, _at(x, (..., q, slice(None))), radix) for q in range(radix)]
        turned[1:] = [_multiply(n, turned[q], _at(twiddles, at * q)) for q in range(1, radix)]
        sides = _at(twiddles, stride * size), _at(twiddles, stride * size * 2 % length)
        parts = _BUTTERFLIES[radix](n, turned, sides, inverse)
        x = Complex(np.stack([y.real for y in parts], -2), np.stack([y.imag for y in parts], -2))
    return Complex(x.real.reshape(*outer, length), x.imag.reshape(*outer, length))


Butterfly = Callable[[Number, list[Complex], tuple[Complex, Complex], bool], list[Complex]]


def _of_two(n: Number, x: list[Complex], sides: tuple[Complex, Complex], inverse: bool) -> list[Complex]:
    return [_add(n, x[0], x[1]), _subtract(n, x[0], x[1])]


def _of_three(n: Number, x: list[Complex], sides: tuple[Complex, Complex], inverse: bool) -> list[Complex]:
    sum, difference = _add(n, x[1], x[2]), _subtract(n, x[1], x[2])
    middle = Complex(n.store(x[0].real - n.half(sum.real)), n.store(x[0].imag - n.half(sum.imag)))
    side = Complex(n.product(difference.real * sides[0].imag), n.product(difference.imag * sides[0].imag))
    turned = Complex(-side.imag, side.real)
    return [_add(n, x[0], sum), _add(n, middle, turned), _subtract(n, middle, turned)]


def _of_four(n: Number, x: list[Complex], sides: tuple[Complex, Complex], inverse: bool) -> list[Complex]:
    low, high = _add(n, x[0], x[2]), _subtract(n, x[0], x[2])
    sum, difference = _add(n, x[1], x[3]), _subtract(n, x[1], x[3])
    turned = Complex(difference.imag, -difference.real)
    one, three = _add(n, high, turned), _subtract(n, high, turned)
    return [_add(n, low, sum), three if inverse else one, _subtract(n, low, sum), one if inverse else three]


def _of_five(n: Number, x: list[Complex], sides: tuple[Complex, Complex], inverse: bool) -> list[Complex]:
    a, b = sides
    outer, inner = _add(n, x[1], x[4]), _add(n, x[2], x[3])
    outer_gap, inner_gap = _subtract(n, x[1], x[4]), _subtract(n, x[2], x[3])

    def mixed(start: Complex, p: Array, q: Array) -> Complex:
        return Complex(
            *(n.store(s + n.product(o * p) + n.product(i * q)) for s, o, i in zip(start, outer, inner, strict=True))
        )

    near, far = mixed(x[0], a.real, b.real), mixed(x[0], b.real, a.real)
    near_turn = Complex(
        n.store(n.product(outer_gap.imag * a.imag) + n.product(inner_gap.imag * b.imag)),
        n.store(-n.product(outer_gap.real * a.imag) - n.product(inner_gap.real * b.imag)),
    )
    far_turn = Complex(
        n.store(-n.product(outer_gap.imag * b.imag) + n.product(inner_gap.imag * a.imag)),
        n.store(n.product(outer_gap.real * b.imag) - n.product(inner_gap.real * a.imag)),
    )
    total = Complex(n.store(x[0].real + (outer.real + inner.real)), n.store(x[0].imag + (outer.imag + inner.imag)))
    return [
        total,
        _subtract(n, near, near_turn),
        _add(n, far, far_turn),
        _subtract(n, far, far_turn),
        _add(n, near, near_turn),
    ]


_BUTTERFLIES: dict[int, Butterfly] = {2: _of_two, 3: _of_three, 4: _of_four, 5: _of_five}


@lru_cache(maxsize=64)
def _twiddles(n: Number, length: int, inverse: bool, real: bool) -> Complex:
    """Roots of unity of the complex transform, or those that part the spectra of even and odd samples."""
    if real:
        phases = [-math.pi * ((i + 1) / length + 0.5) for i in range(length // 2)]
    else:
        phases = [-2 * math.pi * i / length for i in range(length)]
    phases = [-phase if inverse else phase for phase in phases]
    return Complex(
        np.array([n.fraction(math.cos(phase)) for phase in phases], n.carried),
        np.array([n.fraction(math.sin(phase)) for phase in phases], n.carried),
    )


def _interleaved(n: Number, x: Complex) -> Array:
    return np.stack(x, -1).reshape(*x.real.shape[:-1], -1).astype(n.dtype)


def _at(x: Complex, place: Any) -> Complex:
    return Complex(x.real[place], x.imag[place])


def _add(n: Number, a: Complex, b: Complex) -> Complex:
    return Complex(n.store(a.real + b.real), n.store(a.imag + b.imag))


def _subtract(n: Number, a: Complex, b: Complex) -> Complex:
    return Complex(n.store(a.real - b.real), n.store(a.imag - b.imag))


def _conjugate(n: Number, a: Complex) -> Complex:
    return Complex(a.real, n.store(-a.imag))


def _multiply(n: Number, a: Complex, b: Complex) -> Complex:
    real = n.product(a.real * b.real - a.imag * b.imag)
    return Complex(real, n.product(a.real * b.imag + a.imag * b.real))


def _divided(n: Number, a: Complex, k: int) -> Complex:
    return Complex(n.divided(a.real, k), n.divided(a.imag, k))
