"""The digits classifier as integers, for tests of what runs it."""

from functools import cache

import numpy as np

import intact
from command import CALIBRATION, FLOAT, HELD_BACK
from intact.ir.model import Model


@cache
def int8(inputs: str = "int8", outputs: str = "int8") -> Model:
    """The classifier with int8 ports unless other types are named. Not to be edited: clone it."""
    model = intact.load(FLOAT)
    ranges = intact.calibrate(model, CALIBRATION, isolate=False)
    return intact.quantize(model, ranges, input_type=inputs, output_type=outputs).model


def sample(index: int = 0) -> np.ndarray:
    """A held-back digit, real numbers."""
    with np.load(HELD_BACK) as stacks:
        key = next(k for k in stacks.files if k != "y")
        return stacks[key][index : index + 1].astype(np.float32)
