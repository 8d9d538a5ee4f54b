"""CAST: the same numbers as another element type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from intact.arith.requantize import See
from intact.errors import UncoveredError
from intact.ir.op import Op, Operand
from intact.ir.site import Site
from intact.ir.types import Array, DType, TensorType
from intact.ops.shapes import same_as

_TYPES: Final = (
    DType.INT8, DType.UINT8, DType.INT16, DType.UINT16, DType.INT32, DType.UINT32, DType.INT64, DType.BOOL,
    DType.FLOAT32, DType.FLOAT16,
)  # fmt: skip


@dataclass(frozen=True)
class Cast(Op):
    """out = input converted to `out_data_type`, floats cut towards zero. Quantization parameters play no part.

    Kernels go by the types of the tensors and not by the attributes, which old files leave out. Floats beyond an
    integer type become its smallest or largest number, NaN the largest; integers lose their high bits. tflite-micro
    leaves it to C what becomes of floats that do not fit.

    Sources:
        tflite/kernels/cast.cc, CastValue and SaturatingCastFloatingToInteger.
    """

    opcode = "CAST"
    options = "CastOptions"
    versions = {DType.INT8: 3}
    infers = "shapes"

    in_data_type: DType = DType.FLOAT32
    out_data_type: DType = DType.FLOAT32

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """The shape of the input, the type of the attribute."""
        return same_as(input, self.out_data_type)

    def prepare(self, site: Site, input: Operand) -> DType:
        """The type of the result."""
        wanted = site.results[0].dtype
        if input.dtype not in {*_TYPES, DType.INT4} or wanted not in _TYPES:
            raise UncoveredError(f"CAST of {input.dtype.value} to {wanted.value}")
        return wanted

    def compute(self, record: DType, see: See | None, input: Array) -> tuple[Array, ...]:
        """The numbers, converted."""
        if input.dtype.kind == "f" and record.is_integer:
            return (_saturated(input, record),)
        with np.errstate(over="ignore"):  # float32 beyond float16 becomes infinite
            return (input.astype(record.numpy),)


def _saturated(real: Array, wanted: DType) -> Array:
    low, high = wanted.limits
    fits = (real > low - 1.0) & (real < high + 1.0)
    whole = np.where(fits, real, 0).astype(wanted.numpy)
    whole[real <= low - 1.0] = low
    whole[~(real < high + 1.0)] = high
    return whole
