"""ARG_MAX and ARG_MIN: index of the largest or smallest element along one dimension."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.calls.argmax import argmax
from intact.arith.requantize import See
from intact.errors import ModelError, UncoveredError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import Activation, QuantRule, Unquantized
from intact.ir.site import Site
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call
from intact.ops.fitness import not_float
from intact.ops.shapes import integers, normal_axis, unknown

_QUANT = QuantRule({"input": Activation()}, (Unquantized(),), dtypes=frozenset({DType.INT8, DType.UINT8}))


@dataclass(frozen=True)
class ArgExtremum(Op):
    """The attribute and shape rule that the two share. Of equal elements, the first one's index.

    Sources:
        tflite/kernels/arg_min_max.cc.
    """

    output_type: DType = DType.FLOAT32

    def infer(self, input: Operand, axis: Operand) -> tuple[TensorType, ...]:
        """Without the dimension `axis`, int32 or int64."""
        if self.output_type not in (DType.INT32, DType.INT64):
            raise ModelError(f"output_type is {self.output_type.value}", code="E207", expected="int32 or int64")
        wanted = integers(axis)
        if wanted is None:
            return unknown(self.output_type)
        if len(wanted) != 1:
            raise ModelError(f"axis has {len(wanted)} elements", expected="one")
        index = normal_axis(wanted[0], len(input.shape))
        return (TensorType(self.output_type, (*input.shape[:index], *input.shape[index + 1 :])),)

    def unfit(self, *operands: Operand | None) -> str | None:
        """Whole numbers are compared as they are."""
        return not_float(operands[0])

    def prepare(self, site: Site, input: Operand, axis: Operand) -> None:
        """Nothing to derive: stored integers lie in the order of what they stand for."""
        if input.dtype not in {DType.INT8, DType.UINT8, DType.INT32}:
            raise UncoveredError(f"{self.opcode} of {input.dtype.value}")

    def call(self, input: Operand, axis: Operand, *, smallest: bool) -> Call | None:
        """Returns what does it in C; None where the axis is computed."""
        if axis.array is None:
            return None
        along = normal_axis(int(axis.array.reshape(-1)[0]), len(input.shape))
        return argmax(input.dtype.value, input.shape, along, self.output_type.value, smallest=smallest)

    def indices(self, found: Array) -> tuple[Array, ...]:
        """Returns indices in the type that is wanted."""
        return (np.asarray(found).astype(self.output_type.numpy),)


@dataclass(frozen=True)
class ArgMax(ArgExtremum):
    """out = index of the largest element along the dimension `axis`."""

    opcode = "ARG_MAX"
    options = "ArgMaxOptions"
    quant = _QUANT
    versions = {DType.INT8: 2, DType.BOOL: 3}

    def compute(self, record: None, see: See | None, input: Array, axis: Array) -> tuple[Array, ...]:
        """The first index of the largest stored integer."""
        return self.indices(np.argmax(input, axis=int(axis.reshape(-1)[0])))

    def compile(self, record: None, input: Operand, axis: Operand) -> Call | None:
        """The first index of the largest stored integer."""
        return self.call(input, axis, smallest=False)


@dataclass(frozen=True)
class ArgMin(ArgExtremum):
    """out = index of the smallest element along the dimension `axis`."""

    opcode = "ARG_MIN"
    options = "ArgMinOptions"
    quant = _QUANT
    versions = {DType.INT8: 2, DType.BOOL: 3}

    def compute(self, record: None, see: See | None, input: Array, axis: Array) -> tuple[Array, ...]:
        """The first index of the smallest stored integer."""
        return self.indices(np.argmin(input, axis=int(axis.reshape(-1)[0])))

    def compile(self, record: None, input: Operand, axis: Operand) -> Call | None:
        """The first index of the smallest stored integer."""
        return self.call(input, axis, smallest=True)
