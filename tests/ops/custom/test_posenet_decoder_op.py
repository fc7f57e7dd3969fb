"""No wheel has this operator: its recording was made with libcoral's own C++, and plain loops check the masks."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from flatbuffers import flexbuffers

from pytflite.build import ModelBuilder
from pytflite.errors import InvokeError, PrepareError
from tests.ops.harness import Case, agrees_with_golden, case, evaluate

Array = npt.NDArray[Any]

OPTIONS = {"max_detections": 8, "score_threshold": 0.2, "stride": 16, "nms_radius": 10.0}
DEPTHS = {"heatmaps": 17, "short_offsets": 34, "mid_offsets": 64, "long_offsets": 34}
SCALES = {"heatmaps": (0.09, 180), "short_offsets": (0.7, 134), "mid_offsets": (1.5, 118), "long_offsets": (2.5, 128)}


def picture(
    seed: int,
    *,
    size: tuple[int, int] = (9, 11),
    letters: str = "u8 u8 u8",
    few: int = 0,
    likely: float = -2.0,
    inputs: dict[str, Array] | None = None,
    drop: str = "",
    outputs: int | None = None,
    **options: Any,
) -> Case:
    """Random heatmaps and offsets; few: heatmaps of so many different values, in tiles, and offsets of few, too."""
    rng = np.random.default_rng(seed)
    b = ModelBuilder()
    g = b.subgraph("main")
    refs, fed = [], []
    for (name, depth), letter in zip(DEPTHS.items(), letters.split(), strict=False):
        shape = (1, *((33, 33) if name == "long_offsets" else size), depth)
        value = rng.normal(likely, 2, shape) if name == "heatmaps" else rng.normal(0, 24, shape)
        if few:
            tile = rng.integers(0, few, (1, 3, 3, depth)) - few // 2
            value = np.tile(tile, (1, 11, 11, 1))[:, : shape[1], : shape[2]] * (1.0 if name == "heatmaps" else 4.0)
        if letter == "u8":
            scale, zero_point = SCALES[name]
            value = np.clip(np.round(value / scale) + zero_point, 0, 255).astype(np.uint8)
            refs.append(g.input(name, shape, letter, scale=scale, zero_point=zero_point))
        else:
            refs.append(g.input(name, shape, letter))
            value = value.astype(np.float32)
        fed.append((inputs or {}).get(name, value))
    given = {name: value for name, value in (OPTIONS | options).items() if name != drop}
    results = [g.output(f"output{i}", (), "f32") for i in range(outputs or len(refs) + 1)]
    g.operator("PosenetDecoderOp", refs, results, custom_options=bytes(flexbuffers.Dumps(given)))
    return case(b.build(), *fed)


def recorded_cases() -> dict[str, Case]:
    return {
        "uint8": picture(0),
        "float32": picture(1, letters="f32 f32 f32", size=(5, 4), max_detections=5, nms_radius=1.0),
        "mixed": picture(2, letters="f32 u8 f32", size=(1, 6), nms_radius=25.5),
        "many_equals": picture(3, few=3, size=(11, 12), max_detections=40, nms_radius=1.0),
        "equal_everywhere": picture(4, few=1, size=(9, 9), max_detections=25, nms_radius=3.0),
        "none": picture(5, size=(2, 2), likely=-60.0),
        "none_with_masks": picture(6, letters="u8 u8 u8 u8", few=5, score_threshold=0.999, max_detections=2),
        "masks": picture(7, letters="f32 f32 f32 f32", few=4, size=(5, 5), max_detections=4, stride=8),
        "masks_uint8": picture(8, letters="u8 u8 u8 u8", few=6, size=(5, 5), max_detections=3),
        "no_poses_wanted": picture(9, size=(2, 2), max_detections=0),
    }


def test_recording() -> None:
    agrees_with_golden("custom/posenet_decoder_op")


def test_masks_name_the_nearest_pose() -> None:
    """Long offsets of 0: the nearest is that whose keypoints are nearest to the place itself, summed."""
    zero = np.zeros((1, 33, 33, 34), np.float32)
    subject = picture(10, letters="f32 f32 f32 f32", inputs={"long_offsets": zero}, likely=0.0, max_detections=4)
    keypoints, _, _, count, found = evaluate(subject.model, subject.inputs, kernels=False)
    assert count[0] > 1
    for y, x in np.ndindex(33, 33):
        distances = [sum((k - (16 * y, 16 * x)).astype(np.float64) ** 2 for k in pose).sum() for pose in keypoints[0]]
        best = int(np.argmin(distances[: int(count[0])]))
        assert found[0, :, y, x].tolist() == [float(i == best) for i in range(4)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"drop": "stride"}, "Custom option 'stride' is None, an integer from 1"),
        ({"stride": 0}, "Custom option 'stride' is 0"),
        ({"max_detections": -1}, "Custom option 'max_detections' is -1"),
        ({"drop": "nms_radius"}, "Custom option 'nms_radius' is None, a number is accepted"),
        ({"outputs": 5}, "3 inputs and 4 outputs, or 4 inputs and 5 outputs"),
        ({"letters": "i8 u8 u8"}, r"Type combination i8 u8 u8 -> f32 f32 f32 f32 is not supported"),
        ({"inputs": {"mid_offsets": np.zeros((1, 9, 12, 64), np.uint8)}}, r"must be \(1, height, width, 64\)"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    subject = picture(0, **change)
    with pytest.raises(PrepareError, match=rf"{message}[\s\S]*\(PosenetDecoderOp\) failed to prepare"):
        evaluate(subject.model, subject.inputs, kernels=False)


def test_refuses_offsets_that_are_no_numbers() -> None:
    subject = picture(0, letters="f32 f32 f32", inputs={"mid_offsets": np.full((1, 9, 11, 64), np.nan, np.float32)})
    with pytest.raises(InvokeError, match=r"An offset is not a number\.[\s\S]*\(PosenetDecoderOp\) failed to invoke"):
        evaluate(subject.model, subject.inputs, kernels=False)
