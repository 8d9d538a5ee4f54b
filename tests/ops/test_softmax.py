from case import Case, Input
from intact.ops.softmax import Softmax

CASES = [
    Case(Softmax(beta=1.0), [(4, 10)]),
    Case(Softmax(beta=0.5), [Input((2, 3, 5), low=-6, high=7)]),
    Case(Softmax(beta=1.0), [(8,)]),
    Case(Softmax(beta=1.0), [(2, 1, 3, 2, 4)]),
]


def test_result_type_is_the_choice_of_the_file() -> None:
    assert Softmax.infers == "shapes"  # int8 to int16 is a kernel of its own
