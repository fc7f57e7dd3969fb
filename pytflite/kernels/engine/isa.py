"""What differs between processors: the few operations that LLVM does not find by itself.

Kernels are written for vectors of as many accumulators as `target.SHAPE` says; LLVM splits them where registers are
narrower. An instruction set that the processor lacks is computed in plain IR, of the same shape and to the same bits.
"""

from __future__ import annotations

from typing import Any

from pytflite.kernels.engine._ir import call, constant, i8, i16, i32, shuffle, vector
from pytflite.kernels.engine.target import SHAPE, InstructionSet, runs

LANES = SHAPE.lanes
"""Accumulators in a vector."""

codes, shorts = vector(i8, 16), vector(i16, 16)
"""16 codes, as they are read and written, and 16 int16."""

int16s, int32s = vector(i16, 2 * LANES), vector(i32, LANES)
"""Pairs of int16 for all accumulators of a vector, and accumulators."""


class Plain:
    """Plain IR, for any processor."""

    def __init__(self, shape: InstructionSet) -> None:
        self.shape = shape

    def dot(self, b: Any, total: Any, x: Any, y: Any) -> Any:
        """Add sums of neighbouring products to int32; what is beyond int32 wraps.

        Args:
            b: the builder.
            total: a vector of int32.
            x: pixels: a few int16 for each of these; or four int8, unsigned where the shape has a base.
            y: weights: as many int16 or int8.
        """
        count = x.type.count
        for k in range(count // LANES):
            taps = [shuffle(b, range(k, count, count // LANES), v) for v in (x, y)]
            unsigned = x.type.element == i8 and self.shape.base
            pixels = (b.zext if unsigned else b.sext)(taps[0], total.type)
            total = b.add(total, b.mul(pixels, b.sext(taps[1], total.type)))
        return total

    def narrow_to_16(self, b: Any, parts: list[Any]) -> Any:
        """Vectors of 16 int32 in all to 16 int16, saturated."""
        while len(parts) > 1:
            parts = [
                shuffle(b, range(2 * one.type.count), one, other)
                for one, other in zip(parts[::2], parts[1::2], strict=True)
            ]
        return self._saturate(b, parts[0], i16)

    def narrow_to_8(self, b: Any, x: Any) -> Any:
        """16 int16 to int8, saturated."""
        return self._saturate(b, x, i8)

    def _saturate(self, b: Any, x: Any, to: Any) -> Any:
        top = (1 << (to.width - 1)) - 1
        suffix = f"v{x.type.count}i{x.type.element.width}"
        x = call(b, f"llvm.smax.{suffix}", x.type, [x, constant(x.type, -top - 1)])
        x = call(b, f"llvm.smin.{suffix}", x.type, [x, constant(x.type, top)])
        return b.trunc(x, vector(to, x.type.count))


class Avx2(Plain):
    """x86-64 with AVX2: vectors of 8."""

    def dot(self, b: Any, total: Any, x: Any, y: Any) -> Any:
        """Vpmaddwd."""
        return b.add(total, call(b, "llvm.x86.avx2.pmadd.wd", total.type, [x, y]))

    def narrow_to_16(self, b: Any, parts: list[Any]) -> Any:
        """Vpackssdw works within 128 bits; the quarters are put in order afterwards."""
        packed = call(b, "llvm.x86.avx2.packssdw", shorts, parts)
        return shuffle(b, [*range(0, 4), *range(8, 12), *range(4, 8), *range(12, 16)], packed)

    def narrow_to_8(self, b: Any, x: Any) -> Any:
        """Vpacksswb of the two halves."""
        halves = [shuffle(b, range(first, first + 8), x) for first in (0, 8)]
        return call(b, "llvm.x86.sse2.packsswb.128", codes, halves)


class AvxVnni(Avx2):
    """x86-64 with AVX-VNNI: vectors of 8."""

    def dot(self, b: Any, total: Any, x: Any, y: Any) -> Any:
        """Vpdpbusd and vpdpwssd, which wrap."""
        name = "vpdpbusd" if x.type.element == i8 else "vpdpwssd"
        return call(b, f"llvm.x86.avx512.{name}.{32 * LANES}", total.type, [total, x, y])


class Avx512Vnni(AvxVnni):
    """x86-64 with AVX512-VNNI: vectors of 16. LLVM finds the narrowing."""

    narrow_to_16, narrow_to_8 = Plain.narrow_to_16, Plain.narrow_to_8


class NeonDot(Plain):
    """64-bit Arm with dot products: vectors of 4. LLVM finds the rest."""

    def dot(self, b: Any, total: Any, x: Any, y: Any) -> Any:
        """Sdot, and smlal."""
        if x.type.element == i16:
            return super().dot(b, total, x, y)
        return call(b, "llvm.aarch64.neon.sdot.v4i32.v16i8", total.type, [total, x, y])


OPERATIONS = {"avx2": Avx2, "avx_vnni": AvxVnni, "avx512_vnni": Avx512Vnni, "neon_dot": NeonDot}
"""Where plain IR does not suffice."""

ISA = (OPERATIONS.get(SHAPE.name, Plain) if runs(SHAPE) else Plain)(SHAPE)
