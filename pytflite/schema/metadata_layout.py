"""How the metadata of a model lies in a buffer.

Generated from ``schema/metadata.py`` by ``schema/generate.py``: do not edit.
"""

from __future__ import annotations

from pytflite.flatbuffer.layout import (
    BYTE,
    FLOAT,
    INT,
    TEXT,
    UINT,
    Field,
    Layout,
    Scalar,
    Union,
    Vector,
)
from pytflite.schema import metadata
from pytflite.schema.metadata import (
    AssociatedFileType,
    BoundingBoxType,
    ColorSpaceType,
    CoordinateType,
    ScoreTransformationType,
)

_AssociatedFileType = Scalar(BYTE.code, AssociatedFileType)
_ColorSpaceType = Scalar(BYTE.code, ColorSpaceType)
_BoundingBoxType = Scalar(BYTE.code, BoundingBoxType)
_CoordinateType = Scalar(BYTE.code, CoordinateType)
_ScoreTransformationType = Scalar(BYTE.code, ScoreTransformationType)
FeatureProperties = Layout(
    metadata.FeatureProperties,
    0,
)
AssociatedFile = Layout(
    metadata.AssociatedFile,
    4,
    [
        Field("name", 0, TEXT, ""),
        Field("description", 1, TEXT, ""),
        Field("type", 2, _AssociatedFileType, 0),
        Field("locale", 3, TEXT, ""),
    ],
)
ImageSize = Layout(
    metadata.ImageSize,
    2,
    [
        Field("width", 0, UINT, 0),
        Field("height", 1, UINT, 0),
    ],
)
ImageProperties = Layout(
    metadata.ImageProperties,
    2,
    [
        Field("color_space", 0, _ColorSpaceType, 0),
        Field("default_size", 1, ImageSize, None),
    ],
)
BoundingBoxProperties = Layout(
    metadata.BoundingBoxProperties,
    3,
    [
        Field("index", 0, Vector(UINT), ()),
        Field("type", 1, _BoundingBoxType, 0),
        Field("coordinate_type", 2, _CoordinateType, 0),
    ],
)
ValueRange = Layout(
    metadata.ValueRange,
    2,
    [
        Field("min", 0, INT, 0),
        Field("max", 1, INT, 0),
    ],
)
ContentProperties = Union(
    FeatureProperties,
    ImageProperties,
    BoundingBoxProperties,
)
Content = Layout(
    metadata.Content,
    3,
    [
        Field("content_properties", 1, ContentProperties, None),
        Field("range", 2, ValueRange, None),
    ],
)
NormalizationOptions = Layout(
    metadata.NormalizationOptions,
    2,
    [
        Field("mean", 0, Vector(FLOAT), ()),
        Field("std", 1, Vector(FLOAT), ()),
    ],
)
ScoreCalibrationOptions = Layout(
    metadata.ScoreCalibrationOptions,
    2,
    [
        Field("score_transformation", 0, _ScoreTransformationType, 0),
        Field("default_score", 1, FLOAT, 0.0),
    ],
)
ScoreThresholdingOptions = Layout(
    metadata.ScoreThresholdingOptions,
    1,
    [
        Field("global_score_threshold", 0, FLOAT, 0.0),
    ],
)
BertTokenizerOptions = Layout(
    metadata.BertTokenizerOptions,
    1,
    [
        Field("vocab_file", 0, Vector(AssociatedFile), ()),
    ],
)
SentencePieceTokenizerOptions = Layout(
    metadata.SentencePieceTokenizerOptions,
    2,
    [
        Field("sentencepiece_model", 0, Vector(AssociatedFile), ()),
        Field("vocab_file", 1, Vector(AssociatedFile), ()),
    ],
)
ProcessUnitOptions = Union(
    NormalizationOptions,
    ScoreCalibrationOptions,
    ScoreThresholdingOptions,
    BertTokenizerOptions,
    SentencePieceTokenizerOptions,
)
ProcessUnit = Layout(
    metadata.ProcessUnit,
    2,
    [
        Field("options", 1, ProcessUnitOptions, None),
    ],
)
Stats = Layout(
    metadata.Stats,
    2,
    [
        Field("max", 0, Vector(FLOAT), ()),
        Field("min", 1, Vector(FLOAT), ()),
    ],
)
TensorMetadata = Layout(
    metadata.TensorMetadata,
    7,
    [
        Field("name", 0, TEXT, ""),
        Field("description", 1, TEXT, ""),
        Field("dimension_names", 2, Vector(TEXT), ()),
        Field("content", 3, Content, None),
        Field("process_units", 4, Vector(ProcessUnit), ()),
        Field("stats", 5, Stats, None),
        Field("associated_files", 6, Vector(AssociatedFile), ()),
    ],
)
SubGraphMetadata = Layout(
    metadata.SubGraphMetadata,
    7,
    [
        Field("name", 0, TEXT, ""),
        Field("description", 1, TEXT, ""),
        Field("input_tensor_metadata", 2, Vector(TensorMetadata), ()),
        Field("output_tensor_metadata", 3, Vector(TensorMetadata), ()),
        Field("associated_files", 4, Vector(AssociatedFile), ()),
        Field("input_process_units", 5, Vector(ProcessUnit), ()),
        Field("output_process_units", 6, Vector(ProcessUnit), ()),
    ],
)
ModelMetadata = Layout(
    metadata.ModelMetadata,
    8,
    [
        Field("name", 0, TEXT, ""),
        Field("description", 1, TEXT, ""),
        Field("version", 2, TEXT, ""),
        Field("subgraph_metadata", 3, Vector(SubGraphMetadata), ()),
        Field("author", 4, TEXT, ""),
        Field("license", 5, TEXT, ""),
        Field("associated_files", 6, Vector(AssociatedFile), ()),
        Field("min_parser_version", 7, TEXT, ""),
    ],
)

ROOT = ModelMetadata
IDENTIFIER = "M001"
