"""Functions of 8-bit codes, compiled: one load per element."""

from __future__ import annotations

from typing import Any

import numpy as np

from pytflite.kernels._compile import kernel


@kernel
def lookup(input: Any, p: Any, output: Any) -> None:
    """Any shape; ``p.table`` holds what each of the 256 codes becomes, in the order of their bytes without a sign."""
    codes, results, table = np.ascontiguousarray(input).reshape(input.size), output.reshape(output.size), p.table
    for i in range(codes.size):
        results[i] = table[np.uint8(codes[i])]
