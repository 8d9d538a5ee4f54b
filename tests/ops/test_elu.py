from case import Case, Input
from intact.ops.elu import Elu

CASES = [
    Case(Elu(), [(2, 5, 6, 3)], resolvers=("default", "optimized")),
    Case(Elu(), [Input((4, 7), low=-8, high=3)], resolvers=("default", "optimized")),
]
