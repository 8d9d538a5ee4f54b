"""How an operator ties the quantization of its operands together.

An operator states what is true of it whatever anyone wants: which operands may carry their own scale, which must share
one, which scales its kernels fix. Recipes choose within that. The rules of the 8-bit types are those of the published
TFLite 8-bit quantization specification.

Sources:
    https://ai.google.dev/edge/litert/models/quantization_spec
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from intact.ir.types import DType


@dataclass(frozen=True)
class Activation:
    """Has a range of its own: per-tensor, asymmetric for 8 bits. A constant's range is that of its contents."""


@dataclass(frozen=True)
class Weight:
    """Is multiplied into an accumulator: symmetric, narrow range, per-channel along `axis` where that is not None.

    A weight that is not a constant is per-tensor symmetric over its calibrated range. Axis counts from the end where
    it is negative.
    """

    axis: int | None


@dataclass(frozen=True)
class Bias:
    """Is added to the accumulator: int32 at the product of the scales of the operands named in `of`, zero point 0."""

    of: tuple[str, str]


@dataclass(frozen=True)
class Tied:
    """Must have the scale and zero point of the operand named `to` ("output" is the first result).

    A result tied to an input moves data: both always share parameters. An input tied to "output" may be requantized
    on its way in where sharing would cost another reader precision.
    """

    to: str


@dataclass(frozen=True)
class Fixed:
    """Must have the scale and zero point its kernel was written for, by stored type."""

    params: Mapping[DType, tuple[float, int]] = field(hash=False)


@dataclass(frozen=True)
class Unquantized:
    """Stays as it is: shapes, indices, conditions, handles."""


@dataclass(frozen=True)
class Ignored:
    """Is read for its shape alone: any type and any scale will do."""


Constraint = Activation | Weight | Bias | Tied | Fixed | Unquantized | Ignored


@dataclass(frozen=True)
class Finest:
    """How fine a result's scale may be: at least `factor` times the largest of the operands' scales, its square, or the
    product of all.

    Kernels turn a quotient of scales into a multiplier and a shift; where it is too large, some refuse the model and
    some end the process. A result this much finer than what it is made of holds nothing but rounding errors, so a wider
    scale costs no precision.
    """

    of: Literal["max", "square", "product"]
    factor: float
    factor16: float | None = None
    """For int16, where that is another."""

    def floor(self, scales: Sequence[float], dtype: DType) -> float:
        """Returns the smallest scale a result may have, for a stored type of activations."""
        if not scales:
            return 0.0
        factor = self.factor if self.factor16 is None or dtype != DType.INT16 else self.factor16
        match self.of:
            case "max":
                return factor * max(scales)
            case "square":
                return factor * max(scales) ** 2
            case "product":
                return factor * math.prod(scales)


SUMS: Final = Finest("max", 2.0**-18, factor16=2.0**-13)
"""Adding kernels need 2 * max(s1, s2) < 2^20 * s_out, of int16 2^15 * s_out, or they end the process;
tflite/kernels/add.cc."""

ACCUMULATES: Final = Finest("product", 2.0**-7)
"""XNNPACK takes no model where s_input * s_weight >= 256 * s_out; measured on ai-edge-litert 2.3.0."""

CLAMP_FLOOR: Final = 2.0**-28
"""Smallest scale of a result that a kernel clamps from above: kernels store the limit, 6 or 1, as an int32 at it."""

_STORED = frozenset({DType.INT8, DType.UINT8, DType.INT16})


@dataclass(frozen=True)
class QuantRule:
    """The constraints of one operator.

    Args:
        inputs: by operand name; an operand not named is Unquantized. A variadic operand's constraint holds for each.
        outputs: one constraint a result; the last is repeated for all further ones.
        dtypes: stored types of activations the runtimes have kernels for; none where the operator is float only and
            states what its operands are to each other.
        finest: how fine the first result's scale may be; None for any.
        input_floor: smallest scale that the operands may have.
        output_floor: smallest scale that the first result may have.
        wants_bias: stored types of activations whose kernels do better with a bias of zeros than with none.
    """

    inputs: Mapping[str, Constraint] = field(hash=False)
    outputs: tuple[Constraint, ...] = (Activation(),)
    dtypes: frozenset[DType] = _STORED
    finest: Finest | None = None
    input_floor: float = 0.0
    output_floor: float = 0.0
    wants_bias: frozenset[DType] = frozenset()

    def input(self, name: str) -> Constraint:
        """The constraint of an operand."""
        return self.inputs.get(name, _UNQUANTIZED)

    def output(self, index: int) -> Constraint:
        """The constraint of a result."""
        return self.outputs[min(index, len(self.outputs) - 1)]


@dataclass(frozen=True)
class HybridRule:
    """What an operator's hybrid kernels take: weights of int8 while activations are float32.

    Args:
        grain: "channel" where they read a scale a channel and no other, "tensor" where they read one alone, "either".
        versions: lowest operator versions that have them: with one scale, the same with asymmetric inputs, and with a
            scale a channel.
        whole: whether all weights are integers where one is.
    Sources:
        tflite/converter/tools/versioning/op_version.cc.
    """

    grain: Literal["channel", "tensor", "either"]
    versions: tuple[int, int, int]
    whole: bool = False


_UNQUANTIZED = Unquantized()


def moves(*names: str, dtypes: frozenset[DType] = _STORED) -> QuantRule:
    """The rule of an operator whose results are elements of the operands `names`, moved: one scale for all of them.

    With one name the results are tied to it; with several, each is tied to the result.
    """
    if len(names) == 1:
        return QuantRule({names[0]: Activation()}, (Tied(names[0]),), dtypes)
    return QuantRule({name: Tied("output") for name in names}, (Activation(),), dtypes)


def unit_interval() -> Fixed:
    """The output parameters of kernels whose results lie in [0, 1]: LOGISTIC and SOFTMAX."""
    return Fixed({DType.INT8: (1 / 256, -128), DType.UINT8: (1 / 256, 0), DType.INT16: (1 / 32768, 0)})


def signed_unit_interval() -> Fixed:
    """The output parameters of kernels whose results lie in [-1, 1]: TANH and L2_NORMALIZATION."""
    return Fixed({DType.INT8: (1 / 128, 0), DType.UINT8: (1 / 128, 128), DType.INT16: (1 / 32768, 0)})
