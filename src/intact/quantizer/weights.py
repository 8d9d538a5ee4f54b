"""Constants of an integer node: weights, biases and constant activations, as stored integers.

A weight that several nodes read in the same way is stored once. A channel's bias and the largest sum of products that
its input can make must fit the accumulator together; where they would not, its weight scale is widened and the report
says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from intact.arith import affine
from intact.errors import QuantError
from intact.ir.graph import Buffer, Graph, Node, Value
from intact.ir.quant_rule import Bias, Weight
from intact.ir.types import Array, DType, QuantParams, TensorType
from intact.quantizer.bounds import bounds
from intact.quantizer.report import Widened
from intact.quantizer.select import operand_name, rule_of
from intact.quantizer.treatment import Treatment

_LARGEST: Final = {DType.INT8: 128, DType.UINT8: 255}
"""Magnitude that no stored weight reaches, its zero point taken off."""

_UINT8: Final = (1, 255)
"""What uint8 weights are spread over: kernels of their time count on there being no 0, so that products of two of them
fit 16 bits; gemmlowp/public/bit_depth.h, L8R8WithLhsNonzeroBitDepthParams."""


class Constants:
    """Makes the stored twins of one graph's constants.

    Args:
        graph: receives the new values.
        widened: receives an entry for each weight whose scale the overflow guard widened.
        buffers: bytes already stored for other graphs; receives the new ones.
    """

    def __init__(self, graph: Graph, widened: list[Widened], buffers: dict[object, Buffer]) -> None:
        self._graph = graph
        self._widened = widened
        self._made: dict[object, Value] = {}
        self._buffers = buffers

    def activation(self, value: Value, params: QuantParams, dtype: DType) -> Value:
        """Returns a constant in a type of activations, with the given parameters; infinities saturate."""
        return self._store(value, params, dtype, dtype.limits)

    def weight(self, node: Node, index: int, input_params: QuantParams, treatment: Treatment) -> Value:
        """Returns the stored weight of a node.

        Raises:
            QuantError: E403 where the weight holds NaN or infinity.
        """
        value = node.inputs[index]
        assert value is not None
        array = _array(value, node)
        constraint = rule_of(node).input(operand_name(node, index))
        assert isinstance(constraint, Weight)
        axis = constraint.axis if treatment.per_channel else None
        if axis is not None:
            axis %= array.ndim
        bound = bounds(array, axis, treatment.weight_observer, treatment.weight.limits[1])
        if not np.isfinite(bound).all():
            raise QuantError(
                f"weight '{value.name}' of {node.op.name} holds NaN or infinity",
                expected="finite weights",
                fix="Retrain or repair the float model",
            )
        bias = _bias_of(node, index)
        added = np.zeros(1, np.float32) if bias is None else _array(bias, node)
        if treatment.weight == DType.UINT8:
            low, high = float(array.min(initial=0)), float(array.max(initial=0))
            scale = np.full(1, affine.asymmetric(low, high, *_UINT8)[0], np.float32)
            scale = self._guarded(value, array, scale, None, constraint.axis, added, input_params, treatment)
            made = affine.asymmetric(low, high, *_UINT8, floor=float(scale[0]))
            return self._store(value, QuantParams.per_tensor(*made), DType.UINT8, _UINT8)
        qmax = treatment.weight.limits[1]
        scale = affine.symmetric(bound, qmax)
        scale = self._guarded(value, array, scale, axis, constraint.axis, added, input_params, treatment)
        params = QuantParams(
            scale=scale, zero_point=np.zeros(scale.size, np.int64), quantized_dimension=0 if axis is None else axis
        )
        return self._store(value, params, treatment.weight, (-qmax, qmax))

    def bias(
        self, value: Value, node: Node, input_params: QuantParams, weight_params: QuantParams, dtype: DType
    ) -> Value:
        """Returns the stored bias: at input scale times weight scale, one scale a channel as the weight has.

        Args:
            dtype: int32 or int64.
        """
        array = _array(value, node)
        exact = float(input_params.scale[0]) * weight_params.scale.astype(np.float64)
        try:
            stored = affine.quantize_bias(array.reshape(-1), exact, _sums(dtype)).reshape(array.shape)
        except (OverflowError, ValueError) as fault:
            raise QuantError(
                f"bias '{value.name}' of {node.op.name}: {fault}", expected="finite values in range"
            ) from fault
        params = QuantParams(scale=exact.astype(np.float32), zero_point=np.zeros(exact.size, np.int64))
        key = (value.buffer, params, exact.tobytes(), dtype)
        if key not in self._made:
            self._made[key] = self._graph.add_value(
                Value(value.name, TensorType(dtype, array.shape, quant=params), Buffer(stored))
            )
        return self._made[key]

    def _guarded(
        self,
        value: Value,
        array: Array,
        scale: NDArray[np.float32],
        axis: int | None,
        channels: int | None,
        bias: Array,
        input_params: QuantParams,
        treatment: Treatment,
    ) -> NDArray[np.float32]:
        """The scales, widened where bias and products could leave the accumulator.

        Args:
            axis: dimension that has a scale for each index; None for one scale in all.
            channels: dimension along which the sums are apart; None where one sum takes in all weights.
            bias: what is added to the sums, a number for each or for all.
        """
        low, high = treatment.activation.limits
        zero_point, step = int(input_params.zero_point[0]), float(input_params.scale[0])
        below, above = zero_point - low, high - zero_point
        reach = max(below, above)
        taken = array.size // (1 if channels is None else max(array.shape[channels], 1))
        reals = np.abs(bias.reshape(-1).astype(np.float64))
        limit, largest = _sums(treatment.bias), _LARGEST[treatment.weight]
        if float(reals.max(initial=0)) / (step * float(scale.min(initial=1))) + taken * largest * reach < limit:
            return scale
        rest = None if channels is None else tuple(d for d in range(array.ndim) if d != channels % array.ndim)
        positive = np.maximum(array, 0).sum(axis=rest, dtype=np.float64).reshape(-1)
        negative = positive - array.sum(axis=rest, dtype=np.float64).reshape(-1)
        # No input makes more of the products than the one that is at that end of its range which adds to each.
        sums = np.maximum(positive * above + negative * below, positive * below + negative * above)
        # Rounding adds half a step a weight and a bias, and a wider scale makes that no smaller.
        rounding = np.full(1, taken * reach / 2 + 1)
        floor = affine.weight_scale_floor(reals + step * sums, step, rounding, limit)
        if axis is None:
            floor = floor.max(keepdims=True)
        wide = floor > scale
        if not wide.any():
            return scale
        # float32 rounding must not take back what was widened.
        widened = np.where(wide, np.nextafter(floor.astype(np.float32), np.float32(np.inf)), scale)
        worst = float((widened / scale).max())
        self._widened.append(Widened(value.name, int(wide.sum()), worst, treatment.bias.value))
        return widened.astype(np.float32)

    def _store(self, value: Value, params: QuantParams, dtype: DType, limits: tuple[int, int]) -> Value:
        key = (value.buffer, value.shape, params, dtype, limits)
        if key not in self._buffers:
            array = value.array
            assert array is not None
            stored = affine.quantize(
                array,
                params.scale,
                int(params.zero_point[0]),
                *limits,
                dtype.value,
                params.quantized_dimension if params.is_per_channel else None,
            )
            self._buffers[key] = Buffer(stored)
        if key not in self._made:
            self._made[key] = self._graph.add_value(
                Value(value.name, TensorType(dtype, value.shape, quant=params), self._buffers[key])
            )
        return self._made[key]


def _sums(bias: DType) -> int:
    return affine.INT64_SUM if bias == DType.INT64 else affine.INT32_SUM


def _bias_of(node: Node, weight: int) -> Value | None:
    """The bias that is added to the products of a weight operand; None where there is none."""
    rule = rule_of(node)
    name = operand_name(node, weight)
    for index, value in enumerate(node.inputs):
        constraint = rule.input(operand_name(node, index))
        if value is not None and isinstance(constraint, Bias) and name in constraint.of:
            return value
    return None


def bias_sources(node: Node, names: Sequence[str]) -> list[int]:
    """Returns the operand positions of names."""
    position = {operand_name(node, i): i for i in range(len(node.inputs))}
    return [position[name] for name in names]


def _array(value: Value, node: Node) -> Array:
    array = value.array
    if array is None:
        raise QuantError(f"'{value.name}' of {node.op.name} is not a plain constant", code="E404")
    return array
