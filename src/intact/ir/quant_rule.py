"""How an operator ties the quantization of its operands together.

An operator states what is true of it whatever anyone wants: which operands may carry their own scale, which must share
one, which scales its kernels fix. Recipes choose within that. The rules of the 8-bit types are those of the published
TFLite 8-bit quantization specification.

Sources:
    https://ai.google.dev/edge/litert/models/quantization_spec
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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


_STORED = frozenset({DType.INT8, DType.UINT8, DType.INT16})


@dataclass(frozen=True)
class Ignored:
    """Is read for its shape alone: any type and any scale will do."""


Constraint = Activation | Weight | Bias | Tied | Fixed | Unquantized | Ignored


@dataclass(frozen=True)
class QuantRule:
    """The constraints of one operator.

    Args:
        inputs: by operand name; an operand not named is Unquantized. A variadic operand's constraint holds for each.
        outputs: one constraint a result; the last is repeated for all further ones.
        dtypes: stored types of activations the runtimes have kernels for.
    """

    inputs: Mapping[str, Constraint] = field(hash=False)
    outputs: tuple[Constraint, ...] = (Activation(),)
    dtypes: frozenset[DType] = _STORED

    def input(self, name: str) -> Constraint:
        """The constraint of an operand."""
        return self.inputs.get(name, _UNQUANTIZED)

    def output(self, index: int) -> Constraint:
        """The constraint of a result."""
        return self.outputs[min(index, len(self.outputs) - 1)]


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
