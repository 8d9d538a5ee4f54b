import pytest

from case import Case
from intact.errors import ModelError
from intact.ops.local_response_normalization import LocalResponseNormalization

CASES = [Case(LocalResponseNormalization(radius=2, bias=1.0, alpha=0.5, beta=0.5), [(1, 4, 4, 8)])]


def test_takes_images() -> None:
    with pytest.raises(ModelError, match=r"input has shape \[4, 8\]; expected 4 dimensions"):
        Case(LocalResponseNormalization(), [(4, 8)]).model()
