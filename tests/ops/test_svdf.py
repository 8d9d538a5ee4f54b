import numpy as np
import pytest
from hypothesis import strategies as st

import recurrent
from case import Case, State, weights
from drawn import SEEDS, scales, zero_points
from intact.engines.exact import Exact
from intact.errors import ModelError
from intact.ops.attributes import FusedActivation
from intact.ops.svdf import Svdf
from integer import Codes, Constant
from recurrent import Recurrent

CASES = [
    Case(Svdf(rank=2), [(3, 4), weights(8, 4), weights(8, 5), weights(4), State((3, 40))]),
    Case(Svdf(rank=1), [(3, 4), weights(8, 4), weights(8, 5), None, State((3, 40))]),
]


@st.composite
def integers(draw: st.DrawFn, state: str = "int16") -> Recurrent:
    batch, features, memory = draw(st.integers(1, 3)), draw(st.sampled_from([1, 3, 16, 20])), draw(st.integers(1, 9))
    rank, units = draw(st.integers(1, 3)), draw(st.sampled_from([1, 2, 5, 16]))
    filters, rng = rank * units, np.random.default_rng(draw(SEEDS))
    x = Codes((batch, features), "int8", draw(scales()), draw(zero_points("int8")))
    feature = Constant(rng.integers(-128, 128, (filters, features)).astype(np.int8), draw(scales(1e-3, 0.05)))
    bits = 7 if state == "int8" else 15
    time = Constant(rng.integers(-(2**bits), 2**bits, (filters, memory)).astype(state), draw(scales(1e-5, 1e-3)))
    # As wide as the sums are, or several times as narrow: then it is clamped.
    reach = x.scale * feature.scale * 74 * 74 * np.sqrt(features) / 2**bits
    kept = recurrent.State((batch, memory * filters), state, float(np.float32(reach * draw(st.floats(0.5, 4)))))
    spread = kept.scale * time.scale * 4**bits / 8 * np.sqrt(memory * rank) / 127
    y = Codes((), "int8", float(np.float32(spread * draw(st.floats(0.5, 4)))), draw(zero_points("int8")))
    biases = rng.integers(-(2**bits), 2**bits, units) * 2**bits // 4
    bias = Constant(biases.astype(np.int32), kept.scale * time.scale) if draw(st.booleans()) else None
    op = Svdf(rank=rank, fused_activation_function=FusedActivation.RELU)
    return Recurrent(op, [x, feature, time, bias, kept], y, version=3, runs=draw(st.integers(1, 12)))


INTEGERS = [("SVDF-int8", integers())]


def test_rank_divides_the_filters() -> None:
    with pytest.raises(ModelError, match="rank is 3, filters 8; expected filters % rank == 0"):
        Case(Svdf(rank=3), [(3, 4), weights(8, 4), weights(8, 5), None, State((3, 40))]).model()


def test_state_has_room_for_the_past() -> None:
    with pytest.raises(ModelError, match=r"activation_state has shape \[3, 39\]; expected shape \[3, 40\]"):
        Case(Svdf(rank=2), [(3, 4), weights(8, 4), weights(8, 5), None, State((3, 39))]).model()


def test_state_is_needed() -> None:
    with pytest.raises(ModelError, match="operand 'activation_state' of SVDF is omitted") as caught:
        Case(Svdf(rank=2), [(3, 4), weights(8, 4), weights(8, 5), None]).model()
    assert caught.value.code == "E203"


def small(state: str, *, state_zero: int = 0) -> Recurrent:
    """One filter that remembers three numbers of one input."""
    operands = [
        Codes((1, 1), "int8", 0.5),
        Constant(np.array([[2]], np.int8), 0.5),
        Constant(np.array([[1, 2, 3]], state), 1.0),
        Constant(np.array([0], np.int32), 0.25),
        recurrent.State((1, 3), state, 0.25, state_zero),
    ]
    op = Svdf(fused_activation_function=FusedActivation.RELU)
    return Recurrent(op, operands, Codes((), "int8", 1.0, 0), runs=1)


def run(case: Recurrent, profile: str, *inputs: int) -> list[int]:
    engine = Exact(case.model(), profile)
    return [int(engine.run({"x0": np.array([[x]], np.int8)})["y0"][0, 0]) for x in inputs]


def test_the_memory_moves_on() -> None:
    # Twice the input is remembered in steps of 1/4; the newest counts threefold.
    assert run(small("int16"), "litert-reference", 4, 0, 0, 0) == [6, 4, 2, 0]
    assert run(small("int8"), "tflm-reference", 4, 0, 0, 0) == [6, 4, 2, 0]


def test_a_state_of_eight_bits() -> None:
    for profile in ("litert-reference", "litert-optimized", "litert-xnnpack"):
        gap = Exact(small("int8").model(), profile, strict=False).gaps[0]
        assert gap.why == f"profile {profile} has no rule for SVDF of int8 int8-state"
    # 2 * 100 is kept as 127 by tflite-micro, and as 200 - 256 by CMSIS-NN. 127 * 3 / 4 is rounded twice: 190.5 / 2.
    assert run(small("int8"), "tflm-reference", 100) == [96]
    assert run(small("int8"), "cmsis-nn", 100) == [-42]
    # Clamped first, moved by the zero point then: 127 + 10 - 256 stands for -129.
    assert run(small("int8", state_zero=10), "tflm-reference", 100) == [-97]


def test_other_activations_have_no_kernel() -> None:
    case = small("int16")
    other = Recurrent(Svdf(), case.operands, case.results, runs=1)
    assert "activation NONE, not RELU" in Exact(other.model(), strict=False).gaps[0].why
