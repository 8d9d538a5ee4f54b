"""MEAN along some dimensions."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.types import DType
from intact.ops.reduction import Reduction


@dataclass(frozen=True)
class Mean(Reduction):
    """out = mean of the input along the dimensions `axis`.

    Sources:
        tflite/kernels/reduce.cc, PrepareMeanOrSum: kernels rescale, so the result has a range of its own.
    """

    opcode = "MEAN"
    quant = QuantRule({"input": Activation()})
    versions = {DType.INT8: 2, DType.INT16: 3}
