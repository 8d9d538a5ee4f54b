"""SPACE_TO_DEPTH and DEPTH_TO_SPACE: square blocks of an image as channels of one pixel, and back."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from intact.arith.calls.movement import Moves, stand_in
from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call
from intact.ops.movement import Moved, Movement, like
from intact.ops.shapes import require_positive, require_rank


@dataclass(frozen=True)
class _Blocks(Movement):
    """Both kernels refuse int16."""

    quant = moves("input", dtypes=frozenset({DType.INT8, DType.UINT8}))

    block_size: int = 0

    def _image(self, input: Operand) -> tuple[int, ...]:
        """Sizes of the input, which must be an image in blocks."""
        require_rank("input", input, 4)
        require_positive(block_size=self.block_size)
        return input.shape

    @abstractmethod
    def _parts(self, input: Array) -> Array:
        """A view of the input whose elements are in the order of the result's."""

    def compile(self, record: Moved, input: Operand) -> Call | None:
        """The parts, one after the other."""
        (moved,) = self.infer(input)
        assert moved.shape is not None
        source = like(input)
        result, parts = stand_in(str(source.dtype), moved.shape), self._parts(source)
        moves = Moves([result], {0: source})
        moves.copy(result.reshape(parts.shape), 0, parts)
        return moves.call()


@dataclass(frozen=True)
class SpaceToDepth(_Blocks):
    """Channel (i * block_size + j) * channels + c of pixel (y, x) is channel c of pixel (y, x) * block_size + (i, j).

    Sources:
        tflite/kernels/space_to_depth.cc.
    """

    opcode = "SPACE_TO_DEPTH"
    options = "SpaceToDepthOptions"
    versions = {DType.INT8: 2}

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """Height and width divided by the block size, channels multiplied by its square."""
        batch, height, width, channels = self._image(input)
        block = self.block_size
        if height % block or width % block:
            raise ModelError(f"input has shape {list(input.shape)}", expected=f"height and width divisible by {block}")
        return (TensorType(input.dtype, (batch, height // block, width // block, channels * block**2)),)

    def compute(self, record: Moved, see: See | None, input: Array) -> tuple[Array, ...]:
        """(batch, rows, i, columns, j, channels) as (batch, rows, columns, i, j, channels)."""
        batch, height, width, channels = input.shape
        block = self.block_size
        return (self._parts(input).reshape(batch, height // block, width // block, channels * block**2),)

    def _parts(self, input: Array) -> Array:
        batch, height, width, channels = input.shape
        block = self.block_size
        blocks = input.reshape(batch, height // block, block, width // block, block, channels)
        return blocks.transpose(0, 1, 3, 2, 4, 5)


@dataclass(frozen=True)
class DepthToSpace(_Blocks):
    """Undoes SPACE_TO_DEPTH.

    int8 came with version 2 by LiteRT's own table, but the kernel behind version 1 is the same, and the reference
    kernel set refuses 2: a file that says 1 runs everywhere.

    Sources:
        tflite/kernels/depth_to_space.cc.
    """

    opcode = "DEPTH_TO_SPACE"
    options = "DepthToSpaceOptions"

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """Height and width multiplied by the block size, channels divided by its square."""
        batch, height, width, channels = self._image(input)
        block = self.block_size
        if channels % block**2:
            raise ModelError(f"input has shape {list(input.shape)}", expected=f"channels divisible by {block**2}")
        return (TensorType(input.dtype, (batch, height * block, width * block, channels // block**2)),)

    def compute(self, record: Moved, see: See | None, input: Array) -> tuple[Array, ...]:
        """(batch, rows, columns, i, j, channels) as (batch, rows, i, columns, j, channels)."""
        batch, height, width, channels = input.shape
        block = self.block_size
        return (self._parts(input).reshape(batch, height * block, width * block, channels // block**2),)

    def _parts(self, input: Array) -> Array:
        batch, height, width, channels = input.shape
        block = self.block_size
        return input.reshape(batch, height, width, block, block, channels // block**2).transpose(0, 1, 3, 2, 4, 5)
