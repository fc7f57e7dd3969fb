"""Multiplication of complex numbers as C99 (annex G) and so C++ have it; NumPy's knows nothing of infinity."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def complex_product(left: Array, right: Array) -> Array:
    """The product of complex64 arrays that broadcast.

    By definition, in float32. Where both parts come out as NaN although a factor or a partial product is infinite, it
    is infinity times the product of the factors with 1 in place of infinity.

    Source: ``__mulsc3`` of compiler-rt and libgcc.
    """
    product = _by_definition(left, right)
    infinite_left, infinite_right = np.isinf(left), np.isinf(right)
    infinite = infinite_left | infinite_right
    for part in _parts(left):
        for other in _parts(right):
            infinite = infinite | np.isinf(part * other)
    direction = _by_definition(_boxed(left, infinite_left), _boxed(right, infinite_right))
    recovered = _complex(np.inf * direction.real, np.inf * direction.imag)
    return np.where(np.isnan(product.real) & np.isnan(product.imag) & infinite, recovered, product)


def _by_definition(left: Array, right: Array) -> Array:
    (a, b), (c, d) = _parts(left), _parts(right)
    return _complex(a * c - b * d, a * d + b * c)


def _boxed(numbers: Array, infinite: Array) -> Array:
    """Infinite numbers with 1 for infinite parts and 0 for others; finite ones with 0 for NaN. All signs are kept."""
    return _complex(
        *(
            np.copysign(np.where(infinite, np.isinf(part), np.nan_to_num(np.abs(part))), part)
            for part in _parts(numbers)
        )
    )


def _parts(numbers: Array) -> tuple[Array, Array]:
    return numbers.real, numbers.imag


def _complex(real: Array, imag: Array) -> Array:
    return np.stack([real, imag], axis=-1).astype(np.float32).view(np.complex64)[..., 0]
