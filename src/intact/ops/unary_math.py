"""Functions of one number that runtimes compute in float only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.ir.op import Operand
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.ops.elementwise import OfCode, Unary, require_codes


@dataclass(frozen=True)
class Square(Unary):
    """out = input^2.

    Sources:
        tflite/kernels/elementwise.cc, SquareEval.
    """

    opcode = "SQUARE"
    options = "SquareOptions"


@dataclass(frozen=True)
class Neg(OfCode):
    """out = -input.

    The int8 and int16 kernels negate the stored integer, whatever its zero point, and -128 becomes itself.

    Sources:
        tflite/kernels/neg.cc.
    """

    opcode = "NEG"
    rules = {"codes": ("int8", "int16")}
    options = "NegOptions"

    def prepare(self, site: Site, input: Operand) -> None:
        """Nothing: stored integers are negated."""
        require_codes(self.opcode, site, input, types={DType.INT8, DType.INT16})

    def compute(self, record: None, see: See | None, input: Array) -> tuple[Array, ...]:
        """The stored integer negated, the lowest one itself."""
        return (np.asarray(np.negative(input)),)


@dataclass(frozen=True)
class Sin(Unary):
    """out = sin(input), in radians.

    Sources:
        tflite/kernels/elementwise.cc, SinEval.
    """

    opcode = "SIN"


@dataclass(frozen=True)
class Cos(Unary):
    """out = cos(input), in radians.

    Sources:
        tflite/kernels/elementwise.cc, CosEval.
    """

    opcode = "COS"
    options = "CosOptions"


@dataclass(frozen=True)
class Ceil(Unary):
    """out = the nearest integer not below input. LiteRT's reference kernel set lacks it.

    Sources:
        tflite/kernels/ceil.cc.
    """

    opcode = "CEIL"


@dataclass(frozen=True)
class Floor(Unary):
    """out = the nearest integer not above input.

    Sources:
        tflite/kernels/floor.cc.
    """

    opcode = "FLOOR"


@dataclass(frozen=True)
class Round(Unary):
    """out = the nearest integer, the even one of two equally near. LiteRT's reference kernel set lacks it.

    Sources:
        tflite/kernels/round.cc; tflite/kernels/internal/reference/round.h.
    """

    opcode = "ROUND"


@dataclass(frozen=True)
class Sign(Unary):
    """out = -1, 0 or 1.

    Sources:
        tflite/kernels/sign.cc.
    """

    opcode = "SIGN"
    options = "SignOptions"
    versions = {DType.INT32: 2}
