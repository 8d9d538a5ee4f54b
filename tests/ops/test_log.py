from case import Case, Input
from intact.ops.log import Log

CASES = [
    Case(Log(), [Input((2, 5, 6, 3), low=0.5, high=4)]),
    Case(Log(), [Input((4, 7), low=100, high=900)]),
]
