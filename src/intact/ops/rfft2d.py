"""RFFT2D: Fourier transform of real numbers over the last two dimensions."""

from __future__ import annotations

from dataclasses import dataclass

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.types import DType, TensorType
from intact.ops.shapes import integers, require_rank, unknown


@dataclass(frozen=True)
class Rfft2D(Op):
    """out = transform of the input, cut or padded with zeros to `fft_length` (height, width); half the width is kept.

    Sources:
        tflite/kernels/rfft2d.cc: lengths are powers of two.
    """

    opcode = "RFFT2D"
    options = "Rfft2dOptions"

    def infer(self, input: Operand, fft_length: Operand) -> tuple[TensorType, ...]:
        """The leading dimensions of the input, height, width // 2 + 1; complex64."""
        if len(input.shape) < 2:
            raise ModelError(f"input has shape {list(input.shape)}", expected="2 or more dimensions")
        require_rank("fft_length", fft_length, 1)
        lengths = integers(fft_length)
        if lengths is None:
            return unknown(DType.COMPLEX64)
        if len(lengths) != 2 or any(n < 1 or n & (n - 1) for n in lengths):
            raise ModelError(f"fft_length is {list(lengths)}", code="E207", expected="two powers of two")
        height, width = lengths
        return (TensorType(DType.COMPLEX64, (*input.shape[:-2], height, width // 2 + 1)),)
