"""What operators are told of an operand that each run brings anew."""

from __future__ import annotations

from dataclasses import dataclass

from intact.ir.op import Operand
from intact.ir.types import Array, DType, QuantParams, Shape


@dataclass(frozen=True)
class Arrived:
    """An operand computed or given at run time, of the shape that it has this time; with contents where shapes tell."""

    dtype: DType
    shape: Shape
    quant: QuantParams | None
    array: Array | None = None
    contents: Array | None = None
    block_scales: Operand | None = None
