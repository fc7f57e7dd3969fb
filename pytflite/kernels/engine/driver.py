"""The loops that run a program: alone, or together with threads that may come late or not at all.

A program is a table of calls, four words each: address of the kernel, address of its block, the parts as a mask of
bits, and how many they are. Whoever is there takes parts of the current call; who completes the last part moves all on
to the next call. So nobody waits for a thread that has taken nothing: results come at the latest when the caller has
done everything itself.

All that threads share is a few words. The *ticket* is the index of the current call, and below it the bits of its parts
that nobody took yet: as both are in one word, whatever bit was taken out of it is a part that was to be done. At the
end the ticket is the number of calls, without any bit.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.cgutils import alloca_once

from pytflite.kernels._front import helper
from pytflite.kernels.engine._ir import call, constant, i32, i64, load
from pytflite.kernels.engine.memory import emitted, put_word, word
from pytflite.kernels.engine.words import COUNT, DONE, ENTRY, PROGRAM, SCRATCH, TICKET

PARTS = 0xFFFFFFFF
"""The bits of a ticket that stand for parts."""

KERNEL = ir.FunctionType(ir.VoidType(), [i64] * 4)

PAUSES = 200
"""How often to look again before another thread is let onto the processor: some microseconds."""

YIELD = "SwitchToThread" if sys.platform == "win32" else "sched_yield"

MONOTONIC = 6 if sys.platform == "darwin" else 1
"""CLOCK_MONOTONIC."""


def _pointer(b: Any, address: Any) -> Any:
    return b.inttoptr(address, i64.as_pointer())


@emitted
def load_shared(typing: Any, address: Any) -> Any:
    """The int64 at an address, with all that was written before it was."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        return b.load_atomic(_pointer(b, arguments[0]), "acquire", 8)

    return types.int64(types.int64), emit


@emitted
def store_shared(typing: Any, address: Any, value: Any) -> Any:
    """Write the int64 at an address, after all that was written before."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        b.store_atomic(arguments[1], _pointer(b, arguments[0]), "release", 8)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), emit


@emitted
def swap_shared(typing: Any, address: Any, old: Any, new: Any) -> Any:
    """Write the int64 at an address if it is the old one; whether it was."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        address, old, new = arguments
        return b.extract_value(b.cmpxchg(_pointer(b, address), old, new, "acq_rel", "acquire"), 1)

    return types.boolean(types.int64, types.int64, types.int64), emit


@emitted
def add_shared(typing: Any, address: Any, value: Any) -> Any:
    """Add to the int64 at an address; what it was before."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        return b.atomic_rmw("add", _pointer(b, arguments[0]), arguments[1], "acq_rel")

    return types.int64(types.int64, types.int64), emit


@emitted
def pause(typing: Any) -> Any:
    """Tell the processor that this is a loop that waits."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        machine = b.module.triple.split("-")[0]
        if machine == "x86_64":
            call(b, "llvm.x86.sse2.pause", ir.VoidType(), [])
        elif machine in ("aarch64", "arm64"):
            call(b, "llvm.aarch64.hint", ir.VoidType(), [constant(i32, 1)])
        return context.get_dummy_value()

    return types.void(), emit


@emitted
def let_others(typing: Any) -> Any:
    """Let another thread onto this processor."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        call(b, YIELD, i32, [])
        return context.get_dummy_value()

    return types.void(), emit


@emitted
def now(typing: Any) -> Any:
    """Nanoseconds of a clock that only goes forward."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        words = alloca_once(b, i64, 2)  # type: ignore[no-untyped-call]
        if sys.platform == "win32":
            call(b, "QueryPerformanceCounter", i32, [words])  # counts tenths of microseconds
            return b.mul(b.load(words), constant(i64, 100))
        call(b, "clock_gettime", i32, [constant(i32, MONOTONIC), words])
        seconds, rest = (b.load(b.gep(words, [constant(i64, k)])) for k in range(2))
        return b.add(b.mul(seconds, constant(i64, 10**9)), rest)

    return types.int64(), emit


@emitted
def call_kernel(typing: Any, kernel: Any, block: Any, scratch: Any, part: Any, parts: Any) -> Any:
    """Call the kernel at an address."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        b.call(b.inttoptr(arguments[0], KERNEL.as_pointer()), arguments[1:])
        return context.get_dummy_value()

    return types.void(*[types.int64] * 5), emit


@emitted
def call_without_gil(typing: Any, words: Any) -> Any:
    """Call a kernel from Python with the arguments in an object of bytes, without the GIL: the number 0, an object."""

    def emit(context: Any, b: Any, signature: Any, arguments: Any) -> Any:
        words = call(b, "PyBytes_AsString", i64, arguments)
        kernel, *own = [load(b, words, i64, 8 * k, align=8) for k in range(5)]
        state = call(b, "PyEval_SaveThread", i64, [])
        b.call(b.inttoptr(kernel, KERNEL.as_pointer()), own)
        call(b, "PyEval_RestoreThread", ir.VoidType(), [state])
        return call(b, "PyLong_FromLong", i64, [constant(i64, 0)])

    return types.int64(types.int64), emit


@helper
def work(shared: Any, thread: Any, patience: Any) -> None:
    """Take parts until the program has ended; or, with patience, until there was none for so many nanoseconds."""
    ticket_at, done_at = shared + 8 * TICKET, shared + 8 * DONE
    looks, since = 0, np.int64(0)
    while True:
        ticket = load_shared(ticket_at)
        free, index = ticket & PARTS, ticket >> 32
        if free == 0:
            if patience == 0 and index == word(shared, COUNT):
                return
            looks += 1
            if looks < PAUSES:
                pause()
                continue
            if looks == PAUSES:
                since = now()
            elif patience != 0 and now() - since > patience:
                return
            let_others()
            continue
        part = thread
        if (free >> part) & 1 == 0:
            part = 0
            while (free >> part) & 1 == 0:
                part += 1
        if not swap_shared(ticket_at, ticket, ticket - (1 << part)):
            continue
        looks = 0
        entry = word(shared, PROGRAM) + 8 * ENTRY * index
        parts = word(entry, 3)
        call_kernel(word(entry, 0), word(entry, 1), word(shared, SCRATCH + thread), part, parts)
        if add_shared(done_at, 1) + 1 == parts:
            put_word(shared, DONE, 0)
            following = index + 1
            mask = word(entry, ENTRY + 2) if following < word(shared, COUNT) else 0
            store_shared(ticket_at, (following << 32) + mask)


def make_run() -> Callable[..., None]:
    """Run a program, alone. Arguments: shared words, the program, the number of its calls, 0."""

    def run(shared: Any, program: Any, count: Any, unused: Any) -> None:
        for i in range(count):
            entry = program + 8 * ENTRY * i
            call_kernel(word(entry, 0), word(entry, 1), word(shared, SCRATCH), 0, 1)

    return run


def make_run_shared() -> Callable[..., None]:
    """Run a program as the first of its threads. Arguments: shared words, the program, the number of its calls, 0."""

    def run_shared(shared: Any, program: Any, count: Any, unused: Any) -> None:
        put_word(shared, PROGRAM, program)
        put_word(shared, COUNT, count)
        put_word(shared, DONE, 0)
        store_shared(shared + 8 * TICKET, word(program, 2))
        work(shared, 0, 0)

    return run_shared


def make_join() -> Callable[..., None]:
    """Do parts of what another thread runs. Arguments: shared words, number of the thread, patience, 0."""

    def join(shared: Any, thread: Any, patience: Any, unused: Any) -> None:
        work(shared, thread, patience)

    return join


def make_method() -> Callable[..., int]:
    """What C calls a PyCFunction, for METH_O: calls a kernel, and returns 0.

    Arguments: an object of bytes with the address of the kernel and its four arguments; what Python gives, unused.
    """

    def method(words: Any, given: Any, unused1: Any, unused2: Any) -> int:
        zero: int = call_without_gil(words)
        return zero

    return method


MAKERS: dict[str, Callable[..., Callable[..., Any]]] = {
    "run": make_run,
    "run_shared": make_run_shared,
    "join": make_join,
    "method": make_method,
}
