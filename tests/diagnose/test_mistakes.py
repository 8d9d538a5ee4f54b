"""Mistakes that a convolution makes on purpose are recognized in somebody's kernel."""

import numpy as np
import pytest

from intact.diagnose.attempt import Attempt
from intact.diagnose.check_kernel import check_kernel
from intact.diagnose.explain import traced
from intact.diagnose.mistakes import MISTAKES
from intact.engines.exact import Exact
from intact.ir.model import Model
from intact.ops.attributes import FusedActivation
from intact.ops.conv_2d import Conv2D
from integer import Codes, Constant, Integer


def per_channel(scales: np.ndarray, zero: int = 0) -> Model:
    rng = np.random.default_rng(1)
    kind = np.uint8 if zero else np.int8
    weights = Constant(rng.integers(1, 120, (8, 3, 3, 4)).astype(kind), scales, zero)
    bias = Constant(np.zeros(8, np.int32), 0.02 * scales)
    x = Codes((1, 5, 5, 4), kind.__name__, 0.02, 100 if zero else -7)
    return Integer(
        Conv2D(fused_activation_function=FusedActivation.RELU), [x, weights, bias], Codes((), kind.__name__, 0.2, 3)
    ).model()


@pytest.mark.parametrize(
    ("mistake", "scales", "zero", "stage"),
    [
        ("first one's scale", np.linspace(0.002, 0.01, 8), 0, "multiplied"),
        ("weights are read transposed", np.linspace(0.002, 0.01, 8), 0, "products"),
        ("filter's zero point is left in", np.array([0.004]), 60, "products"),
        ("clamped to its type alone", np.array([0.004]), 60, "clamped"),
    ],
)
def test_mistakes_of_a_convolution(mistake: str, scales: np.ndarray, zero: int, stage: str) -> None:
    model = per_channel(scales, zero)
    x = {"x0": np.random.default_rng(3).integers(0, 120, (1, 5, 5, 4)).astype(np.uint8 if zero else np.int8)}
    engine = Exact(model)
    node = model.main.nodes[0]
    stages, operands, _ = traced(engine, node, x)
    (made,) = [m for m in MISTAKES if mistake in m.text]
    wrong = made.make(Attempt(node, engine.records[node], operands, None, stages))
    found = check_kernel(model, lambda *_: wrong, x, op=0)
    assert found.stage == stage
    assert any(mistake in text for text in (found.mistake or "", *found.others))
