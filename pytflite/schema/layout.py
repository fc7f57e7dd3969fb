"""How the tables of the schema lie in a file.

Generated from ``schema/tflite.py`` by ``schema/generate.py``: do not edit.
"""

from __future__ import annotations

from pytflite.flatbuffer.layout import (
    BOOL,
    BYTE,
    FLOAT,
    FLOATS,
    INT,
    INTS,
    LONG,
    LONGS,
    TEXT,
    UBYTE,
    UBYTES,
    UINT,
    ULONG,
    USHORT,
    USHORTS,
    Array,
    Field,
    Layout,
    Scalar,
    Union,
    Vector,
)
from pytflite.schema import tables
from pytflite.schema.enums import (
    ActivationFunctionType,
    BuiltinOperator,
    CombinerType,
    CustomOptionsFormat,
    DimensionType,
    FullyConnectedOptionsWeightsFormat,
    LSHProjectionType,
    LSTMKernelType,
    MirrorPadMode,
    Padding,
    ReduceWindowFunction,
    RngAlgorithm,
    StablehloComparisonDirection,
    StablehloComparisonType,
    StablehloPrecisionConfig,
    TensorType,
)

_TensorType = Scalar(BYTE.code, TensorType)
_DimensionType = Scalar(BYTE.code, DimensionType)
_BuiltinOperator = Scalar(INT.code, BuiltinOperator)
_StablehloPrecisionConfig = Scalar(UINT.code, StablehloPrecisionConfig)
_StablehloComparisonDirection = Scalar(UINT.code, StablehloComparisonDirection)
_StablehloComparisonType = Scalar(UINT.code, StablehloComparisonType)
_RngAlgorithm = Scalar(BYTE.code, RngAlgorithm)
_Padding = Scalar(BYTE.code, Padding)
_ActivationFunctionType = Scalar(BYTE.code, ActivationFunctionType)
_LSHProjectionType = Scalar(BYTE.code, LSHProjectionType)
_FullyConnectedOptionsWeightsFormat = Scalar(BYTE.code, FullyConnectedOptionsWeightsFormat)
_LSTMKernelType = Scalar(BYTE.code, LSTMKernelType)
_CombinerType = Scalar(BYTE.code, CombinerType)
_MirrorPadMode = Scalar(BYTE.code, MirrorPadMode)
_ReduceWindowFunction = Scalar(INT.code, ReduceWindowFunction)
_CustomOptionsFormat = Scalar(BYTE.code, CustomOptionsFormat)
PadOptions = Layout(
    tables.PadOptions,
    0,
)
PadV2Options = Layout(
    tables.PadV2Options,
    0,
)
SpaceToBatchNDOptions = Layout(
    tables.SpaceToBatchNDOptions,
    0,
)
BatchToSpaceNDOptions = Layout(
    tables.BatchToSpaceNDOptions,
    0,
)
TopKV2Options = Layout(
    tables.TopKV2Options,
    0,
)
TransposeOptions = Layout(
    tables.TransposeOptions,
    0,
)
ExpOptions = Layout(
    tables.ExpOptions,
    0,
)
CosOptions = Layout(
    tables.CosOptions,
    0,
)
LogSoftmaxOptions = Layout(
    tables.LogSoftmaxOptions,
    0,
)
DequantizeOptions = Layout(
    tables.DequantizeOptions,
    0,
)
MaximumMinimumOptions = Layout(
    tables.MaximumMinimumOptions,
    0,
)
TileOptions = Layout(
    tables.TileOptions,
    0,
)
GreaterOptions = Layout(
    tables.GreaterOptions,
    0,
)
GreaterEqualOptions = Layout(
    tables.GreaterEqualOptions,
    0,
)
LessOptions = Layout(
    tables.LessOptions,
    0,
)
LessEqualOptions = Layout(
    tables.LessEqualOptions,
    0,
)
NegOptions = Layout(
    tables.NegOptions,
    0,
)
SelectOptions = Layout(
    tables.SelectOptions,
    0,
)
SliceOptions = Layout(
    tables.SliceOptions,
    0,
)
ExpandDimsOptions = Layout(
    tables.ExpandDimsOptions,
    0,
)
EqualOptions = Layout(
    tables.EqualOptions,
    0,
)
NotEqualOptions = Layout(
    tables.NotEqualOptions,
    0,
)
RankOptions = Layout(
    tables.RankOptions,
    0,
)
PowOptions = Layout(
    tables.PowOptions,
    0,
)
LogicalOrOptions = Layout(
    tables.LogicalOrOptions,
    0,
)
AbsOptions = Layout(
    tables.AbsOptions,
    0,
)
HardSwishOptions = Layout(
    tables.HardSwishOptions,
    0,
)
LogicalAndOptions = Layout(
    tables.LogicalAndOptions,
    0,
)
LogicalNotOptions = Layout(
    tables.LogicalNotOptions,
    0,
)
FloorDivOptions = Layout(
    tables.FloorDivOptions,
    0,
)
SquareOptions = Layout(
    tables.SquareOptions,
    0,
)
ZerosLikeOptions = Layout(
    tables.ZerosLikeOptions,
    0,
)
FillOptions = Layout(
    tables.FillOptions,
    0,
)
FloorModOptions = Layout(
    tables.FloorModOptions,
    0,
)
RangeOptions = Layout(
    tables.RangeOptions,
    0,
)
SquaredDifferenceOptions = Layout(
    tables.SquaredDifferenceOptions,
    0,
)
ReverseV2Options = Layout(
    tables.ReverseV2Options,
    0,
)
AddNOptions = Layout(
    tables.AddNOptions,
    0,
)
GatherNdOptions = Layout(
    tables.GatherNdOptions,
    0,
)
WhereOptions = Layout(
    tables.WhereOptions,
    0,
)
MatrixDiagOptions = Layout(
    tables.MatrixDiagOptions,
    0,
)
QuantizeOptions = Layout(
    tables.QuantizeOptions,
    0,
)
MatrixSetDiagOptions = Layout(
    tables.MatrixSetDiagOptions,
    0,
)
NonMaxSuppressionV4Options = Layout(
    tables.NonMaxSuppressionV4Options,
    0,
)
NonMaxSuppressionV5Options = Layout(
    tables.NonMaxSuppressionV5Options,
    0,
)
ScatterNdOptions = Layout(
    tables.ScatterNdOptions,
    0,
)
SelectV2Options = Layout(
    tables.SelectV2Options,
    0,
)
DensifyOptions = Layout(
    tables.DensifyOptions,
    0,
)
SegmentSumOptions = Layout(
    tables.SegmentSumOptions,
    0,
)
BroadcastToOptions = Layout(
    tables.BroadcastToOptions,
    0,
)
Rfft2dOptions = Layout(
    tables.Rfft2dOptions,
    0,
)
HashtableFindOptions = Layout(
    tables.HashtableFindOptions,
    0,
)
HashtableImportOptions = Layout(
    tables.HashtableImportOptions,
    0,
)
HashtableSizeOptions = Layout(
    tables.HashtableSizeOptions,
    0,
)
ReadVariableOptions = Layout(
    tables.ReadVariableOptions,
    0,
)
AssignVariableOptions = Layout(
    tables.AssignVariableOptions,
    0,
)
DynamicUpdateSliceOptions = Layout(
    tables.DynamicUpdateSliceOptions,
    0,
)
UnsortedSegmentProdOptions = Layout(
    tables.UnsortedSegmentProdOptions,
    0,
)
UnsortedSegmentMaxOptions = Layout(
    tables.UnsortedSegmentMaxOptions,
    0,
)
UnsortedSegmentSumOptions = Layout(
    tables.UnsortedSegmentSumOptions,
    0,
)
ATan2Options = Layout(
    tables.ATan2Options,
    0,
)
UnsortedSegmentMinOptions = Layout(
    tables.UnsortedSegmentMinOptions,
    0,
)
SignOptions = Layout(
    tables.SignOptions,
    0,
)
BitcastOptions = Layout(
    tables.BitcastOptions,
    0,
)
BitwiseXorOptions = Layout(
    tables.BitwiseXorOptions,
    0,
)
RightShiftOptions = Layout(
    tables.RightShiftOptions,
    0,
)
DilateOptions = Layout(
    tables.DilateOptions,
    0,
)
StablehloShiftLeftOptions = Layout(
    tables.StablehloShiftLeftOptions,
    0,
)
CustomQuantization = Layout(
    tables.CustomQuantization,
    1,
    [
        Field("custom", 0, Vector(UBYTE, align=16), b""),
    ],
)
BlockwiseQuantization = Layout(
    tables.BlockwiseQuantization,
    4,
    [
        Field("scales", 0, INT, 0),
        Field("zero_points", 1, INT, 0),
        Field("block_size", 2, INT, 0),
        Field("block_shape", 3, Vector(INT), ()),
    ],
)
MultiAxisQuantization = Layout(
    tables.MultiAxisQuantization,
    4,
    [
        Field("scales", 0, INT, 0),
        Field("zero_points", 1, INT, 0),
        Field("block_size", 2, INT, 0),
        Field("quantized_dimensions", 3, Vector(INT), ()),
    ],
)
QuantizationDetails = Union(
    CustomQuantization,
    BlockwiseQuantization,
    MultiAxisQuantization,
)
QuantizationParameters = Layout(
    tables.QuantizationParameters,
    7,
    [
        Field("min", 0, Array(FLOAT), FLOATS.nothing),
        Field("max", 1, Array(FLOAT), FLOATS.nothing),
        Field("scale", 2, Array(FLOAT), FLOATS.nothing),
        Field("zero_point", 3, Array(LONG), LONGS.nothing),
        Field("details", 5, QuantizationDetails, None),
        Field("quantized_dimension", 6, INT, 0),
    ],
)
Int32Vector = Layout(
    tables.Int32Vector,
    1,
    [
        Field("values", 0, Array(INT), INTS.nothing),
    ],
)
Uint16Vector = Layout(
    tables.Uint16Vector,
    1,
    [
        Field("values", 0, Array(USHORT, align=4), USHORTS.nothing),
    ],
)
Uint8Vector = Layout(
    tables.Uint8Vector,
    1,
    [
        Field("values", 0, Array(UBYTE, align=4), UBYTES.nothing),
    ],
)
SparseIndexVector = Union(
    Int32Vector,
    Uint16Vector,
    Uint8Vector,
)
DimensionMetadata = Layout(
    tables.DimensionMetadata,
    6,
    [
        Field("format", 0, _DimensionType, 0),
        Field("dense_size", 1, INT, 0),
        Field("array_segments", 3, SparseIndexVector, None),
        Field("array_indices", 5, SparseIndexVector, None),
    ],
)
SparsityParameters = Layout(
    tables.SparsityParameters,
    3,
    [
        Field("traversal_order", 0, Vector(INT), ()),
        Field("block_map", 1, Vector(INT), ()),
        Field("dim_metadata", 2, Vector(DimensionMetadata), ()),
    ],
)
VariantSubType = Layout(
    tables.VariantSubType,
    3,
    [
        Field("shape", 0, Vector(INT), ()),
        Field("type", 1, _TensorType, 0),
        Field("has_rank", 2, BOOL, False),
    ],
)
Tensor = Layout(
    tables.Tensor,
    11,
    [
        Field("shape", 0, Vector(INT, required=True), ()),
        Field("type", 1, _TensorType, 0),
        Field("buffer", 2, UINT, 0),
        Field("name", 3, TEXT, ""),
        Field("quantization", 4, QuantizationParameters, None),
        Field("is_variable", 5, BOOL, False),
        Field("sparsity", 6, SparsityParameters, None),
        Field("shape_signature", 7, Vector(INT, optional=True), None),
        Field("has_rank", 8, BOOL, False),
        Field("variant_tensors", 9, Vector(VariantSubType), ()),
        Field("external_buffer", 10, UINT, 0),
    ],
)
StablehloGatherOptions = Layout(
    tables.StablehloGatherOptions,
    6,
    [
        Field("offset_dims", 0, Vector(LONG), ()),
        Field("collapsed_slice_dims", 1, Vector(LONG), ()),
        Field("start_index_map", 2, Vector(LONG), ()),
        Field("index_vector_dim", 3, LONG, 0),
        Field("slice_sizes", 4, Vector(LONG), ()),
        Field("indices_are_sorted", 5, BOOL, False),
    ],
)
StablehloTransposeOptions = Layout(
    tables.StablehloTransposeOptions,
    1,
    [
        Field("permutation", 0, Vector(LONG), ()),
    ],
)
StablehloDotGeneralOptions = Layout(
    tables.StablehloDotGeneralOptions,
    5,
    [
        Field("lhs_batching_dimensions", 0, Vector(LONG), ()),
        Field("rhs_batching_dimensions", 1, Vector(LONG), ()),
        Field("lhs_contracting_dimensions", 2, Vector(LONG), ()),
        Field("rhs_contracting_dimensions", 3, Vector(LONG), ()),
        Field("precision_config", 4, Vector(_StablehloPrecisionConfig), ()),
    ],
)
StablehloReduceWindowOptions = Layout(
    tables.StablehloReduceWindowOptions,
    6,
    [
        Field("window_dimensions", 0, Vector(LONG), ()),
        Field("window_strides", 1, Vector(LONG), ()),
        Field("base_dilations", 2, Vector(LONG), ()),
        Field("window_dilations", 3, Vector(LONG), ()),
        Field("padding", 4, Vector(LONG), ()),
        Field("body_subgraph_index", 5, INT, 0),
    ],
)
StablehloWhileOptions = Layout(
    tables.StablehloWhileOptions,
    2,
    [
        Field("cond_subgraph_index", 0, INT, 0),
        Field("body_subgraph_index", 1, INT, 0),
    ],
)
StablehloSortOptions = Layout(
    tables.StablehloSortOptions,
    3,
    [
        Field("dimension", 0, LONG, 0),
        Field("is_stable", 1, BOOL, False),
        Field("comparator_subgraph_index", 2, INT, 0),
    ],
)
StablehloConcatenateOptions = Layout(
    tables.StablehloConcatenateOptions,
    1,
    [
        Field("dimension", 0, LONG, 0),
    ],
)
StablehloBroadcastInDimOptions = Layout(
    tables.StablehloBroadcastInDimOptions,
    1,
    [
        Field("broadcast_dimensions", 0, Vector(LONG), ()),
    ],
)
StablehloCompareOptions = Layout(
    tables.StablehloCompareOptions,
    2,
    [
        Field("comparison_direction", 0, _StablehloComparisonDirection, 0),
        Field("compare_type", 1, _StablehloComparisonType, 0),
    ],
)
StablehloDynamicSliceOptions = Layout(
    tables.StablehloDynamicSliceOptions,
    1,
    [
        Field("slice_sizes", 0, Vector(LONG), ()),
    ],
)
StablehloPadOptions = Layout(
    tables.StablehloPadOptions,
    3,
    [
        Field("edge_padding_low", 0, Vector(LONG), ()),
        Field("edge_padding_high", 1, Vector(LONG), ()),
        Field("interior_padding", 2, Vector(LONG), ()),
    ],
)
StablehloIotaOptions = Layout(
    tables.StablehloIotaOptions,
    1,
    [
        Field("iota_dimension", 0, LONG, 0),
    ],
)
StablehloCustomCallOptions = Layout(
    tables.StablehloCustomCallOptions,
    6,
    [
        Field("call_target_name", 0, TEXT, ""),
        Field("has_side_effect", 1, BOOL, False),
        Field("backend_config", 2, TEXT, ""),
        Field("api_version", 3, INT, 0),
        Field("called_computations", 4, Vector(INT), ()),
        Field("custom_attributes", 5, Vector(UBYTE), b""),
    ],
)
StablehloReduceOptions = Layout(
    tables.StablehloReduceOptions,
    2,
    [
        Field("dimensions", 0, Vector(LONG), ()),
        Field("body_subgraph_index", 1, INT, 0),
    ],
)
StablehloSliceOptions = Layout(
    tables.StablehloSliceOptions,
    3,
    [
        Field("start_indices", 0, Vector(LONG), ()),
        Field("limit_indices", 1, Vector(LONG), ()),
        Field("strides", 2, Vector(LONG), ()),
    ],
)
StablehloConvolutionOptions = Layout(
    tables.StablehloConvolutionOptions,
    17,
    [
        Field("window_strides", 0, Vector(LONG), ()),
        Field("padding", 1, Vector(LONG), ()),
        Field("lhs_dilation", 2, Vector(LONG), ()),
        Field("rhs_dilation", 3, Vector(LONG), ()),
        Field("window_reversal", 4, Vector(BOOL), ()),
        Field("input_batch_dimension", 5, LONG, 0),
        Field("input_feature_dimension", 6, LONG, 0),
        Field("input_spatial_dimensions", 7, Vector(LONG), ()),
        Field("kernel_input_feature_dimension", 8, LONG, 0),
        Field("kernel_output_feature_dimension", 9, LONG, 0),
        Field("kernel_spatial_dimensions", 10, Vector(LONG), ()),
        Field("output_batch_dimension", 11, LONG, 0),
        Field("output_feature_dimension", 12, LONG, 0),
        Field("output_spatial_dimensions", 13, Vector(LONG), ()),
        Field("feature_group_count", 14, LONG, 0),
        Field("batch_group_count", 15, LONG, 0),
        Field("precision_config", 16, Vector(_StablehloPrecisionConfig), ()),
    ],
)
StablehloScatterOptions = Layout(
    tables.StablehloScatterOptions,
    7,
    [
        Field("indices_are_sorted", 0, BOOL, False),
        Field("update_window_dims", 1, Vector(LONG), ()),
        Field("inserted_window_dims", 2, Vector(LONG), ()),
        Field("scatter_dims_to_operand_dims", 3, Vector(LONG), ()),
        Field("index_vector_dim", 4, LONG, 0),
        Field("unique_indices", 5, BOOL, False),
        Field("update_computation_subgraph_index", 6, INT, 0),
    ],
)
StablehloCaseOptions = Layout(
    tables.StablehloCaseOptions,
    1,
    [
        Field("branch_subgraph_indices", 0, Vector(INT), ()),
    ],
)
StablehloRngBitGeneratorOptions = Layout(
    tables.StablehloRngBitGeneratorOptions,
    1,
    [
        Field("algorithm", 0, _RngAlgorithm, 0),
    ],
)
Conv2DOptions = Layout(
    tables.Conv2DOptions,
    7,
    [
        Field("padding", 0, _Padding, 0),
        Field("stride_w", 1, INT, 0),
        Field("stride_h", 2, INT, 0),
        Field("fused_activation_function", 3, _ActivationFunctionType, 0),
        Field("dilation_w_factor", 4, INT, 1),
        Field("dilation_h_factor", 5, INT, 1),
        Field("quantized_bias_type", 6, _TensorType, 0),
    ],
)
Conv3DOptions = Layout(
    tables.Conv3DOptions,
    8,
    [
        Field("padding", 0, _Padding, 0),
        Field("stride_d", 1, INT, 0),
        Field("stride_w", 2, INT, 0),
        Field("stride_h", 3, INT, 0),
        Field("fused_activation_function", 4, _ActivationFunctionType, 0),
        Field("dilation_d_factor", 5, INT, 1),
        Field("dilation_w_factor", 6, INT, 1),
        Field("dilation_h_factor", 7, INT, 1),
    ],
)
Pool2DOptions = Layout(
    tables.Pool2DOptions,
    6,
    [
        Field("padding", 0, _Padding, 0),
        Field("stride_w", 1, INT, 0),
        Field("stride_h", 2, INT, 0),
        Field("filter_width", 3, INT, 0),
        Field("filter_height", 4, INT, 0),
        Field("fused_activation_function", 5, _ActivationFunctionType, 0),
    ],
)
DepthwiseConv2DOptions = Layout(
    tables.DepthwiseConv2DOptions,
    7,
    [
        Field("padding", 0, _Padding, 0),
        Field("stride_w", 1, INT, 0),
        Field("stride_h", 2, INT, 0),
        Field("depth_multiplier", 3, INT, 0),
        Field("fused_activation_function", 4, _ActivationFunctionType, 0),
        Field("dilation_w_factor", 5, INT, 1),
        Field("dilation_h_factor", 6, INT, 1),
    ],
)
ConcatEmbeddingsOptions = Layout(
    tables.ConcatEmbeddingsOptions,
    3,
    [
        Field("num_channels", 0, INT, 0),
        Field("num_columns_per_channel", 1, Vector(INT), ()),
        Field("embedding_dim_per_channel", 2, Vector(INT), ()),
    ],
)
LSHProjectionOptions = Layout(
    tables.LSHProjectionOptions,
    1,
    [
        Field("type", 0, _LSHProjectionType, 0),
    ],
)
SVDFOptions = Layout(
    tables.SVDFOptions,
    3,
    [
        Field("rank", 0, INT, 0),
        Field("fused_activation_function", 1, _ActivationFunctionType, 0),
        Field("asymmetric_quantize_inputs", 2, BOOL, False),
    ],
)
RNNOptions = Layout(
    tables.RNNOptions,
    2,
    [
        Field("fused_activation_function", 0, _ActivationFunctionType, 0),
        Field("asymmetric_quantize_inputs", 1, BOOL, False),
    ],
)
SequenceRNNOptions = Layout(
    tables.SequenceRNNOptions,
    3,
    [
        Field("time_major", 0, BOOL, False),
        Field("fused_activation_function", 1, _ActivationFunctionType, 0),
        Field("asymmetric_quantize_inputs", 2, BOOL, False),
    ],
)
BidirectionalSequenceRNNOptions = Layout(
    tables.BidirectionalSequenceRNNOptions,
    4,
    [
        Field("time_major", 0, BOOL, False),
        Field("fused_activation_function", 1, _ActivationFunctionType, 0),
        Field("merge_outputs", 2, BOOL, False),
        Field("asymmetric_quantize_inputs", 3, BOOL, False),
    ],
)
FullyConnectedOptions = Layout(
    tables.FullyConnectedOptions,
    6,
    [
        Field("fused_activation_function", 0, _ActivationFunctionType, 0),
        Field("weights_format", 1, _FullyConnectedOptionsWeightsFormat, 0),
        Field("keep_num_dims", 2, BOOL, False),
        Field("asymmetric_quantize_inputs", 3, BOOL, False),
        Field("quantized_bias_type", 4, _TensorType, 0),
        Field("quant_spec", 5, Vector(UBYTE), b""),
    ],
)
SoftmaxOptions = Layout(
    tables.SoftmaxOptions,
    1,
    [
        Field("beta", 0, FLOAT, 0.0),
    ],
)
ConcatenationOptions = Layout(
    tables.ConcatenationOptions,
    2,
    [
        Field("axis", 0, INT, 0),
        Field("fused_activation_function", 1, _ActivationFunctionType, 0),
    ],
)
AddOptions = Layout(
    tables.AddOptions,
    2,
    [
        Field("fused_activation_function", 0, _ActivationFunctionType, 0),
        Field("pot_scale_int16", 1, BOOL, True),
    ],
)
MulOptions = Layout(
    tables.MulOptions,
    1,
    [
        Field("fused_activation_function", 0, _ActivationFunctionType, 0),
    ],
)
L2NormOptions = Layout(
    tables.L2NormOptions,
    1,
    [
        Field("fused_activation_function", 0, _ActivationFunctionType, 0),
    ],
)
LocalResponseNormalizationOptions = Layout(
    tables.LocalResponseNormalizationOptions,
    4,
    [
        Field("radius", 0, INT, 0),
        Field("bias", 1, FLOAT, 0.0),
        Field("alpha", 2, FLOAT, 0.0),
        Field("beta", 3, FLOAT, 0.0),
    ],
)
LSTMOptions = Layout(
    tables.LSTMOptions,
    5,
    [
        Field("fused_activation_function", 0, _ActivationFunctionType, 0),
        Field("cell_clip", 1, FLOAT, 0.0),
        Field("proj_clip", 2, FLOAT, 0.0),
        Field("kernel_type", 3, _LSTMKernelType, 0),
        Field("asymmetric_quantize_inputs", 4, BOOL, False),
    ],
)
UnidirectionalSequenceLSTMOptions = Layout(
    tables.UnidirectionalSequenceLSTMOptions,
    6,
    [
        Field("fused_activation_function", 0, _ActivationFunctionType, 0),
        Field("cell_clip", 1, FLOAT, 0.0),
        Field("proj_clip", 2, FLOAT, 0.0),
        Field("time_major", 3, BOOL, False),
        Field("asymmetric_quantize_inputs", 4, BOOL, False),
        Field("diagonal_recurrent_tensors", 5, BOOL, False),
    ],
)
BidirectionalSequenceLSTMOptions = Layout(
    tables.BidirectionalSequenceLSTMOptions,
    6,
    [
        Field("fused_activation_function", 0, _ActivationFunctionType, 0),
        Field("cell_clip", 1, FLOAT, 0.0),
        Field("proj_clip", 2, FLOAT, 0.0),
        Field("merge_outputs", 3, BOOL, False),
        Field("time_major", 4, BOOL, True),
        Field("asymmetric_quantize_inputs", 5, BOOL, False),
    ],
)
ResizeBilinearOptions = Layout(
    tables.ResizeBilinearOptions,
    4,
    [
        Field("align_corners", 2, BOOL, False),
        Field("half_pixel_centers", 3, BOOL, False),
    ],
    deprecated=[0, 1],
)
ResizeNearestNeighborOptions = Layout(
    tables.ResizeNearestNeighborOptions,
    2,
    [
        Field("align_corners", 0, BOOL, False),
        Field("half_pixel_centers", 1, BOOL, False),
    ],
)
CallOptions = Layout(
    tables.CallOptions,
    1,
    [
        Field("subgraph", 0, UINT, 0),
    ],
)
ReshapeOptions = Layout(
    tables.ReshapeOptions,
    1,
    [
        Field("new_shape", 0, Vector(INT), ()),
    ],
)
SkipGramOptions = Layout(
    tables.SkipGramOptions,
    3,
    [
        Field("ngram_size", 0, INT, 0),
        Field("max_skip_size", 1, INT, 0),
        Field("include_all_ngrams", 2, BOOL, False),
    ],
)
SpaceToDepthOptions = Layout(
    tables.SpaceToDepthOptions,
    1,
    [
        Field("block_size", 0, INT, 0),
    ],
)
DepthToSpaceOptions = Layout(
    tables.DepthToSpaceOptions,
    1,
    [
        Field("block_size", 0, INT, 0),
    ],
)
SubOptions = Layout(
    tables.SubOptions,
    2,
    [
        Field("fused_activation_function", 0, _ActivationFunctionType, 0),
        Field("pot_scale_int16", 1, BOOL, True),
    ],
)
DivOptions = Layout(
    tables.DivOptions,
    1,
    [
        Field("fused_activation_function", 0, _ActivationFunctionType, 0),
    ],
)
EmbeddingLookupSparseOptions = Layout(
    tables.EmbeddingLookupSparseOptions,
    1,
    [
        Field("combiner", 0, _CombinerType, 0),
    ],
)
GatherOptions = Layout(
    tables.GatherOptions,
    2,
    [
        Field("axis", 0, INT, 0),
        Field("batch_dims", 1, INT, 0),
    ],
)
ReducerOptions = Layout(
    tables.ReducerOptions,
    1,
    [
        Field("keep_dims", 0, BOOL, False),
    ],
)
SqueezeOptions = Layout(
    tables.SqueezeOptions,
    1,
    [
        Field("squeeze_dims", 0, Vector(INT), ()),
    ],
)
SplitOptions = Layout(
    tables.SplitOptions,
    1,
    [
        Field("num_splits", 0, INT, 0),
    ],
)
SplitVOptions = Layout(
    tables.SplitVOptions,
    1,
    [
        Field("num_splits", 0, INT, 0),
    ],
)
StridedSliceOptions = Layout(
    tables.StridedSliceOptions,
    6,
    [
        Field("begin_mask", 0, INT, 0),
        Field("end_mask", 1, INT, 0),
        Field("ellipsis_mask", 2, INT, 0),
        Field("new_axis_mask", 3, INT, 0),
        Field("shrink_axis_mask", 4, INT, 0),
        Field("offset", 5, BOOL, False),
    ],
)
CastOptions = Layout(
    tables.CastOptions,
    2,
    [
        Field("in_data_type", 0, _TensorType, 0),
        Field("out_data_type", 1, _TensorType, 0),
    ],
)
ArgMaxOptions = Layout(
    tables.ArgMaxOptions,
    1,
    [
        Field("output_type", 0, _TensorType, 0),
    ],
)
ArgMinOptions = Layout(
    tables.ArgMinOptions,
    1,
    [
        Field("output_type", 0, _TensorType, 0),
    ],
)
TransposeConvOptions = Layout(
    tables.TransposeConvOptions,
    5,
    [
        Field("padding", 0, _Padding, 0),
        Field("stride_w", 1, INT, 0),
        Field("stride_h", 2, INT, 0),
        Field("fused_activation_function", 3, _ActivationFunctionType, 0),
        Field("quantized_bias_type", 4, _TensorType, 0),
    ],
)
SparseToDenseOptions = Layout(
    tables.SparseToDenseOptions,
    1,
    [
        Field("validate_indices", 0, BOOL, False),
    ],
)
ShapeOptions = Layout(
    tables.ShapeOptions,
    1,
    [
        Field("out_type", 0, _TensorType, 0),
    ],
)
FakeQuantOptions = Layout(
    tables.FakeQuantOptions,
    4,
    [
        Field("min", 0, FLOAT, 0.0),
        Field("max", 1, FLOAT, 0.0),
        Field("num_bits", 2, INT, 0),
        Field("narrow_range", 3, BOOL, False),
    ],
)
PackOptions = Layout(
    tables.PackOptions,
    2,
    [
        Field("values_count", 0, INT, 0),
        Field("axis", 1, INT, 0),
    ],
)
OneHotOptions = Layout(
    tables.OneHotOptions,
    1,
    [
        Field("axis", 0, INT, 0),
    ],
)
UnpackOptions = Layout(
    tables.UnpackOptions,
    2,
    [
        Field("num", 0, INT, 0),
        Field("axis", 1, INT, 0),
    ],
)
LeakyReluOptions = Layout(
    tables.LeakyReluOptions,
    1,
    [
        Field("alpha", 0, FLOAT, 0.0),
    ],
)
MirrorPadOptions = Layout(
    tables.MirrorPadOptions,
    1,
    [
        Field("mode", 0, _MirrorPadMode, 0),
    ],
)
UniqueOptions = Layout(
    tables.UniqueOptions,
    1,
    [
        Field("idx_out_type", 0, _TensorType, 2),
    ],
)
ReverseSequenceOptions = Layout(
    tables.ReverseSequenceOptions,
    2,
    [
        Field("seq_dim", 0, INT, 0),
        Field("batch_dim", 1, INT, 0),
    ],
)
IfOptions = Layout(
    tables.IfOptions,
    2,
    [
        Field("then_subgraph_index", 0, INT, 0),
        Field("else_subgraph_index", 1, INT, 0),
    ],
)
CallOnceOptions = Layout(
    tables.CallOnceOptions,
    1,
    [
        Field("init_subgraph_index", 0, INT, 0),
    ],
)
WhileOptions = Layout(
    tables.WhileOptions,
    2,
    [
        Field("cond_subgraph_index", 0, INT, 0),
        Field("body_subgraph_index", 1, INT, 0),
    ],
)
BatchMatMulOptions = Layout(
    tables.BatchMatMulOptions,
    3,
    [
        Field("adj_x", 0, BOOL, False),
        Field("adj_y", 1, BOOL, False),
        Field("asymmetric_quantize_inputs", 2, BOOL, False),
    ],
)
CumsumOptions = Layout(
    tables.CumsumOptions,
    2,
    [
        Field("exclusive", 0, BOOL, False),
        Field("reverse", 1, BOOL, False),
    ],
)
HashtableOptions = Layout(
    tables.HashtableOptions,
    3,
    [
        Field("table_id", 0, INT, 0),
        Field("key_dtype", 1, _TensorType, 0),
        Field("value_dtype", 2, _TensorType, 0),
    ],
)
VarHandleOptions = Layout(
    tables.VarHandleOptions,
    2,
    [
        Field("container", 0, TEXT, ""),
        Field("shared_name", 1, TEXT, ""),
    ],
)
RandomOptions = Layout(
    tables.RandomOptions,
    2,
    [
        Field("seed", 0, LONG, 0),
        Field("seed2", 1, LONG, 0),
    ],
)
BucketizeOptions = Layout(
    tables.BucketizeOptions,
    1,
    [
        Field("boundaries", 0, Vector(FLOAT), ()),
    ],
)
GeluOptions = Layout(
    tables.GeluOptions,
    1,
    [
        Field("approximate", 0, BOOL, False),
    ],
)
ReduceWindowOptions = Layout(
    tables.ReduceWindowOptions,
    1,
    [
        Field("reduce_function", 0, _ReduceWindowFunction, 0),
    ],
)
OperatorCode = Layout(
    tables.OperatorCode,
    4,
    [
        Field("deprecated_builtin_code", 0, BYTE, 0),
        Field("custom_code", 1, TEXT, ""),
        Field("version", 2, INT, 1),
        Field("builtin_code", 3, _BuiltinOperator, 0),
    ],
)
StableHLOCompositeOptions = Layout(
    tables.StableHLOCompositeOptions,
    5,
    [
        Field("name", 0, TEXT, ""),
        Field("decomposition_subgraph_index", 1, INT, 0),
        Field("composite_attributes", 2, Vector(UBYTE), b""),
        Field("composite_attributes_format", 3, _CustomOptionsFormat, 0),
        Field("version", 4, INT, 0),
    ],
)
BuiltinOptions = Union(
    Conv2DOptions,
    DepthwiseConv2DOptions,
    ConcatEmbeddingsOptions,
    LSHProjectionOptions,
    Pool2DOptions,
    SVDFOptions,
    RNNOptions,
    FullyConnectedOptions,
    SoftmaxOptions,
    ConcatenationOptions,
    AddOptions,
    L2NormOptions,
    LocalResponseNormalizationOptions,
    LSTMOptions,
    ResizeBilinearOptions,
    CallOptions,
    ReshapeOptions,
    SkipGramOptions,
    SpaceToDepthOptions,
    EmbeddingLookupSparseOptions,
    MulOptions,
    PadOptions,
    GatherOptions,
    BatchToSpaceNDOptions,
    SpaceToBatchNDOptions,
    TransposeOptions,
    ReducerOptions,
    SubOptions,
    DivOptions,
    SqueezeOptions,
    SequenceRNNOptions,
    StridedSliceOptions,
    ExpOptions,
    TopKV2Options,
    SplitOptions,
    LogSoftmaxOptions,
    CastOptions,
    DequantizeOptions,
    MaximumMinimumOptions,
    ArgMaxOptions,
    LessOptions,
    NegOptions,
    PadV2Options,
    GreaterOptions,
    GreaterEqualOptions,
    LessEqualOptions,
    SelectOptions,
    SliceOptions,
    TransposeConvOptions,
    SparseToDenseOptions,
    TileOptions,
    ExpandDimsOptions,
    EqualOptions,
    NotEqualOptions,
    ShapeOptions,
    PowOptions,
    ArgMinOptions,
    FakeQuantOptions,
    PackOptions,
    LogicalOrOptions,
    OneHotOptions,
    LogicalAndOptions,
    LogicalNotOptions,
    UnpackOptions,
    FloorDivOptions,
    SquareOptions,
    ZerosLikeOptions,
    FillOptions,
    BidirectionalSequenceLSTMOptions,
    BidirectionalSequenceRNNOptions,
    UnidirectionalSequenceLSTMOptions,
    FloorModOptions,
    RangeOptions,
    ResizeNearestNeighborOptions,
    LeakyReluOptions,
    SquaredDifferenceOptions,
    MirrorPadOptions,
    AbsOptions,
    SplitVOptions,
    UniqueOptions,
    ReverseV2Options,
    AddNOptions,
    GatherNdOptions,
    CosOptions,
    WhereOptions,
    RankOptions,
    ReverseSequenceOptions,
    MatrixDiagOptions,
    QuantizeOptions,
    MatrixSetDiagOptions,
    HardSwishOptions,
    IfOptions,
    WhileOptions,
    DepthToSpaceOptions,
    NonMaxSuppressionV4Options,
    NonMaxSuppressionV5Options,
    ScatterNdOptions,
    SelectV2Options,
    DensifyOptions,
    SegmentSumOptions,
    BatchMatMulOptions,
    CumsumOptions,
    CallOnceOptions,
    BroadcastToOptions,
    Rfft2dOptions,
    Conv3DOptions,
    HashtableOptions,
    HashtableFindOptions,
    HashtableImportOptions,
    HashtableSizeOptions,
    VarHandleOptions,
    ReadVariableOptions,
    AssignVariableOptions,
    RandomOptions,
    BucketizeOptions,
    GeluOptions,
    DynamicUpdateSliceOptions,
    UnsortedSegmentProdOptions,
    UnsortedSegmentMaxOptions,
    UnsortedSegmentMinOptions,
    UnsortedSegmentSumOptions,
    ATan2Options,
    SignOptions,
    BitcastOptions,
    BitwiseXorOptions,
    RightShiftOptions,
)
BuiltinOptions2 = Union(
    StablehloConcatenateOptions,
    StablehloBroadcastInDimOptions,
    StablehloSliceOptions,
    StablehloConvolutionOptions,
    StablehloCustomCallOptions,
    StablehloReduceOptions,
    StablehloScatterOptions,
    StablehloCompareOptions,
    StablehloDynamicSliceOptions,
    StablehloPadOptions,
    StablehloIotaOptions,
    StablehloDotGeneralOptions,
    StablehloReduceWindowOptions,
    StablehloSortOptions,
    StablehloWhileOptions,
    StablehloGatherOptions,
    StablehloTransposeOptions,
    DilateOptions,
    StablehloRngBitGeneratorOptions,
    ReduceWindowOptions,
    StableHLOCompositeOptions,
    StablehloShiftLeftOptions,
    StablehloCaseOptions,
)
Operator = Layout(
    tables.Operator,
    14,
    [
        Field("opcode_index", 0, UINT, 0),
        Field("inputs", 1, Vector(INT, required=True), ()),
        Field("outputs", 2, Vector(INT, required=True), ()),
        Field("builtin_options", 4, BuiltinOptions, None),
        Field("custom_options", 5, Vector(UBYTE), b""),
        Field("custom_options_format", 6, _CustomOptionsFormat, 0),
        Field("mutating_variable_inputs", 7, Vector(BOOL), ()),
        Field("intermediates", 8, Vector(INT), ()),
        Field("large_custom_options_offset", 9, ULONG, 0),
        Field("large_custom_options_size", 10, ULONG, 0),
        Field("builtin_options_2", 12, BuiltinOptions2, None),
        Field("debug_metadata_index", 13, INT, -1),
    ],
)
SubGraph = Layout(
    tables.SubGraph,
    6,
    [
        Field("tensors", 0, Vector(Tensor, required=True), ()),
        Field("inputs", 1, Vector(INT, required=True), ()),
        Field("outputs", 2, Vector(INT, required=True), ()),
        Field("operators", 3, Vector(Operator, required=True), ()),
        Field("name", 4, TEXT, ""),
        Field("debug_metadata_index", 5, INT, -1),
    ],
)
Buffer = Layout(
    tables.Buffer,
    3,
    [
        Field("data", 0, Array(UBYTE, align=16, optional=True), None),
        Field("offset", 1, ULONG, 0),
        Field("size", 2, ULONG, 0),
    ],
)
ExternalBufferGroup = Layout(
    tables.ExternalBufferGroup,
    1,
    [
        Field("name", 0, TEXT, ""),
    ],
)
ExternalBuffer = Layout(
    tables.ExternalBuffer,
    5,
    [
        Field("id", 0, UINT, 0),
        Field("group", 1, UINT, 0),
        Field("offset", 2, ULONG, 0),
        Field("length", 3, ULONG, 0),
        Field("packing", 4, TEXT, ""),
    ],
)
Metadata = Layout(
    tables.Metadata,
    2,
    [
        Field("name", 0, TEXT, ""),
        Field("buffer", 1, UINT, 0),
    ],
)
TensorMap = Layout(
    tables.TensorMap,
    2,
    [
        Field("name", 0, TEXT, ""),
        Field("tensor_index", 1, UINT, 0),
    ],
)
SignatureDef = Layout(
    tables.SignatureDef,
    5,
    [
        Field("inputs", 0, Vector(TensorMap), ()),
        Field("outputs", 1, Vector(TensorMap), ()),
        Field("signature_key", 2, TEXT, ""),
        Field("subgraph_index", 4, UINT, 0),
    ],
    deprecated=[3],
)
Model = Layout(
    tables.Model,
    10,
    [
        Field("version", 0, UINT, 0),
        Field("operator_codes", 1, Vector(OperatorCode, required=True), ()),
        Field("subgraphs", 2, Vector(SubGraph, required=True), ()),
        Field("description", 3, TEXT, ""),
        Field("buffers", 4, Vector(Buffer, required=True), ()),
        Field("metadata_buffer", 5, Vector(INT), ()),
        Field("metadata", 6, Vector(Metadata), ()),
        Field("signature_defs", 7, Vector(SignatureDef), ()),
        Field("external_buffer_groups", 8, Vector(ExternalBufferGroup), ()),
        Field("external_buffers", 9, Vector(ExternalBuffer), ()),
    ],
)

ROOT = Model
IDENTIFIER = "TFL3"
