from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.errors import InvokeError, PrepareError
from pytflite.schema.enums import BuiltinOperator, TensorType
from pytflite.schema.tables import CastOptions, IfOptions, WhileOptions
from tests.ops import subgraphs
from tests.ops.harness import Case, agree, agrees_with_golden, evaluate
from tests.ops.operands import elements

Array = npt.NDArray[Any]

KEEPING = [
    subgraphs.same,
    subgraphs.swapped,
    subgraphs.repeated,
    subgraphs.summed,
    subgraphs.summed_first,
    subgraphs.constants,
]
CHANGING = [subgraphs.grown, subgraphs.flattened]
LETTERS = ["f32", "i32", "i64"]
"""What ADD takes without quantization; strings, which it does not take, have tests of their own."""


def loop(
    body: subgraphs.Body, rounds: int, values: list[Array], *, counter: tuple[int, ...] = (1,), again: int = 0
) -> Case:
    """WHILE over (a counter that runs down, values), invoked once or several times."""
    taken = [np.full(counter, rounds, np.int32), *values]

    def round(g: Any, refs: Any) -> Any:
        return [subgraphs.less_one(g, refs[0]), *body(g, refs[1:])]

    b = ModelBuilder()
    g = b.subgraph("main")
    outputs = subgraphs.results(g, taken, known=body not in CHANGING)
    inputs = subgraphs.inputs(g, taken)
    condition = subgraphs.subgraph(b, taken, lambda g, refs: [subgraphs.is_not_zero(g, refs[0])])
    options = WhileOptions(cond_subgraph_index=condition, body_subgraph_index=subgraphs.subgraph(b, taken, round))
    g.operator(BuiltinOperator.WHILE, inputs, outputs, options)
    return Case(b.build(), [taken, *[[taken[0] + i + 1, *values] for i in range(again)]])


@st.composite
def loops(draw: st.DrawFn) -> Case:
    body, letter = draw(st.sampled_from(KEEPING + CHANGING)), draw(st.sampled_from(LETTERS))
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=int(body in CHANGING), max_size=3)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    values = [elements(rng, letter, shape) for _ in range(draw(st.integers(1, 3)))]
    counter = draw(st.sampled_from([(), (1,)]))
    return loop(body, draw(st.integers(0, 4)), values, counter=counter, again=draw(st.integers(0, 2)))


@settings(max_examples=60, deadline=None)
@given(loops())
def test_agrees(subject: Case) -> None:
    agree(subject)


def vectors(count: int = 2) -> list[Array]:
    return [np.array([1, 2], np.float32) * 10**i for i in range(count)]


@pytest.mark.parametrize("body", KEEPING + CHANGING)
@pytest.mark.parametrize("rounds", [0, 1, 3])
def test_every_body_agrees(body: subgraphs.Body, rounds: int) -> None:
    agree(loop(body, rounds, vectors(), again=1))


def test_a_later_place_gets_what_overwrote_its_value() -> None:
    subject = loop(subgraphs.swapped, 1, vectors())
    _, first, second = evaluate(subject.model, subject.inputs, kernels=False)
    np.testing.assert_array_equal(first, [10, 20])
    np.testing.assert_array_equal(second, [10, 20])
    agree(subject)


def test_shapes_known_only_afterwards_reach_the_operators_behind() -> None:
    subject = loop(subgraphs.grown, 3, vectors())
    assert [output.shape for output in evaluate(subject.model, subject.inputs, kernels=False)] == [(1,), (8,), (2,)]


@pytest.mark.parametrize("rounds", [0, 2])
def test_a_vector_may_stand_for_a_scalar(rounds: int) -> None:
    """The body gives (1,) for (): so does the loop, where the body ran."""
    agree(loop(lambda g, refs: [subgraphs.reshaped(g, refs[0], [1])], rounds, [np.array(7, np.float32)]))


def test_strings_go_round() -> None:
    """The real runtime hands out what it cannot read back ("Invalid tensor size") once the body ran."""
    words = np.array([b"a", b"", b"caf\xc3\xa9"], object)
    agree(loop(subgraphs.same, 0, [words]))
    subject = loop(subgraphs.same, 3, [words])
    np.testing.assert_array_equal(evaluate(subject.model, subject.inputs, kernels=False)[1], words)


@pytest.mark.parametrize("outer", [0, 2])
def test_loops_nest(outer: int) -> None:
    """In each round an IF on the outer counter runs another loop, or does not."""
    values = [np.array([outer], np.int32), np.array([2], np.int32), *vectors(1)]
    b = ModelBuilder()
    main = b.subgraph("main")

    def while_(g: Any, refs: Any, condition: int, body: int) -> Any:
        made = [g.tensor("made", g._tensors[r.index].shape, g._tensors[r.index].type) for r in refs]
        g.operator(BuiltinOperator.WHILE, refs, made, WhileOptions(condition, body))
        return made

    first = subgraphs.subgraph(b, values, lambda g, refs: [subgraphs.is_not_zero(g, refs[0])])
    second = subgraphs.subgraph(b, values[1:], lambda g, refs: [subgraphs.is_not_zero(g, refs[0])])
    doubling = subgraphs.subgraph(
        b, values[1:], lambda g, refs: [subgraphs.less_one(g, refs[0]), subgraphs.added(g, refs[1], refs[1])]
    )
    inner = subgraphs.subgraph(b, values[1:], lambda g, refs: while_(g, refs, second, doubling)[1:])
    nothing = subgraphs.subgraph(b, values[1:], lambda g, refs: [subgraphs.added(g, refs[1], refs[1])])

    def body(g: Any, refs: Any) -> Any:
        left = subgraphs.less_one(g, refs[0])
        made = g.tensor("made", (2,), "f32")
        branches = IfOptions(then_subgraph_index=inner, else_subgraph_index=nothing)
        g.operator(BuiltinOperator.IF, [subgraphs.is_not_zero(g, left), *refs[1:]], [made], branches)
        return [left, refs[1], made]

    refs = subgraphs.inputs(main, values)
    for made in while_(main, refs, first, subgraphs.subgraph(b, values, body)):
        main.mark_output(made)
    subject = Case(b.build(), [values])
    np.testing.assert_array_equal(
        evaluate(subject.model, subject.inputs, kernels=False)[2], np.array([1, 2]) * (8 if outer else 1)
    )
    agree(subject)


def golden_cases() -> dict[str, Case]:
    return {
        f"{body.__name__}_{rounds}": loop(body, rounds, vectors()) for body in KEEPING + CHANGING for rounds in (0, 3)
    }


def test_golden() -> None:
    agrees_with_golden("while")


def test_refuses_a_loop_that_calls_itself() -> None:
    b = ModelBuilder()
    g = b.subgraph("main")
    g.operator(BuiltinOperator.WHILE, [g.input("x", (1,), "f32")], [g.output("y", (1,), "f32")], WhileOptions(0, 0))
    with pytest.raises(PrepareError, match=r"Subgraph 0 calls itself[\s\S]*Node number 0 \(WHILE\) failed to prepare"):
        evaluate(b.build(), [vectors(1)], kernels=False)


def test_refuses_a_condition_of_several_elements() -> None:
    with pytest.raises(PrepareError, match=r"The condition has the shape \(2,\), not one element"):
        evaluate(*two_conditions(known=True), kernels=False)
    with pytest.raises(InvokeError, match=r"The condition has the shape \(2,\), not one element"):
        evaluate(*two_conditions(known=False), kernels=False)


def two_conditions(*, known: bool) -> tuple[Any, Any]:
    """A loop whose condition gives two bools; how many is known in prepare, or only when it runs."""
    values = [np.array([1, 2], np.int32)]
    b = ModelBuilder()
    g = b.subgraph("main")

    def condition(g: Any, refs: Any) -> Any:
        out = g.tensor("many", (2,), "b")
        options = CastOptions(in_data_type=TensorType.INT32, out_data_type=TensorType.BOOL)
        counted = refs[0]
        if not known:
            counted = g.tensor("reshaped", (), "i32")
            sizes = g.tensor("sizes", (1,), "i32")
            g.operator(BuiltinOperator.STRIDED_SLICE, [refs[0], *ends(g)], [sizes])
            g.operator(BuiltinOperator.RESHAPE, [refs[0], added_zero(g, sizes)], [counted])
        g.operator(BuiltinOperator.CAST, [counted], [out], options)
        return [out]

    options = WhileOptions(subgraphs.subgraph(b, values, condition), subgraphs.subgraph(b, values, subgraphs.same))
    g.operator(BuiltinOperator.WHILE, subgraphs.inputs(g, values), subgraphs.results(g, values), options)
    return b.build(), [[np.array([1, 2], np.int32)]]


def ends(g: Any) -> list[Any]:
    return [g.constant("end", np.array([value], np.int32)) for value in (1, 2, 1)]


def added_zero(g: Any, ref: Any) -> Any:
    return subgraphs.added(g, ref, g.constant("zero", np.zeros(1, np.int32)))


@pytest.mark.parametrize(
    ("letters", "message"),
    [
        (("i8", "f32"), r"Inputs \(i8\) and outputs \(f32\) must be alike"),
        (("i8", "i8"), r"Subgraph 1 takes \(f32\), not \(i8\)"),
    ],
)
def test_refuses(letters: tuple[str, str], message: str) -> None:
    b = ModelBuilder()
    g = b.subgraph("main")
    x, y = g.input("x", (1,), letters[0]), g.output("y", (1,), letters[1])
    values = vectors(1)
    condition = subgraphs.subgraph(b, values, lambda g, refs: [g.constant("true", np.array([True]))])
    options = WhileOptions(condition, subgraphs.subgraph(b, values, subgraphs.same))
    g.operator(BuiltinOperator.WHILE, [x], [y], options)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*Node number 0 \(WHILE\) failed to prepare"):
        evaluate(b.build(), [[np.zeros(1, np.int8)]], kernels=False)


def test_refuses_calls_that_nest_too_deep() -> None:
    """And neither takes long, though there are more ways through the levels than can be counted."""
    x = np.ones(1, np.float32)
    assert evaluate(nested(31), [[x]], kernels=False)[0].item() == 1
    with pytest.raises(PrepareError, match=r"nest deeper than 32"):
        evaluate(nested(32), [[x]], kernels=False)


def nested(levels: int) -> Any:
    """Subgraphs each of which calls the next, from both branches."""
    b = ModelBuilder()
    for i in range(levels):
        g = b.subgraph(f"level{i}")
        x, c, y = g.input("x", (1,), "f32"), g.constant("true", np.array([True])), g.output("y", (1,), "f32")
        g.operator(BuiltinOperator.IF, [c, x], [y], IfOptions(i + 1, i + 1))
    subgraphs.subgraph(b, [np.zeros(1, np.float32)], subgraphs.same)
    return b.build()
