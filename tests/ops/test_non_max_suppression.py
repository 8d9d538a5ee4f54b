import numpy as np
import pytest

from case import Case, Input
from intact.errors import ModelError
from intact.ir.types import DType
from intact.ops.non_max_suppression import NonMaxSuppressionV4, NonMaxSuppressionV5

FIVE, HALF = np.array(5, np.int32), np.array(0.5, np.float32)

CASES = [
    Case(NonMaxSuppressionV4(), [(20, 4), (20,), FIVE, HALF, HALF]),
    Case(NonMaxSuppressionV5(), [(20, 4), (20,), FIVE, HALF, HALF, HALF]),
]


def test_computed_number_of_boxes() -> None:
    case = Case(NonMaxSuppressionV5(), [(20, 4), (20,), Input((), DType.INT32), HALF, HALF, HALF])
    indices, scores, count = case.op.infer(*case.model().main.nodes[0].inputs)
    assert (indices.shape, scores.shape, count.shape) == (None, None, ())


def test_a_score_for_each_box() -> None:
    with pytest.raises(ModelError, match=r"boxes have shape \[20, 4\], scores \[19\]; expected 4 numbers a score"):
        Case(NonMaxSuppressionV4(), [(20, 4), (19,), FIVE, HALF, HALF]).model()
