from case import Case, Input
from intact.ops.logistic import Logistic

CASES = [
    Case(Logistic(), [Input((2, 5, 6, 3), low=-6, high=7)]),
    Case(Logistic(), [(4, 7)]),
    Case(Logistic(), [()]),
]
