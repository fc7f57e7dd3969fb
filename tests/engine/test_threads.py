"""Threads: the same bits for any number of them, alone and together, in forks, and none that is busy in vain."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba", reason="numba is not installed: the definitions run alone")

from pytflite.build import ModelBuilder
from pytflite.errors import ArgumentError
from pytflite.kernels.engine.buffers import aligned
from pytflite.kernels.engine.program import with_arguments
from pytflite.model.types import Model
from pytflite.runtime.engine.engine import Fallback
from pytflite.runtime.interpreter import Interpreter
from pytflite.runtime.native import LoadedModel, load
from pytflite.schema.enums import BuiltinOperator, Padding
from pytflite.schema.tables import AddOptions, Conv2DOptions, DepthwiseConv2DOptions, FullyConnectedOptions
from tests import golden

SHAPE = (2, 37, 29, 8)


@pytest.fixture(scope="module")
def model() -> Model:
    """Convolutions, an addition and a fully connected layer, all large enough to be split."""
    rng = np.random.default_rng(0)
    g = (b := ModelBuilder()).subgraph("main")

    def codes(*shape: int) -> Any:
        return rng.integers(-127, 128, shape).astype(np.int8)

    def weights(name: str, value: Any, axis: int) -> Any:
        scales = rng.uniform(0.001, 0.002, value.shape[axis]).astype(np.float32)
        zeros = np.zeros(len(scales), np.int64)
        return g.constant(name, value, "i8", scale=scales, zero_point=zeros, quantized_dimension=axis)

    def tensor(name: str, rank: int) -> Any:
        return g.tensor(name, (0,) * rank, "i8", scale=np.float32(0.1), zero_point=3)

    x = g.input("input", SHAPE, "i8", scale=np.float32(0.05), zero_point=-7)
    wide, deep, sum = tensor("wide", 4), tensor("deep", 4), tensor("sum", 4)
    y = g.output("output", (0, 0), "i8", scale=np.float32(0.1), zero_point=3)
    bias = g.constant("bias", rng.integers(-5000, 5000, 48).astype(np.int32), "i32")
    same = {"padding": Padding.SAME, "stride_h": 1, "stride_w": 1}
    filter = weights("filter", codes(48, 3, 3, 8), 0)
    g.operator(BuiltinOperator.CONV_2D, [x, filter, bias], [wide], Conv2DOptions(**same))
    depthwise = DepthwiseConv2DOptions(depth_multiplier=1, **same)
    g.operator(
        BuiltinOperator.DEPTHWISE_CONV_2D, [wide, weights("taps", codes(1, 3, 3, 48), 3), bias], [deep], depthwise
    )
    g.operator(BuiltinOperator.ADD, [wide, deep], [sum], AddOptions())
    matrix = g.constant("matrix", codes(40, 37 * 29 * 48), "i8", scale=np.float32(0.0001), zero_point=0)
    g.operator(BuiltinOperator.FULLY_CONNECTED, [sum, matrix, None], [y], FullyConnectedOptions())
    return b.build()


def given(seed: int) -> Any:
    return np.random.default_rng(seed).integers(-128, 128, SHAPE).astype(np.int8)


def outputs(loaded: LoadedModel, seed: int) -> bytes:
    (output,) = loaded.run(given(seed)).values()
    return output.tobytes()


@pytest.fixture(scope="module")
def expected(model: Model) -> list[bytes]:
    plain = load(model, engine=False)
    results = [outputs(plain, seed) for seed in range(4)]
    assert plain._wrapper._session(0, "").bind() is None
    return results


@pytest.mark.parametrize("threads", [1, 2, 3, 8, 40])
def test_results_do_not_depend_on_the_number_of_threads(model: Model, expected: list[bytes], threads: int) -> None:
    loaded = load(model, threads=threads)
    for _ in range(15):
        assert [outputs(loaded, seed) for seed in range(4)] == expected


def test_interpreters_run_side_by_side(model: Model, expected: list[bytes]) -> None:
    wrong: list[int] = []

    def use(number: int) -> None:
        loaded = load(model, threads=1 + number % 3)
        for i in range(30):
            seed = (number + i) % 4
            if outputs(loaded, seed) != expected[seed]:
                wrong.append(seed)

    users = [threading.Thread(target=use, args=(number,)) for number in range(5)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    assert not wrong


def test_one_interpreter_may_be_invoked_by_several_threads(model: Model, expected: list[bytes]) -> None:
    loaded = load(model, threads=2)
    outputs(loaded, 1)
    users = [threading.Thread(target=loaded._wrapper.Invoke) for _ in range(4)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    (output,) = loaded._wrapper.OutputIndices()
    assert loaded._wrapper.GetTensor(output).tobytes() == expected[1]


def test_compiled_code_lets_other_python_threads_run() -> None:
    about, finished, interval = threading.Event(), [False], sys.getswitchinterval()
    shared = aligned(512).view(np.int64)

    def wait_for_work() -> None:
        join = with_arguments(("join",), shared.ctypes.data, 1, 10**9, 0)
        about.set()
        join(None)
        finished[0] = True

    thread = threading.Thread(target=wait_for_work)
    sys.setswitchinterval(1000)  # only who gives the interpreter lock away lets others run
    try:
        thread.start()
        about.wait()
        assert not finished[0]
        thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert finished[0]


def test_threads_sleep_when_there_is_nothing_to_do(model: Model) -> None:
    several = [load(model, threads=4) for _ in range(3)]
    for loaded in several:
        outputs(loaded, 0)
    time.sleep(0.3)
    before = time.process_time()
    time.sleep(0.5)
    assert time.process_time() - before < 0.05


def helpers() -> set[threading.Thread]:
    """Threads of ours."""
    return {thread for thread in threading.enumerate() if thread.name.startswith("pytflite-")}


def wait_for_the_end_of_all_but(before: set[threading.Thread]) -> None:
    """All other threads of ours."""
    end = time.monotonic() + 10
    while helpers() - before and time.monotonic() < end:
        time.sleep(0.01)
    assert not helpers() - before


@pytest.mark.parametrize("idle", [0, 0.1])
def test_threads_end_with_their_interpreter(model: Model, idle: float) -> None:
    before = helpers()
    loaded = load(model, threads=3)
    outputs(loaded, 0)
    assert len(helpers() - before) == 2
    time.sleep(idle)
    del loaded
    wait_for_the_end_of_all_but(before)


def test_interpreters_leave_neither_threads_nor_memory_behind(model: Model, expected: list[bytes]) -> None:
    resource = pytest.importorskip("resource", reason="memory is measured as POSIX has it")
    before, peaks = helpers(), []
    for number in range(30):
        assert outputs(load(model, threads=2), number % 4) == expected[number % 4]
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    wait_for_the_end_of_all_but(before)
    assert peaks[-1] < 1.2 * peaks[10]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no timer that interrupts here")
@pytest.mark.parametrize("threads", [1, 3])
def test_an_interrupt_leaves_an_interpreter_usable(model: Model, expected: list[bytes], threads: int) -> None:
    invoking: list[bool] = []

    def interrupt(number: int, frame: object) -> None:
        if invoking:
            invoking.clear()
            raise KeyboardInterrupt

    before, loaded, interrupted = helpers(), load(model, threads=threads), 0
    outputs(loaded, 0)
    handler = signal.signal(signal.SIGALRM, interrupt)
    try:
        for delay in np.linspace(1e-5, 3e-3, 100):
            try:
                invoking.append(True)
                signal.setitimer(signal.ITIMER_REAL, delay)
                loaded._wrapper.Invoke()
                invoking.clear()
            except KeyboardInterrupt:
                interrupted += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
    assert interrupted > 10
    assert [outputs(loaded, seed) for seed in range(4)] == expected
    del loaded
    wait_for_the_end_of_all_but(before)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes do not fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_has_threads_of_its_own(model: Model, expected: list[bytes]) -> None:
    loaded = load(model, threads=3)
    assert outputs(loaded, 0) == expected[0]
    child = os.fork()
    if child == 0:
        os._exit(0 if [outputs(loaded, seed) for seed in range(4)] == expected else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert outputs(loaded, 1) == expected[1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes do not fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_fork_while_another_thread_invokes(model: Model, expected: list[bytes]) -> None:
    loaded, stop = load(model, threads=3), threading.Event()

    def use() -> None:
        while not stop.is_set():
            loaded._wrapper.Invoke()

    outputs(loaded, 0)
    user = threading.Thread(target=use)
    user.start()
    try:
        for _ in range(10):
            child = os.fork()
            if child == 0:
                signal.alarm(60)
                os._exit(0 if [outputs(loaded, seed) for seed in range(4)] == expected else 1)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        stop.set()
        user.join()
    assert outputs(loaded, 1) == expected[1]


def test_pickles_hold_the_model_and_the_options(model: Model, expected: list[bytes]) -> None:
    loaded = load(model, threads=2)
    outputs(loaded, 0)
    again = pickle.loads(pickle.dumps(loaded))
    assert again._wrapper._pool.threads == 2
    assert outputs(again, 2) == expected[2]


def test_numbers_of_threads(model: Model) -> None:
    with pytest.raises(ArgumentError, match="Accepted: 1 or more"):
        load(model, threads=0)
    interpreter = Interpreter(model_content=golden.load("digits/int8").model, num_threads=3)
    assert interpreter._interpreter._pool.threads == 3


def test_nodes_with_constant_inputs_alone_are_computed_once() -> None:
    interpreter = Interpreter(model_content=golden.load("digits/float16").model, profile="reference")
    interpreter.allocate_tensors()
    session = interpreter._interpreter._session(0, "")
    assert any(node.op.name == "DEQUANTIZE" for node in session.plan.first.nodes)
    engine = session.bind()
    assert engine is not None
    assert not [step for step in engine._steps if isinstance(step, Fallback)]
    interpreter.invoke()
