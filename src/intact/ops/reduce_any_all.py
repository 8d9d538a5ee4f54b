"""REDUCE_ANY and REDUCE_ALL: whether some or all truth values along some dimensions hold."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ops.reduction import Reduction


@dataclass(frozen=True)
class ReduceAny(Reduction):
    """out = whether one element along the dimensions `axis` is true.

    Sources:
        tflite/kernels/reduce.cc, PrepareAllOrAny.
    """

    opcode = "REDUCE_ANY"


@dataclass(frozen=True)
class ReduceAll(Reduction):
    """out = whether every element along the dimensions `axis` is true."""

    opcode = "REDUCE_ALL"
