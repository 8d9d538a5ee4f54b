import pytest

from case import Case, weights
from intact.errors import ModelError
from intact.ops.attributes import Padding
from intact.ops.conv_3d import Conv3D

CASES = [
    Case(Conv3D(), [(1, 4, 5, 6, 2), weights(2, 3, 3, 2, 4), weights(4)]),
    Case(
        Conv3D(padding=Padding.VALID, stride_d=1, stride_h=2, stride_w=2),
        [(2, 4, 5, 6, 2), weights(2, 3, 2, 2, 4), weights(4)],
    ),
]


def test_channels_must_match() -> None:
    with pytest.raises(ModelError, match=r"takes 2 input channels, input \[1, 4, 5, 6, 3\] has 3"):
        Case(Conv3D(), [(1, 4, 5, 6, 3), weights(2, 3, 3, 2, 4)]).model()
