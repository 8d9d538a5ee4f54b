"""The usual mistakes in a hand-written integer kernel, each made on purpose.

A mistake is made by preparing the operator with one parameter wrong, or by finishing its accumulators wrongly; what it
gives is compared with what somebody's kernel gives. They are those that people asked about in public.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from intact.ir.graph import Node
from intact.ir.types import Array
from intact.ops.weighted import Weighted


@dataclass(frozen=True)
class Attempt:
    """An operator that a mistake is made with.

    Args:
        node: the application.
        record: what it was prepared to.
        operands: their contents.
        real: what the first operand stands for.
        stages: of the right computation.
    """

    node: Node
    record: Any
    operands: Sequence[Array | None]
    real: Array | None
    stages: Mapping[str, Array]

    @property
    def weighted(self) -> Weighted | None:
        """The parameters of a sum of products; None for another operator."""
        found = self.record if isinstance(self.record, Weighted) else getattr(self.record, "weighted", None)
        return found if isinstance(found, Weighted) else None

    def with_parameters(self, **changes: Any) -> Array | None:
        """Returns the result with other parameters of the sum of products."""
        weighted = self.weighted
        if weighted is None:
            return None
        changed: Any = dataclasses.replace(weighted, **changes)
        record = changed if self.record is weighted else dataclasses.replace(self.record, weighted=changed)
        result: Array = self.node.op.compute(record, None, *self.operands)[0]
        return result

    def requantized(self, **changes: Any) -> Array | None:
        """Returns the result with other parameters of the requantization."""
        weighted = self.weighted
        if weighted is None:
            return None
        return self.with_parameters(requantize=dataclasses.replace(weighted.requantize, **changes))


@dataclass(frozen=True)
class Mistake:
    """One mistake.

    Args:
        stage: where it departs from the right computation.
        text: what it is and what would be right.
        make: returns the result it gives; None where it cannot be made with an operator.
    """

    stage: str
    text: str
    make: Callable[[Attempt], Array | None]


def _input_not_rounded(attempt: Attempt) -> Array | None:
    """The real input divided by the scale and not rounded: real = scale * (q - zero_point), so q - zero_point it is."""
    weighted, op = attempt.weighted, attempt.node.op
    if weighted is None or attempt.real is None or attempt.operands[0] is None or op.opcode != "FULLY_CONNECTED":
        return None
    filter_ = attempt.operands[1]
    assert filter_ is not None
    exact = attempt.real.astype(np.float64) / float(weighted.input_scale)
    rows = exact.reshape(-1, filter_.shape[1]) @ weighted.centred_filter(filter_).T.astype(np.float64)
    bias = weighted.bias if weighted.bias is not None else 0
    q = weighted.requantize
    result: Array = np.clip(np.round((rows + bias) * q.factor) + q.zero_point, q.low, q.high)
    return result.astype(attempt.stages["clamped"].dtype)


def _finished(attempt: Attempt, finish: Callable[[Array, Any], Array]) -> Array | None:
    weighted = attempt.weighted
    if weighted is None or "accumulator" not in attempt.stages:
        return None
    return finish(attempt.stages["accumulator"], weighted.requantize)


def _truncated(acc: Array, q: Any) -> Array:
    floored: Array = np.floor(acc * q.factor).astype(np.int64)
    result: Array = np.clip(floored + q.zero_point, q.low, q.high)
    return result


def _cut(acc: Array, q: Any) -> Array:
    cut: Array = np.trunc(acc * q.factor).astype(np.int64)
    result: Array = np.clip(cut + q.zero_point, q.low, q.high)
    return result


def _without_output_scale(attempt: Attempt) -> Array | None:
    weighted = attempt.weighted
    if weighted is None:
        return None
    return attempt.requantized(factor=weighted.requantize.factor * float(weighted.output_scale))


def _with_bias_parameters(attempt: Attempt) -> Array | None:
    weighted = attempt.weighted
    if weighted is None:
        return None
    bias = attempt.node.inputs[2] if len(attempt.node.inputs) > 2 else None
    zero = int(bias.quant.zero_point[0]) if bias is not None and bias.quant and bias.quant.zero_point.size else 0
    return attempt.requantized(factor=np.ones_like(weighted.requantize.factor), zero_point=zero)


def _without_zero_point(attempt: Attempt) -> Array | None:
    shifted = attempt.stages.get("shifted")
    return None if shifted is None else _finished(attempt, lambda _, q: np.clip(shifted, q.low, q.high))


def _unclamped(attempt: Attempt) -> Array | None:
    return attempt.stages.get("offset")


def _wrapped(attempt: Attempt) -> Array | None:
    offset = attempt.stages.get("offset")
    weighted = attempt.weighted
    return None if offset is None or weighted is None else offset.astype(weighted.requantize.dtype)


def _parameter(name: str, value: Callable[[Weighted], Any]) -> Callable[[Attempt], Array | None]:
    def make(attempt: Attempt) -> Array | None:
        weighted = attempt.weighted
        return None if weighted is None else attempt.with_parameters(**{name: value(weighted)})

    return make


def _without_bias(attempt: Attempt) -> Array | None:
    weighted = attempt.weighted
    if weighted is None or weighted.bias is None:
        return None
    return attempt.with_parameters(bias=np.zeros_like(weighted.bias))


MISTAKES: Final[tuple[Mistake, ...]] = (
    Mistake(
        "input offset",
        "the input is not rounded to an integer: q = clamp(round(real / scale) + zero_point)",
        _input_not_rounded,
    ),
    Mistake(
        "input offset",
        "the input's zero point is added: it is taken away, q - zero_point",
        _parameter("input_zero_point", lambda w: -w.input_zero_point),
    ),
    Mistake(
        "input offset",
        "the input's zero point is left in: it is taken away, q - zero_point",
        _parameter("input_zero_point", lambda _: 0),
    ),
    Mistake("accumulator", "the bias is left out", _without_bias),
    Mistake(
        "multiplied",
        "the multiplier lacks the output's scale: it is input_scale * filter_scale / output_scale",
        _without_output_scale,
    ),
    Mistake(
        "multiplied",
        "scale and zero point are the bias's: those of the output belong there, and operand 2 is the bias",
        _with_bias_parameters,
    ),
    Mistake(
        "shifted",
        "the shift rounds down: half of what is shifted out is added first",
        lambda attempt: _finished(attempt, _truncated),
    ),
    Mistake(
        "shifted",
        "the product is cut off towards zero: it is rounded to the nearest",
        lambda attempt: _finished(attempt, _cut),
    ),
    Mistake("offset", "the output's zero point is not added", _without_zero_point),
    Mistake("clamped", "the result is not clamped to its type and activation", _unclamped),
    Mistake("clamped", "the result wraps around in place of being clamped", _wrapped),
)
"""In the order of the stages, so that the first that fits is the earliest."""
