"""Dumps are given to the arithmetic that made them, planted faults to their operator and kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import pytflite
from pytflite.build import ModelBuilder
from pytflite.model.types import Model
from pytflite.profiles import REFERENCE, requantize
from pytflite.schema.enums import BuiltinOperator
from pytflite.tools.oracle import Oracle
from pytflite.tools.parity import random_inputs
from tests import golden
from tests.files import SHARED, needs_corpus

litert = pytest.importorskip("ai_edge_litert", reason="the real runtime is not installed")

from tests.tools.faults import Fault, Net, examine, faults, shows  # noqa: E402

SEPARABLE = golden.load("separable/int8").model
MODEL = pytflite.read(SEPARABLE)
INPUTS = random_inputs(MODEL, 1)
OWN = Net.load("separable", SEPARABLE)
FAULTS = [fault for fault in faults(OWN) if shows(OWN, fault)]
KINDS = {"requantization", "zero point", "scale", "bias", "offset by 128", "image layout", "filter layout", "padding"}


def dumped(model: Model, against: str, inputs: list[np.ndarray]) -> dict[str, np.ndarray]:
    run = pytflite.trace(model, [inputs], profile=against)
    return {f"{r.tensor} {r.name}": a for r, a in run if r.operator >= 0 and r.tensor >= 0}


@pytest.mark.parametrize("profile", ["reference", "optimized", "xnnpack", "tflm"])
def test_every_profile_is_told_by_its_tensors(profile: str) -> None:
    found = pytflite.identify(MODEL, dumped(MODEL, profile, INPUTS), INPUTS)
    assert profile in found.profiles
    assert len(found.operators) == len(MODEL.main.operators)
    assert found.is_known
    assert ("xnnpack" in found.profiles) == (profile == "xnnpack")


@pytest.mark.parametrize(
    ("resolver", "profile"),
    [("BUILTIN_REF", "reference"), ("BUILTIN_WITHOUT_DEFAULT_DELEGATES", "optimized"), ("AUTO", "xnnpack")],
)
@needs_corpus
def test_the_real_kernels_are_named(resolver: str, profile: str) -> None:
    named = 0
    for path in sorted((SHARED / "mlperf_tiny").rglob("*.tflite")):
        if "int8" in path.name or "quant" in path.name or path.name == "kws_ref_model.tflite":
            model = pytflite.read(path)
            found = pytflite.identify(model, f"litert:{resolver}", random_inputs(model, 3))
            assert profile in found.profiles, (path.name, found.verdict)
            named += 1
    assert named == 4


def test_only_the_output_is_known() -> None:
    whole = dumped(MODEL, "xnnpack", INPUTS)
    *_, last = whole
    found = pytflite.identify(MODEL, {last: whole[last]}, INPUTS)
    assert [line.operator for line in found.operators] == [len(MODEL.main.operators) - 1]
    assert "xnnpack" in found.profiles


def test_a_profile_of_ones_own_is_none_of_those_known() -> None:
    strange = REFERENCE.override("strange", {"DEPTHWISE_CONV_2D": requantize("eight_bits")})
    run = pytflite.trace(MODEL, [INPUTS], profile=strange)
    dump = {f"{r.tensor} {r.name}": a for r, a in run if r.operator >= 0 and r.tensor >= 0}
    found = pytflite.identify(MODEL, dump, INPUTS)
    assert not found.is_known
    lines = [line for line in found.operators if not line.consistent]
    assert {line.op for line in lines} == {"DEPTHWISE_CONV_2D"}
    for line in lines:
        assert line.verdict.startswith("none of what I know")
        assert line.contradicted[0].differing > 0
        at, theirs = line.contradicted[0].at, line.contradicted[0].dumped
        assert run.stage(line.operator, "output")[at] == theirs
    also = pytflite.identify(MODEL, dump, INPUTS, profiles=["reference", strange])
    assert also.profiles == ("strange",)


@pytest.mark.parametrize("name", ["separable/int8", "residual/int8", "upsampling/int8"])
def test_noise_is_none_of_what_is_known(name: str) -> None:
    model = pytflite.read(golden.load(name).model)
    inputs, rng = random_inputs(model, 2), np.random.default_rng(2)
    dump = dumped(model, "reference", inputs)
    for key, array in dump.items():
        if array.dtype == np.int8 and array.size > 100:
            dump[key] = array ^ (rng.random(array.shape) < 0.2).astype(np.int8)
    found = pytflite.identify(model, dump, inputs)
    assert not found.is_known
    strange = [line for line in found.operators if not line.consistent]
    assert strange
    assert all(line.contradicted and line.verdict.startswith("none of what I know") for line in strange)


def test_a_requantization_that_is_no_profile_explains_all() -> None:
    own = {key: recipe for key, recipe in REFERENCE.recipes.items() if not recipe.requantizer}
    single = pytflite.Profile("single", "", "single", own)
    found = pytflite.identify(MODEL, dumped(MODEL, single, INPUTS), INPUTS, profiles=["reference", "optimized"])
    assert not found.profiles
    assert "one rounding, ties up" in found.arithmetics
    assert found.is_known
    assert "one rounding, ties up" in found.verdict


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{kind}-{words}" for kind, _, words, _ in FAULTS])
def test_planted_faults_are_found(fault: Fault) -> None:
    result = examine(OWN, fault)
    assert result.found, result
    assert result.located, result


def test_every_kind_is_planted() -> None:
    assert {kind for kind, *_ in FAULTS} >= KINDS


@needs_corpus
@pytest.mark.parametrize("kind", ["accumulator", "beta", "padding"])
def test_a_fault_in_a_real_network(kind: str) -> None:
    net = Net.load("ResNet-8", next(SHARED.rglob("pretrainedResnet_quant.tflite")))
    result = examine(net, next(fault for fault in faults(net) if fault[0] == kind))
    assert result.found
    assert result.located


def test_the_smallest_input_tells_two_arithmetics_apart() -> None:
    found = pytflite.identify(MODEL, dumped(MODEL, "reference", INPUTS), INPUTS, profiles=["reference", "xnnpack"])
    told = [line for line in found.operators if line.apart is not None]
    assert told
    for line in told:
        apart = line.apart
        assert apart is not None
        assert abs(apart.one - apart.other) >= 1
        assert len(apart.elements) <= 4
        assert apart.names[0] in apart.words


def test_several_invokes_rule_out_more() -> None:
    invokes = [random_inputs(MODEL, seed) for seed in (1, 2, 3)]
    dumps = [dumped(MODEL, "reference", inputs) for inputs in invokes]
    one = pytflite.identify(MODEL, dumps[0], invokes[0])
    three = pytflite.identify(MODEL, dumps, *invokes)
    assert "reference" in three.profiles
    assert sum(len(line.consistent) for line in three.operators) < sum(len(line.consistent) for line in one.operators)
    assert three.operators[0].elements == 3 * one.operators[0].elements


def table_model(op: BuiltinOperator) -> Model:
    b = ModelBuilder()
    g = b.subgraph()
    x = g.input("x", (1, 256), "i8", scale=0.05, zero_point=3)
    y = g.output("y", (1, 256), "i8", scale=1 / 256, zero_point=-128)
    g.operator(op, [x], [y])
    return b.build()


def test_a_table_that_is_not_rounded() -> None:
    model = table_model(BuiltinOperator.LOGISTIC)
    codes = np.arange(-128, 128).astype(np.int8)[None]
    real = 1 / (1 + np.exp(-(codes.astype(np.float64) - 3) * np.float32(0.05)))
    cut = np.clip(np.floor(real * 256) - 128, -128, 127).astype(np.int8)
    (line,) = pytflite.identify(model, {"y": cut}, [codes]).operators
    assert line.consistent[0].kind == "table"
    assert "toward" in line.consistent[0].deviation


def difference(first: int) -> Model:
    """One input minus the other, that of an index first."""
    b = ModelBuilder()
    g = b.subgraph()
    given = [g.input("one", (2, 30), "i8", scale=0.1, zero_point=4), g.input("two", (2, 30), "i8", scale=0.2)]
    output = g.output("y", (2, 30), "i8", scale=0.2, zero_point=-7)
    g.operator(BuiltinOperator.SUB, [given[first], given[1 - first]], [output])
    return b.build()


def test_inputs_in_the_other_order() -> None:
    inputs = random_inputs(difference(0), 5)
    (swapped,) = Oracle(bytes(difference(1).to_bytes())).invoke(*inputs)
    (line,) = pytflite.identify(difference(0), {"y": swapped}, inputs).operators
    assert {c.kind for c in line.consistent} == {"order of inputs"}
    assert "inputs in the other order" in {c.deviation for c in line.consistent}


def test_a_dump_whose_input_is_another_is_told(tmp_path: Path) -> None:
    moved = (INPUTS[0].view(np.uint8) ^ 128).view(np.int8)
    dump = dumped(MODEL, "reference", [moved]) | {f"{MODEL.main.inputs[0]} input": moved}
    found = pytflite.identify(MODEL, dump, INPUTS)
    assert "reference" in found.profiles
    assert any("off by 128" in note for note in found.notes)
