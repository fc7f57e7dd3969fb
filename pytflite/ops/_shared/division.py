"""What operators that divide have in common."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from pytflite.errors import InvokeError

Array = npt.NDArray[Any]


def require_divisors(divisors: Array) -> None:
    """Refuse zeros.

    Raises:
        InvokeError: there is one.
    """
    if not divisors.all():
        raise InvokeError("Division by 0.")
