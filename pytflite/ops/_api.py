"""What an op file declares, and what it is told about the operator at hand.

An op file makes one `Op`: names of inputs and outputs, shape inference, and *rules*. A rule is one arithmetic for some
dtypes: its *definition* in NumPy, a generator of named stages whose last ones are the outputs; *params*, derived once
in prepare; and, for some, the name of a compiled *kernel* that must equal the definition bit for bit.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from pytflite.arithmetic.requantize import FIXED_POINT, REQUANTIZERS, FixedPoint, Precision, RealScale, Requantizer
from pytflite.errors import FormatError, PrepareError
from pytflite.flatbuffer.flex import read_flex
from pytflite.model.types import Operator, Tensor
from pytflite.profiles import Profile
from pytflite.schema.enums import BuiltinOperator

Array = npt.NDArray[Any]
Shape = tuple[int, ...]
Shapes = Callable[["Node"], Sequence[Shape | None]]
Params = Callable[["Node"], Any]
Define = TypeVar("Define", bound=Callable[..., Any])


class Machine(Protocol):
    """What stateful operators work on while they run: it belongs to one interpreter.

    Attributes:
        resources: what resource tensors stand for (variables, hash tables), and whatever else lasts between invokes, by
            a key of the operator's choice.
    """

    resources: dict[Hashable, Any]

    def call(self, subgraph: int, inputs: Sequence[Array]) -> list[Array]:
        """Run a subgraph: copies of its outputs.

        Raises:
            PrepareError: the subgraph cannot take inputs of these shapes.
            InvokeError: one of its operators cannot compute with the values.
        """


class Place:
    """Where a node keeps what lasts between invokes, as a key of `Machine.resources`: its own, anew in each plan."""


class Given(NamedTuple):
    """What prepare knows of one output of a called subgraph.

    Attributes:
        shape: None where only the values decide.
        taken: where among the subgraph's inputs the same tensor is, None when it is none of them.
    """

    shape: Shape | None
    taken: int | None


Outline = Callable[[int, Sequence["TensorSpec"], Sequence[str]], list[Given]]


class ValueNeeded(Exception):
    """Prepare needs the value of a tensor that is only known after the operators before it ran."""

    def __init__(self, tensor: int) -> None:
        self.tensor = tensor
        super().__init__(f"the value of tensor {tensor} is needed")


# ---------------------------------------------------------------------------------------------------- declarations


@dataclass(frozen=True, slots=True)
class Role:
    """One declared input or output: ``name``, ``name?`` (may be absent) or ``name*`` (any number)."""

    name: str
    optional: bool = False
    variadic: bool = False


def _roles(text: str) -> tuple[Role, ...]:
    return tuple(Role(word.rstrip("?*"), word.endswith("?"), word.endswith("*")) for word in text.split())


@dataclass(frozen=True, slots=True)
class TypeRow:
    """One accepted combination of dtypes, written ``"i8 i8 i32? -> i8"``.

    Letters are those of `pytflite.model.dtypes`, ``any`` is each of them; ``?`` accepts absence, ``*`` repeats.
    """

    text: str

    def matches(self, inputs: Sequence[str | None], outputs: Sequence[str | None]) -> bool:
        """Whether an operator with these dtype letters (None: absent) is meant by this row."""
        left, right = self.text.split("->")
        return _matches(left.split(), inputs) and _matches(right.split(), outputs)


def _matches(words: list[str], letters: Sequence[str | None]) -> bool:
    if words and words[-1].endswith("*"):
        words = words[:-1] + [words[-1][:-1]] * (len(letters) - len(words) + 1)
    letters = list(letters) + [None] * (len(words) - len(letters))
    return len(words) == len(letters) and all(
        word.endswith("?") if letter is None else word.rstrip("?") in (letter, "any")
        for word, letter in zip(words, letters, strict=True)
    )


def _expand(row: str, variables: dict[str, str]) -> Iterator[TypeRow]:
    used = [name for name in variables if re.search(rf"\b{name}\b", row)]
    for letters in itertools.product(*(variables[name].split() for name in used)):
        text = row
        for name, letter in zip(used, letters, strict=True):
            text = re.sub(rf"\b{name}\b", letter, text)
        yield TypeRow(text)


@dataclass(frozen=True, slots=True)
class Rule:
    """One arithmetic of an operator, named by what it is (``int8``, ``float32``), never by whose it is.

    Attributes:
        name: unique within the operator.
        types: the dtype rows that it takes.
        define: the definition: declared inputs in order (None when absent, a tuple when variadic), then the params.
        params: derives the params from the node, or None when there are none.
        kernel: name of a function in the module of the same name in `pytflite.kernels`, or "".
        note: what a user comparing numbers should know; for floats the ulp bound and its reason when not exact.
        when: what else than dtypes the rule asks of a node: options, whether it is quantized. Among rules for the same
            dtypes one that asks goes before one that does not (None).
        by_name: whether only profiles that name the rule run it.
    """

    name: str
    types: tuple[TypeRow, ...]
    define: Callable[..., Any]
    params: Params | None = None
    kernel: str = ""
    note: str = ""
    when: Callable[[Node], bool] | None = None
    by_name: bool = False


@dataclass
class Op:
    """A builtin operator: what it is called, what goes in and out, its shape inference and its rules.

    Attributes:
        builtin: the schema's operator code; a custom operator has ``CUSTOM`` and a ``custom_code``.
        inputs: names of the inputs in schema order, ``?`` optional, ``*`` variadic.
        outputs: names of the outputs.
        options: class of the options table; its defaults stand in where a file has none.
        mutates: names of the inputs that are variable tensors; a stage of that name is written back to them.
        shape_only: whether the outputs follow from the shapes of the inputs alone (and so are known in prepare).
        stateful: whether definitions take a `Machine` after the params; such an operator is never computed in prepare.
        calls: names of the options that hold indices of subgraphs.
    """

    builtin: BuiltinOperator
    inputs: str = "input"
    outputs: str = "output"
    options: type[Any] | None = None
    mutates: str = ""
    shape_only: bool = False
    stateful: bool = False
    calls: str = ""
    custom_code: str = ""
    rules: list[Rule] = field(default_factory=list)
    _shapes: Shapes | None = None

    @property
    def name(self) -> str:
        """The operator's name in the schema, or the custom code."""
        return self.custom_code or self.builtin.name

    @cached_property
    def input_roles(self) -> tuple[Role, ...]:
        """The declared inputs."""
        return _roles(self.inputs)

    @cached_property
    def output_roles(self) -> tuple[Role, ...]:
        """The declared outputs."""
        return _roles(self.outputs)

    def shapes(self, function: Shapes) -> Shapes:
        """Decorator: how output shapes follow from a `Node`; None for a shape that only the values decide."""
        self._shapes = function
        return function

    def infer(self, node: Node) -> Sequence[Shape | None]:
        """Output shapes of a node.

        Raises:
            PrepareError: the shapes or options of the node are impossible.
            ValueNeeded: they depend on a value that is not known yet.
        """
        if self._shapes is None:
            raise TypeError(f"{self.name} declares no shapes")
        return self._shapes(node)

    def rule(
        self,
        name: str,
        *types: str,
        params: Params | None = None,
        kernel: str = "",
        note: str = "",
        when: Callable[[Node], bool] | None = None,
        by_name: bool = False,
        **variables: str,
    ) -> Callable[[Define], Define]:
        """Decorator: register a definition under a rule name for rows of dtypes.

        Args:
            name: of the rule.
            types: dtype rows; letters given as keywords stand for each of several, ``T="i8 u8"``.
            params: derives the definition's last argument.
            kernel: a compiled twin of the definition.
            note: see `Rule`.
            when: see `Rule`; the node has the shapes of the file and its constants.
            by_name: see `Rule`.
            variables: what single capital letters in the rows stand for.
        """

        def register(define: Define) -> Define:
            rows = tuple(row for text in types for row in _expand(text, variables))
            self.rules.append(Rule(name, rows, define, params, kernel, note, when, by_name))
            return define

        return register

    def select(
        self,
        inputs: Sequence[str | None],
        outputs: Sequence[str | None],
        profile: Profile,
        accepts: Callable[[Rule], bool] = lambda rule: True,
    ) -> Rule | None:
        """The rule that a profile runs for these dtype letters, None when no rule takes them.

        Args:
            inputs: dtype letters of the inputs, None where absent.
            outputs: dtype letters of the outputs.
            profile: whose preferences count.
            accepts: whether a rule's `Rule.when` holds.
        """
        preferred = profile.rules_of(self.name)

        def rank(rule: Rule) -> tuple[int, bool]:
            return preferred.index(rule.name) if rule.name in preferred else len(preferred), rule.when is None

        candidates = [
            rule
            for rule in self.rules
            if (rule.name in preferred or not rule.by_name) and any(row.matches(inputs, outputs) for row in rule.types)
        ]
        names = (profile.instead_of(self.name, rule.name) for rule in sorted(candidates, key=rank))
        by_name = {rule.name: rule for rule in self.rules}
        return next((rule for rule in map(by_name.__getitem__, names) if accepts(rule)), None)

    def stages(
        self, rule: Rule, inputs: Sequence[Array | None], params: Any, machine: Machine | None = None
    ) -> Iterator[tuple[str, Any]]:
        """Run a definition: pairs of stage name and value, outputs and mutated inputs among the last."""
        state = (machine,) if self.stateful else ()
        result = rule.define(*group(self.input_roles, inputs), params, *state)
        if isinstance(result, Iterator):
            yield from result
        else:
            yield self.output_roles[0].name, result


def group(roles: Sequence[Role], values: Sequence[Any]) -> list[Any]:
    """One entry per role: the value, None when absent, a tuple for a variadic role."""
    padded = list(values) + [None] * (len(roles) - len(values))
    return [tuple(values[i:]) if role.variadic else padded[i] for i, role in enumerate(roles)]


# ---------------------------------------------------------------------------------------------------- one operator


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """A tensor as prepare sees it.

    Attributes:
        tensor: what the file says.
        role: the name that the op declares for it.
        shape: the shape at hand, after any resize.
        value: the constant, or None when it is not known yet.
    """

    tensor: Tensor
    role: str
    shape: Shape
    value: Array | None = None

    def __str__(self) -> str:
        shape = "x".join(map(str, self.shape)) or "scalar"
        return f"{self.role} (tensor {self.tensor.index} '{self.tensor.name}', {self.letter} {shape})"

    @property
    def letter(self) -> str:
        """Dtype letter, such as ``i8``."""
        return self.tensor.dtype.letter

    @property
    def dtype(self) -> np.dtype[Any]:
        """NumPy dtype that elements are computed with."""
        return self.tensor.dtype.numpy

    @property
    def qmin(self) -> int:
        """Smallest code of an integer type."""
        return self.tensor.dtype.qmin

    @property
    def qmax(self) -> int:
        """Largest code of an integer type."""
        return self.tensor.dtype.qmax

    @property
    def is_quantized(self) -> bool:
        """Whether there is at least one scale."""
        quantization = self.tensor.quantization
        return quantization is not None and quantization.scale.size > 0

    @property
    def scales(self) -> Array:
        """float32 scales, shape (1,) or (channels,).

        Raises:
            PrepareError: the tensor is not quantized.
        """
        quantization = self.tensor.quantization
        if quantization is None or not quantization.scale.size:
            raise PrepareError(f"{self} has no quantization scale")
        return quantization.scale

    @property
    def scale(self) -> np.float32:
        """The only scale; PrepareError when the tensor is not quantized, or per axis."""
        if self.scales.size > 1:
            raise PrepareError(f"{self} has {self.scales.size} scales, 1 accepted.")
        return np.float32(self.scales[0])

    @property
    def zero_points(self) -> Array:
        """int64 zero points, as many as there are scales; zeros when the file holds none."""
        quantization = self.tensor.quantization
        if quantization is None or not quantization.zero_point.size:
            return np.zeros(self.scales.shape if self.is_quantized else 1, np.int64)
        return quantization.zero_point

    @property
    def zero_point(self) -> int:
        """The first (or only) zero point."""
        return int(self.zero_points[0])


@dataclass
class Node:
    """One operator in prepare: `node["input"]` is its tensor of that role.

    Attributes:
        operator: what the file says.
        op: its declaration.
        rule: the selected arithmetic.
        profile: the profile that selected it.
        inputs: tensors in schema order, None where absent.
        outputs: tensors; their shapes are those of the file until shape inference replaced them.
        intermediates: tensors that hold no values, only quantization parameters.
        outline: the outputs of a subgraph that is called with tensors like these for results of these dtype letters;
            PrepareError when it takes or gives others.
        body: the operators of a subgraph, for those that only look at what it does; PrepareError when there is none.
        tensor: any tensor of the subgraph by its index, under a role's name, None when there is none: quantization
            parameters may be tensors.
        place: of its state; the same for every preparation of the operator in one plan.
    """

    operator: Operator
    op: Op
    rule: Rule
    profile: Profile
    inputs: tuple[TensorSpec | None, ...]
    outputs: tuple[TensorSpec, ...]
    intermediates: tuple[TensorSpec, ...] = ()
    outline: Outline = lambda subgraph, inputs, letters: []
    place: Place = field(default_factory=Place)
    body: Callable[[int], Sequence[Operator]] = lambda subgraph: ()
    tensor: Callable[[int, str], TensorSpec | None] = lambda tensor, role: None

    @cached_property
    def _by_role(self) -> dict[str, Any]:
        names = {
            role.name: value
            for role, value in zip(self.op.input_roles, group(self.op.input_roles, self.inputs), strict=True)
        }
        outputs = zip(self.op.output_roles, group(self.op.output_roles, self.outputs), strict=True)
        return names | {role.name: value for role, value in outputs}

    def __getitem__(self, role: str) -> TensorSpec:
        """The tensor of a role that must be present."""
        spec = self._by_role[role]
        if not isinstance(spec, TensorSpec):
            raise self.error(f"{role} is missing")
        return spec

    def get(self, role: str) -> TensorSpec | None:
        """The tensor of an optional role, None when absent."""
        spec: TensorSpec | None = self._by_role[role]
        return spec

    def all(self, role: str) -> tuple[TensorSpec, ...]:
        """The tensors of a variadic role."""
        specs: tuple[TensorSpec, ...] = self._by_role[role]
        return specs

    @property
    def options(self) -> Any:
        """The operator's options table (`pytflite.schema.tables`), the schema's defaults where the file has none."""
        if self.operator.options is None and self.op.options is not None:
            return self.op.options()
        return self.operator.options

    @cached_property
    def custom_options(self) -> Any:
        """The custom options of the file, a FlexBuffer, as Python values; None where there are none.

        Other forms are in ``operator.custom_options``, as bytes.

        Raises:
            PrepareError: they are no FlexBuffer.
        """
        if not self.operator.custom_options:
            return None
        try:
            return read_flex(self.operator.custom_options)
        except FormatError as fault:
            raise self.error(f"Its custom options are {fault}.") from fault

    def value(self, role: str) -> Array:
        """The value of a tensor that prepare depends on.

        Raises:
            ValueNeeded: it is computed by an operator that has not run yet.
        """
        spec = self[role]
        if spec.value is None:
            raise ValueNeeded(spec.tensor.index)
        return spec.value

    def requantizer(self, *factors: npt.ArrayLike, over: npt.ArrayLike = 1.0, precision: Precision) -> Requantizer:
        """The profile's requantizer for ``product(factors) / over``, derived with the op's precision."""
        return self.requantizer_of(RealScale(factors, over, precision))

    def requantizer_of(self, scale: RealScale) -> Requantizer:
        """The profile's requantizer for a real scale."""
        return REQUANTIZERS[self._requantizer_name()].of(scale)

    def fixed_point(self, multiplier: npt.ArrayLike, shift: npt.ArrayLike) -> FixedPoint:
        """The profile's requantizer with a multiplier and a shift of the operator's own; PrepareError if it has none.

        Args:
            multiplier: int32, magnitude in [2**30, 2**31) or 0.
            shift: int32, left positive.
        """
        name = self._requantizer_name()
        made = FIXED_POINT.get(name)
        if made is None:
            accepted = ", ".join(FIXED_POINT)
            raise self.error(f"The requantizer {name} has no multiplier and shift. Accepted here: {accepted}.")
        return made(np.asarray(multiplier), np.asarray(shift))

    def _requantizer_name(self) -> str:
        return self.profile.requantization_of(self.op.name, self.rule.name).requantizer_of(self)

    def require(self, condition: Any, message: str) -> None:
        """Refuse the operator unless a condition holds.

        Raises:
            PrepareError: naming the operator, with the message.
        """
        if not condition:
            raise self.error(message)

    def error(self, message: str) -> PrepareError:
        """A PrepareError that names this operator and its tensors."""
        return operator_error(self.operator, message)


def operator_error(operator: Operator, message: str) -> PrepareError:
    """A PrepareError in tf.lite's form, ``Node number 3 (CONV_2D) failed to prepare.``, after what went wrong."""
    return PrepareError(f"{message} Node number {operator.index} ({operator.name}) failed to prepare.")
