"""What all kernels of integer LSTMs read of their weights and of their cell state alike."""

from __future__ import annotations

import numpy as np

from intact.arith.accumulate import Matrix
from intact.arith.lstm_gate import Factor, Product
from intact.arith.powers import power_of_two
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ops.quantized import scale


def product(
    name: str,
    weights: Operand,
    bias: Operand | None,
    zero: int,
    factor: np.floating,
    rule: str = "double-away",
    largest: int = 128,
) -> Product:
    """Returns constant weights with what the bias and the zero point add to their sums.

    Args:
        name: of the operator.
        zero: what each weight is multiplied with and added.
        factor, rule: of the sums.
        largest: magnitude of a stored input.
    """
    array, start = weights.array, None if bias is None else bias.array
    if array is None or array.ndim != 2 or (bias is not None and start is None):
        raise UncoveredError(f"{name} with weights or a bias that are computed, or with diagonal weights")
    rows = array.astype(np.int64)
    sums = zero * rows.sum(axis=1)
    # The kernel multiplies what is stored, zero point and all.
    sums = sums if start is None else sums + start.reshape(-1)
    return Product(Matrix(rows, largest), sums, Factor.of(factor, rule))


def cell_power(cell_state: Operand) -> int:
    """Returns the exponent of the cell state's scale, a power of two.

    Raises:
        UncoveredError: it is none, or not from 2^-15 to 2^-9.
    """
    step = scale("cell_state", cell_state)
    power = power_of_two(step)
    if power is None or not -15 <= power <= -9:
        raise UncoveredError(f"scale {step} of the cell state is not a power of two from 2^-15 to 2^-9")
    return power
