"""Explanations against the recordings of the real runtime, and against faults planted on purpose."""

from __future__ import annotations

import importlib
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pytflite
from pytflite.plan import prepare as preparing
from pytflite.profiles import REFERENCE, requantize
from pytflite.tools.anatomy import FAMILIES
from pytflite.tools.explain import as_text, strongest
from pytflite.tools.oracle import same_bits
from pytflite.tools.parity import random_inputs
from pytflite.tools.picture import as_svg
from tests import golden
from tests.files import SHARED, needs_corpus

INTEGER = [name for name in golden.names() if "int8" in name.split("/")[1] or "int16" in name.split("/")[1]]
DETAILED = {
    *("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "FULLY_CONNECTED", "BATCH_MATMUL", "MUL", "ADD", "SUB", "MEAN"),
    *("AVERAGE_POOL_2D", "MAX_POOL_2D", "LEAKY_RELU", "RESHAPE", "TRANSPOSE", "PAD", "SOFTMAX", "QUANTIZE", "PRELU"),
    *("UNIDIRECTIONAL_SEQUENCE_LSTM", "HARD_SWISH", "LOGISTIC", "TANH", "RESIZE_BILINEAR", "RELU", "RELU6"),
}
DIGITS = golden.load("digits/int8")


def inputs_of(recording: golden.Recording, sample: int = 0) -> list[np.ndarray]:
    return list(recording.inputs(sample).values())


@pytest.mark.parametrize("name", INTEGER)
def test_random_elements_of_every_operator_are_those_of_the_real_runtime(name: str) -> None:
    recording = golden.load(name)
    rng = np.random.default_rng(len(name))
    truth = recording.tensors["reference"][0]
    compared = 0
    for operator in pytflite.read(recording.model).main.operators:
        theirs = truth.get(operator.outputs[0])
        if theirs is None or not theirs.size:
            continue
        at = [int(rng.integers(size)) for size in theirs.shape]
        explained = pytflite.explain(recording.model, inputs_of(recording), operator.index, at)
        (explanation,) = explained.explanations
        assert explanation.value == theirs[tuple(at)], explained
        assert explanation.steps
        if operator.name in DETAILED:
            assert all(step.formula != "stage of the definition" for step in explanation.steps), explanation
        compared += 1
        if explanation.anatomy.zero_points:
            assert sum(explanation.anatomy.zero_points.values()) == sum(t.product for t in explanation.anatomy.terms)
    assert compared


@pytest.mark.parametrize("name", ["separable/int8", "residual/int8"])
def test_profile_optimized_is_explained_too(name: str) -> None:
    recording = golden.load(name)
    rng = np.random.default_rng(5)
    for operator in pytflite.read(recording.model).main.operators:
        theirs = recording.tensors["builtin"][0].get(operator.outputs[0])
        if theirs is not None and theirs.size:
            at = tuple(int(rng.integers(size)) for size in theirs.shape)
            explained = pytflite.explain(
                recording.model, inputs_of(recording), operator.index, at, profiles=["optimized", "reference"]
            )
            assert explained.explanations[0].value == theirs[at], explained


def test_the_terms_of_a_convolution_are_its_window() -> None:
    at = (0, 0, 3, 5)
    explained = pytflite.explain(DIGITS.model, inputs_of(DIGITS), 0, at)
    parts = explained.explanations[0].anatomy
    model = pytflite.read(DIGITS.model)
    operator = model.main.operators[0]
    filter, bias = (model.constant(model.main.tensors[i]) for i in operator.inputs[1:])
    zero_point = int(model.main.tensors[operator.inputs[0]].quantization.zero_point[0])
    image = np.pad(inputs_of(DIGITS)[0].astype(int) - zero_point, ((0, 0), (1, 1), (1, 1), (0, 0)))
    total = int(np.sum(image[0, 0:3, 3:6] * filter[5].astype(int))) + int(bias[5])
    assert parts.accumulator == total
    assert (len(parts.terms), parts.outside) == (6, 3)
    assert parts.window == ((-1, 0, 1), (2, 3, 4))


def test_profiles_part_at_a_tie() -> None:
    path, operator = golden.load("separable/int8").model, 2
    rounding_up = REFERENCE.override("rounding_up", {"CONV_2D": requantize("rounding_up")})
    model = pytflite.read(path)
    invokes = [random_inputs(model, seed) for seed in range(40)]
    one, other = (
        pytflite.trace(model, invokes, operators=[operator], profile=profile) for profile in (REFERENCE, rounding_up)
    )
    places = [
        (invoke, tuple(int(i) for i in place))
        for invoke in range(len(invokes))
        for place in np.argwhere(one.stage(operator, "output", invoke) != other.stage(operator, "output", invoke))
    ]
    assert places
    invoke, at = places[0]
    explained = pytflite.explain(model, invokes[invoke], operator, at, profiles=["reference", rounding_up])
    first, second = explained.explanations
    assert first.value == one.stage(operator, "output", invoke)[at]
    assert second.value == first.value + 1
    assert explained.parting.startswith("reference and rounding_up part at 'requantized'")
    assert f"{first.value} against {second.value}" in explained.parting
    assert "a tie" in first.steps[[step.name for step in first.steps].index("requantized")].note


def test_without_an_element_it_is_where_profiles_differ_most() -> None:
    recording = golden.load("residual/int8")
    inputs = inputs_of(recording)
    found = pytflite.compare(recording.model, ["reference", "xnnpack"], inputs)[0].partings
    assert found
    for parting in found:
        explained = pytflite.explain(recording.model, inputs, parting.operator, profiles=["reference", "xnnpack"])
        ours, theirs = (explanation.value for explanation in explained.explanations)
        assert abs(ours - theirs) == parting.largest


def test_profiles_that_go_different_ways() -> None:
    double = REFERENCE.override("double", {"FULLY_CONNECTED": requantize("double_rounding")})
    operator = next(o.index for o in pytflite.read(DIGITS.model).main.operators if o.name == "FULLY_CONNECTED")
    explained = pytflite.explain(DIGITS.model, inputs_of(DIGITS), operator, (0, 3), profiles=["reference", double])
    first, second = explained.explanations
    assert [step.name for step in first.steps] != [step.name for step in second.steps]
    assert explained.parting.startswith(f"All give {first.value}; reference and double take different ways (")
    alike = pytflite.explain(DIGITS.model, inputs_of(DIGITS), 0, (0, 1, 1, 1), profiles=["reference", "reference"])
    assert alike.parting.endswith("reference and reference take the same steps.")


def test_a_kernel_that_lies_is_not_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = preparing.load_kernel

    def lying(name: str) -> Any:
        kernel = honest(name)
        if kernel is None:
            return None

        def lie(*arguments: Any) -> None:
            kernel(*arguments)
            arguments[-1][...] += 1

        return lie

    monkeypatch.setattr(preparing, "load_kernel", lying)
    with pytest.raises(pytflite.InvokeError, match=r"and what ran .* disagree"):
        pytflite.explain(DIGITS.model, inputs_of(DIGITS), 0)


def test_what_cannot_be_explained_is_said() -> None:
    with pytest.raises(pytflite.ArgumentError, match="There is no operator 99; the model has"):
        pytflite.explain(DIGITS.model, inputs_of(DIGITS), 99)
    with pytest.raises(pytflite.ArgumentError, match=r"no element \[0, 8, 0, 0\]"):
        pytflite.explain(DIGITS.model, inputs_of(DIGITS), 0, (0, 8, 0, 0))


def test_text_picture_and_json() -> None:
    explained = pytflite.explain(DIGITS.model, inputs_of(DIGITS), 0, (0, 0, 3, 5))
    text = as_text(explained, top=2)
    assert "6 elements; 3 taps of the window are padding and add nothing, of which these 2 add most" in text
    assert text.count(" adds ") == 2
    assert as_text(explained, top=0).count(" adds ") == 6
    largest = strongest(explained.explanations[0].anatomy.terms, 1)[0]
    assert f"adds {largest.product}" in text
    picture = ET.fromstring(as_svg(explained))
    rects = picture.findall("{http://www.w3.org/2000/svg}rect")
    assert len(rects) == 1 + 9
    assert [t.text for t in picture.iter("{http://www.w3.org/2000/svg}text")].count("pad") == 3
    plain = json.loads(json.dumps(explained, default=lambda value: value.__class__.__name__))
    assert plain


BY_STAGES = {"LOG_SOFTMAX"}
"""Operators whose steps are always the definition's own."""


@pytest.mark.parametrize("op", sorted(FAMILIES))
def test_every_family_agrees_with_the_stages_of_the_definition(op: str) -> None:
    cases = importlib.import_module(f"tests.ops.test_{op.lower()}").golden_cases().values()
    rng, detailed = np.random.default_rng(len(op)), 0
    for number, case in enumerate(cases):
        profile, inputs = ("reference", "optimized", "xnnpack", "tflm")[number % 4], list(case.inputs[0])
        try:
            found = pytflite.trace(case.model, [inputs], profile=profile)
        except pytflite.PrepareError:
            profile = "reference"
            found = pytflite.trace(case.model, [inputs])
        for operator in [o.index for o in case.model.main.operators if o.name == op]:
            output = next(a for r, a in found if r.operator == operator)
            if output.dtype.kind not in "iu" or not output.size:
                continue
            for _ in range(3):
                at = [int(rng.integers(size)) for size in output.shape]
                (explanation,) = pytflite.explain(case.model, inputs, operator, at, profiles=[profile]).explanations
                stages = dict(explanation.stages)
                assert explanation.steps[-1].value == output[tuple(at)]
                for step in explanation.steps:
                    assert same_bits(np.asarray(stages.get(step.name, step.value)), np.asarray(step.value)), step
                detailed += all(step.formula != "stage of the definition" for step in explanation.steps)
    assert detailed or op in BY_STAGES


@needs_corpus
@pytest.mark.parametrize(
    "name",
    [
        "mlperf_tiny/keyword_spotting/kws_ref_model.tflite",
        "mlperf_tiny/anomaly_detection/ad01_int8.tflite",
        "mlperf_tiny/image_classification/pretrainedResnet_quant.tflite",
        "tflm/models/keyword_scrambled_8bit.tflite",
        "coral/split_concat.tflite",
        "coral/mobilenet_v1_0.25_128_quant.tflite",
    ],
)
def test_operators_of_other_peoples_models(name: str) -> None:
    path = next(iter(SHARED.rglob(Path(name).name)))
    model = pytflite.read(path)
    inputs = random_inputs(model, 3)
    truth = {record.operator: array for record, array in pytflite.trace(model, [inputs])}
    rng = np.random.default_rng(3)
    for operator in rng.permutation([o.index for o in model.main.operators])[:8]:
        output = truth[int(operator)]
        at = [int(rng.integers(size)) for size in output.shape]
        explained = pytflite.explain(model, inputs, int(operator), at)
        assert explained.explanations[0].steps
