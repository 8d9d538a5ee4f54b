"""Hybrid kernels: float32 activations with integer weights."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import strategies as st

import intact
from blockwise import Blocks
from drawn import CLAMPS, PADDINGS, SEEDS
from intact.engines.exact import Exact
from intact.errors import UncoveredError
from intact.ir.op import Op
from intact.ops.attributes import FusedActivation, Padding
from intact.ops.batch_matmul import BatchMatMul
from intact.ops.conv_2d import Conv2D
from intact.ops.depthwise_conv_2d import DepthwiseConv2D
from intact.ops.fully_connected import FullyConnected
from intact.ops.svdf import Svdf
from integer import Codes, Constant, Integer, assert_exact, weights8
from kernels import assert_same
from recurrent import Recurrent, State

FLOATS = Codes((), "float32", None)


@dataclass(frozen=True)
class Activations(Codes):
    """float32 activations of a kind that hybrid kernels may stumble over.

    Args:
        kind: "normal"; "halves", which lie on halves of codes and beside them, as symmetric scales are 1 then, or
            "offset halves", which do so for asymmetric scales; "positive"; "negative"; "sparse", with whole rows of
            zeros; "zeros".
    """

    kind: str = "normal"

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        x = rng.normal(size=self.shape) * np.exp(rng.uniform(-6, 6))
        if self.kind == "positive":
            x = np.abs(x)
        elif self.kind == "negative":
            x = -np.abs(x)
        elif self.kind == "zeros":
            x = np.where(x > 0, 0.0, -0.0)
        elif self.kind == "sparse":
            x *= rng.integers(0, 2, (*self.shape[:1], *[1] * (len(self.shape) - 1)))
            x *= rng.integers(0, 2, (*self.shape[:-1], 1))
        x = x.astype(np.float32)
        if self.kind.endswith("halves"):
            low, high = (-127, 127) if self.kind == "halves" else (-100, 155)
            x = rng.integers(2 * low, 2 * high + 1, self.shape).astype(np.float32) / 2
            near = rng.integers(0, 3, self.shape)
            x = np.where(near == 0, np.nextafter(x, np.float32(0)), x)
            x = np.where(rng.integers(0, 8, self.shape) == 0, np.float32(0.49999997) * np.sign(x), x).astype(np.float32)
            rows = x.reshape(-1, self.shape[-1])
            rows[:, 0] = high
            rows[:, -1] = low
        return x


def activations(*shape: int) -> st.SearchStrategy[Activations]:
    kinds = ["normal", "normal", "normal", "halves", "offset halves", "positive", "negative", "sparse", "zeros"]
    return st.sampled_from(kinds).map(lambda kind: Activations(shape, "float32", None, kind=kind))


@st.composite
def weights(draw: st.DrawFn, shape: tuple[int, ...], axis: int | None, dtype: str = "int8") -> Constant:
    """Weights with all codes of their type, the lowest too in some."""
    rng = np.random.default_rng(draw(SEEDS))
    low, high = {"int2": (-2, 1), "int4": (-8, 7)}.get(dtype, (-128, 127))
    array = rng.integers(low + draw(st.booleans()), high + 1, shape).astype(np.int8)
    scale = float(np.float32(np.exp(draw(st.floats(-9, 0)))))
    several = scale if axis is None else (scale * rng.uniform(0.1, 3.0, shape[axis])).astype(np.float32)
    if dtype == "uint8":
        return Constant(array.view(np.uint8), several)
    return Constant(array, several, axis=axis or 0, dtype=None if dtype == "int8" else dtype)


def bias(count: int, seed: int, present: bool = True) -> list[Constant | None]:
    numbers = np.random.default_rng(seed).normal(size=count).astype(np.float32)
    numbers[:1] = -0.0
    return [Constant(numbers) if present else None]


@st.composite
def dense(draw: st.DrawFn, dtype: str) -> Integer:
    units = draw(st.sampled_from([1, 2, 3, 4, 5, 8, 17, 64, 70]))
    depth = draw(st.sampled_from([1, 2, 5, 7, 8, 15, 16, 17, 31, 32, 33, 40, 64, 98, 130]))
    leading = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    x = draw(activations(*leading, depth))
    w = draw(weights((units, depth), draw(st.sampled_from([None, 0])) if dtype != "uint8" else None, dtype))
    op = FullyConnected(
        fused_activation_function=draw(CLAMPS),
        keep_num_dims=draw(st.booleans()),
        asymmetric_quantize_inputs=draw(st.booleans()),
    )
    return Integer(op, [x, w, *bias(units, draw(SEEDS), draw(st.booleans()))], FLOATS, version=9)


@st.composite
def blocks(draw: st.DrawFn) -> Integer:
    size = draw(st.sampled_from([32, 64, 128]))
    units, depth = draw(st.sampled_from([1, 3, 4, 5, 8, 17, 40])), size * draw(st.integers(1, 5))
    x = draw(activations(*draw(st.lists(st.integers(1, 4), min_size=1, max_size=2)), depth))
    w = draw(weights((units, depth), None, "int4"))
    op = FullyConnected(
        fused_activation_function=draw(CLAMPS),
        keep_num_dims=draw(st.booleans()),
        asymmetric_quantize_inputs=draw(st.booleans()),
    )
    added = bias(units, draw(SEEDS), draw(st.booleans()))
    return Blocks(op, [x, w, *added], FLOATS, version=12, size=size, seed=draw(SEEDS))


@st.composite
def convolution(draw: st.DrawFn, dtype: str) -> Integer:
    # Only int8 and int4 filters with a scale a channel may be in groups.
    groups, taken, made = draw(st.sampled_from([(1, 3, 4), (1, 1, 5), (1, 16, 8), (1, 1, 1), (1, 5, 7), (2, 2, 3)]))
    groups = groups if dtype != "uint8" else 1
    window = draw(st.sampled_from([(1, 1), (1, 1), (3, 3), (2, 4), (1, 3)]))
    dilation = draw(st.sampled_from([(1, 1), (1, 1), (2, 1), (2, 3)]))
    stride = (1, 1) if dilation != (1, 1) else draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    sizes = tuple((w - 1) * d + draw(st.integers(1, 6)) for w, d in zip(window, dilation, strict=True))
    op = Conv2D(
        padding=draw(PADDINGS),
        stride_h=stride[0],
        stride_w=stride[1],
        dilation_h_factor=dilation[0],
        dilation_w_factor=dilation[1],
        fused_activation_function=draw(CLAMPS),
    )
    x = draw(activations(draw(st.integers(1, 3)), *sizes, groups * taken))
    per_channel = dtype != "uint8" and (groups > 1 or draw(st.booleans()))
    w = draw(weights((groups * made, *window, taken), 0 if per_channel else None, dtype))
    return Integer(op, [x, w, *bias(groups * made, draw(SEEDS))], FLOATS, version=5)


@st.composite
def depthwise(draw: st.DrawFn) -> Integer:
    channels, multiplier = draw(st.sampled_from([(1, 2), (3, 1), (4, 1), (5, 1), (8, 1), (2, 3), (17, 1), (3, 4)]))
    window = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    dilation = draw(st.sampled_from([(1, 1), (1, 1), (2, 1), (2, 3)]))
    stride = (1, 1) if dilation != (1, 1) else draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    sizes = tuple((w - 1) * d + draw(st.integers(1, 6)) for w, d in zip(window, dilation, strict=True))
    op = DepthwiseConv2D(
        padding=draw(PADDINGS),
        stride_h=stride[0],
        stride_w=stride[1],
        depth_multiplier=multiplier,
        dilation_h_factor=dilation[0],
        dilation_w_factor=dilation[1],
        fused_activation_function=draw(CLAMPS),
    )
    x = draw(activations(draw(st.integers(1, 3)), *sizes, channels))
    w = draw(weights((1, *window, channels * multiplier), 3))
    return Integer(op, [x, w, *bias(channels * multiplier, draw(SEEDS))], FLOATS, version=6)


BATCHES = [
    *[((), ()), ((2,), ()), ((2,), (1,)), ((2,), (2,)), ((1,), (3,)), ((2, 3), ()), ((2, 3), (2, 3)), ((3, 2), (3, 1))],
    *[((3, 2), (1, 2)), ((3, 1), (3, 2)), ((2,), (3, 1)), ((2, 3, 2), (2, 3, 1)), ((2, 3, 2), (2, 1, 2))],
]


@st.composite
def matmul(draw: st.DrawFn) -> Integer:
    rows, columns, depth = (draw(st.sampled_from([1, 2, 3, 5, 8, 17, 33])) for _ in range(3))
    batch = draw(st.sampled_from(BATCHES))
    # Of five dimensions LiteRT sums too few columns of the factor.
    asymmetric = len(batch[1]) < 3 and draw(st.booleans())
    op = BatchMatMul(adj_x=draw(st.booleans()), adj_y=draw(st.booleans()), asymmetric_quantize_inputs=asymmetric)
    x = draw(activations(*batch[0], *((depth, rows) if op.adj_x else (rows, depth))))
    shape = (*batch[1], *((columns, depth) if op.adj_y else (depth, columns)))
    axis = len(shape) - (2 if op.adj_y else 1)
    w = draw(weights(shape, axis if draw(st.booleans()) else None))
    return Integer(op, [x, w], FLOATS, version=4)


@st.composite
def svdf(draw: st.DrawFn) -> Recurrent:
    batch, features, memory = (draw(st.sampled_from([1, 2, 3, 4, 9, 16, 17, 33])) for _ in range(3))
    rank, units = draw(st.sampled_from([1, 2, 3, 4, 5, 9])), draw(st.sampled_from([1, 2, 5, 8]))
    filters = rank * units
    dtype = draw(st.sampled_from(["int8", "uint8"]))
    feature, time = draw(weights((filters, features), None, dtype)), draw(weights((filters, memory), None, dtype))
    op = Svdf(rank=rank, fused_activation_function=draw(CLAMPS), asymmetric_quantize_inputs=draw(st.booleans()))
    state = State((batch, memory * filters), "float32", None)
    x = draw(activations(batch, features))
    operands = [x, feature, time, *bias(units, draw(SEEDS), draw(st.booleans())), state]
    return Recurrent(op, operands, FLOATS, version=4, runs=draw(st.integers(1, 5)))


INTEGERS = [
    ("FULLY_CONNECTED-float32-int8", dense("int8")),
    ("FULLY_CONNECTED-float32-int4", dense("int4")),
    ("FULLY_CONNECTED-float32-uint8", dense("uint8")),
    ("FULLY_CONNECTED-float32-int4-blocks", blocks()),
    ("FULLY_CONNECTED-float32-int2", dense("int2"), "litert-reference", "litert-optimized"),
    ("CONV_2D-float32-int8", convolution("int8")),
    ("CONV_2D-float32-int4", convolution("int4")),
    ("CONV_2D-float32-uint8", convolution("uint8")),
    ("DEPTHWISE_CONV_2D-float32-int8", depthwise()),
    ("BATCH_MATMUL-float32-int8", matmul()),
    ("SVDF-float32-int8", svdf()),
]


LONG = Activations((2, 3000), "float32", None, kind="offset halves")


@pytest.mark.parametrize("asymmetric", [False, True])
def test_sums_of_weights_that_wrap(asymmetric: bool) -> None:
    w = np.full((5, 3000), 127, np.int8)
    w[1:3] = [[-128], [90]]
    dense = FullyConnected(asymmetric_quantize_inputs=asymmetric)
    assert_exact(Integer(dense, [LONG, Constant(w, 0.1), *bias(5, 0)], FLOATS, version=9))
    product = BatchMatMul(asymmetric_quantize_inputs=asymmetric)
    assert_exact(Integer(product, [LONG, Constant(np.ascontiguousarray(w.T), 0.1)], FLOATS, version=4))
    image = Activations((2, 10, 10, 30), "float32", None, kind="positive")
    filter_ = Constant(w.reshape(5, 10, 10, 30), np.arange(1, 6) / 10 if asymmetric else 0.1)
    assert_exact(Integer(Conv2D(padding=Padding.VALID), [image, filter_, *bias(5, 0)], FLOATS, version=5))


def test_a_bias_that_is_computed() -> None:
    x, w = Activations((3, 40), "float32", None), weights8(8, 40)
    assert_exact(Integer(FullyConnected(), [x, w, Codes((8,), "float32", None)], FLOATS, version=9))


def test_zero_points_are_not_read() -> None:
    x, w = Activations((3, 40), "float32", None), weights8(8, 40).array
    for stored, zero in ((w, 3), (w.view(np.uint8), 128)):
        case = Integer(FullyConnected(), [x, Constant(stored, 0.01, zero)], FLOATS, version=9)
        assert_exact(case, "litert-reference", "litert-optimized")


X = Activations((3, 40), "float32", None)


@pytest.mark.parametrize(
    ("case", "profile", "why"),
    [
        (
            Integer(FullyConnected(), [X, Constant(weights8(8, 40).array, 0.01, 3)], FLOATS),
            "litert-xnnpack",
            "weights with a zero point under XNNPACK",
        ),
        (
            Integer(FullyConnected(fused_activation_function=FusedActivation.TANH), [X, weights8(8, 40)], FLOATS),
            "litert-reference",
            "fused TANH of floats",
        ),
        (
            Integer(FullyConnected(), [X, Codes((8, 40), "int8", 0.01)], FLOATS),
            "litert-reference",
            "FULLY_CONNECTED of float32 with int8 that is computed or sparse",
        ),
        (
            Integer(Conv2D(), [Activations((1, 4, 4, 2), "float32", None), weights8(4, 3, 3, 2), None], FLOATS),
            "litert-reference",
            "CONV_2D without a bias, which no kernel takes",
        ),
        (
            Integer(FullyConnected(), [X, weights8(8, 40)], FLOATS),
            "tflm-reference",
            "tflm-reference has no kernel for FULLY_CONNECTED of float32 int8",
        ),
    ],
)
def test_what_is_refused(case: Integer, profile: str, why: str) -> None:
    with pytest.raises(UncoveredError) as caught:
        Exact(case.model(), profile)
    assert why in str(caught.value)


def test_an_element_is_explained_without_terms() -> None:
    # The products are those of codes that are made at run time.
    case = Integer(FullyConnected(), [X, weights8(8, 40)], FLOATS, version=9)
    found = intact.explain(case.model(), op=0, at=(1, 2), inputs=case.samples(1)[0])
    assert found.element is not None
    assert found.element.terms == ()
    assert {"accumulator"} <= set(found.element.stages)


def small(op: Op, x: tuple[int, ...], w: tuple[int, ...]) -> Integer:
    """A hybrid operator of few numbers, whose weights never slip."""
    rng = np.random.default_rng(3)
    weights = Constant(rng.integers(-127, 128, w).astype(np.int8), rng.uniform(0.01, 0.02, w[-1]).astype(np.float32))
    axis = 3 if isinstance(op, DepthwiseConv2D) else 0
    if axis == 0:
        weights = Constant(weights.array, 0.01)
    bias = [] if isinstance(op, BatchMatMul) else [Constant(rng.normal(size=w[axis]).astype(np.float32), None)]
    return Integer(op, [Activations(x, "float32", None), weights, *bias], FLOATS)


KERNELS = [
    small(FullyConnected(), (3, 17), (5, 17)),
    small(FullyConnected(asymmetric_quantize_inputs=True), (3, 17), (5, 17)),
    small(FullyConnected(), (60, 1), (1, 1)),
    small(Conv2D(padding=Padding.SAME, stride_h=2, stride_w=1), (2, 5, 7, 3), (5, 3, 2, 3)),
    small(Conv2D(padding=Padding.VALID), (2, 5, 7, 3), (33, 1, 1, 3)),
    small(DepthwiseConv2D(padding=Padding.SAME, depth_multiplier=2), (2, 5, 7, 3), (1, 3, 3, 6)),
    small(BatchMatMul(), (2, 3, 4), (4, 5)),
]


@pytest.mark.parametrize("case", KERNELS, ids=lambda c: f"{c.op.name}-{c.operands[0].shape}")
@pytest.mark.parametrize("profile", ["litert-reference", "litert-optimized", "litert-xnnpack"])
def test_kernels_leave_what_they_do_not_scale_to_numpy(case: Integer, profile: str) -> None:
    model, (sample,) = case.model(), case.samples(1)
    (name, x), *_ = sample.items()
    samples = [sample]
    for number in (np.nan, -np.nan, np.inf, -np.inf, 3e38, 1e-42, -1e-30):
        one = x.copy()
        one.reshape(-1)[-1] = number
        samples += [{name: one}, {name: np.full_like(x, number)}]
    with np.errstate(all="ignore"):
        assert assert_same(model, profile, samples) == 1
