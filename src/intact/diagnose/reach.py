"""What accumulators can become over all inputs: the proof that 32 bits suffice, or the operand that they do not for."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from intact.diagnose.explanation import Accumulator
from intact.errors import IntactError
from intact.ir.graph import Node
from intact.ir.op import signature
from intact.ir.quant_rule import Weight
from intact.ir.types import Array


def parameters(record: Any) -> dict[str, Any]:
    """Returns the fields of a record, those of records in it under dotted names; {} for what is no record."""
    found: dict[str, Any] = {}
    for item in dataclasses.fields(record) if dataclasses.is_dataclass(record) else ():
        value = getattr(record, item.name)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            found.update({f"{item.name}.{k}": v for k, v in parameters(value).items()})
        elif isinstance(value, tuple) and value and all(dataclasses.is_dataclass(v) for v in value):
            continue  # matrices: the weights once more, laid out for the multiplication
        else:
            found[item.name] = value
    return found


def accumulator(node: Node, record: Any) -> Accumulator | None:
    """Returns the bounds of an operator's accumulators; None where it has none, or where they are not known."""
    reach = _reach(node, record)
    if reach is None or np.size(reach[0]) == 0:
        return None
    low, high = (np.asarray(r, object).reshape(-1) for r in reach)
    channel = max(range(low.size), key=lambda c: max(abs(low[c]), abs(high[c])))
    least, most = int(min(low)), int(max(high))
    bits = 1 + max(most.bit_length() if most > 0 else 0, (-least - 1).bit_length() if least < 0 else 0)
    return Accumulator(least, most, channel if low.size > 1 else None, bits, _operand(node, low.size > 1))


def _reach(node: Node, record: Any) -> tuple[Array, Array] | None:
    if node.op.reach is not None:
        try:
            return node.op.reach(record, *node.inputs)
        except IntactError:  # a shape that only a run knows
            return None
    # What a record is made around has them where it has none itself.
    holder = record if hasattr(record, "accumulator_low") else getattr(record, "weighted", None)
    low, high = (getattr(holder, name, None) for name in ("accumulator_low", "accumulator_high"))
    return None if low is None or high is None else (low, high)


def _operand(node: Node, channels: bool) -> str:
    """Name of the operand that the channels belong to: the weights, else the first."""
    names = signature(type(node.op))
    rules = node.op.quant.inputs if node.op.quant is not None and channels else {}
    return next((name for name, rule in rules.items() if isinstance(rule, Weight)), names.name(0))
