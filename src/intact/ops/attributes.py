"""Enumerations that operators' attributes draw from; names and numbers are those of the TFLite schema."""

from __future__ import annotations

import enum


class Padding(enum.IntEnum):
    """SAME keeps ceil(input / stride) positions, VALID only those the window fits into."""

    SAME = 0
    VALID = 1


class FusedActivation(enum.IntEnum):
    """ActivationFunctionType: what a kernel applies to its result before storing it."""

    NONE = 0
    RELU = 1
    RELU_N1_TO_1 = 2
    RELU6 = 3
    TANH = 4
    SIGN_BIT = 5

    @property
    def is_clamp(self) -> bool:
        """True where integer kernels apply it as a clamp of the stored value."""
        return self <= FusedActivation.RELU6


class MirrorPadMode(enum.IntEnum):
    """REFLECT leaves the edge element out of the mirrored part, SYMMETRIC repeats it."""

    REFLECT = 0
    SYMMETRIC = 1


class WeightsFormat(enum.IntEnum):
    """FullyConnectedOptionsWeightsFormat."""

    DEFAULT = 0
    SHUFFLED4x16INT8 = 1


class LSTMKernelType(enum.IntEnum):
    """FULL has 20 and more operands, BASIC five."""

    FULL = 0
    BASIC = 1
