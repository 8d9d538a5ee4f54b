"""RANGE: numbers at equal distances."""

from __future__ import annotations

import math
from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.types import DType, TensorType
from intact.ops.shapes import of_one_type, require_rank, unknown


@dataclass(frozen=True)
class Range(Op):
    """out[i] = start + i * delta, up to limit but without it.

    Sources:
        tflite/kernels/range.cc, which knows float32, int32 and int64.
    """

    opcode = "RANGE"
    options = "RangeOptions"
    versions = {DType.INT64: 2}

    def infer(self, start: Operand, limit: Operand, delta: Operand) -> tuple[TensorType, ...]:
        """A vector of ceil((limit - start) / delta) numbers; unknown where one of the three is computed."""
        of_one_type(start, limit, delta)
        for name, operand in (("start", start), ("limit", limit), ("delta", delta)):
            require_rank(name, operand, 0)
        if start.array is None or limit.array is None or delta.array is None:
            return unknown(start.dtype)
        # Python would divide float32 as float64 and round 0.3 / 0.1 to another side than the kernel.
        first, last, step = start.array[()], limit.array[()], delta.array[()]
        if step == 0 or (last - first) * step < 0:
            raise ModelError(
                f"delta is {step} from {first} to {last}", code="E207", expected="a step towards the limit"
            )
        count = math.ceil((last - first) / step) if start.dtype.is_float else -(-int(last - first) // int(step))
        return (TensorType(start.dtype, (count,)),)
