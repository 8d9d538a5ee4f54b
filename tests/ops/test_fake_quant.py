from case import Case
from intact.ops.fake_quant import FakeQuant

CASES = [Case(FakeQuant(min=-1.0, max=1.0, num_bits=8), [(2, 3)])]
