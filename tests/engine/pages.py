"""Engines over buffers amid pages that nobody may touch: whoever reads or writes outside of them dies.

    python -m tests.engine.pages                            the cases of the test
    python -m tests.engine.pages --count 50 --seed 1 2      others, drawn as the tests of the operators draw them

Says what comes next before it runs it, so the last line is what died.
"""

from __future__ import annotations

import argparse
import ctypes
import functools
import itertools
import math
import mmap
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt

from pytflite.errors import PytfliteError
from pytflite.kernels.engine import SLACK
from pytflite.model.types import Model
from pytflite.plan.node import PreparedNode
from pytflite.plan.prepare import Plan, prepare
from pytflite.profiles import REFERENCE, XNNPACK, Profile
from pytflite.runtime.engine import binding, matrices
from pytflite.runtime.engine import engine as engines
from pytflite.runtime.engine.binding import Call, Operand
from pytflite.runtime.engine.engine import Engine
from pytflite.runtime.engine.pool import Pool
from pytflite.runtime.session import Session
from pytflite.runtime.state import State
from pytflite.tools.oracle import first_difference
from tests.engine.engines import define
from tests.ops.harness import Case
from tests.ops.test_conv_2d import convolution
from tests.ops.test_depthwise_conv_2d import depthwise
from tests.ops.test_svdf import svdf
from tests.ops.test_unidirectional_sequence_lstm import lstm
from tests.profiles.sweep import draw_cases, operators

Array = npt.NDArray[Any]

number, packing_of = binding._number, matrices.packing_of

PAGE = mmap.PAGESIZE
NOTHING, READ = 0, 1  # PROT_NONE, PROT_READ

CONSTANT = {"block", "blocks_of", "finishing", "floats", "numbers", "with_slack", "_program"}
"""Functions that make buffers that no kernel writes; others may."""

protect_pages: Any = ctypes.CDLL(None, use_errno=True).mprotect
protect_pages.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int


def protect(address: int, size: int, access: int) -> None:
    """Change what may be done with whole pages."""
    assert protect_pages(address, size, access) == 0, ctypes.get_errno()


class Buffer:
    """Bytes within pages of their own, of which no others may be written, and no others read but the slack.

    Args:
        rng: fills what lies around.
        size: in bytes.
        slack: how many bytes behind them may be read.
        at_end: whether the slack ends with the last page; otherwise the bytes begin with the first one.
        alignment: of the address, at least.
    """

    def __init__(self, rng: np.random.Generator, size: int, slack: int, *, at_end: bool, alignment: int = 1) -> None:
        self._inner = max(-(-(size + slack + alignment) // PAGE), 1) * PAGE
        pages = mmap.mmap(-1, self._inner + 2 * PAGE)
        whole = np.frombuffer(pages, np.uint8)
        self._first = whole.ctypes.data + PAGE
        start = (self._inner - slack - size) // alignment * alignment if at_end else 0
        self._around = whole[PAGE : PAGE + self._inner]
        self._own = slice(start, start + size)
        self._edges = slice(max(start - SLACK, 0), start), slice(start + size, min(start + size + PAGE, self._inner))
        for edge in self._edges:
            self._around[edge] = rng.integers(0, 256, edge.stop - edge.start)
        self._before = [self._around[edge].copy() for edge in self._edges]
        self.bytes = self._around[self._own]
        protect(self._first - PAGE, PAGE, NOTHING)
        protect(self._first + self._inner, PAGE, NOTHING)

    def holds(self, address: int) -> bool:
        """Whether an address is within."""
        return self._first <= address < self._first + self._inner

    def freeze(self) -> None:
        """From now on nothing may be written."""
        protect(self._first, self._inner, READ)

    def check(self) -> None:
        """Assert that what lies around the bytes is as it was."""
        for edge, before in zip(self._edges, self._before, strict=True):
            changed = self._around[edge] != before
            assert not changed.any(), f"bytes {np.flatnonzero(changed) + edge.start - self._own.start} of {self._own}"


class Pages:
    """Everything that a bound plan reads and writes, each buffer apart."""

    def __init__(self, rng: np.random.Generator, *, at_end: bool) -> None:
        self._rng = rng
        self._at_end = at_end
        self._buffers: list[Buffer] = []
        self._constant: list[Buffer] = []
        self._packed: list[int] = []

    def array(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """A tensor."""
        buffer = self._buffer(math.prod(shape) * dtype.itemsize, SLACK, dtype.itemsize)
        return buffer.bytes.view(dtype).reshape(shape)

    def aligned(self, size: int) -> Array:
        """`pytflite.kernels.engine.buffers.aligned`, but aligned no better than the size is."""
        buffer = self._buffer(size, SLACK, max(math.gcd(size, 64), 8))
        if sys._getframe(1).f_code.co_name in CONSTANT:
            self._constant.append(buffer)
        buffer.bytes[:] = 0
        return buffer.bytes

    def _buffer(self, size: int, slack: int, alignment: int) -> Buffer:
        self._buffers.append(Buffer(self._rng, size, slack, at_end=self._at_end, alignment=alignment))
        return self._buffers[-1]

    def allocate(
        self, plan: Plan, nodes: Sequence[PreparedNode], places: dict[int, Operand], *, shared: bool
    ) -> list[Array]:
        """`engine._allocate`, but every tensor has a buffer of its own."""
        for node in nodes:
            for index, shape, dtype in zip(node.operator.outputs, node.shapes, node.dtypes, strict=True):
                if index not in places:
                    assert shape is not None
                    places[index] = Operand(self.array(shape, dtype), False)
        return []

    def number(self, word: Any) -> int:
        """`binding._number`; arrays that are nowhere yet are copied, and have no slack."""
        if not isinstance(word, np.ndarray) or any(buffer.holds(word.ctypes.data) for buffer in self._buffers):
            return number(word)
        root = word
        while isinstance(root.base, np.ndarray):
            root = root.base
        raw = np.frombuffer(root.tobytes("A"), np.uint8)
        copy = self._buffer(raw.size, 0, root.itemsize)
        copy.bytes[:] = raw
        self._constant.append(copy)
        return copy.bytes.ctypes.data + word.ctypes.data - root.ctypes.data

    def packing_of(self, right: Array, index: int, blocks: Array, tiles: matrices.Tiles) -> Call:
        """`matrices.packing_of`, noting which blocks of weights kernels write after all."""
        self._packed.append(blocks.ctypes.data)
        return packing_of(right, index, blocks, tiles)

    def freeze(self) -> None:
        """From now on nothing is written but what kernels are to write."""
        for buffer in self._constant:
            if not any(map(buffer.holds, self._packed)):
                buffer.freeze()

    def check(self) -> None:
        """Assert that what lies around all buffers is as it was."""
        for buffer in self._buffers:
            buffer.check()


@contextmanager
def replaced(pages: Pages) -> Iterator[None]:
    """The engine gets its memory from pages."""
    modules = [
        module
        for name, module in list(sys.modules.items())
        if name.startswith(("pytflite.runtime.engine", "pytflite.kernels.engine")) and hasattr(module, "aligned")
    ]
    patches = [mock.patch.object(module, "aligned", pages.aligned) for module in modules]
    patches += [mock.patch.object(engines, "_allocate", pages.allocate)]
    patches += [mock.patch.object(engines, "to_be_read", engines.with_slack)]
    patches += [mock.patch.object(binding, "_number", pages.number)]
    patches += [mock.patch.object(matrices, "packing_of", pages.packing_of)]
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()


def run(
    model: Model, inputs: Sequence[Array], profile: Profile, *, at_end: bool, threads: int = 1, invokes: int = 2
) -> tuple[Engine, list[Array]]:
    """The engine of the main subgraph after some invokes, and the outputs and variable tensors."""
    main = model.main
    plan = prepare(
        model, 0, profile, shapes={index: array.shape for index, array in zip(main.inputs, inputs, strict=True)}
    )
    pages = Pages(np.random.default_rng(0), at_end=at_end)
    variables = State(main).variables
    arrays = {
        index: pages.array(plan.first.shapes[index], main.tensors[index].dtype.numpy)
        for index in (*main.inputs, *main.outputs)
        if index not in plan.first.values
    }
    arrays |= {index: pages.array(array.shape, array.dtype) for index, array in variables.items()}
    given: Mapping[int, Array] = {**variables, **dict(zip(main.inputs, inputs, strict=True))}
    for index, value in given.items():
        arrays[index][...] = value
    with replaced(pages):
        engine = Engine(plan, arrays, Pool(threads))
        pages.freeze()
        for _ in range(invokes):
            assert engine.invoke(Session(plan, engine=False))
    pages.check()
    held = {**plan.first.values, **arrays}
    return engine, [held[index].copy() for index in (*main.outputs, *variables)]


def judge(subject: Case, profile: Profile) -> None:
    """Print what is run and assert that it gives the bits of the definitions, wherever buffers begin and end."""
    main, inputs = subject.model.main, subject.inputs[0]
    shapes = {index: array.shape for index, array in zip(main.inputs, inputs, strict=True)}
    try:
        plan = prepare(subject.model, 0, profile, shapes=shapes)
        expected = define(subject.model, inputs, profile=profile)
    except PytfliteError:  # that the engine gives the same error is for other tests
        return
    if not (plan.is_static and Engine.takes(plan)) or len(set(main.inputs)) < len(main.inputs):
        return
    for at_end in (True, False):
        threads = 1 + sum(map(len, shapes.values())) % 4
        print(main.operators[-1], profile.name, list(shapes.values()), f"{threads=} {at_end=}", flush=True)
        _, got = run(subject.model, inputs, profile, at_end=at_end, threads=threads)
        assert not (difference := first_difference(got, expected)), difference


def at_borders() -> Iterator[tuple[Case, Profile]]:
    """Sums of products whose channels and rows end before, at and behind those of vectors and tiles."""
    sizes = [(1, 1, (1, 1)), (7, 16, (1, 1)), (8, 17, (3, 3)), (15, 33, (2, 1)), (16, 8, (1, 4)), (33, 31, (3, 3))]
    for seed, (channels, outputs, filter_size) in enumerate(sizes):
        image = (1 + seed, 7 - seed)
        for kind in ("int8", "uint8", "int16x8", "float32", "hybrid_int8"):
            changes: dict[str, Any] = {"stride": (1, 1 + seed % 2), "dilation": (1 + seed % 2, 1)}
            yield (
                convolution(
                    kind, seed, size=image, channels=channels, outputs=outputs, filter_size=filter_size, **changes
                ),
                REFERENCE,
            )
            if kind != "hybrid_int8":
                multiplier = 1 + seed % 2
                yield depthwise(kind, seed, channels=channels, multiplier=multiplier, size=image), REFERENCE
        for cells in (1, 2, 9, 16):
            yield lstm("int8", seed, inputs=channels, cells=cells, outputs=outputs, projection="weights"), REFERENCE
        yield svdf("int8", seed, inputs=channels, units=outputs, rank=1 + seed % 2, memory=channels), REFERENCE


def main() -> None:
    """Judge cases at borders, and drawn ones of all operators."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ops", nargs="*", help="operators in lower case; default: all that the engine binds")
    parser.add_argument("--count", type=int, default=2, help="cases per operator, profile and seed")
    parser.add_argument("--seed", type=int, nargs="+", default=[0])
    arguments = parser.parse_args()
    bound = {op.lower() for op, _ in binding.BINDERS}
    for subject, profile in at_borders() if not arguments.ops else ():
        judge(subject, profile)
    for op in arguments.ops or [op for op in operators() if op in bound]:
        for seed, profile in itertools.product(arguments.seed, (REFERENCE, XNNPACK)):
            draw_cases(op, arguments.count, seed, functools.partial(judge, profile=profile))


if __name__ == "__main__":
    main()
