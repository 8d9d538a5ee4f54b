"""NON_MAX_SUPPRESSION_V4 and V5: the best boxes that do not overlap too much."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.types import DType, Shape, TensorType
from intact.ops.shapes import integers, require_rank


def _selected(boxes: Operand, scores: Operand, max_output_size: Operand) -> Shape | None:
    """Returns the shape of what is selected, `max_output_size` entries; None where that number is computed."""
    require_rank("boxes", boxes, 2)
    require_rank("scores", scores, 1)
    if boxes.shape != (scores.shape[0], 4):
        raise ModelError(
            f"boxes have shape {list(boxes.shape)}, scores {list(scores.shape)}", expected="4 numbers a score"
        )
    return integers(max_output_size)


@dataclass(frozen=True)
class NonMaxSuppressionV4(Op):
    """Indices of the selected boxes, best first and padded with 0, and how many there are.

    Sources:
        tflite/kernels/non_max_suppression.cc.
    """

    opcode = "NON_MAX_SUPPRESSION_V4"
    options = "NonMaxSuppressionV4Options"

    def infer(
        self,
        boxes: Operand,
        scores: Operand,
        max_output_size: Operand,
        iou_threshold: Operand,
        score_threshold: Operand,
    ) -> tuple[TensorType, ...]:
        """int32 indices, int32 scalar count."""
        shape = _selected(boxes, scores, max_output_size)
        return TensorType(DType.INT32, shape), TensorType(DType.INT32, ())


@dataclass(frozen=True)
class NonMaxSuppressionV5(Op):
    """As V4, with scores that overlap lowers by a Gaussian of `soft_nms_sigma` instead of dropping the box.

    Sources:
        tflite/kernels/non_max_suppression.cc.
    """

    opcode = "NON_MAX_SUPPRESSION_V5"
    options = "NonMaxSuppressionV5Options"

    def infer(
        self,
        boxes: Operand,
        scores: Operand,
        max_output_size: Operand,
        iou_threshold: Operand,
        score_threshold: Operand,
        soft_nms_sigma: Operand,
    ) -> tuple[TensorType, ...]:
        """int32 indices, float32 scores, int32 scalar count."""
        shape = _selected(boxes, scores, max_output_size)
        return TensorType(DType.INT32, shape), TensorType(DType.FLOAT32, shape), TensorType(DType.INT32, ())
