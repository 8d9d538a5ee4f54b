"""How the shape of an array fits an input: as one sample, or as a stack of them."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

from intact.errors import DataError
from intact.ir.types import Shape, TensorType


@dataclass(frozen=True)
class Fit:
    """What an array holds.

    Args:
        count: samples.
        stacked: True where the first dimension counts them; False for one sample as it is.
        add_batch: True where a sample lacks the input's first dimension, which is 1.
    """

    count: int
    stacked: bool
    add_batch: bool


def fit(shape: Shape, type: TensorType) -> Fit | None:
    """Returns what an array of this shape holds for an input of this type, or None where it fits in no way.

    Where the input's first dimension is 1 by default it is the batch, even if it may be larger: (8, 640) given for
    (1, 640) are eight samples. The number of dimensions alone decides, so that nothing is ambiguous.
    """
    if type.shape is None:
        return Fit(1, stacked=False, add_batch=False)
    allowed = type.signature or type.shape
    has_batch = bool(type.shape) and type.shape[0] == 1
    if has_batch and _matches(shape, allowed[1:]):
        return Fit(1, stacked=False, add_batch=True)
    if _matches(shape, allowed) and (not has_batch or shape[0] == 1):
        return Fit(1, stacked=False, add_batch=False)
    if has_batch and _matches(shape[1:], allowed[1:]) and shape:
        return Fit(shape[0], stacked=True, add_batch=True)
    if _matches(shape[1:], allowed) and shape:
        return Fit(shape[0], stacked=True, add_batch=False)
    return None


def misfit(shape: Shape, name: str, type: TensorType) -> DataError:
    """Returns the error for an array that does not fit, with the transposition or reshape that would make it fit."""
    allowed = type.signature or type.shape or ()
    ways = [allowed]
    if type.shape and type.shape[0] == 1:
        ways.append(allowed[1:])
    texts = [_text(way) for way in ways]
    stack = _text(("N", *ways[-1]))
    return DataError(
        f"input '{name}' is given the shape {_text(shape)}",
        expected=f"{' or '.join(texts)}, or a stack {stack}",
        fix=_remedy(shape, type),
    )


def _matches(shape: Shape, allowed: Shape) -> bool:
    return len(shape) == len(allowed) and all(a in (-1, s) for s, a in zip(shape, allowed, strict=True))


def _text(shape: tuple[object, ...]) -> str:
    return "[" + ", ".join("?" if s == -1 else str(s) for s in shape) + "]"


def _remedy(shape: Shape, type: TensorType) -> str | None:
    # In this order the leading dimension stays where it is if it can, and the others rotate rather than swap:
    # channels-first becomes channels-last.
    if len(shape) <= 6:
        for order in itertools.permutations(range(len(shape))):
            if fit(tuple(shape[i] for i in order), type):
                return f"The dimensions seem to be in another order: numpy.transpose(x, {order}) would fit"
    squeezed = tuple(s for s in shape if s != 1)
    if type.shape and all(s in (1, -1) for s in (type.signature or type.shape)[1:]) and len(squeezed) <= 1:
        target = (-1, *type.shape[1:]) if type.shape[0] == 1 else (-1, *type.shape)
        return f"x.reshape{target} would fit"
    if type.shape:
        size = math.prod(type.shape)
        if math.prod(shape) == size:
            return f"The number of elements fits: x.reshape{type.shape} would do if their order is right"
        if shape and math.prod(shape[1:]) == size:
            target = (shape[0], *(type.shape[1:] if type.shape[0] == 1 else type.shape))
            return f"The number of elements fits: x.reshape{target} would do if their order is right"
    if len(squeezed) <= 1 and len(type.shape or ()) > 2:
        return "One number for each sample: these look like labels, which belong elsewhere, or under the name 'y'"
    return None
