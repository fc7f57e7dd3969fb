"""Ranges, saturation, dead channels, accumulator widths and errors of a quantized model over a data set."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

import numpy as np
import numpy.typing as npt

from pytflite import markup
from pytflite.errors import ArgumentError
from pytflite.kernels import load_kernel
from pytflite.model.types import Model, Tensor
from pytflite.plan.node import PreparedNode
from pytflite.profiles import Profile
from pytflite.runtime.session import Session
from pytflite.tools.anatomy import Subject
from pytflite.tools.running import (
    Inputs,
    Progress,
    Source,
    bind,
    checked_stages,
    feed,
    model_of,
    named_profile,
    no_progress,
    open_session,
)
from pytflite.tools.sides import as_tensor, is_quantized, real_values, run_all
from pytflite.tools.topology import match_tensors

Array = npt.NDArray[Any]

DEBUGGER_COLUMNS = (
    *("op_name", "tensor_idx", "num_elements", "stddev", "mean_error", "max_abs_error", "mean_squared_error"),
    *("scale", "zero_point", "tensor_name"),
)
"""Those of TensorFlow's ``QuantizationDebugger.layer_statistics_dump``, in its order."""

OUR_COLUMNS = (
    *("rmse_over_scale", "operator", "low", "high", "saturated_low", "saturated_high", "unused_codes", "dead_channels"),
    *("accumulator_low", "accumulator_high", "accumulator_bits", "worst_case_bits", "multipliers_above_one"),
    *("smallest_shift", "largest_shift", "headroom"),
)

WEIGHT_CHANNELS = {"CONV_2D": 0, "FULLY_CONNECTED": 0, "TRANSPOSE_CONV": 0, "DEPTHWISE_CONV_2D": 3}
"""Operators with constant weights, and the dimension of the weights along which output channels are."""


@dataclass(frozen=True, slots=True)
class Errors:
    """How a tensor's real numbers differ from those of a float model; averages over samples.

    Attributes:
        stddev: of the differences, ours minus the float model's.
        mean_error: mean of the differences.
        max_abs_error: largest magnitude of one.
        mean_squared_error: mean of their squares.
        rmse_over_scale: root of that in codes; rounding alone makes 0.289.
    """

    stddev: float
    mean_error: float
    max_abs_error: float
    mean_squared_error: float
    rmse_over_scale: float


@dataclass(frozen=True, slots=True)
class TensorAudit:
    """What one output of one operator did over the data set.

    Attributes:
        operator: index of the operator.
        op: its name.
        tensor: index of the output.
        name: of the output.
        elements: of the output, over all samples.
        scale: of the output; the first where there is one for each channel.
        zero_point: of the output.
        low: smallest code seen.
        high: largest code seen.
        saturated_low: share of elements at the lower end of the clamp.
        saturated_high: share at the upper end.
        unused_codes: how many codes between the ends of the clamp never occurred; None beyond 8 bits.
        dead_channels: channels (last dimension) with one and the same code throughout.
        accumulator_low: smallest accumulator seen, in the samples whose accumulators were looked at; None without one.
        accumulator_high: largest one.
        accumulator_bits: bits of two's complement that those need.
        worst_case_bits: bits that no input can exceed, from the weights and the input's type; None without weights.
        multipliers_above_one: how many channels are multiplied by 1 or more: codes of the output are skipped.
        smallest_shift: of the multipliers, left positive; None where they are no fixed-point numbers.
        largest_shift: likewise.
        headroom: bits of int32 that the worst case leaves free, after a left shift if there is one.
        errors: None without a float model.
    """

    operator: int
    op: str
    tensor: int
    name: str
    elements: int
    scale: float
    zero_point: int
    low: int
    high: int
    saturated_low: float
    saturated_high: float
    unused_codes: int | None
    dead_channels: tuple[int, ...]
    accumulator_low: int | None
    accumulator_high: int | None
    accumulator_bits: int | None
    worst_case_bits: int | None
    multipliers_above_one: int
    smallest_shift: int | None
    largest_shift: int | None
    headroom: int | None
    errors: Errors | None


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found over a data set.

    Attributes:
        profile: whose arithmetic ran.
        samples: how many there were.
        tensors: quantized outputs of operators, in the order of execution.
    """

    profile: str
    samples: int
    tensors: tuple[TensorAudit, ...]

    def _repr_html_(self) -> str:
        """Ranges and accumulators, for notebooks."""
        head = ("", "operator", "tensor", "codes", "saturated", "unused codes", "accumulator bits", "worst case")
        rows = (
            (
                *(line.operator, line.op, line.name, f"{line.low} .. {line.high}"),
                *(f"{line.saturated_low + line.saturated_high:.2%}", line.unused_codes),
                *(line.accumulator_bits, line.worst_case_bits),
            )
            for line in self.tensors
        )
        return markup.table(f"{self.samples} samples, profile {self.profile}", head, rows)

    def accumulator_fits(self, bits: int) -> bool:
        """Whether no input whatever can overflow an accumulator of so many bits, as far as weights are constant."""
        return all(line.worst_case_bits is None or line.worst_case_bits <= bits for line in self.tensors)

    def keep_in_float(self, limit: float = 0.7) -> tuple[TensorAudit, ...]:
        """Where the error exceeds rounding by far (in codes, as rmse over scale), the worst first."""
        known = [line for line in self.tensors if line.errors and line.errors.rmse_over_scale > limit]
        return tuple(sorted(known, key=lambda line: -line.errors.rmse_over_scale if line.errors else 0))

    def to_csv(self) -> str:
        """A table with the columns of TensorFlow's QuantizationDebugger, and ours after them."""
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*DEBUGGER_COLUMNS, *OUR_COLUMNS])
        writer.writerows(_csv_row(line) for line in self.tensors)
        return text.getvalue()


def _csv_row(line: TensorAudit) -> list[Any]:
    e = line.errors
    errors = [e.stddev, e.mean_error, e.max_abs_error, e.mean_squared_error] if e else [""] * 4
    ours = [getattr(line, column) for column in OUR_COLUMNS[1:]]
    plain = [
        "" if value is None else " ".join(map(str, value)) if isinstance(value, tuple) else value for value in ours
    ]
    start = [line.op, line.tensor, line.elements, *errors, line.scale, line.zero_point, line.name]
    return [*start, e.rmse_over_scale if e else "", *plain]


def audit(
    model: Source,
    dataset: Iterable[Inputs],
    *,
    profile: str | Profile = "reference",
    float_model: Source | None = None,
    accumulators: int = 4,
    kernels: bool = True,
    total: int = 0,
    progress: Progress = no_progress,
) -> Audit:
    """Watch a quantized model over a data set.

    Args:
        model: path, bytes or `Model`.
        dataset: inputs of one invoke after another, of the same shapes; variable tensors start anew for each.
        profile: which arithmetic.
        float_model: the same network in float, for errors; tensors are matched by topology.
        accumulators: in how many samples (the first ones) accumulators are recomputed, which takes longer.
        kernels: whether compiled kernels may stand in for definitions.
        total: how many samples there are, for those who watch the progress.
        progress: told about every sample.

    Raises:
        ArgumentError: no samples, or inputs that do not fit.
    """
    model = model_of(model)
    chosen = named_profile(profile)
    reference = None if float_model is None else Reference(model, model_of(float_model), chosen)
    tallies: dict[int, Tally] = {}
    session: Session | None = None
    samples = 0
    for samples, inputs in enumerate(dataset, 1):
        fed = bind(model, inputs)
        session = session or open_session(model, chosen, fed, kernels=kernels)
        session.reset()
        feed(session, fed)
        real = reference.run(fed) if reference else {}

        def observe(
            node: PreparedNode,
            given: Sequence[Array | None],
            outputs: Sequence[Array],
            real: dict[int, Array] = real,
            look_inside: bool = samples <= accumulators,
        ) -> None:
            for index, output in zip(node.operator.outputs, outputs, strict=True):
                tensor = model.main.tensors[index]
                if is_quantized(tensor) and output.size:
                    tally = tallies.setdefault(index, Tally(tensor, node))
                    tally.add(output, real.get(index))
            if look_inside and node.operator.outputs[0] in tallies and hasattr(node.params, "epilogue"):
                tallies[node.operator.outputs[0]].look_inside(
                    Subject(node, given, checked_stages(node, given, outputs), ())
                )

        session.invoke(observe)
        progress(samples, total, "")
    if not samples:
        raise ArgumentError("The data set has no samples.")
    return Audit(chosen.name, samples, tuple(tally.result() for tally in tallies.values()))


class Reference:
    """A float model beside ours."""

    def __init__(self, model: Model, other: Model, profile: Profile) -> None:
        self._model, self._other, self._profile = model, other, profile
        self._pairs = match_tensors(model.main, other.main)

    def run(self, inputs: dict[int, Array]) -> dict[int, Array]:
        """Its real numbers by the tensor indices of our model."""
        fed = {
            theirs: as_tensor(array, self._model.main.tensors[ours], self._other.main.tensors[theirs])
            for (ours, array), theirs in zip(inputs.items(), self._other.main.inputs, strict=True)
        }
        ran = run_all(self._other, self._profile, fed)
        return {
            ours: real_values(ran[theirs], self._other.main.tensors[theirs])
            for ours, theirs in self._pairs.items()
            if theirs in ran
        }


class Tally:
    """Counts of one output."""

    def __init__(self, tensor: Tensor, node: PreparedNode) -> None:
        self.tensor, self.node = tensor, node
        self.ends = clamp_of(node, tensor)
        self.elements = self.at_low = self.at_high = 0
        self.codes = np.zeros((2, 256 if tensor.dtype.bits <= 8 else 0), np.int64)
        self.channel_low: Array | None = None
        self.channel_high: Array | None = None
        self.accumulator: tuple[int, int] | None = None
        self.worst: int | None = None
        self.errors: list[tuple[float, float, float, float]] = []

    def add(self, output: Array, real: Array | None) -> None:
        """Count one sample."""
        rows = np.ascontiguousarray(output).reshape(-1, output.shape[-1] if output.ndim else 1)
        if self.channel_low is None or self.channel_high is None:
            self.channel_low, self.channel_high = rows[0].copy(), rows[0].copy()
        self.elements += output.size
        if self.codes.size:
            (load_kernel("tally") or tally)(rows, self.codes, self.channel_low, self.channel_high)
        else:
            np.minimum(self.channel_low, rows.min(axis=0), out=self.channel_low)
            np.maximum(self.channel_high, rows.max(axis=0), out=self.channel_high)
            self.at_low += int((output <= self.ends[0]).sum())
            self.at_high += int((output >= self.ends[1]).sum())
        if real is not None and real.shape == output.shape:
            error = real_values(output, self.tensor) - real
            self.errors.append((error.std(), error.mean(), np.abs(error).max(), (error**2).mean()))

    def look_inside(self, subject: Subject) -> None:
        """Take in the accumulators of one sample."""
        values = subject.stages.get("accumulator")
        if values is not None and values.size and values.dtype.kind in "iu":
            low, high = int(values.min()), int(values.max())
            old = self.accumulator or (low, high)
            self.accumulator = min(old[0], low), max(old[1], high)
        if self.worst is None:
            self.worst = worst_case_bits(subject)

    def result(self) -> TensorAudit:
        """What was counted."""
        quantization = self.tensor.quantization
        assert quantization is not None
        assert self.channel_low is not None
        assert self.channel_high is not None
        low, high = self.ends
        signed = self.tensor.dtype.numpy.kind == "i"
        codes = self.codes.sum(axis=0)
        by_code = np.roll(codes, 128) if signed else codes
        first = -128 if signed else 0
        at_low, at_high = self.at_low, self.at_high
        if self.codes.size:
            at_low, at_high = int(by_code[: low - first + 1].sum()), int(by_code[high - first :].sum())
        dead = np.flatnonzero(self.channel_low == self.channel_high) if self.channel_low.size > 1 else np.empty(0, int)
        requantizer = getattr(getattr(self.node.params, "epilogue", None), "requantizer", None)
        shifts = np.atleast_1d(getattr(requantizer, "shift", np.empty(0, int))).astype(np.int64)
        scales = np.atleast_1d(getattr(requantizer, "scale", np.empty(0)))
        seen = self.accumulator
        left = max(int(shifts.max()), 0) if shifts.size else 0
        scale = float(quantization.scale[0])
        return TensorAudit(
            operator=self.node.operator.index,
            op=self.node.op.name,
            tensor=self.tensor.index,
            name=self.tensor.name,
            elements=self.elements,
            scale=scale,
            zero_point=int(quantization.zero_point[0]) if quantization.zero_point.size else 0,
            low=int(self.channel_low.min()),
            high=int(self.channel_high.max()),
            saturated_low=at_low / self.elements,
            saturated_high=at_high / self.elements,
            unused_codes=int((by_code[low - first : high - first + 1] == 0).sum()) if self.codes.size else None,
            dead_channels=tuple(int(channel) for channel in dead),
            accumulator_low=seen[0] if seen else None,
            accumulator_high=seen[1] if seen else None,
            accumulator_bits=bits_of(*seen) if seen else None,
            worst_case_bits=self.worst,
            multipliers_above_one=int((shifts > 0).sum() + (scales >= 1).sum()),
            smallest_shift=int(shifts.min()) if shifts.size else None,
            largest_shift=int(shifts.max()) if shifts.size else None,
            headroom=32 - self.worst - left if self.worst is not None else None,
            errors=self._errors(scale),
        )

    def _errors(self, scale: float) -> Errors | None:
        if not self.errors:
            return None
        stddev, mean, largest, squared = (float(column.mean()) for column in np.array(self.errors).T)
        return Errors(stddev, mean, largest, squared, float(np.sqrt(squared)) / scale)


def tally(rows: Array, codes: Array, low: Array, high: Array) -> None:
    """What the kernel of this name does."""
    np.minimum(low, rows.min(axis=0), out=low)
    np.maximum(high, rows.max(axis=0), out=high)
    codes[0] += np.bincount(rows.reshape(-1).view(np.uint8), minlength=256)


def clamp_of(node: PreparedNode, tensor: Tensor) -> tuple[int, int]:
    """The ends of the clamp: the fused activation's, else the type's."""
    clamp = getattr(node.params, "epilogue", node.params)
    low, high = (getattr(clamp, f"activation_{end}", None) for end in ("min", "max"))
    return int(tensor.dtype.qmin if low is None else low), int(tensor.dtype.qmax if high is None else high)


def bits_of(low: int, high: int) -> int:
    """Bits of two's complement that hold both numbers."""
    return max(high if high >= 0 else ~high, low if low >= 0 else ~low).bit_length() + 1


def worst_case_bits(subject: Subject) -> int | None:
    """Bits that hold the accumulator whatever the input is: every input element as bad as its type allows."""
    node, roles = subject.node, subject.roles()
    if node.op.name not in WEIGHT_CHANNELS or not hasattr(node.params, "input_offset"):
        return None
    p, limits = node.params, np.iinfo(roles["input"].dtype)
    weights = np.moveaxis(roles["filter"], WEIGHT_CHANNELS[node.op.name], 0).astype(np.int64) + int(p.filter_offset)
    weights = weights.reshape(len(weights), -1)
    reach = [weights * (end + int(p.input_offset)) for end in (limits.min, limits.max)]
    bias = 0 if roles["bias"] is None else roles["bias"].reshape(-1).astype(np.int64)
    low, high = np.minimum(*reach).sum(axis=1) + bias, np.maximum(*reach).sum(axis=1) + bias
    return bits_of(int(low.min()), int(high.max()))
