"""The real runtime in a process of its own, which may be another Python's and may die of a case.

Run as a program it answers: pickles of model, inputs and resolver come in, pickles of outputs or of a message go out.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from pytflite.tools.oracle import Oracle, runtime

Array = npt.NDArray[Any]

ROOT = Path(__file__).resolve().parents[2]


class Answering:
    """The runtime of a Python, asked case by case; it is started again when it has died.

    Args:
        python: the interpreter's path; it needs NumPy and ``ai_edge_litert`` or ``tensorflow``, no more.
    """

    def __init__(self, python: str = sys.executable) -> None:
        self._command = [python, "-m", "tests.profiles.answering"]
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self, model: bytes, inputs: Sequence[Sequence[Array]], resolver: str) -> list[Array]:
        """All outputs of all invokes.

        Raises:
            RuntimeError: the runtime refuses the model, or its process died of it.
        """
        answer = self._ask((model, [list(arrays) for arrays in inputs], resolver))
        if isinstance(answer, str):
            raise RuntimeError(answer)
        outputs: list[Array] = answer
        return outputs

    @property
    def name(self) -> str:
        """The runtime and its version."""
        return str(self._ask(None))

    def _ask(self, question: Any) -> Any:
        if self._process is None:
            environment = {**os.environ, "PYTHONPATH": str(ROOT)}
            pipe, silent = subprocess.PIPE, subprocess.DEVNULL
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, stderr=silent
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            pickle.dump(question, self._process.stdin)
            self._process.stdin.flush()
            return pickle.load(self._process.stdout)
        except (EOFError, BrokenPipeError):
            status = self._process.wait()
            self._process = None
            return f"the process of the real runtime died ({status})"


def answer(question: Any) -> Any:
    """The outputs of a case or why there are none; the runtime's name where nothing is asked."""
    if question is None:
        package = runtime().__name__.split(".")[0]
        return f"{package} {sys.modules[package].__version__}"
    model, inputs, resolver = question
    try:
        oracle = Oracle(model, resolver)
        return [np.array(output) for arrays in inputs for output in oracle.invoke(*arrays)]
    except (RuntimeError, ValueError) as fault:
        return str(fault)


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer until nothing more is asked."""
    while True:
        try:
            question = pickle.load(source)
        except EOFError:
            return
        pickle.dump(answer(question), target)
        target.flush()


if __name__ == "__main__":
    with os.fdopen(os.dup(1), "wb") as target:
        os.dup2(2, 1)  # what the runtime prints must not end up among the answers
        serve(sys.stdin.buffer, target)
