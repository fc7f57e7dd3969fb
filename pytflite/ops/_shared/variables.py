"""The variables that VAR_HANDLE, ASSIGN_VARIABLE and READ_VARIABLE work on."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from pytflite.ops._api import Machine

Array = npt.NDArray[Any]


def variables(machine: Machine) -> dict[int, Array]:
    """Values by number; they last from one invoke to the next."""
    found: dict[int, Array] = machine.resources.setdefault("variables", {})
    return found
