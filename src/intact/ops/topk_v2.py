"""TOPK_V2: the largest elements along the last dimension, and where they are."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import Activation, QuantRule, Tied, Unquantized
from intact.ir.types import DType, TensorType
from intact.ops.shapes import integers, unknown, with_size


@dataclass(frozen=True)
class TopKV2(Op):
    """values, indices = the k largest elements of every row in falling order; of equal ones the first comes first.

    Sources:
        tflite/kernels/topk_v2.cc: the indices are int32 or int16, as the file declares them.
    """

    opcode = "TOPK_V2"
    options = "TopKV2Options"
    quant = QuantRule({"input": Activation()}, (Tied("input"), Unquantized()))
    versions = {DType.INT8: 2, DType.INT16: 3}
    infers = "shapes"

    def infer(self, input: Operand, k: Operand) -> tuple[TensorType, ...]:
        """Twice the input's shape with k as the last size; unknown where k is computed."""
        count = integers(k)
        if count is None:
            return unknown(input.dtype) + unknown(DType.INT32)
        last = len(input.shape) - 1
        if last < 0 or len(count) != 1 or count[0] > input.shape[last]:
            raise ModelError(f"k is {list(count)} for shape {list(input.shape)}", expected="one number <= shape[-1]")
        values = with_size(input, last, max(0, count[0]))
        return (values, TensorType(DType.INT32, values.shape))
