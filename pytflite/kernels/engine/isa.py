"""What differs between processors: the few operations that LLVM does not find by itself.

Kernels are written for vectors of as many accumulators as `target.SHAPE` says; LLVM splits them where registers are
narrower. An instruction set that the processor lacks is computed in plain IR, of the same shape and to the same bits.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from pytflite.kernels.engine._ir import at, call, constant, i1, i8, i16, i32, i64, load, shuffle, store, vector
from pytflite.kernels.engine.target import SHAPE, InstructionSet, runs

LANES = SHAPE.lanes
"""Accumulators in a vector."""

codes, shorts = vector(i8, 16), vector(i16, 16)
"""16 codes, as they are read and written, and 16 int16."""

int16s, int32s = vector(i16, 2 * LANES), vector(i32, LANES)
"""Pairs of int16 for all accumulators of a vector, and accumulators."""


class Plain:
    """Plain IR, for any processor.

    Attributes:
        stored: how many codes are written at once, at most.
    """

    stored = 16

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

    def narrow(self, b: Any, parts: list[Any], offset: Any, *, spread: bool) -> Any:
        """Vectors of int32 to at least as many int8: saturated to 16 bits, an offset added, saturated.

        Args:
            b: the builder.
            parts: the vectors, up to 4.
            offset: address of the offset, as int16: one for each lane of two vectors.
            spread: whether they are 4 in the order of `packing.spread`.
        """
        parts = parts + parts[2:] * (len(parts) == 3)
        sums = self.narrow_to_16(b, parts)
        if spread:
            lanes = LANES // 4
            order = [LANES * v + 4 * lane + k for lane in range(lanes) for v in range(4) for k in range(4)]
            sums = shuffle(b, order, sums)
        return self._saturate(b, self.add(b, sums, offset), i8)

    def add(self, b: Any, sums: Any, offset: Any) -> Any:
        """Add the int16 at an address, as many as two vectors have lanes, to all; saturated."""
        count = sums.type.count
        held = load(b, offset, vector(i16, min(count, 2 * LANES)))
        offsets = shuffle(b, [lane % (2 * LANES) for lane in range(count)], held)
        return call(b, f"llvm.sadd.sat.v{count}i16", sums.type, [sums, offsets])

    def store_part(self, b: Any, values: Any, output: Any, count: Any) -> None:
        """Write the first ``count`` of 8 or 16 codes, and no byte behind them."""
        words = b.bitcast(values, vector(i64, values.type.count // 8))
        rest = b.extract_element(words, constant(i32, 0))
        for size, type in ((8, i64), (4, i32), (2, i16), (1, i8)):
            if size == values.type.count:
                continue
            before, write, after = b.block, b.append_basic_block("write"), b.append_basic_block("after")
            b.cbranch(b.icmp_signed("!=", b.and_(count, constant(i64, size)), constant(i64, 0)), write, after)
            b.position_at_end(write)
            store(b, b.trunc(rest, type) if size < 8 else rest, output)
            left = b.extract_element(words, constant(i32, 1)) if size == 8 else b.lshr(rest, constant(i64, 8 * size))
            behind = at(b, output, size)
            b.branch(after)
            b.position_at_end(after)
            merged_rest, merged_output = b.phi(i64), b.phi(i64)
            for value, address, block in ((rest, output, before), (left, behind, write)):
                merged_rest.add_incoming(value, block)
                merged_output.add_incoming(address, block)
            rest, output = merged_rest, merged_output

    def _saturate(self, b: Any, x: Any, to: Any) -> Any:
        top = (1 << (to.width - 1)) - 1
        suffix = f"v{x.type.count}i{x.type.element.width}"
        x = call(b, f"llvm.smax.{suffix}", x.type, [x, constant(x.type, -top - 1)])
        x = call(b, f"llvm.smin.{suffix}", x.type, [x, constant(x.type, top)])
        return b.trunc(x, vector(to, x.type.count))


class Avx2(Plain):
    """x86-64 with AVX2: vectors of 8."""

    packs: tuple[str, str] = "llvm.x86.avx2.packssdw", "llvm.x86.avx2.packsswb"

    def dot(self, b: Any, total: Any, x: Any, y: Any) -> Any:
        """Vpmaddwd."""
        return b.add(total, call(b, "llvm.x86.avx2.pmadd.wd", total.type, [x, y]))

    def narrow_to_16(self, b: Any, parts: list[Any]) -> Any:
        """Vpackssdw works within 128 bits; the quarters are put in order afterwards."""
        packed = call(b, "llvm.x86.avx2.packssdw", shorts, parts)
        return shuffle(b, [*range(0, 4), *range(8, 12), *range(4, 8), *range(12, 16)], packed)

    def narrow(self, b: Any, parts: list[Any], offset: Any, *, spread: bool) -> Any:
        """Vpackssdw and vpacksswb work within 128 bits; words of four codes are put in order afterwards."""
        to_16, to_8 = self.packs
        pairs = [[parts[k], parts[min(k + 1, len(parts) - 1)]] for k in range(0, len(parts), 2)]
        sums = [self.add(b, call(b, to_16, int16s, pair), offset) for pair in pairs]
        packed = call(b, to_8, vector(i8, 4 * LANES), [sums[0], sums[-1]])
        if spread:
            return packed
        vectors = min(len(parts), 2) * len(pairs)
        order = [4 * lane + v for v in range(vectors) for lane in range(LANES // 4)]
        return b.bitcast(shuffle(b, order, b.bitcast(packed, int32s)), vector(i8, LANES * vectors))


class AvxVnni(Avx2):
    """x86-64 with AVX-VNNI: vectors of 8."""

    def dot(self, b: Any, total: Any, x: Any, y: Any) -> Any:
        """Vpdpbusd and vpdpwssd, which wrap."""
        name = "vpdpbusd" if x.type.element == i8 else "vpdpwssd"
        return call(b, f"llvm.x86.avx512.{name}.{32 * LANES}", total.type, [total, x, y])


class Avx512Vnni(AvxVnni):
    """x86-64 with AVX512-VNNI: vectors of 16. LLVM finds the narrowing to int16."""

    stored = 64
    packs = "llvm.x86.avx512.packssdw.512", "llvm.x86.avx512.packsswb.512"
    narrow_to_16 = Plain.narrow_to_16

    def store_part(self, b: Any, values: Any, output: Any, count: Any) -> None:
        """A store with a mask."""
        whole, mask = vector(i8, 64), b.sub(b.shl(constant(i64, 1), count), constant(i64, 1))
        wide = shuffle(b, [min(lane, values.type.count) for lane in range(64)], values)
        target, bits = b.inttoptr(output, whole.as_pointer()), b.bitcast(mask, vector(i1, 64))
        call(b, "llvm.masked.store.v64i8.p0", ir.VoidType(), [wide, target, constant(i32, 1), bits])


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
