"""The last layer of a float classifier: what it answers before softmax, or before the logistic function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from intact.engines.litert import Session
from intact.engines.probe import probe
from intact.ir.graph import Graph, Value
from intact.ir.model import Model
from intact.ir.types import Array, DType

_SQUASHING: Final = {"SOFTMAX", "LOGISTIC"}
_MOVES: Final = {"RESHAPE", "SQUEEZE", "DEQUANTIZE"}


def probabilities(graph: Graph) -> Value | None:
    """Returns the output that is a softmax over three classes or more; None where there is none, or are several."""
    found = [v for v in graph.outputs if v.dtype == DType.FLOAT32 and _maker(v) == "SOFTMAX" and v.type.shape]
    return found[0] if len(found) == 1 and found[0].shape[-1] >= 3 else None


def logits(graph: Graph) -> list[Value]:
    """Returns the values of which outputs are the softmax or the logistic function."""
    found = []
    for value in graph.outputs:
        source = _squashed(value)
        if source is not None and source.dtype == DType.FLOAT32:
            found.append(source)
    return found


class Tail:
    """A network run whole for its logits, loaded when the first sample comes.

    Args:
        names: what samples call the graph's inputs, in order.
    """

    def __init__(self, model: Model, graph: Graph, names: tuple[str, ...]) -> None:
        self._names = names
        self._model, self._graph = model, graph
        self._session: Session | None = None
        self._square = 0.0
        self._count = 0

    def see(self, arrays: Mapping[str, Array]) -> None:
        """Runs a sample, where the network has logits.

        Raises:
            EngineError: LiteRT refuses the network, or dies of it.
        """
        if not logits(self._graph):
            return
        if self._session is None:
            self._session = Session(self._model, self._graph, observe=logits(self._graph))
            probe(self._model, self._feeds(arrays), self._graph)
        self._session.run(self._feeds(arrays))
        for _, array in self._session.observed():
            self._square += float(np.square(array, dtype=np.float64).sum())
            self._count += array.size

    def _feeds(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        assert self._session is not None
        return {port.name: arrays[name] for port, name in zip(self._session.inputs, self._names, strict=True)}

    @property
    def size(self) -> float:
        """Returns the root mean square of all logits that were seen; 0 where none were."""
        return float(np.sqrt(self._square / self._count)) if self._count else 0.0


def _maker(value: Value) -> str | None:
    producer = value.producer
    if producer is None:
        return None
    first = producer.inputs[0] if producer.inputs else None
    return _maker(first) if producer.op.name in _MOVES and first is not None else producer.op.name


def _squashed(value: Value) -> Value | None:
    producer = value.producer
    if producer is None or not producer.inputs:
        return None
    if producer.op.name in _SQUASHING:
        return producer.inputs[0]
    first = producer.inputs[0]
    return _squashed(first) if producer.op.name in _MOVES and first is not None else None
