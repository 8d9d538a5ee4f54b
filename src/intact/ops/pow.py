"""POW: elementwise power with broadcasting."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ops.elementwise import Binary


@dataclass(frozen=True)
class Pow(Binary):
    """out = input1 ^ input2, float32 or int32.

    Sources:
        tflite/kernels/pow.cc.
    """

    opcode = "POW"
    options = "PowOptions"
