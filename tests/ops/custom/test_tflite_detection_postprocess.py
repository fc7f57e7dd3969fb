from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from flatbuffers import flexbuffers
from hypothesis import given, settings
from hypothesis import strategies as st

from pytflite.build import ModelBuilder
from pytflite.errors import InvokeError, PrepareError
from pytflite.model.write import write
from pytflite.tools.oracle import first_difference
from tests.ops.harness import HAS_LITERT, Case, agrees_with_golden, evaluate, real

Array = npt.NDArray[Any]

OPTIONS = {
    "max_detections": 6,
    "max_classes_per_detection": 1,
    "nms_score_threshold": 0.1,
    "nms_iou_threshold": 0.5,
    "y_scale": 10.0,
    "x_scale": 10.0,
    "h_scale": 5.0,
    "w_scale": 5.0,
}


def detection(
    seed: int,
    *,
    anchors: int = 30,
    classes: int = 4,
    background: int = 1,
    letters: str = "f32 f32 f32",
    ties: bool = False,
    wide: int = 4,
    drop: str = "",
    anchor_shape: tuple[int, ...] | None = None,
    **options: Any,
) -> Case:
    """Anchors over a picture, with encodings and scores at random; ties: scores of few values."""
    rng = np.random.default_rng(seed)
    values = [
        rng.standard_normal((1, anchors, wide)) * 3,
        np.round(rng.random((1, anchors, classes + background)), 1 if ties else 9),
        np.concatenate([rng.random((anchors, 2)), rng.random((anchors, 2)) * 0.5], axis=1),
    ]
    if anchor_shape is not None:
        values[2] = np.zeros(anchor_shape)
    b = ModelBuilder()
    g = b.subgraph("main")
    inputs, fed = [], []
    for i, (value, letter, scale, zero_point) in enumerate(
        zip(values, letters.split(), (0.07, 1 / 256, 1 / 255), (128, 0, 0), strict=True)
    ):
        quantization = {"scale": scale, "zero_point": zero_point} if letter == "u8" else {}
        inputs.append(g.input(f"in{i}", value.shape, letter, **quantization))
        codes = np.clip(np.round(value / scale) + zero_point, 0, 255).astype(np.uint8)
        fed.append(codes if letter == "u8" else value.astype(np.float32))
    stored = {**OPTIONS, "num_classes": classes, **options}
    stored.pop(drop, None)
    outputs = [g.output(f"out{i}", (), "f32") for i in range(4)]
    g.operator("TFLite_Detection_PostProcess", inputs, outputs, custom_options=bytes(flexbuffers.Dumps(stored)))
    return Case(b.build(), [fed])


def agree(subject: Case, classes_per_detection: int, kept: int) -> None:
    """As far as the kernel writes: the fast one leaves what the memory held behind the last detection."""
    ours = evaluate(subject.model, subject.inputs, kernels=False)
    if HAS_LITERT:
        theirs = real(write(subject.model), subject.inputs)
        written = np.arange(ours[1].shape[1])
        written = (written // classes_per_detection < ours[3]) & (written % classes_per_detection < kept)
        for outputs in (ours, theirs):
            outputs[:3] = [output[:, written] for output in outputs[:3]]
        difference = first_difference(ours, theirs)
        assert not difference, f"against BUILTIN_REF: {difference}"


LETTERS = ["f32 f32 f32", "u8 u8 u8", "f32 u8 f32", "u8 f32 u8"]


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_fast_agrees(data: st.DataObject) -> None:
    per, classes = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 12))
    subject = detection(
        data.draw(st.integers(0, 2**32)),
        anchors=data.draw(st.integers(1, 60)),
        classes=classes,
        background=data.draw(st.integers(0, 1)),
        letters=data.draw(st.sampled_from(LETTERS)),
        ties=data.draw(st.booleans()),
        wide=data.draw(st.integers(4, 6)),
        max_classes_per_detection=per,
        max_detections=data.draw(st.integers(1, 20)),
        nms_score_threshold=data.draw(st.sampled_from([0.0, 0.3, 0.9])),
        nms_iou_threshold=data.draw(st.sampled_from([0.1, 0.5, 1.0])),
    )
    agree(subject, per, min(per, classes))


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_regular_agrees(data: st.DataObject) -> None:
    subject = detection(
        data.draw(st.integers(0, 2**32)),
        anchors=data.draw(st.integers(1, 60)),
        classes=data.draw(st.integers(1, 6)),
        background=data.draw(st.integers(0, 1)),
        letters=data.draw(st.sampled_from(LETTERS)),
        ties=data.draw(st.booleans()),
        use_regular_nms=True,
        detections_per_class=data.draw(st.integers(1, 10)),
        max_detections=data.draw(st.integers(1, 20)),
        nms_iou_threshold=data.draw(st.sampled_from([0.1, 0.5, 1.0])),
    )
    agree(subject, 1, 1)


def test_what_there_is_not_is_0() -> None:
    subject = detection(0, anchors=2, max_detections=9)
    boxes, classes, scores, count = evaluate(subject.model, subject.inputs, kernels=False)
    assert 0 < count.item() <= 2
    assert not any(output[0, 2:].any() for output in (boxes, classes, scores))


def golden_cases() -> dict[str, Case]:
    return {letters.replace(" ", "_"): detection(0, letters=letters, use_regular_nms=True) for letters in LETTERS}


def test_golden() -> None:
    agrees_with_golden("custom/tflite_detection_postprocess")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"wide": 3}, r"must be \(1, anchors, 4 or more\)"),
        ({"num_classes": 6}, r"must be \(1, 30, 6 or 7\)"),
        ({"anchor_shape": (4, 30)}, r"must be \(30, 4\)"),
        ({"nms_iou_threshold": 0.0}, "nms_iou_threshold is 0.0"),
        ({"drop": "max_detections"}, "Custom option 'max_detections' is None"),
        ({"y_scale": "ten"}, "Custom option 'y_scale' is 'ten', a number is accepted"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = detection(0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*PostProcess\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)


def test_refuses_boxes_that_end_before_they_begin() -> None:
    subject = detection(0)
    subject.inputs[0][2][:, 2:] *= -1
    with pytest.raises(InvokeError, match=r"A box ends before it begins[\s\S]*PostProcess\) failed to invoke"):
        evaluate(subject.model, subject.inputs, kernels=False)
