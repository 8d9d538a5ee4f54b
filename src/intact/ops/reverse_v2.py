"""REVERSE_V2: the elements along some dimensions in backward order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, DType, TensorType
from intact.ops.movement import Moved, View
from intact.ops.shapes import integers, normal_axis, require_rank, same_as


@dataclass(frozen=True)
class ReverseV2(View):
    """out = input, backward along each dimension in `axis`.

    Sources:
        tflite/kernels/reverse.cc.
    """

    opcode = "REVERSE_V2"
    options = "ReverseV2Options"
    quant = moves("input")
    versions = {DType.INT8: 3}

    def infer(self, input: Operand, axis: Operand) -> tuple[TensorType, ...]:
        """As the input."""
        require_rank("axis", axis, 1)
        chosen = integers(axis)
        if chosen is not None:
            axes = sorted(normal_axis(a, len(input.shape)) for a in chosen)
            # LiteRT 2.3.0 refuses gaps, and dies where no dimension is named.
            if not axes or axes != list(range(axes[0], axes[-1] + 1)):
                raise ModelError(f"axis is {list(chosen)}", code="E207", expected="dimensions next to each other")
        return same_as(input)

    def compute(self, record: Moved, see: See | None, input: Array, axis: Array) -> tuple[Array, ...]:
        """The input backward."""
        return (np.flip(input, axis.tolist()),)
