"""CONCATENATION: operands side by side along one dimension."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intact.arith.calls.movement import Moves, stand_in
from intact.arith.requantize import See
from intact.arith.rounding import round_half_away
from intact.errors import ModelError, UncoveredError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import QuantRule, Tied
from intact.ir.site import Site
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call
from intact.ops.attributes import FusedActivation
from intact.ops.movement import like, movable
from intact.ops.quantized import alike, scale, zero_point
from intact.ops.shapes import normal_axis, of_one_type, with_size


@dataclass(frozen=True)
class Rescaling:
    """How one operand's uint8 numbers become those of the result.

    Args:
        factor: float32, input scale * (1 / output scale), rounded twice.
        bias: float32, -(input zero point) * factor.
        zero_point: of the result.
    """

    factor: np.float32
    bias: np.float32
    zero_point: int

    def __call__(self, codes: Array) -> Array:
        """Returns clamp(round(codes * factor + bias) + zero_point), halves away from zero, in float32."""
        real: NDArray[np.float32] = codes.astype(np.float32) * self.factor + self.bias
        result: Array = np.clip(round_half_away(real).astype(np.int64) + self.zero_point, 0, 255).astype(np.uint8)
        return result


@dataclass(frozen=True)
class Joined:
    """What a concatenation is prepared to.

    Args:
        rescaled: for each operand how it is rescaled; None for one that is copied.
    """

    rescaled: tuple[Rescaling | None, ...]


@dataclass(frozen=True)
class Concatenation(Op):
    """out = values[0], values[1], ... one after the other along `axis`.

    The uint8 kernel rescales operands of other scales, the int8 kernel refuses them, the int16 kernel copies them as
    they are; one scale for all is right for each.

    Sources:
        tflite/kernels/concatenation.cc.
    """

    opcode = "CONCATENATION"
    rules = {"float32": ("uint8",)}
    options = "ConcatenationOptions"
    quant = QuantRule({"values": Tied("output")})
    versions = {DType.INT8: 2, DType.INT16: 3}
    fused_version = None  # LiteRT refuses any

    axis: int = 0
    fused_activation_function: FusedActivation = FusedActivation.NONE

    def infer(self, *values: Operand) -> tuple[TensorType, ...]:
        """The sizes along the axis added up, all others as they are in every operand."""
        parts = of_one_type(*values)
        if self.fused_activation_function != FusedActivation.NONE:
            raise ModelError(f"fused activation is {self.fused_activation_function.name}", code="E207", expected="NONE")
        axis = normal_axis(self.axis, len(parts[0].shape))
        if len({(len(part.shape), part.shape[:axis], part.shape[axis + 1 :]) for part in parts}) > 1:
            raise ModelError(
                f"operands have shapes {[list(part.shape) for part in parts]}",
                expected=f"equal sizes in every dimension but {axis}",
            )
        return (with_size(parts[0], axis, sum(part.shape[axis] for part in parts)),)

    def prepare(self, site: Site, *values: Operand) -> Joined:
        """Which operands are copied, and how others are rescaled."""
        (result,) = site.results
        movable(result, *values)
        if self.fused_activation_function != FusedActivation.NONE:
            raise UncoveredError(f"no kernel applies a fused {self.fused_activation_function.name}")
        if result.dtype != DType.UINT8 or all(alike(value, result) for value in values):
            return Joined((None,) * len(values))
        # XNNPACK takes none whose scales differ.
        site.rule(self.opcode, DType.UINT8.value, taken=False)
        inverse = np.float32(1) / scale("the result", result)
        rescaled: list[Rescaling | None] = []
        for value in values:
            factor = scale("an operand", value) * inverse
            rescaling = Rescaling(factor, np.float32(-zero_point(value)) * factor, zero_point(result))
            rescaled.append(None if alike(value, result) else rescaling)
        return Joined(tuple(rescaled))

    def compute(self, record: Joined, see: See | None, *values: Array) -> tuple[Array, ...]:
        """The operands one after the other."""
        parts = [v if r is None else r(v) for v, r in zip(values, record.rescaled, strict=True)]
        return (np.concatenate(parts, self.axis),)

    def compile(self, record: Joined, *values: Operand) -> Call | None:
        """The operands one after the other; what is rescaled is looked up."""
        sources = [like(value) for value in values]
        axis, (joined,) = normal_axis(self.axis, sources[0].ndim), self.infer(*values)
        assert joined.shape is not None
        moves = Moves([stand_in(str(sources[0].dtype), joined.shape)], dict(enumerate(sources)))
        at = 0
        for i, (source, rescaling) in enumerate(zip(sources, record.rescaled, strict=True)):
            part = (*[slice(None)] * axis, slice(at, at + source.shape[axis]))
            table = None if rescaling is None else rescaling(np.arange(256, dtype=np.uint8))
            moves.copy(moves.results[0][part], i, source, table)
            at += source.shape[axis]
        return moves.call()
