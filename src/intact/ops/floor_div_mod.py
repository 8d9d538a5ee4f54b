"""FLOOR_DIV and FLOOR_MOD: quotient rounded down, and what is left, with broadcasting.

Kernels for int8 and int16 exist and know no scales: they divide the stored integers as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.types import DType
from intact.ops.elementwise import Binary


@dataclass(frozen=True)
class FloorDiv(Binary):
    """out = floor(input1 / input2).

    Sources:
        tflite/kernels/floor_div.cc.
    """

    opcode = "FLOOR_DIV"
    options = "FloorDivOptions"
    versions = {DType.FLOAT32: 2, DType.INT8: 3, DType.INT16: 3}


@dataclass(frozen=True)
class FloorMod(Binary):
    """out = input1 - floor(input1 / input2) * input2.

    Sources:
        tflite/kernels/floor_mod.cc.
    """

    opcode = "FLOOR_MOD"
    options = "FloorModOptions"
    versions = {DType.INT8: 2, DType.INT16: 2}
