"""SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND: interleaved positions of an image as images of a batch, and back."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import moves
from intact.ir.types import DType, TensorType
from intact.ops.shapes import known_integers, require_rank, unknown

_VERSIONS = {DType.INT8: 2, DType.INT16: 4}


def _blocks(
    input: Operand, block_shape: Operand, edges: Operand, name: str
) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Block size of each spatial dimension, and how much its edges gain or lose together; None where computed."""
    require_rank("input", input, 3, 4)
    spatial = len(input.shape) - 2
    blocks, widths = known_integers("block_shape", block_shape, spatial), known_integers(name, edges, spatial, 2)
    if blocks is None or widths is None:
        return None
    if min(blocks) < 1 or min(widths) < 0:
        raise ModelError(
            f"block_shape is {list(blocks)}, {name} {list(widths)}", expected=f"blocks >= 1 and {name} >= 0"
        )
    return blocks, tuple(before + after for before, after in zip(widths[::2], widths[1::2], strict=True))


@dataclass(frozen=True)
class SpaceToBatchND(Op):
    """Pads the spatial dimensions with zeros, then makes one image of every position within a block.

    Sources:
        tflite/kernels/space_to_batch_nd.cc: integers are padded with the zero point.
    """

    opcode = "SPACE_TO_BATCH_ND"
    options = "SpaceToBatchNDOptions"
    quant = moves("input")
    versions = _VERSIONS

    def infer(self, input: Operand, block_shape: Operand, paddings: Operand) -> tuple[TensorType, ...]:
        """Padded sizes divided by the blocks, the batch multiplied by them; unknown where these are computed."""
        known = _blocks(input, block_shape, paddings, "paddings")
        if known is None:
            return unknown(input.dtype)
        batch, *sizes, channels = input.shape
        for i, (block, width) in enumerate(zip(*known, strict=True)):
            sizes[i] += width
            if sizes[i] % block:
                raise ModelError(f"padded dimension {i + 1} has size {sizes[i]}", expected=f"a multiple of {block}")
            sizes[i] //= block
            batch *= block
        return (TensorType(input.dtype, (batch, *sizes, channels)),)


@dataclass(frozen=True)
class BatchToSpaceND(Op):
    """Undoes SPACE_TO_BATCH_ND: interleaves the images of a batch, then crops the spatial dimensions.

    Sources:
        tflite/kernels/batch_to_space_nd.cc.
    """

    opcode = "BATCH_TO_SPACE_ND"
    options = "BatchToSpaceNDOptions"
    quant = moves("input")
    versions = _VERSIONS

    def infer(self, input: Operand, block_shape: Operand, crops: Operand) -> tuple[TensorType, ...]:
        """Sizes multiplied by the blocks and cropped, the batch divided by them; unknown where these are computed."""
        known = _blocks(input, block_shape, crops, "crops")
        if known is None:
            return unknown(input.dtype)
        batch, *sizes, channels = input.shape
        for i, (block, width) in enumerate(zip(*known, strict=True)):
            sizes[i] = sizes[i] * block - width
            if batch % block or sizes[i] < 0:
                raise ModelError(
                    f"input has shape {list(input.shape)}, dimension {i + 1} a block of {block} and crops of {width}",
                    expected="a batch divisible by the blocks and crops within the image",
                )
            batch //= block
        return (TensorType(input.dtype, (batch, *sizes, channels)),)
