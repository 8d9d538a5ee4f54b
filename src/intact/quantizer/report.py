"""What was done to a model while it was quantized."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from intact.data.doctor.finding import Finding
from intact.errors import counted
from intact.ir.kind import Kind
from intact.ir.model import Model


@dataclass(frozen=True)
class Left:
    """A node of the user's model that stays in float.

    Args:
        graph: name of its graph.
        node: its position in the float model's graph as prepared (batch norm folded, activations fused where integer).
        op: operator name.
        output: name of its first result.
        reason: why it stays.
    """

    graph: str
    node: int
    op: str
    output: str
    reason: str


@dataclass(frozen=True)
class Became:
    """What became of a node that computes on floats in the user's model.

    Args:
        graph, node, op, output: as Left has them.
        became: a kind of quantization with its particulars, or "float".
        by: what of the recipe is the reason; where the node is not what that asks for, why not.
        is_integer: whether it computes on integers now.
    """

    graph: str
    node: int
    op: str
    output: str
    became: str
    by: str
    is_integer: bool


@dataclass(frozen=True)
class Widened:
    """A weight whose scale was widened in `channels` channels, by up to `factor`, so that its sums fit `sums`."""

    weight: str
    channels: int
    factor: float
    sums: str = "int32"

    def __str__(self) -> str:
        return (
            f"weight scale of '{self.weight}' widened in {self.channels} channels, up to {self.factor:.3g} times, "
            f"so that products and bias fit {self.sums} together"
        )


@dataclass(frozen=True)
class Uneven:
    """A weight that has one scale where it could have one for each channel.

    Args:
        op: operator that reads it.
        output: name of that operator's first result.
        weight: its name.
        largest, smallest: largest magnitude in any channel, and in the channel in which it is least; never 0.
    """

    op: str
    output: str
    weight: str
    largest: float
    smallest: float

    @property
    def ratio(self) -> float:
        """How many times as far as the smallest channel the largest one reaches."""
        return self.largest / self.smallest


@dataclass(frozen=True)
class Contract:
    """How a real number becomes the integer that an input takes, and the integer of an output a real number.

    real = scale * (q - zero_point); q = round(real / scale) + zero_point, clamped to [low, high]. The same as a mean
    and a standard deviation is real = (q - mean) / std.

    Args:
        name: the port.
        role: "input" or "output".
        dtype: what the caller passes or gets.
        shape: with -1 for a dynamic dimension.
        scale, zero_point: of the integer; for a float port, those of the integer behind it. None: stays float inside.
        low, high: smallest and largest integer.
        signature: entry point the port belongs to; None where the model has none.
    """

    name: str
    role: str
    dtype: str
    shape: tuple[int, ...]
    scale: float | None
    zero_point: int | None
    low: int | None
    high: int | None
    signature: str | None = None

    @property
    def mean(self) -> float | None:
        """Integer of the real number 0."""
        return None if self.zero_point is None else float(self.zero_point)

    @property
    def std(self) -> float | None:
        """Integer steps a real unit."""
        return None if self.scale is None else 1 / self.scale

    def __str__(self) -> str:
        shape = "x".join("?" if size < 0 else str(size) for size in self.shape) or "scalar"
        head = f"{self.role} '{self.name}', {self.dtype} {shape}"
        if self.scale is None:
            return f"{head}: stays as it is"
        made = "inside the file" if self.dtype == "float32" else "by the caller"
        return (
            f"{head}: real = {self.scale:.9g} * (q - {self.zero_point}), q in {self.low}..{self.high}, "
            f"converted {made}; mean {self.mean:g}, std {self.std:.6g}"
        )

    def as_dict(self) -> dict[str, Any]:
        """The contract as plain data."""
        return {**asdict(self), "mean": self.mean, "std": self.std}


@dataclass
class Report:
    """Everything that is worth knowing about a quantization.

    Args:
        recipe: kind of quantization asked for.
        kind: what the result computes in.
        operators: what became of each node that computes on floats, and why.
        left: nodes that stay in float throughout.
        widened: weights the overflow guard widened.
        uneven: weights that have one scale where they could have one for each channel.
        notes: what else was done or could not be.
        warnings: what the data doctor says of the samples, where it was asked.
        inputs, outputs: how reals become integers at the border.
    """

    recipe: str
    kind: Kind
    operators: list[Became] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    widened: list[Widened] = field(default_factory=list)
    uneven: list[Uneven] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    inputs: list[Contract] = field(default_factory=list)
    outputs: list[Contract] = field(default_factory=list)

    @property
    def reasons(self) -> dict[str, int]:
        """How often each operator stays in float for each reason, as `OP: reason`."""
        return dict(Counter(f"{item.op}: {item.reason}" for item in self.left).most_common())

    def __str__(self) -> str:
        lines = [self.compute]
        kinds = Counter(item.became for item in self.operators if item.became != "float")
        if len(kinds) > 1 or not all(item.is_integer for item in self.operators if item.became in kinds):
            lines += [f"{became}: {counted(n, 'operator')}" for became, n in kinds.most_common()]
        lines += [f"left in float: {reason}" + (f" ({n} times)" if n > 1 else "") for reason, n in self.reasons.items()]
        lines += [str(item) for item in self.widened]
        lines += [f"warning: {warning}" for warning in self.warnings]
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])

    @property
    def compute(self) -> str:
        """The kind of compute in one line."""
        return f"compute: {self.kind}"

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "recipe": self.recipe,
            "compute": self.kind.compute,
            "quantization": self.kind.quantization,
            "integer_operators": self.kind.integer,
            "float_operators": self.kind.float,
            "hybrid_operators": self.kind.hybrid,
            "operators": [asdict(item) for item in self.operators],
            "left_in_float": [asdict(item) for item in self.left],
            "widened_weights": [asdict(item) for item in self.widened],
            "uneven_weights": [{**asdict(item), "ratio": item.ratio} for item in self.uneven],
            "notes": list(self.notes),
            "warnings": [warning.as_dict() for warning in self.warnings],
            "inputs": [c.as_dict() for c in self.inputs],
            "outputs": [c.as_dict() for c in self.outputs],
        }


@dataclass(frozen=True)
class Quantized:
    """A quantized model and what was done to make it.

    Args:
        model: what `save` writes and `run`, `compare` and the others take.
        report: what became of each operator and why, notes, and what the ports take.
    """

    model: Model
    report: Report

    def __str__(self) -> str:
        report = self.report
        return "\n".join([f"recipe {report.recipe}", str(report), *map(str, (*report.inputs, *report.outputs))])
