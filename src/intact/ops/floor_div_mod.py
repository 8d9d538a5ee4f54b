"""FLOOR_DIV and FLOOR_MOD: quotient rounded down, and what is left, with broadcasting.

Kernels for int8 and int16 exist and know no scales: they divide the stored integers as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.ir.op import Operand
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.ops.elementwise import Binary, require_codes

_CODES = frozenset({DType.INT8, DType.INT16})


def _divisible(divisor: Array) -> None:
    """Raises ValueError where kernels fail."""
    if not np.all(divisor):
        raise ValueError("a divisor is 0")


@dataclass(frozen=True)
class FloorDiv(Binary):
    """out = floor(input1 / input2).

    Sources:
        tflite/kernels/floor_div.cc.
    """

    opcode = "FLOOR_DIV"
    rules = {"codes": ("int8", "int16")}
    options = "FloorDivOptions"
    versions = {DType.FLOAT32: 2, DType.INT8: 3, DType.INT16: 3}

    def prepare(self, site: Site, input1: Operand, input2: Operand) -> None:
        """Nothing: stored integers are divided."""
        require_codes(self.opcode, site, input1, input2, types=_CODES)

    def compute(self, record: None, see: See | None, input1: Array, input2: Array) -> tuple[Array, ...]:
        """The quotient of the stored integers."""
        _divisible(input2)
        return (np.asarray(input1.astype(np.int64) // input2).astype(input1.dtype),)


@dataclass(frozen=True)
class FloorMod(Binary):
    """out = input1 - floor(input1 / input2) * input2.

    Sources:
        tflite/kernels/floor_mod.cc.
    """

    opcode = "FLOOR_MOD"
    rules = {"codes": ("int8", "int16")}
    options = "FloorModOptions"
    versions = {DType.INT8: 2, DType.INT16: 2}

    def prepare(self, site: Site, input1: Operand, input2: Operand) -> None:
        """Nothing: stored integers are divided."""
        require_codes(self.opcode, site, input1, input2, types=_CODES)

    def compute(self, record: None, see: See | None, input1: Array, input2: Array) -> tuple[Array, ...]:
        """The remainder of the stored integers."""
        _divisible(input2)
        return (np.asarray(input1.astype(np.int64) % input2).astype(input1.dtype),)
