"""How long a model takes, operator by operator, and how close each comes to what the processor could do."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.build import ModelBuilder
from pytflite.kernels.engine.buffers import aligned
from pytflite.model.types import Model
from pytflite.plan.prepare import Plan, prepare
from pytflite.profiles import PROFILES, REFERENCE, Profile
from pytflite.runtime.engine import bind
from pytflite.runtime.engine.pool import Pool
from pytflite.runtime.session import Session
from pytflite.schema.enums import BuiltinOperator
from pytflite.schema.tables import Conv2DOptions
from pytflite.tools.describe import describe

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Timing:
    """One operator.

    Attributes:
        index: of the operator.
        name: of the operator.
        output: dtype and shape of the outputs.
        kernel: ``engine``, or else what runs: ``kernel <name>`` or ``definition``.
        microseconds: median.
        macs: multiply-accumulates, 0 where it is none of those that have them.
        bytes: of its inputs and outputs, weights included.
        bound: what holds it back: ``MACs``, ``memory``, or ``cache`` where its bytes cannot all have come from memory.
        share: what it reaches of the most that can be had of that.
    """

    index: int
    name: str
    output: str
    kernel: str
    microseconds: float
    macs: int
    bytes: int
    bound: str
    share: float

    @property
    def gmacs(self) -> float:
        """Thousands of millions of multiply-accumulates a second."""
        return self.macs / self.microseconds / 1e3

    @property
    def gigabytes(self) -> float:
        """Thousands of millions of bytes a second."""
        return self.bytes / self.microseconds / 1e3


@dataclass(frozen=True, slots=True)
class Bench:
    """A model's times.

    Attributes:
        profile: the arithmetic.
        threads: how many at most.
        microseconds: of a whole invoke: median, least.
        prepare_seconds: from the file's content to the first result, compiling included where code was not there yet.
        operators: one by one, in the order of running. Their sum is more than the whole: each is timed by itself.
        gmacs: thousands of millions of int8 multiply-accumulates a second, in a convolution that stays in the cache.
        gigabytes: bytes that can be copied in a second, read and written, in thousands of millions.
        cached_gigabytes: the same within the cache.
    """

    profile: str
    threads: int
    microseconds: tuple[float, float]
    prepare_seconds: float
    operators: list[Timing]
    gmacs: float
    gigabytes: float
    cached_gigabytes: float


def bench(
    model: Model, *, profile: str | Profile = "reference", threads: int = 1, rounds: int = 30, engine: bool = True
) -> Bench:
    """Time the main subgraph of a model on random codes.

    Args:
        model: the model.
        profile: which arithmetic.
        threads: how many the engine may use.
        rounds: how often everything is run.
        engine: whether the engine may be used.

    Raises:
        PrepareError: the model cannot be prepared.
        InvokeError: an operator cannot compute with such values.
    """
    chosen = PROFILES[profile] if isinstance(profile, str) else profile
    started = time.perf_counter()
    plan = prepare(model, 0, chosen)
    session = Session(plan, engine=engine, pool=Pool(threads))
    for index, value in random_inputs(plan).items():
        session.set(index, value)
    session.invoke()
    prepared = time.perf_counter() - started
    whole = [seconds(session.invoke) for _ in range(rounds)]
    nodes = _each(session, rounds) if not engine else _bound(session, threads, rounds) or _each(session, rounds)
    lines = {line.index: line for line in describe(model).subgraphs[0].operators}
    shapes = plan.first.shapes
    most, copied, cached = most_gmacs(threads), copied_gigabytes(1 << 26, 3), copied_gigabytes(1 << 17, 100)
    operators = []
    for node in plan.first.nodes:
        if node.operator.index in nodes:
            kernel, times = nodes[node.operator.index]
            tensors = [i for i in (*node.operator.inputs, *node.operator.outputs) if i >= 0]
            size = sum(int(np.prod(shapes[i])) * plan.subgraph.tensors[i].dtype.bits // 8 for i in tensors)
            line = lines[node.operator.index]
            median = statistics.median(times)
            rates = {"MACs": line.macs / median / 1e9 / most, "memory": size / median / 1e9 / copied}
            if rates["memory"] > 1:
                rates["cache"] = rates.pop("memory") * copied / cached
            bound, share = max(rates.items(), key=lambda rate: rate[1])
            numbers = 1e6 * median, line.macs, size, bound, share
            operators.append(Timing(line.index, line.name, line.output, kernel, *numbers))
    invoke = 1e6 * statistics.median(whole), 1e6 * min(whole)
    return Bench(chosen.name, threads, invoke, prepared, operators, most, copied, cached)


def random_inputs(plan: Plan, seed: int = 0) -> dict[int, Array]:
    """Random values for the inputs of a plan, by tensor index: any code, or floats around 0."""
    rng = np.random.default_rng(seed)
    inputs: dict[int, Array] = {}
    for index in plan.subgraph.inputs:
        dtype, shape = plan.subgraph.tensors[index].dtype.numpy, plan.first.shapes[index]
        if dtype.kind in "iu":
            limits = np.iinfo(dtype)
            codes = dtype.itemsize <= 2
            inputs[index] = rng.integers(limits.min if codes else 0, limits.max + 1 if codes else 2, shape).astype(
                dtype
            )
        elif dtype.kind == "O":
            inputs[index] = np.full(shape, b"", object)
        else:
            inputs[index] = rng.standard_normal(shape).astype(dtype)
    return inputs


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes."""
    before = time.perf_counter()
    call()
    return time.perf_counter() - before


def _each(session: Session, rounds: int) -> Mapping[int, tuple[str, list[float]]]:
    """Times of nodes that run one by one, by operator index."""
    found: dict[int, tuple[str, list[float]]] = {}
    for _ in range(rounds):
        last = time.perf_counter()

        def observe(node: Any, inputs: Any, outputs: Any) -> None:
            nonlocal last
            what = "definition" if node.kernel is None else f"kernel {node.rule.kernel}"
            found.setdefault(node.operator.index, (what, []))[1].append(time.perf_counter() - last)
            last = time.perf_counter()

        session.invoke(observe)
    return found


def _bound(session: Session, threads: int, rounds: int) -> Mapping[int, tuple[str, list[float]]] | None:
    """Times of nodes in the engine, None where that has nothing for the plan."""
    if session.bind() is None:
        return None
    arrays = {**session.inputs, **session.arrays, **session.state.variables}
    engine = bind(session.plan, arrays, Pool(threads), watched=True)
    assert engine is not None
    found: dict[int, tuple[str, list[float]]] = {}
    for _ in range(rounds):
        for node, elapsed in engine.timed(session):
            kernel = "definition" if node.kernel is None else f"kernel {node.rule.kernel}"
            what = "engine" if node.operator.index in engine.bound else kernel
            found.setdefault(node.operator.index, (what, []))[1].append(elapsed)
    return found


def copied_gigabytes(size: int, rounds: int) -> float:
    """Thousands of millions of bytes that are read and written in a second where so many are copied again and again."""
    source, target = aligned(size), aligned(size)
    target[:] = source
    return 2 * size / min(seconds(lambda: np.copyto(target, source)) for _ in range(rounds)) / 1e9


def most_gmacs(threads: int = 1) -> float:
    """How many thousands of millions of int8 multiply-accumulates a second the engine comes to at its best."""
    rng = np.random.default_rng(0)
    rows, depth, channels = 192, 512, 64
    g = (b := ModelBuilder()).subgraph("main")
    ones = np.full(channels, 1e-3, np.float32), np.zeros(channels, np.int64)
    x = g.input("input", (1, rows, 1, depth), "i8", scale=np.float32(0.1), zero_point=0)
    weights = rng.integers(-127, 128, (channels, 1, 1, depth)).astype(np.int8)
    f = g.constant("filter", weights, "i8", scale=ones[0], zero_point=ones[1], quantized_dimension=0)
    c = g.constant("bias", np.zeros(channels, np.int32), "i32")
    y = g.output("output", (0, 0, 0, 0), "i8", scale=np.float32(0.1), zero_point=0)
    g.operator(BuiltinOperator.CONV_2D, [x, f, c], [y], Conv2DOptions(stride_h=1, stride_w=1))
    session = Session(prepare(b.build(), 0, REFERENCE), pool=Pool(threads))
    session.invoke()
    return rows * depth * channels / min(seconds(session.invoke) for _ in range(200)) / 1e9
