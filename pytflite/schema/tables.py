"""The tables of the schema, as records.

Generated from ``schema/tflite.py`` by ``schema/generate.py``: do not edit.
"""

# ruff: noqa: D101, E501

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pytflite.flatbuffer.layout import (
    FLOATS,
    INTS,
    LONGS,
    UBYTES,
    USHORTS,
)
from pytflite.flatbuffer.table import Table, Unknown
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


class PadOptions(Table):
    __slots__ = ()


class PadV2Options(Table):
    __slots__ = ()


class SpaceToBatchNDOptions(Table):
    __slots__ = ()


class BatchToSpaceNDOptions(Table):
    __slots__ = ()


class TopKV2Options(Table):
    __slots__ = ()


class TransposeOptions(Table):
    __slots__ = ()


class ExpOptions(Table):
    __slots__ = ()


class CosOptions(Table):
    __slots__ = ()


class LogSoftmaxOptions(Table):
    __slots__ = ()


class DequantizeOptions(Table):
    __slots__ = ()


class MaximumMinimumOptions(Table):
    __slots__ = ()


class TileOptions(Table):
    __slots__ = ()


class GreaterOptions(Table):
    __slots__ = ()


class GreaterEqualOptions(Table):
    __slots__ = ()


class LessOptions(Table):
    __slots__ = ()


class LessEqualOptions(Table):
    __slots__ = ()


class NegOptions(Table):
    __slots__ = ()


class SelectOptions(Table):
    __slots__ = ()


class SliceOptions(Table):
    __slots__ = ()


class ExpandDimsOptions(Table):
    __slots__ = ()


class EqualOptions(Table):
    __slots__ = ()


class NotEqualOptions(Table):
    __slots__ = ()


class RankOptions(Table):
    __slots__ = ()


class PowOptions(Table):
    __slots__ = ()


class LogicalOrOptions(Table):
    __slots__ = ()


class AbsOptions(Table):
    __slots__ = ()


class HardSwishOptions(Table):
    __slots__ = ()


class LogicalAndOptions(Table):
    __slots__ = ()


class LogicalNotOptions(Table):
    __slots__ = ()


class FloorDivOptions(Table):
    __slots__ = ()


class SquareOptions(Table):
    __slots__ = ()


class ZerosLikeOptions(Table):
    __slots__ = ()


class FillOptions(Table):
    __slots__ = ()


class FloorModOptions(Table):
    __slots__ = ()


class RangeOptions(Table):
    __slots__ = ()


class SquaredDifferenceOptions(Table):
    __slots__ = ()


class ReverseV2Options(Table):
    __slots__ = ()


class AddNOptions(Table):
    __slots__ = ()


class GatherNdOptions(Table):
    __slots__ = ()


class WhereOptions(Table):
    __slots__ = ()


class MatrixDiagOptions(Table):
    __slots__ = ()


class QuantizeOptions(Table):
    __slots__ = ()


class MatrixSetDiagOptions(Table):
    __slots__ = ()


class NonMaxSuppressionV4Options(Table):
    __slots__ = ()


class NonMaxSuppressionV5Options(Table):
    __slots__ = ()


class ScatterNdOptions(Table):
    __slots__ = ()


class SelectV2Options(Table):
    __slots__ = ()


class DensifyOptions(Table):
    __slots__ = ()


class SegmentSumOptions(Table):
    __slots__ = ()


class BroadcastToOptions(Table):
    __slots__ = ()


class Rfft2dOptions(Table):
    __slots__ = ()


class HashtableFindOptions(Table):
    __slots__ = ()


class HashtableImportOptions(Table):
    __slots__ = ()


class HashtableSizeOptions(Table):
    __slots__ = ()


class ReadVariableOptions(Table):
    __slots__ = ()


class AssignVariableOptions(Table):
    __slots__ = ()


class DynamicUpdateSliceOptions(Table):
    __slots__ = ()


class UnsortedSegmentProdOptions(Table):
    __slots__ = ()


class UnsortedSegmentMaxOptions(Table):
    __slots__ = ()


class UnsortedSegmentSumOptions(Table):
    __slots__ = ()


class ATan2Options(Table):
    __slots__ = ()


class UnsortedSegmentMinOptions(Table):
    __slots__ = ()


class SignOptions(Table):
    __slots__ = ()


class BitcastOptions(Table):
    __slots__ = ()


class BitwiseXorOptions(Table):
    __slots__ = ()


class RightShiftOptions(Table):
    __slots__ = ()


class DilateOptions(Table):
    __slots__ = ()


class StablehloShiftLeftOptions(Table):
    __slots__ = ()


class CustomQuantization(Table):
    __slots__ = __match_args__ = ("custom",)

    custom: bytes

    def __init__(
        self,
        custom: bytes = b"",
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            custom,
        )


class BlockwiseQuantization(Table):
    __slots__ = __match_args__ = (
        "scales",
        "zero_points",
        "block_size",
        "block_shape",
    )

    scales: int
    zero_points: int
    block_size: int
    block_shape: tuple[int, ...]

    def __init__(
        self,
        scales: int = 0,
        zero_points: int = 0,
        block_size: int = 0,
        block_shape: tuple[int, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            scales,
            zero_points,
            block_size,
            block_shape,
        )


class MultiAxisQuantization(Table):
    __slots__ = __match_args__ = (
        "scales",
        "zero_points",
        "block_size",
        "quantized_dimensions",
    )

    scales: int
    zero_points: int
    block_size: int
    quantized_dimensions: tuple[int, ...]

    def __init__(
        self,
        scales: int = 0,
        zero_points: int = 0,
        block_size: int = 0,
        quantized_dimensions: tuple[int, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            scales,
            zero_points,
            block_size,
            quantized_dimensions,
        )


class QuantizationParameters(Table):
    __slots__ = __match_args__ = (
        "min",
        "max",
        "scale",
        "zero_point",
        "details",
        "quantized_dimension",
    )

    min: npt.NDArray[np.float32]
    max: npt.NDArray[np.float32]
    scale: npt.NDArray[np.float32]
    zero_point: npt.NDArray[np.int64]
    details: Table | None
    quantized_dimension: int

    def __init__(
        self,
        min: npt.NDArray[np.float32] = FLOATS.nothing,
        max: npt.NDArray[np.float32] = FLOATS.nothing,
        scale: npt.NDArray[np.float32] = FLOATS.nothing,
        zero_point: npt.NDArray[np.int64] = LONGS.nothing,
        details: Table | None = None,
        quantized_dimension: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            min,
            max,
            scale,
            zero_point,
            details,
            quantized_dimension,
        )


class Int32Vector(Table):
    __slots__ = __match_args__ = ("values",)

    values: npt.NDArray[np.int32]

    def __init__(
        self,
        values: npt.NDArray[np.int32] = INTS.nothing,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            values,
        )


class Uint16Vector(Table):
    __slots__ = __match_args__ = ("values",)

    values: npt.NDArray[np.uint16]

    def __init__(
        self,
        values: npt.NDArray[np.uint16] = USHORTS.nothing,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            values,
        )


class Uint8Vector(Table):
    __slots__ = __match_args__ = ("values",)

    values: npt.NDArray[np.uint8]

    def __init__(
        self,
        values: npt.NDArray[np.uint8] = UBYTES.nothing,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            values,
        )


class DimensionMetadata(Table):
    __slots__ = __match_args__ = (
        "format",
        "dense_size",
        "array_segments",
        "array_indices",
    )

    format: DimensionType
    dense_size: int
    array_segments: Table | None
    array_indices: Table | None

    def __init__(
        self,
        format: DimensionType = DimensionType.DENSE,
        dense_size: int = 0,
        array_segments: Table | None = None,
        array_indices: Table | None = None,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            format,
            dense_size,
            array_segments,
            array_indices,
        )


class SparsityParameters(Table):
    __slots__ = __match_args__ = (
        "traversal_order",
        "block_map",
        "dim_metadata",
    )

    traversal_order: tuple[int, ...]
    block_map: tuple[int, ...]
    dim_metadata: tuple[DimensionMetadata, ...]

    def __init__(
        self,
        traversal_order: tuple[int, ...] = (),
        block_map: tuple[int, ...] = (),
        dim_metadata: tuple[DimensionMetadata, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            traversal_order,
            block_map,
            dim_metadata,
        )


class VariantSubType(Table):
    __slots__ = __match_args__ = (
        "shape",
        "type",
        "has_rank",
    )

    shape: tuple[int, ...]
    type: TensorType
    has_rank: bool

    def __init__(
        self,
        shape: tuple[int, ...] = (),
        type: TensorType = TensorType.FLOAT32,
        has_rank: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            shape,
            type,
            has_rank,
        )


class Tensor(Table):
    __slots__ = __match_args__ = (
        "shape",
        "type",
        "buffer",
        "name",
        "quantization",
        "is_variable",
        "sparsity",
        "shape_signature",
        "has_rank",
        "variant_tensors",
        "external_buffer",
    )

    shape: tuple[int, ...]
    type: TensorType
    buffer: int
    name: str
    quantization: QuantizationParameters | None
    is_variable: bool
    sparsity: SparsityParameters | None
    shape_signature: tuple[int, ...] | None
    has_rank: bool
    variant_tensors: tuple[VariantSubType, ...]
    external_buffer: int

    def __init__(
        self,
        shape: tuple[int, ...] = (),
        type: TensorType = TensorType.FLOAT32,
        buffer: int = 0,
        name: str = "",
        quantization: QuantizationParameters | None = None,
        is_variable: bool = False,
        sparsity: SparsityParameters | None = None,
        shape_signature: tuple[int, ...] | None = None,
        has_rank: bool = False,
        variant_tensors: tuple[VariantSubType, ...] = (),
        external_buffer: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            shape,
            type,
            buffer,
            name,
            quantization,
            is_variable,
            sparsity,
            shape_signature,
            has_rank,
            variant_tensors,
            external_buffer,
        )


class StablehloGatherOptions(Table):
    __slots__ = __match_args__ = (
        "offset_dims",
        "collapsed_slice_dims",
        "start_index_map",
        "index_vector_dim",
        "slice_sizes",
        "indices_are_sorted",
    )

    offset_dims: tuple[int, ...]
    collapsed_slice_dims: tuple[int, ...]
    start_index_map: tuple[int, ...]
    index_vector_dim: int
    slice_sizes: tuple[int, ...]
    indices_are_sorted: bool

    def __init__(
        self,
        offset_dims: tuple[int, ...] = (),
        collapsed_slice_dims: tuple[int, ...] = (),
        start_index_map: tuple[int, ...] = (),
        index_vector_dim: int = 0,
        slice_sizes: tuple[int, ...] = (),
        indices_are_sorted: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            offset_dims,
            collapsed_slice_dims,
            start_index_map,
            index_vector_dim,
            slice_sizes,
            indices_are_sorted,
        )


class StablehloTransposeOptions(Table):
    __slots__ = __match_args__ = ("permutation",)

    permutation: tuple[int, ...]

    def __init__(
        self,
        permutation: tuple[int, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            permutation,
        )


class StablehloDotGeneralOptions(Table):
    __slots__ = __match_args__ = (
        "lhs_batching_dimensions",
        "rhs_batching_dimensions",
        "lhs_contracting_dimensions",
        "rhs_contracting_dimensions",
        "precision_config",
    )

    lhs_batching_dimensions: tuple[int, ...]
    rhs_batching_dimensions: tuple[int, ...]
    lhs_contracting_dimensions: tuple[int, ...]
    rhs_contracting_dimensions: tuple[int, ...]
    precision_config: tuple[StablehloPrecisionConfig, ...]

    def __init__(
        self,
        lhs_batching_dimensions: tuple[int, ...] = (),
        rhs_batching_dimensions: tuple[int, ...] = (),
        lhs_contracting_dimensions: tuple[int, ...] = (),
        rhs_contracting_dimensions: tuple[int, ...] = (),
        precision_config: tuple[StablehloPrecisionConfig, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            lhs_batching_dimensions,
            rhs_batching_dimensions,
            lhs_contracting_dimensions,
            rhs_contracting_dimensions,
            precision_config,
        )


class StablehloReduceWindowOptions(Table):
    __slots__ = __match_args__ = (
        "window_dimensions",
        "window_strides",
        "base_dilations",
        "window_dilations",
        "padding",
        "body_subgraph_index",
    )

    window_dimensions: tuple[int, ...]
    window_strides: tuple[int, ...]
    base_dilations: tuple[int, ...]
    window_dilations: tuple[int, ...]
    padding: tuple[int, ...]
    body_subgraph_index: int

    def __init__(
        self,
        window_dimensions: tuple[int, ...] = (),
        window_strides: tuple[int, ...] = (),
        base_dilations: tuple[int, ...] = (),
        window_dilations: tuple[int, ...] = (),
        padding: tuple[int, ...] = (),
        body_subgraph_index: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            window_dimensions,
            window_strides,
            base_dilations,
            window_dilations,
            padding,
            body_subgraph_index,
        )


class StablehloWhileOptions(Table):
    __slots__ = __match_args__ = (
        "cond_subgraph_index",
        "body_subgraph_index",
    )

    cond_subgraph_index: int
    body_subgraph_index: int

    def __init__(
        self,
        cond_subgraph_index: int = 0,
        body_subgraph_index: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            cond_subgraph_index,
            body_subgraph_index,
        )


class StablehloSortOptions(Table):
    __slots__ = __match_args__ = (
        "dimension",
        "is_stable",
        "comparator_subgraph_index",
    )

    dimension: int
    is_stable: bool
    comparator_subgraph_index: int

    def __init__(
        self,
        dimension: int = 0,
        is_stable: bool = False,
        comparator_subgraph_index: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            dimension,
            is_stable,
            comparator_subgraph_index,
        )


class StablehloConcatenateOptions(Table):
    __slots__ = __match_args__ = ("dimension",)

    dimension: int

    def __init__(
        self,
        dimension: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            dimension,
        )


class StablehloBroadcastInDimOptions(Table):
    __slots__ = __match_args__ = ("broadcast_dimensions",)

    broadcast_dimensions: tuple[int, ...]

    def __init__(
        self,
        broadcast_dimensions: tuple[int, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            broadcast_dimensions,
        )


class StablehloCompareOptions(Table):
    __slots__ = __match_args__ = (
        "comparison_direction",
        "compare_type",
    )

    comparison_direction: StablehloComparisonDirection
    compare_type: StablehloComparisonType

    def __init__(
        self,
        comparison_direction: StablehloComparisonDirection = StablehloComparisonDirection.STABLEHLO_COMPARISON_DIRECTION_EQ,
        compare_type: StablehloComparisonType = StablehloComparisonType.STABLEHLO_COMPARISON_TYPE_NOTYPE,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            comparison_direction,
            compare_type,
        )


class StablehloDynamicSliceOptions(Table):
    __slots__ = __match_args__ = ("slice_sizes",)

    slice_sizes: tuple[int, ...]

    def __init__(
        self,
        slice_sizes: tuple[int, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            slice_sizes,
        )


class StablehloPadOptions(Table):
    __slots__ = __match_args__ = (
        "edge_padding_low",
        "edge_padding_high",
        "interior_padding",
    )

    edge_padding_low: tuple[int, ...]
    edge_padding_high: tuple[int, ...]
    interior_padding: tuple[int, ...]

    def __init__(
        self,
        edge_padding_low: tuple[int, ...] = (),
        edge_padding_high: tuple[int, ...] = (),
        interior_padding: tuple[int, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            edge_padding_low,
            edge_padding_high,
            interior_padding,
        )


class StablehloIotaOptions(Table):
    __slots__ = __match_args__ = ("iota_dimension",)

    iota_dimension: int

    def __init__(
        self,
        iota_dimension: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            iota_dimension,
        )


class StablehloCustomCallOptions(Table):
    __slots__ = __match_args__ = (
        "call_target_name",
        "has_side_effect",
        "backend_config",
        "api_version",
        "called_computations",
        "custom_attributes",
    )

    call_target_name: str
    has_side_effect: bool
    backend_config: str
    api_version: int
    called_computations: tuple[int, ...]
    custom_attributes: bytes

    def __init__(
        self,
        call_target_name: str = "",
        has_side_effect: bool = False,
        backend_config: str = "",
        api_version: int = 0,
        called_computations: tuple[int, ...] = (),
        custom_attributes: bytes = b"",
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            call_target_name,
            has_side_effect,
            backend_config,
            api_version,
            called_computations,
            custom_attributes,
        )


class StablehloReduceOptions(Table):
    __slots__ = __match_args__ = (
        "dimensions",
        "body_subgraph_index",
    )

    dimensions: tuple[int, ...]
    body_subgraph_index: int

    def __init__(
        self,
        dimensions: tuple[int, ...] = (),
        body_subgraph_index: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            dimensions,
            body_subgraph_index,
        )


class StablehloSliceOptions(Table):
    __slots__ = __match_args__ = (
        "start_indices",
        "limit_indices",
        "strides",
    )

    start_indices: tuple[int, ...]
    limit_indices: tuple[int, ...]
    strides: tuple[int, ...]

    def __init__(
        self,
        start_indices: tuple[int, ...] = (),
        limit_indices: tuple[int, ...] = (),
        strides: tuple[int, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            start_indices,
            limit_indices,
            strides,
        )


class StablehloConvolutionOptions(Table):
    __slots__ = __match_args__ = (
        "window_strides",
        "padding",
        "lhs_dilation",
        "rhs_dilation",
        "window_reversal",
        "input_batch_dimension",
        "input_feature_dimension",
        "input_spatial_dimensions",
        "kernel_input_feature_dimension",
        "kernel_output_feature_dimension",
        "kernel_spatial_dimensions",
        "output_batch_dimension",
        "output_feature_dimension",
        "output_spatial_dimensions",
        "feature_group_count",
        "batch_group_count",
        "precision_config",
    )

    window_strides: tuple[int, ...]
    padding: tuple[int, ...]
    lhs_dilation: tuple[int, ...]
    rhs_dilation: tuple[int, ...]
    window_reversal: tuple[bool, ...]
    input_batch_dimension: int
    input_feature_dimension: int
    input_spatial_dimensions: tuple[int, ...]
    kernel_input_feature_dimension: int
    kernel_output_feature_dimension: int
    kernel_spatial_dimensions: tuple[int, ...]
    output_batch_dimension: int
    output_feature_dimension: int
    output_spatial_dimensions: tuple[int, ...]
    feature_group_count: int
    batch_group_count: int
    precision_config: tuple[StablehloPrecisionConfig, ...]

    def __init__(
        self,
        window_strides: tuple[int, ...] = (),
        padding: tuple[int, ...] = (),
        lhs_dilation: tuple[int, ...] = (),
        rhs_dilation: tuple[int, ...] = (),
        window_reversal: tuple[bool, ...] = (),
        input_batch_dimension: int = 0,
        input_feature_dimension: int = 0,
        input_spatial_dimensions: tuple[int, ...] = (),
        kernel_input_feature_dimension: int = 0,
        kernel_output_feature_dimension: int = 0,
        kernel_spatial_dimensions: tuple[int, ...] = (),
        output_batch_dimension: int = 0,
        output_feature_dimension: int = 0,
        output_spatial_dimensions: tuple[int, ...] = (),
        feature_group_count: int = 0,
        batch_group_count: int = 0,
        precision_config: tuple[StablehloPrecisionConfig, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            window_strides,
            padding,
            lhs_dilation,
            rhs_dilation,
            window_reversal,
            input_batch_dimension,
            input_feature_dimension,
            input_spatial_dimensions,
            kernel_input_feature_dimension,
            kernel_output_feature_dimension,
            kernel_spatial_dimensions,
            output_batch_dimension,
            output_feature_dimension,
            output_spatial_dimensions,
            feature_group_count,
            batch_group_count,
            precision_config,
        )


class StablehloScatterOptions(Table):
    __slots__ = __match_args__ = (
        "indices_are_sorted",
        "update_window_dims",
        "inserted_window_dims",
        "scatter_dims_to_operand_dims",
        "index_vector_dim",
        "unique_indices",
        "update_computation_subgraph_index",
    )

    indices_are_sorted: bool
    update_window_dims: tuple[int, ...]
    inserted_window_dims: tuple[int, ...]
    scatter_dims_to_operand_dims: tuple[int, ...]
    index_vector_dim: int
    unique_indices: bool
    update_computation_subgraph_index: int

    def __init__(
        self,
        indices_are_sorted: bool = False,
        update_window_dims: tuple[int, ...] = (),
        inserted_window_dims: tuple[int, ...] = (),
        scatter_dims_to_operand_dims: tuple[int, ...] = (),
        index_vector_dim: int = 0,
        unique_indices: bool = False,
        update_computation_subgraph_index: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            indices_are_sorted,
            update_window_dims,
            inserted_window_dims,
            scatter_dims_to_operand_dims,
            index_vector_dim,
            unique_indices,
            update_computation_subgraph_index,
        )


class StablehloCaseOptions(Table):
    __slots__ = __match_args__ = ("branch_subgraph_indices",)

    branch_subgraph_indices: tuple[int, ...]

    def __init__(
        self,
        branch_subgraph_indices: tuple[int, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            branch_subgraph_indices,
        )


class StablehloRngBitGeneratorOptions(Table):
    __slots__ = __match_args__ = ("algorithm",)

    algorithm: RngAlgorithm

    def __init__(
        self,
        algorithm: RngAlgorithm = RngAlgorithm.DEFAULT,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            algorithm,
        )


class Conv2DOptions(Table):
    __slots__ = __match_args__ = (
        "padding",
        "stride_w",
        "stride_h",
        "fused_activation_function",
        "dilation_w_factor",
        "dilation_h_factor",
        "quantized_bias_type",
    )

    padding: Padding
    stride_w: int
    stride_h: int
    fused_activation_function: ActivationFunctionType
    dilation_w_factor: int
    dilation_h_factor: int
    quantized_bias_type: TensorType

    def __init__(
        self,
        padding: Padding = Padding.SAME,
        stride_w: int = 0,
        stride_h: int = 0,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        dilation_w_factor: int = 1,
        dilation_h_factor: int = 1,
        quantized_bias_type: TensorType = TensorType.FLOAT32,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            padding,
            stride_w,
            stride_h,
            fused_activation_function,
            dilation_w_factor,
            dilation_h_factor,
            quantized_bias_type,
        )


class Conv3DOptions(Table):
    __slots__ = __match_args__ = (
        "padding",
        "stride_d",
        "stride_w",
        "stride_h",
        "fused_activation_function",
        "dilation_d_factor",
        "dilation_w_factor",
        "dilation_h_factor",
    )

    padding: Padding
    stride_d: int
    stride_w: int
    stride_h: int
    fused_activation_function: ActivationFunctionType
    dilation_d_factor: int
    dilation_w_factor: int
    dilation_h_factor: int

    def __init__(
        self,
        padding: Padding = Padding.SAME,
        stride_d: int = 0,
        stride_w: int = 0,
        stride_h: int = 0,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        dilation_d_factor: int = 1,
        dilation_w_factor: int = 1,
        dilation_h_factor: int = 1,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            padding,
            stride_d,
            stride_w,
            stride_h,
            fused_activation_function,
            dilation_d_factor,
            dilation_w_factor,
            dilation_h_factor,
        )


class Pool2DOptions(Table):
    __slots__ = __match_args__ = (
        "padding",
        "stride_w",
        "stride_h",
        "filter_width",
        "filter_height",
        "fused_activation_function",
    )

    padding: Padding
    stride_w: int
    stride_h: int
    filter_width: int
    filter_height: int
    fused_activation_function: ActivationFunctionType

    def __init__(
        self,
        padding: Padding = Padding.SAME,
        stride_w: int = 0,
        stride_h: int = 0,
        filter_width: int = 0,
        filter_height: int = 0,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            padding,
            stride_w,
            stride_h,
            filter_width,
            filter_height,
            fused_activation_function,
        )


class DepthwiseConv2DOptions(Table):
    __slots__ = __match_args__ = (
        "padding",
        "stride_w",
        "stride_h",
        "depth_multiplier",
        "fused_activation_function",
        "dilation_w_factor",
        "dilation_h_factor",
    )

    padding: Padding
    stride_w: int
    stride_h: int
    depth_multiplier: int
    fused_activation_function: ActivationFunctionType
    dilation_w_factor: int
    dilation_h_factor: int

    def __init__(
        self,
        padding: Padding = Padding.SAME,
        stride_w: int = 0,
        stride_h: int = 0,
        depth_multiplier: int = 0,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        dilation_w_factor: int = 1,
        dilation_h_factor: int = 1,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            padding,
            stride_w,
            stride_h,
            depth_multiplier,
            fused_activation_function,
            dilation_w_factor,
            dilation_h_factor,
        )


class ConcatEmbeddingsOptions(Table):
    __slots__ = __match_args__ = (
        "num_channels",
        "num_columns_per_channel",
        "embedding_dim_per_channel",
    )

    num_channels: int
    num_columns_per_channel: tuple[int, ...]
    embedding_dim_per_channel: tuple[int, ...]

    def __init__(
        self,
        num_channels: int = 0,
        num_columns_per_channel: tuple[int, ...] = (),
        embedding_dim_per_channel: tuple[int, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            num_channels,
            num_columns_per_channel,
            embedding_dim_per_channel,
        )


class LSHProjectionOptions(Table):
    __slots__ = __match_args__ = ("type",)

    type: LSHProjectionType

    def __init__(
        self,
        type: LSHProjectionType = LSHProjectionType.UNKNOWN,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            type,
        )


class SVDFOptions(Table):
    __slots__ = __match_args__ = (
        "rank",
        "fused_activation_function",
        "asymmetric_quantize_inputs",
    )

    rank: int
    fused_activation_function: ActivationFunctionType
    asymmetric_quantize_inputs: bool

    def __init__(
        self,
        rank: int = 0,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        asymmetric_quantize_inputs: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            rank,
            fused_activation_function,
            asymmetric_quantize_inputs,
        )


class RNNOptions(Table):
    __slots__ = __match_args__ = (
        "fused_activation_function",
        "asymmetric_quantize_inputs",
    )

    fused_activation_function: ActivationFunctionType
    asymmetric_quantize_inputs: bool

    def __init__(
        self,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        asymmetric_quantize_inputs: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            fused_activation_function,
            asymmetric_quantize_inputs,
        )


class SequenceRNNOptions(Table):
    __slots__ = __match_args__ = (
        "time_major",
        "fused_activation_function",
        "asymmetric_quantize_inputs",
    )

    time_major: bool
    fused_activation_function: ActivationFunctionType
    asymmetric_quantize_inputs: bool

    def __init__(
        self,
        time_major: bool = False,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        asymmetric_quantize_inputs: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            time_major,
            fused_activation_function,
            asymmetric_quantize_inputs,
        )


class BidirectionalSequenceRNNOptions(Table):
    __slots__ = __match_args__ = (
        "time_major",
        "fused_activation_function",
        "merge_outputs",
        "asymmetric_quantize_inputs",
    )

    time_major: bool
    fused_activation_function: ActivationFunctionType
    merge_outputs: bool
    asymmetric_quantize_inputs: bool

    def __init__(
        self,
        time_major: bool = False,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        merge_outputs: bool = False,
        asymmetric_quantize_inputs: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            time_major,
            fused_activation_function,
            merge_outputs,
            asymmetric_quantize_inputs,
        )


class FullyConnectedOptions(Table):
    __slots__ = __match_args__ = (
        "fused_activation_function",
        "weights_format",
        "keep_num_dims",
        "asymmetric_quantize_inputs",
        "quantized_bias_type",
        "quant_spec",
    )

    fused_activation_function: ActivationFunctionType
    weights_format: FullyConnectedOptionsWeightsFormat
    keep_num_dims: bool
    asymmetric_quantize_inputs: bool
    quantized_bias_type: TensorType
    quant_spec: bytes

    def __init__(
        self,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        weights_format: FullyConnectedOptionsWeightsFormat = FullyConnectedOptionsWeightsFormat.DEFAULT,
        keep_num_dims: bool = False,
        asymmetric_quantize_inputs: bool = False,
        quantized_bias_type: TensorType = TensorType.FLOAT32,
        quant_spec: bytes = b"",
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            fused_activation_function,
            weights_format,
            keep_num_dims,
            asymmetric_quantize_inputs,
            quantized_bias_type,
            quant_spec,
        )


class SoftmaxOptions(Table):
    __slots__ = __match_args__ = ("beta",)

    beta: float

    def __init__(
        self,
        beta: float = 0.0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            beta,
        )


class ConcatenationOptions(Table):
    __slots__ = __match_args__ = (
        "axis",
        "fused_activation_function",
    )

    axis: int
    fused_activation_function: ActivationFunctionType

    def __init__(
        self,
        axis: int = 0,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            axis,
            fused_activation_function,
        )


class AddOptions(Table):
    __slots__ = __match_args__ = (
        "fused_activation_function",
        "pot_scale_int16",
    )

    fused_activation_function: ActivationFunctionType
    pot_scale_int16: bool

    def __init__(
        self,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        pot_scale_int16: bool = True,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            fused_activation_function,
            pot_scale_int16,
        )


class MulOptions(Table):
    __slots__ = __match_args__ = ("fused_activation_function",)

    fused_activation_function: ActivationFunctionType

    def __init__(
        self,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            fused_activation_function,
        )


class L2NormOptions(Table):
    __slots__ = __match_args__ = ("fused_activation_function",)

    fused_activation_function: ActivationFunctionType

    def __init__(
        self,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            fused_activation_function,
        )


class LocalResponseNormalizationOptions(Table):
    __slots__ = __match_args__ = (
        "radius",
        "bias",
        "alpha",
        "beta",
    )

    radius: int
    bias: float
    alpha: float
    beta: float

    def __init__(
        self,
        radius: int = 0,
        bias: float = 0.0,
        alpha: float = 0.0,
        beta: float = 0.0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            radius,
            bias,
            alpha,
            beta,
        )


class LSTMOptions(Table):
    __slots__ = __match_args__ = (
        "fused_activation_function",
        "cell_clip",
        "proj_clip",
        "kernel_type",
        "asymmetric_quantize_inputs",
    )

    fused_activation_function: ActivationFunctionType
    cell_clip: float
    proj_clip: float
    kernel_type: LSTMKernelType
    asymmetric_quantize_inputs: bool

    def __init__(
        self,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        cell_clip: float = 0.0,
        proj_clip: float = 0.0,
        kernel_type: LSTMKernelType = LSTMKernelType.FULL,
        asymmetric_quantize_inputs: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            fused_activation_function,
            cell_clip,
            proj_clip,
            kernel_type,
            asymmetric_quantize_inputs,
        )


class UnidirectionalSequenceLSTMOptions(Table):
    __slots__ = __match_args__ = (
        "fused_activation_function",
        "cell_clip",
        "proj_clip",
        "time_major",
        "asymmetric_quantize_inputs",
        "diagonal_recurrent_tensors",
    )

    fused_activation_function: ActivationFunctionType
    cell_clip: float
    proj_clip: float
    time_major: bool
    asymmetric_quantize_inputs: bool
    diagonal_recurrent_tensors: bool

    def __init__(
        self,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        cell_clip: float = 0.0,
        proj_clip: float = 0.0,
        time_major: bool = False,
        asymmetric_quantize_inputs: bool = False,
        diagonal_recurrent_tensors: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            fused_activation_function,
            cell_clip,
            proj_clip,
            time_major,
            asymmetric_quantize_inputs,
            diagonal_recurrent_tensors,
        )


class BidirectionalSequenceLSTMOptions(Table):
    __slots__ = __match_args__ = (
        "fused_activation_function",
        "cell_clip",
        "proj_clip",
        "merge_outputs",
        "time_major",
        "asymmetric_quantize_inputs",
    )

    fused_activation_function: ActivationFunctionType
    cell_clip: float
    proj_clip: float
    merge_outputs: bool
    time_major: bool
    asymmetric_quantize_inputs: bool

    def __init__(
        self,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        cell_clip: float = 0.0,
        proj_clip: float = 0.0,
        merge_outputs: bool = False,
        time_major: bool = True,
        asymmetric_quantize_inputs: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            fused_activation_function,
            cell_clip,
            proj_clip,
            merge_outputs,
            time_major,
            asymmetric_quantize_inputs,
        )


class ResizeBilinearOptions(Table):
    __slots__ = __match_args__ = (
        "align_corners",
        "half_pixel_centers",
    )

    align_corners: bool
    half_pixel_centers: bool

    def __init__(
        self,
        align_corners: bool = False,
        half_pixel_centers: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            align_corners,
            half_pixel_centers,
        )


class ResizeNearestNeighborOptions(Table):
    __slots__ = __match_args__ = (
        "align_corners",
        "half_pixel_centers",
    )

    align_corners: bool
    half_pixel_centers: bool

    def __init__(
        self,
        align_corners: bool = False,
        half_pixel_centers: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            align_corners,
            half_pixel_centers,
        )


class CallOptions(Table):
    __slots__ = __match_args__ = ("subgraph",)

    subgraph: int

    def __init__(
        self,
        subgraph: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            subgraph,
        )


class ReshapeOptions(Table):
    __slots__ = __match_args__ = ("new_shape",)

    new_shape: tuple[int, ...]

    def __init__(
        self,
        new_shape: tuple[int, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            new_shape,
        )


class SkipGramOptions(Table):
    __slots__ = __match_args__ = (
        "ngram_size",
        "max_skip_size",
        "include_all_ngrams",
    )

    ngram_size: int
    max_skip_size: int
    include_all_ngrams: bool

    def __init__(
        self,
        ngram_size: int = 0,
        max_skip_size: int = 0,
        include_all_ngrams: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            ngram_size,
            max_skip_size,
            include_all_ngrams,
        )


class SpaceToDepthOptions(Table):
    __slots__ = __match_args__ = ("block_size",)

    block_size: int

    def __init__(
        self,
        block_size: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            block_size,
        )


class DepthToSpaceOptions(Table):
    __slots__ = __match_args__ = ("block_size",)

    block_size: int

    def __init__(
        self,
        block_size: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            block_size,
        )


class SubOptions(Table):
    __slots__ = __match_args__ = (
        "fused_activation_function",
        "pot_scale_int16",
    )

    fused_activation_function: ActivationFunctionType
    pot_scale_int16: bool

    def __init__(
        self,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        pot_scale_int16: bool = True,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            fused_activation_function,
            pot_scale_int16,
        )


class DivOptions(Table):
    __slots__ = __match_args__ = ("fused_activation_function",)

    fused_activation_function: ActivationFunctionType

    def __init__(
        self,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            fused_activation_function,
        )


class EmbeddingLookupSparseOptions(Table):
    __slots__ = __match_args__ = ("combiner",)

    combiner: CombinerType

    def __init__(
        self,
        combiner: CombinerType = CombinerType.SUM,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            combiner,
        )


class GatherOptions(Table):
    __slots__ = __match_args__ = (
        "axis",
        "batch_dims",
    )

    axis: int
    batch_dims: int

    def __init__(
        self,
        axis: int = 0,
        batch_dims: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            axis,
            batch_dims,
        )


class ReducerOptions(Table):
    __slots__ = __match_args__ = ("keep_dims",)

    keep_dims: bool

    def __init__(
        self,
        keep_dims: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            keep_dims,
        )


class SqueezeOptions(Table):
    __slots__ = __match_args__ = ("squeeze_dims",)

    squeeze_dims: tuple[int, ...]

    def __init__(
        self,
        squeeze_dims: tuple[int, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            squeeze_dims,
        )


class SplitOptions(Table):
    __slots__ = __match_args__ = ("num_splits",)

    num_splits: int

    def __init__(
        self,
        num_splits: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            num_splits,
        )


class SplitVOptions(Table):
    __slots__ = __match_args__ = ("num_splits",)

    num_splits: int

    def __init__(
        self,
        num_splits: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            num_splits,
        )


class StridedSliceOptions(Table):
    __slots__ = __match_args__ = (
        "begin_mask",
        "end_mask",
        "ellipsis_mask",
        "new_axis_mask",
        "shrink_axis_mask",
        "offset",
    )

    begin_mask: int
    end_mask: int
    ellipsis_mask: int
    new_axis_mask: int
    shrink_axis_mask: int
    offset: bool

    def __init__(
        self,
        begin_mask: int = 0,
        end_mask: int = 0,
        ellipsis_mask: int = 0,
        new_axis_mask: int = 0,
        shrink_axis_mask: int = 0,
        offset: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            begin_mask,
            end_mask,
            ellipsis_mask,
            new_axis_mask,
            shrink_axis_mask,
            offset,
        )


class CastOptions(Table):
    __slots__ = __match_args__ = (
        "in_data_type",
        "out_data_type",
    )

    in_data_type: TensorType
    out_data_type: TensorType

    def __init__(
        self,
        in_data_type: TensorType = TensorType.FLOAT32,
        out_data_type: TensorType = TensorType.FLOAT32,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            in_data_type,
            out_data_type,
        )


class ArgMaxOptions(Table):
    __slots__ = __match_args__ = ("output_type",)

    output_type: TensorType

    def __init__(
        self,
        output_type: TensorType = TensorType.FLOAT32,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            output_type,
        )


class ArgMinOptions(Table):
    __slots__ = __match_args__ = ("output_type",)

    output_type: TensorType

    def __init__(
        self,
        output_type: TensorType = TensorType.FLOAT32,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            output_type,
        )


class TransposeConvOptions(Table):
    __slots__ = __match_args__ = (
        "padding",
        "stride_w",
        "stride_h",
        "fused_activation_function",
        "quantized_bias_type",
    )

    padding: Padding
    stride_w: int
    stride_h: int
    fused_activation_function: ActivationFunctionType
    quantized_bias_type: TensorType

    def __init__(
        self,
        padding: Padding = Padding.SAME,
        stride_w: int = 0,
        stride_h: int = 0,
        fused_activation_function: ActivationFunctionType = ActivationFunctionType.NONE,
        quantized_bias_type: TensorType = TensorType.FLOAT32,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            padding,
            stride_w,
            stride_h,
            fused_activation_function,
            quantized_bias_type,
        )


class SparseToDenseOptions(Table):
    __slots__ = __match_args__ = ("validate_indices",)

    validate_indices: bool

    def __init__(
        self,
        validate_indices: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            validate_indices,
        )


class ShapeOptions(Table):
    __slots__ = __match_args__ = ("out_type",)

    out_type: TensorType

    def __init__(
        self,
        out_type: TensorType = TensorType.FLOAT32,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            out_type,
        )


class FakeQuantOptions(Table):
    __slots__ = __match_args__ = (
        "min",
        "max",
        "num_bits",
        "narrow_range",
    )

    min: float
    max: float
    num_bits: int
    narrow_range: bool

    def __init__(
        self,
        min: float = 0.0,
        max: float = 0.0,
        num_bits: int = 0,
        narrow_range: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            min,
            max,
            num_bits,
            narrow_range,
        )


class PackOptions(Table):
    __slots__ = __match_args__ = (
        "values_count",
        "axis",
    )

    values_count: int
    axis: int

    def __init__(
        self,
        values_count: int = 0,
        axis: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            values_count,
            axis,
        )


class OneHotOptions(Table):
    __slots__ = __match_args__ = ("axis",)

    axis: int

    def __init__(
        self,
        axis: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            axis,
        )


class UnpackOptions(Table):
    __slots__ = __match_args__ = (
        "num",
        "axis",
    )

    num: int
    axis: int

    def __init__(
        self,
        num: int = 0,
        axis: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            num,
            axis,
        )


class LeakyReluOptions(Table):
    __slots__ = __match_args__ = ("alpha",)

    alpha: float

    def __init__(
        self,
        alpha: float = 0.0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            alpha,
        )


class MirrorPadOptions(Table):
    __slots__ = __match_args__ = ("mode",)

    mode: MirrorPadMode

    def __init__(
        self,
        mode: MirrorPadMode = MirrorPadMode.REFLECT,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            mode,
        )


class UniqueOptions(Table):
    __slots__ = __match_args__ = ("idx_out_type",)

    idx_out_type: TensorType

    def __init__(
        self,
        idx_out_type: TensorType = TensorType.INT32,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            idx_out_type,
        )


class ReverseSequenceOptions(Table):
    __slots__ = __match_args__ = (
        "seq_dim",
        "batch_dim",
    )

    seq_dim: int
    batch_dim: int

    def __init__(
        self,
        seq_dim: int = 0,
        batch_dim: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            seq_dim,
            batch_dim,
        )


class IfOptions(Table):
    __slots__ = __match_args__ = (
        "then_subgraph_index",
        "else_subgraph_index",
    )

    then_subgraph_index: int
    else_subgraph_index: int

    def __init__(
        self,
        then_subgraph_index: int = 0,
        else_subgraph_index: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            then_subgraph_index,
            else_subgraph_index,
        )


class CallOnceOptions(Table):
    __slots__ = __match_args__ = ("init_subgraph_index",)

    init_subgraph_index: int

    def __init__(
        self,
        init_subgraph_index: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            init_subgraph_index,
        )


class WhileOptions(Table):
    __slots__ = __match_args__ = (
        "cond_subgraph_index",
        "body_subgraph_index",
    )

    cond_subgraph_index: int
    body_subgraph_index: int

    def __init__(
        self,
        cond_subgraph_index: int = 0,
        body_subgraph_index: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            cond_subgraph_index,
            body_subgraph_index,
        )


class BatchMatMulOptions(Table):
    __slots__ = __match_args__ = (
        "adj_x",
        "adj_y",
        "asymmetric_quantize_inputs",
    )

    adj_x: bool
    adj_y: bool
    asymmetric_quantize_inputs: bool

    def __init__(
        self,
        adj_x: bool = False,
        adj_y: bool = False,
        asymmetric_quantize_inputs: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            adj_x,
            adj_y,
            asymmetric_quantize_inputs,
        )


class CumsumOptions(Table):
    __slots__ = __match_args__ = (
        "exclusive",
        "reverse",
    )

    exclusive: bool
    reverse: bool

    def __init__(
        self,
        exclusive: bool = False,
        reverse: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            exclusive,
            reverse,
        )


class HashtableOptions(Table):
    __slots__ = __match_args__ = (
        "table_id",
        "key_dtype",
        "value_dtype",
    )

    table_id: int
    key_dtype: TensorType
    value_dtype: TensorType

    def __init__(
        self,
        table_id: int = 0,
        key_dtype: TensorType = TensorType.FLOAT32,
        value_dtype: TensorType = TensorType.FLOAT32,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            table_id,
            key_dtype,
            value_dtype,
        )


class VarHandleOptions(Table):
    __slots__ = __match_args__ = (
        "container",
        "shared_name",
    )

    container: str
    shared_name: str

    def __init__(
        self,
        container: str = "",
        shared_name: str = "",
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            container,
            shared_name,
        )


class RandomOptions(Table):
    __slots__ = __match_args__ = (
        "seed",
        "seed2",
    )

    seed: int
    seed2: int

    def __init__(
        self,
        seed: int = 0,
        seed2: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            seed,
            seed2,
        )


class BucketizeOptions(Table):
    __slots__ = __match_args__ = ("boundaries",)

    boundaries: tuple[float, ...]

    def __init__(
        self,
        boundaries: tuple[float, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            boundaries,
        )


class GeluOptions(Table):
    __slots__ = __match_args__ = ("approximate",)

    approximate: bool

    def __init__(
        self,
        approximate: bool = False,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            approximate,
        )


class ReduceWindowOptions(Table):
    __slots__ = __match_args__ = ("reduce_function",)

    reduce_function: ReduceWindowFunction

    def __init__(
        self,
        reduce_function: ReduceWindowFunction = ReduceWindowFunction.UNSUPPORTED,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            reduce_function,
        )


class OperatorCode(Table):
    __slots__ = __match_args__ = (
        "deprecated_builtin_code",
        "custom_code",
        "version",
        "builtin_code",
    )

    deprecated_builtin_code: int
    custom_code: str
    version: int
    builtin_code: BuiltinOperator

    def __init__(
        self,
        deprecated_builtin_code: int = 0,
        custom_code: str = "",
        version: int = 1,
        builtin_code: BuiltinOperator = BuiltinOperator.ADD,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            deprecated_builtin_code,
            custom_code,
            version,
            builtin_code,
        )


class StableHLOCompositeOptions(Table):
    __slots__ = __match_args__ = (
        "name",
        "decomposition_subgraph_index",
        "composite_attributes",
        "composite_attributes_format",
        "version",
    )

    name: str
    decomposition_subgraph_index: int
    composite_attributes: bytes
    composite_attributes_format: CustomOptionsFormat
    version: int

    def __init__(
        self,
        name: str = "",
        decomposition_subgraph_index: int = 0,
        composite_attributes: bytes = b"",
        composite_attributes_format: CustomOptionsFormat = CustomOptionsFormat.FLEXBUFFERS,
        version: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            name,
            decomposition_subgraph_index,
            composite_attributes,
            composite_attributes_format,
            version,
        )


class Operator(Table):
    __slots__ = __match_args__ = (
        "opcode_index",
        "inputs",
        "outputs",
        "builtin_options",
        "custom_options",
        "custom_options_format",
        "mutating_variable_inputs",
        "intermediates",
        "large_custom_options_offset",
        "large_custom_options_size",
        "builtin_options_2",
        "debug_metadata_index",
    )

    opcode_index: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    builtin_options: Table | None
    custom_options: bytes
    custom_options_format: CustomOptionsFormat
    mutating_variable_inputs: tuple[bool, ...]
    intermediates: tuple[int, ...]
    large_custom_options_offset: int
    large_custom_options_size: int
    builtin_options_2: Table | None
    debug_metadata_index: int

    def __init__(
        self,
        opcode_index: int = 0,
        inputs: tuple[int, ...] = (),
        outputs: tuple[int, ...] = (),
        builtin_options: Table | None = None,
        custom_options: bytes = b"",
        custom_options_format: CustomOptionsFormat = CustomOptionsFormat.FLEXBUFFERS,
        mutating_variable_inputs: tuple[bool, ...] = (),
        intermediates: tuple[int, ...] = (),
        large_custom_options_offset: int = 0,
        large_custom_options_size: int = 0,
        builtin_options_2: Table | None = None,
        debug_metadata_index: int = -1,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            opcode_index,
            inputs,
            outputs,
            builtin_options,
            custom_options,
            custom_options_format,
            mutating_variable_inputs,
            intermediates,
            large_custom_options_offset,
            large_custom_options_size,
            builtin_options_2,
            debug_metadata_index,
        )


class SubGraph(Table):
    __slots__ = __match_args__ = (
        "tensors",
        "inputs",
        "outputs",
        "operators",
        "name",
        "debug_metadata_index",
    )

    tensors: tuple[Tensor, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    operators: tuple[Operator, ...]
    name: str
    debug_metadata_index: int

    def __init__(
        self,
        tensors: tuple[Tensor, ...] = (),
        inputs: tuple[int, ...] = (),
        outputs: tuple[int, ...] = (),
        operators: tuple[Operator, ...] = (),
        name: str = "",
        debug_metadata_index: int = -1,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            tensors,
            inputs,
            outputs,
            operators,
            name,
            debug_metadata_index,
        )


class Buffer(Table):
    __slots__ = __match_args__ = (
        "data",
        "offset",
        "size",
    )

    data: npt.NDArray[np.uint8] | None
    offset: int
    size: int

    def __init__(
        self,
        data: npt.NDArray[np.uint8] | None = None,
        offset: int = 0,
        size: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            data,
            offset,
            size,
        )


class ExternalBufferGroup(Table):
    __slots__ = __match_args__ = ("name",)

    name: str

    def __init__(
        self,
        name: str = "",
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            name,
        )


class ExternalBuffer(Table):
    __slots__ = __match_args__ = (
        "id",
        "group",
        "offset",
        "length",
        "packing",
    )

    id: int
    group: int
    offset: int
    length: int
    packing: str

    def __init__(
        self,
        id: int = 0,
        group: int = 0,
        offset: int = 0,
        length: int = 0,
        packing: str = "",
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            id,
            group,
            offset,
            length,
            packing,
        )


class Metadata(Table):
    __slots__ = __match_args__ = (
        "name",
        "buffer",
    )

    name: str
    buffer: int

    def __init__(
        self,
        name: str = "",
        buffer: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            name,
            buffer,
        )


class TensorMap(Table):
    __slots__ = __match_args__ = (
        "name",
        "tensor_index",
    )

    name: str
    tensor_index: int

    def __init__(
        self,
        name: str = "",
        tensor_index: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            name,
            tensor_index,
        )


class SignatureDef(Table):
    __slots__ = __match_args__ = (
        "inputs",
        "outputs",
        "signature_key",
        "subgraph_index",
    )

    inputs: tuple[TensorMap, ...]
    outputs: tuple[TensorMap, ...]
    signature_key: str
    subgraph_index: int

    def __init__(
        self,
        inputs: tuple[TensorMap, ...] = (),
        outputs: tuple[TensorMap, ...] = (),
        signature_key: str = "",
        subgraph_index: int = 0,
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            inputs,
            outputs,
            signature_key,
            subgraph_index,
        )


class Model(Table):
    __slots__ = __match_args__ = (
        "version",
        "operator_codes",
        "subgraphs",
        "description",
        "buffers",
        "metadata_buffer",
        "metadata",
        "signature_defs",
        "external_buffer_groups",
        "external_buffers",
    )

    version: int
    operator_codes: tuple[OperatorCode, ...]
    subgraphs: tuple[SubGraph, ...]
    description: str
    buffers: tuple[Buffer, ...]
    metadata_buffer: tuple[int, ...]
    metadata: tuple[Metadata, ...]
    signature_defs: tuple[SignatureDef, ...]
    external_buffer_groups: tuple[ExternalBufferGroup, ...]
    external_buffers: tuple[ExternalBuffer, ...]

    def __init__(
        self,
        version: int = 0,
        operator_codes: tuple[OperatorCode, ...] = (),
        subgraphs: tuple[SubGraph, ...] = (),
        description: str = "",
        buffers: tuple[Buffer, ...] = (),
        metadata_buffer: tuple[int, ...] = (),
        metadata: tuple[Metadata, ...] = (),
        signature_defs: tuple[SignatureDef, ...] = (),
        external_buffer_groups: tuple[ExternalBufferGroup, ...] = (),
        external_buffers: tuple[ExternalBuffer, ...] = (),
        *,
        unknown: Unknown = (),
    ) -> None:
        self._set(
            unknown,
            version,
            operator_codes,
            subgraphs,
            description,
            buffers,
            metadata_buffer,
            metadata,
            signature_defs,
            external_buffer_groups,
            external_buffers,
        )
