import numpy as np
from hypothesis import strategies as st

from case import Case, Input
from intact.ir.types import DType, TensorType
from intact.ops.bitcast import Bitcast
from integer import Codes, Integer
from moved import shapes

CASES = [
    Case(Bitcast(), [(2, 3)], results=(TensorType(DType.INT32, (2, 3)),)),
    Case(Bitcast(), [(2, 3)], results=(TensorType(DType.UINT8, (2, 3, 4)),)),
    Case(Bitcast(), [Input((3, 2), DType.INT16)], results=(TensorType(DType.INT32, (3,)),)),
]


@st.composite
def integers(draw: st.DrawFn, dtype: str, made: str) -> Integer:
    shape, old, new = draw(shapes(1, 3)), np.dtype(dtype).itemsize, np.dtype(made).itemsize
    x = Codes((*shape, new // old) if new > old else shape, dtype, None)
    y = shape if new >= old else (*shape, old // new)
    return Integer(Bitcast(), [x], Codes(y, made, None))


INTEGERS = [
    (f"BITCAST-{dtype}-{made}", integers(dtype, made))
    for dtype, made in (("float32", "int32"), ("int32", "float32"), ("int32", "uint8"), ("int16", "int32"))
]
