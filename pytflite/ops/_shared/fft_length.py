"""The length of the FFT of SignalRfft and SignalIrfft."""

from __future__ import annotations

from pytflite.arithmetic.kiss_fft import factors
from pytflite.ops._api import Node
from pytflite.ops._shared.custom_options import integer


def fft_length(node: Node) -> int:
    """What the options say.

    Raises:
        PrepareError: no FFT of this length can be done.
    """
    length = integer(node, "fft_length", 4, 1 << 20)
    node.require(
        length % 2 == 0 and factors(length // 2),
        f"fft_length is {length}, even numbers are accepted of which half is a product of 2, 3 and 5.",
    )
    return length
