"""QuantizationParameters of the schema, there and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from intact.formats.tflite.schema import names, numbers, schema
from intact.formats.tflite.table import Flatbuffer, corrupt, newer
from intact.ir.types import Array, Blockwise, CustomQuantization, MultiAxis, QuantParams

_NONE = np.empty(0, np.float32)


@dataclass(frozen=True)
class ScaleTensors:
    """Tensor indices of scales and zero points that stand in tensors of their own; -1 for no zero points."""

    scales: int
    zero_points: int


def read_quantization(file: Flatbuffer, table: Any) -> tuple[QuantParams | None, ScaleTensors | None]:
    """Returns what a table says of a tensor; None where that is nothing, as in the tables most float tensors have."""

    def array(vector: Any) -> Array:
        found = file.array(vector)
        return _NONE if found is None else found

    details, tensors = _read_details(file, table)
    quant = QuantParams(
        scale=array(table.ScaleAsNumpy()),
        zero_point=array(table.ZeroPointAsNumpy()),
        quantized_dimension=table.QuantizedDimension(),
        min=array(table.MinAsNumpy()),
        max=array(table.MaxAsNumpy()),
        details=details,
    )
    return (None if quant == _SILENT else quant), tensors


_SILENT = QuantParams()


def _read_details(
    file: Flatbuffer, table: Any
) -> tuple[Blockwise | CustomQuantization | MultiAxis | None, ScaleTensors | None]:
    number, union = table.DetailsType(), table.Details()
    if number == 0 or union is None:
        return None, None
    name = names("QuantizationDetails").get(number)
    if name is None:
        raise newer(f"quantization details of kind {number} are not known")
    accessor = getattr(schema(), name)()
    details = file.at(accessor, union.Pos)
    if name == "CustomQuantization":
        custom = file.array(details.CustomAsNumpy())
        return CustomQuantization(b"" if custom is None else custom.tobytes()), None
    tensors = ScaleTensors(details.Scales(), details.ZeroPoints())
    if tensors.scales < 0:
        raise corrupt(f"the scales of blocks are in tensor {tensors.scales}")
    if name == "BlockwiseQuantization":
        return Blockwise(details.BlockSize(), file.numbers(details.BlockShapeAsNumpy())), tensors
    return MultiAxis(details.BlockSize(), file.numbers(details.QuantizedDimensionsAsNumpy())), tensors


def write_quantization(quant: QuantParams, tensors: ScaleTensors | None) -> Any:
    """Returns the schema's record of quantization parameters."""
    record = schema().QuantizationParametersT(quantizedDimension=quant.quantized_dimension)
    record.scale, record.zeroPoint, record.min, record.max = (
        array if array.size else None for array in (quant.scale, quant.zero_point, quant.min, quant.max)
    )
    details = quant.details
    if details is None:
        return record
    name = {
        Blockwise: "BlockwiseQuantization",
        CustomQuantization: "CustomQuantization",
        MultiAxis: "MultiAxisQuantization",
    }[type(details)]
    record.detailsType = numbers("QuantizationDetails")[name]
    record.details = getattr(schema(), f"{name}T")()
    if isinstance(details, CustomQuantization):
        record.details.custom = np.frombuffer(details.custom, np.uint8)
        return record
    assert tensors is not None
    record.details.scales, record.details.zeroPoints = tensors.scales, tensors.zero_points
    record.details.blockSize = details.block_size
    if isinstance(details, Blockwise):
        record.details.blockShape = list(details.block_shape) or None
    else:
        record.details.quantizedDimensions = list(details.quantized_dimensions) or None
    return record
