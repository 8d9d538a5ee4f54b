"""The worked example of a dense layer: mistakes that people made, each named at its stage."""

from collections.abc import Callable

import numpy as np
import pytest

import intact
from intact.diagnose.check_kernel import check_kernel
from intact.errors import UsageError
from intact.ir.model import Model
from intact.ops.attributes import Padding
from intact.ops.conv_2d import Conv2D
from intact.ops.fully_connected import FullyConnected
from integer import Codes, Constant, Integer, bias32, weights8

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


def shifted_inputs(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    return right(np.roll(x, 1), w, b)


@pytest.mark.parametrize(
    ("kernel", "stage", "text"),
    [
        (lambda x, w, b: right(x, w, 2 * b), "accumulator", "the bias is added twice"),
        (lambda x, w, b: right(x, w, -b), "accumulator", "the bias is taken away"),
        (of(zero=-ZY), "offset", "zero point is taken away"),
        (of(round_=np.ceil), "shifted", "rounded up"),
        (lambda x, w, b: right(x, w.reshape(DEPTH, UNITS).T, b), "products", "transposed"),
    ],
    ids=["bias twice", "minus bias", "minus zero point", "ceil", "transposed"],
)
def test_more_mistakes(kernel: Callable[..., np.ndarray], stage: str, text: str, inputs: dict[str, np.ndarray]) -> None:
    found = check_kernel(dense(), kernel, inputs, op=0)
    assert (found.stage, found.sure) == (stage, "matched")
    assert found.mistake is not None
    assert text in found.mistake


@pytest.mark.parametrize(
    ("kernel", "stage", "sure", "text"),
    [
        (lambda x, w, b: right(x, w, b) + 1, "offset", "likely", "all differ by 1"),
        (lambda x, w, b: right(x, w, b) + 0.25, "shifted", "likely", "not whole"),
        (lambda x, w, b: right(x, w, b) * np.nan, "multiplied", "possible", "not finite"),
        (lambda x, w, b: np.clip(right(x, w, b), 0, 100), "clamped", "likely", "other limits"),
        (lambda x, w, b: right(x, w, b) + np.arange(UNITS) % 2, "shifted", "likely", "more than 1"),
        (of(factor=1.1 * M), "multiplied", "likely", "about 1.1"),
        (
            lambda x, w, b: right(x, w, b + 9000 * (np.arange(UNITS) == 2)),
            "accumulator",
            "possible",
            "1 of 24 channels",
        ),
        (shifted_inputs, "products", "possible", "no pattern"),
    ],
    ids=["constant", "fraction", "nan", "limits", "by one", "factor", "channel", "inputs"],
)
def test_a_mistake_that_is_none_of_the_usual(
    kernel: Callable[..., np.ndarray], stage: str, sure: str, text: str, inputs: dict[str, np.ndarray]
) -> None:
    found = check_kernel(dense(), kernel, inputs, op=0)
    assert (found.stage, found.sure) == (stage, sure)
    assert found.mistake is not None
    assert text in found.mistake
    assert f"departs at stage '{stage}': " in str(found)


def test_a_result_that_is_not_given_is_not_right(inputs: dict[str, np.ndarray]) -> None:
    found = check_kernel(dense(), lambda x, *_: {"input offset": x.astype(int) - ZX}, inputs, op=0)
    assert not found.equal
    assert (found.stage, found.right) == (None, ("input offset",))
    assert str(found) == "right: input offset; the result ('clamped') was not given, so it was not checked"


def test_a_result_that_departs_after_stages_that_are_right(inputs: dict[str, np.ndarray]) -> None:
    def kernel(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
        acc = (x.astype(np.int64) - ZX) @ w.astype(np.int64).T + b
        return {"accumulator": acc, "clamped": of(zero=0)(x, w, b)}

    found = check_kernel(dense(), kernel, inputs, op=0)
    assert (found.stage, found.right) == ("offset", ("accumulator",))
    assert str(found).endswith("zero point is not added; right: accumulator")


def test_stages_that_were_left_out_may_be_the_cause(inputs: dict[str, np.ndarray]) -> None:
    found = check_kernel(dense(), lambda x, w, b: {"accumulator": right(x, w, b)}, inputs, op=0)
    assert found.missing == ("input offset", "products")
    assert "'accumulator' or one not given before it: input offset, products" in str(found)


def test_a_kernel_that_writes_to_its_operands(inputs: dict[str, np.ndarray]) -> None:
    def kernel(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
        result = right(x, w, b)
        x[...] = 0
        w[...] = 0
        return result

    assert check_kernel(dense(), kernel, inputs, op=0).equal


def test_unknown_stages_are_refused(inputs: dict[str, np.ndarray]) -> None:
    with pytest.raises(UsageError, match=r"the kernel returns stages \['acc'\]; expected some of input offset"):
        check_kernel(dense(), lambda x, *_: {"acc": x}, inputs, op=0)
    with pytest.raises(
        UsageError, match=r"the kernel returns stages \['multiplied'\]; expected some of input offset, pr"
    ):
        check_kernel(dense(), lambda x, w, b: {"multiplied": right(x, w, b)}, inputs, op=0)


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda r: r[:, :7], r"stage 'clamped' of the kernel has shape \[1, 7\]; expected shape \[1, 24\]"),
        (lambda r: r.T, r"has shape \[24, 1\]; expected shape \[1, 24\]"),
        (lambda r: r.astype(str), "is of <U32; expected numbers"),
        (lambda r: r.astype(object), "is of object; expected numbers"),
        (lambda _: None, "is of object; expected numbers"),
        (lambda _: [[1, 2], [3]], "is no array"),
        (lambda _: {}, r"the kernel returns stages \[\]; expected some of"),
    ],
)
def test_what_a_kernel_must_not_return(made: Callable, text: str, inputs: dict[str, np.ndarray]) -> None:
    with pytest.raises(UsageError, match=text):
        check_kernel(dense(), lambda x, w, b: made(right(x, w, b)), inputs, op=0)


def test_padding_with_the_stored_zero() -> None:
    x, y = Codes((1, 5, 5, 2), "int8", 0.02, -7), Codes((), "int8", 0.05, 3)
    model = Integer(Conv2D(), [x, weights8(4, 3, 3, 2), bias32(4)], y, version=3).model()
    rng = np.random.default_rng(0)
    inputs = {"x0": rng.integers(-128, 128, x.shape).astype(np.int8)}

    def kernel(image: np.ndarray, *rest: np.ndarray) -> np.ndarray:
        padded = np.pad(image, ((0, 0), (1, 1), (1, 1), (0, 0)))
        operands = [Codes(padded.shape, "int8", 0.02, -7), weights8(4, 3, 3, 2), bias32(4)]
        twin = Integer(Conv2D(padding=Padding.VALID), operands, y, version=3)
        return intact.run(twin.model(), {"x0": padded}).outputs[0].stored

    found = check_kernel(model, kernel, inputs, op=0)
    assert found.stage == "input offset"
    assert found.mistake is not None
    assert "padding is the stored number 0" in found.mistake
