"""Products of matrices that are both computed: broadcast, adjoint, with biases, and filters that are computed."""

import numpy as np
import pytest

from intact.native.library import Absence, load
from intact.ops.batch_matmul import BatchMatMul
from intact.ops.conv_2d import Conv2D
from intact.ops.fully_connected import FullyConnected
from integer import Codes, Integer, bias32
from kernels import assert_same

LIBRARY = load()

pytestmark = pytest.mark.skipif(isinstance(LIBRARY, Absence), reason=str(LIBRARY))

TYPES = [("int8", "int8"), ("int16", "int16"), ("int16", "int8")]


def _assert_kernel(case: Integer, *profiles: str, samples: list[dict[str, np.ndarray]] | None = None) -> None:
    for profile in profiles or ("litert-reference", "litert-xnnpack"):
        assert assert_same(case.model(), profile, samples or case.samples(1)) == 1, f"{profile} has no kernel"


def _product(
    types: tuple[str, str], x: tuple[int, ...], y: tuple[int, ...], *, adj_x: bool = False, adj_y: bool = False
) -> Integer:
    scale = {"int8": 0.03, "int16": 2.0**-11}
    zero = -17 if types[0] == "int8" else 0
    left, right = Codes(x, types[0], scale[types[0]], zero), Codes(y, types[1], scale[types[1]], 2 * zero)
    depth = x[-2 if adj_x else -1]
    result = Codes((), types[0], scale[types[0]] * scale[types[1]] * 60 * max(1, depth) ** 0.5, zero)
    return Integer(BatchMatMul(adj_x, adj_y), [left, right], result, version=4)


@pytest.mark.parametrize("types", TYPES)
@pytest.mark.parametrize(("rows", "depth", "columns"), [(1, 1, 1), (5, 3, 16), (13, 4, 33), (50, 9, 70), (2, 600, 17)])
def test_every_layout(types: tuple[str, str], rows: int, depth: int, columns: int) -> None:
    for adj_x in (False, True):
        for adj_y in (False, True):
            x = (2, depth, rows) if adj_x else (2, rows, depth)
            y = (2, columns, depth) if adj_y else (2, depth, columns)
            _assert_kernel(_product(types, x, y, adj_x=adj_x, adj_y=adj_y))


@pytest.mark.parametrize("types", TYPES)
@pytest.mark.parametrize(
    ("x", "y"), [((), (3,)), ((2, 1), (3,)), ((3,), (2, 1)), ((2, 1, 3), (1, 4, 1)), ((1,), ()), ((2, 3), ())]
)
def test_broadcast_matrices(types: tuple[str, str], x: tuple[int, ...], y: tuple[int, ...]) -> None:
    _assert_kernel(_product(types, (*x, 5, 6), (*y, 6, 18)))


@pytest.mark.parametrize("depth", [509, 510, 511, 512, 1021])
@pytest.mark.parametrize("types", TYPES[1:])
def test_sums_at_the_edge_of_32_bits(types: tuple[str, str], depth: int) -> None:
    case = _product(types, (2, depth), (depth, 3))
    ends = {"int8": (-128, 127), "int16": (-32768, 32767)}
    samples = [
        {"x0": np.full((2, depth), a, types[0]), "x1": np.full((depth, 3), b, types[1])}
        for a in ends[types[0]]
        for b in ends[types[1]]
    ]
    _assert_kernel(case, "litert-reference", samples=samples)


@pytest.mark.parametrize(("dtype", "filter_dtype"), [("int8", "int8"), ("uint8", "uint8"), ("int16", "int8")])
@pytest.mark.parametrize("bias", [None, "constant", "computed"])
def test_filters_that_are_computed(dtype: str, filter_dtype: str, bias: str | None) -> None:
    zero = 0 if dtype == "int16" else 30
    x = Codes((3, 37), dtype, 2.0**-12 if dtype == "int16" else 0.02, zero)
    w = Codes((19, 37), filter_dtype, 0.01, 100 if filter_dtype == "uint8" else 0)
    kind = "int64" if dtype == "int16" else "int32"
    computed = Codes((19,), kind, None, low=-9999, high=9999)
    terms = {None: [], "constant": [bias32(19, dtype=kind)], "computed": [computed]}
    y = Codes((), dtype, 2.0**-8 if dtype == "int16" else 0.08, zero)
    _assert_kernel(Integer(FullyConnected(), [x, w, *terms[bias]], y, version=4))
    if dtype != "int16":
        x = Codes((2, 6, 7, 5), dtype, 0.02, zero)
        w = Codes((19, 3, 2, 5), filter_dtype, 0.01, 100 if filter_dtype == "uint8" else 0)
        _assert_kernel(Integer(Conv2D(stride_h=2), [x, w, *terms[bias]], y, version=3))
