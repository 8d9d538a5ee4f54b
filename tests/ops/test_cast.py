import numpy as np
from hypothesis import strategies as st

from case import Case, Input
from intact.diagnose.certify import certify
from intact.ir.types import DType
from intact.ops.cast import Cast
from integer import Codes, Integer

CASES = [
    Case(Cast(out_data_type=DType.INT32), [(2, 3)]),
    Case(Cast(in_data_type=DType.INT32), [Input((2, 3), DType.INT32)]),
    Case(Cast(in_data_type=DType.BOOL), [Input((4,), DType.BOOL)]),
    Case(Cast(in_data_type=DType.FLOAT32, out_data_type=DType.INT64), [()]),
]


TYPES = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "bool", "float32"]


@st.composite
def integers(draw: st.DrawFn) -> Integer:
    read, wanted = draw(st.sampled_from(TYPES)), draw(st.sampled_from([*TYPES, "float16"]))
    reach = draw(st.sampled_from([2, 300, 1e5, 1e10, 1e20]))
    bound = {"low": -reach, "high": reach} if read == "float32" else {}
    scale = draw(st.sampled_from([None, 0.1]))
    x = Codes((3, 5), read, None if read in {"bool", "float32"} else scale, **bound)
    op = Cast(in_data_type=DType(read), out_data_type=DType(wanted))
    return Integer(op, [x], Codes((), wanted, None), version=5)


INTEGERS = [("CAST", integers())]


def test_floats_that_do_not_fit() -> None:
    real = np.array([np.nan, np.inf, -np.inf, 127.9, 128, -128.9, -129, 2.0**31, 2.0**63, -(2.0**63)], np.float32)
    for wanted in TYPES:
        op = Cast(out_data_type=DType(wanted))
        model = Integer(op, [Codes(real.shape, "float32", None)], Codes((), wanted, None), version=5).model()
        (tally,) = certify(model, samples=[{"x0": real}]).tallies
        assert (tally.values, tally.differing) == (real.size, 0), wanted


def test_a_file_without_attributes_says_the_type_in_its_tensors() -> None:
    assert Cast.infers == "shapes"
