"""explain and check_kernel refuse the inputs that run refuses."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import intact
from digits import int8
from intact.errors import IntactError


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"image": np.zeros((3, 8, 8, 1), np.int8)}, "E302"),
        ({"image": np.full((1, 8, 8, 1), np.nan)}, "E304"),
        ({"image": np.full((1, 8, 8, 1), "a")}, "E303"),
        (np.zeros((1, 8, 8, 1), np.int8), "E003"),
    ],
)
@pytest.mark.parametrize(
    "ask",
    [
        lambda inputs: intact.explain(int8(), op=0, inputs=inputs),
        lambda inputs: intact.check_kernel(int8(), lambda *_: np.zeros(1), inputs, op=0),
    ],
    ids=["explain", "check_kernel"],
)
def test_inputs_that_are_none(ask: Callable[[Any], object], inputs: Any, code: str) -> None:
    with pytest.raises(IntactError) as caught:
        ask(inputs)
    assert caught.value.code == code
