from case import Case, Input
from intact.ops.exp import Exp

CASES = [
    Case(Exp(), [(2, 5, 6, 3)]),
    Case(Exp(), [Input((4, 7), low=-8, high=0)]),
]
