"""REDUCE_MAX and REDUCE_MIN: largest and smallest element along some dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from intact.arith.calls.reduce import extreme
from intact.arith.requantize import See
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.quant_rule import moves
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.native.call import Call
from intact.ops.quantized import scale, zero_point
from intact.ops.reduction import Reduction, axes

_TYPES: Final = (DType.INT8, DType.UINT8, DType.INT16, DType.INT32, DType.INT64)


@dataclass(frozen=True)
class _Extreme(Reduction):
    """What the two share: they compare stored integers, of which the larger stands for the larger number."""

    quant = moves("input")
    versions = {DType.INT8: 2, DType.INT16: 3}

    def prepare(self, site: Site, input: Operand, axis: Operand) -> None:
        """Nothing to derive; input and result have the same parameters."""
        result = site.results[0]
        if input.dtype not in _TYPES:
            raise UncoveredError(f"{self.opcode} of {input.dtype.value}")
        if input.quant is not None and input.quant.is_quantized:
            same = scale("the input", input) == scale("the result", result) and zero_point(input) == zero_point(result)
            if not same:
                raise UncoveredError(f"{self.opcode} to a result of other parameters")


@dataclass(frozen=True)
class ReduceMax(_Extreme):
    """out = the largest element along the dimensions `axis`.

    Sources:
        tflite/kernels/reduce.cc: kernels refuse a result of another scale.
    """

    opcode = "REDUCE_MAX"

    def compute(self, record: None, see: See | None, input: Array, axis: Array) -> tuple[Array, ...]:
        """The largest stored integers."""
        return (np.asarray(input.max(axis=axes(axis.reshape(-1), input.ndim), keepdims=self.keep_dims)),)

    def compile(self, record: None, input: Operand, axis: Operand) -> Call | None:
        """The largest stored integers."""
        of = self.reduced(input, axis)
        return None if of is None else extreme(of, smallest=False)


@dataclass(frozen=True)
class ReduceMin(_Extreme):
    """out = the smallest element along the dimensions `axis`; as REDUCE_MAX otherwise."""

    opcode = "REDUCE_MIN"

    def compute(self, record: None, see: See | None, input: Array, axis: Array) -> tuple[Array, ...]:
        """The smallest stored integers."""
        return (np.asarray(input.min(axis=axes(axis.reshape(-1), input.ndim), keepdims=self.keep_dims)),)

    def compile(self, record: None, input: Operand, axis: Operand) -> Call | None:
        """The smallest stored integers."""
        of = self.reduced(input, axis)
        return None if of is None else extreme(of, smallest=True)
