"""The worked example of a dense layer: mistakes that people made, each named at its stage."""

from collections.abc import Callable

import numpy as np
import pytest

from intact.diagnose.check_kernel import check_kernel
from intact.errors import UsageError
from intact.ir.model import Model
from intact.ops.fully_connected import FullyConnected
from integer import Codes, Constant, Integer

SX, ZX, SW, SY, ZY = 0.02, -7, 0.004, 0.013, 11
UNITS, DEPTH = 24, 32


def dense() -> Model:
    rng = np.random.default_rng(0)
    weights = Constant(rng.integers(-127, 128, (UNITS, DEPTH)).astype(np.int8), SW)
    bias = Constant(rng.integers(-9000, 9000, UNITS).astype(np.int32), SX * SW)
    x, y = Codes((1, DEPTH), "int8", SX, ZX), Codes((), "int8", SY, ZY)
    return Integer(FullyConnected(), [x, weights, bias], y, version=4).model()


def half_away(real: np.ndarray) -> np.ndarray:
    return np.trunc(real + np.copysign(0.5, real))


def rounded(x: np.ndarray) -> np.ndarray:
    return np.clip(half_away(x / SX) + ZX, -128, 127)


M = float(np.float32(SX)) * float(np.float32(SW)) / float(np.float32(SY))


def right(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    acc = (x.astype(np.int64) - ZX) @ w.astype(np.int64).T + b
    return np.clip(half_away(acc * M) + ZY, -128, 127)


def of(
    *,
    sign: int = -1,
    use_bias: bool = True,
    factor: float = M,
    round_: Callable[[np.ndarray], np.ndarray] = half_away,
    zero: int = ZY,
    clamp: bool = True,
) -> Callable[..., np.ndarray]:
    def kernel(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
        acc = (x.astype(np.int64) + sign * ZX) @ w.astype(np.int64).T + (b if use_bias else 0)
        result = round_(acc * factor) + zero
        return np.clip(result, -128, 127) if clamp else result

    return kernel


def not_rounded(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Takes the real input."""
    return np.clip(np.round((x / np.float64(np.float32(SX))) @ w.T.astype(np.float64) * M + b * M) + ZY, -128, 127)


@pytest.fixture
def inputs() -> dict[str, np.ndarray]:
    return {"x0": np.random.default_rng(3).uniform(-2.5, 2.5, (1, DEPTH)).astype(np.float32)}


def test_a_right_kernel(inputs: dict[str, np.ndarray]) -> None:
    found = check_kernel(dense(), right, inputs, op=0)
    assert found.equal
    assert str(found) == f"all {UNITS} numbers are right"


@pytest.mark.parametrize(
    ("kernel", "stage", "text"),
    [
        (of(sign=1), "input offset", "zero point is added"),
        (of(use_bias=False), "accumulator", "the bias is left out"),
        (of(factor=M * float(np.float32(SY))), "multiplied", "lacks the output's scale"),
        (of(factor=1.0, zero=0), "multiplied", "are the bias's"),
        (of(round_=np.floor), "shifted", "rounds down"),
        (of(zero=0), "offset", "zero point is not added"),
        (of(clamp=False), "clamped", "not clamped"),
    ],
    ids=["added", "no bias", "no s_out", "of the bias", "floor", "no zero point", "no clamp"],
)
def test_mistakes_are_named_from_the_result_alone(
    kernel: Callable[..., np.ndarray], stage: str, text: str, inputs: dict[str, np.ndarray]
) -> None:
    found = check_kernel(dense(), kernel, inputs, op=0)
    assert not found.equal
    assert found.stage == stage
    assert found.mistake is not None
    assert text in found.mistake
    assert found.differing > 0
    assert found.at is not None


def test_an_input_that_is_not_rounded(inputs: dict[str, np.ndarray]) -> None:
    found = check_kernel(dense(), not_rounded, inputs, tensor="y0", takes="real")
    assert found.stage == "input offset"
    assert found.mistake is not None
    assert "not rounded" in found.mistake


@pytest.mark.parametrize(
    ("wrong", "change"),
    [
        ("input offset", lambda a: a + 2 * ZX),
        ("products", lambda a: a + 1),
        ("accumulator", lambda a: a - 5),
        ("shifted", lambda a: a + (a % 2)),
        ("offset", lambda a: a - ZY),
        ("clamped", lambda a: a - 1),
    ],
)
def test_the_first_stage_that_departs(
    wrong: str, change: Callable[[np.ndarray], np.ndarray], inputs: dict[str, np.ndarray]
) -> None:
    def kernel(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
        stages = {"input offset": x.astype(np.int64) - ZX}
        stages["products"] = stages["input offset"] @ w.astype(np.int64).T
        stages["accumulator"] = stages["products"] + b
        stages["shifted"] = half_away(stages["accumulator"] * M)
        stages["offset"] = stages["shifted"] + ZY
        stages["clamped"] = np.clip(stages["offset"], -128, 127)
        return {name: change(a) if name == wrong else a for name, a in stages.items()}

    found = check_kernel(dense(), kernel, inputs, op=0)
    assert found.stage == wrong
    assert found.expected != found.given


def test_a_mistake_that_is_none_of_the_usual(inputs: dict[str, np.ndarray]) -> None:
    found = check_kernel(dense(), lambda x, w, b: right(x, w, b) + 1, inputs, op=0)
    assert found.stage is None
    assert str(found).startswith(f"the result departs: {UNITS} of {UNITS} numbers differ, first at [0, 0]: ")


def test_unknown_stages_are_refused(inputs: dict[str, np.ndarray]) -> None:
    with pytest.raises(UsageError, match=r"the kernel returns stages \['acc'\]; expected some of input offset"):
        check_kernel(dense(), lambda x, *_: {"acc": x}, inputs, op=0)
    with pytest.raises(UsageError, match=r"stage 'clamped' of the kernel has shape \[1, 32\]; expected shape"):
        check_kernel(dense(), lambda x, *_: x, inputs, op=0)
