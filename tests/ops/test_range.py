import numpy as np

from case import Case, Input, refusal
from intact.ir.op import infer
from intact.ops.range import Range


def numbers(dtype: str, *values: float) -> list[np.ndarray]:
    return [np.array(v, dtype) for v in values]


CASES = [
    Case(Range(), numbers("int32", 0, 10, 3)),
    Case(Range(), numbers("int32", 5, -4, -2)),
    Case(Range(), numbers("int64", 2, 4, 1), version=2, resolvers=("default", "optimized")),
    Case(Range(), numbers("float32", 0, 0.3, 0.1)),
    Case(Range(), numbers("float32", 1, -1, -0.25)),
    Case(Range(), [Input((), low=0, high=1), *numbers("float32", 4, 0.5)]),
]


def test_as_many_as_fit_before_the_limit() -> None:
    shapes = [case.model().main.outputs[0].shape for case in CASES[:5]]
    assert shapes == [(4,), (5,), (2,), (3,), (8,)]  # 0.3 / 0.1 is 3 in float32 and more in float64


def test_computed_start() -> None:
    assert infer(Range(), CASES[5].model().main.nodes[0].inputs)[0].shape is None


def test_refuses_steps_that_never_arrive() -> None:
    text = "delta is {} from 0 to 4; expected a step towards the limit. [E207]"
    for delta in (0, -1):
        assert refusal(Range(), *numbers("int32", 0, 4, delta)) == text.format(delta)
    assert refusal(Range(), *(np.array([n]) for n in (0, 4, 1))) == "start has shape [1]; expected 0 dimensions. [E201]"
