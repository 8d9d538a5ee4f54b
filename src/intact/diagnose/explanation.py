"""What `explain` finds."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from intact.arith.profile import Profile, Rule
from intact.ir.term import Term

_MOST_LISTED: Final = 4096
"""Elements of an array that are listed; weights beyond that are in the model."""


@dataclass(frozen=True)
class Accumulator:
    """What the accumulators of an operator can become, over all inputs that its types allow.

    Args:
        low, high: smallest and largest.
        channel: the channel of the one with the larger magnitude; None where all are alike.
        bits: of a signed integer that holds every one.
        operand: what the channels are those of, else the first operand.
    """

    low: int
    high: int
    channel: int | None
    bits: int
    operand: str

    @property
    def fits_int32(self) -> bool:
        """True where 32 bits are proven to suffice."""
        return self.bits <= 32

    @property
    def widest(self) -> str:
        """Where the widest is, in words."""
        name = f"'{self.operand}'"
        return name if self.channel is None else f"channel {self.channel} of {name}"


@dataclass(frozen=True)
class Element:
    """One number of an operator's first result.

    Args:
        at: its index.
        stages: what became of it, by the names of arith/requantize.py and of the operator itself, in the order of the
            computation.
        stored, real: the result.
        terms: what it is the sum of; () for an operator that is no sum, or where not known.
        input_zero_point, weight_zero_point: those of the first term.
        bias: what is added to the products; None where there is none.
    """

    at: tuple[int, ...]
    stages: dict[str, int | float]
    stored: int | float
    real: float
    terms: Sequence[Term] = ()
    input_zero_point: int = 0
    weight_zero_point: int = 0
    bias: int | None = None


@dataclass(frozen=True)
class Explanation:
    """What is to be known of one operator under one profile.

    Args:
        index: position in its graph.
        operator: its name.
        attributes: by name.
        profile: whose arithmetic.
        rules: of the profile, that it follows.
        operands, results: type, shape and parameters of each by its name; omitted operands are left out.
        parameters: what the operator derives from them; arrays as they are.
        accumulator: bounds; None for an operator without one, or where weights are computed.
        ranges: smallest and largest number of each stage in a run; empty without inputs.
        element: one number; None where none was asked for.
        graph: number of the graph that it is in.
    """

    index: int
    operator: str
    attributes: dict[str, Any]
    profile: Profile
    rules: Sequence[Rule]
    operands: dict[str, dict[str, Any]]
    results: dict[str, dict[str, Any]]
    parameters: dict[str, Any]
    accumulator: Accumulator | None
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    element: Element | None = None
    graph: int = 0

    def __str__(self) -> str:
        lines = [f"operator {self.index} {self.operator}, profile {self.profile.name}"]
        lines += [f"rule {rule.name}: {rule.source}" for rule in self.rules]
        if self.accumulator is not None:
            bounds = self.accumulator
            lines.append(f"accumulator over all inputs: [{bounds.low}, {bounds.high}], {bounds.bits} bits")
        lines += [f"{stage} in this run: {low:.10g} to {high:.10g}" for stage, (low, high) in self.ranges.items()]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Returns all of it as data for JSON."""
        return {
            "graph": self.graph,
            "index": self.index,
            "operator": self.operator,
            "attributes": self.attributes,
            "profile": self.profile.name,
            "checked": self.profile.checked,
            "rules": [dataclasses.asdict(r) for r in self.rules],
            "operands": self.operands,
            "results": self.results,
            "parameters": _listed(self.parameters),
            "accumulator": None
            if self.accumulator is None
            else {**dataclasses.asdict(self.accumulator), "fits_int32": self.accumulator.fits_int32},
            "ranges": {k: list(v) for k, v in self.ranges.items()},
            "element": None if self.element is None else dataclasses.asdict(self.element),
        }


def _listed(found: Mapping[Any, Any]) -> dict[Any, Any]:
    listed: dict[Any, Any] = {}
    for name, value in found.items():
        if isinstance(value, np.ndarray):
            listed[name] = value.tolist() if value.size <= _MOST_LISTED else {"shape": list(value.shape)}
        elif isinstance(value, np.generic):
            listed[name] = value.item()
        elif isinstance(value, (str, int, float, bool, type(None))):
            listed[name] = value
        elif isinstance(value, tuple):
            listed[name] = list(_listed(dict(enumerate(value))).values())
        else:
            listed[name] = str(value)
    return listed
