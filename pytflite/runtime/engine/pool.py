"""The threads of an interpreter: they help whoever runs a program, look around for a while, and then sleep.

A caller never depends on them (`pytflite.kernels.engine.driver`): one that sleeps too long, or was lost in a fork, only
leaves more for the others to do. Results are the same for any number of threads.
"""

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pytflite.kernels.engine.buffers import aligned
from pytflite.kernels.engine.words import MOST_THREADS, SCRATCH

Array = npt.NDArray[Any]

PATIENCE = 1_000_000
"""For how many nanoseconds a thread looks for work before it sleeps."""


class Worker(NamedTuple):
    """A thread that helps.

    Attributes:
        number: of the thread; the caller is 0.
        bed: a lock that it waits for when it sleeps; released to wake it.
        asleep: not empty if it does.
    """

    number: int
    bed: threading.Lock
    asleep: list[bool]


class Pool:
    """Some threads, started when they are first needed.

    Args:
        threads: how many work on a program at most, the caller included.

    Attributes:
        lock: held by the thread that runs programs.
    """

    def __init__(self, threads: int = 1) -> None:
        self.threads = min(threads, MOST_THREADS)
        self._scratch = 0
        self._shared = aligned(8 * (SCRATCH + MOST_THREADS)).view(np.int64)
        self._forget()
        _POOLS.add(self)

    def _forget(self) -> None:
        self.lock = threading.RLock()
        self._workers: list[Worker] = []
        self._shared[:] = 0
        self._allocate(self._scratch)

    def _allocate(self, scratch: int) -> None:
        self._memory = [aligned(scratch) for _ in range(self.threads)]
        self._scratch = scratch
        self._shared[SCRATCH : SCRATCH + self.threads] = [part.ctypes.data for part in self._memory]

    def reserve(self, scratch: int) -> None:
        """Have at least so many bytes of scratch memory for every thread."""
        with self.lock:
            if scratch > self._scratch:
                self._allocate(scratch)

    @property
    def kernels(self) -> list[tuple[str, ...]]:
        """What runs programs, by names of kernels."""
        return [("method",), *([("run",)] if self.threads == 1 else [("run_shared",), ("join",)])]

    def program(self, table: int, count: int) -> Callable[[object], object]:
        """A program (`pytflite.kernels.engine.driver`), ready to be run while the lock is held.

        Args:
            table: its address.
            count: how many calls it has.

        Returns:
            A function that runs it, whatever it is called with.
        """
        from pytflite.kernels.engine.program import with_arguments

        run = with_arguments(("run" if self.threads == 1 else "run_shared",), self._shared.ctypes.data, table, count, 0)
        if self.threads == 1:
            return run

        def run_together(machine: object) -> None:
            self._wake()
            run(machine)

        return run_together

    def _wake(self) -> None:
        if not self._workers:
            self._start()
        for worker in self._workers:
            if worker.asleep:
                worker.asleep.clear()
                worker.bed.release()

    def _start(self) -> None:
        from pytflite.kernels.engine.program import kernel

        stop: list[bool] = []
        weakref.finalize(self, _end, stop, self._workers)
        for number in range(1, self.threads):
            worker = Worker(number, threading.Lock(), [])
            worker.bed.acquire()
            arguments = worker, kernel(("join",)), self._shared, stop
            thread = threading.Thread(target=_help, args=arguments, name=f"pytflite-{number}", daemon=True)
            self._workers.append(worker)
            with contextlib.suppress(RuntimeError):  # no more threads can be had: the others do its share
                thread.start()


def _help(worker: Worker, join: Callable[..., None], shared: Array, stop: Sequence[bool]) -> None:
    while not stop:
        join(shared.ctypes.data, worker.number, PATIENCE, 0)
        worker.asleep.append(True)
        worker.bed.acquire()


def _end(stop: list[bool], workers: Sequence[Worker]) -> None:
    stop.append(True)
    for worker in workers:
        with contextlib.suppress(RuntimeError):  # it was woken already
            worker.bed.release()


_POOLS: weakref.WeakSet[Pool] = weakref.WeakSet()


def _forget_all() -> None:
    """In the child of a fork there is no thread but one, and locks may be held by those that are gone."""
    for pool in list(_POOLS):
        pool._forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
