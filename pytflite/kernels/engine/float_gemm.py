"""Tiles of products of float32.

Outside of the image there are zeros: a product with zero changes no sum as long as weights are finite.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from pytflite.kernels.engine._ir import at, constant, f32, i64, load, splat
from pytflite.kernels.engine.convolution import make_strip
from pytflite.kernels.engine.float_vectors import clamp, floats, multiply_add, store_floats
from pytflite.kernels.engine.target import FLOATS

SIZE = 4 * FLOATS
"""Bytes of a vector."""


class Floats(NamedTuple):
    """A tile.

    Attributes:
        rows: how many.
        vectors: of `FLOATS` channels.
        fused: whether sums start at the bias and products are not rounded; otherwise the bias is added last.
        extra_step: 0.
        unit: bytes of a float.
    """

    rows: int
    vectors: int
    fused: int
    extra_step: int = 0
    unit: int = 4

    @property
    def head(self) -> int:
        """The biases."""
        return SIZE * self.vectors

    @property
    def group(self) -> int:
        """One weight of each channel."""
        return SIZE * self.vectors

    def start(self, b: Any, block: Any, numbers: Any) -> list[Any]:
        """Biases, or zeros."""
        return self._biases(b, block) * self.rows if self.fused else [constant(floats, 0.0)] * self.vectors * self.rows

    def _biases(self, b: Any, block: Any) -> list[Any]:
        return [load(b, block, floats, SIZE * v, 4) for v in range(self.vectors)]

    def multiply(self, b: Any, totals: list[Any], pixels: list[Any], weights: Any) -> list[Any]:
        """One product of each accumulator."""
        taps = [load(b, weights, floats, SIZE * v, 4) for v in range(self.vectors)]
        following = []
        for m, pixel in enumerate(pixels):
            spread = splat(b, load(b, pixel, f32, align=4), FLOATS)
            own = totals[m * self.vectors : (m + 1) * self.vectors]
            following += [
                multiply_add(b, total, spread, tap, fused=bool(self.fused))
                for total, tap in zip(own, taps, strict=True)
            ]
        return following

    def finish(
        self, b: Any, totals: list[Any], block: Any, constants: Any, numbers: Any, outputs: list[Any], count: Any
    ) -> None:
        """Clamp."""
        for m, output in enumerate(outputs):
            for v in range(self.vectors):
                total = totals[m * self.vectors + v]
                if not self.fused:
                    total = b.fadd(total, load(b, block, floats, SIZE * v, 4))
                left = b.sub(count, constant(i64, FLOATS * v))
                store_floats(b, clamp(b, total, constants), at(b, output, SIZE * v), left)


def make(rows: int, vectors: int, fused: int) -> Callable[..., None]:
    """A strip of `Floats`."""
    return make_strip(Floats(rows, vectors, fused))
