"""What differs between processors: the few operations that LLVM does not find by itself.

Everything is written for vectors of 256 bits (8 accumulators); LLVM splits them where registers are narrower.
"""

from __future__ import annotations

from typing import Any

from pytflite.kernels.engine._ir import call, constant, i8, i16, i32, shuffle, vector
from pytflite.kernels.engine.target import features

LANES = 8
"""Accumulators in a vector."""

int8s, int16s, int32s = vector(i8, 16), vector(i16, 16), vector(i32, LANES)


class Generic:
    """Plain IR, for any processor."""

    name = "generic"

    def multiply_add(self, b: Any, x: Any, y: Any) -> Any:
        """Sums of pairs of products: 16 int16 times 16 int16 to 8 int32."""

        def half(v: Any, first: int) -> Any:
            return b.sext(shuffle(b, range(first, 16, 2), v), int32s)

        return b.add(b.mul(half(x, 0), half(y, 0)), b.mul(half(x, 1), half(y, 1)))

    def narrow_to_16(self, b: Any, x: Any, y: Any) -> Any:
        """Two vectors of 8 int32 to 16 int16, saturated."""
        return shuffle(b, range(16), self._saturate(b, x, i16), self._saturate(b, y, i16))

    def narrow_to_8(self, b: Any, x: Any) -> Any:
        """16 int16 to int8, saturated."""
        return self._saturate(b, x, i8)

    def _saturate(self, b: Any, x: Any, to: Any) -> Any:
        top = (1 << (to.width - 1)) - 1
        suffix = f"v{x.type.count}i{x.type.element.width}"
        x = call(b, f"llvm.smax.{suffix}", x.type, [x, constant(x.type, -top - 1)])
        x = call(b, f"llvm.smin.{suffix}", x.type, [x, constant(x.type, top)])
        return b.trunc(x, vector(to, x.type.count))


class Avx2(Generic):
    """x86-64 with AVX2."""

    name = "avx2"

    def multiply_add(self, b: Any, x: Any, y: Any) -> Any:
        """Vpmaddwd."""
        return call(b, "llvm.x86.avx2.pmadd.wd", int32s, [x, y])

    def narrow_to_16(self, b: Any, x: Any, y: Any) -> Any:
        """Vpackssdw works within 128 bits; the quarters are put in order afterwards."""
        packed = call(b, "llvm.x86.avx2.packssdw", int16s, [x, y])
        return shuffle(b, [*range(0, 4), *range(8, 12), *range(4, 8), *range(12, 16)], packed)

    def narrow_to_8(self, b: Any, x: Any) -> Any:
        """Vpacksswb of the two halves."""
        halves = [shuffle(b, range(first, first + 8), x) for first in (0, 8)]
        return call(b, "llvm.x86.sse2.packsswb.128", int8s, halves)


def choose() -> Generic:
    """The best that this processor runs."""
    return Avx2() if features().get("avx2") else Generic()


ISA = choose()
