from case import Case, Input
from intact.ops.hard_swish import HardSwish

CASES = [
    Case(HardSwish(), [Input((2, 5, 6, 3), low=-6, high=7)]),
    Case(HardSwish(), [(4, 7)]),
    Case(HardSwish(), [(2, 1, 3, 2, 4)]),
]
