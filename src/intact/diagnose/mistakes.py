"""The usual mistakes in a hand-written integer kernel, each made on purpose.

A mistake is made by preparing the operator with one parameter wrong, or by finishing its accumulators wrongly; what it
gives is compared with what somebody's kernel gives. They are those that people asked about in public.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from intact.diagnose.attempt import Attempt
from intact.ir.types import Array
from intact.ops.attributes import Padding
from intact.ops.convolution import Convolution2D
from intact.ops.weighted import Weighted


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


def _padded_with_code_zero(attempt: Attempt) -> Array | None:
    """Padding of stored zeros, which stand for -scale * zero_point: the padded image under a window that fits it."""
    op, image, filter_ = attempt.node.op, attempt.operands[0], attempt.operands[1]
    if attempt.weighted is None or not isinstance(op, Convolution2D) or image is None or filter_ is None:
        return None
    place = op.place(image.shape, filter_.shape)
    rows, columns = place.reach()
    padded = place.pad(image)[:, :rows, :columns]
    valid = dataclasses.replace(op, padding=Padding.VALID)
    result: Array = valid.compute(attempt.record, None, padded, *attempt.operands[1:])[0]
    return result


def _finished(attempt: Attempt, finish: Callable[[Array, Any], Array]) -> Array | None:
    weighted = attempt.weighted
    if weighted is None or "accumulator" not in attempt.stages:
        return None
    return finish(attempt.stages["accumulator"], weighted.requantize)


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


def _offset_by(number: Callable[[int], int]) -> Callable[[Attempt], Array | None]:
    def make(attempt: Attempt) -> Array | None:
        shifted, ends = attempt.stages.get("shifted"), attempt.ends
        return (
            None if shifted is None or ends is None else np.clip(shifted + number(ends.zero_point), ends.low, ends.high)
        )

    return make


def _unclamped(attempt: Attempt) -> Array | None:
    return attempt.stages.get("offset")


def _clamped_to_type(attempt: Attempt) -> Array | None:
    offset, dtype = attempt.stages.get("offset"), attempt.node.outputs[0].dtype
    return None if offset is None else np.clip(offset, *dtype.limits)


def _wrapped(attempt: Attempt) -> Array | None:
    offset, dtype = attempt.stages.get("offset"), attempt.node.outputs[0].dtype
    return None if offset is None or dtype.numpy is None else offset.astype(dtype.numpy)


def _parameter(name: str, value: Callable[[Weighted], Any]) -> Callable[[Attempt], Array | None]:
    def make(attempt: Attempt) -> Array | None:
        weighted = attempt.weighted
        return None if weighted is None else attempt.with_parameters(**{name: value(weighted)})

    return make


def _with_bias(times: int) -> Callable[[Attempt], Array | None]:
    def make(attempt: Attempt) -> Array | None:
        weighted = attempt.weighted
        if weighted is None or weighted.bias is None:
            return None
        return attempt.with_parameters(bias=times * weighted.bias)

    return make


def _transposed(attempt: Attempt) -> Array | None:
    """Weights read in the other order: columns for rows of a matrix, columns for rows of a window."""
    weighted = attempt.weighted
    if weighted is None or weighted.weights is None:
        return None
    weights = weighted.weights
    if weights.ndim == 2:
        other = weights.reshape(weights.shape[::-1]).T
    elif weights.shape[1] == weights.shape[2]:
        other = weights.transpose(0, 2, 1, 3)
    else:
        return None
    operands = [other if i == 1 else o for i, o in enumerate(attempt.operands)]
    return attempt.with_parameters(*operands, weights=other)


def _multiplier_in_float32(attempt: Attempt) -> Array | None:
    weighted = attempt.weighted
    if weighted is None:
        return None
    factor = weighted.input_scale * weighted.filter_scale / weighted.output_scale
    return attempt.requantized(factor=np.broadcast_to(factor, weighted.requantize.factor.shape).astype(np.float64))


def _first_channel(attempt: Attempt) -> Array | None:
    weighted = attempt.weighted
    return None if weighted is None else attempt.requantized(factor=weighted.requantize.factor[:1])


def _by_rule(rule: str) -> Callable[[Attempt], Array | None]:
    return lambda attempt: attempt.requantized(rule=rule)


def _rounded(way: Callable[[Array], Array]) -> Callable[[Attempt], Array | None]:
    """With the real multiplier in float64, rounded once."""

    def finish(acc: Array, q: Any) -> Array:
        result: Array = np.clip(way(acc * q.factor).astype(np.int64) + q.zero_point, q.low, q.high)
        return result

    return lambda attempt: _finished(attempt, finish)


_OTHERWISE: Final = "the rule of this profile is another"

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
    Mistake(
        "input offset",
        "padding is the stored number 0: it is the input's zero point, which stands for 0",
        _padded_with_code_zero,
    ),
    Mistake(
        "products",
        "the filter's zero point is left in: it is taken away, weight - zero_point",
        _parameter("filter_zero_point", lambda _: 0),
    ),
    Mistake("products", "the weights are read transposed: columns in place of rows", _transposed),
    Mistake("accumulator", "the bias is left out", _with_bias(0)),
    Mistake("accumulator", "the bias is added twice", _with_bias(2)),
    Mistake("accumulator", "the bias is taken away: it is added", _with_bias(-1)),
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
    Mistake("multiplied", "all channels have the first one's scale: each has its own", _first_channel),
    Mistake("shifted", "the shift rounds down: half of what is shifted out is added first", _rounded(np.floor)),
    Mistake("shifted", "the product is cut off towards zero: it is rounded to the nearest", _rounded(np.trunc)),
    Mistake("shifted", "the product is rounded up: it is rounded to the nearest", _rounded(np.ceil)),
    Mistake("shifted", f"rounded once, halves to even: {_OTHERWISE}", _rounded(np.rint)),
    Mistake("shifted", f"rounded once, halves away from zero: {_OTHERWISE}", _by_rule("float64-away")),
    Mistake("shifted", f"rounded once, halves up: {_OTHERWISE}", _rounded(lambda real: np.floor(real + 0.5))),
    Mistake("shifted", f"rounded twice, halves up: {_OTHERWISE}", _by_rule("double-up")),
    Mistake("shifted", f"rounded twice, halves away from zero at last: {_OTHERWISE}", _by_rule("double-away")),
    Mistake("shifted", f"multiplier and shift rounded once, halves up: {_OTHERWISE}", _by_rule("single")),
    Mistake("shifted", f"multiplied in float32, halves to even: {_OTHERWISE}", _by_rule("float32-even")),
    Mistake("multiplied", "the multiplier is computed in float32: it is in float64", _multiplier_in_float32),
    Mistake("offset", "the output's zero point is not added", _offset_by(lambda _: 0)),
    Mistake("offset", "the output's zero point is taken away: it is added", _offset_by(lambda zero: -zero)),
    Mistake("clamped", "the result is clamped to its type alone, not to the fused activation", _clamped_to_type),
    Mistake("clamped", "the result is not clamped to its type and activation", _unclamped),
    Mistake("clamped", "the result wraps around in place of being clamped", _wrapped),
)
"""In the order of the stages, but what changes few numbers last: the first that fits is named first."""
