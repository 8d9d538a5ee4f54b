"""Tensor of the schema and Value of the IR, there and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from intact.errors import IntactError
from intact.formats.tflite.indices import index_of, pick
from intact.formats.tflite.quantization import ScaleTensors, read_quantization, write_quantization
from intact.formats.tflite.schema import read_dtype, schema, write_dtype
from intact.formats.tflite.sparsity import read_sparsity, write_sparsity
from intact.formats.tflite.table import Flatbuffer, corrupt
from intact.ir.graph import Buffer, Graph, Value
from intact.ir.types import DType, Shape, TensorType


def read_tensors(file: Flatbuffer, tables: Sequence[Any], buffers: Sequence[Buffer], *, says_rank: bool) -> list[Value]:
    """Returns the values of one graph, in order.

    Args:
        says_rank: the file was made by a converter that sets has_rank; without one, an empty shape is a scalar's.
    """
    values, scale_tensors = [], []
    for index, table in enumerate(tables):
        try:
            value, tensors = _read_tensor(file, table, buffers, says_rank)
        except IntactError as fault:
            fault.at(f"tensor {index}")
            raise
        values.append(value)
        if tensors is not None:
            scale_tensors.append((value, tensors))
    for value, tensors in scale_tensors:
        value.block_scales = pick(values, tensors.scales, "the tensor of scales")
        if tensors.zero_points != -1:
            value.block_zero_points = pick(values, tensors.zero_points, "the tensor of zero points")
    return values


def _read_tensor(
    file: Flatbuffer, table: Any, buffers: Sequence[Buffer], says_rank: bool
) -> tuple[Value, ScaleTensors | None]:
    number = table.Buffer()
    if number and number >= len(buffers):
        raise corrupt(f"the contents are in buffer {number} of {len(buffers)}")
    # Buffer 0 means "no contents" whatever is in it.
    buffer = buffers[number] if number else None
    shape: Shape | None = _sizes(file, table.ShapeAsNumpy(), smallest=0)
    has_rank = table.HasRank()
    if not shape and says_rank and not has_rank and (buffer is None or not buffer.data.size):
        shape = None
    signature = _sizes(file, table.ShapeSignatureAsNumpy(), smallest=-1) or None
    if signature is not None and len(signature) != len(shape or ()):
        raise corrupt(f"shape {list(shape or ())} goes with shape_signature {list(signature)}", "as many dimensions")
    quantization = file.safe(table.Quantization())
    quant, scale_tensors = (None, None) if quantization is None else read_quantization(file, quantization)
    value = Value(file.text(table.Name()), TensorType(read_dtype(table.Type()), shape, signature, quant), buffer)
    value.is_variable = table.IsVariable()
    sparsity = file.safe(table.Sparsity())
    value.sparsity = None if sparsity is None else read_sparsity(file, sparsity)
    if has_rank != (says_rank and shape is not None):
        value.meta["has_rank"] = has_rank
    variants = tuple(_read_variant(file, v) for v in file.tables(table, "VariantTensors"))
    if variants:
        value.meta["variant_tensors"] = variants
    if table.ExternalBuffer():
        value.meta["external_buffer"] = table.ExternalBuffer()
    return value, scale_tensors


def _sizes(file: Flatbuffer, vector: Any, smallest: int) -> Shape:
    sizes = file.numbers(vector)
    if min(sizes, default=0) < smallest:
        raise corrupt(f"a tensor has the sizes {list(sizes)}", f"{smallest} and more")
    return sizes


def _read_variant(file: Flatbuffer, table: Any) -> tuple[DType, Shape, bool]:
    return read_dtype(table.Type()), file.numbers(table.ShapeAsNumpy()), table.HasRank()


def write_tensors(graph: Graph, buffers: Mapping[Buffer, int], *, says_rank: bool) -> list[Any]:
    """Returns the schema's records of a graph's values, in order.

    Args:
        buffers: index of each Buffer in the file.
        says_rank: whether this file sets has_rank.
    """
    indices = graph.indices()
    return [_write_tensor(value, indices, buffers, says_rank) for value in graph.values]


def _write_tensor(value: Value, indices: Mapping[Value, int], buffers: Mapping[Buffer, int], says_rank: bool) -> Any:
    kind = value.type
    record = schema().TensorT(
        shape=_vector(kind.shape or ()),
        type=write_dtype(kind.dtype),
        buffer=0 if value.buffer is None else buffers[value.buffer],
        name=value.name or None,
        isVariable=value.is_variable,
        sparsity=None if value.sparsity is None else write_sparsity(value.sparsity),
        shapeSignature=None if kind.signature is None else _vector(kind.signature),
        hasRank=value.meta.get("has_rank", says_rank and kind.shape is not None),
        externalBuffer=value.meta.get("external_buffer", 0),
    )
    if kind.quant is not None:
        record.quantization = write_quantization(kind.quant, _scale_tensors(value, indices))
    variants = value.meta.get("variant_tensors")
    if variants is not None:
        record.variantTensors = [_write_variant(*variant) for variant in variants]
    return record


def _scale_tensors(value: Value, indices: Mapping[Value, int]) -> ScaleTensors | None:
    if value.block_scales is None:
        return None
    zero_points = value.block_zero_points
    return ScaleTensors(
        index_of(value.block_scales, indices, f"the tensor of scales of '{value.name}'"),
        -1 if zero_points is None else index_of(zero_points, indices, f"the tensor of zero points of '{value.name}'"),
    )


def _write_variant(dtype: DType, shape: Shape, has_rank: bool) -> Any:
    return schema().VariantSubTypeT(shape=_vector(shape), type=write_dtype(dtype), hasRank=has_rank)


def _vector(sizes: Shape) -> Any:
    return np.array(sizes, np.int32)
