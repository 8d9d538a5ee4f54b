from case import Case
from intact.ops.rank import Rank

CASES = [Case(Rank(), [(2, 3, 4)]), Case(Rank(), [()])]
