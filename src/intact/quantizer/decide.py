"""Which constants of an operator that computes on floats are stored in fewer bits, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from intact.ir.graph import Node, Value
from intact.ir.op import UnknownOp
from intact.ir.types import Array, DType
from intact.quantizer.bounds import WHOLE
from intact.quantizer.select import has_weights
from intact.quantizer.treatment import Treatment

_FLOAT16_MAX: Final = 65504.0
_FLOAT16_SQNR: Final = 1e6
"""60 dB, which float16 reaches for all numbers but those of its denormal range."""


@dataclass(frozen=True)
class Form:
    """How a constant is stored.

    Args:
        dtype: int8, int4 or float16.
        axis: dimension that has a scale for each index; None for one scale.
        block_size: elements of a row that share a scale; 0 where rows are not in blocks.
        observer: name of what says how far the constant reaches.
    """

    dtype: DType
    axis: int | None = None
    block_size: int = 0
    observer: str = WHOLE

    @property
    def describe(self) -> str:
        """As users read it."""
        if self.dtype == DType.FLOAT16:
            return "float16"
        grain = "per-tensor" if self.axis is None else "per-channel"
        return f"{self.dtype.value} " + (f"in blocks of {self.block_size}" if self.block_size else grain)


@dataclass(frozen=True)
class Decision:
    """What becomes of an operator's constants.

    Args:
        forms: of the operands that change, by position.
        reason: why none does, where the operator has constants that the recipe is about.
    """

    forms: dict[int, Form] = field(default_factory=dict)
    reason: str | None = None

    def describe(self, treatment: Treatment) -> str:
        """The kind of quantization with its particulars; "float" where nothing changes."""
        if not self.forms:
            return "float"
        grains = list(dict.fromkeys(form.describe for form in self.forms.values()))
        return treatment.kind if treatment.kind == "float16" else f"{treatment.kind} {', '.join(grains)}"


def decide(node: Node, treatment: Treatment) -> Decision:
    """Returns what becomes of the constants of a node that stays in float."""
    if isinstance(node.op, UnknownOp) or node.subgraphs:
        return Decision()
    if treatment.kind == "float16":
        return _as_float16(node, treatment)
    if treatment.kind not in ("dynamic-range", "weight-only"):
        return Decision()
    weights = [(i, node.inputs[i]) for i in node.op.weights if i < len(node.inputs)]
    constant = {i: v for i, v in weights if v is not None and v.is_constant and v.dtype == DType.FLOAT32}
    if not constant:
        return Decision(reason="its weights are computed, not constant" if has_weights(node) else None)
    large = {i: v for i, v in constant.items() if v.type.size >= treatment.min_elements}
    if not large:
        return Decision(reason=f"its weights have fewer than {treatment.min_elements} elements")
    if any(v.array is None for v in constant.values()):
        return Decision(reason="its weights are stored sparse")
    if treatment.kind == "weight-only":
        return Decision({i: _form(v, node.op.weights[i], treatment) for i, v in large.items()})
    return _as_hybrid(node, treatment, constant, large)


def _as_hybrid(node: Node, treatment: Treatment, constant: dict[int, Value], large: dict[int, Value]) -> Decision:
    rule = node.op.hybrid
    if rule is None:
        return Decision(reason="LiteRT has no hybrid kernel for it; weight-only stores its weights all the same")
    reason = node.op.unfit_hybrid(*node.inputs)
    if reason is not None:
        return Decision(reason=reason)
    chosen = constant if rule.whole else large
    given = [v for i, v in enumerate(node.inputs) if i in node.op.weights and v is not None]
    if rule.whole and len(given) > len(constant):
        return Decision(reason="some of its weights are computed, not constant")
    axes = {i: None if rule.grain == "tensor" else node.op.weights[i] for i in chosen}
    by_channel = treatment.per_channel or rule.grain == "channel"
    observer = treatment.weight_observer
    return Decision({i: Form(DType.INT8, axis if by_channel else None, 0, observer) for i, axis in axes.items()})


def _form(value: Value, axis: int, treatment: Treatment) -> Form:
    """The form of a weight that is dequantized before it is used; blocks lie along rows, which come first."""
    if len(value.shape) < 2 or not treatment.per_channel:
        return Form(treatment.weight, observer=treatment.weight_observer)
    rows = value.shape[0] if value.shape else 1
    size = treatment.block_size
    whole = size > 0 and axis == 0 and rows > 0 and value.type.size // rows % size == 0
    return Form(treatment.weight, axis, size if whole else 0, treatment.weight_observer)


def _as_float16(node: Node, treatment: Treatment) -> Decision:
    forms, reason = {}, None
    for index, value in enumerate(node.inputs):
        if value is None or not value.is_constant or value.dtype != DType.FLOAT32 or value.array is None:
            continue
        fault = _unfit_float16(value.array, exact_zeros=index not in node.op.weights)
        if value.type.size < treatment.min_elements:
            fault = f"its constants have fewer than {treatment.min_elements} elements"
        if fault is None:
            forms[index] = Form(DType.FLOAT16)
        reason = reason or fault
    return Decision(forms, None if forms else reason)


def _unfit_float16(array: Array, *, exact_zeros: bool) -> str | None:
    """Why float16 does not hold numbers well enough; None where it does.

    Args:
        exact_zeros: what is not zero must not become so, as something may be divided by it.
    """
    if not (np.abs(array) <= _FLOAT16_MAX).all():
        return f"its constants reach {np.abs(array).max():.3g}, beyond float16"
    half = array.astype(np.float16).astype(np.float32)
    if exact_zeros and bool(((half == 0) & (array != 0)).any()):
        return "its constants hold numbers that float16 makes zero"
    power = np.square(array, dtype=np.float64).sum()
    noise = np.square(half - array, dtype=np.float64).sum()
    return None if noise * _FLOAT16_SQNR <= power else "its constants are too small for float16"
