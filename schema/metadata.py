"""What a model says of its inputs and outputs (the buffer named ``TFLITE_METADATA``), in the notation of `tflite.py`.

Facts from tflite-support's ``metadata_schema.fbs``, version 1.1.0.
"""

IDENTIFIER = "M001"
ROOT = "ModelMetadata"

ENUMS = """
AssociatedFileType byte: UNKNOWN DESCRIPTIONS TENSOR_AXIS_LABELS TENSOR_VALUE_LABELS TENSOR_AXIS_SCORE_CALIBRATION
  VOCABULARY
ColorSpaceType byte: UNKNOWN RGB GRAYSCALE
BoundingBoxType byte: UNKNOWN BOUNDARIES UPPER_LEFT CENTER
CoordinateType byte: RATIO PIXEL
ScoreTransformationType byte: IDENTITY LOG INVERSE_LOGISTIC
"""

UNIONS = """
ContentProperties: FeatureProperties ImageProperties BoundingBoxProperties
ProcessUnitOptions: NormalizationOptions ScoreCalibrationOptions ScoreThresholdingOptions BertTokenizerOptions
  SentencePieceTokenizerOptions
"""

TABLES = """
AssociatedFile: name string, description string, type AssociatedFileType, locale string
ImageSize: width uint, height uint
ImageProperties: color_space ColorSpaceType, default_size ImageSize
BoundingBoxProperties: index [uint], type BoundingBoxType, coordinate_type CoordinateType
ValueRange: min int, max int
Content: content_properties ContentProperties, range ValueRange
NormalizationOptions: mean [float], std [float]
ScoreCalibrationOptions: score_transformation ScoreTransformationType, default_score float
ScoreThresholdingOptions: global_score_threshold float
BertTokenizerOptions: vocab_file [AssociatedFile]
SentencePieceTokenizerOptions: sentencepiece_model [AssociatedFile], vocab_file [AssociatedFile]
ProcessUnit: options ProcessUnitOptions
Stats: max [float], min [float]
TensorMetadata: name string, description string, dimension_names [string], content Content,
  process_units [ProcessUnit], stats Stats, associated_files [AssociatedFile]
SubGraphMetadata: name string, description string, input_tensor_metadata [TensorMetadata],
  output_tensor_metadata [TensorMetadata], associated_files [AssociatedFile], input_process_units [ProcessUnit],
  output_process_units [ProcessUnit]
ModelMetadata: name string, description string, version string, subgraph_metadata [SubGraphMetadata], author string,
  license string, associated_files [AssociatedFile], min_parser_version string
"""

EMPTY = """
FeatureProperties
"""
