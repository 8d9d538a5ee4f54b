"""One application of an operator on stored integers, as the tests of the exact engine write it down.

    x, y = Codes((1, 8, 8, 3), "int8", 0.02, 3), Codes((), "int8", 0.1, -5)
    Integer(Conv2D(), [x, weights8(4, 3, 3, 3), bias32(4)], y)

A `Codes` operand is computed at run time, a `Constant` is in the model, None is omitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from intact.diagnose.certificate import Certificate
from intact.diagnose.certify import certify
from intact.ir.graph import Buffer, Graph, Node, Value
from intact.ir.model import Model
from intact.ir.op import Op, infer
from intact.ir.types import DType, QuantParams, TensorType

PROFILES = ("litert-reference", "litert-optimized", "litert-xnnpack")


@dataclass(frozen=True)
class Codes:
    """A tensor computed at run time. Without a scale its numbers are plain.

    Args:
        shape: of an operand; of a result it is inferred, and what is given here does not count.
        low, high: codes drawn for an operand; the limits of its type where None.
    """

    shape: tuple[int, ...] = ()
    dtype: str = "int8"
    scale: float | None = 0.05
    zero_point: int = 0
    low: float | None = None
    high: float | None = None

    def quant(self) -> QuantParams | None:
        return None if self.scale is None else QuantParams.per_tensor(self.scale, self.zero_point)

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        dtype = DType(self.dtype)
        if dtype == DType.BOOL:
            return rng.integers(0, 2, self.shape).astype(bool)
        if dtype.is_float:
            low, high = (-2 if self.low is None else self.low), (2 if self.high is None else self.high)
            return rng.uniform(low, high, self.shape).astype(dtype.numpy)
        low = dtype.limits[0] if self.low is None else self.low
        high = dtype.limits[1] if self.high is None else self.high
        return rng.integers(int(low), int(high) + 1, self.shape, dtype=np.int64).astype(dtype.numpy)


@dataclass(frozen=True, eq=False)
class Constant:
    """A tensor of the model. `scale` may have one number a channel, along `axis`.

    `dtype` names a type that NumPy does not have, such as int4; the model has the array's numbers packed.
    """

    array: np.ndarray
    scale: float | Sequence[float] | None = None
    zero_point: int = 0
    axis: int = 0
    dtype: str | None = None

    def quant(self) -> QuantParams | None:
        if self.scale is None:
            return None
        scales = np.atleast_1d(np.asarray(self.scale, np.float32))
        return QuantParams(
            scale=scales, zero_point=np.full(scales.shape, self.zero_point), quantized_dimension=self.axis
        )

    def value(self, name: str) -> Value:
        if self.dtype is None:
            return Value.constant(name, self.array, self.quant())
        dtype = DType(self.dtype)
        assert dtype.bits is not None
        return Value(
            name, TensorType(dtype, self.array.shape, quant=self.quant()), Buffer(pack(self.array, dtype.bits))
        )


def pack(array: np.ndarray, bits: int) -> np.ndarray:
    """Integers of `bits` bits, several to a byte, the first in the low bits."""
    several = 8 // bits
    flat = np.zeros(-(-array.size // several) * several, np.uint8)
    flat[: array.size] = array.reshape(-1).astype(np.int64) & ((1 << bits) - 1)
    shifts = np.arange(several, dtype=np.uint8) * bits
    return np.bitwise_or.reduce(flat.reshape(-1, several) << shifts, axis=1).astype(np.uint8)


@dataclass(frozen=True)
class Integer:
    """An operator with operands and the type of its results.

    Args:
        results: one for each result; their shapes are inferred where the operator can.
        version: operator version the file says; some kernels refuse lower ones.
    """

    op: Op
    operands: Sequence[Codes | Constant | None]
    results: Codes | Sequence[Codes]
    version: int = 1

    def model(self) -> Model:
        """A model whose main graph is this one node: inputs x0, x1, ..., outputs y0, y1, ..."""
        graph = Graph()
        values: list[Value | None] = []
        for index, operand in enumerate(self.operands):
            if operand is None:
                values.append(None)
            elif isinstance(operand, Constant):
                values.append(graph.add_value(operand.value(f"c{index}")))
            else:
                type_ = TensorType(DType(operand.dtype), operand.shape, quant=operand.quant())
                values.append(graph.add_value(Value(f"x{len(graph.inputs)}", type_)))
                graph.inputs.append(values[-1])
        wanted = [self.results] if isinstance(self.results, Codes) else list(self.results)
        inferred = infer(self.op, values) or tuple(TensorType(DType(w.dtype), w.shape) for w in wanted)
        graph.outputs = [
            graph.add_value(
                Value(f"y{i}", TensorType(DType(w.dtype), w.shape if t.shape is None else t.shape, quant=w.quant()))
            )
            for i, (w, t) in enumerate(zip(wanted, inferred, strict=True))
        ]
        graph.add_node(Node(self.op, values, graph.outputs, version=self.version))
        return Model(graphs=[graph], source=self.op.name)

    def samples(self, count: int, seed: int = 0) -> list[dict[str, np.ndarray]]:
        rng = np.random.default_rng(seed)
        given = [o for o in self.operands if isinstance(o, Codes)]
        return [{f"x{i}": o.draw(rng) for i, o in enumerate(given)} for _ in range(count)]


def certified(case: Integer, profile: str, *, count: int = 2, seed: int = 0) -> Certificate:
    """The exact engine beside LiteRT on one operator. AssertionError where the engine does not cover it."""
    found = certify(case.model(), profile, case.samples(count, seed), isolate=False)
    assert not found.gaps, f"{profile}: {found.gaps[0]}"
    assert not found.refused, f"{profile}: {found.refused}"
    assert not found.failed, f"{profile}: {found.failed}"
    return found


def assert_exact(case: Integer, *profiles: str, count: int = 2, seed: int = 0) -> None:
    """Asserts that no number differs from LiteRT's under each profile; all three of LiteRT where none is named."""
    for profile in profiles or PROFILES:
        found = certified(case, profile, count=count, seed=seed)
        (tally,) = found.tallies
        assert tally.values > 0
        assert tally.differing == 0, f"{profile}: {tally} of {case}"
        assert found.differing == 0, f"{profile}: {found.outputs} of {case}"


def weights8(*shape: int, seed: int = 0, axis: int = 0, scale: float = 0.01, per_channel: bool = True) -> Constant:
    """An int8 filter whose channels have scales around `scale`."""
    rng = np.random.default_rng(seed)
    array = rng.integers(-127, 128, shape).astype(np.int8)
    if not per_channel:
        return Constant(array, scale)
    return Constant(array, scale * rng.uniform(0.2, 2.0, shape[axis]), axis=axis)


def bias32(
    count: int, *, seed: int = 0, largest: int = 3000, dtype: str = "int32", scale: float | None = None
) -> Constant:
    """A bias; most kernels take its scale for granted."""
    rng = np.random.default_rng(seed)
    return Constant(rng.integers(-largest, largest + 1, count).astype(dtype), scale)
