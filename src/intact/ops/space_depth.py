"""SPACE_TO_DEPTH and DEPTH_TO_SPACE: square blocks of an image as channels of one pixel, and back."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import moves
from intact.ir.types import DType, TensorType
from intact.ops.shapes import require_positive, require_rank

_RULE = moves("input", dtypes=frozenset({DType.INT8, DType.UINT8}))  # Prepare of both kernels refuses int16.


@dataclass(frozen=True)
class SpaceToDepth(Op):
    """Channel (i * block_size + j) * channels + c of pixel (y, x) is channel c of pixel (y, x) * block_size + (i, j).

    Sources:
        tflite/kernels/space_to_depth.cc.
    """

    opcode = "SPACE_TO_DEPTH"
    options = "SpaceToDepthOptions"
    quant = _RULE
    versions = {DType.INT8: 2}

    block_size: int = 0

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """Height and width divided by the block size, channels multiplied by its square."""
        require_rank("input", input, 4)
        require_positive(block_size=self.block_size)
        batch, height, width, channels = input.shape
        if height % self.block_size or width % self.block_size:
            raise ModelError(
                f"input has shape {list(input.shape)}", expected=f"height and width divisible by {self.block_size}"
            )
        shape = (batch, height // self.block_size, width // self.block_size, channels * self.block_size**2)
        return (TensorType(input.dtype, shape),)


@dataclass(frozen=True)
class DepthToSpace(Op):
    """Undoes SPACE_TO_DEPTH.

    Sources:
        tflite/kernels/depth_to_space.cc.
    """

    opcode = "DEPTH_TO_SPACE"
    options = "DepthToSpaceOptions"
    quant = _RULE
    versions = {DType.INT8: 2}

    block_size: int = 0

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """Height and width multiplied by the block size, channels divided by its square."""
        require_rank("input", input, 4)
        require_positive(block_size=self.block_size)
        batch, height, width, channels = input.shape
        if channels % self.block_size**2:
            raise ModelError(
                f"input has shape {list(input.shape)}", expected=f"channels divisible by {self.block_size**2}"
            )
        shape = (batch, height * self.block_size, width * self.block_size, channels // self.block_size**2)
        return (TensorType(input.dtype, shape),)
