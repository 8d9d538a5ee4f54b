"""SVDF: a fully connected layer over time in factors of low rank, with the past kept in a variable."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intact.arith.accumulate import Matrix
from intact.arith.calls import svdf as calls
from intact.arith.requantize import Requantization, See
from intact.errors import ModelError, UncoveredError
from intact.ir.op import Op, Operand
from intact.ir.quant_rule import HybridRule
from intact.ir.site import Site
from intact.ir.types import Array, DType, TensorType
from intact.native.call import Call, Held
from intact.ops import hybrid_memory
from intact.ops.attributes import FusedActivation
from intact.ops.hybrid_memory import HybridMemory
from intact.ops.quantized import note_far_shifts, scale, zero_point
from intact.ops.shapes import require_bias, require_positive, require_rank, require_shape
from intact.ops.weighted import accumulator_range


@dataclass(frozen=True, eq=False)
class Memory:
    """What an integer SVDF is prepared to.

    Args:
        input_zero_point: of the input.
        features: weights (filters, features) from the input to the memory.
        into_state: their sums to numbers of the memory, clamped as the runtime clamps them.
        time_weights: int64 (filters, memory).
        bias: int64 (units,), at state scale * time weights' scale; None where there is none.
        state_zero_point: of the memory; 0 where the runtime takes it for 0.
        out: sums over time and rank to the result.
        units: of the result; filters by rank.
    """

    input_zero_point: int
    features: Matrix
    into_state: Requantization
    time_weights: NDArray[np.int64]
    bias: NDArray[np.int64] | None
    state_zero_point: int
    out: Requantization
    units: int

    @property
    def accumulator_low(self) -> NDArray[np.int64]:
        """Smallest sum over time and rank, with bias; int64 (units,)."""
        return self._reach()[0]

    @property
    def accumulator_high(self) -> NDArray[np.int64]:
        """Largest sum over time and rank, with bias; int64 (units,)."""
        return self._reach()[1]

    def _reach(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        zero, state = self.state_zero_point, self.into_state
        low, high = accumulator_range(self.time_weights, 0, (state.low - zero, state.high - zero), None)
        bias = 0 if self.bias is None else self.bias
        return low.reshape(self.units, -1).sum(axis=1) + bias, high.reshape(self.units, -1).sum(axis=1) + bias


@dataclass(frozen=True)
class Svdf(Op):
    """Each filter feeds one number a run into its memory; a unit adds `rank` memories weighted over time.

    Quantized models have it as their training left it: its state carries a scale that no range of one run shows.

    On integers: newest = clamp(scale_1 * sum of feature_weights * (input - zero)), out = clamp(scale_2 * (sum over rank
    and time of time_weights * memory + bias) + zero). Activations other than RELU have no kernel, and RELU does
    nothing: the result's own range is the clamp. LiteRT knows a state of int16 only; it reads one of int8 as if it were
    int16 and destroys memory, so no profile of LiteRT has a rule for it. The rules:

        double-away         the state is clamped to its type and its zero point taken for 0
        state-zero-point    the clamp comes before the state's zero point is added, and what then does not fit wraps
        state-wraps         the state is clamped to int16 whatever its type, and what does not fit wraps

    On floats with integer weights it is a hybrid operator, see ops/hybrid_memory.py.

    Sources:
        tflite/kernels/svdf.cc; tflite/kernels/internal/reference/svdf.h, EvalIntegerSVDF; tflite-micro
        tensorflow/lite/micro/kernels/svdf_common.cc and cmsis_nn/svdf.cc; CMSIS-NN Source/SVDFunctions.
    """

    opcode = "SVDF"
    weights = {1: 0, 2: 0}
    hybrid = HybridRule("tensor", (2, 4, 4), whole=True)
    rules = {
        **dict.fromkeys(("double-away", "state-zero-point", "state-wraps"), ("int8",)),
        "dynamic": ("float32",),
    }
    why_float = "as integers it needs the range of its state over time"
    options = "SVDFOptions"
    updates = ("activation_state",)

    rank: int = 1
    fused_activation_function: FusedActivation = FusedActivation.NONE
    asymmetric_quantize_inputs: bool = False

    def infer(
        self,
        input: Operand,
        feature_weights: Operand,
        time_weights: Operand,
        input_gate_bias: Operand | None = None,
        activation_state: Operand | None = None,
    ) -> tuple[TensorType, ...]:
        """(batch, filters // rank)."""
        require_positive(rank=self.rank)
        require_rank("input", input, 2)
        require_rank("time_weights", time_weights, 2)
        batch, features = input.shape
        filters, memory = time_weights.shape
        require_shape("feature_weights", feature_weights, filters, features)
        if filters % self.rank:
            raise ModelError(f"rank is {self.rank}, filters {filters}", expected="filters % rank == 0")
        require_bias(input_gate_bias, filters // self.rank)
        if activation_state is None:
            raise ModelError("operand 'activation_state' of SVDF is omitted", code="E203", expected="an operand there")
        require_shape("activation_state", activation_state, batch, memory * filters)
        return (TensorType(input.dtype, (batch, filters // self.rank)),)

    def prepare(
        self,
        site: Site,
        input: Operand,
        feature_weights: Operand,
        time_weights: Operand,
        input_gate_bias: Operand | None = None,
        activation_state: Operand | None = None,
    ) -> Memory | HybridMemory:
        """Two factors, one into the memory and one out of it."""
        assert activation_state is not None
        if input.dtype == DType.FLOAT32:
            operands = (input, feature_weights, time_weights, input_gate_bias, activation_state)
            asymmetric = self.asymmetric_quantize_inputs
            return hybrid_memory.prepare(self.fused_activation_function, asymmetric, site, *operands)
        state = activation_state.dtype
        fits = (
            input.dtype == feature_weights.dtype == site.results[0].dtype == DType.INT8
            and time_weights.dtype == state
            and state in {DType.INT8, DType.INT16}
            and (input_gate_bias is None or input_gate_bias.dtype == DType.INT32)
        )
        if not fits:
            raise UncoveredError(
                f"SVDF of {input.dtype.value} with {feature_weights.dtype.value} and {time_weights.dtype.value} weights"
                f" and a state of {state.value}"
            )
        if self.fused_activation_function != FusedActivation.RELU:
            raise UncoveredError(f"integer SVDF with the activation {self.fused_activation_function.name}, not RELU")
        rule = site.rule(self.opcode, f"int8 {state.value}-state").name
        features, times, bias = feature_weights.array, time_weights.array, input_gate_bias
        if features is None or times is None or (bias is not None and bias.array is None):
            raise UncoveredError("SVDF with weights or a bias that are computed")
        state_scale, state_zero = scale("activation_state", activation_state), zero_point(activation_state)
        if rule == "state-wraps" and state_zero:
            raise UncoveredError(f"SVDF with a state whose zero point is {state_zero}, not 0")
        # Both factors are quotients in float32.
        factor_in = scale("input", input) * scale("feature_weights", feature_weights) / state_scale
        factor_out = state_scale * scale("time_weights", time_weights) / scale("the result", site.results[0])
        limits = (DType.INT16 if rule == "state-wraps" else state).limits
        into_state = Requantization("double-away", np.array([factor_in], np.float64), 0, *limits, "int64")
        out = Requantization(
            "double-away", np.array([factor_out], np.float64), zero_point(site.results[0]), -128, 127, "int8"
        )
        note_far_shifts(site, into_state, out)
        return Memory(
            zero_point(input),
            Matrix(features.astype(np.int64), 255),
            into_state,
            times.astype(np.int64),
            None if bias is None or bias.array is None else bias.array.reshape(-1).astype(np.int64),
            state_zero if rule == "state-zero-point" else 0,
            out,
            len(times) // self.rank,
        )

    def compute(
        self,
        record: Memory | HybridMemory,
        see: See | None,
        input: Array,
        feature_weights: Array,
        time_weights: Array,
        input_gate_bias: Array | None,
        activation_state: Array,
    ) -> tuple[Array, ...]:
        """The memory moves on by one place; its newest number comes from the input."""
        if isinstance(record, HybridMemory):
            return hybrid_memory.compute(record, input, activation_state, self.rank)
        filters, memory = record.time_weights.shape
        batch, units = input.shape[0], filters // self.rank
        centred = input.astype(np.int64) - record.input_zero_point
        newest = record.into_state(record.features(centred)) + record.state_zero_point
        state = activation_state.reshape(batch, filters, memory)
        state = np.concatenate([state[..., 1:], newest.astype(state.dtype)[..., None]], axis=2)
        sums = ((state.astype(np.int64) - record.state_zero_point) * record.time_weights).sum(axis=2)
        out = record.out(sums.reshape(batch, units, self.rank).sum(axis=2), record.bias, see)
        return out, state.reshape(activation_state.shape)

    def compile(
        self,
        record: Memory | HybridMemory,
        input: Operand,
        feature_weights: Operand,
        time_weights: Operand,
        input_gate_bias: Operand | None,
        activation_state: Operand,
    ) -> Call | None:
        """A row of the batch at a time, on integers."""
        if isinstance(record, HybridMemory):
            return None
        return calls.svdf(
            input.shape[0],
            record.features.weights,
            record.input_zero_point,
            record.into_state,
            record.time_weights,
            record.bias,
            record.state_zero_point,
            record.out,
            record.units,
            Held(activation_state.dtype.value, activation_state.shape),
        )
