"""REDUCE_PROD: product along some dimensions."""

from __future__ import annotations

import math
from dataclasses import dataclass

from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.types import DType
from intact.ops.reduction import Reduction


@dataclass(frozen=True)
class ReduceProd(Reduction):
    """out = product of the input along the dimensions `axis`.

    Sources:
        tflite/kernels/reduce.cc, PrepareProd and EvalQuantizedProd.
    """

    opcode = "REDUCE_PROD"
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT8, DType.INT16}))
    versions = {DType.INT8: 2, DType.INT16: 2}

    def unfit(self, *operands: Operand | None) -> str | None:
        """Kernels work out their multiplier for a known count, and forget to rescale where that is one."""
        factors, axis = operands
        assert factors is not None and axis is not None
        (product,) = self.infer(factors, axis)
        if product.shape is None:
            return "axis computed at run time"
        if math.prod(product.shape) == math.prod(factors.shape):
            return "product of single elements"
        return super().unfit(*operands)
