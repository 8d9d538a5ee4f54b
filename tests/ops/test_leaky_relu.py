from case import Case
from intact.ops.leaky_relu import LeakyRelu

CASES = [
    Case(LeakyRelu(alpha=0.2), [(2, 5, 6, 3)]),
    Case(LeakyRelu(alpha=0.0), [(2, 5, 6, 3)]),
    Case(LeakyRelu(alpha=-0.5), [(4, 7)]),
    Case(LeakyRelu(alpha=1.5), [(4, 7)]),
]
