from case import Case, Input
from intact.ops.gelu import Gelu

CASES = [
    Case(Gelu(), [(2, 5, 6, 3)]),
    Case(Gelu(approximate=True), [(2, 5, 6, 3)]),
    Case(Gelu(), [Input((4, 7), low=-8, high=3)]),
]
