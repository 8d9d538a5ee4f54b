"""SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND: interleaved positions of an image as images of a batch, and back."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from intact.arith.calls.movement import Moves, stand_in
from intact.arith.requantize import See
from intact.errors import ModelError, UncoveredError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.site import Site
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call
from intact.ops.movement import Moved, Movement, like
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


def _met(position: int, block: int, before: int, count: int, size: int) -> tuple[slice, slice]:
    """Returns which of `count` elements, at position, position + block, ..., lie in a dimension, and where they lie.

    Args:
        position: within the block.
        before: elements in front of the dimension.
        size: of the dimension.
    """
    first = min(count, max(0, -((position - before) // block)))
    last = max(first, min(count, -((position - before - size) // block)))
    start = position - before + first * block
    return slice(first, last), slice(start, start + (last - first - 1) * block + 1 if last > first else start, block)


@dataclass(frozen=True)
class SpaceToBatchND(Movement):
    """Pads the spatial dimensions with zeros, then makes one image of every position within a block.

    Integers are padded with the zero point; under the rule unset with a number that the runtime never sets, so that
    there is nothing to compute.

    Sources:
        tflite/kernels/space_to_batch_nd.cc; tflite-micro tensorflow/lite/micro/kernels/space_to_batch_nd.cc, whose
        parameters are memory that nothing was written to.
    """

    opcode = "SPACE_TO_BATCH_ND"
    rules = {"zero-point": ("int8",), "unset": ("int8",)}
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

    def prepare(self, site: Site, *operands: Operand | None) -> Moved:
        """The type of the result, and what it is padded with."""
        moved = super().prepare(site, *operands)
        paddings = operands[2]
        padded = paddings is None or paddings.array is None or bool(paddings.array.any())
        dtype = site.results[0].dtype
        if padded and dtype == DType.INT8 and site.rule(self.opcode, dtype.value).name == "unset":
            raise UncoveredError(f"{site.profile.name} pads {self.opcode} with a number that it never sets")
        return moved

    def compute(
        self, record: Moved, see: See | None, input: Array, block_shape: Array, paddings: Array
    ) -> tuple[Array, ...]:
        """Positions within blocks in front of the batch, the first dimension's slowest."""
        blocks = block_shape.tolist()
        padded = np.pad(input, [[0, 0], *paddings.tolist(), [0, 0]], constant_values=record.zero)
        batch, *sizes, channels = padded.shape
        cut = [part for size, block in zip(sizes, blocks, strict=True) for part in (size // block, block)]
        count = len(blocks)
        order = [*range(2, 2 * count + 1, 2), 0, *range(1, 2 * count, 2), 2 * count + 1]
        images = padded.reshape(batch, *cut, channels).transpose(order)
        return (images.reshape(batch * math.prod(blocks), *cut[::2], channels),)

    def compile(self, record: Moved, input: Operand, block_shape: Operand, paddings: Operand) -> Call | None:
        """Position by position what lies in the input, in a frame of padding."""
        (moved,) = self.infer(input, block_shape, paddings)
        if moved.shape is None or block_shape.array is None or paddings.array is None:
            return None
        source, blocks = like(input), block_shape.array.tolist()
        result = stand_in(str(source.dtype), moved.shape)
        moves = Moves([result], {0: source})
        images = result.reshape(math.prod(blocks), input.shape[0], *moved.shape[1:])
        for image, position in zip(images, itertools.product(*map(range, blocks)), strict=True):
            along = zip(position, blocks, paddings.array.tolist(), moved.shape[1:-1], input.shape[1:-1], strict=True)
            met = [_met(at, block, before, count, size) for at, block, (before, _), count, size in along]
            inner = [slice(0, input.shape[0]), *(within for within, _ in met), slice(0, input.shape[-1])]
            moves.copy(image[tuple(inner)], 0, source[(slice(None), *(place for _, place in met))])
            moves.frame(image, inner, np.array(record.zero))
        return moves.call()


@dataclass(frozen=True)
class BatchToSpaceND(Movement):
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

    def compute(
        self, record: Moved, see: See | None, input: Array, block_shape: Array, crops: Array
    ) -> tuple[Array, ...]:
        """The parts of the batch back at their positions within blocks, then the middle."""
        blocks = block_shape.tolist()
        batch, *sizes, channels = input.shape
        count, images = len(blocks), batch // math.prod(blocks)
        order = [count, *(axis for i in range(count) for axis in (count + 1 + i, i)), 2 * count + 1]
        whole = input.reshape(*blocks, images, *sizes, channels).transpose(order)
        wide = [size * block for size, block in zip(sizes, blocks, strict=True)]
        kept = [slice(before, size - after) for (before, after), size in zip(crops.tolist(), wide, strict=True)]
        return (whole.reshape(images, *wide, channels)[(slice(None), *kept)],)

    def compile(self, record: Moved, input: Operand, block_shape: Operand, crops: Operand) -> Call | None:
        """Position by position what is left of the images."""
        (moved,) = self.infer(input, block_shape, crops)
        if moved.shape is None or block_shape.array is None or crops.array is None:
            return None
        source, blocks = like(input), block_shape.array.tolist()
        result = stand_in(str(source.dtype), moved.shape)
        moves = Moves([result], {0: source})
        images = source.reshape(math.prod(blocks), moved.shape[0], *input.shape[1:])
        for image, position in zip(images, itertools.product(*map(range, blocks)), strict=True):
            along = zip(position, blocks, crops.array.tolist(), input.shape[1:-1], moved.shape[1:-1], strict=True)
            met = [_met(at, block, before, count, size) for at, block, (before, _), count, size in along]
            target = result[(slice(None), *(place for _, place in met))]
            moves.copy(target, 0, image[(slice(None), *(within for within, _ in met))])
        return moves.call()
