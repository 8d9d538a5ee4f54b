from case import Case, Input
from intact.ops.tanh import Tanh

CASES = [
    Case(Tanh(), [Input((2, 5, 6, 3), low=-6, high=7)]),
    Case(Tanh(), [(4, 7)]),
    Case(Tanh(), [()]),
]
