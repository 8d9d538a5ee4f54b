"""TOPK_V2: the largest elements along the last dimension, and where they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.requantize import See
from intact.errors import ModelError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import Activation, QuantRule, Tied, Unquantized
from intact.ir.site import Site
from intact.ir.types import Array, DType, TensorType
from intact.ops.movement import last, movable
from intact.ops.shapes import integers, unknown, with_size


@dataclass(frozen=True)
class Ranked:
    """What a search for the largest elements is prepared to.

    Args:
        indices: NumPy name of the type of their indices.
    """

    indices: str


@dataclass(frozen=True)
class TopKV2(Op):
    """values, indices = the k largest elements of every row in falling order; of equal ones the first comes first.

    Sources:
        tflite/kernels/topk_v2.cc: the indices are int32 or int16, as the file declares them.
    """

    opcode = "TOPK_V2"
    options = "TopKV2Options"
    quant = QuantRule({"input": Activation()}, (Tied("input"), Unquantized()))
    versions = {DType.INT8: 2, DType.INT16: 3}
    infers = "shapes"

    def infer(self, input: Operand, k: Operand) -> tuple[TensorType, ...]:
        """Twice the input's shape with k as the last size; unknown where k is computed."""
        count = integers(k)
        if count is None:
            return unknown(input.dtype) + unknown(DType.INT32)
        last = len(input.shape) - 1
        if last < 0 or len(count) != 1 or count[0] > input.shape[last]:
            raise ModelError(f"k is {list(count)} for shape {list(input.shape)}", expected="one number <= shape[-1]")
        values = with_size(input, last, max(0, count[0]))
        return (values, TensorType(DType.INT32, values.shape))

    def prepare(self, site: Site, *operands: Operand | None) -> Ranked:
        """The type of the indices."""
        movable(*site.results, *operands)
        return Ranked(site.results[1].dtype.value)

    def compute(self, record: Ranked, see: See | None, input: Array, k: Array) -> tuple[Array, ...]:
        """The first k of every row, sorted."""
        # Sorting the reversed row upwards, with what is equal in its order, is the row's falling order backward.
        rising = np.argsort(input[..., ::-1], axis=-1, kind="stable")
        order = input.shape[-1] - 1 - rising[..., ::-1][..., : max(0, last(k))]
        return np.take_along_axis(input, order, -1), order.astype(record.indices)
