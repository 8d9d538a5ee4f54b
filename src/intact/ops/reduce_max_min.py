"""REDUCE_MAX and REDUCE_MIN: largest and smallest element along some dimensions."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import moves
from intact.ir.types import DType
from intact.ops.reduction import Reduction


@dataclass(frozen=True)
class ReduceMax(Reduction):
    """out = the largest element along the dimensions `axis`.

    Sources:
        tflite/kernels/reduce.cc: kernels refuse a result of another scale.
    """

    opcode = "REDUCE_MAX"
    quant = moves("input")
    versions = {DType.INT8: 2, DType.INT16: 3}


@dataclass(frozen=True)
class ReduceMin(Reduction):
    """out = the smallest element along the dimensions `axis`; as REDUCE_MAX otherwise."""

    opcode = "REDUCE_MIN"
    quant = moves("input")
    versions = {DType.INT8: 2, DType.INT16: 3}
