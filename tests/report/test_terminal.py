"""Tables on terminals of any width."""

import io
import re
import sys

import pytest
from rich.console import Console, RenderableType

import intact
from command import CALIBRATION, FLOAT
from intact.diagnose.compare import compare
from intact.diagnose.inspect import inspect
from intact.report.inspected import inspected_tables
from intact.report.quantized import quantized_tables
from intact.report.terminal import console, table

LONG = "a/long/name/of/a/tensor/as/converters/write/it;and/another/fused/into/it"


def lines(item: RenderableType, width: int) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width, highlight=False, markup=False, emoji=False).print(item)
    return out.getvalue().splitlines()


def example() -> RenderableType:
    return table(
        "tensors",
        ("#", "name", "scale", "recorded range", "what it is for"),
        [("0", LONG, "0.0233214106", "", "a constant of some bytes"), ("10", "y", "-12.5", "", "")],
        right=(0, 2),
    )


def test_a_table_that_fits_has_a_line_a_row() -> None:
    title, header, first, second = lines(example(), 200)
    assert title.strip() == "tensors"
    assert header.split() == ["#", "name", "scale", "recorded", "range", "what", "it", "is", "for"]
    assert first.split()[:3] == ["0", LONG, "0.0233214106"]
    assert second.split() == ["10", "y", "-12.5"]


@pytest.mark.parametrize("width", range(20, 140))
def test_a_table_is_never_wider_than_its_terminal(width: int) -> None:
    found = lines(example(), width)
    assert max(map(len, found)) <= width
    assert set("".join(found)) >= set(LONG), "folded, not cut"


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_numbers_stay_in_one_piece_and_names_whole(width: int) -> None:
    found = lines(example(), width)
    assert any("0.0233214106" in line for line in found)
    header = next(line for line in found if "name" in line)
    start, end = header.index("name"), header.index("scale") - (12 - len("scale"))
    names = "".join(line[start:end].strip() for line in found[1:])
    assert names == f"name{LONG}y"
    assert "recorded" not in "".join(found), "a column without contents"


def test_the_tables_of_commands_fit_into_80_columns() -> None:
    model = intact.load(FLOAT)
    result = intact.quantize(model, intact.calibrate(model, CALIBRATION, isolate=False))
    comparison = compare(model, result.model, CALIBRATION)
    found = [
        *inspected_tables(inspect(model), full=False),
        *inspected_tables(inspect(result.model), full=True),
        *quantized_tables(result.report, [comparison], 1000, 100, "out.tflite"),
    ]
    shown = [line for item in found if not isinstance(item, str) for line in lines(item, 80)]
    assert max(map(len, shown)) <= 80
    scale = f"{result.report.inputs[0].scale:.9g}"
    assert any(re.search(rf"image .* {re.escape(scale)} ", line) for line in shown)


def test_only_a_terminal_is_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert console().width > 1000
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert console().width == 80
