"""How far weights reach: the largest magnitude, or what an observer would clip them to."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.arith import affine
from intact.errors import UsageError
from intact.ir.types import Array
from intact.observe.min_max import MinMax
from intact.observe.observer import observer

WHOLE: Final = MinMax.name
"""The observer that clips nothing."""


def require_weight_observer(name: str) -> str:
    """Returns the name of an observer that is one for weights.

    Raises:
        UsageError: E003 for an unknown one, and for one that counts samples, of which weights have none.
    """
    if type(observer(name)).by_record:
        raise UsageError(
            f"observer '{name}' counts samples, and weights have none", expected="one that counts numbers, such as mse"
        )
    return name


def bounds(array: Array, axis: int | None, name: str, qmax: int) -> NDArray[np.float64]:
    """Returns the magnitudes that a weight's integers are to reach.

    Integers of weights are symmetric about 0, so an observer sees every number with both signs.

    Args:
        array: float32, any shape.
        axis: dimension that has a magnitude for each index; None for one.
        name: of the observer.
        qmax: the largest integer.
    Returns:
        float64 (array.shape[axis],) or (1,). 0 for an empty channel; the largest magnitude as it is where it is not
        finite.
    """
    whole = affine.magnitudes(array, axis)
    if name == WHOLE or not np.isfinite(whole).all():
        return whole
    channels = array[None] if axis is None else np.moveaxis(array, axis, 0)
    found = np.zeros_like(whole)
    for number, channel in enumerate(channels):
        seen = observer(name)
        numbers = np.abs(channel).reshape(-1)
        seen.update(np.concatenate([numbers, -numbers]))
        found[number] = max(map(abs, seen.range(2 * qmax + 1))) if seen.count else 0.0
    return found
