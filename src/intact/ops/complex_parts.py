"""REAL, IMAG, COMPLEX_ABS: a real number of each complex one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.types import DType, TensorType
from intact.ops.shapes import same_as

_PART: Final = {DType.COMPLEX64: DType.FLOAT32, DType.COMPLEX128: DType.FLOAT64}


@dataclass(frozen=True)
class ComplexPart(Op):
    """The types that the three share.

    Sources:
        tflite/kernels/complex_support.cc.
    """

    def infer(self, input: Operand) -> tuple[TensorType, ...]:
        """The shape of the input; float32 of complex64, float64 of complex128."""
        if input.dtype not in _PART:
            raise ModelError(f"input is {input.dtype.value}", code="E202", expected="complex64 or complex128")
        return same_as(input, _PART[input.dtype])


@dataclass(frozen=True)
class Real(ComplexPart):
    """out = real part of the input."""

    opcode = "REAL"


@dataclass(frozen=True)
class Imag(ComplexPart):
    """out = imaginary part of the input."""

    opcode = "IMAG"


@dataclass(frozen=True)
class ComplexAbs(ComplexPart):
    """out = absolute value of the input."""

    opcode = "COMPLEX_ABS"
