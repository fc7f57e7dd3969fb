"""Damage model files at random: reading them may only yield a model, a `FormatError` or a `ModelError`.

    python golden/fuzz.py --count 100000 --seed 0

Files are those of ``golden/models``, some built here, and the corpus at ``../shared/models`` where it is there. Of
what can still be read, everything that a user may ask for is asked: constants, findings, descriptions, the file again.
Prints how long the longest reading took, how much memory the largest one, and fails on any other exception. Case N of
a seed is always the same: ``--only N`` runs it alone.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from pytflite import flatbuffer  # noqa: E402
from pytflite.build import ModelBuilder  # noqa: E402
from pytflite.errors import FormatError, ModelError  # noqa: E402
from pytflite.model.read import read  # noqa: E402
from pytflite.model.types import Model  # noqa: E402
from pytflite.model.write import write  # noqa: E402
from pytflite.schema import layout, tables  # noqa: E402
from pytflite.schema.enums import BuiltinOperator, DimensionType  # noqa: E402

Random = random.Random

SMALL = 8192
"""Files up to this many bytes get most of the damage: in larger ones nearly all bytes are weights."""

MEMORY_EVERY = 25
"""Memory is measured in one case of so many, because measuring slows reading down."""


def built() -> list[bytes]:
    """Small models with the parts that real files seldom have."""
    builder = ModelBuilder("everything")
    graph = builder.subgraph("main")
    x = graph.input("x", (2, 4), "i8", scale=[0.5, 0.25], zero_point=1, shape_signature=(-1, 4))
    levels = (
        tables.DimensionMetadata(DimensionType.DENSE, 2),
        tables.DimensionMetadata(
            DimensionType.SPARSE_CSR,
            0,
            tables.Int32Vector(np.array([0, 1, 2], np.int32)),
            tables.Uint8Vector(np.array([0, 1], np.uint8)),
        ),
    )
    buffer = builder.buffer(np.array([1, 2], np.uint8))
    sparse = graph.tensor("sparse", (2, 4), "i8", buffer=buffer, sparsity=tables.SparsityParameters((0, 1), (), levels))
    words = graph.constant("words", np.array([b"one", b"", b"three"], object))
    narrow = graph.constant("narrow", np.arange(-8, 7).reshape(3, 5), "i4", scale=0.5)
    state = graph.tensor("state", (1,), "f32", variable=True)
    y = graph.output("y", (2, 4), "i8", scale=0.5)
    graph.operator(BuiltinOperator.ADD, [x, sparse], [y], tables.AddOptions())
    graph.operator("Custom", [words, None, narrow, state], [graph.tensor("t", (1,), "f32")], custom_options=b"options")
    options = tables.StableHLOCompositeOptions("name", 1, b"attributes")
    graph.operator(BuiltinOperator.STABLEHLO_COMPOSITE, [x], [graph.tensor("u", (1,), "f32")], options)
    branch = builder.subgraph("branch")
    branch.operator(BuiltinOperator.RELU, [branch.input("a", (1,), "f32")], [branch.output("b", (1,), "f32")])
    builder.signature("serving_default", graph, {"in": x}, {"out": y})
    builder.metadata("TFLITE_METADATA", bytes(range(64)))
    model = builder.build()
    attached = Model(**{**_fields(model), "associated_files": {"labels.txt": b"cat\ndog\n"}})
    return [write(model), write(attached), write(model, max_inside=0)]


def _fields(model: Model) -> dict[str, object]:
    return {name: getattr(model, name) for name in Model.__dataclass_fields__}


def corpus() -> list[bytes]:
    """Everything to damage."""
    paths = [*ROOT.glob("golden/models/*/*.tflite"), *ROOT.parent.glob("shared/models/**/*")]
    return [path.read_bytes() for path in sorted(paths) if path.suffix in (".tflite", ".bin")] + built()


# ------------------------------------------------------------------------------------------------------------- damage


def flip(chance: Random, data: bytearray, _: bytes) -> None:
    """Flip one bit."""
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def overwrite(chance: Random, data: bytearray, _: bytes) -> None:
    """Put a number that means trouble where an offset, a length or a vtable may be."""
    size = chance.choice((1, 2, 4, 8))
    at = chance.randrange(len(data)) & -min(size, 4)
    value = chance.choice((0, 1, -1, 2, 4, 127, 128, 255, 1 << 15, 1 << 16, 1 << 31, len(data), len(data) - at, -at))
    value += chance.choice((0, 0, -1, 1, -4, 4))
    data[at : at + size] = (value & (1 << 8 * size) - 1).to_bytes(size, "little")


def swap_words(chance: Random, data: bytearray, _: bytes) -> None:
    """Exchange two words: offsets then lead to tables of other kinds."""
    one, two = (4 * chance.randrange(max(len(data) // 4, 1)) for _ in range(2))
    data[one : one + 4], data[two : two + 4] = data[two : two + 4], data[one : one + 4]


def splice(chance: Random, data: bytearray, other: bytes) -> None:
    """Put a piece of another file, or of this one, over or between."""
    source = other if chance.random() < 0.5 else bytes(data)
    start = 4 * chance.randrange(max(len(source) // 4, 1))
    piece = source[start : start + 4 * chance.randrange(1, 64)]
    at = 4 * chance.randrange(max(len(data) // 4, 1))
    data[at : at + (len(piece) if chance.random() < 0.7 else 0)] = piece


def truncate(chance: Random, data: bytearray, _: bytes) -> None:
    """Cut the end off."""
    del data[chance.randrange(len(data)) :]


def remove(chance: Random, data: bytearray, _: bytes) -> None:
    """Take some bytes out."""
    at = chance.randrange(len(data))
    del data[at : at + chance.randrange(1, 17)]


def fill(chance: Random, data: bytearray, _: bytes) -> None:
    """Fill a stretch with one word."""
    at = 4 * chance.randrange(max(len(data) // 4, 1))
    word = chance.choice((0, 4, 0xFFFFFFFF, len(data) // 8, chance.getrandbits(32)))
    count = min(chance.randrange(1, 512), (len(data) - at) // 4)
    data[at : at + 4 * count] = word.to_bytes(4, "little") * count


def reword(chance: Random, data: bytearray, _: bytes) -> None:
    """Change fields of tables, so that the file stays well formed and says something absurd."""
    with contextlib.suppress(FormatError, ModelError):
        root = flatbuffer.read(memoryview(bytes(data)), layout.ROOT, layout.IDENTIFIER).root
        for _round in range(chance.choice((1, 1, 2, 5))):
            root = altered(chance, root)
        data[:] = flatbuffer.build(root, layout.ROOT, layout.IDENTIFIER)


def altered(chance: Random, value: Any) -> Any:
    """The value with one thing changed, at whatever depth."""
    number = chance.choice((0, 1, -1, 2, 3, 7, -128, 1 << 15, 1 << 31, 1 << 62, chance.randrange(1 << 16)))
    match value:
        case flatbuffer.Table() if value.__match_args__:
            name = chance.choice(value.__match_args__)
            return value.replace(**{name: altered(chance, getattr(value, name))})
        case tuple() if value:
            at = chance.randrange(len(value))
            middle = chance.choice(((), (value[at],) * 2, (altered(chance, value[at]),), (altered(chance, value[at]),)))
            return (*value[:at], *middle, *value[at + 1 :])
        case np.ndarray() if value.size:
            return value[: chance.randrange(value.size + 1)]
        case bool():
            return not value
        case int():
            return number & 0x7F if chance.random() < 0.5 else number
        case float():
            return chance.choice((0.0, -1.0, 1e30, float("nan"), float("inf")))
        case str():
            return value[: chance.randrange(len(value) + 1)] + chance.choice(("", "\udcff", "x"))
        case bytes():
            return value[: chance.randrange(len(value) + 1)]
    return value


DAMAGE: tuple[tuple[Callable[[Random, bytearray, bytes], None], int], ...] = (
    (flip, 6),
    (overwrite, 8),
    (swap_words, 3),
    (splice, 4),
    (truncate, 1),
    (remove, 1),
    (fill, 1),
    (reword, 10),
)


def damaged(seed: int, number: int, files: list[bytes]) -> bytes:
    """Case `number` of a seed."""
    chance = Random(f"{seed} {number}")
    small = [data for data in files if len(data) <= SMALL]
    data = bytearray(chance.choice(small if chance.random() < 0.97 else files))
    kinds, weights = zip(*DAMAGE, strict=True)
    for kind in chance.choices(kinds, weights, k=chance.choice((1, 1, 1, 2, 3, 8))):
        if data:
            kind(chance, data, chance.choice(small))
    return bytes(data)


# ---------------------------------------------------------------------------------------------------------- judgement


@dataclass
class Report:
    """What came of a run.

    Attributes:
        outcomes: how many cases ended how.
        seconds: the longest reading and its case.
        memory: the largest peak beyond 256 KiB while reading, as a multiple of the file's size, and its case.
        failures: cases that ended in any other exception.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: tuple[float, int] = (0.0, -1)
    memory: tuple[float, int] = (0.0, -1)
    failures: list[tuple[int, BaseException]] = field(default_factory=list)


def use(model: Model) -> str:
    """Ask a model for all that it has, and say whether it can be written and read back."""
    assert "\n" not in repr(model)
    assert all(str(finding) for finding in model.findings)
    for graph in model.subgraphs:
        repr(graph), [repr(operator) for operator in graph.operators]
        for tensor in graph.tensors:
            repr(tensor)
            with contextlib.suppress(FormatError, ModelError):
                model.constant(tensor)
    with contextlib.suppress(FormatError):
        model.describe()
    try:
        data = write(model)
    except ModelError:
        return "read, cannot be written"
    assert read(data) == model, "what was written is not what was read"
    return "read, written, read"


def judge(data: bytes, number: int, report: Report) -> None:
    """Read one case and add what came of it."""
    model = None
    start = time.process_time()
    try:
        model = read(data)
    except (FormatError, ModelError) as error:
        outcome = type(error).__name__
    except Exception as error:
        report.failures.append((number, error))
        outcome = "failure"
    report.seconds = max(report.seconds, (time.process_time() - start, number))
    if model is not None:
        try:
            outcome = use(model)
        except Exception as error:
            report.failures.append((number, error))
            outcome = "failure"
    report.outcomes[outcome] += 1
    if number % MEMORY_EVERY == 0:
        # Twice, because a table of the interpreter itself may happen to grow meanwhile.
        report.memory = max(report.memory, (min(peak(data), peak(data)) / max(len(data), 1), number))


def peak(data: bytes) -> int:
    """Bytes that reading takes beyond 256 KiB, which any may: a damaged zip archive is opened in about that."""
    tracemalloc.start()
    with contextlib.suppress(ValueError):
        read(data)
    size = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return max(size - (256 << 10), 0)


def run(count: int, seed: int, only: int | None = None) -> Report:
    """Judge cases 0 to `count` of a seed."""
    files = corpus()
    report = Report()
    for number in [only] if only is not None else range(count):
        judge(damaged(seed, number, files), number, report)
    return report


def main() -> None:
    """Run, print, fail on a failure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int)
    arguments = parser.parse_args()
    start = time.perf_counter()
    report = run(arguments.count, arguments.seed, arguments.only)
    for outcome, count in report.outcomes.most_common():
        print(f"{count:8} {outcome}")
    print(f"longest reading {report.seconds[0] * 1e3:.1f} ms (case {report.seconds[1]})")
    print(f"largest reading {report.memory[0]:.1f} times the file + 256 KiB (case {report.memory[1]})")
    print(f"{time.perf_counter() - start:.0f} s in all")
    for number, error in report.failures[:20]:
        print(f"case {number}: {type(error).__name__}: {error}")
    if report.failures:
        raise report.failures[0][1]


if __name__ == "__main__":
    main()
