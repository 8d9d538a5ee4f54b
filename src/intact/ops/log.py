"""LOG: the natural logarithm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intact.arith.libm import libm
from intact.arith.requantize import See
from intact.ir.op import Operand
from intact.ir.quant_rule import Activation, QuantRule
from intact.ir.site import Site
from intact.ir.types import Array, DType
from intact.ops import tabled
from intact.ops.elementwise import OfCode
from intact.ops.quantized import scale, zero_point
from intact.ops.tabled import Table


@dataclass(frozen=True)
class Log(OfCode):
    """out = log(input). Integer kernels give the lowest number of the output's range for what is not above zero.

    There is an int8 kernel, but its input is spread evenly over 256 codes: on the spectrogram of a pitch tracker the
    logarithm of the second smallest code is where most of the signal lies below, and -4 dB are left of the result.

    Sources:
        tflite/kernels/elementwise.cc, LogLUTPrepare. Integers are looked up, by rules of ops/tabled.py.
    """

    opcode = "LOG"
    rules = tabled.RULES
    quant = QuantRule({"input": Activation()}, dtypes=frozenset({DType.INT16}))
    why_float = "8 bits have no room for the decades that a logarithm tells apart"
    versions = {DType.INT8: 2, DType.INT16: 2}

    def prepare(self, site: Site, input: Operand) -> Table:
        """The table."""
        tabled.require_alike(self.opcode, site, input)
        tabled.require_symmetric16(self.opcode, site, input)
        result = site.results[0]
        lowest = np.float32(result.dtype.limits[0] - zero_point(result)) * scale("the result", result)

        def function(real: Array) -> Array:
            return np.where(real > 0, libm("log", np.where(real > 0, real, np.float32(1))), lowest)

        return tabled.prepare(self.opcode, function, site, input)

    def compute(self, record: Table, see: See | None, input: Array) -> tuple[Array, ...]:
        """Looked up."""
        return (record(see, input),)
