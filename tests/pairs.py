"""Strategies of two quantized operands that broadcast to each other, for the tests of elementwise operators."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from drawn import CLAMPS, SEEDS, scales, zero_points
from intact.ir.op import Op
from intact.ir.quant_rule import CLAMP_FLOOR
from intact.ir.types import DType
from integer import Codes, Constant, Integer

SHAPES = st.one_of(
    st.lists(st.integers(1, 5), min_size=0, max_size=5).map(tuple),
    st.tuples(st.integers(1, 3), st.integers(1, 40)),
    st.tuples(st.integers(1, 3), st.integers(1, 6), st.sampled_from([1, 8, 16, 17, 24, 35])),
)


@st.composite
def two_shapes(draw: st.DrawFn, most: int = 6) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Equal, or with sizes of 1 or missing dimensions in one or both."""
    whole = draw(SHAPES)[:most]
    if draw(st.booleans()):
        return whole, whole
    first, second = list(whole), list(whole)
    for i in range(len(whole)):
        match draw(st.integers(0, 3)):
            case 0:
                first[i] = 1
            case 1:
                second[i] = 1
    shorter = draw(st.integers(0, len(whole)))
    short = second[shorter:]
    return (tuple(first), tuple(short)) if draw(st.booleans()) else (tuple(short), tuple(first))


@st.composite
def operand(
    draw: st.DrawFn, shape: tuple[int, ...], dtype: str, scale: float, *, constant: bool = False
) -> Codes | Constant:
    """An operand with a zero point of its own, computed or constant."""
    zero = draw(zero_points(dtype))
    if not constant:
        return Codes(shape, dtype, scale, zero)
    rng = np.random.default_rng(draw(SEEDS))
    low, high = DType(dtype).limits
    return Constant(rng.integers(low, high + 1, shape).astype(dtype), scale, zero)


@st.composite
def pair(
    draw: st.DrawFn, dtype: str, *, ratio: float = 2000.0, low: float = 1e-3, high: float = 0.5, most: int = 6
) -> tuple[Codes | Constant, Codes | Constant]:
    """Two operands whose scales differ by a factor of up to `ratio`; one of them may be constant."""
    shapes = draw(two_shapes(most))
    fine = 256 if dtype == "int16" else 1
    first = draw(scales(low / fine, high / fine))
    other = first * draw(st.sampled_from([1.0, 1.0, draw(scales(1 / ratio, ratio))]))
    constant = draw(st.sampled_from([None, None, 0, 1]))
    # XNNPACK drops dimensions of size 1 that only a constant has, where an activation follows.
    if constant is not None and len(shapes[constant]) > len(shapes[1 - constant]):
        constant = 1 - constant
    return tuple(
        draw(operand(s, dtype, float(np.float32(v)), constant=constant == i))
        for i, (s, v) in enumerate(zip(shapes, (first, other), strict=True))
    )


@st.composite
def result(draw: st.DrawFn, dtype: str, scale: float) -> Codes:
    """A result with a zero point of its own; its shape is inferred.

    Kernels refuse an activation whose limit at the result's scale does not fit int32.
    """
    return Codes((), dtype, float(np.float32(max(scale, CLAMP_FLOOR))), draw(zero_points(dtype)))


@st.composite
def powers_of_two(draw: st.DrawFn, op: type[Op], version: int, *, broadcasts: bool) -> Integer:
    """ADD or SUB of int16 with scales that are powers of two, one of them the result's."""
    shapes = draw(two_shapes())
    exponent, other = draw(st.integers(-15, -4)), draw(st.integers(0, 12))
    scales_ = [2.0**exponent, 2.0 ** (exponent - other)]
    if draw(st.booleans()):
        scales_.reverse()
    made = op(fused_activation_function=draw(CLAMPS), pot_scale_int16=True)
    shapes = shapes if broadcasts else (shapes[0], shapes[0])
    operands = [Codes(s, "int16", v) for s, v in zip(shapes, scales_, strict=True)]
    return Integer(made, operands, Codes((), "int16", 2.0**exponent), version=version)
