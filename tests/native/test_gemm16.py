"""int16 with 8-bit weights: where sums of 32 bits hold, where they do not, and next to that."""

import numpy as np
import pytest

from intact.arith.calls.gemm16 import block_length, is_narrow
from intact.ir.types import DType
from intact.native.library import Absence, load
from intact.ops.conv_2d import Conv2D
from intact.ops.depthwise_conv_2d import DepthwiseConv2D
from intact.ops.fully_connected import FullyConnected
from integer import Codes, Constant, Integer
from kernels import assert_same

LIBRARY = load()

pytestmark = pytest.mark.skipif(isinstance(LIBRARY, Absence), reason=str(LIBRARY))

OUTPUTS = 19
PROFILES = ("litert-reference", "litert-optimized")


def _weights(depth: int) -> np.ndarray:
    """Rows of the smallest and of the largest weights, of both in turn, and of random ones."""
    rows = np.random.default_rng(depth).integers(-128, 128, (OUTPUTS, depth)).astype(np.int8)
    rows[0], rows[1], rows[2] = -128, 127, np.resize([-128, 127], depth)
    return rows


def _inputs(*shape: int) -> list[dict[str, np.ndarray]]:
    """The smallest and the largest inputs, both in turn, and random ones."""
    size = int(np.prod(shape))
    patterns = [np.full(size, -32768), np.full(size, 32767), np.resize([-32768, 32767], size)]
    patterns.append(np.random.default_rng(size).integers(-32768, 32768, size))
    return [{"x0": p.astype(np.int16).reshape(shape)} for p in patterns]


def _bias(largest: int, dtype: str = "int64") -> Constant:
    return Constant(np.linspace(-largest, largest, OUTPUTS).astype(np.int64).astype(dtype))


def _assert_kernel(case: Integer, samples: list[dict[str, np.ndarray]], *profiles: str) -> None:
    for profile in profiles or PROFILES:
        assert assert_same(case.model(), profile, samples) == 1, f"{profile} has no kernel"


@pytest.mark.parametrize("depth", [1, 2, 3, 510, 511, 512, 513, 1024, 1537])
@pytest.mark.parametrize("largest", [0, 1 << 31, 1 << 40])
def test_sums_at_the_edge_of_32_bits(depth: int, largest: int) -> None:
    x, w = Codes((3, depth), "int16", 2.0**-12), Constant(_weights(depth), 2.0**-8)
    for scale in (2.0**-6, 2.0**-13):
        case = Integer(FullyConnected(), [x, w, _bias(largest)], Codes((), "int16", scale), version=7)
        _assert_kernel(case, _inputs(3, depth))


@pytest.mark.parametrize("rows", [1, 2, 5, 11, 12, 13, 47, 49, 97])
@pytest.mark.parametrize("depth", [7, 1030])
def test_every_height_of_a_tile(rows: int, depth: int) -> None:
    x = Codes((1, rows, 1, depth), "int16", 2.0**-12)
    w = Constant(_weights(depth).reshape(OUTPUTS, 1, 1, depth), 2.0**-8)
    case = Integer(Conv2D(), [x, w, _bias(1 << 33)], Codes((), "int16", 2.0**-6), version=4)
    _assert_kernel(case, _inputs(1, rows, 1, depth))


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_windows_with_padding(dtype: str) -> None:
    x, w = Codes((2, 6, 7, 58), "int16", 2.0**-12), Constant(_weights(9 * 58).reshape(OUTPUTS, 3, 3, 58), 2.0**-8)
    for stride in (1, 2):
        op = Conv2D(stride_h=stride, stride_w=stride, quantized_bias_type=DType(dtype))
        case = Integer(op, [x, w, _bias((1 << 31) - 1, dtype)], Codes((), "int16", 2.0**-6), version=4)
        _assert_kernel(case, _inputs(2, 6, 7, 58))


@pytest.mark.parametrize("channels", [2, 16, 31, 32, 33, 50, 64, 70])
@pytest.mark.parametrize("window", [(1, 1), (3, 3), (5, 2), (32, 16)])
def test_channels_filtered_alone(channels: int, window: tuple[int, int]) -> None:
    rng = np.random.default_rng(channels)
    weights = rng.integers(-128, 128, (1, *window, channels)).astype(np.int8)
    weights[..., 0], weights[..., 1] = -128, 127
    for largest in (0, 1 << 31, 1 << 40):
        x, bias = Codes((1, 7, 5, channels), "int16", 2.0**-12), rng.integers(-largest, largest + 1, channels)
        operands = [x, Constant(weights, 2.0**-8), Constant(bias)]
        case = Integer(DepthwiseConv2D(), operands, Codes((), "int16", 2.0**-7), version=5)
        _assert_kernel(case, _inputs(1, 7, 5, channels))


def test_several_outputs_a_channel() -> None:
    x, w = Codes((1, 5, 5, 3), "int16", 2.0**-12), Constant(_weights(9).reshape(1, 3, 3, OUTPUTS)[..., :18], 2.0**-8)
    bias = Constant(np.arange(18) << 28)
    case = Integer(DepthwiseConv2D(), [x, w, bias], Codes((), "int16", 2.0**-6), version=5)
    _assert_kernel(case, _inputs(1, 5, 5, 3))
    x, w = Codes((1, 5, 5, 1), "int16", 2.0**-12), Constant(_weights(9).reshape(1, 3, 3, OUTPUTS), 2.0**-8)
    case = Integer(DepthwiseConv2D(), [x, w], Codes((), "int16", 2.0**-6), version=5)
    _assert_kernel(case, _inputs(1, 5, 5, 1))


def test_a_filter_with_a_zero_point() -> None:
    """Weights without their zero point have more than 8 bits."""
    x, w = Codes((3, 700), "int16", 2.0**-12), Constant(_weights(700), 2.0**-8, 100)
    case = Integer(FullyConnected(), [x, w, _bias(1 << 35)], Codes((), "int16", 2.0**-4), version=7)
    _assert_kernel(case, _inputs(3, 700))


def test_input_and_result_with_zero_points() -> None:
    """No kernel of LiteRT has them; the engine computes what the parameters say."""
    x, w = Codes((3, 700), "int16", 2.0**-12, -12345), Constant(_weights(700), 2.0**-8)
    for scale in (2.0**-4, 2.0**-20):
        case = Integer(FullyConnected(), [x, w, _bias(1 << 35)], Codes((), "int16", scale, 321), version=7)
        _assert_kernel(case, _inputs(3, 700))


def test_how_many_terms_int32_holds() -> None:
    assert block_length(np.full((2, 511), -128, np.int8)) == 512
    assert block_length(np.full((2, 512), -128, np.int8)) == 256
    assert block_length(np.full((2, 512), 127, np.int8)) == 512
    assert block_length(np.zeros((2, 99999), np.int8)) == 100000
    assert block_length(np.zeros((2, 0), np.int8)) > 0
    edge = np.full((1, 511), -128)
    assert is_narrow(edge, None, 0)
    assert is_narrow(edge, np.array([(1 << 22) - 1]), 0)
    assert not is_narrow(edge, np.array([1 << 22]), 0)
    assert not is_narrow(edge, None, -300)
    assert not is_narrow(np.full((1, 512), -128), None, 0)
    assert not is_narrow(np.ones((1, 1)), np.array([-(1 << 63)]), 0)
