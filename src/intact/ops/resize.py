"""RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR: an image sampled at another height and width."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import moves
from intact.ir.types import DType, TensorType
from intact.ops.shapes import known_integers, require_rank, unknown


@dataclass(frozen=True)
class _Resize(Op):
    """Samples at i * in / out, at i * (in - 1) / (out - 1) with align_corners, at (i + 1/2) * in / out - 1/2 with
    half_pixel_centers.
    """

    quant = moves("input")
    versions = {DType.INT8: 2, DType.INT16: 4}

    align_corners: bool = False
    half_pixel_centers: bool = False

    def infer(self, input: Operand, size: Operand) -> tuple[TensorType, ...]:
        """Batch and channels of the input, height and width wanted; unknown where these are computed."""
        require_rank("input", input, 4)
        wanted = known_integers("size", size, 2)
        if wanted is None:
            return unknown(input.dtype)
        if min(wanted) < 1:
            raise ModelError(f"size is {list(wanted)}", expected="height and width >= 1")
        return (TensorType(input.dtype, (input.shape[0], *wanted, input.shape[3])),)


@dataclass(frozen=True)
class ResizeBilinear(_Resize):
    """Each result is the mean of the four nearest elements, weighted by how near they are.

    LiteRT's own int8 and int16 kernels step through the input in units of 2^-10 elements: result i samples up to
    i * 2^-11 elements off, and a 64 x 64 image of noise resized to 513 x 513 keeps 14 dB. XNNPACK's keep 43 dB.

    Sources:
        tflite/kernels/resize_bilinear.cc: integer kernels take means of the stored integers.
    """

    opcode = "RESIZE_BILINEAR"
    options = "ResizeBilinearOptions"

    def infer(self, input: Operand, size: Operand) -> tuple[TensorType, ...]:
        """As every resized image."""
        if self.align_corners and self.half_pixel_centers:
            raise ModelError(
                "align_corners and half_pixel_centers are both set", code="E207", expected="one of them at most"
            )
        return super().infer(input, size)


@dataclass(frozen=True)
class ResizeNearestNeighbor(_Resize):
    """Each result is the nearest element.

    Sources:
        tflite/kernels/resize_nearest_neighbor.cc.
    """

    opcode = "RESIZE_NEAREST_NEIGHBOR"
    options = "ResizeNearestNeighborOptions"
