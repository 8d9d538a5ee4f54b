"""What is to become of one operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from intact.errors import UsageError
from intact.ir.types import DType
from intact.quantizer.bounds import WHOLE, require_weight_observer

ACTIVATIONS: Final = {"int8": DType.INT8, "uint8": DType.UINT8, "int16x8": DType.INT16}
"""Kinds that compute on integers, with the stored type of their activations."""

KINDS: Final = (*ACTIVATIONS, "dynamic-range", "weight-only", "float16", "float")
"""Every kind of quantization. The last leaves an operator as it is."""


@dataclass(frozen=True)
class Treatment:
    """A kind of quantization with its particulars.

    Args:
        kind: one of KINDS.
        weight: stored type of weights: int8, or int4 where the kind is weight-only; uint8 of the kind uint8.
        per_channel: whether weights have a scale a channel where their operator allows it.
        block_size: elements along the rows of a weight that share a scale, where the kind is weight-only; 0: no blocks.
        min_elements: constants with fewer elements stay float32, where the kind leaves the operator in float.
        weight_observer: name of what says how far weights reach, for each channel by itself where they have scales by
            channel; what lies beyond is clipped. Of the kinds with int8 or int4 weights that are not in blocks.
        asymmetric_inputs: whether hybrid kernels spread activations over all 256 integers, a zero point among them.
    """

    kind: str
    weight: DType = DType.INT8
    per_channel: bool = True
    block_size: int = 0
    min_elements: int = 1024
    asymmetric_inputs: bool = True
    weight_observer: str = WHOLE

    def __post_init__(self) -> None:
        """Raises E003 for a kind that there is none of, and for particulars that no kind has."""
        if self.kind not in KINDS:
            raise UsageError(f"there is no kind '{self.kind}' of quantization", expected=f"one of {', '.join(KINDS)}")
        takes = {"uint8": (DType.UINT8,), "weight-only": (DType.INT8, DType.INT4)}.get(self.kind, (DType.INT8,))
        if self.weight not in takes:
            names = " or ".join(dtype.value for dtype in takes)
            raise UsageError(f"{self.kind} has weights of {self.weight.value}", expected=names)
        if self.block_size and (self.kind != "weight-only" or not self.per_channel or self.block_size < 2):
            raise UsageError(
                f"{self.kind} has blocks of {self.block_size}",
                expected="blocks of 2 or more, of weight-only per channel",
            )
        if require_weight_observer(self.weight_observer) != WHOLE and self.block_size:
            raise UsageError(
                f"blocks of {self.block_size} are given with the weight observer '{self.weight_observer}'",
                expected="one of the two: blocks are never clipped",
            )

    @property
    def is_integer(self) -> bool:
        """True for kinds that compute on integers, and so need ranges of activations."""
        return self.kind in ACTIVATIONS

    @property
    def activation(self) -> DType:
        """Stored type of activations, of a kind that computes on integers."""
        return ACTIVATIONS[self.kind]

    @property
    def bias(self) -> DType:
        """Stored type of biases: accumulators of 16-bit activations leave 32 bits."""
        return DType.INT64 if self.activation == DType.INT16 else DType.INT32

    @property
    def describe(self) -> str:
        """The kind and its particulars, as users read it."""
        if self.kind in ("float", "float16"):
            return self.kind
        if self.kind == "uint8":
            return "uint8 per-tensor"
        grain = "per-channel" if self.per_channel else "per-tensor"
        if self.block_size:
            grain = f"in blocks of {self.block_size}"
        return f"{self.kind} {grain}" if self.is_integer else f"{self.kind} {self.weight.value} {grain}"
