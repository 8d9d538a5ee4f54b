import re
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import strategies as st

import recurrent
from case import Case, Input, State, weights
from drawn import SEEDS, scales, zero_points
from intact.engines.exact import Exact
from intact.engines.litert import Session
from intact.errors import ModelError
from intact.ir.types import Shape
from intact.ops.attributes import FusedActivation, LSTMKernelType
from intact.ops.lstm import LSTM, UnidirectionalSequenceLSTM
from integer import Codes, Constant
from kernels import assert_same
from recurrent import Recurrent

Operands = Sequence[Shape | np.ndarray | Input | State | None]
TANH = FusedActivation.TANH


def full(shape: Shape, batch: int, cells: int = 4, projected: int | None = None, *, gate: bool = True) -> Operands:
    """20 operands of the full kernel, without peepholes."""
    width, features = projected or cells, shape[-1]
    feed = [weights(cells, features, seed=i) for i in range(4)]
    recurrence = [weights(cells, width, seed=4 + i) for i in range(4)]
    biases = [weights(cells, seed=8 + i) for i in range(4)]
    if not gate:
        feed[0] = recurrence[0] = biases[0] = None
    projection = [weights(projected, cells), None] if projected else [None, None]
    states = [State((batch, width)), State((batch, cells))]
    return [shape, *feed, *recurrence, None, None, None, *biases, *projection, *states]


BASIC = LSTM(kernel_type=LSTMKernelType.BASIC, fused_activation_function=TANH)

CASES = [
    Case(LSTM(fused_activation_function=TANH), full((2, 3), 2)),
    Case(LSTM(fused_activation_function=TANH), full((2, 3), 2, gate=False)),
    Case(LSTM(fused_activation_function=TANH), full((2, 3), 2, projected=3)),
    Case(BASIC, [(2, 3), (2, 4), weights(16, 7), weights(16), (2, 4)], version=2),
    Case(UnidirectionalSequenceLSTM(fused_activation_function=TANH), full((2, 5, 3), 2)),
    Case(UnidirectionalSequenceLSTM(fused_activation_function=TANH, time_major=True), full((5, 2, 3), 2)),
    Case(UnidirectionalSequenceLSTM(fused_activation_function=TANH), [*full((2, 5, 3), 2, projected=3), *[None] * 4]),
]


def drawn(draw: st.DrawFn, shape: tuple[int, ...], step: float, largest: int, dtype: str) -> Constant:
    """Constants with some large ones among them."""
    rng = np.random.default_rng(draw(SEEDS))
    spread = draw(st.sampled_from([0.1, 0.4, 1.0]))
    array = np.clip(rng.normal(0, spread * largest, shape), -largest, largest)
    return Constant(np.rint(array).astype(dtype), step)


@st.composite
def integers(draw: st.DrawFn, *, sequence: bool, peepholes: bool, projection: bool, norm: bool) -> Recurrent:
    batch, features = draw(st.integers(1, 3)), draw(st.sampled_from([1, 3, 8, 17]))
    cells = draw(st.sampled_from([1, 2, 5, 8, 16, 19, 35]))
    # A hidden state wider than the cell state has no peepholes.
    width = draw(st.integers(1, cells if peepholes else 40)) if projection else cells
    gates = range(draw(st.integers(0, 1)), 4)
    time_major, steps = draw(st.booleans()), draw(st.integers(1, 4))
    x = Codes(
        ((steps, batch) if time_major else (batch, steps)) + (features,) if sequence else (batch, features),
        "int8",
        draw(scales(1e-3, 0.1)),
        draw(zero_points("int8")),
    )
    state = recurrent.State((batch, width), "int8", draw(scales(1e-3, 0.02)), draw(zero_points("int8")))
    cell = recurrent.State((batch, cells), "int16", 2.0 ** draw(st.integers(-15, -9)))
    operands: list[Codes | Constant | None] = [None] * 24
    operands[0], operands[18], operands[19] = x, state, cell
    for gate in gates:
        feed, back = draw(scales(1e-4, 0.02)), draw(scales(1e-4, 0.02))
        operands[1 + gate] = drawn(draw, (cells, features), feed, 128, "int8")
        operands[5 + gate] = drawn(draw, (cells, width), back, 127, "int8")
        operands[12 + gate] = drawn(draw, (cells,), feed * x.scale, int(2 / (feed * x.scale)), "int32")
        if peepholes and gate != 2:
            operands[{0: 9, 1: 10, 3: 11}[gate]] = drawn(draw, (cells,), draw(scales(1e-6, 1e-4)), 32767, "int16")
        if norm:
            operands[20 + gate] = drawn(draw, (cells,), draw(scales(1e-5, 1e-3)), 32767, "int16")
            operands[12 + gate] = drawn(draw, (cells,), 1.0, 10**7, "int32")
    steps16 = [draw(scales(2.0**-13, 2.0**-9)) if norm else 2.0**-12 for _ in range(4)]
    hidden = Codes((0,), "int8", draw(scales(1e-3, 0.02)), draw(zero_points("int8")))
    if projection:
        step = draw(scales(1e-3, 0.02))
        operands[16] = drawn(draw, (width, cells), step, 127, "int8")
        if draw(st.booleans()):
            operands[17] = drawn(draw, (width,), step * hidden.scale, 3000, "int32")
    clips = {
        "cell_clip": draw(st.sampled_from([0.0, 0.0, 0.3, 100.0])),
        "proj_clip": draw(st.sampled_from([0.0, 0.0, 0.3, 100.0])),
        "fused_activation_function": TANH,
    }
    return Recurrent(
        UnidirectionalSequenceLSTM(time_major=time_major, **clips) if sequence else LSTM(**clips),
        operands,
        Codes((), "int8", state.scale, state.zero_point),
        version=3,
        intermediates=[*(Codes((0,), "int16", step) for step in steps16), hidden],
        runs=draw(st.integers(1, 3)),
    )


INTEGERS = [
    (f"{name}-int8{'-peepholes' * peepholes}{'-projection' * projection}{'-norm' * norm}", case)
    for name, sequence in (("UNIDIRECTIONAL_SEQUENCE_LSTM", True), ("LSTM", False))
    for peepholes in (False, True)
    for projection in (False, True)
    for norm in (False, True)
    for case in [integers(sequence=sequence, peepholes=peepholes, projection=projection, norm=norm)]
]


def test_number_of_operands() -> None:
    with pytest.raises(ModelError, match="LSTM has 19 operands; expected 20 or 24") as caught:
        Case(LSTM(), full((2, 3), 2)[:19]).model()
    assert caught.value.code == "E203"
    with pytest.raises(ModelError, match="basic LSTM has 2 operands; expected 5"):
        Case(BASIC, [(2, 3), (2, 4)]).model()


def test_forget_gate_is_needed() -> None:
    operands = list(full((2, 3), 2))
    operands[2] = None
    with pytest.raises(ModelError, match="operand 2 of LSTM is omitted"):
        Case(LSTM(), operands).model()


def test_weights_must_fit() -> None:
    operands = list(full((2, 3), 2))
    operands[0] = (2, 5)
    with pytest.raises(ModelError, match=r"input has shape \[2, 5\], input_to_output_weights \[4, 3\]; expected"):
        Case(LSTM(), operands).model()


def test_states_have_a_row_a_sample() -> None:
    with pytest.raises(ModelError, match=r"output_state has shape \[2, 4\]; expected 5 times 4 numbers"):
        Case(UnidirectionalSequenceLSTM(time_major=True), full((2, 5, 3), 2)).model()


def integer(batch: int = 2, cells: int = 5) -> Recurrent:
    """A small integer LSTM that is applied once a run."""
    operands: list[Codes | Constant | None] = [None] * 24
    rng = np.random.default_rng(0)
    for gate in range(4):
        operands[1 + gate] = Constant(rng.integers(-128, 128, (cells, 3)).astype(np.int8), 0.01)
        operands[5 + gate] = Constant(rng.integers(-128, 128, (cells, cells)).astype(np.int8), 0.01)
        operands[12 + gate] = Constant(rng.integers(-3000, 3000, cells).astype(np.int32), 0.0002)
    operands[0] = Codes((batch, 4, 3), "int8", 0.02, 3)
    operands[18] = recurrent.State((batch, cells), "int8", 2.0**-7, -5)
    operands[19] = recurrent.State((batch, cells), "int16", 2.0**-11)
    op = UnidirectionalSequenceLSTM(fused_activation_function=TANH)
    told = [*[Codes((0,), "int16", 2.0**-12)] * 4, Codes((0,), "int8", 2.0**-7, -5)]
    return Recurrent(op, operands, Codes((), "int8", 2.0**-7, -5), version=3, intermediates=told, runs=1)


def test_states_stay_from_one_run_to_the_next() -> None:
    model, samples = integer().model(), integer().samples(4)
    engine, litert = Exact(model), Session(model, resolver="reference")
    first = [engine.run(s)["y0"] for s in samples]
    np.testing.assert_array_equal(first, [litert.run(s)["y0"] for s in samples])
    again = [engine.run(s)["y0"] for s in samples]
    assert np.any(again[0] != first[0])
    engine.reset()
    np.testing.assert_array_equal([engine.run(s)["y0"] for s in samples], first)


def test_cmsis_nn_forgets_its_states() -> None:
    model, samples = integer().model(), integer().samples(4)
    engine = Exact(model, "cmsis-nn")
    first = [engine.run(s)["y0"] for s in samples]
    fresh = Exact(model, "tflm-reference")
    for sample, seen in zip(samples, first, strict=True):
        fresh.reset()
        np.testing.assert_array_equal(fresh.run(sample)["y0"], seen)


@pytest.mark.parametrize("place", [1, 3, 5, 7, 9, 10, 11, 12, 14, 16, 17, 20, 21, 23])
def test_each_operand_has_the_size_of_its_gate(place: int) -> None:
    """Kernels read as much of each as the others tell: one that is too short would end before that."""
    operands = [*full((2, 3), 2, projected=3), None, None, None, None]
    for index in (9, 10, 11, 20, 21, 22, 23):
        operands[index] = weights(4, seed=index)
    operands[17] = weights(3)
    Case(LSTM(fused_activation_function=TANH), operands).model()
    array = operands[place]
    operands[place] = array[:-1]
    with pytest.raises(ModelError, match=f"operand {place} of LSTM has shape"):
        Case(LSTM(fused_activation_function=TANH), operands).model()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({19: recurrent.State((2, 5), "int16", 3e-4)}, "not a power of two"),
        ({19: recurrent.State((2, 5), "int16", 2.0**-8)}, "from 2\\^-15 to 2\\^-9"),
        ({5: Codes((5, 5), "int8", 0.01)}, "weights or a bias that are computed"),
        ({12: Codes((5,), "int32", 0.01)}, "weights or a bias that are computed"),
    ],
)
def test_what_no_kernel_has_is_refused(change: dict[int, Codes], why: str) -> None:
    case = integer()
    for index, operand in change.items():
        case.operands[index] = operand  # type: ignore[index]
    engine = Exact(case.model(), strict=False)
    assert len(engine.gaps) == 1
    assert re.search(why, engine.gaps[0].why)


def test_a_gate_less_than_microcontrollers_have() -> None:
    case = integer()
    for index in (1, 5, 12):
        case.operands[index] = None  # type: ignore[index]
    assert not Exact(case.model()).gaps
    assert "without an input gate" in Exact(case.model(), "tflm-reference", strict=False).gaps[0].why


@pytest.mark.parametrize("power", range(-15, -8))
def test_kernels_know_every_gate_and_scale_of_the_state(power: int) -> None:
    case = integer(1, 512)
    for gate in range(4):
        # With steps of 2^-12 a gate is the bias plus the code without its zero point, over the runs all that there are.
        case.operands[1 + gate] = Constant(np.ones((512, 1), np.int8), 1.0)  # type: ignore[index]
        case.operands[5 + gate] = Constant(np.zeros((512, 512), np.int8), 1.0)  # type: ignore[index]
        bias = np.arange(-32768, 32768, 128, dtype=np.int32)
        case.operands[12 + gate] = Constant(np.roll(bias, gate), 2.0**-12)  # type: ignore[index]
    case.operands[0] = Codes((1, 1, 1), "int8", 2.0**-12, -128)  # type: ignore[index]
    case.operands[18] = recurrent.State((1, 512), "int8", 2.0**-7, 0)  # type: ignore[index]
    case.operands[19] = recurrent.State((1, 512), "int16", 2.0**power)  # type: ignore[index]
    samples = [{"x0": np.full((1, 1, 1), code, np.int8)} for code in range(-128, 0)]
    assert assert_same(case.model(), "litert-reference", samples) == 1
