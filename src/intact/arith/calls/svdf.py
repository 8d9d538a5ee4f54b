"""SVDF of 8 bits by the kernel of c/svdf.h."""

from __future__ import annotations

import numpy as np

from intact.arith.calls import sums
from intact.arith.calls.gemm import folded, held
from intact.arith.calls.requantized import requantized
from intact.arith.requantize import Requantization
from intact.arith.rounding import Array
from intact.native import svdf as native
from intact.native.call import Call, Held, address
from intact.native.gemm import PANEL


def svdf(
    batch: int,
    features: Array,
    input_zero_point: int,
    into_memory: Requantization,
    time_weights: Array,
    bias: Array | None,
    memory_zero_point: int,
    out: Requantization,
    units: int,
    memory: Held,
) -> Call | None:
    """Returns the result, and the memory moved on by one place, from operands 0 and 4.

    Args:
        batch: rows of the input.
        features: integers within int8 (filters, depth).
        input_zero_point: of the input.
        into_memory: sums to numbers of the memory, to which its zero point is added then.
        time_weights: integers within int16 (filters, length).
        bias: int64 (units,) or None.
        memory_zero_point: of the memory.
        out: sums over time and rank to the result.
        units: of the result.
        memory: int8 or int16.
    """
    filters, length = time_weights.shape
    first, last = requantized(into_memory, 1), requantized(out, 1)
    if first is None or last is None or not length:
        return None
    zero, keeps = held(memory_zero_point, memory.dtype), list[object]([*first[1], *last[1]])
    fed = sums.matrix(features.astype(np.int8), folded(features, None, held(input_zero_point, "int8")), keeps)
    weights = time_weights.astype(np.int16)
    start = folded(time_weights.reshape(units, -1), bias, zero)
    params = native.Svdf(
        fed,
        first[0],
        last[0],
        address(weights),
        address(start),
        filters,
        length,
        filters // units if units else 1,
        zero,
        memory.dtype == "int8",
    )
    results = Held("int8", (batch, units)), memory
    scratch = fed.panels * PANEL * 4
    return Call("svdf", params, (0, 4), results, units=batch, scratch=scratch, keeps=(*keeps, weights, start))
