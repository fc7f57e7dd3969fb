"""A prepared operator: everything decided, ready to be called with arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite.errors import InvokeError
from pytflite.model.types import Operator
from pytflite.ops._api import Machine, Op, Rule, Shape

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class PreparedNode:
    """One node of a plan.

    Attributes:
        operator: what the file says.
        op: its declaration.
        rule: the arithmetic that was chosen.
        params: what the rule derived in prepare.
        kernel: the compiled twin of the rule's definition, or None: then the definition runs.
        shapes: output shapes, None where only the values decide.
        dtypes: NumPy dtypes of the outputs.
        why: why this rule and this kernel, for people.
    """

    operator: Operator
    op: Op
    rule: Rule
    params: Any
    kernel: Callable[..., None] | None
    shapes: tuple[Shape | None, ...]
    dtypes: tuple[np.dtype[Any], ...]
    why: str

    def stages(self, inputs: Sequence[Array | None], machine: Machine | None = None) -> Iterator[tuple[str, Any]]:
        """Run the definition: pairs of stage name and value."""
        return self.op.stages(self.rule, inputs, self.params, machine)

    def run(
        self, inputs: Sequence[Array | None], machine: Machine | None = None
    ) -> tuple[list[Array], dict[int, Array]]:
        """Compute the outputs, through the kernel where there is one.

        Args:
            inputs: one array per input of the operator, None where absent.
            machine: what a stateful operator works on.

        Returns:
            The output arrays, and new values of variable tensors by tensor index.

        Raises:
            InvokeError: the values cannot be computed with.
        """
        try:
            if self.kernel is None:
                return self._define(inputs, machine)
            outputs = [np.empty(shape or (), dtype) for shape, dtype in zip(self.shapes, self.dtypes, strict=True)]
            self.kernel(*inputs, *[None] * (len(self.op.input_roles) - len(inputs)), self.params, *outputs)
            return outputs, {}
        except (InvokeError, ValueError, IndexError, OverflowError, MemoryError) as fault:
            message = f"{fault} Node number {self.operator.index} ({self.operator.name}) failed to invoke."
            raise InvokeError(message) from fault

    def _define(self, inputs: Sequence[Array | None], machine: Machine | None) -> tuple[list[Array], dict[int, Array]]:
        with np.errstate(all="ignore"):
            values = dict(self.stages(inputs, machine))
        outputs: list[Array] = []
        for role in self.op.output_roles:
            if role.name in values:
                outputs.extend(map(np.asarray, values[role.name] if role.variadic else [values[role.name]]))
        self._require_declared(outputs)
        mutated = set(self.op.mutates.split())
        states = {
            self.operator.inputs[i]: values[role.name]
            for i, role in enumerate(self.op.input_roles)
            if role.name in mutated and role.name in values
        }
        return outputs, states

    def _require_declared(self, outputs: Sequence[Array]) -> None:
        """Refuse results of another number, dtype or shape than was said in prepare: custom operators may be wrong."""
        if len(outputs) != len(self.shapes):
            raise InvokeError(f"{len(outputs)} outputs were computed, the operator has {len(self.shapes)}.")
        for i, (output, dtype, shape) in enumerate(zip(outputs, self.dtypes, self.shapes, strict=True)):
            if output.dtype != dtype or shape not in (None, output.shape):
                wanted = f"{dtype}{'' if shape is None else list(shape)}"
                raise InvokeError(f"Output {i} was computed as {output.dtype}{list(output.shape)}, not {wanted}.")
