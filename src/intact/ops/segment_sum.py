"""SEGMENT_SUM: sums of the rows of a tensor that belong together."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.types import TensorType
from intact.ops.shapes import integers, require_shape, unknown, with_size


@dataclass(frozen=True)
class SegmentSum(Op):
    """out[s] = sum of data[i] over the rows i with segment_ids[i] == s.

    Sources:
        tflite/kernels/segment_sum.cc, which knows float32 and int32.
    """

    opcode = "SEGMENT_SUM"
    options = "SegmentSumOptions"

    def infer(self, data: Operand, segment_ids: Operand) -> tuple[TensorType, ...]:
        """One row a segment; unknown where the segments are computed."""
        require_shape("segment_ids", segment_ids, data.shape[0])
        segments = integers(segment_ids)
        if segments is None:
            return unknown(data.dtype)
        if any(later - earlier not in (0, 1) for earlier, later in zip((-1, *segments), segments, strict=False)):
            raise ModelError(f"segment_ids are {list(segments)}", expected="0 first, each the one before or one more")
        return (with_size(data, 0, segments[-1] + 1 if segments else 0),)
