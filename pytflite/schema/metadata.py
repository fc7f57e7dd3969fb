"""The metadata of a model, as records.

Generated from ``schema/metadata.py`` by ``schema/generate.py``: do not edit.
"""

# ruff: noqa: D101

from __future__ import annotations

from enum import IntEnum

from pytflite.flatbuffer.table import Table, Unknown


class AssociatedFileType(IntEnum):
    """A byte in the file."""

    UNKNOWN = 0
    DESCRIPTIONS = 1
    TENSOR_AXIS_LABELS = 2
    TENSOR_VALUE_LABELS = 3
    TENSOR_AXIS_SCORE_CALIBRATION = 4
    VOCABULARY = 5


class ColorSpaceType(IntEnum):
    """A byte in the file."""

    UNKNOWN = 0
    RGB = 1
    GRAYSCALE = 2


class BoundingBoxType(IntEnum):
    """A byte in the file."""

    UNKNOWN = 0
    BOUNDARIES = 1
    UPPER_LEFT = 2
    CENTER = 3


class CoordinateType(IntEnum):
    """A byte in the file."""

    RATIO = 0
    PIXEL = 1


class ScoreTransformationType(IntEnum):
    """A byte in the file."""

    IDENTITY = 0
    LOG = 1
    INVERSE_LOGISTIC = 2


class FeatureProperties(Table):
    __slots__ = ()


class AssociatedFile(Table):
    __slots__ = __match_args__ = (
        "name",
        "description",
        "type",
        "locale",
    )

    name: str
    description: str
    type: AssociatedFileType
    locale: str

    def __init__(
        self,
        name: str = "",
        description: str = "",
        type: AssociatedFileType = AssociatedFileType.UNKNOWN,
        locale: str = "",
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            name,
            description,
            type,
            locale,
        )


class ImageSize(Table):
    __slots__ = __match_args__ = (
        "width",
        "height",
    )

    width: int
    height: int

    def __init__(
        self,
        width: int = 0,
        height: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            width,
            height,
        )


class ImageProperties(Table):
    __slots__ = __match_args__ = (
        "color_space",
        "default_size",
    )

    color_space: ColorSpaceType
    default_size: ImageSize | None

    def __init__(
        self,
        color_space: ColorSpaceType = ColorSpaceType.UNKNOWN,
        default_size: ImageSize | None = None,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            color_space,
            default_size,
        )


class BoundingBoxProperties(Table):
    __slots__ = __match_args__ = (
        "index",
        "type",
        "coordinate_type",
    )

    index: tuple[int, ...]
    type: BoundingBoxType
    coordinate_type: CoordinateType

    def __init__(
        self,
        index: tuple[int, ...] = (),
        type: BoundingBoxType = BoundingBoxType.UNKNOWN,
        coordinate_type: CoordinateType = CoordinateType.RATIO,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            index,
            type,
            coordinate_type,
        )


class ValueRange(Table):
    __slots__ = __match_args__ = (
        "min",
        "max",
    )

    min: int
    max: int

    def __init__(
        self,
        min: int = 0,
        max: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            min,
            max,
        )


class Content(Table):
    __slots__ = __match_args__ = (
        "content_properties",
        "range",
    )

    content_properties: Table | None
    range: ValueRange | None

    def __init__(
        self,
        content_properties: Table | None = None,
        range: ValueRange | None = None,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            content_properties,
            range,
        )


class NormalizationOptions(Table):
    __slots__ = __match_args__ = (
        "mean",
        "std",
    )

    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __init__(
        self,
        mean: tuple[float, ...] = (),
        std: tuple[float, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            mean,
            std,
        )


class ScoreCalibrationOptions(Table):
    __slots__ = __match_args__ = (
        "score_transformation",
        "default_score",
    )

    score_transformation: ScoreTransformationType
    default_score: float

    def __init__(
        self,
        score_transformation: ScoreTransformationType = ScoreTransformationType.IDENTITY,
        default_score: float = 0.0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            score_transformation,
            default_score,
        )


class ScoreThresholdingOptions(Table):
    __slots__ = __match_args__ = ("global_score_threshold",)

    global_score_threshold: float

    def __init__(
        self,
        global_score_threshold: float = 0.0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            global_score_threshold,
        )


class BertTokenizerOptions(Table):
    __slots__ = __match_args__ = ("vocab_file",)

    vocab_file: tuple[AssociatedFile, ...]

    def __init__(
        self,
        vocab_file: tuple[AssociatedFile, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            vocab_file,
        )


class SentencePieceTokenizerOptions(Table):
    __slots__ = __match_args__ = (
        "sentencepiece_model",
        "vocab_file",
    )

    sentencepiece_model: tuple[AssociatedFile, ...]
    vocab_file: tuple[AssociatedFile, ...]

    def __init__(
        self,
        sentencepiece_model: tuple[AssociatedFile, ...] = (),
        vocab_file: tuple[AssociatedFile, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            sentencepiece_model,
            vocab_file,
        )


class ProcessUnit(Table):
    __slots__ = __match_args__ = ("options",)

    options: Table | None

    def __init__(
        self,
        options: Table | None = None,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            options,
        )


class Stats(Table):
    __slots__ = __match_args__ = (
        "max",
        "min",
    )

    max: tuple[float, ...]
    min: tuple[float, ...]

    def __init__(
        self,
        max: tuple[float, ...] = (),
        min: tuple[float, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            max,
            min,
        )


class TensorMetadata(Table):
    __slots__ = __match_args__ = (
        "name",
        "description",
        "dimension_names",
        "content",
        "process_units",
        "stats",
        "associated_files",
    )

    name: str
    description: str
    dimension_names: tuple[str, ...]
    content: Content | None
    process_units: tuple[ProcessUnit, ...]
    stats: Stats | None
    associated_files: tuple[AssociatedFile, ...]

    def __init__(
        self,
        name: str = "",
        description: str = "",
        dimension_names: tuple[str, ...] = (),
        content: Content | None = None,
        process_units: tuple[ProcessUnit, ...] = (),
        stats: Stats | None = None,
        associated_files: tuple[AssociatedFile, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            name,
            description,
            dimension_names,
            content,
            process_units,
            stats,
            associated_files,
        )


class SubGraphMetadata(Table):
    __slots__ = __match_args__ = (
        "name",
        "description",
        "input_tensor_metadata",
        "output_tensor_metadata",
        "associated_files",
        "input_process_units",
        "output_process_units",
    )

    name: str
    description: str
    input_tensor_metadata: tuple[TensorMetadata, ...]
    output_tensor_metadata: tuple[TensorMetadata, ...]
    associated_files: tuple[AssociatedFile, ...]
    input_process_units: tuple[ProcessUnit, ...]
    output_process_units: tuple[ProcessUnit, ...]

    def __init__(
        self,
        name: str = "",
        description: str = "",
        input_tensor_metadata: tuple[TensorMetadata, ...] = (),
        output_tensor_metadata: tuple[TensorMetadata, ...] = (),
        associated_files: tuple[AssociatedFile, ...] = (),
        input_process_units: tuple[ProcessUnit, ...] = (),
        output_process_units: tuple[ProcessUnit, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            name,
            description,
            input_tensor_metadata,
            output_tensor_metadata,
            associated_files,
            input_process_units,
            output_process_units,
        )


class ModelMetadata(Table):
    __slots__ = __match_args__ = (
        "name",
        "description",
        "version",
        "subgraph_metadata",
        "author",
        "license",
        "associated_files",
        "min_parser_version",
    )

    name: str
    description: str
    version: str
    subgraph_metadata: tuple[SubGraphMetadata, ...]
    author: str
    license: str
    associated_files: tuple[AssociatedFile, ...]
    min_parser_version: str

    def __init__(
        self,
        name: str = "",
        description: str = "",
        version: str = "",
        subgraph_metadata: tuple[SubGraphMetadata, ...] = (),
        author: str = "",
        license: str = "",
        associated_files: tuple[AssociatedFile, ...] = (),
        min_parser_version: str = "",
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            name,
            description,
            version,
            subgraph_metadata,
            author,
            license,
            associated_files,
            min_parser_version,
        )
