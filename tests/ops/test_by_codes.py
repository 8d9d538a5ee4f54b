"""Results by tables are those of the formulas, and both are LiteRT's."""

import numpy as np
import pytest

from intact.engines.exact import Exact
from intact.ir.op import Op
from intact.ops.abs import Abs
from intact.ops.add import Add
from intact.ops.leaky_relu import LeakyRelu
from intact.ops.mul import Mul
from intact.ops.prelu import PRelu
from intact.ops.relu import Relu6
from intact.ops.sub import Sub
from integer import PROFILES, Codes, Integer, assert_exact

LARGE = (3, 20, 35, 17)


def case(op: Op, second: tuple[int, ...] | None, dtype: str, scale: float = 0.05) -> Integer:
    operands = [Codes(LARGE, dtype, 0.03, 5), *([] if second is None else [Codes(second, dtype, 0.07, 9)])]
    return Integer(op, operands, Codes((), dtype, scale, 3), version=op.versions.get(operands[0].dtype, 1))


LARGE_CASES = [
    case(op, second, dtype)
    for op, second in (
        (Add(), LARGE),
        (Add(), ()),
        (Sub(), (17,)),
        (Mul(), LARGE),
        (Mul(), (3, 20, 35, 1)),
        (PRelu(), (17,)),
        (LeakyRelu(alpha=0.1), None),
        (Relu6(), None),
    )
    for dtype in ("int8", "uint8")
] + [case(Abs(), None, "int8")]
IDS = [f"{c.op.opcode}-{c.operands[-1].shape}-{c.results.dtype}" for c in LARGE_CASES]


@pytest.mark.parametrize("case_", LARGE_CASES, ids=IDS)
def test_large_operands(case_: Integer) -> None:
    assert_exact(case_, count=1)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("case_", LARGE_CASES, ids=IDS)
def test_stages_end_in_the_result(case_: Integer, profile: str) -> None:
    engine, (sample,) = Exact(case_.model(), profile), case_.samples(1)
    (node,) = engine.graph.nodes
    seen: dict[str, np.ndarray] = {}
    shown = engine.run(sample, trace={node: seen.__setitem__})["y0"]
    assert np.array_equal(shown, engine.run(sample)["y0"])
    assert {"shifted", "offset", "clamped"} <= set(seen)
    assert all(array.shape == LARGE for array in seen.values())
    assert np.array_equal(seen["clamped"], shown)
    assert np.array_equal(seen["shifted"] + 3, seen["offset"]) or profile == "litert-optimized"
