import numpy as np
import pytest
from hypothesis import strategies as st

import recurrent
from case import Case, State, weights
from drawn import SEEDS, scales, zero_points
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
