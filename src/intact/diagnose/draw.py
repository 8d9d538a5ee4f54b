"""Random samples of a model's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from intact.errors import UsageError
from intact.ir.graph import Graph, Value
from intact.ir.model import Model
from intact.ir.op import signature
from intact.ir.port import input_names
from intact.ir.stored import zero_point
from intact.ir.types import Array, DType, Shape


def random_samples(model: Model, count: int, seed: int = 0, graph: Graph | None = None) -> list[dict[str, Array]]:
    """Returns seeded samples: all codes of integers that stand for reals, [-1, 1) for floats, 0 and 1 for the rest.

    An input that is the shape of a result is that shape.

    Args:
        graph: whose inputs; the main graph where None.
    Raises:
        UsageError: E003 for an input that no numbers can be drawn for, such as a string.
    """
    draws = Draws(model, graph or model.main, seed)
    return [next(draws.tries()) for _ in range(count)]


@dataclass(frozen=True)
class _Way:
    """How numbers are drawn.

    Args:
        positive: reals above 0 alone.
        plain: smallest and largest of integers that stand for themselves.
    """

    positive: bool
    plain: tuple[int, int]


_WAYS: Final = (
    _Way(positive=False, plain=(0, 1)),
    # A square root of negative numbers, a remainder of a division by 0, and an index beyond the end are refused.
    _Way(positive=True, plain=(0, 1)),
    _Way(positive=True, plain=(1, 1)),
    _Way(positive=False, plain=(0, 0)),
    _Way(positive=True, plain=(0, 0)),
)

_PATIENCE: Final = 2
"""After so many refusals a way is not tried again."""


class Draws:
    """Seeded random samples of a graph.

    Raises:
        UsageError: E003 for an input that no numbers can be drawn for.
    """

    def __init__(self, model: Model, graph: Graph, seed: int) -> None:
        self._ports = input_names(model, graph)
        self._rng = np.random.default_rng(seed)
        self._first = 0
        self._refused = 0
        for name, value in self._ports.items():
            if value.dtype.numpy is None:
                raise UsageError(
                    f"random samples cannot be made for input '{name}', which is {value.dtype.value}",
                    expected="inputs of numbers",
                    where=model.source,
                    fix="Give samples of your own: --data, or samples= in Python",
                )

    def tries(self) -> Iterator[dict[str, Array]]:
        """Yields one sample, then, where it is refused and another asked for, others in its place that are tamer."""
        if self._refused >= _PATIENCE and self._first < len(_WAYS) - 1:
            self._first, self._refused = self._first + 1, 0
        for way in _WAYS[self._first :]:
            yield {name: _draw(value, self._rng, way) for name, value in self._ports.items()}
            if way is _WAYS[self._first]:
                self._refused += 1


def _draw(value: Value, rng: np.random.Generator, way: _Way) -> Array:
    shape, dtype = value.shape, value.dtype
    if dtype == DType.BOOL:
        return rng.integers(0, 2, shape).astype(bool)
    if dtype.is_float:
        return rng.uniform(0.01 if way.positive else -1, 1, shape).astype(dtype.numpy)
    if is_coded(value):
        low, high = dtype.limits
        if way.positive:
            low = min(max(zero_point(value.type) + 1, low), high)
        return rng.integers(low, high + 1, shape, dtype=np.int64).astype(dtype.numpy)
    wanted = _wanted_shape(value)
    if wanted is not None:
        return np.array(wanted, dtype.numpy)
    return rng.integers(way.plain[0], way.plain[1] + 1, shape).astype(dtype.numpy)


def _wanted_shape(value: Value) -> Shape | None:
    """What an input must be that tells an operator the shape of its result: the one that the model declares."""
    for node, index in value.uses:
        declared = node.outputs[0].type.shape if node.outputs else None
        is_shape = signature(type(node.op)).name(index) in {"output_shape", "shape"}
        if is_shape and declared is not None and value.shape == (len(declared),):
            return declared
    return None


def is_coded(value: Value) -> bool:
    """True for integers that stand for reals."""
    return value.dtype.is_integer and value.quant is not None and value.quant.is_quantized
