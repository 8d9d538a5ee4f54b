"""SUM along some dimensions."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.types import DType
from intact.ops.reduction import Reduction


@dataclass(frozen=True)
class Sum(Reduction):
    """out = sum of the input along the dimensions `axis`.

    No quantization: LiteRT's reference kernels read int8 and int16 tensors as uint8 (5 dB and less than nothing left);
    the sum as MEAN times the number of elements is right everywhere.

    Sources:
        tflite/kernels/reduce.cc, QuantizedMeanOrSum.
    """

    opcode = "SUM"
    versions = {DType.INT8: 2}
