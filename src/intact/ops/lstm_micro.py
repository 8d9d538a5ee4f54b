"""What an integer LSTM derives from its parameters under tflite-micro and CMSIS-NN, for steps by table.

Sources:
    tflite-micro: tensorflow/lite/micro/kernels/unidirectional_sequence_lstm.cc, lstm_eval.cc.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from intact.arith.lstm_cell import TableCell
from intact.arith.lstm_gate import Factor, Gate, Product
from intact.errors import UncoveredError
from intact.ir.op import Operand
from intact.ir.types import DType
from intact.ops.lstm_weights import cell_power, product
from intact.ops.quantized import scale, zero_point


def prepare(name: str, operands: Sequence[Operand | None], cell_clip: float, rule: str) -> TableCell:
    """Returns what the kernels for microcontrollers derive from their parameters.

    Args:
        name: of the operator.
        operands: 24, as ops/lstm.py lists them.
        cell_clip: its attribute.
        rule: table or table-no-state.
    Raises:
        UncoveredError: types or parameters that they do not have.
    """
    x, output_state, cell_state = operands[0], operands[18], operands[19]
    assert x is not None and output_state is not None and cell_state is not None
    if any(o is None for o in (*operands[1:9], *operands[12:16])) or any(
        o is not None for o in (*operands[9:12], *operands[16:18], *operands[20:])
    ):
        raise UncoveredError(f"{name} without an input gate, or with peepholes, projection or layer normalization")
    bias = DType.INT64 if x.dtype == DType.INT16 else DType.INT32
    fits = (
        output_state.dtype == x.dtype
        and cell_state.dtype == DType.INT16
        and all(o is not None and o.dtype == DType.INT8 for o in operands[1:9])
        and all(o is not None and o.dtype == bias for o in operands[12:16])
    )
    if not fits:
        types = ", ".join(sorted({o.dtype.value for o in operands if o is not None}))
        raise UncoveredError(f"{name} of {types}")
    how = "single-16" if x.dtype == DType.INT16 else "double-away"
    largest = -x.dtype.limits[0]

    def gate(number: int) -> Gate:
        def weighted(weights: Operand | None, bias: Operand | None, what: Operand) -> Product:
            assert weights is not None
            # In float64, as tflite-micro's package does, though its source says float32; 2^-12 is the gate's scale.
            real = np.float64(scale("weights", weights)) * np.float64(scale("operand", what)) / 2.0**-12
            return product(name, weights, bias, -zero_point(what), real, how, largest)

        return Gate(
            weighted(operands[1 + number], operands[12 + number], x),
            weighted(operands[5 + number], None, output_state),
            apart=rule == "table",
        )

    cell_scale, left = np.float64(scale("cell_state", cell_state)), 12 + cell_power(cell_state)
    limit = int(min(cell_clip / cell_scale, 32767)) if cell_clip > 0 else None
    return TableCell(
        gate(0),
        gate(1),
        gate(2),
        gate(3),
        limit or None if rule == "table-no-state" else limit,
        Factor.of(2.0**-15),
        Factor.of(2.0**-30 / cell_scale),
        Factor.of(2.0**-30 / np.float64(scale("output_state", output_state))),
        3 << max(left, 0),
        max(-left, 0),
        zero_point(output_state),
        *output_state.dtype.limits,
        rule == "table-no-state",
    )
