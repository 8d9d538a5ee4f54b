"""The data doctor on pictures of one colour, one pixel, one row, and numbers of any size: it always ends."""

import numpy as np
import pytest

import doctor_models as models
import intact
from doctor_models import conv, pictures, signed
from hostile_sets import photos
from intact.ir.model import Model

COLOUR = np.array([255, 0, 0], np.float32) / 255


def small(height: int, width: int) -> Model:
    """A network for pictures of any size."""
    size = f"1,{height},{width},3"
    return signed(f"""graph main(%x: float32[{size}]) -> (%y) {{
  %axes = const int32[2] [1, 2]
  %m = MEAN(%x, %axes) {{keep_dims=false}}
  %u = const float32[5,3] random(2)
  %f = const float32[5] [0, 0, 0, 0, 0]
  %l = FULLY_CONNECTED(%m, %u, %f)
  %y = SOFTMAX(%l) {{beta=1.0}}
}}""")


def codes(model: Model, data: object) -> set[str]:
    return {f.code for f in intact.check_data(model, data, isolate=False).findings}


def test_one_colour_among_pictures_is_no_fault() -> None:
    stack = photos(48)
    stack[7] = COLOUR
    assert codes(models.of_units(), stack) == set()


@pytest.mark.parametrize("count", [1, 20])
def test_nothing_but_pictures_of_one_colour(count: int) -> None:
    stack = np.random.default_rng(0).random((count, 1, 1, 3), np.float32) * np.ones((count, 24, 24, 3), np.float32)
    assert codes(models.of_units(), stack) <= {"W309"}


def test_one_colour_stored_the_other_way_is_told_by_the_others() -> None:
    stack = np.ascontiguousarray(photos(32).transpose(0, 3, 1, 2)).reshape(32, 24, 24, 3)
    stack[3] = COLOUR
    assert "W305" in codes(models.of_units(), stack)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 24), (24, 1), (8, 8), (1, 5000)])
@pytest.mark.parametrize("fill", ["picture", "colour", "zero", "huge", "tiny"])
def test_any_size_and_any_number(height: int, width: int, fill: str) -> None:
    stack = pictures(20, height, width, 3)
    if fill == "colour":
        stack[:] = COLOUR
    elif fill == "zero":
        stack[:] = 0
    elif fill == "huge":
        stack = np.where(stack > 0.5, np.float32(3e38), np.float32(-3e38))
    elif fill == "tiny":
        stack *= np.float32(1e-44)
    found = codes(small(height, width), stack)
    assert found <= {f"W30{i}" for i in range(1, 10)} | {"W310", "W311"}
    if fill == "zero" and stack[0].size >= 16:
        assert "W301" in found


@pytest.mark.parametrize("value", [3e38, -3e38])
def test_one_huge_number_in_each_picture(value: float) -> None:
    stack = photos(20)
    stack[:, 3, 4, 1] = value
    assert codes(signed(conv()), stack)
